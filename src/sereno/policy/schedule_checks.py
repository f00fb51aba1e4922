"""Whether a schedule makes sense, and if not, which field is at fault and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations

from sereno.base.errors import Invalid, Words
from sereno.policy.cron import check_cron
from sereno.policy.plans import DAY_MINUTES, EVERY_DAY, Interval, Schedule

WEEK_MINUTES = 7 * DAY_MINUTES
MOST_INTERVALS = 100
LONGEST_CRON_MINUTES = WEEK_MINUTES
LONGEST_ONCE = timedelta(days=366)

_DAYS = Words(
    "Days of the week are numbers from 1 (Monday) to 7 (Sunday), at least one, each once.",
    "Los días de la semana son números de 1 (lunes) a 7 (domingo), al menos uno, cada uno una vez.",
)
_TIMES = Words(
    "An interval starts between 00:00 and 23:59 and ends between 00:01 and 24:00.",
    "Un intervalo empieza entre las 00:00 y las 23:59 y termina entre las 00:01 y las 24:00.",
)
_EMPTY = Words(
    "The interval ends as it starts, at {time}. For the whole day, write 00:00 to 24:00.",
    "El intervalo termina cuando empieza, a las {time}. Para todo el día, ponga 00:00 a 24:00.",
)
_NONE = Words(
    "Give at least one interval: from when to when.",
    "Indique al menos un intervalo: desde cuándo hasta cuándo.",
)
_MANY = Words("At most {most} intervals.", "{most} intervalos como máximo.")
_OVERLAP = Words(
    "Two intervals with different profiles overlap on day {day} at {time}. "
    "End one before the other starts.",
    "Dos intervalos con perfiles distintos se superponen el día {day} a las {time}. "
    "Termine uno antes de que empiece el otro.",
)
_ONCE_MISSING = Words("Say from when to when.", "Indique desde cuándo hasta cuándo.")
_ONCE_ZONE = Words(
    "Give the site's own time, without a zone.", "Escriba la hora del sitio, sin zona horaria."
)
_ONCE_ORDER = Words(
    "It ends before it starts. Give a later end.",
    "Termina antes de empezar. Ponga un fin posterior.",
)
_ONCE_LONG = Words(
    "It lasts longer than 366 days. Give an earlier end, or use another kind of schedule.",
    "Dura más de 366 días. Ponga un fin anterior o use otra clase de horario.",
)
_MINUTES = Words(
    "Give 1 to {most} minutes, how long it lasts from each start.",
    "Escriba de 1 a {most} minutos, cuánto dura desde cada inicio.",
)
_TWICE = Words(
    "{day} has two exceptions. Keep one.", "El {day} tiene dos excepciones. Deje una sola."
)


def check_schedule(schedule: Schedule) -> None:
    """Raises Invalid, its field one of `intervals`, `once`, `cron`, `cron_minutes`, `exceptions`.

    A field of a list names the place too: `intervals.0.days`, `exceptions.2.intervals.0`.
    """
    if schedule.kind in ("daily", "weekly"):
        if not schedule.intervals:
            raise Invalid("intervals_missing", _NONE, field="intervals")
        is_daily = schedule.kind == "daily"
        _check_intervals(schedule.intervals, schedule.profile, "intervals", every_day=is_daily)
    elif schedule.kind == "once":
        _check_once(schedule.once_start, schedule.once_end)
    elif schedule.kind == "cron":
        check_cron(schedule.cron)
        if not 1 <= schedule.cron_minutes <= LONGEST_CRON_MINUTES:
            words = _MINUTES.fill(most=LONGEST_CRON_MINUTES)
            raise Invalid("cron_minutes_bad", words, field="cron_minutes")
    _check_exceptions(schedule)


def _check_once(start: datetime | None, end: datetime | None) -> None:
    if start is None or end is None:
        raise Invalid("once_missing", _ONCE_MISSING, field="once")
    if start.tzinfo is not None or end.tzinfo is not None:
        raise Invalid("once_zone", _ONCE_ZONE, field="once")
    if end <= start:
        raise Invalid("once_order", _ONCE_ORDER, field="once")
    if end - start > LONGEST_ONCE:
        raise Invalid("once_long", _ONCE_LONG, field="once")


def _check_exceptions(schedule: Schedule) -> None:
    seen = set()
    for place, exception in enumerate(schedule.exceptions):
        field = f"exceptions.{place}"
        if exception.day in seen:
            raise Invalid("exception_twice", _TWICE.fill(day=exception.day), field=field)
        seen.add(exception.day)
        _check_intervals(
            exception.intervals, schedule.profile, f"{field}.intervals", every_day=True
        )


def _check_intervals(
    intervals: Sequence[Interval], profile: str, field: str, *, every_day: bool
) -> None:
    if len(intervals) > MOST_INTERVALS:
        raise Invalid("intervals_many", _MANY.fill(most=MOST_INTERVALS), field=field)
    for place, each in enumerate(intervals):
        _check_interval(each, f"{field}.{place}")
    for one, other in combinations(intervals, 2):
        if (one.profile or profile) == (other.profile or profile):
            continue
        if (minute := _meeting(one, other, every_day=every_day)) is not None:
            day, rest = divmod(minute, DAY_MINUTES)
            words = _OVERLAP.fill(day=day + 1, time=_clock(rest))
            raise Invalid("intervals_overlap", words, field=field)


def _check_interval(interval: Interval, field: str) -> None:
    days = interval.days
    if not days or len(set(days)) < len(days) or not set(days) <= set(EVERY_DAY):
        raise Invalid("days_bad", _DAYS, field=f"{field}.days")
    if not (0 <= interval.start < DAY_MINUTES and 1 <= interval.end <= DAY_MINUTES):
        raise Invalid("times_bad", _TIMES, field=field)
    if interval.start == interval.end:
        raise Invalid("interval_empty", _EMPTY.fill(time=_clock(interval.start)), field=field)


def _meeting(one: Interval, other: Interval, *, every_day: bool) -> int | None:
    """The minute of the week at which both are there, Monday 00:00 being 0; None: never."""
    for start, length in _in_week(one, every_day=every_day):
        for began, lasted in _in_week(other, every_day=every_day):
            if (start - began) % WEEK_MINUTES < lasted:
                return start
            if (began - start) % WEEK_MINUTES < length:
                return began
    return None


def _in_week(interval: Interval, *, every_day: bool) -> Iterator[tuple[int, int]]:
    length = (interval.end - interval.start) % DAY_MINUTES or DAY_MINUTES
    for day in EVERY_DAY if every_day else interval.days:
        yield (day - 1) * DAY_MINUTES + interval.start, length


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
