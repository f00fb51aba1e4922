"""Reasons that lie with the programs that record."""

from __future__ import annotations

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry

PROCESS_REASONS: dict[str, Entry] = {
    "ffmpeg_missing": Entry(
        Words(
            "This stream needs ffmpeg, which cannot be started here.",
            "Este flujo necesita ffmpeg, que aquí no se puede iniciar.",
        ),
        Retry.BACKOFF,
        Words(
            "Set SERENO_FFMPEG to a working ffmpeg, version 5 or later.",
            "Ponga en SERENO_FFMPEG un ffmpeg que funcione, versión 5 o posterior.",
        ),
    ),
    "ffmpeg_failed": Entry(
        Words("ffmpeg could not go on with this stream.", "ffmpeg no pudo seguir con este flujo."),
        Retry.BACKOFF,
        Words(
            "Its own words are in the details.",
            "Sus propias palabras están en los detalles.",
        ),
    ),
    "engine_changed": Entry(
        Words(
            "This stream is recorded by another engine from now on.",
            "Desde ahora otro motor graba este flujo.",
        ),
        Retry.NONE,
        Words(
            "Why is in the camera's technical details.",
            "El motivo está en los detalles técnicos de la cámara.",
        ),
    ),
    "runner_died": Entry(
        Words(
            "The recording process ended unexpectedly ({how}) and was restarted.",
            "El proceso de grabación terminó de improviso ({how}) y se reinició.",
        ),
        Retry.BACKOFF,
        Words(
            "If this repeats, send the node's log to those who maintain Sereno.",
            "Si se repite, envíe el registro del nodo a quienes mantienen Sereno.",
        ),
    ),
    "runner_out_of_memory": Entry(
        Words(
            "The machine ran out of memory and ended the recording process; it was restarted.",
            "El equipo se quedó sin memoria y terminó el proceso de grabación; se reinició.",
        ),
        Retry.BACKOFF,
        Words(
            "End other programs on it or add memory; cameras that ffmpeg records need most.",
            "Cierre otros programas o añada memoria; las cámaras que graba ffmpeg ocupan más.",
        ),
    ),
    "runner_hung": Entry(
        Words(
            "The recording process did not answer and was replaced.",
            "El proceso de grabación no respondía y fue reemplazado.",
        ),
        Retry.BACKOFF,
        Words(
            "If this repeats, see whether the machine is overloaded.",
            "Si se repite, mire si el equipo está sobrecargado.",
        ),
    ),
    "runner_grew": Entry(
        Words(
            "The recording process took too much memory and was replaced.",
            "El proceso de grabación tomó demasiada memoria y fue reemplazado.",
        ),
        Retry.BACKOFF,
        Words(
            "Send the node's log to those who maintain Sereno.",
            "Envíe el registro del nodo a quienes mantienen Sereno.",
        ),
    ),
    "priority_refused": Entry(
        Words(
            "The system does not allow this priority or these CPUs; recording goes on without.",
            "El sistema no permite esta prioridad o estas CPU; la grabación sigue sin ellas.",
        ),
        Retry.NONE,
        Words(
            "Choose others, or allow them to the service (systemd: LimitNICE, AllowedCPUs).",
            "Elija otras o permítalas al servicio (systemd: LimitNICE, AllowedCPUs).",
        ),
    ),
}
