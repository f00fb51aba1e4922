"""A simulated Hikvision recorder or camera: HTTP and RTSP on real ports."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

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
from sereno.sim.recorders.http import HttpServer
from sereno.sim.recorders.identity import Serial
from sereno.sim.recorders.pictures import Pictures
from sereno.sim.recorders.playback import HikvisionAddresses, RecorderRtsp
from sereno.sim.recorders.quirks import split_quirks
from sereno.sim.recorders.recorder import SimRecorder
from sereno.sim.sound import sound_loop
from sereno.sim.spec import LoopSpec

_PACKET_HEAD_BYTES = 16


class HikvisionRecorder(SimRecorder):
    """``clock`` gives UTC in seconds since 1970; ``progress`` follows the encoding (``sim.loops``).

    Without events a listener hears something every ``keep_alive_seconds``. ``config.quirks`` are
    those of ``hikvision.quirks`` and of the simulated RTSP server.
    """

    device: Device

    def __init__(
        self,
        config: RecorderConfig,
        *,
        clock: Callable[[], float] = time.time,
        keep_alive_seconds: float = 10,
        progress: Progress | None = None,
    ) -> None:
        quirks, rtsp_quirks = split_quirks(config.quirks, HIKVISION_QUIRKS)
        self.quirks = quirks
        device_clock = DeviceClock(clock, config.zone, config.clock_skew_seconds)
        serial = Serial(config.serial, quirks)
        self.device = Device(config, quirks, device_clock, FootagePlan(config), serial)
        door = Door(config, quirks, clock)
        self._streams: dict[int, ProgramStream] = {}
        self._footage = Footage(self.device, self._streams)
        self.downloads = Downloads(self.device, self._footage)
        self._snapshots = Snapshots(self.device)
        self.events = Events(self.device, self._snapshots.jpeg, keep_alive_seconds)
        addresses = HikvisionAddresses(
            [channel.number for channel in config.channels],
            self._footage.times.true,
            device_clock.true_now,
        )
        rtsp = RecorderRtsp(
            config,
            device_clock,
            addresses,
            clock,
            door=door.keeper,
            most_playbacks=1 if "one-playback" in quirks else None,
            runs_on="runs-past-end" in quirks,
            auth=("digest", "basic"),
            quirks=sorted(rtsp_quirks),
            progress=progress,
        )
        desk = Desk(door, self._routes(), quirks)
        http = HttpServer(desk.answer, config.host, config.port)
        super().__init__(self.device, door.keeper, http, rtsp)

    def emit(
        self, kind: str, channel: int | None = None, *, is_active: bool = True, words: str = ""
    ) -> None:
        """Tells all listeners of an event, such as ``emit("VMD", 1)``."""
        self.events.emit(Event(kind, channel, is_active, words))

    def _tell_motion(self, channel: ChannelSpec, is_active: bool) -> None:
        self.emit("VMD", channel.number, is_active=is_active, words="Motion alarm")

    def _routes(self) -> Iterator[Routes]:
        device = self.device
        for room in (system, times, channels, streams, storage, triggers):
            yield room.routes(device)
        yield snapshot.routes(device, self._snapshots)
        yield search.routes(device, self._footage)
        yield self.downloads.routes()
        yield self.events.routes()

    def _furnish(self) -> None:
        """Channels that show the same share its loop in memory."""
        made: dict[tuple[LoopSpec, str], tuple[Pictures, ProgramStream]] = {}
        config = self.config
        for channel in config.channels:
            key = (config.loop_of(channel), channel.sound)
            if key not in made:
                pictures = Pictures(config.cache_dir, key[0])
                made[key] = pictures, ProgramStream(pictures, self._sound(channel))
            self.device.pictures[channel.number], self._streams[channel.number] = made[key]

    def _sound(self, channel: ChannelSpec) -> bytes:
        if channel.sound == "none":
            return b""
        units = sound_loop(self.config.cache_dir, channel.sound).units
        return b"".join(unit.wire[_PACKET_HEAD_BYTES:] for unit in units)
