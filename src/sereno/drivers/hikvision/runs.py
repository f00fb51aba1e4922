"""Events as what begins and ends, from a device that repeats itself and often tells no end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sereno.drivers.contract import DeviceEvent, EventState

EXPIRES_SECONDS = 15.0
"""What is going on is repeated every few seconds; after so long without a word it is over."""

_Key = tuple[str, str | None]


@dataclass(slots=True)
class _Run:
    event: DeviceEvent
    last_at: datetime
    until: float


@dataclass(slots=True)
class Runs:
    """What goes on now. Times of `now` are monotonic seconds."""

    expires_seconds: float = EXPIRES_SECONDS
    _going_on: dict[_Key, _Run] = field(default_factory=dict)

    def heard(self, event: DeviceEvent, now: float) -> DeviceEvent | None:
        """What is new in it: nothing in a repetition, nor in the end of what never began, which
        is how devices say that they are still there."""
        key = (event.code.lower(), event.channel)
        if event.state is EventState.STARTED:
            is_new = key not in self._going_on
            self._going_on[key] = _Run(event, event.at, now + self.expires_seconds)
            return event if is_new else None
        if event.state is EventState.ENDED:
            return event if self._going_on.pop(key, None) is not None else None
        return event

    def expired(self, now: float) -> Iterator[DeviceEvent]:
        """The ends of what was not repeated in time."""
        for key, run in list(self._going_on.items()):
            if run.until <= now:
                del self._going_on[key]
                yield replace(run.event, state=EventState.ENDED, at=run.last_at)

    def wait_seconds(self, now: float) -> float | None:
        """Until the next end is due; None where nothing goes on."""
        if not self._going_on:
            return None
        return max(0.0, min(run.until for run in self._going_on.values()) - now)
