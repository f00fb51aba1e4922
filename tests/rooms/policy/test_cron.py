"""Cron expressions, by the clocks of a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rooms.policy.clocks import ZONES, local, moments, patient, utc, wall

from sereno.base.errors import Invalid
from sereno.base.spans import Span
from sereno.policy.cron import check_cron, cron_starts
from sereno.policy.decisions import pieces
from sereno.policy.plans import DateException, Interval, Plan, Schedule

MADRID = "Europe/Madrid"


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_of_every_so_often_each_minute_that_matches_on_the_wall_starts(
    data: st.DataObject,
) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    day = wall(data.draw(moments(zone)), zone).date()
    step = data.draw(st.integers(1, 30))
    hours = data.draw(st.sets(st.integers(0, 23), min_size=1, max_size=3))
    expression = f"*/{step} {','.join(map(str, hours))} * * *"
    middle = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=12)
    around = (middle + timedelta(minutes=minute) for minute in range(-38 * 60, 38 * 60))
    expected = [
        moment
        for moment in around
        if (shown := wall(moment, zone)).date() == day
        and shown.hour in hours
        and shown.minute % step == 0
    ]
    assert cron_starts(expression, zone, day) == expected


@patient
@given(st.data())
def test_a_fixed_time_starts_once_a_day_and_after_the_leap_where_the_clock_skips_it(
    data: st.DataObject,
) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    day = wall(data.draw(moments(zone)), zone).date()
    hour, minute = data.draw(st.integers(0, 23)), data.draw(st.integers(0, 59))
    [start] = cron_starts(f"{minute} {hour} * * *", zone, day)
    shown = local(day.year, day.month, day.day, hour, minute)
    again = shown.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if wall(again, zone) == shown:
        assert start == again, "the first of the two, where there are two"
    else:
        assert wall(start, zone) > shown > wall(start - timedelta(seconds=1), zone)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 1)])
@pytest.mark.parametrize(
    "expression",
    ["30 2 * * *", "*/15 2 * * *", "0 */3 * * *", "30 * * * *", "5 1,2,3 * * SUN", "0 2 1 * MON"],
)
def test_it_starts_when_debians_cron_would(expression: str, day: date) -> None:
    zone = ZoneInfo(MADRID)
    before = datetime.combine(day, datetime.min.time(), zone) - timedelta(seconds=1)
    expected = []
    for start in CronSim(expression, before):
        if start.date() != day:
            break
        expected.append(start.astimezone(UTC))
    assert cron_starts(expression, MADRID, day) == expected


def test_it_lasts_its_minutes_by_the_clock_that_does_not_jump() -> None:
    nightly = Schedule("1", "Rounds", "cron", cron="0 1 * * *", cron_minutes=180)
    window = Span(utc(2026, 3, 28, 12), utc(2026, 3, 29, 12))
    found = pieces(Plan(MADRID, (nightly,)), "recording", window)
    assert [piece.span for piece in found if piece.runs] == [
        Span(utc(2026, 3, 29, 0), utc(2026, 3, 29, 3))
    ]


def test_starts_that_meet_are_one_stretch_and_an_exception_replaces_those_of_its_day() -> None:
    exception = DateException(date(2026, 3, 3), "", (Interval(600, 660),))
    often = Schedule(
        "1", "Often", "cron", cron="0 8,9 * * *", cron_minutes=90, exceptions=(exception,)
    )
    window = Span(utc(2026, 3, 2), utc(2026, 3, 4))
    found = pieces(Plan("UTC", (often,)), "recording", window)
    assert [piece.span for piece in found if piece.runs] == [
        Span(utc(2026, 3, 2, 8), utc(2026, 3, 2, 10, 30)),
        Span(utc(2026, 3, 3, 10), utc(2026, 3, 3, 11)),
    ]


def test_a_start_of_days_ago_still_lasts() -> None:
    long = Schedule("1", "Long", "cron", cron="0 0 * * MON", cron_minutes=5 * 1440)
    friday = utc(2026, 3, 6, 12)
    [piece] = pieces(Plan("UTC", (long,)), "recording", Span(friday, friday + timedelta(hours=1)))
    assert piece.runs


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "0 8 * * FOO",
        "0 0 30 2 *",
        "x" * 300,
        "0 8 31 4,6 *",
    ],
)
def test_what_is_no_cron_expression_or_never_starts_is_refused(expression: str) -> None:
    with pytest.raises(Invalid) as told:
        check_cron(expression)
    assert told.value.field == "cron"


@pytest.mark.parametrize(
    "expression", ["0 8 * * MON-FRI", "*/5 6-22 * * *", "0 0 29 2 *", "0 12 L * *"]
)
def test_what_starts_one_day_passes(expression: str) -> None:
    check_cron(expression)
