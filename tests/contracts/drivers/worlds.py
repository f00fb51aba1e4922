"""Each driver with a simulated device to speak to: real servers, written without knowing it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sereno.base.clock import SystemClock
from sereno.base.spans import Span
from sereno.drivers.contract import Driver, Login
from sereno.drivers.memory import Memory, ShortMemory
from sereno.drivers.registry import VENDORS
from sereno.drivers.rtsp.driver import RtspDriver
from sereno.drivers.tools import Tools
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer
from sereno.sim.dahua import DahuaRecorder
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.onvif import OnvifRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

USER, PASSWORD = "operator", "p@ss:w#rd% 1"
SKEW_SECONDS = 42.0
CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance", sound="pcma"),
    ChannelSpec(2, "Yard", "entrance", recording="motion", is_online=False),
)
HARMFUL = re.compile(
    r"^(PUT|DELETE|PATCH)|reboot|factoryReset|restore|shutdown|/format|setConfig|setCurrentTime|audio\.cgi"
    r"|SystemReboot|FactoryDefault|[:<]Set(?!SynchronizationPoint)[A-Z]|[:<]Delete[A-Z]|[:<]Add[A-Z]"
    r"|[:<]Create(?!PullPointSubscription)[A-Z]"
)
"""Requests that no driver makes of its own accord."""

VENDOR_NAMES = ("hikvision", "dahua", "onvif", "rtsp")
Recorder = HikvisionRecorder | DahuaRecorder | OnvifRecorder
RECORDERS: dict[str, Callable[[RecorderConfig], Recorder]] = {
    "hikvision": HikvisionRecorder, "dahua": DahuaRecorder, "onvif": OnvifRecorder,
}  # fmt: skip


@dataclass
class World:
    """A device that serves, and how drivers are opened for it."""

    vendor: str
    login: Login
    open: Callable[[Login, Tools], Driver]
    signed_count: Callable[[], int]
    emit_motion: Callable[[], None]
    memory: Memory

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[None]:
        """Something moves before the first camera, again and again."""

        async def move() -> None:
            while True:
                self.emit_motion()
                await asyncio.sleep(0.05)

        moves = asyncio.create_task(move())
        try:
            yield
        finally:
            moves.cancel()

    @property
    def tools(self) -> Tools:
        return Tools(self.memory, SystemClock())

    @asynccontextmanager
    async def driver(self, login: Login | None = None) -> AsyncIterator[Driver]:
        driver = self.open(login or self.login, self.tools)
        try:
            yield driver
        finally:
            await driver.close()


def recent() -> Span:
    """Some minutes of footage that is closed by now."""
    now = datetime.now(UTC).replace(microsecond=0)
    return Span(now - timedelta(minutes=12), now - timedelta(minutes=10))


@asynccontextmanager
async def world_of(
    vendor: str, cache: Path, quirks: frozenset[str] = frozenset(), **changes: object
) -> AsyncIterator[World]:
    """The world of a vendor; `changes` are fields of a recorder's configuration."""
    if vendor == "rtsp":
        async with _plain_camera(cache) as world:
            yield world
        return
    async with RECORDERS[vendor](_config(cache, quirks, changes)) as recorder:
        login = Login(
            recorder.host, recorder.port, username=recorder.config.user, password=PASSWORD
        )

        def emit_motion() -> None:
            match recorder:
                case HikvisionRecorder():
                    recorder.emit("VMD", 1)
                case DahuaRecorder():
                    recorder.emit("VideoMotion", "Start", 0)
                case OnvifRecorder():
                    recorder.emit("motion", 1)

        def signed_count() -> int:
            return sum(
                "authorization" in request.headers or b"UsernameToken" in request.body
                for request in recorder.log
            )

        yield World(vendor, login, VENDORS[vendor], signed_count, emit_motion, ShortMemory())
        asked = [f"{each.method} {each.target} {each.body!r}" for each in recorder.log]
        assert [each for each in asked if HARMFUL.search(each)] == []


@asynccontextmanager
async def _plain_camera(cache: Path) -> AsyncIterator[World]:
    config = SimConfig(
        cache_dir=cache, cameras=(CameraSpec("Entrance", "entrance"),), user=USER,
        password=PASSWORD, main=Picture(320, 180, 300_000), sub=Picture(160, 90, 100_000),
        loop_seconds=4, key_seconds=1,
    )  # fmt: skip
    async with SimServer(config) as server:
        login = Login("127.0.0.1", 80, username=USER, password=PASSWORD, rtsp_port=server.port)

        def opened(login: Login, tools: Tools) -> Driver:
            gate = tools.gate(login)
            return RtspDriver(login, gate, tools.clock, "/cam/{channel}/{stream}")

        yield World(
            "rtsp", login, opened, lambda: server.refused_logins, lambda: None, ShortMemory()
        )


def _config(cache: Path, quirks: frozenset[str], changes: dict[str, object]) -> RecorderConfig:
    values: dict[str, object] = {
        "cache_dir": cache, "channels": CHANNELS, "user": USER, "password": PASSWORD,
        "days": 0.5, "file_seconds": 20, "clock_skew_seconds": SKEW_SECONDS,
        "main": Picture(320, 180, 300_000), "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4, "key_seconds": 1, "quirks": quirks,
    }  # fmt: skip
    return RecorderConfig(**(values | changes))  # type: ignore[arg-type]
