"""What of a device's clock is subtracted, and of which time."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from sereno.base.spans import Span
from sereno.policy.device_times import MOST_PERIODS, Period, Reading, ahead_of, later, periods_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = Span(NOON - 12 * HOUR, NOON + 12 * HOUR)


@pytest.mark.parametrize(
    ("offset_seconds", "ahead_seconds"),
    [
        (None, 0), (0.4, 0), (1.9, 0), (-1.9, 0), (2.0, 2), (-61.4, -61), (3600.2, 3600),
        (86_400.0, 86_400), (86_401.0, 0), (-31_000_000.0, 0), (math.inf, 0), (math.nan, 0),
    ],
)  # fmt: skip
def test_whole_seconds_that_are_sure_and_believed(
    offset_seconds: float | None, ahead_seconds: int
) -> None:
    assert ahead_of(offset_seconds) == timedelta(seconds=ahead_seconds)


def test_a_span_at_the_end_of_the_calendar_stays() -> None:
    last = Span(NOON, datetime.max.replace(tzinfo=UTC))
    assert later(last, HOUR) == last
    assert later(last, -HOUR).start == NOON - HOUR


def test_nobody_knows_a_clock_that_was_never_read() -> None:
    assert periods_of(DAY, []) == [Period(DAY, None)]


@pytest.mark.parametrize("hours", [-40, 0, 40])
def test_one_reading_is_for_all_of_it(hours: int) -> None:
    assert periods_of(DAY, [Reading(NOON + hours * HOUR, 95.0)]) == [Period(DAY, 95.0)]


def test_the_reading_nearest_in_time_counts() -> None:
    readings = [
        Reading(NOON + 5 * HOUR, 0.3), Reading(NOON - 20 * HOUR, 60.4), Reading(NOON, 61.0),
        Reading(NOON + 2 * HOUR, 0.2),
    ]  # fmt: skip
    set_at = NOON + HOUR
    assert periods_of(DAY, readings) == [
        Period(Span(DAY.start, set_at), 60.4), Period(Span(set_at, DAY.end), 0.2),
    ]  # fmt: skip


def test_what_came_before_and_after_is_left_out() -> None:
    readings = [Reading(NOON + hours * HOUR, hours * 60.0) for hours in (-30, -20, 20, 30)]
    first, second = periods_of(DAY, readings)
    assert (first.offset_seconds, second.offset_seconds) == (-1200.0, 1200.0)
    assert (first.span.start, first.span.end, second.span.end) == (DAY.start, NOON, DAY.end)


def test_a_clock_that_jumps_about_is_not_followed() -> None:
    minute = timedelta(minutes=1)
    readings = [Reading(NOON + each * minute, each % 2 * 30.0) for each in range(MOST_PERIODS + 1)]
    assert periods_of(DAY, readings) == [Period(DAY, readings[-1].offset_seconds)]
    assert len(periods_of(DAY, readings[:-1])) == MOST_PERIODS
