"""Nothing is written without leave, whoever was suspended meanwhile; and trying writes nothing."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest

from sereno.base.clock import ManualClock
from sereno.media.contract import (
    Failed,
    FragmentWritten,
    Probe,
    Renew,
    RunEnded,
    SegmentOpened,
    SegmentSealed,
    StreamTask,
)
from sereno.media.fmp4.reader import read_segment
from sereno.media.leave import Leave, LeaveOver
from sereno.media.segments import SegmentChain
from sereno.wire.reports import ReasonReport
from sereno.wire.secret import REVEAL

from .camera import CAMERA_ID, Camera, Told, Video, until
from .footage import Footage
from .runner_process import Process, running

LOST_OTHERWISE = ReasonReport(key="camera_clock_stepped")


def boottime() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def count_files(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*"))


def tell(runner: Process, *commands: Renew | Probe) -> None:
    """All at once."""
    lines = (each.model_dump_json(context=REVEAL).encode() + b"\n" for each in commands)
    runner.write(b"".join(lines))


def renewed(task: StreamTask, write_until: float | None) -> Renew:
    return Renew(camera_id=task.camera_id, stream=task.stream, write_until=write_until)


def test_the_chain_stops_at_the_last_fragment_that_it_had_leave_for(
    video: Video, tmp_path: Path
) -> None:
    clock = ManualClock()
    leave = Leave(100.0, clock)
    footage = Footage(tmp_path)
    task = StreamTask(
        camera_id=CAMERA_ID, stream="main", address="rtsp://192.0.2.1/", footage_dir=str(tmp_path)
    )
    footage.chain = SegmentChain(task, leave=leave)
    run_id = footage.write_run(video, is_ended=False)
    (path,) = footage.paths()
    size_bytes = path.stat().st_size
    clock.advance(100.0)
    with pytest.raises(LeaveOver):
        footage.write_fragments(video, 0, 0)
    leave.renew(200.0)
    footage.write_fragments(video, 0, 0)  # a hole would be in the run
    with pytest.raises(LeaveOver):
        footage.write_run(video)
    footage.say(footage.chain.end_run(run_id, LOST_OTHERWISE))
    assert path.stat().st_size == size_bytes
    assert footage.events("run_ended")[0]["reason"]["key"] == "lease_lost"
    assert footage.events("segment_sealed")[0]["size_bytes"] == size_bytes


@pytest.mark.provokes("lease_lost")
async def test_a_stream_ends_by_itself_with_its_leave(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with running(told) as runner:
        task = camera.task(tmp_path, write_until=boottime() + 60.0)
        runner.start(task)
        await told.wait(FragmentWritten)
        tell(runner, renewed(task, boottime() + 0.5))
        ended = await told.wait(RunEnded)
        failed = await told.wait(Failed)
    assert (ended.reason.key, failed.reason.key) == ("lease_lost", "lease_lost")
    assert failed.next_try_us is None
    assert told.all(SegmentSealed)


async def test_a_stream_whose_leave_is_renewed_goes_on(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with running(told) as runner:
        task = camera.task(tmp_path, write_until=boottime() + 60.0)
        runner.start(task)
        await told.wait(FragmentWritten)
        deadline = boottime() + 1.0
        tell(runner, renewed(task, deadline), renewed(task, None))
        await told.until(lambda: boottime() > deadline + 0.5)
        await told.wait(FragmentWritten, len(told.all(FragmentWritten)) + 1)
    assert "lease_lost" not in [each.reason.key for each in told.all(RunEnded)]


async def test_a_runner_that_was_suspended_writes_nothing_when_it_wakes_up_late(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with running(told) as runner:
        task = camera.task(tmp_path, write_until=boottime() + 60.0)
        runner.start(task)
        await told.wait(FragmentWritten, 2)
        deadline = boottime() + 0.5
        tell(runner, renewed(task, deadline))
        await asyncio.sleep(0.3)  # it has read that
        runner.process.send_signal(signal.SIGSTOP)
        (opened,) = told.all(SegmentOpened)
        path = tmp_path / opened.path
        size_bytes = path.stat().st_size
        await until(lambda: boottime() > deadline)
        runner.process.send_signal(signal.SIGCONT)
        ended = await told.wait(RunEnded)
        await told.wait(Failed)
    assert ended.reason.key == "lease_lost"
    assert read_segment(path).whole_size_bytes == path.stat().st_size == size_bytes


@pytest.mark.parametrize("found", [None, "no_such_stream"])
async def test_trying_says_what_a_recording_would_meet_and_writes_nothing(
    camera: Camera, told: Told, tmp_path: Path, found: str | None
) -> None:
    if found is not None:
        camera.answers["DESCRIBE"] = "RTSP/1.0 404 Not Found\r\nCSeq: {cseq}\r\n\r\n"
    async with running(told) as runner:
        tell(runner, Probe(task=camera.task(tmp_path)))
        await until(lambda: bool(runner.probed))
    (probed,) = runner.probed
    assert (probed.reason and probed.reason.key) == found
    assert told.events == []
    assert count_files(tmp_path) == 0
