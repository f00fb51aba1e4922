"""How long a stream waits before its next try, by the class of what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import random

from sereno.base.backoff import Backoff
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import Reason


@dataclass(frozen=True, slots=True)
class Pause:
    """The first pause and the longest, in seconds, and why so long. They grow in between."""

    base_seconds: float
    cap_seconds: float
    why: str


PAUSES: Mapping[Retry, Pause] = {
    Retry.NETWORK: Pause(
        2.0, 30.0,
        "a try costs one packet, and a camera that comes back is to be found within a minute",
    ),
    Retry.DATA: Pause(
        2.0, 30.0,
        "after one more try at once, which mends what was only a hiccup; then as a network's fault",
    ),
    Retry.BUSY: Pause(
        15.0, 300.0,
        "the device is at its limit, and each try takes from those whom it serves",
    ),
    Retry.UNFIT: Pause(
        5.0, 120.0,
        "somebody has to change a setting; but recorders say the same of a channel whose camera "
        "is away for a moment",
    ),
    Retry.LOCKED: Pause(
        2100.0, 3000.0,
        "devices lock an account for half an hour, many anew with each try",
    ),
    Retry.BACKOFF: Pause(
        2.0, 120.0,
        "our own disk or process: it may be well in a moment, and trying costs processor time",
    ),
}  # fmt: skip
"""Of the classes that are tried again by themselves. What is no failure waits as BACKOFF does."""

OF_THE_HOST = frozenset({Retry.NETWORK, Retry.DATA})
"""Classes whose cause may be over as soon as another stream of the same host plays."""

OF_THE_LOGIN = frozenset({"unauthorized", "account_locked"})
"""Reasons that hold for all streams of a device with the same user name and password."""

_LOCK_MARGIN_SECONDS = 60.0


def lock_seconds(reason: Reason) -> float:
    """For how long nobody should try an account that a device says is locked, in seconds."""
    said = reason.params.get("seconds", "")
    if said.isascii() and said.isdecimal() and 0 < int(said) <= 86_400:
        return int(said) + _LOCK_MARGIN_SECONDS
    return PAUSES[Retry.LOCKED].base_seconds


class Pauses:
    """The pauses of one stream. `draw` gives what they are spread by, between 0 and 1."""

    def __init__(self, draw: Callable[[], float] = random) -> None:
        self._draw = draw
        self._growing = {
            retry: Backoff(pause.base_seconds, pause.cap_seconds, draw)
            for retry, pause in PAUSES.items()
        }
        self._has_reopened = False

    def after(self, reason: Reason) -> float | None:
        """Seconds up to the next try; None: not before a person acts."""
        retry = reason.retry
        if retry is Retry.NEVER:
            return None
        if retry is Retry.LOCKED:
            return lock_seconds(reason) * (1 + self._draw() / 4)
        if retry is Retry.DATA and not self._has_reopened:
            self._has_reopened = True
            return 0.0
        return self._growing.get(retry, self._growing[Retry.BACKOFF]).next_seconds()

    def reset(self) -> None:
        """It has gone well for a while: begin anew."""
        self._has_reopened = False
        for each in self._growing.values():
            each.reset()
