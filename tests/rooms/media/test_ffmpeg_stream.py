"""Streams by way of a real ffmpeg."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import (
    Failed,
    FfmpegStarted,
    FragmentWritten,
    Learned,
    Memory,
    Noticed,
    RunEnded,
    RunStarted,
    Start,
    StreamTask,
)
from sereno.media.faults import fault
from sereno.media.ffmpeg.program import PATH_VARIABLE
from sereno.media.rtsp.session import Patience, Session
from sereno.media.runner import Runner

from .camera import USER, Camera, Told
from .recording import files_of, let_tries_follow_at_once, samples_of

PATIENCE = Patience(connect_seconds=30, reply_seconds=30, silence_seconds=30)


class Recording:
    """A stream that is recorded for as long as the context lasts."""

    def __init__(self, task: StreamTask, told: Told) -> None:
        self._runner = Runner(told, SystemClock(), PATIENCE)
        self._runner.obey(Start(task=task))

    async def __aenter__(self) -> Recording:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.close()


def by_ffmpeg(camera: Camera, footage: Path, **changes: object) -> StreamTask:
    camera.frame_seconds = 0.04
    return camera.task(footage, **{"engine": "ffmpeg", "records_sound": False} | changes)


def ffmpegs() -> list[int]:
    """Pids of the ffmpegs that this process started."""
    tasks = Path("/proc/self/task").iterdir()
    pids = [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    return [pid for pid in pids if b"-movflags" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def shown_by(pid: int) -> bytes:
    """What everybody, and every process of the same user, can read of a process."""
    return b"".join(Path(f"/proc/{pid}/{each}").read_bytes() for each in ("cmdline", "environ"))


async def test_credentials_stay_out_of_everybodys_sight(
    camera: Camera, told: Told, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with Recording(by_ffmpeg(camera, tmp_path), told):
        await told.wait(RunStarted)
        (pid,) = ffmpegs()
        seen = shown_by(pid)
        command = (await told.wait(FfmpegStarted)).command
    assert b"-movflags" in seen
    assert "-movflags" in command
    assert f"rtsp://***@127.0.0.1:{camera.port}/cam/1" in command
    for text in (seen.decode(), caplog.text, command):
        assert "s3cret" not in text
        assert USER not in text
    assert not ffmpegs()


@pytest.mark.provokes("ffmpeg_failed")
async def test_a_killed_ffmpeg_is_replaced(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_tries_follow_at_once(monkeypatch)
    async with Recording(by_ffmpeg(camera, tmp_path), told):
        await told.wait(FragmentWritten, 3)
        (pid,) = ffmpegs()
        os.kill(pid, signal.SIGKILL)
        await told.wait(RunStarted, 2)
    ended = told.all(RunEnded)[0]
    assert (ended.reason.key, ended.reason.params) == ("ffmpeg_failed", {"status": "-9"})
    assert len(samples_of(files_of(told, tmp_path)[0])) >= 10


@pytest.mark.provokes("engine_changed")
async def test_a_reason_makes_ffmpeg_take_over_and_is_remembered(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(self: Session, sink: object) -> None:
        raise fault("codec_unknown", codec="exotic")

    monkeypatch.setattr(Session, "play", cannot)
    known = Memory(engine="native", transport="tcp")
    async with Recording(by_ffmpeg(camera, tmp_path, engine="auto", memory=known), told):
        started = await told.wait(RunStarted)
    assert started.engine == "ffmpeg"
    assert told.all(Failed)[0].reason.key == "codec_unknown"
    memory = told.all(Learned)[0].memory
    assert (memory.engine, memory.transport) == ("ffmpeg", "tcp")
    assert memory.reason is not None
    assert memory.reason.key == "codec_unknown"
    assert told.all(Noticed)[0].reason.key == "engine_changed"


@pytest.mark.provokes("ffmpeg_missing")
async def test_no_ffmpeg_is_said_so(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (tmp_path / "none", tmp_path / "broken"):
        monkeypatch.setenv(PATH_VARIABLE, str(wrong))
        (tmp_path / "broken").write_text("not a program")
        (tmp_path / "broken").chmod(0o755)
        count = len(told.all(Failed))
        async with Recording(by_ffmpeg(camera, tmp_path), told):
            failed = await told.wait(Failed, count + 1)
        assert failed.reason.key == "ffmpeg_missing"
