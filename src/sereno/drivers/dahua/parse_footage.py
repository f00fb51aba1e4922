"""The files that a search finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.drivers.dahua.parse import Table, as_int, as_wall, by_index, under

_LONGEST = timedelta(days=2)
_TURNED_BACK = timedelta(hours=1)
_CAUSES = {"timing": "schedule", "manual": "manual", "event": "alarm", "marker": "manual"}
_EVENT_CAUSES = {"videomotion": "motion", "alarmlocal": "alarm"}
_MAIN = frozenset({"", "main"})
_STILL_OPEN = "temporary"
_TIMES_IN_NAME = re.compile(r"\d{2}\.\d{2}\.\d{2}-(\d{2})\.(\d{2})\.(\d{2})")
_FILE_CAUSES = {"[R]": "schedule", "[M]": "motion", "[A]": "alarm"}


@dataclass(frozen=True, slots=True)
class Row:
    """One file. Its times are of the device's wall clock, which may be turned back between them, so
    that it ends before it starts; `channel` counts from 0."""

    start: datetime
    end: datetime
    path: str
    size_bytes: int | None
    cause: str
    is_open: bool
    channel: int | None


def read_count(table: Table) -> int | None:
    """How many files an answer says that it holds; None where it does not say."""
    return as_int(table.get("found"))


def read_rows(table: Table, now: datetime) -> list[Row]:
    """The files of the main stream in one answer, in its order, broken ones left out. One that has
    no end yet is open and ends `now`, by the device's wall clock."""
    rows = (_row(row, now) for row in by_index(table, "items").values())
    return [row for row in rows if row is not None]


def _row(row: Mapping[str, str], now: datetime) -> Row | None:
    start, end = as_wall(row.get("StartTime")), as_wall(row.get("EndTime"))
    path = row.get("FilePath", "").strip()
    is_open = row.get("FileState", "").strip().lower() == _STILL_OPEN
    is_main = row.get("VideoStream", "").strip().lower() in _MAIN
    if start is None or not is_main or "\n" in path:
        return None
    end = end or _end_by_name(start, path)
    if end is None:
        is_open, end = True, now
    if end == start or not start - _TURNED_BACK < end <= start + _LONGEST:
        return None
    size = as_int(row.get("Length"))
    return Row(
        start,
        end,
        path,
        size if size and size > 0 else None,
        _cause(row),
        is_open,
        as_int(row.get("Channel")),
    )


def _end_by_name(start: datetime, path: str) -> datetime | None:
    """A file's name tells its end as well; one past midnight ends on the day after."""
    found = _TIMES_IN_NAME.search(path)
    if found is None:
        return None
    hour, minute, second = (int(part) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    end = start.replace(hour=hour, minute=minute, second=second)
    return end if end > start else end + timedelta(days=1)


def _cause(row: Mapping[str, str]) -> str:
    events = [value.strip() for key, value in row.items() if key.startswith("Events[")]
    for event in events:
        if event:
            return _EVENT_CAUSES.get(event.lower(), event)
    flags = [value.strip().lower() for value in under(row, "Flags[").values()]
    causes = [_CAUSES[flag] for flag in flags if flag in _CAUSES]
    if causes:
        return causes[0]
    path = row.get("FilePath", "")
    return next((cause for mark, cause in _FILE_CAUSES.items() if mark in path), "schedule")
