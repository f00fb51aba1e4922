"""Events out of the stream that a device keeps open.

Parts come between boundaries, with any number of header lines, a length that is often wrong, and
cut anywhere by the network. So none of that is relied on: an event begins at `Code=` and ends with
its line, or with its data, which are JSON over several lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sereno.drivers.contract import EventState
from sereno.drivers.dahua.parse import LARGEST_CHANNEL, as_int, as_wall

_START = b"Code="
_LARGEST_EVENT = 64 << 10
_DATA = b"data={"
_LINE_END = re.compile(rb"[\r\n]")
_FIELD = re.compile(r"(?P<name>\w+)=(?P<value>[^;]*)")
_QUOTE, _BACKSLASH, _OPENING = b'"\\{'
_CODE = re.compile(r"\w{1,80}")
_STATES = {"start": EventState.STARTED, "stop": EventState.ENDED}

KINDS: Mapping[str, str] = {
    "VideoMotion": "motion",
    "SmartMotionHuman": "motion",
    "SmartMotionVehicle": "motion",
    "VideoLoss": "video_loss",
    "VideoBlind": "tamper",
    "VideoAbnormalDetection": "tamper",
    "CrossLineDetection": "line_crossed",
    "CrossRegionDetection": "intrusion",
    "AlarmLocal": "input",
    "StorageNotExist": "disk_missing",
    "StorageFailure": "disk_error",
    "StorageLowSpace": "disk_full",
    "NetAbort": "network_lost",
    "IPConflict": "address_conflict",
    "MACConflict": "address_conflict",
    "LoginFailure": "bad_login",
    "TimeChange": "clock_changed",
    "NTPAdjustTime": "clock_changed",
}
"""What is asked for, and what it means; all else is left out."""

_OF_THE_DEVICE = frozenset(
    code
    for code, kind in KINDS.items()
    if kind.startswith("disk_")
    or kind in ("network_lost", "address_conflict", "bad_login", "clock_changed")
)


@dataclass(frozen=True, slots=True)
class Told:
    """One event. `index` counts channels from 0; None for the device itself. `wall` is when, by the
    device's wall clock, where its data say so."""

    code: str
    kind: str
    index: int | None
    state: EventState
    wall: datetime | None


@dataclass(slots=True)
class _Brackets:
    """Looks for the bracket that closes data, each byte once."""

    place: int
    depth: int = 0
    is_quoted: bool = False
    is_escaped: bool = False

    def end(self, held: bytes) -> int | None:
        """The place after it; None where it is not there yet."""
        while self.place < len(held):
            byte = held[self.place]
            self.place += 1
            if self.is_quoted:
                self.is_quoted = self.is_escaped or byte != _QUOTE
                self.is_escaped = not self.is_escaped and byte == _BACKSLASH
            elif byte == _QUOTE:
                self.is_quoted = True
            elif byte in b"{}":
                self.depth += 1 if byte == _OPENING else -1
                if not self.depth:
                    return self.place
        return None


class EventReader:
    """Takes bytes as they come and gives events; broken ones, heartbeats and codes that nobody
    asked for are left out. Holds no more than one event."""

    def __init__(self) -> None:
        self._held = b""
        self._brackets: _Brackets | None = None

    def feed(self, data: bytes) -> Iterator[Told]:
        """The events that end in `data`."""
        self._held += data
        while self._begins():
            end = self._end()
            if end is None and len(self._held) <= _LARGEST_EVENT:
                return
            event = _read(self._held[:end]) if end is not None else None
            self._held = self._held[end or len(_START) :]
            self._brackets = None
            if event is not None:
                yield event

    def _begins(self) -> bool:
        """Drop what stands before an event; whether one is there."""
        start = self._held.find(_START)
        if start < 0:
            start = max(0, len(self._held) - len(_START) + 1)
        self._held = self._held[start:]
        return self._held.startswith(_START)

    def _end(self) -> int | None:
        """Where the event ends; None while it may go on."""
        line = _LINE_END.search(self._held)
        data = self._held.find(_DATA, 0, line.start() if line else len(self._held))
        if data >= 0:
            return self._data_end(data)
        return line.start() if line is not None else None

    def _data_end(self, data: int) -> int | None:
        """After the data, or before the next event where they do not end."""
        self._brackets = self._brackets or _Brackets(data + len(_DATA) - 1)
        end = self._brackets.end(self._held)
        following = self._held.find(_START, data)
        return end if end is not None or following < 0 else following


def _read(text: bytes) -> Told | None:
    head, separator, rest = text.partition(_DATA)
    decoded = head.decode("utf-8", "replace")
    fields = {found["name"].lower(): found["value"].strip() for found in _FIELD.finditer(decoded)}
    code = fields.get("code", "")
    if _CODE.fullmatch(code) is None or code not in KINDS or not fields.get("action"):
        return None
    index = as_int(fields.get("index"))
    if index is not None and not 0 <= index <= LARGEST_CHANNEL:
        return None
    data = _data(b"{" + rest) if separator else {}
    return Told(
        code,
        KINDS[code],
        None if code in _OF_THE_DEVICE else index,
        _STATES.get(fields["action"].lower(), EventState.MOMENT),
        as_wall(str(data.get("LocaleTime", ""))),
    )


def _data(text: bytes) -> Mapping[str, object]:
    """What an event says beside; nothing where it is broken, which costs no event."""
    try:
        found = json.loads(text.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
