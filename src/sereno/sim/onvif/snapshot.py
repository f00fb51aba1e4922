"""A channel's picture, over HTTP with digest."""

from __future__ import annotations

import asyncio

from sereno.sim.onvif.device import Device
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.stills import Stills


def has_pictures(device: Device) -> bool:
    """Whether it makes any."""
    return "no-snapshot" not in device.quirks


class Snapshots:
    """Makes the pictures; each channel's scene is drawn once."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stills: dict[int, Stills] = {}

    async def picture(self, request: HttpRequest) -> HttpAnswer:
        """What the channel of the address shows now."""
        number = request.query.get("channel", "")
        channel = self._device.config.channel(int(number)) if number.isdecimal() else None
        if channel is None or not channel.is_online or not has_pictures(self._device):
            return HttpAnswer(404)
        data = await asyncio.to_thread(self._draw, channel)
        return HttpAnswer(200, [("Content-Type", "image/jpeg")], data)

    def _draw(self, channel: ChannelSpec) -> bytes:
        if channel.number not in self._stills:
            config = self._device.config
            self._stills[channel.number] = Stills(config.loop_of(channel), config.sub)
        return self._stills[channel.number].jpeg(self._device.clock.true_now().timestamp())
