"""log.cgi: what happened at the recorder, read like footage by a token. Details take many lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sereno.base.spans import span_or_none
from sereno.sim.dahua.answers import Value, bad_request, done, number, told
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_PATH = "/cgi-bin/log.cgi"
_MOST_A_PAGE = 100


def routes(logs: Logs) -> Routes:
    """What answers with entries."""
    return {
        (_PATH, "startFind"): logs.start,
        (_PATH, "doFind"): logs.page,
        (_PATH, "stopFind"): logs.stop,
    }


@dataclass(frozen=True, slots=True, order=True)
class _Entry:
    at: datetime
    place: int
    kind: str


class Logs:
    """Motion as it was recorded, oldest first."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._tokens = count(1)
        self._left: dict[int, list[_Entry]] = {}

    async def start(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        entries = self._entries(fields)
        token = next(self._tokens)
        self._left[token] = entries
        return told({"token": token, "count": len(entries)})

    async def page(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        token = self._token(fields)
        most = min(number(fields.get("count")), _MOST_A_PAGE)
        entries, self._left[token] = self._left[token][:most], self._left[token][most:]
        return told({"found": len(entries), "items": [self._row(entry) for entry in entries]})

    async def stop(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        del self._left[self._token(fields)]
        return done()

    def _token(self, fields: dict[str, str]) -> int:
        token = number(fields.get("token"))
        if token not in self._left:
            raise bad_request()
        return token

    def _entries(self, fields: dict[str, str]) -> list[_Entry]:
        times = self._device.times
        start = times.read(fields.get("condition.StartTime"))
        span = span_or_none(start, times.read(fields.get("condition.EndTime")))
        if span is None:
            raise bad_request()
        entries = []
        for channel in self._device.config.channels:
            for file in self._device.files(channel, span.start, span.end):
                if not file.is_motion:
                    continue
                happened = [(file.start, "Event.VideoMotion.Start")]
                happened += [] if file.is_open else [(file.end, "Event.VideoMotion.Stop")]
                entries += [
                    _Entry(at, channel.number, kind) for at, kind in happened if span.contains(at)
                ]
        return sorted(entries)

    def _row(self, entry: _Entry) -> dict[str, Value]:
        at = self._device.times.say(entry.at)
        return {
            "Time": at,
            "User": "default",
            "Type": entry.kind,
            "Detail": f"Event Type:{entry.kind}\r\nChannel:{entry.place}\r\nStart Time:{at}",
        }
