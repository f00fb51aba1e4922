"""What an account may lack, by the device's own names."""

from __future__ import annotations

from enum import StrEnum

from sereno.drivers.errors import Refused
from sereno.policy.reasons import Reason


class Right(StrEnum):
    """What an account may do, as the device's user page calls it in English and Spanish."""

    SETTINGS = "Remote: Parameters Settings (Remoto: Configuración de parámetros)"
    STATUS = "Remote: Log Search / Interrogate Working Status (Remoto: Buscar registros / Estado)"
    LIVE = "Remote: Live View (Remoto: Vista en directo)"
    PLAYBACK = "Remote: Playback / Download (Remoto: Reproducción / Descarga)"
    EVENTS = "Remote: Notify Surveillance Center (Remoto: Notificar al centro de vigilancia)"


def right_missing(host: str, right: Right) -> Refused:
    """The account may not do it."""
    return Refused(Reason("right_missing", {"host": host, "right": right.value}))
