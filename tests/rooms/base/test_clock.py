from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from sereno.base.clock import ManualClock, from_us, to_us


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_microseconds_are_exact(moment: datetime) -> None:
    assert from_us(to_us(moment)) == moment


def test_setting_the_wall_clock_does_not_move_the_monotonic_one() -> None:
    clock = ManualClock()
    clock.advance(5)
    clock.step_wall(-3600)
    assert clock.monotonic() == 5
    assert to_us(clock.now()) == (5 - 3600) * 1_000_000
