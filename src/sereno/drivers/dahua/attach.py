"""The stream of events that a device keeps open."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import httpx

from sereno.drivers.dahua.addresses import query
from sereno.drivers.dahua.judge import fault_of
from sereno.drivers.dahua.parse_events import KINDS, EventReader, Told
from sereno.drivers.errors import Busy, DeviceError, Unreachable, Unsupported
from sereno.drivers.http.answers import Answer, StreamAnswer
from sereno.drivers.http.client import DeviceHttp
from sereno.policy.reasons import Reason

HEARTBEAT_SECONDS = 5
_MISSED_HEARTBEATS = 3
_SILENCE_SECONDS = HEARTBEAT_SECONDS * _MISSED_HEARTBEATS + 1.0
_ERROR_BYTES = 4096
_ALL = "All"
_LIST_REFUSED = frozenset({400, 500})
_HELD = frozenset({403, 503})


@dataclass(slots=True)
class Attachment:
    """Listens. Some firmware refuses a long list of codes: then all are asked for, once, and
    `takes_list` stays false. What nobody asked for is left out by the reader."""

    http: DeviceHttp
    takes_list: bool = True

    async def events(self) -> AsyncGenerator[Told, None]:
        """Until the device ends it, or says nothing for three heartbeats. Raises DeviceError, which
        is the only way in which it ends."""
        async with self.http.gate.turn("events"):
            if self.takes_list:
                async with aclosing(self._listen(",".join(KINDS))) as events:
                    async for event in events:
                        yield event
            self.takes_list = False
            async with aclosing(self._listen(_ALL)) as events:
                async for event in events:
                    yield event
        raise Unsupported(Reason("device_unable"))

    async def _listen(self, codes: str) -> AsyncGenerator[Told, None]:
        """Ends without raising where the list of codes was refused."""
        target = query(
            "eventManager", "attach", {"codes": f"[{codes}]", "heartbeat": str(HEARTBEAT_SECONDS)}
        )
        async with self.http.stream("GET", target, silence_seconds=_SILENCE_SECONDS) as answer:
            if answer.status in _LIST_REFUSED:
                return
            if answer.status != httpx.codes.OK:
                raise await _fault(answer)
            reader = EventReader()
            async for data in answer.chunks():
                for event in reader.feed(data):
                    yield event
            raise Unreachable(Reason("events_ended"))


async def _fault(answer: StreamAnswer) -> DeviceError:
    body = b""
    async for chunk in answer.chunks():
        body = (body + chunk)[:_ERROR_BYTES]
    if answer.status in _HELD and not body.strip():
        return Busy(Reason("events_slot_held", {"status": str(answer.status)}))
    fault = fault_of(Answer(answer.status, answer.headers, body), "Event")
    return fault or Unreachable(Reason("events_ended"))
