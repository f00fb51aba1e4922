"""Reasons that follow from how people set a stream to be run."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

KNOB_REASONS: dict[str, Entry] = {
    "extra_cli_selects_ffmpeg": Entry(
        Words(
            "The extra ffmpeg options select the ffmpeg engine, which needs more processor time "
            "and memory.",
            "Las opciones extra de ffmpeg eligen el motor ffmpeg, que ocupa más procesador y "
            "memoria.",
        ),
        Retry.NONE,
        Words(
            "Remove them to use Sereno's own.",
            "Quítelas para usar el propio de Sereno.",
        ),
    ),
    "stimeout_translated": Entry(
        Words(
            "Newer versions of ffmpeg do not know -stimeout; -timeout is used in its place.",
            "Las versiones nuevas de ffmpeg no conocen -stimeout; se usa -timeout en su lugar.",
        ),
        Retry.NONE,
    ),
    "setting_at_fault": Entry(
        Words(
            "ffmpeg does not accept the setting {setting}.",
            "ffmpeg no acepta el ajuste {setting}.",
        ),
        Retry.UNFIT,
        Words(
            "Correct it in the camera's profile.",
            "Corríjalo en el perfil de la cámara.",
        ),
    ),
    "hwaccel_unavailable": Entry(
        Words(
            "{device} cannot decode here, so the processor does.",
            "{device} no puede decodificar aquí, así que lo hace el procesador.",
        ),
        Retry.NONE,
        Words(
            "Check the card and its driver, or set hardware decoding to none.",
            "Revise la tarjeta y su controlador, o ponga la decodificación por hardware en none.",
        ),
    ),
}
