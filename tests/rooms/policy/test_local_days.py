"""The clock on the wall, over every change of ten years in several zones."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rooms.policy.clocks import (
    HALF_DAY,
    TEN_YEARS,
    ZONES,
    local,
    moments,
    patient,
    switches,
    utc,
    wall,
)

from sereno.base.errors import Invalid
from sereno.base.spans import Span
from sereno.policy.local_days import (
    changes_between,
    days_of,
    moment_after_wall,
    moments_of_wall,
    spans_of_wall,
    wall_time,
    zone_of,
)

MADRID = "Europe/Madrid"


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_ten_years_is_found_to_the_second(zone: str) -> None:
    found = changes_between(zone, *TEN_YEARS[zone])
    expected = switches(zone)
    assert len(found) == len(expected)
    for change, before in zip(found, expected, strict=True):
        assert before < change <= before + HALF_DAY
    second = timedelta(seconds=1)
    for change in found:
        assert wall(change, zone) - wall(change - second, zone) != second


@patient
@given(st.data())
def test_a_moment_is_inside_if_and_only_if_the_clock_shows_a_time_inside(
    data: st.DataObject,
) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    about = data.draw(moments(zone))
    start = wall(about, zone) + timedelta(minutes=data.draw(st.integers(-3000, 3000)))
    end = start + timedelta(minutes=data.draw(st.integers(1, 3000)))
    spans = spans_of_wall(zone, start, end)
    assert spans == sorted(spans)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    near = [edge + timedelta(microseconds=off) for edge in edges for off in (-1, 0, 1)]
    for moment in (about, *near, *(about + timedelta(minutes=17 * n) for n in range(-12, 12))):
        is_inside = any(span.contains(moment) for span in spans)
        assert is_inside == (start <= wall(moment, zone) < end), moment


def test_the_hour_that_does_not_exist() -> None:
    assert spans_of_wall(MADRID, local(2026, 3, 29, 2), local(2026, 3, 29, 3)) == []
    assert moments_of_wall(MADRID, local(2026, 3, 29, 2, 30)) == []
    assert moment_after_wall(MADRID, local(2026, 3, 29, 2, 30)) == utc(2026, 3, 29, 1)
    assert spans_of_wall(MADRID, local(2026, 3, 29, 1), local(2026, 3, 29, 4)) == [
        Span(utc(2026, 3, 29, 0), utc(2026, 3, 29, 2))
    ]


def test_the_hour_that_happens_twice() -> None:
    shown = local(2026, 10, 25, 2, 30)
    assert moments_of_wall(MADRID, shown) == [utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)]
    assert moment_after_wall(MADRID, shown) == utc(2026, 10, 25, 0, 30)
    assert spans_of_wall(MADRID, shown, shown + timedelta(minutes=15)) == [
        Span(utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 0, 45)),
        Span(utc(2026, 10, 25, 1, 30), utc(2026, 10, 25, 1, 45)),
    ]
    assert spans_of_wall(MADRID, local(2026, 10, 25, 2), local(2026, 10, 25, 3)) == [
        Span(utc(2026, 10, 25, 0), utc(2026, 10, 25, 2))
    ], "both times are one span"


def test_the_day_that_a_country_left_out() -> None:
    day = local(2011, 12, 30)
    assert spans_of_wall("Pacific/Apia", day, day + timedelta(days=1)) == []
    skipped = Span(utc(2011, 12, 30, 9), utc(2011, 12, 30, 11))
    assert days_of("Pacific/Apia", skipped) == [date(2011, 12, day) for day in (29, 30, 31)]
    assert moment_after_wall("Pacific/Apia", day) == utc(2011, 12, 30, 10)


@patient
@given(st.data())
def test_the_time_on_the_wall_is_zoneinfos(data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    moment = data.draw(moments(zone))
    assert wall_time(moment, zone) == moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    assert moment in moments_of_wall(zone, wall_time(moment, zone))


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../etc/passwd", "/etc/localtime", "a\0b"])
def test_a_zone_that_does_not_exist_is_refused_with_its_field(name: str) -> None:
    with pytest.raises(Invalid) as told:
        zone_of(name)
    assert told.value.field == "time_zone"
