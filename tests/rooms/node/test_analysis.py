"""Pictures for analysis, decoded by a real ffmpeg from what a node records."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import psutil
import pytest
import pytest_asyncio

from sereno.node import decoding
from sereno.node.daemon import Node
from sereno.node.decoding import Picture
from sereno.policy.knobs import Manner
from sereno.policy.plans import Pause, Plan, Schedule
from sereno.sim import SimConfig, SimServer
from sereno.wire.orders import CameraOrder, MannerOrder
from sereno.wire.reports import AnalysisStatus, StreamStatus

from .conftest import (
    WAIT_SECONDS,
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANALYSED = Plan(schedules=(Schedule("1", "Faces", purpose="analysis"),))


@dataclass
class Place:
    hub: HubDouble
    node: Node
    cameras: SimServer
    order: CameraOrder

    async def change(self, plan: Plan | None = None, **knobs: Any) -> None:
        manners = {"": MannerOrder(manner=Manner(**knobs))}
        update = {"plan": plan or Plan(), "manners": manners}
        self.order = self.order.model_copy(update=update)
        self.hub.order(self.order)
        await self.hub.wake()
        await until(
            lambda: self.node._orders and self.node._orders.cameras == (self.order,), "orders"
        )

    @property
    def stream(self) -> StreamStatus:
        status = self.hub.status(self.order)
        assert status is not None
        return status

    @property
    def status(self) -> AnalysisStatus | None:
        return self.stream.analysis

    async def pictures(self, count: int) -> list[Picture]:
        """The next so many, as a subscriber gets them."""
        got: list[Picture] = []
        async with aclosing(self.node.analysis.subscribe(self.order.camera_id)) as coming:
            async for picture in coming:
                got.append(picture)
                if len(got) == count:
                    break
        return got

    def decoders(self) -> list[int]:
        found = []
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if "rawvideo" in child.cmdline():
                    found.append(child.pid)
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(
    sim_config: SimConfig, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """A node that records a camera."""
    hub, listener = HubDouble(), tcp_listener()
    data = tmp_path_factory.mktemp("analysis") / "data"
    settings = settings_for(data, listener.getsockname()[1])
    async with SimServer(sim_config) as cameras, serving(hub.app(), listener):
        order = camera_order(cameras, 1)
        hub.order(order)
        async with running(settings) as node:
            made = Place(hub, node, cameras, order)
            await until(lambda: order.camera_id in hub.states(), "the camera is known")
            await until(lambda: made.stream.state == "recording", "it is recorded")
            yield made
        assert not made.decoders()


async def test_a_subscriber_gets_pictures_and_the_decoding_ends_with_it(place: Place) -> None:
    await place.change(fps=10, det_set="80x80")
    started = datetime.now(UTC)
    recorder, restarts = place.stream.pid, place.stream.restarts
    got = await asyncio.wait_for(place.pictures(12), WAIT_SECONDS)
    assert {(each.width, each.height, len(each.data)) for each in got} == {(80, 44, 80 * 44 * 3)}
    assert len({each.data for each in got}) > 1  # it moves
    times = [each.taken_at for each in got]
    assert times == sorted(set(times))
    assert times[0] > started - timedelta(seconds=5)  # the newest GOP and later
    assert times[-1] <= datetime.now(UTC) + timedelta(seconds=0.5)
    steps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    # Every second or third of 25 a second; who is held up misses some.
    assert 0.07 < statistics.median(steps) < 0.13
    await until(lambda: not place.decoders(), "nobody wants them any more")
    await until(lambda: place.status is None, "and nothing is said of it")
    assert (place.stream.pid, place.stream.restarts) == (recorder, restarts)


async def test_by_schedule_it_runs_without_anybody_and_tells_what_it_costs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "MEASURE_SECONDS", 0.5)
    await place.change(ANALYSED, fps=10, hb_interval=1)
    await until(lambda: place.status and 5 <= place.status.fps <= 15, "measured")
    status = place.status
    assert status is not None
    assert (status.state, status.reason) == ("recording", None)
    assert (status.hwaccel, status.hwaccel_reason, status.dropped) == ("none", None, 0)
    await until(lambda: place.status and place.status.decode_ms > 0, "its cost")
    assert [status.pid] == place.decoders()
    assert "-pix_fmt bgr24" in status.effective_args
    assert "s3cret" not in status.effective_args


async def test_a_knob_of_it_takes_effect_at_once_and_leaves_the_recorder_alone(
    place: Place,
) -> None:
    await place.change(ANALYSED, fps=10)
    await until(lambda: place.status and place.status.pid, "it runs")
    recorder, first = place.stream.pid, place.decoders()
    restarts = place.stream.restarts
    await place.change(ANALYSED, fps=2)
    await until(
        lambda: place.status and "t*2)" in place.status.effective_args, "it runs in another way"
    )
    assert place.decoders() != first
    assert (place.stream.pid, place.stream.restarts) == (recorder, restarts)
    assert not place.stream.is_pending


@pytest.mark.provokes("hwaccel_unavailable")
async def test_a_card_that_is_not_there_is_said_and_the_processor_takes_over(place: Place) -> None:
    """`-hwaccel cuda` fails really here, where there is no such card with this number."""
    await place.change(ANALYSED, hwaccel="cuda", gpu_index=63, fps=5)
    await until(lambda: place.status and place.status.hwaccel_reason, "the card is blamed")
    await until(lambda: place.status and place.status.state == "recording", "it goes on")
    status = place.status
    assert status is not None
    assert status.hwaccel == "none"
    assert "-hwaccel" not in status.effective_args
    assert status.hwaccel_reason is not None
    assert status.hwaccel_reason.key == "hwaccel_unavailable"
    assert status.hwaccel_reason.params == {"device": "cuda 63"}
    assert status.hwaccel_reason.raw
    (pid,) = place.decoders()
    psutil.Process(pid).kill()  # the next process tries the card again, and is told of it again
    await until(
        lambda: (
            place.status
            and place.status.pid not in (None, pid)
            and place.status.state == "recording"
        ),
        "started anew",
    )
    assert place.status is not None
    assert place.status.hwaccel_reason is not None


async def test_who_takes_too_slowly_gets_the_newest(place: Place) -> None:
    await place.change(fps=25, hb_interval=1)
    async with aclosing(place.node.analysis.subscribe(place.order.camera_id)) as coming:
        first = await asyncio.wait_for(anext(coming), WAIT_SECONDS)
        await until(lambda: place.status and place.status.dropped > 10, "pictures are dropped")
        second = await anext(coming)
    assert second.taken_at - first.taken_at > timedelta(seconds=0.3)


@pytest.mark.provokes("not_recorded")
async def test_what_is_not_recorded_is_not_analysed(place: Place) -> None:
    now = datetime.now(UTC)
    paused = replace(ANALYSED, pauses=(Pause(now, now + timedelta(hours=1), by="anna"),))
    await place.change(paused)
    await until(lambda: place.stream.state == "paused", "paused")
    await until(lambda: place.status is None, "a pause is one of analysis as well")
    subscribed = asyncio.create_task(place.pictures(1))
    await until(lambda: place.status and place.status.state == "waiting", "it waits")
    assert place.status is not None
    assert place.status.reason is not None
    assert place.status.reason.key == "not_recorded"
    assert not place.decoders()
    await place.change()
    (picture,) = await asyncio.wait_for(subscribed, WAIT_SECONDS)
    assert picture.taken_at >= now - timedelta(seconds=1)
