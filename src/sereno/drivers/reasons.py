"""What a device refused, in the drivers' few kinds."""

from __future__ import annotations

from sereno.drivers.errors import Garbled, Missing, Refused, Unsupported
from sereno.policy.reasons import Reason


def garbled(said: str) -> Garbled:
    """What came makes no sense; `said` is why, and never what came."""
    return Garbled(Reason("device_garbled", raw=said))


def no_channel(channel: str) -> Missing:
    """There is no such channel."""
    return Missing(Reason("channel_missing", {"channel": channel[:40]}))


def unable(said: str = "") -> Unsupported:
    """This model cannot do it."""
    return Unsupported(Reason("device_unable", raw=said))


def is_right_missing(error: Refused) -> bool:
    """Whether the credentials are right and only this is not allowed."""
    return error.reason.key == "right_missing"
