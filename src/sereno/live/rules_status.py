"""What changes of states are told as; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EventType = Literal[
    "stream_started",
    "stream_stopped",
    "stream_error",
    "camera_online",
    "camera_offline",
    "nvr_online",
    "nvr_offline",
]

# Older ones are forgotten: who was away for longer begins with a snapshot.
MOST_EVENTS = 20_000
# More than this at once is told as a snapshot, which is shorter.
MOST_AT_ONCE = 500

RUNNING = frozenset({"recording"})
# Somebody wants it so, or it only begins: no fault.
CALM = frozenset({"connecting", "paused", "not_scheduled", "standby", "not_assigned"})
MAIN = "main"


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told of a stream; `is_online` of a camera's main stream, None: nobody knows."""

    state: str
    reason_key: str = ""
    is_online: bool | None = None


def next_told(before: Told | None, stream: str, state: str, reason_key: str) -> Told:
    """What is told of a stream that is in `state` now."""
    is_online = before.is_online if before else None
    if stream == MAIN and state not in CALM:
        is_online = state in RUNNING
    return Told(state, reason_key, is_online)


def events_between(before: Told | None, now: Told) -> list[EventType]:
    """What to tell of a change, in this order.

    A camera is online while its main stream brings pictures, and offline once that fails; a stream
    that is only connecting, or is meant to rest, changes nothing of it. That a stream begins to
    connect is told only where it ran before.
    """
    events: list[EventType] = []
    if now.is_online is True and (before is None or not before.is_online):
        events.append("camera_online")
    if before is None or (before.state, before.reason_key) != (now.state, now.reason_key):
        events += _of_stream(before, now)
    if now.is_online is False and (before is None or before.is_online is not False):
        events.append("camera_offline")
    return events


def _of_stream(before: Told | None, now: Told) -> list[EventType]:
    if now.state in RUNNING:
        return [] if before is not None and before.state in RUNNING else ["stream_started"]
    if now.state not in CALM:
        return ["stream_error"]
    if before is None or (now.state == "connecting" and before.state not in RUNNING):
        return []
    return ["stream_stopped"]
