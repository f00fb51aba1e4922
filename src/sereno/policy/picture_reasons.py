"""Reasons that lie in what a camera sends."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry, Wait

PICTURE_REASONS: dict[str, Entry] = {
    "garbled": Entry(
        Words(
            "What answers at {host} is not understood as video.",
            "Lo que responde en {host} no se entiende como vídeo.",
        ),
        Retry.DATA,
        Words(
            "Check address and port: perhaps it is the port of the camera's web page.",
            "Revise la dirección y el puerto: quizá es el de la página web de la cámara.",
        ),
        Wait.ANSWER,
    ),
    "codec_unknown": Entry(
        Words(
            "The camera sends {codec}, which cannot be recorded in this way.",
            "La cámara envía {codec}, que así no se puede grabar.",
        ),
        Retry.UNFIT,
        Words(
            "Set the camera to H.264 or H.265, without extras (H.264+, H.265+, smart codec), or "
            "its engine to automatic.",
            "Configure la cámara en H.264 o H.265, sin añadidos (H.264+, H.265+, códec "
            "inteligente), o ponga su motor en automático.",
        ),
        Wait.ANSWER,
    ),
    "no_video": Entry(
        Words(
            "The camera offers no video at this address.",
            "La cámara no ofrece vídeo en esta dirección.",
        ),
        Retry.UNFIT,
        Words(
            "Check the path at the end of its address, and that this stream is enabled on it.",
            "Revise la ruta al final de su dirección, y que este flujo esté activado en ella.",
        ),
    ),
    "no_picture": Entry(
        Words(
            "Connected, but no picture has arrived for {seconds} s.",
            "Conectado, pero no llega imagen desde hace {seconds} s.",
        ),
        Retry.DATA,
        Words(
            "Check the camera; on a recorder, check that this channel's camera is on.",
            "Revise la cámara; en un grabador, que la cámara de este canal esté encendida.",
        ),
        Wait.PICTURE,
    ),
    "camera_floods": Entry(
        Words(
            "The camera sends far more than a video stream needs ({mbps} Mbit/s), and was cut off"
            " to protect the others.",
            "La cámara envía mucho más de lo que un vídeo necesita ({mbps} Mbit/s) y fue cortada "
            "para proteger a las demás.",
        ),
        Retry.BUSY,
        Words(
            "Restart the camera and check its data rate (bitrate).",
            "Reinicie la cámara y revise su caudal (bitrate).",
        ),
    ),
    "format_changed": Entry(
        Words(
            "The camera changed its picture format; recording goes on in a new file.",
            "La cámara cambió el formato de imagen; la grabación sigue en un archivo nuevo.",
        ),
        Retry.NONE,
    ),
    "sound_dropped": Entry(
        Words(
            "The camera's sound ({codec}) cannot be recorded, only its picture.",
            "El sonido de la cámara ({codec}) no se puede grabar, solo su imagen.",
        ),
        Retry.NONE,
        Words(
            "Set the sound to AAC or G.711 on the camera; if it is so already, restart the camera.",
            "Configure el sonido de la cámara en AAC o G.711; si ya está así, reinicie la cámara.",
        ),
        Wait.ANSWER,
    ),
    "video_converted": Entry(
        Words(
            "The camera sends {codec}, which files cannot keep; it is converted to H.264, at the "
            "cost of much processor time.",
            "La cámara envía {codec}, que los archivos no pueden guardar; se convierte a H.264, "
            "lo que ocupa mucho el procesador.",
        ),
        Retry.NONE,
        Words(
            "Set the camera to H.264 or H.265 if it can.",
            "Configure la cámara en H.264 o H.265 si puede.",
        ),
    ),
}
