"""When schedules ask, against the clock on the wall."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rooms.policy.clocks import (
    ZONES,
    asks,
    local,
    moments,
    patient,
    regular_schedules,
    switches,
    utc,
    wall,
)

from sereno.base.spans import Span, union
from sereno.policy.decisions import pieces
from sereno.policy.plans import DateException, Interval, Plan, Schedule
from sereno.policy.schedules import expand, week_number, week_span

MADRID = "Europe/Madrid"
NIGHT = Interval(22 * 60, 6 * 60)
EARLY = Interval(2 * 60, 3 * 60)


def recorded(schedule: Schedule, start: datetime, end: datetime, zone: str = MADRID) -> list[Span]:
    found = pieces(Plan(zone, (schedule,)), "recording", Span(start, end))
    return union(piece.span for piece in found if piece.runs)


@patient
@given(st.data())
def test_a_schedule_asks_if_and_only_if_the_clock_says_so(data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    about = data.draw(moments(zone))
    schedule = data.draw(regular_schedules(wall(about, zone).date(), "day", "night"))
    week = week_span(week_number(about))
    stretches = expand(schedule, zone, week).stretches
    assert all(one.span.end <= other.span.start for one, other in pairwise(stretches))
    edges = [edge for each in stretches for edge in (each.span.start, each.span.end)]
    near = [edge + timedelta(seconds=off) for edge in edges for off in (-1, 0)]
    for moment in (about, *near, *(about + timedelta(minutes=37 * n) for n in range(-8, 8))):
        if week.contains(moment):
            found = [each.profile for each in stretches if each.span.contains(moment)]
            expected = asks(schedule, zone, moment)
            assert len(found) == bool(expected), moment
            assert set(found) <= expected, moment


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clocks_in_ten_years(zone: str) -> None:
    nights = Schedule("1", "Nights", "daily", intervals=(NIGHT, EARLY))
    for switch in switches(zone):
        spans = recorded(nights, switch - timedelta(hours=30), switch + timedelta(hours=42), zone)
        for minutes in range(-30 * 60, 42 * 60, 15):
            moment = switch + timedelta(minutes=minutes)
            is_recorded = any(span.contains(moment) for span in spans)
            assert is_recorded == bool(asks(nights, zone, moment)), moment


def test_the_hour_that_does_not_exist_is_not_recorded() -> None:
    daily = Schedule("1", "Early", "daily", intervals=(EARLY,))
    assert recorded(daily, utc(2026, 3, 28, 12), utc(2026, 3, 29, 12)) == []
    nights = Schedule("1", "Nights", "daily", intervals=(NIGHT,))
    assert recorded(nights, utc(2026, 3, 28, 12), utc(2026, 3, 29, 12)) == [
        Span(utc(2026, 3, 28, 21), utc(2026, 3, 29, 4))
    ], "seven hours of eight"


def test_the_hour_that_happens_twice_is_recorded_twice() -> None:
    daily = Schedule("1", "Early", "daily", intervals=(EARLY,))
    assert recorded(daily, utc(2026, 10, 24, 12), utc(2026, 10, 25, 12)) == [
        Span(utc(2026, 10, 25, 0), utc(2026, 10, 25, 2))
    ]
    half = Schedule("1", "Half", "daily", intervals=(Interval(150, 165),))
    assert recorded(half, utc(2026, 10, 24, 12), utc(2026, 10, 25, 12)) == [
        Span(utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 0, 45)),
        Span(utc(2026, 10, 25, 1, 30), utc(2026, 10, 25, 1, 45)),
    ]


def test_an_interval_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    fridays = Schedule("1", "Fridays", "weekly", intervals=(Interval(22 * 60, 6 * 60, (5,)),))
    assert recorded(fridays, utc(2026, 3, 2), utc(2026, 3, 9)) == [
        Span(utc(2026, 3, 6, 21), utc(2026, 3, 7, 5))
    ]


def test_an_exception_replaces_what_starts_on_its_day_and_not_what_began_before() -> None:
    short = DateException(date(2026, 3, 6), "", (Interval(9 * 60, 10 * 60),))
    nights = Schedule("1", "Nights", "daily", intervals=(NIGHT,), exceptions=(short,))
    assert recorded(nights, utc(2026, 3, 5, 12), utc(2026, 3, 7, 12)) == [
        Span(utc(2026, 3, 5, 21), utc(2026, 3, 6, 5)),
        Span(utc(2026, 3, 6, 8), utc(2026, 3, 6, 9)),
    ]


def test_a_continuous_schedule_rests_on_its_holidays() -> None:
    feast = DateException(date(2026, 3, 29), "Fiesta")
    always = Schedule("1", "Always", exceptions=(feast,))
    assert recorded(always, utc(2026, 3, 28), utc(2026, 3, 31)) == [
        Span(utc(2026, 3, 28), utc(2026, 3, 28, 23)),
        Span(utc(2026, 3, 29, 22), utc(2026, 3, 31)),
    ], "the day on which the clocks go forward has 23 hours"


def test_once_is_in_the_sites_own_time() -> None:
    once = Schedule(
        "1", "Fair", "once", once_start=local(2026, 3, 28, 20), once_end=local(2026, 3, 29, 8)
    )
    assert recorded(once, utc(2026, 3, 1), utc(2026, 5, 1)) == [
        Span(utc(2026, 3, 28, 19), utc(2026, 3, 29, 6))
    ]


def test_what_starts_on_a_day_that_was_left_out_goes_on_after_it() -> None:
    nights = Schedule("1", "Nights", "weekly", intervals=(Interval(22 * 60, 6 * 60, (5,)),))
    friday_left_out = Span(utc(2011, 12, 30), utc(2011, 12, 31))
    assert recorded(nights, friday_left_out.start, friday_left_out.end, "Pacific/Apia") == [
        Span(utc(2011, 12, 30, 10), utc(2011, 12, 30, 16))
    ], "the clock shows Saturday, 00:00 to 06:00"
