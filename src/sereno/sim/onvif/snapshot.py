"""A channel's picture, over HTTP with digest."""

from __future__ import annotations

from sereno.sim.onvif.device import Device
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.stills import ChannelStills


def has_pictures(device: Device) -> bool:
    """Whether it makes any."""
    return "no-snapshot" not in device.quirks


class Snapshots:
    """Answers with pictures."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stills = ChannelStills(device)

    async def picture(self, request: HttpRequest) -> HttpAnswer:
        """What the channel of the address shows now."""
        number = request.query.get("channel", "")
        channel = self._device.config.channel(int(number)) if number.isdecimal() else None
        if channel is None or not channel.is_online or not has_pictures(self._device):
            return HttpAnswer(404)
        data = await self._stills.jpeg(channel)
        return HttpAnswer(200, [("Content-Type", "image/jpeg")], data)
