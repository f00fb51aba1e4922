from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.media.contract import (
    FragmentWritten,
    RunEnded,
    SegmentOpened,
    SegmentSealed,
    Start,
    StreamTask,
)
from sereno.media.fmp4.reader import read_segment, repair_segment
from sereno.wire.secret import REVEAL

from .camera import PASSWORD, Camera, Told, ffmpeg_says

ARGV = (sys.executable, "-c", "from sereno.media.runner import main; main()")


@dataclass
class Process:
    """A runner as the node starts it."""

    process: asyncio.subprocess.Process
    told: Told
    reading: asyncio.Task[None]

    @property
    def stdin(self) -> asyncio.StreamWriter:
        assert self.process.stdin is not None
        return self.process.stdin

    def start(self, task: StreamTask) -> None:
        self.write(Start(task=task).model_dump_json(context=REVEAL).encode() + b"\n")

    def write(self, data: bytes) -> None:
        self.stdin.write(data)

    async def ended(self) -> tuple[int, str]:
        """Exit code and everything said on standard error, once all events were read."""
        assert self.process.stderr is not None
        async with asyncio.timeout(10):
            errors = await self.process.stderr.read()
            await self.reading
            return await self.process.wait(), errors.decode()


async def read_events(stream: asyncio.StreamReader, told: Told) -> None:
    while line := await stream.readline():
        told(line.decode())


@asynccontextmanager
async def running(told: Told) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *ARGV,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    reading = asyncio.create_task(read_events(process.stdout, told))
    try:
        yield Process(process, told, reading)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        reading.cancel()
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.parametrize("way", ["input closes", "SIGTERM", "SIGINT"])
async def test_it_seals_its_files_before_it_ends(
    camera: Camera, told: Told, tmp_path: Path, way: str
) -> None:
    async with running(told) as runner:
        for _ in range(3):
            runner.start(camera.task(tmp_path, camera_id=uuid4()))
        await told.wait(FragmentWritten, 12)
        if way == "input closes":
            runner.stdin.close()
        else:
            runner.process.send_signal(signal.Signals[way])
        code, errors = await runner.ended()

    assert (code, errors) == (0, "")
    assert [each.reason.key for each in told.all(RunEnded)] == ["stopped"] * 3
    for opened, sealed in zip(told.all(SegmentOpened), told.all(SegmentSealed), strict=True):
        path = tmp_path / opened.path
        assert ffmpeg_says(path)[2] == ""
        assert sealed.size_bytes > opened.init_size_bytes


async def test_killed_it_loses_nothing_that_it_told(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with running(told) as runner:
        runner.start(camera.task(tmp_path))
        await told.wait(FragmentWritten, 10)
        runner.process.kill()
        await runner.ended()
    path = tmp_path / told.all(SegmentOpened)[0].path
    with path.open("ab") as file:
        file.write(path.read_bytes()[-777:])  # a fragment that was in flight

    repaired = repair_segment(path)

    told_fragments = [(each.offset_bytes, each.size_bytes) for each in told.all(FragmentWritten)]
    found = [(each.offset_bytes, each.size_bytes) for each in repaired.index]
    assert found[: len(told_fragments)] == told_fragments
    assert read_segment(path).whole_size_bytes == path.stat().st_size
    assert ffmpeg_says(path)[2] == ""


async def test_lines_that_are_no_commands_are_logged_without_their_text(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with running(told) as runner:
        runner.write(b'{"do": "start", "task": {"password": "s3cret word", "camera_id": 3}}\n')
        runner.write(b"s3cret word\n" + b"\xff" * 9 + b"\n" + b"x" * 3_000_000 + b"\n")
        runner.start(camera.task(tmp_path))
        await told.wait(FragmentWritten)
        runner.stdin.close()
        code, errors = await runner.ended()
    assert code == 0
    assert "task" in errors
    assert PASSWORD not in errors


async def test_passwords_show_nowhere(camera: Camera, told: Told, tmp_path: Path) -> None:
    camera.digest = "SHA-256"
    async with running(told) as runner:
        runner.start(camera.task(tmp_path))
        await told.wait(FragmentWritten, 3)
        proc = Path("/proc") / str(runner.process.pid)
        assert PASSWORD.encode() not in (proc / "cmdline").read_bytes()
        runner.stdin.close()
        _, errors = await runner.ended()
    assert PASSWORD not in errors
    assert not any(PASSWORD in event.model_dump_json() for event in told.events)
    for opened in told.all(SegmentOpened):
        assert PASSWORD.encode() not in (tmp_path / opened.path).read_bytes()


async def test_one_bad_camera_does_not_disturb_another(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with running(told) as runner:
        good = camera.task(tmp_path)
        runner.start(good)
        bad = camera.task(tmp_path, camera_id=uuid4(), address="rtsp://[::1/")
        runner.start(bad)
        await told.wait(FragmentWritten, 5)
        runner.stdin.close()
        code, _ = await runner.ended()
    assert code == 0
    assert {each.camera_id for each in told.events} == {
        camera.task(tmp_path).camera_id,
        bad.camera_id,
    }
