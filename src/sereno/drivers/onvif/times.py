"""Times as devices write them, and as they want to read them (XML Schema `dateTime`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_TIME = re.compile(
    r"\s*(\d{4})-(\d\d?)-(\d\d?)T(\d\d?):(\d\d?):(\d\d?)(?:[.,](\d{1,6})\d*)?"
    r"\s*(Z|[+-]\d\d:?\d\d)?\s*",
    re.ASCII | re.IGNORECASE,
)


def moment(said: str) -> datetime | None:
    """A time; one without a zone is UTC. None where it makes no sense."""
    found = _TIME.fullmatch(said)
    if found is None:
        return None
    *numbers, part, zone = found.groups()
    micros = int((part or "").ljust(6, "0") or 0)
    try:
        year, month, day, hour, minute, second = map(int, numbers)
        at = datetime(year, month, day, hour, minute, second, micros, tzinfo=UTC)
        return at - _offset(zone)
    except (ValueError, OverflowError):
        return None


def written(at: datetime) -> str:
    """A moment, aware, as `2026-06-15T11:49:00.440Z`."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta(0)
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size


def clock_time(at: datetime) -> str:
    """A moment, aware, as RTSP writes it in `Range: clock=` (RFC 2326, 3.7)."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y%m%dT%H%M%S}.{utc.microsecond // 1000:03}Z"
