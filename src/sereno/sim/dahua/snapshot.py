"""A channel's picture."""

from __future__ import annotations

import asyncio

from sereno.sim.dahua.answers import bad_request
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.stills import Stills


def routes(snapshots: Snapshots) -> Routes:
    """What answers with pictures."""
    return {("/cgi-bin/snapshot.cgi", ""): snapshots.picture}


class Snapshots:
    """Makes the pictures; each channel's scene is drawn once."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stills: dict[int, Stills] = {}

    async def picture(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        base = 0 if "snapshot-base-0" in self._device.quirks else 1
        channel = self._device.channel(fields.get("channel", "1"), base)
        if not channel.is_online:
            raise bad_request()
        data = await asyncio.to_thread(self._draw, channel)
        return HttpAnswer(200, [("Content-Type", "image/jpeg")], data, is_closed_after=True)

    def _draw(self, channel: ChannelSpec) -> bytes:
        if channel.number not in self._stills:
            config = self._device.config
            self._stills[channel.number] = Stills(config.loop_of(channel), config.sub)
        return self._stills[channel.number].jpeg(self._device.clock.true_now().timestamp())
