"""What a diagnosis is made of, and what it comes to: the same on node, hub and command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sereno.base.errors import Words
from sereno.policy.reasons import Reason

VerdictName = Literal["ok", "warning", "failed", "skipped", "running"]
OverallName = Literal["ok", "warning", "failed"]

LONGEST_SECONDS = 40
"""However the camera behaves, a diagnosis ends within so long."""

WAIT_SECONDS = 60
"""A node that does not take the order within so long will not: it is away, or too old."""

STEP_NAMES: dict[str, Words] = {
    "name": Words("Host name", "Nombre del equipo"),
    "tcp": Words("TCP connection", "Conexión TCP"),
    "tls": Words("Encryption (TLS)", "Cifrado (TLS)"),
    "options": Words("RTSP OPTIONS", "OPTIONS de RTSP"),
    "describe": Words("RTSP DESCRIBE", "DESCRIBE de RTSP"),
    "setup": Words("RTSP SETUP", "SETUP de RTSP"),
    "play": Words("RTSP PLAY", "PLAY de RTSP"),
    "ffmpeg": Words("Start of ffmpeg", "Inicio de ffmpeg"),
    "first_packet": Words("First packet", "Primer paquete"),
    "first_key": Words("First key frame", "Primera imagen clave"),
    "key_interval": Words("Key frame interval", "Intervalo de imágenes clave"),
    "codec": Words("Picture", "Imagen"),
    "delivery": Words("Delivery", "Entrega"),
    "sound": Words("Sound", "Sonido"),
    "clock": Words("Camera's clock", "Reloj de la cámara"),
}

_MORE = Words(
    "{first} The steps advise on {count} more.", "{first} Los pasos aconsejan {count} más."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one step. `reason` is why it failed, `advice` what should be changed."""

    step: str
    verdict: VerdictName
    reason: Reason | None = None
    advice: tuple[Reason, ...] = ()


def name_of(step: str) -> Words:
    """The step for people; one that a newer node took bears its own name."""
    return STEP_NAMES.get(step, Words(step, step))


def verdict_of(findings: Iterable[Finding]) -> OverallName:
    """The worst of all."""
    met = {finding.verdict for finding in findings}
    if "failed" in met:
        return "failed"
    return "warning" if "warning" in met else "ok"


def summary_of(findings: Iterable[Finding]) -> Words:
    """What is wrong first, and what to do about it."""
    findings = list(findings)
    for verdict in ("failed", "warning"):
        for finding in findings:
            if finding.verdict == verdict and (said := _said(finding)) is not None:
                return _with_others(said, findings, finding)
    return Reason("diagnosis_well").words()


def _said(finding: Finding) -> Words | None:
    """Advice knows more than the failure alone."""
    reason = next(iter(finding.advice), finding.reason)
    if reason is None:
        return None
    name, words = name_of(finding.step), reason.words()
    return Words(f"{name.en}: {words.en}", f"{name.es}: {words.es}")


def _with_others(said: Words, findings: Iterable[Finding], first: Finding) -> Words:
    count = sum(len(finding.advice) for finding in findings) - min(len(first.advice), 1)
    if not count:
        return said
    return Words(
        _MORE.en.format(first=said.en, count=count), _MORE.es.format(first=said.es, count=count)
    )
