"""eventManager: parts without end, an event or a heartbeat each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle

from sereno.sim.dahua.answers import Value, bad_request, not_implemented
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.recorders.http import HangUp, HttpAnswer, HttpRequest

PATH = "/cgi-bin/eventManager.cgi"
_BOUNDARY = "myboundary"
_CRUMB_BYTES = 5
_LENGTH_LIE_BYTES = 9
_ALL = "All"
_LONGEST_HEARTBEAT_SECONDS = 60.0
_MORE_HEADS = ((), ("X-Event: 1",), ("X-Event: 1", "X-Part: 2"))
"""Three, four and five lines with the boundary, the type and the length."""


def routes(events: Events) -> Routes:
    """What answers with events."""
    return {(PATH, "attach"): events.attach}


@dataclass(eq=False, slots=True)
class _Listener:
    codes: frozenset[str]
    waiting: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)


class Events:
    """Hands what happens to everybody who listens."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._listeners: set[_Listener] = set()
        self._heads = cycle(_MORE_HEADS if "event-head-varies" in device.quirks else ((),))
        self._came = asyncio.Condition()

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def wait_for_listeners(self, count: int) -> None:
        """Returns when so many listen."""
        async with self._came:
            await self._came.wait_for(lambda: len(self._listeners) == count)

    def emit(
        self, code: str, action: str, place: int, data: Mapping[str, Value] | None = None
    ) -> None:
        """Something happens: action is Start, Stop or Pulse; ``place`` is counted from 0."""
        text = f"Code={code};action={action};index={place}"
        if data is not None:
            text += f";data={json.dumps(data, indent=3)}\n"
        for listener in self._listeners:
            if listener.codes & {_ALL, code}:
                listener.waiting.put_nowait(self._part(text, has_data=data is not None))

    def cut(self) -> None:
        """Cuts everybody off without a word."""
        for listener in self._listeners:
            listener.waiting.put_nowait(None)

    async def attach(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        quirks = self._device.quirks
        if "no-events" in quirks:
            raise not_implemented()
        asked = fields.get("codes", "")
        if not (asked.startswith("[") and asked.endswith("]")):
            raise bad_request()
        codes = frozenset(each.strip() for each in asked[1:-1].split(","))
        if "no-event-list" in quirks and codes != {_ALL}:
            raise bad_request()
        heartbeat = fields.get("heartbeat", "")
        every = float(heartbeat) if heartbeat.isdecimal() else _LONGEST_HEARTBEAT_SECONDS
        kind = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
        body = self._stream(_Listener(codes), min(every, _LONGEST_HEARTBEAT_SECONDS))
        return HttpAnswer(200, [("Content-Type", kind)], body, is_closed_after=True)

    async def _stream(self, listener: _Listener, every_seconds: float) -> AsyncIterator[bytes]:
        await self._count(listener, is_new=True)
        try:
            while True:
                try:
                    async with asyncio.timeout(every_seconds):
                        part = await listener.waiting.get()
                except TimeoutError:
                    part = self._part("Heartbeat")
                if part is None:
                    raise HangUp
                for piece in self._pieces(part):
                    yield piece
                    await asyncio.sleep(0)
        finally:
            await self._count(listener, is_new=False)

    async def _count(self, listener: _Listener, *, is_new: bool) -> None:
        async with self._came:
            (self._listeners.add if is_new else self._listeners.discard)(listener)
            self._came.notify_all()

    def _pieces(self, part: bytes) -> list[bytes]:
        if "events-in-crumbs" not in self._device.quirks:
            return [part]
        return [part[at : at + _CRUMB_BYTES] for at in range(0, len(part), _CRUMB_BYTES)]

    def _part(self, text: str, *, has_data: bool = False) -> bytes:
        length = len(text.encode())
        if has_data and "event-length-lies" in self._device.quirks:
            length -= _LENGTH_LIE_BYTES
        head = [f"--{_BOUNDARY}", "Content-Type: text/plain", f"Content-Length: {length}"]
        return "\r\n".join([*head, *next(self._heads), "", f"{text}\r\n", ""]).encode()
