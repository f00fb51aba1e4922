"""A channel's picture."""

from __future__ import annotations

from sereno.sim.dahua.answers import bad_request
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.stills import ChannelStills


def routes(snapshots: Snapshots) -> Routes:
    """What answers with pictures."""
    return {("/cgi-bin/snapshot.cgi", ""): snapshots.picture}


class Snapshots:
    """Answers with pictures."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stills = ChannelStills(device)

    async def picture(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        base = 0 if "snapshot-base-0" in self._device.quirks else 1
        channel = self._device.channel(fields.get("channel", "1"), base)
        if not channel.is_online:
            raise bad_request()
        data = await self._stills.jpeg(channel)
        return HttpAnswer(200, [("Content-Type", "image/jpeg")], data, is_closed_after=True)
