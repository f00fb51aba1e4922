"""A schedule that makes no sense is refused with the field and the reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.rooms.policy.clocks import local, utc

from sereno.base.errors import Invalid
from sereno.policy.plans import DateException, Interval, Schedule
from sereno.policy.schedule_checks import check_schedule

START = local(2026, 3, 2, 8)
DAY = Interval(8 * 60, 17 * 60, profile="day")
NIGHT = Interval(17 * 60, 8 * 60, profile="night")


def daily(*intervals: Interval, exceptions: tuple[DateException, ...] = ()) -> Schedule:
    return Schedule("1", "One", "daily", intervals=intervals, exceptions=exceptions)


def weekly(*intervals: Interval, profile: str = "") -> Schedule:
    return Schedule("1", "One", "weekly", intervals=intervals, profile=profile)


def once(start: object, end: object) -> Schedule:
    return Schedule("1", "One", "once", once_start=start, once_end=end)  # type: ignore[arg-type]


def cron(expression: str, minutes: int) -> Schedule:
    return Schedule("1", "One", "cron", cron=expression, cron_minutes=minutes)


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule("1", "One"),
        daily(DAY, NIGHT),
        daily(Interval(0, 1440)),
        daily(Interval(0, 1440, profile="x"), Interval(60, 120, profile="x")),
        weekly(Interval(0, 720, (1,), "a"), Interval(0, 720, (2,), "b")),
        weekly(Interval(60, 120, (1,), "a"), Interval(60, 120, (1,)), profile="a"),
        once(START, START + timedelta(hours=1)),
        cron("0 8 * * MON-FRI", 90),
        daily(DAY, exceptions=(DateException(date(2026, 3, 19), "San José"),)),
    ],
)
def test_what_makes_sense_passes(schedule: Schedule) -> None:
    check_schedule(schedule)


@pytest.mark.parametrize(
    ("schedule", "field", "said"),
    [
        (daily(), "intervals", "at least one"),
        (daily(Interval(600, 600)), "intervals.0", "ends as it starts, at 10:00"),
        (daily(DAY, Interval(1440, 60)), "intervals.1", "23:59"),
        (daily(Interval(600, 0)), "intervals.0", "00:01"),
        (daily(Interval(-1, 60)), "intervals.0", "00:00"),
        (weekly(Interval(0, 60, ())), "intervals.0.days", "1 (Monday)"),
        (weekly(Interval(0, 60, (0,))), "intervals.0.days", "1 (Monday)"),
        (weekly(Interval(0, 60, (1, 8))), "intervals.0.days", "1 (Monday)"),
        (weekly(Interval(0, 60, (1, 1))), "intervals.0.days", "each once"),
        (daily(DAY, Interval(16 * 60, 18 * 60, profile="x")), "intervals", "day 1 at 16:00"),
        (
            weekly(Interval(22 * 60, 6 * 60, (7,), "n"), Interval(300, 400, (1,), "d")),
            "intervals",
            "day 1 at 05:00",
        ),
        (daily(*([DAY] * 101)), "intervals", "At most 100"),
        (once(None, START), "once", "from when"),
        (once(START, START), "once", "ends before"),
        (once(START, START - timedelta(hours=1)), "once", "ends before"),
        (once(START, START + timedelta(days=400)), "once", "366 days"),
        (once(utc(2026, 3, 2), utc(2026, 3, 3)), "once", "without a zone"),
        (cron("every day", 5), "cron", "five fields"),
        (cron("0 0 30 2 *", 5), "cron", "day-of-month"),
        (cron("0 8 * * *", 0), "cron_minutes", "1 to 10080"),
        (cron("0 8 * * *", 20_000), "cron_minutes", "1 to 10080"),
        (
            daily(DAY, exceptions=(DateException(date(2026, 3, 19)),) * 2),
            "exceptions.1",
            "two exceptions",
        ),
        (
            daily(DAY, exceptions=(DateException(date(2026, 3, 19), "", (Interval(5, 5),)),)),
            "exceptions.0.intervals.0",
            "ends as it starts",
        ),
        (
            Schedule(
                "1", "One", exceptions=(DateException(date(2026, 3, 19), "", (Interval(5, 5),)),)
            ),
            "exceptions.0.intervals.0",
            "ends as it starts",
        ),
    ],
)
def test_what_makes_none_is_refused(schedule: Schedule, field: str, said: str) -> None:
    with pytest.raises(Invalid) as told:
        check_schedule(schedule)
    assert told.value.field == field
    assert said in told.value.words.en
    assert told.value.words.en != told.value.words.es
