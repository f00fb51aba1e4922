"""Streams by way of a real ffmpeg."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.media import stream
from sereno.media.contract import (
    Failed,
    FfmpegStarted,
    FragmentWritten,
    Learned,
    Memory,
    Noticed,
    RunEnded,
    RunStarted,
    SegmentSealed,
    Start,
    StreamTask,
)
from sereno.media.faults import fault
from sereno.media.ffmpeg.program import PATH_VARIABLE
from sereno.media.rtsp.session import Patience, Session
from sereno.media.runner import Runner

from .camera import USER, Camera, RtpSender, Told, ffmpeg_says, interleaved
from .recording import files_of, samples_of

PATIENCE = Patience(connect_seconds=5, reply_seconds=1, silence_seconds=1)


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


async def test_what_the_camera_sent_is_what_the_files_hold(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    camera.digest = "MD5"
    async with Recording(by_ffmpeg(camera, tmp_path), told):
        await told.wait(FragmentWritten, 8)
    path = files_of(told, tmp_path)[0]
    samples = samples_of(path)
    laps = [camera.video.sample(n % 40) for n in range(len(samples) + 40)]
    assert any(samples == laps[n : n + len(samples)] for n in range(40))
    started = told.all(RunStarted)[0]
    assert (started.engine, started.transport, started.clock) == ("ffmpeg", "tcp", "arrival")
    assert started.codec == f"avc1.{camera.video.sps[1:4].hex()}"
    frames, _, said = ffmpeg_says(path)
    assert (frames, said) == (len(samples), "")
    assert told.all(RunEnded)[0].reason.key == "stopped"
    assert told.all(SegmentSealed)[0].size_bytes == path.stat().st_size
    assert not ffmpegs()


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


@pytest.mark.parametrize(
    ("method", "status", "key", "is_tried_again"),
    [
        ("DESCRIBE", "403 Forbidden", "forbidden", False),
        ("DESCRIBE", "404 Not Found", "no_such_stream", True),
        ("SETUP", "461 Unsupported Transport", "transport_refused", True),
        ("PLAY", "453 Not Enough Bandwidth", "device_busy", True),
        ("SETUP", "500 Internal Error", "device_error", True),
    ],
)
async def test_a_refusal_is_told_in_our_words(
    camera: Camera, told: Told, tmp_path: Path, method: str, status: str, key: str,
    is_tried_again: bool,
) -> None:  # fmt: skip
    camera.answers[method] = f"RTSP/1.0 {status}\r\nCSeq: {{cseq}}\r\n\r\n"
    async with Recording(by_ffmpeg(camera, tmp_path), told):
        failed = await told.wait(Failed)
    assert failed.reason.key == key
    assert (failed.next_try_us is not None) is is_tried_again
    assert "s3cret" not in failed.reason.raw


async def test_a_wrong_password_is_tried_once(camera: Camera, told: Told, tmp_path: Path) -> None:
    camera.digest = "MD5"
    async with Recording(by_ffmpeg(camera, tmp_path, password="wrong"), told):
        failed = await told.wait(Failed)
    assert (failed.reason.key, failed.next_try_us) == ("unauthorized", None)
    assert sum("Authorization:" in head for head in camera.heads) == 1


async def test_a_silent_device(camera: Camera, told: Told, tmp_path: Path) -> None:
    camera.answers["OPTIONS"] = ""
    async with Recording(by_ffmpeg(camera, tmp_path), told):
        failed = await told.wait(Failed)
    assert (failed.reason.key, failed.reason.params) == ("timed_out", {"host": "127.0.0.1"})


@pytest.mark.parametrize(("hangs_up", "key"), [(True, "camera_closed"), (False, "no_picture")])
async def test_a_stream_that_ends_tells_why(
    camera: Camera, told: Told, tmp_path: Path, hangs_up: bool, key: str
) -> None:
    async def one_lap(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        for picture in camera.video.pictures:
            await asyncio.sleep(0.03)
            yield b"".join(interleaved(2, packet) for packet in sender.packets(picture))
        if not hangs_up:
            await asyncio.Event().wait()

    camera.script = one_lap
    async with Recording(by_ffmpeg(camera, tmp_path), told):
        failed = await told.wait(Failed)
    assert failed.reason.key == key
    assert told.all(RunEnded)[0].reason.key == key
    assert samples_of(files_of(told, tmp_path)[0])[0] == camera.video.sample(0)


async def test_a_killed_ffmpeg_is_replaced(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BACKOFF_SECONDS", (0.01, 0.02))
    async with Recording(by_ffmpeg(camera, tmp_path), told):
        await told.wait(FragmentWritten, 3)
        (pid,) = ffmpegs()
        os.kill(pid, signal.SIGKILL)
        await told.wait(RunStarted, 2)
    ended = told.all(RunEnded)[0]
    assert (ended.reason.key, ended.reason.params) == ("ffmpeg_failed", {"status": "-9"})
    assert len(samples_of(files_of(told, tmp_path)[0])) >= 10


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
