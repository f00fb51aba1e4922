"""Simulated recorders, a node's devices, a hub that is told, and a clock that is set by hand."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from sereno.base.clock import ManualClock
from sereno.base.errors import NotFound, Unavailable, Words
from sereno.drivers.gate import Gate
from sereno.drivers.memory_file import FileMemory
from sereno.drivers.tools import Tools
from sereno.media.doors import Doors
from sereno.node.devices.devices import Devices
from sereno.node.devices.errands import DeviceErrands
from sereno.node.devices.refusals import Neighbour
from sereno.node.devices.tending import DevicePace
from sereno.sim import Picture
from sereno.sim.dahua import DahuaRecorder
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.onvif import OnvifRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.wire.devices import DeviceErrandReport, DeviceReport
from sereno.wire.errands import Errand
from sereno.wire.orders import DeviceOrder

USER, PASSWORD = "operator", "p@ss:w#rd% 1"
NOW = datetime(2026, 7, 21, 10, 0, 30, tzinfo=UTC)
WAIT_SECONDS = 60.0  # only guards against hanging
STEP_SECONDS = 5.0
PACE = DevicePace(again_seconds=0.02, again_cap_seconds=0.05)
RECORDERS = {"hikvision": HikvisionRecorder, "dahua": DahuaRecorder, "onvif": OnvifRecorder}
CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance"),
    ChannelSpec(2, "Yard", "entrance", is_online=False),
)

Recorder = HikvisionRecorder | DahuaRecorder | OnvifRecorder


@dataclass
class Told:
    """The hub: all that it was told, and whether it takes anything now."""

    reports: dict[UUID, list[DeviceReport]] = field(default_factory=dict)
    stories: dict[UUID, list[DeviceErrandReport]] = field(default_factory=dict)
    is_away: bool = False
    is_over: bool = False

    async def device(self, device_id: UUID, report: DeviceReport) -> None:
        self._check()
        self.reports.setdefault(device_id, []).append(report)

    async def errand(self, errand_id: UUID, report: DeviceErrandReport) -> None:
        self._check()
        self.stories.setdefault(errand_id, []).append(report)

    def _check(self) -> None:
        if self.is_away:
            raise Unavailable("hub_unreachable", Words("Away.", "Fuera."))
        if self.is_over:
            raise NotFound("device_over", Words("Over.", "Fin."))


@dataclass
class Site:
    """What tests turn: the clock, the orders, the recorders."""

    cache: Path
    clock: ManualClock
    told: Told
    devices: Devices
    doors: Doors
    errands: DeviceErrands
    orders: dict[UUID, DeviceOrder] = field(default_factory=dict)
    _recorders: dict[int, tuple[AsyncExitStack, Recorder]] = field(default_factory=dict)

    async def recorder(self, vendor: str = "hikvision", *quirks: str, **changes: Any) -> Recorder:
        """One that serves from now on."""
        values: dict[str, Any] = {
            "cache_dir": self.cache, "channels": CHANNELS, "user": USER, "password": PASSWORD,
            "days": 0.5, "file_seconds": 600, "main": Picture(160, 90, 100_000),
            "sub": Picture(96, 64, 50_000), "loop_seconds": 4, "key_seconds": 1,
            "quirks": frozenset(quirks),
        }  # fmt: skip
        return await self.back(vendor, RecorderConfig(**(values | changes)))

    async def back(self, vendor: str, config: RecorderConfig) -> Recorder:
        """A recorder of this configuration is switched on."""
        made = RECORDERS[vendor](config, clock=lambda: self.clock.now().timestamp())
        stack = AsyncExitStack()
        recorder = await stack.enter_async_context(made)
        self._recorders[recorder.port] = (stack, recorder)
        return recorder

    async def off(self, recorder: Recorder) -> RecorderConfig:
        """It is switched off; what is given switches it, or another, on at the same ports."""
        config = replace(recorder.config, port=recorder.port, rtsp_port=recorder.rtsp_port)
        stack, _ = self._recorders.pop(recorder.port)
        await stack.aclose()
        return config

    def order(self, recorder: Recorder | None = None, **more: Any) -> DeviceOrder:
        """To look after this recorder; or a change of an order, by its `device_id`."""
        known = self.orders.get(more.get("device_id", uuid4()))
        values: dict[str, Any] = dict(known) if known else {
            "device_id": uuid4(), "name": "Recorder 1", "username": USER, "password": PASSWORD,
        }  # fmt: skip
        if recorder is not None:
            values |= {"host": recorder.host, "port": recorder.port}
        order = DeviceOrder.model_validate(values | more)
        self.orders[order.device_id] = order
        self.devices.take(self.orders.values())
        return order

    def remove(self, order: DeviceOrder) -> None:
        del self.orders[order.device_id]
        self.devices.take(self.orders.values())

    def newest(self, order: DeviceOrder) -> DeviceReport | None:
        reports = self.told.reports.get(order.device_id, [])
        return reports[-1] if reports else None

    def gate(self, order: DeviceOrder) -> Gate:
        return self.devices.gate_of(order.device_id)

    async def online(self, order: DeviceOrder) -> DeviceReport:
        """The report that it is there, with all of it."""

        def is_whole() -> bool:
            said = self.newest(order)
            return said is not None and said.state == "online" and said.advice is not None

        await until(is_whole, "all of it")
        found = self.newest(order)
        assert found is not None
        return found

    def is_now(self, order: DeviceOrder, state: str) -> bool:
        """Whether the newest report says so."""
        return (said := self.newest(order)) is not None and said.state == state

    async def state(self, order: DeviceOrder, state: str) -> DeviceReport:
        """The report that it is so, without the clock moving."""
        await until(lambda: self.is_now(order, state), state)
        found = self.newest(order)
        assert found is not None
        return found

    async def pass_until(
        self, is_so: Callable[[], object], what: str, step_seconds: float = STEP_SECONDS
    ) -> None:
        """Let time pass, until it is so."""
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while not is_so():
            assert asyncio.get_running_loop().time() < deadline, what
            await self.advance(step_seconds)
            await asyncio.sleep(0.01)

    async def advance(self, seconds: float) -> None:
        """Let time pass, and what is due then be done: however long that takes, no time does."""
        self.clock.advance(seconds)
        self.devices.look()
        await until(lambda: self.devices.is_idle, "all is asked")

    async def done(self, errand: Errand) -> DeviceErrandReport:
        """What came of an errand."""
        await asyncio.wait_for(self.errands.do(errand), WAIT_SECONDS)
        report = self.told.stories[errand.errand_id][-1]
        assert report.is_done
        return report

    async def close(self) -> None:
        for stack, _ in self._recorders.values():
            await stack.aclose()
        self.doors.close()


async def until(is_so: Callable[[], object], what: str) -> None:
    """Wait for a condition."""
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while not is_so():
        assert asyncio.get_running_loop().time() < deadline, f"not in time: {what}"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def site_of(cache: Path, folder: Path) -> AsyncIterator[Site]:
    """A node's devices, as they are after a start with what `folder` holds."""
    clock, told = ManualClock(NOW), Told()
    doors = Doors(folder / "doors", clock)
    tools = Tools(FileMemory(folder / "devices.json"), clock)
    devices = Devices(tools, Neighbour(tools, doors), told.device, PACE)
    errands = DeviceErrands(devices, told.errand, tell_seconds=0.01)
    site = Site(cache, clock, told, devices, doors, errands)
    running = asyncio.create_task(devices.run())
    try:
        yield site
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await site.close()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encoded pictures, made once."""
    return tmp_path_factory.mktemp("loops")


@pytest.fixture
async def site(cache: Path, tmp_path: Path) -> AsyncIterator[Site]:
    async with site_of(cache, tmp_path) as made:
        yield made


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
