"""What a device refused, in the drivers' few kinds, and the rights that it names."""

from __future__ import annotations

from enum import StrEnum

from sereno.drivers.errors import Garbled, Missing, Refused, Unsupported
from sereno.policy.reasons import Reason


class Right(StrEnum):
    """What an account may do, as the device's user page calls it in English and Spanish."""

    SETTINGS = "Remote: Parameters Settings (Remoto: Configuración de parámetros)"
    STATUS = "Remote: Log Search / Interrogate Working Status (Remoto: Buscar registros / Estado)"
    LIVE = "Remote: Live View (Remoto: Vista en directo)"
    PLAYBACK = "Remote: Playback / Download (Remoto: Reproducción / Descarga)"
    EVENTS = "Remote: Notify Surveillance Center (Remoto: Notificar al centro de vigilancia)"


def garbled(said: str) -> Garbled:
    """What came makes no sense; `said` is why, and never what came."""
    return Garbled(Reason("device_garbled", raw=said))


def no_channel(channel: str) -> Missing:
    """There is no such channel."""
    return Missing(Reason("channel_missing", {"channel": channel[:40]}))


def unable(said: str = "") -> Unsupported:
    """This model cannot do it."""
    return Unsupported(Reason("device_unable", raw=said))


def right_missing(host: str, right: Right) -> Refused:
    """The account may not do it."""
    return Refused(Reason("right_missing", {"host": host, "right": right.value}))


def is_right_missing(error: Refused) -> bool:
    """Whether the credentials are right and only this is not allowed."""
    return error.reason.key == "right_missing"
