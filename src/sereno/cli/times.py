"""Times as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sereno.base.errors import Invalid, Words

_AGO = re.compile(r"-(?P<count>\d+)(?P<unit>[smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

_UNCLEAR = Words(
    "“{text}” is no time. Write 2026-11-20T10:30, 10:30 (today), -5m, -2h, -1d or now.",
    "«{text}» no es una hora. Escriba 2026-11-20T10:30, 10:30 (hoy), -5m, -2h, -1d o now.",
)
_BACKWARDS = Words("The end must be after the start.", "El final debe ser posterior al comienzo.")


def parse_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """A UTC time from ISO 8601, a time of today, `-5m`, or `now`. Raises Invalid.

    What names no zone is meant in `zone`.
    """
    text = text.strip()
    if text in {"now", "ahora"}:
        return now
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago["unit"]]: int(ago["count"])})
    try:
        if "-" not in text:
            today = now.astimezone(zone).date()
            moment = datetime.combine(today, time.fromisoformat(text))
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("time_unclear", _UNCLEAR.fill(text=text)) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def parse_span(start: str, end: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Start and end in UTC. Raises Invalid when they are unclear or the wrong way round."""
    parsed = parse_moment(start, zone, now), parse_moment(end, zone, now)
    if parsed[0] >= parsed[1]:
        raise Invalid("times_backwards", _BACKWARDS, field="to")
    return parsed


def show_moment(text: str | None, zone: ZoneInfo) -> str | None:
    """A time of the API, as people of `zone` read it."""
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
