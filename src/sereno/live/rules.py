"""What a ticket may be asked for; pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span
from sereno.wire.tickets import Purpose

LONGEST = {"playback": timedelta(days=31), "clip": timedelta(days=1)}

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
    if end <= start:
        raise Invalid("span_backwards", _BACKWARDS, field="to")
    if end - start > LONGEST[purpose]:
        raise Invalid("span_too_long", _TOO_LONG.fill(days=LONGEST[purpose].days), field="to")
    return Span(start, end)
