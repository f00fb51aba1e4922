"""A simulated ONVIF recorder or camera: HTTP and RTSP on real ports, and discovery."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from sereno.sim.loops import Progress
from sereno.sim.onvif.addresses import Addresses, RtspAddresses
from sereno.sim.onvif.desk import Desk
from sereno.sim.onvif.device import Device
from sereno.sim.onvif.discovery import Discovery, Meeting
from sereno.sim.onvif.door import Door
from sereno.sim.onvif.events import Events
from sereno.sim.onvif.media import Media
from sereno.sim.onvif.notifications import Happening, has_channel
from sereno.sim.onvif.quirks import ONVIF_QUIRKS
from sereno.sim.onvif.recordings import Recordings
from sereno.sim.onvif.replay import Replay, most_playbacks, seeking
from sereno.sim.onvif.search import Search
from sereno.sim.onvif.searches import Searches
from sereno.sim.onvif.snapshot import Snapshots
from sereno.sim.onvif.system import System
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan
from sereno.sim.recorders.http import HttpServer
from sereno.sim.recorders.identity import Serial
from sereno.sim.recorders.playback import RecorderRtsp
from sereno.sim.recorders.quirks import split_quirks
from sereno.sim.recorders.recorder import SimRecorder

_HOUR_SECONDS = 3600


class OnvifRecorder(SimRecorder):
    """``clock`` gives UTC in seconds since 1970; ``progress`` follows the encoding (``sim.loops``).

    With ``meeting`` it answers WS-Discovery there. ``config.quirks`` are those of ``onvif.quirks``
    and of the simulated RTSP server; its times are UTC, whatever ``config.convention`` says.
    """

    device: Device

    def __init__(
        self,
        config: RecorderConfig,
        *,
        clock: Callable[[], float] = time.time,
        progress: Progress | None = None,
        meeting: Meeting | None = None,
    ) -> None:
        quirks, rtsp_quirks = split_quirks(config.quirks, ONVIF_QUIRKS)
        ahead = _HOUR_SECONDS if "clock-off-an-hour" in quirks else 0
        device_clock = DeviceClock(clock, config.zone, config.clock_skew_seconds + ahead)
        serial = Serial(config.serial, quirks)
        device = Device(config, quirks, device_clock, FootagePlan(config), serial)
        addresses = Addresses(device)
        recordings = Recordings(device)
        search = Search(device, recordings)
        door = Door(device, clock)
        self.events = Events(device, addresses)
        self.searches: Searches = search.searches
        self.discovery = None if meeting is None else Discovery(device, addresses, meeting)
        rtsp = RecorderRtsp(
            config,
            device_clock,
            RtspAddresses(device),
            clock,
            door=door.keeper,
            most_playbacks=most_playbacks(quirks),
            seeking=seeking(quirks, device_clock),
            quirks=sorted(rtsp_quirks),
            progress=progress,
        )
        rooms = (
            System(device, addresses),
            Media(device, addresses),
            self.events,
            recordings,
            search,
            Replay(device, addresses),
        )
        operations = [room.operations() for room in rooms]
        desk = Desk(door, operations, Snapshots(device), quirks)
        http = HttpServer(desk.answer, config.host, config.port)
        super().__init__(device, door.keeper, http, rtsp)

    def emit(self, kind: str, channel: int | None = None, *, is_active: bool = True) -> None:
        """Tells all who listen of an event, such as ``emit("motion", 1)``.

        Kinds: ``onvif.notifications``. Raises ValueError for a channel that is not there.
        """
        spec = None if channel is None else self.config.channel(channel)
        if has_channel(kind) != (spec is not None):
            raise ValueError(f"{kind} of channel {channel} cannot happen here")
        self.events.emit(Happening(kind, spec, is_active))

    async def _announce(self, opening: AsyncExitStack) -> None:
        if self.discovery is not None:
            await self.discovery.open()
            opening.callback(self.discovery.close)

    def _tell_motion(self, channel: ChannelSpec, is_active: bool) -> None:
        self.events.emit(Happening("motion", channel, is_active))
