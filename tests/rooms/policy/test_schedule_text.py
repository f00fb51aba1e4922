"""How hours and days are typed, and written so that they can be typed again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Invalid
from sereno.policy.schedule_text import (
    DAY_NAMES,
    EVERY_DAY,
    parse_days,
    parse_exception,
    parse_hours,
    parse_weekly,
    write_exception,
    write_weekly,
)

PROFILES = {7: "Night", 8: "A = B; C", 9: "Día, tarde"}


def find_profile(name: str) -> int:
    return {"8": 8, **{told: key for key, told in PROFILES.items()}}[name]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", [1, 2, 3, 4, 5]),
        ("mon–fri", [1, 2, 3, 4, 5]),
        ("Monday - Friday", [1, 2, 3, 4, 5]),
        ("sat, sun", [6, 7]),
        ("vie-lun", [1, 5, 6, 7]),
        ("miércoles", [3]),
        ("SÁB", [6]),
        ("5-7,1", [1, 5, 6, 7]),
        ("mon-sun", EVERY_DAY),
        ("3-3", [3]),
    ],
)
def test_days_are_read(text: str, days: list[int]) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize("text", ["", "x", "8", "0-3", "mon-", "mon,,tue"])
def test_days_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_days(text)
    assert refused.value.key == "days_unclear"


def test_hours_may_name_a_profile() -> None:
    first, second, third = parse_hours("08:00-13:00, 22:00–06:00 @ Night; 1:5-24:00", find_profile)
    assert first == {"days": EVERY_DAY, "from": "08:00", "to": "13:00", "profile_id": 7}
    assert (second["from"], second["to"], second["profile_id"]) == ("22:00", "06:00", 7)
    # Whether that is a time is not decided here.
    assert (third["from"], third["profile_id"]) == ("01:5", None)
    assert (
        parse_hours("8:00-9:30", find_profile)[0].items()
        >= {"from": "08:00", "to": "09:30"}.items()
    )


@pytest.mark.parametrize(
    ("text", "days"),
    [("2 08:00-24:00", [2]), ("sat, sun 08:00-24:00", [6, 7]), ("08:00-24:00", EVERY_DAY)],
)
def test_a_line_has_days_and_hours(text: str, days: list[int]) -> None:
    (found,) = parse_weekly(text, find_profile)
    assert (found["days"], found["from"], found["to"]) == (days, "08:00", "24:00")


@pytest.mark.parametrize(
    "text", ["", "08:00", "08:00-", "08:00-09:00,", "8-9x", "@Night", "08:00-09:00;"]
)
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_hours(text, find_profile)
    assert refused.value.key == "hours_unclear"


def test_a_day_may_be_an_exception() -> None:
    told = parse_exception("2026-12-24 08:00-12:00 = Víspera", find_profile)
    assert (told["date"], told["name"], len(told["intervals"])) == ("2026-12-24", "Víspera", 1)
    assert parse_exception("2026-12-25", find_profile)["intervals"] == []


TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
DAYS = st.sets(st.sampled_from(EVERY_DAY), min_size=1).map(sorted)
INTERVALS = st.fixed_dictionaries(
    {"days": DAYS, "from": TIMES, "to": TIMES, "profile_id": st.sampled_from([None, *PROFILES])}
)


@given(st.lists(INTERVALS, max_size=6), st.sampled_from(DAY_NAMES))
def test_what_is_written_reads_the_same(intervals: list[dict[str, Any]], names: str) -> None:
    lines = write_weekly(intervals, PROFILES, names.split())
    again = [each for line in lines for each in parse_weekly(line, find_profile)]
    assert again == intervals


@given(st.lists(INTERVALS, max_size=3), st.sampled_from(["", "Nochebuena", "a@b; c = d"]))
def test_an_exception_that_is_written_reads_the_same(
    intervals: list[dict[str, Any]], name: str
) -> None:
    hours = [each | {"days": EVERY_DAY} for each in intervals]
    day = {"date": "2026-12-24", "name": name, "intervals": hours}
    assert parse_exception(write_exception(day, PROFILES), find_profile) == day
