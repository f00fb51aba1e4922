"""A picture of now, from whichever of two addresses a firmware has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sereno.base.backoff import Backoff
from sereno.drivers.errors import DeviceError
from sereno.drivers.gate import Gate
from sereno.drivers.hikvision.isapi import Isapi
from sereno.drivers.hikvision.parse_errors import Trouble
from sereno.drivers.hikvision.quirks import Known, Quirk
from sereno.drivers.hikvision.reasons import Right
from sereno.drivers.jpeg import jpeg_in
from sereno.drivers.reasons import garbled

_OWN = "/Streaming/channels/{stream}/picture"
_PROXY = "/ContentMgmt/StreamingProxy/channels/{stream}/picture"
_TRIES_WHEN_BUSY = 3
_REST_SECONDS = (0.3, 2.0)
_ELSEWHERE = (Trouble.UNFIT, Trouble.ABSENT)


@dataclass(slots=True)
class Snapshot:
    """The pictures of one device."""

    isapi: Isapi
    gate: Gate
    known: Known

    async def take(self, stream: int) -> bytes:
        """A JPEG of a stream. Raises DeviceError."""
        is_by_proxy = self.known.has(Quirk.PROXY_PICTURE)
        places = (_PROXY, _OWN) if is_by_proxy else (_OWN, _PROXY)
        async with self.gate.turn("snapshot"):
            first = await self._at(places[0].format(stream=stream))
            if isinstance(first, bytes):
                return first
            second = await self._at(places[1].format(stream=stream))
        if isinstance(second, DeviceError):
            raise first
        if not is_by_proxy:
            self.known.note(Quirk.PROXY_PICTURE)
        return second

    async def _at(self, path: str) -> bytes | DeviceError:
        """The picture, or why the other address may have it. A busy device is asked again."""
        backoff = Backoff(*_REST_SECONDS)
        for tries_left in reversed(range(_TRIES_WHEN_BUSY)):
            said = await self.isapi.ask("GET", path, right=Right.LIVE)
            if said.refused is None:
                return _picture(said.body)
            error = self.isapi.error(said.refused, Right.LIVE)
            if said.refused.trouble in _ELSEWHERE:
                return error
            if said.refused.trouble is not Trouble.BUSY or not tries_left:
                raise error
            await asyncio.sleep(backoff.next_seconds())
        raise AssertionError("unreachable")


def _picture(body: bytes) -> bytes:
    picture = jpeg_in(body)
    if picture is None:
        raise garbled("not a JPEG")
    return picture
