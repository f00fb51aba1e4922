"""Recorders that restart, networks that flap, a password that is changed: connections stay few, and
no account is ever locked.

Ten seconds of it; an hour in `make soak`.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.base.spans import Span
from sereno.drivers.contract import Driver, Fetched, Login
from sereno.drivers.errors import DeviceError, Locked, Refused
from sereno.drivers.gate import FAILURES_BEFORE_SHUT, MOST_CONNECTIONS
from sereno.drivers.memory import ShortMemory
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools
from sereno.sim import Picture
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.listening import stop_listening
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

from .harness import is_soak, soak_seconds

CHANNELS = 64
SECONDS = soak_seconds() if is_soak() else 8.0
CALM_SECONDS = (0.5, 20.0) if is_soak() else (0.2, 0.6)
AWAY_SECONDS = (0.5, 90.0) if is_soak() else (0.1, 1.0)
PAUSE_SECONDS = 0.3
"""Between two questions of one asker: much less than any part of Sereno would wait."""

GATE_PACE = 1.0 if is_soak() else 20.0
"""How much faster time passes for the gate, whose pauses grow to a minute."""

DRIVERS = 2
BUDGET = 9
"""Small devices fall over ten connections: there are those under way, one of each driver that waits
to be used again, and those whose end the device has not noticed."""

SHORTEST_SHUT_SECONDS = 2.0
USER, PASSWORD = "operator", "p@ss:w#rd"
pytestmark = pytest.mark.timeout(2 * SECONDS + 900)


class QuickClock(SystemClock):
    """Lets pauses end sooner."""

    def monotonic(self) -> float:
        return super().monotonic() * GATE_PACE


@dataclass
class Network:
    """Between drivers and the recorder. While it is down, whoever connects is cut off, and
    counted."""

    target: int = 0
    is_up: bool = True
    port: int = 0
    knocks_while_down: int = 0
    _talks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[Network]:
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            await stop_listening(server)
            self.cut()
            await asyncio.gather(*self._talks, return_exceptions=True)

    def cut(self) -> None:
        """Every connection ends."""
        for talk in self._talks:
            talk.cancel()

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.is_up:
            self.knocks_while_down += 1
            writer.transport.abort()
            return
        talk = asyncio.ensure_future(self._relay(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        talk.add_done_callback(lambda _: writer.transport.abort())  # also if it never began

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ways: list[asyncio.Task[None]] = []
        there: asyncio.StreamWriter | None = None
        try:
            there_reader, there = await asyncio.open_connection("127.0.0.1", self.target)
            ways.append(asyncio.create_task(_pour(reader, there)))
            ways.append(asyncio.create_task(_pour(there_reader, writer)))
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except OSError:
            return  # the recorder is away
        finally:
            for way in ways:
                way.cancel()
            if there is not None:
                there.transport.abort()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()


@dataclass
class Site:
    """A recorder that restarts, and what all its lives counted."""

    config: RecorderConfig
    network: Network
    most_open: int = 0
    most_downloads: int = 0
    wrong_logins: int = 0
    recorder: HikvisionRecorder | None = None

    async def start(self, password: str = PASSWORD) -> None:
        self.recorder = HikvisionRecorder(replace(self.config, password=password))
        await self.recorder.__aenter__()
        self.network.target = self.recorder.port

    async def stop(self) -> None:
        assert self.recorder is not None
        await self.recorder.__aexit__(None, None, None)
        self.most_open = max(self.most_open, self.recorder.http.most_open)
        self.most_downloads = max(self.most_downloads, self.recorder.downloads.most_open)
        assert self.recorder.wrong_logins < self.config.lock_after, "locked"
        self.wrong_logins += self.recorder.wrong_logins
        self.recorder = None

    async def restart(self, away_seconds: float, password: str = PASSWORD) -> None:
        await self.stop()
        await asyncio.sleep(away_seconds)
        await self.start(password)


class Nowhere:
    """A sink whose bytes nobody wants."""

    async def write(self, data: bytes) -> None:
        await asyncio.sleep(0)

    async def restart(self) -> None:
        """Nothing was kept."""


@dataclass
class Askers:
    """All that a node and its people want of a recorder at the same time, again and again."""

    driver: Driver
    other: Driver
    answered: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[Askers]:
        asks: dict[str, Callable[[], Awaitable[object]]] = {
            "identity": self.driver.identify,
            "channels": self.driver.channels,
            "health": self.driver.health,
            "clock": self.driver.clock,
            "picture": lambda: self.driver.snapshot("1"),
            "search": self._search,
            "download": self._download,
            "events": self._listen,
            "probe": self.other.identify,
        }
        tasks = [asyncio.create_task(self._ask(name, ask)) for name, ask in asks.items()]
        try:
            yield self
            assert not any(task.done() for task in tasks), "an asker fell over"
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def until_answered(self, *names: str) -> None:
        """Each of them once more from now on."""
        before = {name: self.answered.get(name, 0) for name in names}
        await self._until(
            lambda: all(self.answered.get(name, 0) > count for name, count in before.items())
        )

    async def until_refused(self) -> None:
        """One of them, once more from now on."""
        before = self.refused
        await self._until(lambda: self.refused > before)

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(240):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    async def _ask(self, name: str, ask: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await ask()
                self.answered[name] = self.answered.get(name, 0) + 1
            except (Refused, Locked):
                self.refused += 1
            except DeviceError:
                pass  # it is told where this matters; here it is what we came for
            self.changed.set()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _search(self) -> None:
        async for _ in self.driver.find("1", _recent()):
            pass

    async def _download(self) -> None:
        async with aclosing(self.driver.find("2", _recent())) as items:  # type: ignore[type-var]
            found = await anext(items)
        await self.driver.fetch(found, Nowhere(), _unheard)

    async def _listen(self) -> None:
        async for _ in self.driver.events():
            return


def _unheard(fetched: Fetched) -> None:
    """Nobody looks on."""


def _recent() -> Span:
    now = datetime.now(UTC)
    return Span(now - timedelta(minutes=12), now - timedelta(minutes=10))


@pytest.fixture
def config(loops: Path) -> RecorderConfig:
    channels = tuple(
        ChannelSpec(number, f"Camera {number}", "entrance") for number in range(1, CHANNELS + 1)
    )
    return RecorderConfig(
        cache_dir=loops, channels=channels, user=USER, password=PASSWORD, days=0.1,
        file_seconds=60, main=Picture(320, 180, 300_000), sub=Picture(160, 90, 100_000),
        loop_seconds=4, key_seconds=1,
    )  # fmt: skip


async def test_connections_stay_few_and_no_account_is_locked(config: RecorderConfig) -> None:
    chance, tools = random.Random(7), Tools(ShortMemory(), QuickClock())
    async with Network().laid() as network:
        site = Site(config, network)
        await site.start()
        login = Login("127.0.0.1", network.port, username=USER, password=PASSWORD)
        drivers = [VENDORS["hikvision"](login, tools) for _ in range(DRIVERS)]
        try:
            async with Askers(*drivers).asking() as askers:
                await askers.until_answered("identity", "channels", "search", "download")
                await _trouble(site, chance, SECONDS / 2)
                await _other_password(site, askers, tools, login)
                await _trouble(site, chance, SECONDS / 2)
                await askers.until_answered("identity", "channels", "search", "probe")
        finally:
            for driver in drivers:
                await driver.close()
            await site.stop()
    print(site.most_open, site.wrong_logins, askers.answered)
    assert tools.gate(login).state.name in ("open", "shut")
    assert 0 < site.most_open <= BUDGET
    assert site.most_downloads == 1


async def _trouble(site: Site, chance: random.Random, seconds: float) -> None:
    """Restarts and cuts, one after the other."""
    network, ends_at = site.network, time.monotonic() + seconds
    while time.monotonic() < ends_at:
        away_seconds = chance.uniform(*AWAY_SECONDS)
        match chance.randrange(3):
            case 0:
                await site.restart(away_seconds)
            case 1:
                network.cut()
            case 2:
                await _away(network, away_seconds)
        await asyncio.sleep(chance.uniform(*CALM_SECONDS))


async def _away(network: Network, seconds: float) -> None:
    """However many ask, few knock at a door behind which nobody is."""
    before, began = network.knocks_while_down, time.monotonic()
    network.is_up = False
    network.cut()
    await asyncio.sleep(seconds)
    network.is_up = True
    passed = time.monotonic() - began
    knocks = network.knocks_while_down - before
    trials = passed * GATE_PACE / SHORTEST_SHUT_SECONDS + 1
    assert knocks <= FAILURES_BEFORE_SHUT + MOST_CONNECTIONS + trials


async def _other_password(site: Site, askers: Askers, tools: Tools, login: Login) -> None:
    """Somebody changes the password; later it is the old one again, and a person says so."""
    before = site.wrong_logins
    await site.restart(0, "another password")
    await askers.until_refused()
    with pytest.raises((Refused, Locked)):
        tools.gate(login).check()
    await site.restart(0)
    assert site.wrong_logins - before < site.config.lock_after
    # Where three were under way the device has two attempts left, which are left to people.
    assert tools.gate(login).state.name in ("halted", "locked"), "nobody tries again by himself"
    tools.gate(login).lift()
    await askers.until_answered("identity")
