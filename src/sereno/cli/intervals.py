"""Hours and days of schedules, as people type them and as they read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sereno.base.errors import Invalid, Words
from sereno.cli.language import say
from sereno.policy.schedule_text import DAY_NAMES, EVERY_DAY, Names, write_days

_ONCE_UNCLEAR = Words(
    "“{text}” is no span. Write 2026-11-21T08:00/2026-11-21T12:00.",
    "«{text}» no es un intervalo. Escriba 2026-11-21T08:00/2026-11-21T12:00.",
)


def parse_once(text: str) -> dict[str, str]:
    """`START/END`, local times. Raises Invalid."""
    start, slash, end = text.partition("/")
    if not slash:
        raise Invalid("once_unclear", _ONCE_UNCLEAR.fill(text=text), field="once")
    return {"from": start.strip(), "to": end.strip()}


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
    return write_days(days, say(*DAY_NAMES).split(), dash="–")
