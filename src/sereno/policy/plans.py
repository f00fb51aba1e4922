"""What a camera is promised: schedules, pauses and manual recordings, as hub and node share them.

A plan is data; `sereno.policy.decisions` says what follows from it at a moment. Times of day are
those of the site's clocks, on the wall; moments are UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sereno.policy.choices import PurposeName, ScheduleKind

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Interval:
    """From a time of day to another, on the days on which it starts (ISO: Monday is 1).

    `start` in 0..1439 and `end` in 1..1440 are minutes since midnight by the site's clock; an `end`
    not after `start` is on the day after. An instant belongs to it if the clock on the wall shows
    a time inside: an hour that the clock skips is not there, one that it shows twice is there
    twice. `profile` names the manner to use; empty: the schedule's.
    """

    start: int
    end: int
    days: tuple[int, ...] = EVERY_DAY
    profile: str = ""


@dataclass(frozen=True, slots=True)
class DateException:
    """Another set of intervals for those that would start on `day`; none: nothing starts then."""

    day: date
    name: str = ""
    intervals: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When cameras are recorded, or analysed.

    `continuous` uses neither intervals nor the rest; `daily` and `weekly` use `intervals`; `once`
    uses `once_start` and `once_end`, local times without a zone; `cron` starts at each match of
    `cron` (five fields) and lasts `cron_minutes`. `exceptions` count for all kinds but `once`.
    `rank` orders schedules that meet: the lower one names the profile.
    """

    id: str
    name: str
    kind: ScheduleKind = "continuous"
    purpose: PurposeName = "recording"
    intervals: tuple[Interval, ...] = ()
    once_start: datetime | None = None
    once_end: datetime | None = None
    cron: str = ""
    cron_minutes: int = 0
    exceptions: tuple[DateException, ...] = ()
    profile: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is recorded or analysed in it, whatever schedules and people asked for."""

    start: datetime
    end: datetime
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Manual:
    """A recording that a person started; `end` None: until somebody stops it."""

    start: datetime
    end: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides whether a camera runs now. No schedule for recording: always.

    `profiles` gives the names, for people, of the manners that the plan uses.
    """

    time_zone: str = "UTC"
    schedules: tuple[Schedule, ...] = ()
    pauses: tuple[Pause, ...] = ()
    manuals: tuple[Manual, ...] = ()
    profile: str = ""
    profiles: Mapping[str, str] = field(default_factory=dict)
