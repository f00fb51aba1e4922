"""From a schedule to the spans in which it asks for something, day by day of the site's calendar.

Schedules are shared by many cameras: what follows from one is remembered a week at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from operator import attrgetter

from sereno.base.clock import EPOCH
from sereno.base.spans import Span, intersect, span_or_none, subtract
from sereno.policy.cron import cron_starts
from sereno.policy.local_days import days_of, spans_of_wall
from sereno.policy.plans import DAY_MINUTES, Interval, Schedule

_WEEK = timedelta(days=7)
_ONE_DAY = timedelta(days=1)
_WHOLE_DAY = (Interval(0, DAY_MINUTES),)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span in which a schedule asks for something, with the profile that it names."""

    span: Span
    profile: str


@dataclass(frozen=True, slots=True)
class Holiday:
    """A span in which an exception with a name keeps a schedule from asking."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """What follows from a schedule in a window: in order, without overlaps."""

    stretches: tuple[Stretch, ...]
    holidays: tuple[Holiday, ...] = ()


def expand(schedule: Schedule, zone: str, week: Span) -> Expansion:
    """When `schedule` asks, by the clocks of `zone`, inside one of the weeks of `week_span`."""
    if schedule.kind == "once":
        return Expansion(tuple(_once(schedule, zone, week)))
    return _expand(schedule, zone, week)


def endless_profile(schedule: Schedule) -> str | None:
    """The profile of a schedule that plainly asks all the time; None for any other."""
    if schedule.exceptions:
        return None
    if schedule.kind == "continuous":
        return schedule.profile
    if schedule.kind == "daily" and len(schedule.intervals) == 1:
        only = schedule.intervals[0]
        return only.profile or schedule.profile if only.end - only.start == DAY_MINUTES else None
    return None


def week_number(moment: datetime) -> int:
    """Weeks of UTC, counted since 1970."""
    return (moment - EPOCH) // _WEEK


def week_span(number: int) -> Span:
    """The week of that number."""
    start = EPOCH + number * _WEEK
    return Span(start, start + _WEEK)


def _once(schedule: Schedule, zone: str, window: Span) -> Iterator[Stretch]:
    if schedule.once_start is None or schedule.once_end is None:
        return
    for span in spans_of_wall(zone, schedule.once_start, schedule.once_end):
        if (part := span.overlap(window)) is not None:
            yield Stretch(part, schedule.profile)


@lru_cache(maxsize=1024)
def _expand(schedule: Schedule, zone: str, window: Span) -> Expansion:
    reach = timedelta(minutes=max(schedule.cron_minutes, DAY_MINUTES))
    days = days_of(zone, Span(window.start - reach, window.end))
    by_day = {each.day: each for each in schedule.exceptions}
    asked: list[Stretch] = []
    kept_off: list[Holiday] = []
    for day in days:
        usual = list(_usual(schedule, zone, day))
        if (exception := by_day.get(day)) is None:
            asked += usual
            continue
        asked += _of_intervals(exception.intervals, schedule.profile, zone, day)
        kept_off += [Holiday(each.span, exception.name) for each in usual]
    stretches = _first_come(asked, window)
    return Expansion(tuple(stretches), tuple(_holidays(kept_off, stretches, window)))


def _usual(schedule: Schedule, zone: str, day: date) -> Iterator[Stretch]:
    """What would start on `day` if it were no exception."""
    if schedule.kind == "cron":
        length = timedelta(minutes=schedule.cron_minutes)
        for start in cron_starts(schedule.cron, zone, day):
            yield Stretch(Span(start, start + length), schedule.profile)
    elif schedule.kind == "continuous":
        yield from _of_intervals(_WHOLE_DAY, schedule.profile, zone, day)
    else:
        weekday = day.isoweekday()
        is_weekly = schedule.kind == "weekly"
        due = [each for each in schedule.intervals if not is_weekly or weekday in each.days]
        yield from _of_intervals(due, schedule.profile, zone, day)


def _of_intervals(
    intervals: Iterable[Interval], profile: str, zone: str, day: date
) -> Iterator[Stretch]:
    midnight = datetime.combine(day, time())
    for each in intervals:
        end = each.end if each.end > each.start else each.end + DAY_MINUTES
        shown = (midnight + timedelta(minutes=minute) for minute in (each.start, end))
        for span in spans_of_wall(zone, *shown):
            yield Stretch(span, each.profile or profile)


def _first_come(asked: Iterable[Stretch], window: Span) -> list[Stretch]:
    """In order, without overlaps: who began first keeps the time."""
    kept: list[Stretch] = []
    for each in sorted(asked, key=attrgetter("span")):
        start = max(each.span.start, window.start)
        start = max(start, kept[-1].span.end) if kept else start
        if (span := span_or_none(start, min(each.span.end, window.end))) is not None:
            kept.append(Stretch(span, each.profile))
    return kept


def _holidays(kept_off: list[Holiday], stretches: list[Stretch], window: Span) -> Iterator[Holiday]:
    """Where the exceptions did keep something off, each moment once; nameless ones say nothing."""
    taken = [each.span for each in stretches]
    for each in sorted(kept_off, key=attrgetter("span")):
        for part in subtract(intersect([each.span], window), taken):
            taken.append(part)
            if each.name:
                yield Holiday(part, each.name)
