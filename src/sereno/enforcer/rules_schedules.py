"""Schedules as people say them, and as they decide; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sereno.base.errors import Invalid, Words
from sereno.policy import plans
from sereno.policy.choices import PurposeName, ScheduleKind
from sereno.policy.plans import DAY_MINUTES, EVERY_DAY

MOST_DATES = 1000
# Beyond them a calendar's arithmetic ends, and nobody plans.
FIRST_YEAR, LAST_YEAR = 2000, 2199

# A camera's own schedules come before those of its groups, the particular before the general.
_KIND_RANKS = {"once": 0, "cron": 1, "weekly": 2, "daily": 3, "continuous": 4}
_GROUP_RANK = 10

# What people should know of a schedule that is to be saved.
SCHEDULE_NOTICES = {
    "schedule_idle": Words(
        "It asks for nothing in the next {days} days. Check its days and dates.",
        "No pide nada en los próximos {days} días. Revise sus días y fechas.",
    ),
    "schedule_for_nobody": Words(
        "No camera and no group is chosen yet, so it has no effect.",
        "Todavía no se eligió ninguna cámara ni grupo, así que no tiene efecto.",
    ),
}

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_TIME_BAD = Words(
    "{text} is no time of day. Write hours and minutes, such as 07:30; 24:00 is a day's end.",
    "{text} no es una hora del día. Escriba horas y minutos, como 07:30; 24:00 es el fin del día.",
)
_DATE_TWICE = Words(
    "The day {day} is there twice. Keep one of them.",
    "El día {day} está dos veces. Deje uno solo.",
)
_YEAR_BAD = Words(
    "The year {year} is too far away. Give one from {first} to {last}.",
    "El año {year} está demasiado lejos. Ponga uno de {first} a {last}.",
)
_TOO_MANY = Words(
    "At most {most} days. Remove those that are long past.",
    "{most} días como máximo. Quite los que ya pasaron hace tiempo.",
)


@dataclass(frozen=True, slots=True)
class IntervalSaid:
    """From a time of day to another (`HH:MM`), on the days on which it starts."""

    start: str
    end: str
    days: tuple[int, ...] = EVERY_DAY
    profile_id: int | None = None


@dataclass(frozen=True, slots=True)
class DaySaid:
    """A day that is not like others."""

    day: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionSaid:
    """What starts on a day instead of the usual."""

    day: date
    name: str = ""
    intervals: tuple[IntervalSaid, ...] = ()


@dataclass(frozen=True, slots=True)
class OnceSaid:
    """Local times, without a zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ScheduleSaid:
    """A schedule, as a person says it. `holiday_intervals` are for the days of its calendar."""

    name: str
    purpose: PurposeName = "recording"
    kind: ScheduleKind = "weekly"
    is_enabled: bool = True
    intervals: tuple[IntervalSaid, ...] = ()
    once: OnceSaid | None = None
    cron: str = ""
    cron_minutes: int = 0
    exceptions: tuple[ExceptionSaid, ...] = ()
    calendar_id: int | None = None
    holiday_intervals: tuple[IntervalSaid, ...] = ()
    profile_id: int | None = None
    camera_ids: frozenset[UUID] = field(default_factory=frozenset)
    group_ids: frozenset[int] = field(default_factory=frozenset)

    def profile_ids(self) -> set[int]:
        """All profiles that it uses."""
        named = [each.profile_id for each in self.all_intervals()]
        return {each for each in (self.profile_id, *named) if each is not None}

    def all_intervals(self) -> list[IntervalSaid]:
        """Those of its days, exceptions and holidays."""
        on_days = [each for day in self.exceptions for each in day.intervals]
        return [*self.intervals, *on_days, *self.holiday_intervals]


def plan_schedule(
    said: ScheduleSaid, *, key: str, dates: Iterable[DaySaid] = (), rank: int = 0
) -> plans.Schedule:
    """`said` as hub and node decide by it; `dates` are those of its calendar. Raises Invalid.

    A date that the schedule itself speaks of counts before the calendar's.
    """
    taken = {each.day for each in said.exceptions}
    holidays = _intervals(said.holiday_intervals, "holiday_intervals")
    return plans.Schedule(
        id=key,
        name=said.name,
        kind=said.kind,
        purpose=said.purpose,
        intervals=_intervals(said.intervals, "intervals"),
        once_start=said.once.start if said.once else None,
        once_end=said.once.end if said.once else None,
        cron=said.cron,
        cron_minutes=said.cron_minutes,
        exceptions=(
            *(_exception(each, place) for place, each in enumerate(said.exceptions)),
            *(
                plans.DateException(each.day, each.name, holidays)
                for each in dates
                if each.day not in taken
            ),
        ),
        profile=profile_key(said.profile_id),
        rank=rank,
    )


