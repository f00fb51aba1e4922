"""A channel's picture."""

from __future__ import annotations

from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.xml import Refusal, bad_content, busy, not_supported
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.stills import ChannelStills

_PATHS = "/ISAPI/Streaming/channels", "/ISAPI/ContentMgmt/StreamingProxy/channels"


def routes(device: Device, snapshots: Snapshots) -> Routes:
    """What answers with pictures: the usual path, and the one that some firmware has instead."""
    found: Routes = []
    for channel in device.config.channels:
        for stream in (1, 2):
            for path in _PATHS:
                number = channel.number * 100 + stream
                found.append(("GET", f"{path}/{number}/picture", snapshots.picture))
    return found


class Snapshots:
    """Answers with pictures."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._stills = ChannelStills(device)
        self._busy_left = int(device.quirks.get("snapshot-busy", 0))

    async def picture(self, request: HttpRequest) -> HttpAnswer:
        is_usual = request.path.startswith(_PATHS[0])
        is_moved = "snapshot-400" in self._device.quirks
        if is_usual and is_moved:
            raise bad_content()
        if not is_usual and not is_moved:
            raise not_supported()
        if self._busy_left > 0:
            self._busy_left -= 1
            raise busy()
        channel = self._device.config.channel(int(request.path.split("/")[-2]) // 100)
        if channel is None or not channel.is_online:
            raise Refusal(403, 4, "invalidOperation")
        return HttpAnswer(200, [("Content-Type", "image/jpeg")], await self.jpeg(channel))

    async def jpeg(self, channel: ChannelSpec) -> bytes:
        """What a channel shows now."""
        return await self._stills.jpeg(channel)
