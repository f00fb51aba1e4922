"""How hours are typed, and how days are drawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sereno.cli import intervals
from sereno.cli.picture import show_plans
from sereno.policy import schedule_text


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        ([1, 2, 3, 4, 5], "mon–fri"),
        ([6, 7], "sat,sun"),
        ([1, 5, 6, 7], "mon,fri–sun"),
        ([3], "wed"),
    ],
)
def test_days_are_shown(days: list[int], shown: str) -> None:
    assert intervals.days_of(days) == shown


def test_hours_and_days_of_their_own_are_shown() -> None:
    night = {"days": schedule_text.EVERY_DAY, "from": "22:00", "to": "06:00", "profile_id": 7}
    assert intervals.hours(night, {7: "Night"}) == "22:00–06:00 @Night"
    eve = {"date": "2026-12-24", "name": "Víspera", "intervals": [night | {"profile_id": None}]}
    assert intervals.exception(eve, {}) == "2026-12-24 Víspera: 22:00–06:00"


ZONE = ZoneInfo("Europe/Madrid")


def _piece(start: datetime, end: datetime, key: str, *, runs: bool, profile: str = "") -> Any:
    return {
        "from": start.isoformat(), "to": end.isoformat(), "runs": runs, "profile": profile,
        "why": {"key": key},
    }  # fmt: skip


def _drawn(pieces: list[Any], capsys: pytest.CaptureFixture[str], days: int = 1) -> list[str]:
    """The rows of a single camera, and the legend."""
    plan = {"name": "Patio", "time_zone": "Europe/Madrid", "recording": pieces}
    show_plans([plan], "recording", days)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()[2:]]


def test_each_thing_has_its_sign(capsys: pytest.CaptureFixture[str]) -> None:
    midnight = datetime(2026, 6, 1, tzinfo=ZONE)
    edges = [midnight + timedelta(minutes=minute) for minute in (0, 60, 120, 135, 180, 240, 1440)]
    pieces = [
        _piece(edges[0], edges[1], "scheduled", runs=True),
        _piece(edges[1], edges[2], "manual", runs=True, profile="Night"),
        _piece(edges[2], edges[3], "scheduled", runs=True, profile="Night"),
        _piece(edges[3], edges[4], "paused", runs=False),
        _piece(edges[4], edges[5], "holiday", runs=False),
        _piece(edges[5], edges[6], "not_scheduled", runs=False),
    ]
    row, *legend = _drawn(pieces, capsys)
    assert row == "Mo01 2026-06  ██MMa=hh" + "·" * 40
    assert [line.split()[0] for line in legend] == ["█▄", "M", "Aa", "=", "h", "·", "One"]


@pytest.mark.parametrize(
    ("day", "hours", "row"),
    [
        # The hour from 2 to 3 does not exist: its second half is empty, its first shows 3 o'clock.
        (date(2026, 3, 29), 23, 47),
        (date(2026, 10, 25), 25, 48),
    ],
)
def test_days_on_which_the_clock_changes_are_drawn(
    day: date, hours: int, row: int, capsys: pytest.CaptureFixture[str]
) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(ZoneInfo("UTC"))
    pieces = [_piece(midnight, midnight + timedelta(hours=hours), "always", runs=True)]
    drawn = _drawn(pieces, capsys)[0]
    assert drawn.count("█") == row
    assert len(drawn) == len("Mo01 2026-06  ") + 48
