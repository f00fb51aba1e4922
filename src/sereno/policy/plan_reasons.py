"""Reasons that follow from what people planned and ordered, and from who may run a camera."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

PLAN_REASONS: dict[str, Entry] = {
    "always": Entry(
        Words(
            "It has no recording schedule, so it is recorded all the time.",
            "No tiene horario de grabación, así que se graba todo el tiempo.",
        ),
        Retry.NONE,
    ),
    "scheduled": Entry(
        Words("The schedule {schedule} asks for it.", "Lo pide el horario {schedule}."),
        Retry.NONE,
    ),
    "manual": Entry(
        Words(
            "{by} started this recording by hand (until: {until}).",
            "{by} inició esta grabación a mano (hasta: {until}).",
        ),
        Retry.NONE,
    ),
    "paused": Entry(
        Words(
            "{by} paused it until {until} (reason given: {why}).",
            "{by} la pausó hasta {until} (motivo: {why}).",
        ),
        Retry.NONE,
        Words("End the pause to go on at once.", "Termine la pausa para seguir ya."),
    ),
    "not_scheduled": Entry(
        Words(
            "No schedule asks for it now (next: {next}).",
            "Ningún horario la pide ahora (próxima vez: {next}).",
        ),
        Retry.NONE,
    ),
    "holiday": Entry(
        Words(
            "The schedule rests on this day: {name} (next: {next}).",
            "El horario descansa este día: {name} (próxima vez: {next}).",
        ),
        Retry.NONE,
    ),
    "order_heard_late": Entry(
        Words(
            "It was asked for at {time}, and the node heard of it {seconds} s later.",
            "Se pidió a las {time}, y el nodo lo supo {seconds} s después.",
        ),
        Retry.NONE,
        Words(
            "If that took long, check the connection between the site and the hub.",
            "Si tardó mucho, revise la conexión entre el sitio y la central.",
        ),
    ),
    "not_recorded": Entry(
        Words(
            "Analysis uses the pictures of the recording, and the camera is not being recorded "
            "now.",
            "El análisis usa las imágenes de la grabación, y la cámara no se está grabando ahora.",
        ),
        Retry.NONE,
        Words(
            "See why it is not recorded: sereno cameras why.",
            "Vea por qué no se graba: sereno cameras why.",
        ),
    ),
    "standby": Entry(
        Words(
            "Another node runs this camera; this one takes over if that one fails.",
            "Otro nodo lleva esta cámara; este lo releva si aquel falla.",
        ),
        Retry.NONE,
    ),
    "lease_lost": Entry(
        Words(
            "The node could not renew its right to run this camera, so it stopped and the other "
            "node takes over.",
            "El nodo no pudo renovar su derecho a llevar esta cámara, así que paró y el otro nodo "
            "lo releva.",
        ),
        Retry.NONE,
        Words(
            "Check the network between the site and the hub.",
            "Revise la red entre el sitio y la central.",
        ),
    ),
    "order_on_its_way": Entry(
        Words(
            "The camera was new and its node had not heard of it yet.",
            "La cámara era nueva y su nodo aún no sabía de ella.",
        ),
        Retry.NONE,
        Words(
            "If this lasts, check that the site's node is running and connected.",
            "Si continúa, revise que el nodo del sitio esté en marcha y conectado.",
        ),
    ),
    "order_changed": Entry(
        Words(
            "The camera's settings changed; recording started anew.",
            "Cambió la configuración de la cámara; la grabación empezó de nuevo.",
        ),
        Retry.NONE,
    ),
    "stopped": Entry(
        Words(
            "Recording was stopped because somebody asked for it.",
            "La grabación se detuvo porque alguien lo pidió.",
        ),
        Retry.NONE,
    ),
}
