"""A simulated Hikvision recorder or camera: HTTP and RTSP on real ports."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from types import TracebackType

from sereno.sim.hikvision import (
    channels,
    search,
    snapshot,
    storage,
    streams,
    system,
    times,
    triggers,
)
from sereno.sim.hikvision.desk import Desk
from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.door import Door
from sereno.sim.hikvision.download import Downloads, Footage
from sereno.sim.hikvision.event_parts import Event
from sereno.sim.hikvision.events import Events
from sereno.sim.hikvision.program_stream import ProgramStream
from sereno.sim.hikvision.quirks import HIKVISION_QUIRKS
from sereno.sim.hikvision.snapshot import Snapshots
from sereno.sim.loops import Progress
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan
from sereno.sim.recorders.http import HttpRequest, HttpServer
from sereno.sim.recorders.identity import Serial
from sereno.sim.recorders.motion import Motion
from sereno.sim.recorders.pictures import Pictures
from sereno.sim.recorders.playback import HikvisionAddresses, RecorderRtsp
from sereno.sim.recorders.quirks import split_quirks
from sereno.sim.sound import sound_loop
from sereno.sim.spec import LoopSpec

_PACKET_HEAD_BYTES = 16


class HikvisionRecorder:
    """``async with HikvisionRecorder(config) as recorder``: encodes what is missing, then serves.

    ``clock`` gives UTC in seconds since 1970. ``log`` holds every HTTP request in order. Without
    events a listener hears something every ``keep_alive_seconds``. ``progress`` follows the
    encoding (``loops.Progress``).
    """

    def __init__(
        self,
        config: RecorderConfig,
        *,
        clock: Callable[[], float] = time.time,
        keep_alive_seconds: float = 10,
        progress: Progress | None = None,
    ) -> None:
        quirks, rtsp_quirks = split_quirks(config.quirks, HIKVISION_QUIRKS)
        self.config = config
        self.quirks = quirks
        device_clock = DeviceClock(clock, config.zone, config.clock_skew_seconds)
        serial = Serial(config.serial, quirks)
        self._device = Device(config, quirks, device_clock, FootagePlan(config), serial)
        self._door = Door(config, quirks, clock)
        self._streams: dict[int, ProgramStream] = {}
        self._footage = Footage(self._device, self._streams)
        self.downloads = Downloads(self._device, self._footage)
        self._snapshots = Snapshots(self._device)
        self.events = Events(self._device, self._snapshots.jpeg, keep_alive_seconds)
        self._motion = Motion(config, self._device.plan, device_clock, self._tell_motion)
        addresses = HikvisionAddresses(
            [channel.number for channel in config.channels],
            self._footage.times.true,
            device_clock.true_now,
        )
        self.rtsp = RecorderRtsp(
            config,
            device_clock,
            addresses,
            clock,
            door=self._door.keeper,
            most_playbacks=1 if "one-playback" in quirks else None,
            runs_on="runs-past-end" in quirks,
            auth=("digest", "basic"),
            quirks=sorted(rtsp_quirks),
            progress=progress,
        )
        desk = Desk(self._door, self._routes(), quirks)
        self._http = HttpServer(desk.answer, config.host, config.port)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> HikvisionRecorder:
        async with AsyncExitStack() as opening:
            await opening.enter_async_context(self.rtsp)
            self._furnish()
            await opening.enter_async_context(self._http)
            self._device.http_port, self._device.rtsp_port = self._http.port, self.rtsp.port
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
        return "127.0.0.1" if self.config.host == "0.0.0.0" else self.config.host  # noqa: S104

    @property
    def port(self) -> int:
        """The web port."""
        return self._http.port

    @property
    def rtsp_port(self) -> int:
        """The RTSP port."""
        return self.rtsp.port

    @property
    def log(self) -> list[HttpRequest]:
        """All HTTP requests so far, with what became of them."""
        return self._http.log

    @property
    def http(self) -> HttpServer:
        """The HTTP server, which counts connections."""
        return self._http

    @property
    def wrong_logins(self) -> int:
        """How often credentials were wrong, over HTTP and RTSP."""
        return self._door.keeper.wrong_logins

    def emit(
        self, kind: str, channel: int | None = None, *, is_active: bool = True, words: str = ""
    ) -> None:
        """Tells all listeners of an event, such as ``emit("VMD", 1)``."""
        self.events.emit(Event(kind, channel, is_active, words))

    def _tell_motion(self, channel: ChannelSpec, is_active: bool) -> None:
        self.emit("VMD", channel.number, is_active=is_active, words="Motion alarm")

    def _routes(self) -> Iterator[Routes]:
        device = self._device
        for room in (system, times, channels, streams, storage, triggers):
            yield room.routes(device)
        yield snapshot.routes(device, self._snapshots)
        yield search.routes(device, self._footage)
        yield self.downloads.routes()
        yield self.events.routes()

    def _furnish(self) -> None:
        """Reads the loops; channels that show the same share it in memory."""
        made: dict[tuple[LoopSpec, str], tuple[Pictures, ProgramStream]] = {}
        config = self.config
        for channel in config.channels:
            key = (config.loop_of(channel), channel.sound)
            if key not in made:
                pictures = Pictures(config.cache_dir, key[0])
                made[key] = pictures, ProgramStream(pictures, self._sound(channel))
            self._device.pictures[channel.number], self._streams[channel.number] = made[key]

    def _sound(self, channel: ChannelSpec) -> bytes:
        if channel.sound == "none":
            return b""
        units = sound_loop(self.config.cache_dir, channel.sound).units
        return b"".join(unit.wire[_PACKET_HEAD_BYTES:] for unit in units)
