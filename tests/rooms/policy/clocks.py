"""What the clocks on the walls of several zones show, asked of zoneinfo directly: the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from sereno.policy.plans import EVERY_DAY, DateException, Interval, Schedule

ZONES = (
    "Europe/Madrid",
    "America/Santiago",  # changes at midnight
    "America/New_York",
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
    "Africa/Casablanca",  # four changes a year
    "America/Guayaquil",
    "Pacific/Apia",  # left out a whole day in 2011
    "UTC",
)
HALF_DAY = timedelta(hours=12)
FIRST, LAST = datetime(2019, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
TEN_YEARS = dict.fromkeys(ZONES, (FIRST, LAST)) | {
    "Pacific/Apia": (datetime(2009, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC))
}


patient = settings(deadline=None, max_examples=40)
"""For tests whose first example must find the changes of a zone."""


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def local(*parts: int) -> datetime:
    """What a clock on the wall shows: no zone."""
    return utc(*parts).replace(tzinfo=None)


def wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@lru_cache
def switches(zone: str) -> list[datetime]:
    """The starts of the half days of ten years in which the offset changes."""
    moment, end = TEN_YEARS[zone]
    found = []
    while moment < end:
        later = moment + HALF_DAY
        if wall(later, zone) - wall(moment, zone) != HALF_DAY:
            found.append(moment)
        moment = later
    return found


def moments(zone: str) -> st.SearchStrategy[datetime]:
    """Any of ten years, and often near a change of the clocks."""
    start, end = TEN_YEARS[zone]
    anywhere = st.integers(0, int((end - start).total_seconds())).map(
        lambda seconds: start + timedelta(seconds=seconds)
    )
    if not switches(zone):
        return anywhere
    near = st.builds(
        lambda at, seconds: at + timedelta(seconds=seconds),
        st.sampled_from(switches(zone)),
        st.integers(-2 * 86400, 2 * 86400),
    )
    return anywhere | near


def asks(schedule: Schedule, zone: str, moment: datetime) -> set[str]:
    """The profiles of the intervals inside which the clock on the wall is; empty: none."""
    shown = wall(moment, zone)
    today = shown.date()
    minute = (shown - datetime.combine(today, datetime.min.time())) / timedelta(minutes=1)
    found = {
        each.profile or schedule.profile
        for each in _starting(schedule, today)
        if each.start <= minute and (minute < each.end or each.end <= each.start)
    }
    return found | {
        each.profile or schedule.profile
        for each in _starting(schedule, today - timedelta(days=1))
        if each.end <= each.start and minute < each.end
    }


def _starting(schedule: Schedule, day: date) -> Sequence[Interval]:
    for exception in schedule.exceptions:
        if exception.day == day:
            return exception.intervals
    if schedule.kind == "continuous":
        return (Interval(0, 1440),)
    return [
        each
        for each in schedule.intervals
        if schedule.kind == "daily" or day.isoweekday() in each.days
    ]


def intervals(*profiles: str) -> st.SearchStrategy[Interval]:
    return st.builds(
        lambda start, length, days, profile: Interval(
            start, (start + length - 1) % 1440 + 1, tuple(sorted(days)), profile
        ),
        st.integers(0, 1439),
        st.integers(1, 1439),
        st.sets(st.sampled_from(EVERY_DAY), min_size=1),
        st.sampled_from(("", *profiles)),
    )


def regular_schedules(near: date, *profiles: str) -> st.SearchStrategy[Schedule]:
    """Continuous, daily and weekly ones, with exceptions about the day `near`."""
    days = st.integers(-3, 3).map(lambda number: near + timedelta(days=number))
    exceptions = st.lists(
        st.builds(
            DateException,
            days,
            st.sampled_from(("", "Fiesta")),
            st.lists(intervals(*profiles), max_size=2).map(tuple),
        ),
        max_size=3,
        unique_by=lambda each: each.day,
    )
    return st.builds(
        Schedule,
        id=st.uuids().map(str),
        name=st.just("School"),
        kind=st.sampled_from(("continuous", "daily", "weekly")),
        intervals=st.lists(intervals(*profiles), min_size=1, max_size=3).map(tuple),
        exceptions=exceptions.map(tuple),
        profile=st.sampled_from(("", *profiles)),
        rank=st.integers(0, 2),
    )
