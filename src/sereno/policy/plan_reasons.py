"""Reasons that follow from what people planned, and from who may run a camera."""

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
            "{by} paused it until {until} (reason given: {why}). End the pause to go on at once.",
            "{by} la pausó hasta {until} (motivo: {why}). Termine la pausa para seguir ya.",
        ),
        Retry.NONE,
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
    "not_recorded": Entry(
        Words(
            "Analysis uses the pictures of the recording, and the camera is not being recorded "
            "now. Look why it is not recorded.",
            "El análisis usa las imágenes de la grabación, y la cámara no se está grabando ahora. "
            "Mire por qué no se graba.",
        ),
        Retry.NONE,
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
            "node takes over. Check the network between the site and the hub.",
            "El nodo no pudo renovar su derecho a llevar esta cámara, así que paró y el otro nodo "
            "lo releva. Revise la red entre el sitio y la central.",
        ),
        Retry.NONE,
    ),
    "silent": Entry(
        Words(
            "The node is online and has said nothing of this stream for {seconds} s. "
            "Restart the node if this lasts.",
            "El nodo está en línea y no dice nada de este flujo desde hace {seconds} s. "
            "Reinicie el nodo si continúa.",
        ),
        Retry.NONE,
    ),
}
