"""How runners live and die: real ones, under a node in this process."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from sereno.media.fmp4.reader import read_segment
from sereno.node.daemon import Node
from sereno.policy.knobs import Manner
from sereno.sim import SimServer
from sereno.wire.orders import CameraOrder, MannerOrder
from sereno.wire.reports import StreamState

from .conftest import (
    QUICK,
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)

KEY_SECONDS = 0.4
# What any end of a runner may cost: 2 s and one GOP; and much room for a machine that has more to
# do, as the loop of kills and `bench` tell how long it really is.
LONGEST_GAP_SECONDS = 2.0 + KEY_SECONDS
FOUND_SECONDS = 5.0
BUSY_SECONDS = 30.0


def ordered(cameras: SimServer, number: int, **knobs: Any) -> CameraOrder:
    return camera_order(cameras, number, manners={"": MannerOrder(manner=Manner(**knobs))})


def pid_of(node: Node, order: CameraOrder) -> int | None:
    books = node._recording.books()
    key = next((key for key in books if key.camera_id == order.camera_id), None)
    return None if key is None else node._supervisor.pid_of(key)


def states(node: Node) -> set[StreamState]:
    return {book.state for book in node._recording.books().values()}


def is_recording(node: Node, count: int) -> bool:
    books = node._recording.books().values()
    return sum(book.run is not None and book.run.size_bytes > 20_000 for book in books) == count


def reasons(hub: HubDouble, order: CameraOrder) -> list[str | None]:
    """The end reasons of a camera's runs, in order; None for one that goes on."""
    runs = [run for run in hub.runs.values() if run.camera_id == order.camera_id]
    runs.sort(key=lambda run: run.start)
    return [run.end_reason.key if run.end_reason else None for run in runs]


def gap_of(hub: HubDouble, order: CameraOrder, reason: str) -> float:
    """The seconds between a camera's two runs, which must be an absence with this reason."""
    runs = [run for run in hub.runs.values() if run.camera_id == order.camera_id]
    first, second = sorted(runs, key=lambda run: run.start)
    absences = [each for each in hub.absences.values() if each.camera_id == order.camera_id]
    gaps = [each for each in absences if each.start == first.end]
    assert [(each.reason.key, each.end) for each in gaps] == [(reason, second.start)]
    return (second.start - first.end).total_seconds()


def assert_whole(footage: Path) -> None:
    for file in footage.rglob("*.mp4"):
        assert read_segment(file).whole_size_bytes == file.stat().st_size


@pytest.mark.parametrize(
    ("how", "reason", "found_seconds"),
    [
        (signal.SIGKILL, "runner_died", 0.0),
        (signal.SIGTERM, "runner_died", 0.0),
        (signal.SIGSTOP, "runner_hung", FOUND_SECONDS),
    ],
)
@pytest.mark.provokes("runner_died", "runner_hung")
async def test_the_end_of_a_runner_costs_little_and_says_why(
    hub: HubDouble,
    cameras: SimServer,
    data: Path,
    how: signal.Signals,
    reason: str,
    found_seconds: float,
) -> None:
    orders = [camera_order(cameras, number) for number in (1, 2)]
    hub.order(*orders)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: is_recording(node, 2), "both are recorded")
        pid = pid_of(node, orders[0])
        assert pid is not None
        assert pid == pid_of(node, orders[1])
        os.kill(pid, how)
        for order in orders:
            await until(lambda: reasons(hub, order) == [reason, None], "a new run")  # noqa: B023
        assert pid_of(node, orders[0]) not in (pid, None)
    for order in orders:
        gap_seconds = gap_of(hub, order, reason)
        assert 0 < gap_seconds < LONGEST_GAP_SECONDS + found_seconds + BUSY_SECONDS
    assert_whole(data / "footage")


# A runner that takes, and keeps, more memory than its streams can need once it records.
GLUTTON = """
import sys
from sereno.media import pipes, runner
emit, kept = pipes.EventPipe.emit, []
def emit_and_grow(self, line):
    emit(self, line)
    if '"e":"fragment"' in line and len(kept) < 16 and open(sys.argv[1]).read() == "grow":
        kept.append(bytearray(b"x") * (16 << 20))
pipes.EventPipe.emit = emit_and_grow
runner.main()
"""


