"""Times as people type them, in the zone of the site."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sereno.base.errors import Invalid
from sereno.cli.times import parse_moment, parse_span, show_moment

MADRID = ZoneInfo("Europe/Madrid")
# 00:30 of the 21st in Madrid.
NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-20T23:30:00+00:00"),
        ("ahora", "2026-11-20T23:30:00+00:00"),
        ("-90s", "2026-11-20T23:28:30+00:00"),
        ("-5m", "2026-11-20T23:25:00+00:00"),
        ("-2h", "2026-11-20T21:30:00+00:00"),
        ("-1d", "2026-11-19T23:30:00+00:00"),
        ("00:10", "2026-11-20T23:10:00+00:00"),
        ("00:10:20", "2026-11-20T23:10:20+00:00"),
        ("2026-07-01", "2026-06-30T22:00:00+00:00"),
        ("2026-07-01T10:00", "2026-07-01T08:00:00+00:00"),
        ("2026-07-01 10:00", "2026-07-01T08:00:00+00:00"),
        ("2026-07-01T10:00Z", "2026-07-01T10:00:00+00:00"),
        ("2026-07-01T10:00-06:00", "2026-07-01T16:00:00+00:00"),
    ],
)
def test_moments(text: str, expected: str) -> None:
    assert parse_moment(text, MADRID, NOW).isoformat() == expected


@pytest.mark.parametrize("text", ["", "noon", "25:00", "-5", "-5y", "2026-13-01", "99999999999999"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is no time"):
        parse_moment(text, MADRID, NOW)


def test_a_span_goes_forward() -> None:
    with pytest.raises(Invalid, match="after the start"):
        parse_span("now", "-5m", MADRID, NOW)


def test_times_are_shown_in_the_zone_of_the_site() -> None:
    assert show_moment("2026-07-01T10:00:00Z", MADRID) == "2026-07-01 12:00:00"
    assert show_moment(None, MADRID) is None
