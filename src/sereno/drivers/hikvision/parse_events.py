"""The stream of a device's events: pure, from bytes as they come to packets, and to their meaning.

The boundary in the header is not always the one in the stream, and lengths are missing or wrong:
packets are found by what they begin and end with. Source: ISAPI `Event/notification/alertStream`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from sereno.drivers.contract import EventState
from sereno.drivers.hikvision.parse_device import wall_time
from sereno.drivers.hikvision.tree import read
from sereno.drivers.tree import Part, whole_number

_LIMIT_BYTES = 256 << 10
_TAIL_BYTES = 128
"""What is kept of bytes that hold no packet: the beginning of one may stand at their end."""

_TAG = rb"<(?:\w{1,20}:)?EventNotificationAlert\b"
_OPENED = re.compile(_TAG, re.IGNORECASE)
_START = re.compile(_TAG + rb"|application/json", re.IGNORECASE)
_END = re.compile(rb"</(?:\w{1,20}:)?EventNotificationAlert\s{0,8}>", re.IGNORECASE)
_HEADER_BYTES = 1024
_KINDS = {
    "vmd": "motion",
    "motion": "motion",
    "motiondetection": "motion",
    "videoloss": "video_loss",
    "linedetection": "line_crossed",
    "fielddetection": "intrusion",
    "regionentrance": "intrusion",
    "regionexiting": "intrusion",
    "shelteralarm": "tamper",
    "tamperdetection": "tamper",
    "scenechangedetection": "tamper",
    "defocus": "tamper",
    "io": "input",
    "diskfull": "disk_full",
    "hdfull": "disk_full",
    "diskerror": "disk_error",
    "hderror": "disk_error",
    "diskunformat": "disk_error",
    "diskloss": "disk_missing",
    "nodisk": "disk_missing",
    "nicbroken": "network_lost",
    "networkbroken": "network_lost",
    "ipconflict": "address_conflict",
    "illaccess": "bad_login",
    "illegallogin": "bad_login",
    "recordexception": "recording_failed",
    "recordingfailure": "recording_failed",
    "recordingexception": "recording_failed",
    "timeexception": "clock_changed",
}
_STATES = {"active": EventState.STARTED, "inactive": EventState.ENDED}
_OF_THE_DEVICE = {
    "disk_full",
    "disk_error",
    "disk_missing",
    "network_lost",
    "address_conflict",
    "bad_login",
    "clock_changed",
}


@dataclass(frozen=True, slots=True)
class Packet:
    """What a device said once. `number` is a channel, or None for the device itself; `wall` its own
    clock, None where it makes no sense."""

    kind: str
    code: str
    number: int | None
    state: EventState
    wall: datetime | None


def packet(data: bytes) -> Packet | None:
    """The meaning of one packet, or None where it names no event. Raises Garbled.

    Other members may be empty or malformed: only what is used is looked at.
    """
    told = _alert(read(data))
    code = told.say("eventType")
    if not code:
        return None
    kind = _KINDS.get(code.lower(), "other")
    return Packet(
        kind,
        code,
        None if kind in _OF_THE_DEVICE else _channel(told),
        _STATES.get(told.say("eventState").lower(), EventState.MOMENT),
        wall_time(told.say("dateTime")),
    )


def _alert(root: Part) -> Part:
    return root if root.get("eventType") else root.get("EventNotificationAlert") or root


def _channel(told: Part) -> int | None:
    for name in ("channelID", "dynChannelID"):
        number = whole_number(told.say(name))
        if number is not None and number > 0:
            return number
    return None


@dataclass(slots=True)
class Packets:
    """Cuts packets out of bytes as they come, in linear time and bounded memory."""

    _held: bytearray = field(default_factory=bytearray)
    _looked: int = 0
    _object: _Object | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that `data` completes, each XML or JSON. A broken one is left out."""
        self._held += data
        found: list[bytes] = []
        while (step := self._step()) is not None:
            if step:
                found.append(step)
        return found

    def _step(self) -> bytes | None:
        """A packet, nothing where something was skipped, or None where more bytes are needed."""
        if self._object is not None:
            return self._in_object(self._object)
        start = _START.search(self._held)
        if start is None:
            self._forget(max(0, len(self._held) - _TAIL_BYTES))
            return None
        if start[0].startswith(b"<"):
            return self._in_tags(start.start())
        return self._after_type(start)

    def _in_tags(self, start: int) -> bytes | None:
        self._forget(start)
        end = _END.search(self._held, max(self._looked - 64, 0))
        if end is None:
            self._looked = len(self._held)
            return self._give_up()
        whole = bytes(self._held[: end.end()])
        self._forget(end.end())
        *_, last = _OPENED.finditer(whole)  # what began before it was cut off by the device
        return whole[last.start() :]

    def _after_type(self, start: re.Match[bytes]) -> bytes | None:
        """A part of JSON: its body begins after the header that says so."""
        held, begin = self._held, start.end()
        brace = held.find(b"{", begin, begin + _HEADER_BYTES)
        tag = held.find(b"<", begin, brace if brace >= 0 else begin + _HEADER_BYTES)
        if tag >= 0:
            self._forget(tag)
        elif brace >= 0:
            self._forget(brace)
            self._object = _Object()
        elif len(held) >= begin + _HEADER_BYTES:
            self._forget(begin)
        else:
            return None
        return b""

    def _in_object(self, scan: _Object) -> bytes | None:
        end = scan.end_in(self._held)
        upto = len(self._held) if end is None else end
        broken = _START.search(self._held, max(self._looked - 64, 1), upto)
        self._looked = upto
        if broken is not None:
            self._forget(broken.start())
            return b""
        if end is None:
            return self._give_up()
        whole = bytes(self._held[:end])
        self._forget(end)
        return whole

    def _give_up(self) -> bytes | None:
        """A packet without an end that no device means: on to the one begun last, if any."""
        if len(self._held) <= _LIMIT_BYTES:
            return None
        later = [begun.start() for begun in _START.finditer(self._held, 1)]
        self._forget(later[-1] if later else len(self._held) - _TAIL_BYTES)
        return b""

    def _forget(self, count: int) -> None:
        if count:
            del self._held[:count]
            self._looked = 0
            self._object = None


@dataclass(slots=True)
class _Object:
    """Where a JSON object ends, looked at once, byte by byte."""

    place: int = 0
    depth: int = 0
    is_in_text: bool = False
    is_escaped: bool = False

    def end_in(self, held: bytearray) -> int | None:
        while self.place < len(held):
            byte = held[self.place]
            self.place += 1
            if self.is_escaped:
                self.is_escaped = False
            elif self.is_in_text:
                self.is_escaped = byte == 0x5C
                self.is_in_text = byte != 0x22
            elif byte == 0x22:
                self.is_in_text = True
            elif byte in b"{[":
                self.depth += 1
            elif byte in b"}]":
                self.depth -= 1
                if self.depth <= 0:
                    return self.place
        return None
