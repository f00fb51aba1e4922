"""Reasons that follow from how people set a stream to be run."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

KNOB_REASONS: dict[str, Entry] = {
    "extra_cli_selects_ffmpeg": Entry(
        Words(
            "The extra ffmpeg options select the ffmpeg engine, which needs more processor time "
            "and memory. Remove them to use Sereno's own.",
            "Las opciones extra de ffmpeg eligen el motor ffmpeg, que ocupa más procesador y "
            "memoria. Quítelas para usar el propio de Sereno.",
        ),
        Retry.NONE,
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
            "ffmpeg does not accept the setting {setting}. Correct it in the camera's profile.",
            "ffmpeg no acepta el ajuste {setting}. Corríjalo en el perfil de la cámara.",
        ),
        Retry.BACKOFF,
    ),
    "hwaccel_unavailable": Entry(
        Words(
            "{device} cannot decode here, so the processor does. Check the card and its driver, "
            "or set hardware decoding to none.",
            "{device} no puede decodificar aquí, así que lo hace el procesador. Revise la tarjeta "
            "y su controlador, o ponga la decodificación por hardware en none.",
        ),
        Retry.NONE,
    ),
}
