"""Reasons why footage that a device holds did not become a file, and what a plain camera lacks."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

FOOTAGE_REASONS: dict[str, Entry] = {
    "footage_empty": Entry(
        Words(
            "The device sent nothing at all for this footage.",
            "El dispositivo no envió nada de esta grabación.",
        ),
        Retry.DATA,
        Words(
            "Search again: it may have been overwritten. If it is still there, wait until nobody "
            "else plays or downloads from the device.",
            "Busque de nuevo: puede que ya se haya sobrescrito. Si sigue ahí, espere a que nadie "
            "más reproduzca o descargue del dispositivo.",
        ),
    ),
    "footage_is_text": Entry(
        Words(
            "The device answered with a message ({form}) instead of footage.",
            "El dispositivo respondió con un mensaje ({form}) en vez de la grabación.",
        ),
        Retry.BUSY,
        Words(
            "Try again later; if it lasts, check that the account may play back on the device "
            "(its right Playback).",
            "Inténtelo más tarde; si continúa, revise que la cuenta pueda reproducir en el "
            "dispositivo (su permiso Reproducción).",
        ),
    ),
    "footage_cut_short": Entry(
        Words(
            "The device sent {got} of {expected} bytes of this footage, twice.",
            "El dispositivo envió {got} de {expected} bytes de esta grabación, dos veces.",
        ),
        Retry.DATA,
        Words(
            "Check the network to the device. Footage that has just ended is whole a minute later.",
            "Revise la red hasta el dispositivo. Una grabación recién terminada está entera un "
            "minuto después.",
        ),
    ),
    "footage_too_short": Entry(
        Words(
            "The device sent {got} s of footage that lasts {expected} s, twice.",
            "El dispositivo envió {got} s de una grabación que dura {expected} s, dos veces.",
        ),
        Retry.DATA,
        Words(
            "Footage that has just ended is whole a minute later. If it stays so, the device's "
            "disk has gaps there: fetch shorter pieces.",
            "Una grabación recién terminada está entera un minuto después. Si sigue así, el disco "
            "del dispositivo tiene huecos ahí: traiga trozos más cortos.",
        ),
    ),
    "footage_unreadable": Entry(
        Words(
            "What the device sent is no video that Sereno can read.",
            "Lo que envió el dispositivo no es un vídeo que Sereno pueda leer.",
        ),
        Retry.DATA,
        Words(
            "Turn off video encryption (stream encryption) on the device if it is on; keep the "
            "original and play it with the maker's program.",
            "Desactive en el dispositivo el cifrado de vídeo (cifrado de flujo) si está activo; "
            "guarde el original y reprodúzcalo con el programa del fabricante.",
        ),
    ),
    "rtsp_only": Entry(
        Words(
            "This camera is known by its video address alone (RTSP), which tells nothing of "
            "recordings, events, disks or its clock.",
            "De esta cámara solo se conoce su dirección de vídeo (RTSP), que no dice nada de "
            "grabaciones, eventos, discos ni de su reloj.",
        ),
        Retry.UNFIT,
        Words(
            "Give its web address and an account, if it has an interface of its maker or ONVIF.",
            "Indique su dirección web y una cuenta, si tiene una interfaz de su fabricante u "
            "ONVIF.",
        ),
    ),
    "rtsp_path_unknown": Entry(
        Words(
            "{host} speaks RTSP, but has video at none of the usual paths.",
            "{host} habla RTSP, pero no tiene vídeo en ninguna de las rutas usuales.",
        ),
        Retry.UNFIT,
        Words(
            "Give the whole address as its maker writes it, such as rtsp://{host}/live/main.",
            "Indique la dirección entera como la escribe su fabricante, por ejemplo "
            "rtsp://{host}/live/main.",
        ),
    ),
}
