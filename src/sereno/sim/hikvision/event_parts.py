"""Events as parts of a multipart stream."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass

from sereno.sim.hikvision.device import Device
from sereno.sim.hikvision.times import local_text
from sereno.sim.hikvision.xml import ISAPI, tag
from sereno.sim.recorders.config import ChannelSpec

_BOUNDARY = "boundary"
_OTHER_BOUNDARY = "MIME_boundary"
_XML = 'application/xml; charset="UTF-8"'
_BROKEN = (
    b'<EventNotificationAlert version="2.0">\n<ipAddress>192.0.2.1</ipAddress>\n'
    b"<eventType>VMD</eventType>\n<activePostCount",
    b'<EventNotificationAlert version="2.0">\n<channelID>1</channelID>\n'
    b"<dateTime>2021-04-06T18:04:2800:00</dateTime>\n<activePostCount/>\n"
    b"<eventType>VMD</eventType>\n<eventState>active</eventState>\n"
    b"<eventDescription>Motion alarm</eventDescription>\n</EventNotificationAlert>\n",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: ISAPI's name of its kind; ``channel`` None is the device itself."""

    kind: str
    channel: int | None = None
    is_active: bool = True
    words: str = ""


KEEP_ALIVE = Event("videoloss", is_active=False, words="videoloss alarm")


class Parts:
    """Writes one listener's parts."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._quirks = device.quirks
        self._numbers = itertools.count(1)

    def headers(self) -> list[tuple[str, str]]:
        """Of the whole answer."""
        boundary = _OTHER_BOUNDARY if "wrong-boundary" in self._quirks else _BOUNDARY
        kind = f"multipart/mixed; boundary={boundary}"
        return [("MIME-Version", "1.0"), ("Content-Type", kind)]

    def alert(self, event: Event) -> bytes:
        """An event, after broken ones where they come."""
        is_broken = "bad-event-packets" in self._quirks and event is not KEEP_ALIVE
        before = [self._part(broken, _XML) for broken in _BROKEN] if is_broken else []
        if "json-events" in self._quirks:
            return b"".join([*before, self._part(self._json(event), "application/json")])
        return b"".join([*before, self._part(self._xml(event), _XML)])

    def pictured(self, event: Event) -> ChannelSpec | None:
        """The channel whose picture follows an event."""
        if "event-pictures" not in self._quirks or event.channel is None:
            return None
        return self._device.config.channel(event.channel)

    def picture(self, jpeg: bytes) -> bytes:
        """A picture."""
        return self._part(jpeg, "image/jpeg")

    def _part(self, body: bytes, kind: str) -> bytes:
        length: int | None = len(body)
        if "event-length-lies" in self._quirks:
            length = None if next(self._numbers) % 2 else len(body) // 2
        lines = [f"--{_BOUNDARY}", f"Content-Type: {kind}"]
        lines += [] if length is None else [f"Content-Length: {length}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body + b"\r\n"

    def _facts(self, event: Event) -> dict[str, object]:
        device = self._device
        name = "dynChannelID" if "dyn-channel-id" in self._quirks else "channelID"
        channel = None if event.channel is None else device.config.channel(event.channel)
        facts: dict[str, object] = {
            "ipAddress": device.config.host,
            "portNo": device.http_port,
            "protocol": "HTTP",
            "macAddress": "02:00:00:00:00:01",
            name: event.channel or 0,
            "dateTime": local_text(device, device.clock.true_now()),
            "activePostCount": int(event.is_active),
            "eventType": event.kind,
            "eventState": "active" if event.is_active else "inactive",
            "eventDescription": event.words or f"{event.kind} alarm",
        }
        return facts if channel is None else {**facts, "channelName": channel.name}

    def _json(self, event: Event) -> bytes:
        return json.dumps(self._facts(event)).encode()

    def _xml(self, event: Event) -> bytes:
        rows = [tag(name, value) for name, value in self._facts(event).items()]
        return (tag("EventNotificationAlert", *rows, version="2.0", xmlns=ISAPI) + "\n").encode()
