"""What all parts of a simulated Dahua recorder share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sereno.sim.dahua.answers import bad_request, number
from sereno.sim.dahua.times import Times
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.device import RecorderDevice
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

Act = Callable[[HttpRequest, dict[str, str]], Awaitable[HttpAnswer]]
Routes = dict[tuple[str, str], Act]
"""What answers, by path and ``action``."""
_SLOTS = (4, 8, 16, 32, 64, 128)


@dataclass(slots=True)
class Device(RecorderDevice):
    """``times`` are as its maker writes them."""

    times: Times = field(kw_only=True)

    @property
    def model(self) -> str:
        return self.config.model or ("IPC-HFW2849S" if self.is_camera else "NVR5232-EI")

    @property
    def firmware(self) -> str:
        """Version and build."""
        return self.config.firmware or "5.001.0000000.1.R,build:2026-03-31"

    @property
    def slots(self) -> list[ChannelSpec | None]:
        """All places for cameras, also the empty ones; the first is channel 1."""
        highest = max(channel.number for channel in self.config.channels)
        count = next(size for size in _SLOTS if size >= highest)
        return [self.config.channel(place) for place in range(1, count + 1)]

    def channel(self, text: str | None, base: int = 1) -> ChannelSpec:
        """The channel that a request names, counted from ``base``. Raises Refusal."""
        channel = self.config.channel(number(text) + 1 - base)
        if channel is None:
            raise bad_request()
        return channel
