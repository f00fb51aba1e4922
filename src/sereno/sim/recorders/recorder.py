"""A simulated recorder, whoever made it: how it opens and closes, and what can be seen of it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.device import RecorderDevice
from sereno.sim.recorders.doorkeeper import HttpDoorkeeper
from sereno.sim.recorders.http import HttpRequest, HttpServer
from sereno.sim.recorders.motion import Motion
from sereno.sim.recorders.playback import RecorderRtsp


class SimRecorder:
    """``async with recorder``: encodes what is not cached, then listens.

    ``http`` is its web server, which counts connections, and ``rtsp`` its RTSP port; wrong
    passwords at either are counted by ``keeper``. Opening raises EncodingError when ffmpeg fails,
    and OSError when a port is taken.
    """

    def __init__(
        self, device: RecorderDevice, keeper: HttpDoorkeeper, http: HttpServer, rtsp: RecorderRtsp
    ) -> None:
        self.config = device.config
        self.device = device
        self.http = http
        self.rtsp = rtsp
        self._keeper = keeper
        self._motion = Motion(device.config, device.plan, device.clock, self._tell_motion)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            await opening.enter_async_context(self.rtsp)
            self._furnish()
            await opening.enter_async_context(self.http)
            self.device.http_port, self.device.rtsp_port = self.port, self.rtsp_port
            await self._announce(opening)
            moving = asyncio.ensure_future(self._motion.run())
            opening.callback(moving.cancel)
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    @property
    def host(self) -> str:
        """The address to reach it at."""
        return self.device.host

    @property
    def port(self) -> int:
        """The port of HTTP."""
        return self.http.port

    @property
    def rtsp_port(self) -> int:
        """The port of RTSP."""
        return self.rtsp.port

    @property
    def log(self) -> list[HttpRequest]:
        """Every request over HTTP so far, in order, with what became of it."""
        return self.http.log

    @property
    def wrong_logins(self) -> int:
        """How often credentials were wrong, over all doors."""
        return self._keeper.wrong_logins

    def _furnish(self) -> None:
        """Reads what it shows over HTTP, once that is encoded and before anybody is let in."""

    async def _announce(self, opening: AsyncExitStack) -> None:
        """Makes itself known; ``opening`` takes what must be closed."""

    def _tell_motion(self, channel: ChannelSpec, is_active: bool) -> None:
        """Motion begins or ends at a channel."""
        raise NotImplementedError
