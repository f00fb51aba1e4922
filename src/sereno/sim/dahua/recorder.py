"""A simulated Dahua recorder: HTTP (CGI and RPC2) and RTSP, each on a port of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from sereno.sim.dahua import events, facts, finding, loading, logs, restarts, rpc, snapshot, tables
from sereno.sim.dahua.answers import (
    Refusal,
    Value,
    bad_request,
    fields_of,
    no_authority,
    not_implemented,
)
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.dahua.door import Door
from sereno.sim.dahua.playing import rtsp_port
from sereno.sim.dahua.quirks import DAHUA_QUIRKS
from sereno.sim.dahua.times import Times, device_zone
from sereno.sim.loops import Progress
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan
from sereno.sim.recorders.http import HangUp, HttpAnswer, HttpRequest, HttpServer
from sereno.sim.recorders.identity import Serial
from sereno.sim.recorders.quirks import split_quirks
from sereno.sim.recorders.recorder import SimRecorder

_GUARDED = (finding.PATH, facts.STORAGE, tables.PATH, loading.CUT_PATH)
"""What an account without rights may not read."""


class DahuaRecorder(SimRecorder):
    """``clock`` gives UTC in seconds since 1970; ``progress`` follows the encoding (``sim.loops``).

    ``config.quirks`` are those of ``dahua.quirks`` and of the simulated RTSP server.
    """

    device: Device

    def __init__(
        self,
        config: RecorderConfig,
        *,
        clock: Callable[[], float] = time.time,
        progress: Progress | None = None,
    ) -> None:
        quirks, rtsp_quirks = split_quirks(config.quirks, DAHUA_QUIRKS)
        device_clock = DeviceClock(clock, config.zone, config.clock_skew_seconds)
        zone = device_zone(config.zone, quirks, device_clock.true_now())
        device_clock = DeviceClock(clock, zone, config.clock_skew_seconds)
        times = Times(device_clock, quirks, config.zone, is_utc=config.convention == "utc")
        serial = Serial(config.serial, quirks)
        device = Device(config, quirks, device_clock, FootagePlan(config), serial, times=times)
        self.door = Door(config, quirks, clock)
        self.restarts = restarts.Restarts(quirks, clock, self._forget)
        self.loading = loading.Loading(device)
        self.finding = finding.Finding(device, self.loading.file_bytes)
        self.events = events.Events(device)
        rtsp = rtsp_port(device, self.door.keeper, clock, rtsp_quirks, progress)
        told, listed = facts.Facts(device), tables.Tables(device)
        self.rpc = rpc.Rpc(device, self.door.keeper, told, listed, self.finding, clock)
        self._routes: Routes = {
            **facts.routes(told),
            **tables.routes(listed),
            **finding.routes(self.finding),
            **loading.routes(self.loading),
            **events.routes(self.events),
            **logs.routes(logs.Logs(device)),
            **snapshot.routes(snapshot.Snapshots(device)),
        }
        most = quirks.get("few-connections")
        http = HttpServer(
            self._answer,
            config.host,
            config.port,
            most_connections=None if most is None else int(most),
        )
        super().__init__(device, self.door.keeper, http, rtsp)

    def emit(
        self, code: str, action: str, place: int, data: Mapping[str, Value] | None = None
    ) -> None:
        """Tells those who listen of an event; see ``Events.emit``."""
        self.events.emit(code, action, place, data)

    def _tell_motion(self, channel: ChannelSpec, is_active: bool) -> None:
        self.emit("VideoMotion", "Start" if is_active else "Stop", channel.number - 1)

    def _forget(self) -> None:
        self.finding.forget()
        self.loading.forget()
        self.rpc.forget()
        self.events.cut()

    async def _answer(self, request: HttpRequest) -> HttpAnswer:
        if request.path == restarts.PATH:
            self.restarts.audio_requests += 1
        if self.restarts.is_away:
            raise HangUp
        try:
            if request.path == rpc.LOGIN_PATH:
                return self.rpc.login(request)
            if request.path == rpc.PATH:
                return self.rpc.answer(request)
            return self.door.refusal(request) or await self._serve(request)
        except Refusal as refusal:
            return refusal.answer

    async def _serve(self, request: HttpRequest) -> HttpAnswer:
        if "lacks-right" in self.device.quirks and request.path in _GUARDED:
            raise no_authority()
        if request.method != "GET":
            raise bad_request()
        if request.path == restarts.PATH:
            return self.restarts.audio(request)
        if request.path.startswith(loading.FILE_PATH):
            return await self.loading.whole(request)
        fields = fields_of(request)
        act = self._routes.get((request.path, fields.get("action", "")))
        if act is None:
            is_known = any(path == request.path for path, _ in self._routes)
            raise bad_request() if is_known else not_implemented()
        return await act(request, fields)
