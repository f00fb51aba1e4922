from __future__ import annotations

import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from subprocess import PIPE
from uuid import uuid4

import pytest

from sereno.media.contract import (
    FragmentWritten,
    RunEnded,
    SegmentOpened,
    SegmentSealed,
)
from sereno.media.fmp4.reader import read_segment, repair_segment
from sereno.media.vitals import memory_bytes

from .camera import PASSWORD, Camera, Told, ffmpeg_says
from .runner_process import running


@pytest.mark.parametrize("way", ["input closes", "SIGTERM", "SIGINT"])
@pytest.mark.provokes("stopped")
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


async def test_it_says_each_second_that_it_lives_and_what_it_takes(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with running(told) as runner:
        runner.start(camera.task(tmp_path))
        await told.wait(FragmentWritten, 3)

        def is_each_second() -> bool:  # one that was held up is late, and the next one sooner
            ages = [after.at_us - before.at_us for before, after in pairwise(runner.alive)]
            return any(900_000 < age < 1_500_000 for age in ages)

        await told.until(is_each_second)
        own = memory_bytes(runner.process.pid)
        assert own * 0.7 < runner.alive[-1].memory_bytes < own * 1.3
        assert runner.alive[-1].disk_still_seconds == 0


def test_helpers_count_as_its_memory() -> None:
    size = 64 << 20
    program = f"kept = b'x' * {size}; print(flush=True); input()"
    before = memory_bytes()
    helper = subprocess.Popen([sys.executable, "-c", program], stdin=PIPE, stdout=PIPE)
    try:
        assert helper.stdout is not None
        helper.stdout.readline()
        assert memory_bytes() - before > size
    finally:
        helper.kill()
        helper.communicate()
    assert memory_bytes(helper.pid) == 0