@pytest.mark.provokes("runner_grew")
async def test_a_runner_that_grows_is_replaced_in_good_order(
    hub: HubDouble, cameras: SimServer, data: Path, tmp_path: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    appetite = tmp_path / "appetite"
    appetite.write_text("grow")
    argv = (sys.executable, "-c", GLUTTON, str(appetite))
    async with serving(hub.app(), listener), running(settings, runner_argv=argv) as node:
        await until(lambda: is_recording(node, 1), "recorded")
        await until(lambda: reasons(hub, order)[:1] == ["runner_grew"], "given up")
        appetite.write_text("had enough")
        await until(lambda: reasons(hub, order)[-1] is None, "replaced")
    if len(hub.runs) == 2:
        assert gap_of(hub, order, "runner_grew") < LONGEST_GAP_SECONDS + BUSY_SECONDS
    assert_whole(data / "footage")


# A runner whose disk stands still for as long as a file is there.
STUCK = """
import os, sys, time
from sereno.media import runner, segments
append = segments.SegmentFile.append
def append_late(self, data):
    while os.path.exists(sys.argv[1]):
        time.sleep(0.01)
    append(self, data)
segments.SegmentFile.append = append_late
runner.main()
"""


@pytest.mark.provokes("disk_slow")
async def test_a_disk_that_stands_still_is_said_and_the_runner_goes_on(
    hub: HubDouble, cameras: SimServer, data: Path, tmp_path: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    brake = tmp_path / "brake"
    argv = (sys.executable, "-c", STUCK, str(brake))
    async with serving(hub.app(), listener), running(settings, runner_argv=argv) as node:
        await until(lambda: is_recording(node, 1), "recorded")
        brake.touch()
        await until(lambda: hub.states().get(order.camera_id) == "no_disk", "no disk")
        status = hub.status(order)
        assert status is not None
        assert status.reason is not None
        assert status.reason.key == "disk_slow"
        brake.unlink()
        await until(lambda: hub.states().get(order.camera_id) == "recording", "recording again")
    assert reasons(hub, order) == ["node_down"]  # nothing was lost: it all waited in memory


async def test_a_disk_that_never_answers_ends_the_run_with_its_cause(
    hub: HubDouble, cameras: SimServer, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.node.runner_watch.DISK_DEAD_SECONDS", 2.0)
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    brake = tmp_path / "brake"
    argv = (sys.executable, "-c", STUCK, str(brake))
    async with serving(hub.app(), listener), running(settings, runner_argv=argv) as node:
        await until(lambda: is_recording(node, 1), "recorded")
        brake.touch()
        await until(lambda: reasons(hub, order)[:1] == ["disk_slow"], "given up")
        brake.unlink()
        await until(lambda: reasons(hub, order) == ["disk_slow", None], "recorded again")
    assert gap_of(hub, order, "disk_slow") > 0
    assert_whole(data / "footage")


async def test_streams_share_a_runner_by_nice_and_cpus(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    cpu = min(os.sched_getaffinity(0))
    usual = ordered(cameras, 1)
    kind, kind_too = ordered(cameras, 2, nice=7), ordered(cameras, 3, nice=7)
    bound = ordered(cameras, 1, nice=7, cpu_affinity=(cpu,))
    hub.order(usual, kind, kind_too, bound)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: is_recording(node, 4), "all are recorded")
        pids = {order.camera_id: pid_of(node, order) for order in (usual, kind, kind_too, bound)}
        assert pids[kind.camera_id] == pids[kind_too.camera_id]
        assert len(set(pids.values())) == 3
        runners = {key: psutil.Process(pid) for key, pid in pids.items()}
        assert runners[usual.camera_id].nice() == psutil.Process().nice()
        for order in (kind, bound):
            for thread in runners[order.camera_id].threads():
                assert os.getpriority(os.PRIO_PROCESS, thread.id) == 7
        assert runners[bound.camera_id].cpu_affinity() == [cpu]


async def test_new_knobs_of_a_stream_restart_that_stream_alone(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    moved, neighbour = ordered(cameras, 1), ordered(cameras, 2)
    hub.order(moved, neighbour)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: is_recording(node, 2), "both are recorded")
        await until(lambda: hub.sockets, "the wake-up socket")
        before = pid_of(node, neighbour)
        nicer = MannerOrder(manner=Manner(nice=3), restart_number=1)
        hub.order(moved.model_copy(update={"manners": {"": nicer}}), neighbour)
        await hub.wake()
        await until(lambda: reasons(hub, moved) == ["order_changed", None], "moved")
        assert pid_of(node, neighbour) == before != pid_of(node, moved)
        assert reasons(hub, neighbour) == [None]
    assert gap_of(hub, moved, "order_changed") < LONGEST_GAP_SECONDS + BUSY_SECONDS


@pytest.mark.provokes("priority_refused")
async def test_a_priority_that_the_system_refuses_is_a_notice(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = ordered(cameras, 1, cpu_affinity=(1023,))
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: is_recording(node, 1), "recorded all the same")
        await until(lambda: hub.heartbeats, "a heartbeat")
        (book,) = node._recording.books().values()
        assert [notice.key for notice in book.notices] == ["priority_refused"]


async def test_a_full_runner_gets_no_more_streams(
    hub: HubDouble, cameras: SimServer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [ordered(cameras, number) for number in (1, 2, 3)]
    hub.order(*orders)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        node._supervisor._streams_a_runner = 2
        await until(lambda: is_recording(node, 3), "all are recorded")
        assert len({pid_of(node, order) for order in orders}) == 2


async def test_a_runner_that_says_nothing_from_the_start_is_replaced(
    hub: HubDouble,
    cameras: SimServer,
    data: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sereno.node.runner_watch.STARTING_SECONDS", 0.5)
    hub.order(camera_order(cameras, 1))
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    argv = (sys.executable, "-c", "import time; time.sleep(60)")
    pace = replace(QUICK, supervise_seconds=0.02)
    async with serving(hub.app(), listener), running(settings, runner_argv=argv, pace=pace):
        await until(lambda: caplog.text.count("says nothing") > 1, "tried again")
