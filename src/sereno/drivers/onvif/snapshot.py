"""A picture of now.

Its address is no ONVIF service but a page of the device's web server, which may know other accounts
than ONVIF does: what it refuses says nothing about the account.
"""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from sereno.drivers.errors import Busy, Refused
from sereno.drivers.gate import Gate
from sereno.drivers.jpeg import jpeg_in
from sereno.drivers.onvif.addresses import target_of
from sereno.drivers.onvif.asking import Onvif
from sereno.drivers.onvif.inputs import Input, Inputs
from sereno.drivers.onvif.line import PAGES
from sereno.drivers.onvif.reasons import right_missing
from sereno.drivers.reasons import garbled, is_right_missing, unable
from sereno.policy.reasons import Reason

_ABSENT = frozenset({400, 404, 405, 410, 501})


@dataclass(slots=True)
class Snapshot:
    """The pictures of one device."""

    onvif: Onvif
    inputs: Inputs
    gate: Gate

    async def take(self, one: Input) -> bytes:
        """A JPEG of an input. Raises DeviceError, Unsupported where the device has none."""
        async with self.gate.turn("snapshot"):
            target = target_of(await self.inputs.snapshot_address(one))
            if not target:
                raise unable("no GetSnapshotUri")
            return self._picture(*await self._page(target))

    async def _page(self, target: str) -> tuple[int, bytes]:
        if self.onvif.uses_tokens:
            return await self.onvif.line.page(target)
        if PAGES in self.gate.forbidden:
            return httpx.codes.UNAUTHORIZED, b""
        try:
            answer = await self.onvif.http.ask("GET", target)
        except Refused as refused:
            if is_right_missing(refused):
                self.gate.forbidden.add(PAGES)
            raise
        return answer.status, answer.body

    def _picture(self, status: int, body: bytes) -> bytes:
        said = f"HTTP {status}"
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise right_missing(self.onvif.line.login.host, "GetSnapshotUri")
        if status in _ABSENT:
            raise unable(said)
        if status >= httpx.codes.BAD_REQUEST:
            raise Busy(Reason("device_busy", {"status": said}))
        picture = jpeg_in(body)
        if picture is None:
            raise garbled("not a JPEG")
        return picture
