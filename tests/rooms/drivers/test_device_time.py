"""A device's wall clock and UTC: every zone a device may write, over both changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.drivers.contract import Convention
from sereno.drivers.device_time import UTC_ZONE, DeviceZone, convention_of, parse_zone

MADRID = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"
ALIKE = {
    MADRID: "Europe/Madrid",
    "EST5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00": "America/New_York",
    "AEST-10:00:00DST01:00:00,M10.1.0/02:00:00,M4.1.0/03:00:00": "Australia/Sydney",
    "LHST-10:30:00DST00:30:00,M10.1.0/02:00:00,M4.1.0/02:00:00": "Australia/Lord_Howe",
    "GMT0:00:00DST01:00:00,M3.5.0/01:00:00,M10.5.0/02:00:00": "Europe/London",
    "CET-1CEST,M3.5.0,M10.5.0/3": "Europe/Madrid",
    "CET-1CEST-2,M3.5.0,M10.5.0/3": "Europe/Madrid",
    "<-03>3": "America/Argentina/Buenos_Aires",
    "IST-5:30:00": "Asia/Kolkata",
    "CST-8:00:00": "Asia/Shanghai",
    "+05:45": "Asia/Kathmandu",
    "-0300": "America/Argentina/Buenos_Aires",
    "UTC": "UTC",
    "Europe/Lisbon": "Europe/Lisbon",
}
SECONDS = st.integers(
    int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2034, 1, 1, tzinfo=UTC).timestamp()),
)


def zone(text: str) -> DeviceZone:
    found = parse_zone(text)
    assert found is not None
    return found


def wall(text: str) -> datetime:
    """What a clock on a wall shows."""
    return datetime.fromisoformat(text)


def near_changes(name: str) -> list[datetime]:
    """Each quarter of an hour around all changes of ten years."""
    tz = ZoneInfo(name)
    day, found = datetime(2024, 1, 1, tzinfo=UTC), list[datetime]()
    while day.year < 2034:
        after = day + timedelta(days=1)
        if day.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            found += [day + timedelta(minutes=15 * step) for step in range(-8, 104)]
        day = after
    return found


@pytest.mark.parametrize(("text", "name"), ALIKE.items())
def test_changes_are_those_of_the_zone_over_ten_years(text: str, name: str) -> None:
    device, tz = zone(text), ZoneInfo(name)
    for moment in near_changes(name):
        shown = moment.astimezone(tz).replace(tzinfo=None)
        assert device.to_wall(moment) == shown
        read = {shown.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1)}
        assert device.to_utc(shown) == tuple(sorted(read))


@settings(deadline=None)
@given(seconds=SECONDS, pair=st.sampled_from(sorted(ALIKE.items())))
def test_every_moment_is_that_of_the_zone(seconds: int, pair: tuple[str, str]) -> None:
    device, tz = zone(pair[0]), ZoneInfo(pair[1])
    moment = datetime.fromtimestamp(seconds, UTC)
    shown = device.to_wall(moment)
    assert shown == moment.astimezone(tz).replace(tzinfo=None)
    assert moment in device.to_utc(shown)


def test_the_hour_that_comes_twice_gives_both_moments() -> None:
    twice = wall("2026-10-25T02:30")
    assert zone(MADRID).to_utc(twice) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )


def test_the_hour_that_is_left_out_is_one_of_a_clock_that_was_not_set() -> None:
    left_out = wall("2026-03-29T02:30")
    assert zone(MADRID).to_utc(left_out) == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC),)


def test_the_last_friday_of_march_as_a_recorder_writes_it() -> None:
    device = zone("CST-2:00:00DST01:00:00,M3.5.5/02:00:00,M10.5.0/02:00:00")
    assert device.to_utc(wall("2026-03-27T01:59")) == (datetime(2026, 3, 26, 23, 59, tzinfo=UTC),)
    assert device.to_wall(datetime(2026, 3, 27, 0, 0, tzinfo=UTC)) == wall("2026-03-27T03:00")
    assert len(device.to_utc(wall("2026-10-25T01:30"))) == 2


NO_ZONES = [
    "", "here", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b", "x" * 5000, "+24:00",
    "CST-99:00:00", "CST-8:00:00DST09:00:00,M3.5.0/2,M10.5.0/2",
    "CST-8:00:00DST01:00:00,M13.5.0/2,M10.5.0/2", "CST-8:00:00DST01:00:00,J60,J300",
    "CST-8:00:00DST01:00:00,M3.5.7/2,M10.5.0/2",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ZONES)
def test_what_is_no_zone_is_none(text: str) -> None:
    assert parse_zone(text) is None


def test_summer_time_without_a_rule_is_none() -> None:
    assert zone("EST5EDT4").to_wall(datetime(2026, 7, 1, 12, tzinfo=UTC)) == wall(
        "2026-07-01T07:00"
    )


POSIX_LIKE = st.from_regex(
    r"\A[A-Z]{3}[+-]?[0-9]{1,2}(:[0-9]{2}){0,2}(DST[0-9:]{1,8})?"
    r"(,M[0-9]{1,2}\.[0-9]\.[0-9](/[0-9:]{1,8})?){0,2}\Z"
)


@settings(deadline=None, max_examples=300)
@given(
    text=POSIX_LIKE | st.text(max_size=60),
    shown=st.datetimes(),
)
def test_any_text_is_a_zone_or_none(text: str, shown: datetime) -> None:
    found = parse_zone(text)
    if found is not None:
        moments = found.to_utc(shown)
        assert 1 <= len(moments) <= 2
        assert list(moments) == sorted(moments)
        assert all(moment.tzinfo is UTC for moment in moments)


NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
WEST = "EST5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00"


@pytest.mark.parametrize(
    ("label", "where", "convention"),
    [
        ("2026-07-01T13:59:00", MADRID, Convention.LOCAL),
        ("2026-07-01T11:59:00", MADRID, Convention.UTC),
        ("2026-07-01T13:20:00", MADRID, Convention.LOCAL),  # as UTC it would lie ahead
        ("2026-07-01T10:20:00", MADRID, None),  # an hour and a half ago, or more: it may be old
        ("2026-07-01T07:59:00", WEST, Convention.LOCAL),
        ("2026-07-01T11:59:00", WEST, Convention.UTC),
        ("2026-07-01T07:00:00", WEST, None),
        ("2026-07-01T18:00:00", MADRID, None),  # ahead either way: its clock is wrong
        ("2026-07-01T11:59:00", "UTC", None),
    ],
)
def test_the_newest_footage_tells_what_labels_mean(
    label: str, where: str, convention: Convention | None
) -> None:
    assert convention_of(wall(label), zone(where), NOW) is convention


def test_newest_footage_in_the_hour_that_comes_twice() -> None:
    now = datetime(2026, 10, 25, 1, 31, tzinfo=UTC)
    assert convention_of(wall("2026-10-25T02:30"), zone(MADRID), now) is Convention.LOCAL


def test_zones_written_alike_are_equal() -> None:
    assert zone(MADRID) == zone(MADRID)
    assert zone("UTC") == UTC_ZONE