def _exception(said: ExceptionSaid, place: int) -> plans.DateException:
    intervals = _intervals(said.intervals, f"exceptions.{place}.intervals")
    return plans.DateException(said.day, said.name, intervals)


def _intervals(said: Iterable[IntervalSaid], name: str) -> tuple[plans.Interval, ...]:
    return tuple(
        plans.Interval(
            start=minutes_of(each.start, f"{name}.{place}.from"),
            end=minutes_of(each.end, f"{name}.{place}.to") or DAY_MINUTES,
            days=each.days,
            profile=profile_key(each.profile_id),
        )
        for place, each in enumerate(said)
    )


def minutes_of(text: str, name: str) -> int:
    """Minutes since midnight of `HH:MM`, up to 24:00. Raises Invalid for the field `name`."""
    if text == "24:00":
        return DAY_MINUTES
    if (found := _TIME.fullmatch(text)) is None:
        raise Invalid("time_bad", _TIME_BAD.fill(text=repr(text[:20])), field=name)
    return int(found[1]) * 60 + int(found[2])


def profile_key(profile_id: int | None) -> str:
    """How a profile is named in plans and orders; empty: the one that the camera was given."""
    return "" if profile_id is None else str(profile_id)


def rank_of(kind: str, *, is_own: bool) -> int:
    """The order of schedules that meet: the lower one names the profile."""
    return _KIND_RANKS[kind] + (0 if is_own else _GROUP_RANK)


def check_years(said: ScheduleSaid) -> None:
    """Raises Invalid where it speaks of years that nobody plans."""
    for place, each in enumerate(said.exceptions):
        check_year(each.day, f"exceptions.{place}.date")
    if said.once:
        check_year(said.once.start, "once")
        check_year(said.once.end, "once")


def check_year(day: date, name: str) -> None:
    """Raises Invalid for the field `name`; a datetime is a date as well."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        words = _YEAR_BAD.fill(year=day.year, first=FIRST_YEAR, last=LAST_YEAR)
        raise Invalid("year_bad", words, field=name)


def check_dates(days: Iterable[DaySaid]) -> None:
    """Raises Invalid where a day of a calendar comes twice, or there are too many."""
    seen: set[date] = set()
    for each in days:
        if each.day in seen:
            raise Invalid("date_twice", _DATE_TWICE.fill(day=each.day), field="dates")
        seen.add(each.day)
        check_year(each.day, "dates")
    if len(seen) > MOST_DATES:
        raise Invalid("too_many_dates", _TOO_MANY.fill(most=MOST_DATES), field="dates")


# As they are kept in the database, which is as the API has them.


def interval_kept(said: IntervalSaid) -> dict[str, Any]:
    """An interval as JSON."""
    return {
        "days": list(said.days),
        "from": said.start,
        "to": said.end,
        "profile_id": said.profile_id,
    }


def interval_again(kept: Mapping[str, Any]) -> IntervalSaid:
    """The interval that `interval_kept` made JSON of."""
    return IntervalSaid(kept["from"], kept["to"], tuple(kept["days"]), kept["profile_id"])


def exception_kept(said: ExceptionSaid) -> dict[str, Any]:
    """An exception as JSON."""
    return {
        "date": said.day.isoformat(),
        "name": said.name,
        "intervals": [interval_kept(each) for each in said.intervals],
    }


def exception_again(kept: Mapping[str, Any]) -> ExceptionSaid:
    """The exception that `exception_kept` made JSON of."""
    intervals = tuple(map(interval_again, kept["intervals"]))
    return ExceptionSaid(date.fromisoformat(kept["date"]), kept["name"], intervals)


def day_kept(said: DaySaid) -> dict[str, str]:
    """A calendar's day as JSON."""
    return {"date": said.day.isoformat(), "name": said.name}


def day_again(kept: Mapping[str, str]) -> DaySaid:
    """The day that `day_kept` made JSON of."""
    return DaySaid(date.fromisoformat(kept["date"]), kept["name"])


def once_kept(said: OnceSaid | None) -> dict[str, str] | None:
    """Local times as JSON."""
    if said is None:
        return None
    return {"from": said.start.isoformat(), "to": said.end.isoformat()}


def once_again(kept: Mapping[str, str] | None) -> OnceSaid | None:
    """The times that `once_kept` made JSON of."""
    if kept is None:
        return None
    return OnceSaid(datetime.fromisoformat(kept["from"]), datetime.fromisoformat(kept["to"]))
