"""What older clients may say in several ways; pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span
from sereno.errands.rules import LONGEST_SEARCH

MOST_HOURS = 24 * 366

_HOURS_BAD = Words(
    "Hours are a number from 1 to 8784.",
    "Las horas son un número de 1 a 8784.",
)


def last_hours(hours: int, now: datetime) -> list[Span]:
    """The last `hours` until now, the oldest first, in pieces that one search can go through.

    Raises Invalid.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise Invalid("hours_bad", _HOURS_BAD, field="hours")
    return list(_pieces(now - timedelta(hours=hours), now))


def _pieces(start: datetime, end: datetime) -> Iterator[Span]:
    while start < end:
        until = min(start + LONGEST_SEARCH, end)
        yield Span(start, until)
        start = until


def in_bytes(size: int | None) -> str:
    """For people, in no language: `1.5 GB`; a dash where nobody knows."""
    if size is None:
        return "–"
    for unit, length in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= length:
            return f"{size / length:.1f} {unit}"
    return f"{size} B"
