"""What a channel shows now, as JPEG."""

from __future__ import annotations

import asyncio
from io import BytesIO

from PIL import Image

from sereno.sim.frames import FramePainter
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.device import RecorderDevice
from sereno.sim.spec import LoopSpec, Picture
from sereno.sim.timing import FrameClock

_QUALITY = 80


class Stills:
    """Pictures of one loop. Making it draws the scene, which takes some tenths of a second."""

    def __init__(self, loop: LoopSpec, picture: Picture) -> None:
        self._size = (picture.width, picture.height)
        self._frame_count = loop.frame_count
        self._clock = FrameClock(loop.fps)
        self._painter = FramePainter(loop.scene, *self._size, loop.fps, loop.frame_count)

    def jpeg(self, utc_seconds: float) -> bytes:
        """The picture of an instant."""
        width, height = self._size
        raw = self._painter.paint(self._clock.number_at(utc_seconds) % self._frame_count)
        luma, quarter = width * height, width * height // 4
        y = Image.frombytes("L", self._size, raw[:luma])
        colours = [
            Image.frombytes("L", (width // 2, height // 2), raw[at : at + quarter]).resize(
                self._size
            )
            for at in (luma, luma + quarter)
        ]
        file = BytesIO()
        Image.merge("YCbCr", [y, *colours]).save(file, "JPEG", quality=_QUALITY)
        return file.getvalue()


class ChannelStills:
    """What a recorder's channels show now; each channel's scene is drawn once."""

    def __init__(self, device: RecorderDevice) -> None:
        self._device = device
        self._stills: dict[int, Stills] = {}

    async def jpeg(self, channel: ChannelSpec) -> bytes:
        """What a channel shows now."""
        return await asyncio.to_thread(self._draw, channel)

    def _draw(self, channel: ChannelSpec) -> bytes:
        if channel.number not in self._stills:
            config = self._device.config
            self._stills[channel.number] = Stills(config.loop_of(channel), config.sub)
        return self._stills[channel.number].jpeg(self._device.clock.true_now().timestamp())
