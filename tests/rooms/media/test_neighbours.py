"""Streams of one runner do not hurt each other: not by a slow disk, not by a camera gone mad."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from sereno.media.contract import Failed, FragmentWritten, RunEnded, RunStarted, StreamTask
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer
from sereno.sim.marks import SEI_UUID

from .camera import Told
from .runner_process import running

STAMP = re.compile(re.escape(SEI_UUID) + rb"[0-9A-Fa-f]{16}([0-9A-Fa-f]{16})")
FPS = 25


@pytest.fixture(scope="session")
def plaza(tmp_path_factory: pytest.TempPathFactory) -> SimConfig:
    """Two cameras with a key frame every 0.4 s."""
    return SimConfig(
        cache_dir=tmp_path_factory.mktemp("plaza"),
        cameras=(CameraSpec("Good", "entrance"), CameraSpec("Bad", "yard")),
        main=Picture(160, 90, 150_000),
        sub=Picture(96, 64, 50_000),
        fps=FPS,
        loop_seconds=4,
        key_seconds=0.4,
    )


@pytest.fixture
async def server(plaza: SimConfig) -> AsyncIterator[SimServer]:
    async with SimServer(plaza) as serving:
        yield serving


def task_of(server: SimServer, number: int, footage: Path) -> StreamTask:
    return StreamTask(
        camera_id=uuid4(),
        stream="main",
        address=server.address(number),
        footage_dir=str(footage),
        segment_seconds=2,
    )


def frames_of(footage: Path, camera_id: UUID) -> list[int]:
    """The numbers of the pictures on the disk, as the camera stamped them, in order."""
    files = sorted((footage / str(camera_id)).rglob("*.mp4"))
    return [int(found[1], 16) for file in files for found in STAMP.finditer(file.read_bytes())]


def fragments_of(told: Told, camera_id: UUID) -> int:
    return sum(each.camera_id == camera_id for each in told.all(FragmentWritten))


def has_ended(told: Told, task: StreamTask) -> bool:
    return any(each.camera_id == task.camera_id for each in told.all(RunEnded))


def assert_nothing_missing(told: Told, good: StreamTask) -> None:
    frames = frames_of(Path(good.footage_dir), good.camera_id)
    assert frames == list(range(frames[0], frames[0] + len(frames)))
    assert len(frames) > 5 * FPS
    assert sum(each.camera_id == good.camera_id for each in told.all(RunStarted)) == 1


# A runner whose disk crawls for all files below the folder `slow`, and whose queues are short.
CRAWL = """
import os, time
from sereno.media import recorder, runner
recorder.QUEUE_LIMIT_BYTES = 60_000
write = os.write
def write_slowly(descriptor, data):
    if "/slow/" in os.readlink(f"/proc/self/fd/{descriptor}"):
        time.sleep(1.5)
    return write(descriptor, data)
os.write = write_slowly
runner.main()
"""


@pytest.mark.provokes("disk_slow")
async def test_a_crawling_disk_costs_only_its_own_streams(
    server: SimServer, told: Told, tmp_path: Path
) -> None:
    good, bad = task_of(server, 1, tmp_path / "good"), task_of(server, 2, tmp_path / "slow")
    for task in (good, bad):
        Path(task.footage_dir).mkdir()  # noqa: ASYNC240
    async with running(told, CRAWL) as runner:
        runner.start(bad)
        runner.start(good)
        await told.until(lambda: fragments_of(told, good.camera_id) > 30 and has_ended(told, bad))
        runner.stdin.close()
        await runner.ended()
    assert_nothing_missing(told, good)
    ended = [each.reason.key for each in told.all(RunEnded) if each.camera_id == bad.camera_id]
    assert ended[0] == "disk_slow"


@pytest.mark.provokes("camera_floods")
async def test_a_camera_that_floods_costs_only_its_own_stream(
    plaza: SimConfig, told: Told, tmp_path: Path
) -> None:
    good_spec, bad_spec = plaza.cameras
    mad = replace(plaza, cameras=(good_spec, replace(bad_spec, quirks={"flood"})))
    async with SimServer(mad) as server, running(told) as runner:
        good, bad = task_of(server, 1, tmp_path), task_of(server, 2, tmp_path)
        runner.start(good)
        runner.start(bad)
        await told.until(lambda: fragments_of(told, good.camera_id) > 30)
        runner.stdin.close()
        await runner.ended()
    assert_nothing_missing(told, good)
    failed = [each.reason.key for each in told.all(Failed) if each.camera_id == bad.camera_id]
    assert failed[0] == "camera_floods"
