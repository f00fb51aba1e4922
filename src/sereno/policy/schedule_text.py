"""Hours and days of schedules as people type them, in either language, and written back so.

    mon-fri 08:00-13:00, 14:00-18:00 @Day
    2026-12-24 08:00-12:00 @Day; 20:00-24:00 = Christmas Eve

What comes of it is as the API has intervals and exceptions: `{"days", "from", "to", "profile_id"}`
and `{"date", "name", "intervals"}`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sereno.base.errors import Invalid, Words

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
DAY_NAMES = Words("mon tue wed thu fri sat sun", "lun mar mié jue vie sáb dom")

_DAYS = (
    ("monday", "lunes"),
    ("tuesday", "martes"),
    ("wednesday", "miercoles"),
    ("thursday", "jueves"),
    ("friday", "viernes"),
    ("saturday", "sabado"),
    ("sunday", "domingo"),
)
_SHORTEST_DAY = 3
_TIMES = re.compile(r"(?P<start>[\d:]{1,5})\s*-\s*(?P<end>[\d:]{1,5})")
_FIRST_TIME = re.compile(r"\d{1,2}:\d")

_HOURS_UNCLEAR = Words(
    "“{text}” names no hours. Write 08:00-13:00,14:00-18:00, or 22:00-06:00@Night with a profile.",
    "«{text}» no indica horas. Escriba 08:00-13:00,14:00-18:00, o 22:00-06:00@Noche con un perfil.",
)
_DAYS_UNCLEAR = Words(
    "“{text}” names no days. Write mon-fri, sat,sun, or 1-5, then the hours.",
    "«{text}» no indica días. Escriba lun-vie, sab,dom o 1-5, y después las horas.",
)

FindProfile = Callable[[str], int]
"""The id of the profile with this name. Raises Invalid, NotFound or Conflict."""
Interval = dict[str, Any]
Names = Mapping[Any, str]


def parse_hours(
    text: str, find_profile: FindProfile, days: Iterable[int] = EVERY_DAY
) -> list[Interval]:
    """`08:00-13:00,14:00-18:00@PROFILE`, and after a `;` those of another. Raises Invalid.

    Whether the times of day make sense is decided where a schedule is checked.
    """
    intervals = []
    for part in text.split(";"):
        hours, at, profile = part.partition("@")
        profile_id = find_profile(profile.strip()) if at else None
        for one in hours.replace("–", "-").split(","):
            if (found := _TIMES.fullmatch(one.strip())) is None:
                raise Invalid("hours_unclear", _HOURS_UNCLEAR.fill(text=text.strip()))
            start, end = (_padded(found[name]) for name in ("start", "end"))
            interval = {"days": list(days), "from": start, "to": end}
            intervals.append(interval | {"profile_id": profile_id})
    return intervals


def _padded(time: str) -> str:
    """`8:00` as `08:00`."""
    return f"0{time}" if re.match(r"\d:", time) else time


def parse_weekly(text: str, find_profile: FindProfile) -> list[Interval]:
    """`mon-fri 08:00-13:00@PROFILE` likewise; without days, on all of them."""
    first = _FIRST_TIME.search(text)
    place = first.start() if first else len(text)
    days = text[:place].strip()
    return parse_hours(text[place:], find_profile, parse_days(days) if days else EVERY_DAY)


def parse_days(text: str) -> list[int]:
    """`mon-fri`, `sat,sun`, `5-7`, `vie-lun`: 1 is Monday. Raises Invalid."""
    found: set[int] = set()
    for part in text.replace("–", "-").split(","):
        first, dash, last = part.partition("-")
        start, end = _day(first, text), _day(last if dash else first, text)
        # What ends before it starts runs over the weekend.
        found.update((start + step - 1) % 7 + 1 for step in range((end - start) % 7 + 1))
    return sorted(found)


def _day(text: str, whole: str) -> int:
    """A number, or the beginning of a day's name in either language, with or without accents."""
    letters = unicodedata.normalize("NFD", text.strip().lower())
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    for number, names in enumerate(_DAYS, 1):
        is_named = len(plain) >= _SHORTEST_DAY and any(name.startswith(plain) for name in names)
        if is_named or plain == str(number):
            return number
    raise Invalid("days_unclear", _DAYS_UNCLEAR.fill(text=whole))


def parse_exception(text: str, find_profile: FindProfile) -> dict[str, Any]:
    """`DATE`, `DATE HOURS`, either with `=NAME`: what starts on that day instead of the usual."""
    said, _, name = text.partition("=")
    date, _, hours = said.strip().partition(" ")
    intervals = parse_hours(hours, find_profile) if hours.strip() else []
    return {"date": date, "name": name.strip(), "intervals": intervals}


def write_days(days: Iterable[int], names: Sequence[str], dash: str = "-") -> str:
    """Runs of three days and more as `mon-fri`, others one by one."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{names[run[0] - 1]}{dash}{names[run[-1] - 1]}"
        if len(run) > 2
        else ",".join(names[day - 1] for day in run)
        for run in runs
    )


def write_weekly(
    intervals: Iterable[Mapping[str, Any]], profiles: Names, day_names: Sequence[str]
) -> list[str]:
    """Lines that `parse_weekly` reads; intervals that follow each other on the same days share one.

    On all days: hours alone, which `parse_hours` reads too.
    """
    lines = []
    for days, found in groupby(intervals, key=itemgetter("days")):
        named = "" if days == EVERY_DAY else f"{write_days(days, day_names)} "
        lines.append(named + write_hours(found, profiles))
    return lines


def write_hours(intervals: Iterable[Mapping[str, Any]], profiles: Names) -> str:
    """`08:00-13:00, 14:00-18:00 @Day; 20:00-24:00`, whatever the days."""
    parts = []
    for profile_id, found in groupby(intervals, key=itemgetter("profile_id")):
        text = ", ".join(f"{each['from']}-{each['to']}" for each in found)
        parts.append(text if profile_id is None else f"{text} @{_called(profile_id, profiles)}")
    return "; ".join(parts)


def _called(profile_id: int, profiles: Names) -> str:
    """Its name; its id where that would be read otherwise."""
    name = profiles.get(profile_id, "")
    return str(profile_id) if not name or re.search("[=;]", name) else name


def write_exception(day: Mapping[str, Any], profiles: Names) -> str:
    """What `parse_exception` reads."""
    hours = f" {write_hours(day['intervals'], profiles)}" if day["intervals"] else ""
    return f"{day['date']}{hours}" + (f" = {day['name']}" if day["name"] else "")
