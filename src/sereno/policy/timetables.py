"""What the schedules of a camera say together, before pauses and recordings started by hand.

Many cameras have the same schedules, and the same weeks are asked for again and again: both are
remembered, within bounds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Generic, TypeVar

from sereno.base.spans import Span
from sereno.policy.choices import PurposeName
from sereno.policy.plans import Schedule
from sereno.policy.reasons import Reason
from sereno.policy.schedules import endless_profile, expand, week_number, week_span

T = TypeVar("T")

ALWAYS, NOT_SCHEDULED = Reason("always"), Reason("not_scheduled")

_MOST_WEEKS = 64
"""Remembered of one timetable: a year and what surrounds it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A span in which the decision is the same. `profile` is a key of the orders' manners."""

    span: Span
    runs: bool
    profile: str
    why: Reason

    def cut(self, window: Span) -> Piece | None:
        """The part inside `window`."""
        if window.start <= self.span.start and self.span.end <= window.end:
            return self
        part = self.span.overlap(window)
        return None if part is None else replace(self, span=part)


class Timetable:
    """The schedules for one purpose, in one zone, of cameras with one profile."""

    def __init__(
        self, zone: str, schedules: Sequence[Schedule], profile: str, purpose: PurposeName
    ) -> None:
        asking = (each for each in schedules if each.purpose == purpose)
        self._schedules = sorted(asking, key=attrgetter("rank", "id"))
        self._zone, self._profile = zone, profile
        self._whys = [Reason("scheduled", {"schedule": each.name}) for each in self._schedules]
        self._always = self._what_never_changes(purpose)
        self._weeks: dict[int, list[Piece]] = {}

    def pieces(self, window: Span) -> Iterator[Piece]:
        """The whole of `window` in order; neighbours may be alike."""
        if self._always is not None:
            yield replace(self._always, span=window)
            return
        number = week_number(window.start)
        week = self._week(number)
        place = bisect_right(week, window.start, key=attrgetter("span.start")) - 1
        while True:
            for piece in week[place:]:
                if (part := piece.cut(window)) is None:
                    return
                yield part
            number, place = number + 1, 0
            week = self._week(number)

    def _what_never_changes(self, purpose: PurposeName) -> Piece | None:
        """The piece that stands for all time, if one does; its span says nothing."""
        some = week_span(0)
        if not self._schedules:
            if purpose == "recording":
                return Piece(some, True, self._profile, ALWAYS)
            return Piece(some, False, self._profile, NOT_SCHEDULED)
        if (profile := endless_profile(self._schedules[0])) is not None:
            return Piece(some, True, profile or self._profile, self._whys[0])
        return None

    def _week(self, number: int) -> list[Piece]:
        if (known := self._weeks.get(number)) is not None:
            return known
        if len(self._weeks) >= _MOST_WEEKS:
            self._weeks.pop(next(iter(self._weeks)), None)
        made = self._weeks[number] = list(merged(self._make(week_span(number))))
        return made

    def _make(self, window: Span) -> Iterator[Piece]:
        found = [expand(each, self._zone, window) for each in self._schedules]
        asked = [
            Track((stretch.span, (stretch.profile, why)) for stretch in each.stretches)
            for each, why in zip(found, self._whys, strict=True)
        ]
        rests = [
            Track((each.span, Reason("holiday", {"name": each.name})) for each in one.holidays)
            for one in found
        ]
        edges = {window.start, window.end}
        for edges_of in (*(each.edges for each in asked), *(each.edges for each in rests)):
            edges.update(edges_of)
        for start, end in pairwise(sorted(edges)):
            yield self._piece(Span(start, end), first_at(asked, start), first_at(rests, start))

    def _piece(self, span: Span, asked: tuple[str, Reason] | None, rest: Reason | None) -> Piece:
        if asked is not None:
            return Piece(span, True, asked[0] or self._profile, asked[1])
        return Piece(span, False, self._profile, rest or NOT_SCHEDULED)


@lru_cache(maxsize=128)
def timetable(
    zone: str, schedules: tuple[Schedule, ...], profile: str, purpose: PurposeName
) -> Timetable:
    """The one for these, made once."""
    return Timetable(zone, schedules, profile, purpose)


class Track(Generic[T]):
    """Values over time: spans in order, without overlaps."""

    def __init__(self, entries: Iterable[tuple[Span, T]]) -> None:
        self._entries = list(entries)
        self._starts = [span.start for span, _ in self._entries]

    @property
    def edges(self) -> Iterator[datetime]:
        for span, _ in self._entries:
            yield span.start
            yield span.end

    def at(self, moment: datetime) -> T | None:
        place = bisect_right(self._starts, moment) - 1
        if place < 0 or moment >= self._entries[place][0].end:
            return None
        return self._entries[place][1]


def first_at(tracks: Iterable[Track[T]], moment: datetime) -> T | None:
    """The value at `moment` of the first track that has one."""
    return next((value for track in tracks if (value := track.at(moment)) is not None), None)


def merged(found: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours that differ in nothing but their span become one."""
    last: Piece | None = None
    for piece in found:
        if last is None:
            last = piece
        elif (last.runs, last.profile, last.why) == (piece.runs, piece.profile, piece.why):
            last = replace(last, span=Span(last.span.start, piece.span.end))
        else:
            yield last
            last = piece
    if last is not None:
        yield last
