"""What the last searches found, so that a download needs no more than a handle."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sereno.base.clock import EPOCH
from sereno.base.spans import Span
from sereno.box.files import write_atomic
from sereno.drivers.contract import Found

MOST_KEPT = 20_000
"""Of all devices together: a few months of one camera."""

_NOTHING_KNOWN = Span(EPOCH, EPOCH + timedelta(seconds=1))


class Searches:
    """A file below the person's state folder. What cannot be kept is only not remembered."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def own(cls) -> Searches:
        import platformdirs

        return cls(platformdirs.user_state_path("sereno") / "searches.json")

    def remember(self, place: str, found: Iterable[Found]) -> None:
        """Keep these, and forget the oldest. Raises OSError."""
        rows = {_key(row): row for row in self._rows()}
        for each in found:
            row = _row(place, each)
            rows.pop(_key(row), None)
            rows[_key(row)] = row
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(self._path, json.dumps([*rows.values()][-MOST_KEPT:]))

    def recall(self, place: str, handle: str) -> Found | None:
        """What was found under this handle; None where that is not known any more."""
        for row in self._rows():
            if _key(row) == (place, handle):
                return _found(row)
        return None

    def _rows(self) -> list[dict[str, Any]]:
        try:
            rows = json.loads(self._path.read_bytes())
            return [row for row in rows if _found(row)]
        except (OSError, ValueError, TypeError, KeyError):
            return []


def by_handle(handle: str) -> Found:
    """Footage of which nothing else is known; its span says nothing."""
    return Found("", _NOTHING_KNOWN, None, handle)


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["place"], row["handle"]


def _row(place: str, found: Found) -> dict[str, Any]:
    return {
        "place": place,
        "handle": found.handle,
        "channel": found.channel,
        "start": found.span.start.isoformat(),
        "end": found.span.end.isoformat(),
        "size_bytes": found.size_bytes,
        "cause": found.cause,
        "is_open": found.is_open,
        "clock_offset_seconds": found.clock_offset_seconds,
    }


def _found(row: dict[str, Any]) -> Found:
    span = Span(datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]))
    return Found(
        row["channel"], span, row["size_bytes"], row["handle"], row["cause"], row["is_open"],
        row["clock_offset_seconds"],
    )  # fmt: skip
