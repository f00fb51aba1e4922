"""Pictures of now. A few old firmwares count channels from 0 here, and give another camera's."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.drivers.dahua.addresses import cgi
from sereno.drivers.dahua.inventory import Channels
from sereno.drivers.dahua.judge import fault_of
from sereno.drivers.dahua.quirks import SNAPSHOT_FROM_ONE, SNAPSHOT_FROM_ZERO, Learned
from sereno.drivers.errors import DeviceError, Garbled, Missing, Unsupported
from sereno.drivers.http.client import DeviceHttp
from sereno.drivers.jpeg import jpeg_in
from sereno.policy.reasons import Reason

_RIGHT = "Live"


@dataclass(slots=True)
class Pictures:
    """Knows from which number a device counts, before it shows the wrong camera."""

    http: DeviceHttp
    channels: Channels
    learned: Learned

    async def of(self, number: int) -> bytes:
        """A JPEG of a channel, which counts from 1. Raises DeviceError."""
        if not self.learned.has(SNAPSHOT_FROM_ONE) and not self.learned.has(SNAPSHOT_FROM_ZERO):
            await self._find_first()
        return await self._ask(number - int(self.learned.has(SNAPSHOT_FROM_ZERO)), number)

    async def _find_first(self) -> None:
        """The last channel is refused by who counts from 0; who then has a channel 0 does so."""
        online = await self.channels.online()
        there = [number for number, is_online in online.items() if is_online is not False]
        last = max(there, default=1)
        try:
            await self._ask(last, last)
        except Missing:
            try:
                await self._ask(0, last)
            except DeviceError:
                return  # no picture either way: nothing is known yet
            self.learned.learn(SNAPSHOT_FROM_ZERO)
        else:
            self.learned.learn(SNAPSHOT_FROM_ONE)

    async def _ask(self, asked: int, number: int) -> bytes:
        answer = await self.http.ask("GET", cgi("snapshot", "", channel=asked))
        fault = fault_of(answer, _RIGHT)
        if isinstance(fault, Unsupported):
            raise Missing(Reason("picture_missing", {"channel": str(number)}, fault.reason.raw))
        if fault is not None:
            raise fault
        picture = jpeg_in(answer.body)
        if picture is None:
            raise Garbled(Reason("device_garbled"))
        return picture
