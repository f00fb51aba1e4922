"""What is subtracted from the times that a device tells, for them to be true ones.

Hub and node decide it alike, so that footage which is found, shown and played again agrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from sereno.base.spans import Span, span_or_none

SURE = timedelta(seconds=2)
"""Devices tell whole seconds over a network that takes its time: less may be no difference."""

FARTHEST = timedelta(days=1)
"""A clock that is further off was lost, or set to another year: what it shows now tells nothing of
footage that was recorded before. Wrong zones, and summer time that is left out, are within."""

MOST_PERIODS = 32
"""A clock that changed more often in the time of one search is not followed."""


class Reading(NamedTuple):
    """A device's clock, read `at` a true time: `offset_seconds` is its time minus that."""

    at: datetime
    offset_seconds: float


class Period(NamedTuple):
    """A time in which a device's clock was off by about as much; None: nobody knows."""

    span: Span
    offset_seconds: float | None


def ahead_of(offset_seconds: float | None) -> timedelta:
    """How far a device's times are taken to be ahead of true ones, in whole seconds.

    `offset_seconds` is device time minus ours, None where it is not known. Nothing is taken away
    where it is not known, too small to be sure of, or too large to be believed.
    """
    sure, farthest = SURE.total_seconds(), FARTHEST.total_seconds()
    if offset_seconds is None or not sure <= abs(offset_seconds) <= farthest:
        return timedelta(0)
    return timedelta(seconds=round(offset_seconds))


def later(span: Span, by: timedelta) -> Span:
    """The span, moved; as it is where the calendar ends before."""
    try:
        return Span(span.start + by, span.end + by)
    except OverflowError:
        return span


def periods_of(span: Span, readings: Iterable[Reading]) -> list[Period]:
    """All of `span`, in order: of each moment, the reading that is nearest in time counts."""
    known = sorted(readings)
    if not known:
        return [Period(span, None)]
    changes = [(span.start, known[0].offset_seconds)]
    for before, after in pairwise(known):
        if abs(after.offset_seconds - changes[-1][1]) >= SURE.total_seconds():
            half_way = before.at + (after.at - before.at) / 2
            changes.append((half_way, after.offset_seconds))
    ends = [since for since, _ in changes[1:]] + [span.end]
    parts = [
        Period(part, offset)
        for (since, offset), end in zip(changes, ends, strict=True)
        if (part := span_or_none(max(since, span.start), min(end, span.end))) is not None
    ]
    return parts if len(parts) <= MOST_PERIODS else [Period(span, parts[-1].offset_seconds)]
