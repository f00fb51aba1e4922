"""What a ticket may be asked for; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span
from sereno.wire.tickets import Purpose

MOST_AT_ONCE = 64
"""Cameras that leave is asked for in one call; a wall shows 36."""

LONGEST = {
    "playback": timedelta(days=31),
    "clip": timedelta(days=1),
    "recorder": timedelta(days=1),
}

_NO_SPAN = Words(
    "Say from when to when.",
    "Indique desde cuándo y hasta cuándo.",
)
_BACKWARDS = Words(
    "The end must come after the start.",
    "El final debe ser posterior al inicio.",
)
_TOO_LONG = Words(
    "At most {days} day(s) at once. Choose a shorter time.",
    "{days} día(s) como máximo de una vez. Elija un tiempo más corto.",
)


def span_of(purpose: Purpose, start: datetime | None, end: datetime | None) -> Span | None:
    """The span a ticket is good for; None for what is now. Raises Invalid."""
    if purpose in ("live", "snapshot"):
        return None
    if start is None or end is None:
        raise Invalid("span_missing", _NO_SPAN, field="from" if start is None else "to")
    return _checked(start, end, LONGEST[purpose])


def footage_span(start: datetime, end: datetime) -> Span:
    """The span of footage that somebody asks for. Raises Invalid."""
    return _checked(start, end, LONGEST["playback"])


def _checked(start: datetime, end: datetime, longest: timedelta) -> Span:
    if end <= start:
        raise Invalid("span_backwards", _BACKWARDS, field="to")
    if end - start > longest:
        raise Invalid("span_too_long", _TOO_LONG.fill(days=longest.days), field="to")
    return Span(start, end)


def parted(held: list[tuple[UUID, Span]], span: Span) -> list[tuple[UUID, Span]]:
    """The span in parts without a hole, by who has the footage that begins each.

    A part reaches to where the next one's footage begins.
    """
    parts: list[tuple[UUID, Span]] = []
    start = span.start
    for place, (node_id, _) in enumerate(held, start=1):
        end = held[place][1].start if place < len(held) else span.end
        if end <= start:
            continue
        if parts and parts[-1][0] == node_id:
            start = parts.pop()[1].start
        parts.append((node_id, Span(start, end)))
        start = end
    return parts
