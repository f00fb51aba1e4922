"""Hours and days of schedules, as people type them and as they read them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sereno.base.errors import Invalid, Words
from sereno.cli.language import say

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]

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
_TIMES = re.compile(r"(?P<start>[\d:]{1,5})-(?P<end>[\d:]{1,5})")

_HOURS_UNCLEAR = Words(
    "“{text}” names no hours. Write 08:00-13:00,14:00-18:00, or 22:00-06:00@Night with a profile.",
    "«{text}» no indica horas. Escriba 08:00-13:00,14:00-18:00, o 22:00-06:00@Noche con un perfil.",
)
_DAYS_UNCLEAR = Words(
    "“{text}” names no days. Write mon-fri, sat,sun, or 1-5, then the hours.",
    "«{text}» no indica días. Escriba lun-vie, sab,dom o 1-5, y después las horas.",
)
_ONCE_UNCLEAR = Words(
    "“{text}” is no span. Write 2026-11-21T08:00/2026-11-21T12:00.",
    "«{text}» no es un intervalo. Escriba 2026-11-21T08:00/2026-11-21T12:00.",
)

FindProfile = Callable[[str], int]
Names = Mapping[Any, str]


def parse_hours(
    text: str, find_profile: FindProfile, days: Iterable[int] = EVERY_DAY
) -> list[dict[str, Any]]:
    """`08:00-13:00,14:00-18:00@PROFILE` as the API has intervals. Raises Invalid.

    Whether the times of day make sense is the hub's to say.
    """
    hours, at, profile = text.partition("@")
    found = [_TIMES.fullmatch(part.strip()) for part in hours.split(",")]
    profile_id = find_profile(profile) if at else None
    intervals = []
    for one in found:
        if one is None:
            raise Invalid("hours_unclear", _HOURS_UNCLEAR.fill(text=text))
        interval = {"days": list(days), "from": one["start"], "to": one["end"]}
        intervals.append(interval | {"profile_id": profile_id})
    return intervals


def parse_weekly(text: str, find_profile: FindProfile) -> list[dict[str, Any]]:
    """`mon-fri 08:00-13:00@PROFILE` likewise."""
    days, _, hours = text.strip().partition(" ")
    return parse_hours(hours, find_profile, parse_days(days))


def parse_days(text: str) -> list[int]:
    """`mon-fri`, `sat,sun`, `5-7`, `vie-lun`: 1 is Monday. Raises Invalid."""
    found: set[int] = set()
    for part in text.split(","):
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


def parse_once(text: str) -> dict[str, str]:
    """`START/END`, local times. Raises Invalid."""
    start, slash, end = text.partition("/")
    if not slash:
        raise Invalid("once_unclear", _ONCE_UNCLEAR.fill(text=text), field="once")
    return {"from": start.strip(), "to": end.strip()}


def parse_exception(text: str, find_profile: FindProfile) -> dict[str, Any]:
    """`DATE`, `DATE HOURS`, either with `=NAME`: what starts on that day instead of the usual."""
    said, _, name = text.partition("=")
    date, _, hours = said.strip().partition(" ")
    intervals = parse_hours(hours, find_profile) if hours.strip() else []
    return {"date": date, "name": name.strip(), "intervals": intervals}


def parse_date(text: str) -> dict[str, str]:
    """`DATE` or `DATE=NAME`, a calendar's day."""
    date, _, name = text.partition("=")
    return {"date": date.strip(), "name": name.strip()}


def when(schedule: Mapping[str, Any], profiles: Names) -> str:
    """When a schedule asks for something, in one line for each part."""
    kind = schedule["kind"]
    if kind == "continuous":
        return say("always", "siempre")
    if kind == "once":
        return "{from} – {to}".format(**schedule["once"])
    if kind == "cron":
        return f"{schedule['cron']} ({schedule['cron_minutes']} min)"
    return "\n".join(hours(each, profiles) for each in schedule["intervals"])


def hours(interval: Mapping[str, Any], profiles: Names) -> str:
    """`mon–fri 08:00–13:00 @Day`."""
    profile = interval["profile_id"]
    name = f" @{profiles.get(profile, profile)}" if profile is not None else ""
    days = "" if interval["days"] == EVERY_DAY else f"{days_of(interval['days'])} "
    return f"{days}{interval['from']}–{interval['to']}{name}"


def exception(day: Mapping[str, Any], profiles: Names) -> str:
    """A day that is not like others."""
    name = f" {day['name']}" if day["name"] else ""
    told = ", ".join(hours(each, profiles) for each in day["intervals"])
    return f"{day['date']}{name}: {told or say('nothing', 'nada')}"


def days_of(days: Iterable[int]) -> str:
    """Runs of three days and more as `mon–fri`, others one by one."""
    names = say("mon tue wed thu fri sat sun", "lun mar mié jue vie sáb dom").split()
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{names[run[0] - 1]}–{names[run[-1] - 1]}"
        if len(run) > 2
        else ",".join(names[day - 1] for day in run)
        for run in runs
    )
