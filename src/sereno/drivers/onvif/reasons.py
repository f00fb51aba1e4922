"""What an account may lack."""

from __future__ import annotations

from sereno.drivers.errors import Refused
from sereno.policy.reasons import Reason


def right_missing(host: str, operation: str) -> Refused:
    """The account may not do it; `operation` is what ONVIF calls it."""
    return Refused(Reason("right_missing", {"host": host, "right": f"ONVIF {operation}"}))
