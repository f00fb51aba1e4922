"""Two nodes and one camera: whatever is cut off or suspended, they never write at once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import pytest
from tests.cables import Cable, cable

from sereno.policy.knobs import Manner
from sereno.sim import SimConfig, SimServer
from sereno.wire.orders import CameraOrder, LeaseOrder, MannerOrder
from sereno.wire.reports import Heartbeat

from .conftest import HubDouble, camera_order, running, serving, settings_for, tcp_listener, until

LEASE_SECONDS = 8.0
MARGIN_SECONDS = 5.0
BUSY_SECONDS = 60.0  # of a machine that has more to do
NETWORK = "10.213.77"

pytestmark = pytest.mark.journey


@dataclass
class Desk:
    """The hub's rule: one holder; a new one only when the old one's time is long over."""

    camera_id: UUID
    number: int = 0
    holder: str = ""
    expires_at: float = 0.0

    def ask(self, who: str) -> dict[UUID, LeaseOrder]:
        now = time.monotonic()
        if self.holder != who:
            if now < self.expires_at + MARGIN_SECONDS:
                return {}
            self.holder, self.number = who, self.number + 1
        self.expires_at = now + LEASE_SECONDS
        return {self.camera_id: LeaseOrder(number=self.number, seconds=LEASE_SECONDS)}


@dataclass
class Trouble:
    """What happens to the first node, and how it is over."""

    node: subprocess.Popen[bytes]
    hub: HubDouble
    cable: Cable | None

    def begin(self) -> None:
        self.hub.refuse_heartbeats = True

    def end(self) -> None:
        self.hub.refuse_heartbeats = False


class NodeStopped(Trouble):
    def begin(self) -> None:
        self.node.send_signal(signal.SIGSTOP)

    def end(self) -> None:
        self.node.send_signal(signal.SIGCONT)


class AllStopped(Trouble):
    """The runner, too; it is let go first, and nobody is there yet to tell it anything."""

    def begin(self) -> None:
        self.processes = [psutil.Process(self.node.pid)]
        self.processes += self.processes[0].children(recursive=True)
        for each in self.processes:
            each.suspend()

    def end(self) -> None:
        for each in reversed(self.processes):
            each.resume()
            time.sleep(1.0)


class LineCut(Trouble):
    """The way to the hub alone is cut, silently; the camera can still be reached."""

    def begin(self) -> None:
        assert self.cable
        self.cable.cut(self.cable.here[0])

    def end(self) -> None:
        assert self.cable
        self.cable.mend(self.cable.here[0])


@asynccontextmanager
async def node_process(
    data: Path, hub_url: str, *prefix: str
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A node in its own process, as it is started in earnest."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SERENO_")}
    environment |= {
        "SERENO_DATA": str(data), "SERENO_HUB_URL": hub_url, "SERENO_ENROLMENT_CODE": "code-1",
        "SERENO_TIME_ZONE": "UTC",
    }  # fmt: skip
    argv = (*prefix, sys.executable, "-m", "sereno.cli", "node", "run")
    with (data.parent / "node.log").open("wb") as log:
        node = subprocess.Popen(argv, env=environment, stdout=log, stderr=log)  # noqa: ASYNC220
    try:
        yield node
    finally:
        node.send_signal(signal.SIGCONT)
        node.terminate()
        await asyncio.to_thread(node.wait, 90)


def spans(hub: HubDouble) -> list[tuple[datetime, datetime]]:
    return sorted((run.start, run.end) for run in hub.runs.values())


@pytest.mark.parametrize("kind", [Trouble, NodeStopped, AllStopped, LineCut])
async def test_the_standby_takes_over_and_never_before_the_other_has_ended(
    kind: type[Trouble], tmp_path: Path, sim_config: SimConfig
) -> None:
    if kind is not LineCut:
        await take_over(kind, tmp_path, sim_config, None)
        return
    with cable("sereno-lease-test", NETWORK) as laid:
        await take_over(kind, tmp_path, sim_config, laid)


async def take_over(kind: type[Trouble], folder: Path, sim: SimConfig, laid: Cable | None) -> None:
    hub_host, camera_host = laid.here if laid else ("127.0.0.1", "127.0.0.1")
    prefix = laid.prefix if laid else ()
    one, two = HubDouble(), HubDouble()
    async with SimServer(replace(sim, host=camera_host)) as cameras:
        order = leased(cameras)
        desk = Desk(order.camera_id)
        for hub, name in ((one, "one"), (two, "two")):
            hub.order(order)
            hub.leases = lambda name=name: desk.ask(name)
        first, second = tcp_listener(host=hub_host), tcp_listener()
        url = f"http://{hub_host}:{first.getsockname()[1]}"
        watch = Viewers(cameras)
        async with (
            serving(one.app(), first),
            serving(two.app(), second),
            node_process(folder / "one", url, *prefix) as node,
            watch.watching(),
        ):
            await until(lambda: one.runs, "the first node records")
            async with running(settings_for(folder / "two", second.getsockname()[1])):
                await until(lambda: two.states() == {order.camera_id: "standby"}, "it waits")
                assert two.runs == {}
                trouble = kind(node, one, laid)
                await asyncio.to_thread(trouble.begin)
                await until(lambda: two.runs, "the second takes over")
                files = sizes(folder / "one")
                await asyncio.to_thread(trouble.end)
                await until(lambda: one.states().get(order.camera_id) == "standby", "told so")
                await until(lambda: ended(one), "the end of its run")
                assert sizes(folder / "one") == files, "nothing was written any more"
        assert desk.number == 2
        if kind is not AllStopped:  # nobody can end the connection of a process that is stopped
            assert watch.most == 1
    assert [run.end_reason and run.end_reason.key for run in one.runs.values()] == ["lease_lost"]
    end, start = spans(one)[-1][1], spans(two)[0][0]
    gap_seconds = (start - end).total_seconds()
    assert MARGIN_SECONDS < gap_seconds < LEASE_SECONDS + 2 * MARGIN_SECONDS + BUSY_SECONDS


@pytest.mark.provokes("handed_over")
async def test_what_is_to_be_released_ends_at_once_and_that_is_said_when_it_has(
    tmp_path: Path, sim_config: SimConfig
) -> None:
    hub, release_id = HubDouble(), uuid4()
    async with SimServer(sim_config) as cameras:
        order = leased(cameras)
        camera_id = order.camera_id
        hub.order(order)
        hub.leases = lambda: {camera_id: LeaseOrder(number=1, seconds=30)}
        listener = tcp_listener()
        async with (
            serving(hub.app(), listener),
            running(settings_for(tmp_path / "data", listener.getsockname()[1])),
        ):
            await until(lambda: hub.runs, "it records")
            hub.leases, hub.to_release = dict, {camera_id: release_id}
            await until(lambda: releasing(hub), "it gives the camera up")
            assert releasing(hub)[0].released == {camera_id: release_id}
            files = sizes(tmp_path / "data")
            await until(lambda: ended(hub), "the end of its run")
            assert cameras.camera(1).viewer_count == 0
            assert sizes(tmp_path / "data") == files
    assert [run.end_reason and run.end_reason.key for run in hub.runs.values()] == ["handed_over"]


async def test_what_runs_without_a_lease_is_given_up_when_the_orders_say_so(
    tmp_path: Path, sim_config: SimConfig
) -> None:
    hub, release_id = HubDouble(), uuid4()
    async with SimServer(sim_config) as cameras:
        order = camera_order(cameras, 1)
        hub.order(order)
        listener = tcp_listener()
        async with (
            serving(hub.app(), listener),
            running(settings_for(tmp_path / "data", listener.getsockname()[1])),
        ):
            await until(lambda: hub.runs, "it records")
            hub.to_release = {order.camera_id: release_id}
            beats = len(hub.heartbeats)
            await until(lambda: len(hub.heartbeats) > beats + 2, "it has heard of it")
            assert not any(beat.released for beat in hub.heartbeats)
            hub.order()
            await until(lambda: releasing(hub), "it gives the camera up")
            assert releasing(hub)[0].orders_etag == hub.etag
            assert cameras.camera(1).viewer_count == 0


def leased(cameras: SimServer) -> CameraOrder:
    manner = MannerOrder(manner=Manner(hb_interval=1.0))
    return camera_order(cameras, 1, needs_lease=True, manners={"": manner})


def releasing(hub: HubDouble) -> list[Heartbeat]:
    """The heartbeats that give something up."""
    return [beat for beat in hub.heartbeats if beat.released]


def ended(hub: HubDouble) -> bool:
    return all(run.end_reason is not None for run in hub.runs.values())


def sizes(data: Path) -> dict[str, int]:
    """The nodes' files and how long they are."""
    return {file.name: file.stat().st_size for file in (data / "footage").rglob("*.mp4")}


@dataclass
class Viewers:
    """Counts who plays the camera at the same time."""

    cameras: SimServer
    most: int = 0

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()

    async def _watch(self) -> None:
        while True:
            self.most = max(self.most, self.cameras.camera(1).viewer_count)
            await asyncio.sleep(0.01)
