"""A driver before a simulated recorder, on the same clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import Fetched, Found, Login
from sereno.drivers.dahua.driver import DahuaDriver
from sereno.drivers.dahua.tap import Pace
from sereno.drivers.memory import Memory, ShortMemory
from sereno.drivers.tools import Tools
from sereno.sim import Picture
from sereno.sim.dahua import DahuaRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

USER, PASSWORD = "operator", "p@ss:w#rd% &/?"
NOW = datetime(2026, 7, 21, 10, 0, 30, tzinfo=UTC)
"""Noon in Madrid, in summer."""
CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance"),
    ChannelSpec(2, "Yard", "entrance", gaps_per_day=2),
    ChannelSpec(4, "Shop & store", "entrance", recording="motion", is_online=False),
)


@dataclass
class Bench:
    """A recorder and a driver that has been given its address."""

    recorder: DahuaRecorder
    driver: DahuaDriver
    clock: ManualClock
    memory: Memory

    def targets(self, part: str) -> list[str]:
        """The requests so far that had this in them."""
        return [each.target for each in self.recorder.log if part in each.target]

    async def found(self, channel: str, start: datetime, end: datetime) -> list[Found]:
        return [item async for item in self.driver.find(channel, Span(start, end))]


class Bytes:
    """A sink that keeps everything."""

    def __init__(self) -> None:
        self._data = bytearray()
        self.progress: list[Fetched] = []

    async def write(self, data: bytes) -> None:
        self._data += data

    async def restart(self) -> None:
        self._data.clear()

    @property
    def data(self) -> bytes:
        return bytes(self._data)


OpenBench = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture(scope="session")
def loops_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dahua-loops")


@pytest.fixture
def bench(loops_dir: Path) -> OpenBench:
    """``async with bench("quirk", …) as …``; further settings are those of the recorder."""

    @asynccontextmanager
    async def opened(
        *quirks: str, password: str = PASSWORD, memory: Memory | None = None, **changes: Any
    ) -> AsyncIterator[Bench]:
        settings: dict[str, Any] = {
            "channels": CHANNELS,
            "user": USER,
            "password": PASSWORD,
            "main": Picture(320, 180, 100_000),
            "sub": Picture(160, 90, 50_000),
            "fps": 5,
            "loop_seconds": 4,
            "key_seconds": 2,
            "days": 2,
            "file_seconds": 600,
            "quirks": frozenset(quirks),
        }
        clock = ManualClock(NOW)
        config = RecorderConfig(loops_dir, **{**settings, **changes})
        async with DahuaRecorder(config, clock=lambda: clock.now().timestamp()) as recorder:
            kept = memory or ShortMemory()
            login = Login(recorder.host, recorder.port, username=USER, password=password)
            driver = DahuaDriver(login, Tools(kept, clock), Pace(pause_seconds=0, rest_seconds=0))
            try:
                yield Bench(recorder, driver, clock, kept)
            finally:
                await driver.close()

    return opened
