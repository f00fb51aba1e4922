"""Half-open UTC ranges: what is covered, what is missing, where to cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """The moments from `start` up to, not including, `end`.

    Raises ValueError when the end is not after the start or a time has no zone.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span needs times with a zone")
        if self.end <= self.start:
            raise ValueError("a span must end after it starts")

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def contains(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def overlap(self, other: Span) -> Span | None:
        """The part both have in common, or None."""
        return span_or_none(max(self.start, other.start), min(self.end, other.end))


def span_or_none(start: datetime, end: datetime) -> Span | None:
    """A span, or None where it would be empty."""
    return Span(start, end) if end > start else None


def union(spans: Iterable[Span], *, join_within: timedelta = timedelta(0)) -> list[Span]:
    """Ordered spans without overlaps; neighbours at most `join_within` apart become one."""
    merged: list[Span] = []
    for span in sorted(spans, key=attrgetter("start")):
        if merged and span.start - merged[-1].end <= join_within:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def intersect(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of `spans` that lie inside `window`, in their order."""
    return [part for span in spans if (part := span.overlap(window)) is not None]


def subtract(whole: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What remains of `whole` after `taken`: with promises and coverage, the gaps.

    One pass over both, once they are in order.
    """
    remains: list[Span] = []
    holes = union(taken)
    first = 0
    for span in union(whole):
        start = span.start
        while first < len(holes) and holes[first].end <= start:
            first += 1
        for place in range(first, len(holes)):
            hole = holes[place]
            if hole.start >= span.end:
                break
            if (part := span_or_none(start, hole.start)) is not None:
                remains.append(part)
            start = hole.end
        if (part := span_or_none(start, span.end)) is not None:
            remains.append(part)
    return remains


def total(spans: Iterable[Span]) -> timedelta:
    """How much time `spans` cover together, overlaps counted once."""
    return sum((span.duration for span in union(spans)), timedelta(0))
