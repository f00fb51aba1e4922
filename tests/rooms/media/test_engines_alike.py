"""One contract, two engines: what holds for a stream, whoever plays it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock, to_us
from sereno.media.contract import (
    Connecting,
    Failed,
    FfmpegStarted,
    FragmentWritten,
    Learned,
    RunEnded,
    RunStarted,
    SegmentOpened,
    SegmentSealed,
    StreamTask,
)
from sereno.media.fmp4.reader import read_segment
from sereno.media.fmp4.writer import ntp_time
from sereno.media.rtsp.clear_text import HOSTS_VARIABLE
from sereno.media.rtsp.session import Patience
from sereno.media.runner import Runner

from .camera import FRAME_TICKS, USER, Camera, RtpSender, Told, Video, ffmpeg_says, interleaved
from .odd_camera import OddCamera
from .recording import files_of, let_tries_follow_at_once, recording, samples_of

PATIENCE = Patience(connect_seconds=30, reply_seconds=30, silence_seconds=30)
Record = Callable[[StreamTask, Told], AbstractAsyncContextManager[Runner]]
IMPATIENT = replace(PATIENCE, reply_seconds=1, silence_seconds=2)
record: Record = partial(recording, patience=PATIENCE)


@dataclass(frozen=True)
class Engine:
    """`hears_reports`: it knows when the camera says that a picture was taken. `keeps_remains`: of
    a picture that lost packets, it hands on what is left."""

    name: str
    hears_reports: bool = True
    keeps_remains: bool = False


@pytest.fixture(
    params=[Engine("native"), Engine("ffmpeg", hears_reports=False, keeps_remains=True)],
    ids=lambda engine: engine.name,
)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture
def order(engine: Engine, camera: Camera, tmp_path: Path) -> Callable[..., StreamTask]:
    """The task to record the camera by this engine."""
    camera.frame_seconds = 0.02
    return partial(camera.task, tmp_path, engine=engine.name, records_sound=False)


Order = Callable[..., StreamTask]


async def failure_of(task: StreamTask, told: Told, patience: Patience = PATIENCE) -> Failed:
    async with recording(task, told, patience):
        return await told.wait(Failed)


@pytest.mark.parametrize("qop", ['qop="auth", ', ""])
async def test_what_the_camera_sent_is_what_the_files_hold(
    camera: Camera, order: Order, engine: Engine, told: Told, tmp_path: Path, qop: str
) -> None:
    camera.digest, camera.qop = "MD5", qop
    async with record(order(), told):
        await told.wait(FragmentWritten, 8)
    path = files_of(told, tmp_path)[0]
    samples = samples_of(path)
    laps = [camera.video.sample(n % 40) for n in range(len(samples) + 40)]
    assert any(samples == laps[n : n + len(samples)] for n in range(40))
    started = told.all(RunStarted)[0]
    assert (started.engine, started.transport, started.clock) == (engine.name, "tcp", "arrival")
    assert (started.width, started.height, started.sound) == (128, 96, "")
    assert started.codec == f"avc1.{camera.video.sps[1:4].hex()}"
    assert ffmpeg_says(path) == (len(samples), pytest.approx(len(samples) / 25), "")
    assert told.all(RunEnded)[0].reason.key == "stopped"
    assert told.all(SegmentSealed)[0].size_bytes == path.stat().st_size
    memory = told.all(Learned)[0].memory
    assert (memory.engine, memory.transport) == (engine.name, "tcp")


@pytest.mark.parametrize(
    ("method", "status", "key", "params", "is_tried_again"),
    [
        ("DESCRIBE", "403 Forbidden", "forbidden", {}, False),
        ("DESCRIBE", "404 Not Found", "no_such_stream", {}, True),
        ("SETUP", "461 Unsupported Transport", "transport_refused", {}, True),
        ("PLAY", "453 Not Enough Bandwidth", "session_limit", {"status": "453"}, True),
        ("DESCRIBE", "503 Service Unavailable", "device_busy", {"status": "503"}, True),
        ("SETUP", "500 Internal Error", "device_error", {"status": "500"}, True),
    ],
)
async def test_a_refusal_is_told_in_our_words(
    camera: Camera, order: Order, told: Told, method: str, status: str, key: str,
    params: dict[str, str], is_tried_again: bool,
) -> None:  # fmt: skip
    camera.answers[method] = f"RTSP/1.0 {status}\r\nCSeq: {{cseq}}\r\n\r\n"
    failed = await failure_of(order(), told)
    assert failed.reason.key == key
    assert failed.reason.params.items() >= params.items()
    assert (failed.next_try_us is not None) is is_tried_again
    assert "s3cret" not in failed.reason.raw
    kinds = [type(each) for each in told.events if not isinstance(each, FfmpegStarted)]
    assert kinds == [Connecting, Failed]


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "", "password": ""}])
async def test_a_wrong_password_is_tried_once_and_never_again(
    camera: Camera, order: Order, told: Told, changes: dict[str, str]
) -> None:
    camera.digest = "MD5"
    failed = await failure_of(order(**changes), told)
    assert (failed.reason.key, failed.next_try_us) == ("unauthorized", None)
    tries = sum("Authorization:" in head for head in camera.heads)
    assert tries == ("username" not in changes)


@pytest.mark.parametrize("is_allowed", [False, True])
async def test_a_password_in_clear_text_needs_leave(
    camera: Camera, order: Order, told: Told, monkeypatch: pytest.MonkeyPatch, is_allowed: bool
) -> None:
    camera.answers["DESCRIBE"] = (
        'RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'
    )
    monkeypatch.setenv(HOSTS_VARIABLE, "other, 127.0.0.1" if is_allowed else "other")
    failed = await failure_of(order(), told)
    assert failed.reason.key == ("unauthorized" if is_allowed else "auth_unsafe")
    assert failed.next_try_us is None
    assert any("Authorization: Basic" in head for head in camera.heads) is is_allowed


async def test_an_unknown_name(order: Order, told: Told) -> None:
    failed = await failure_of(order(address="rtsp://no-such-camera.invalid/1"), told)
    assert failed.reason.key == "name_unknown"
    assert failed.reason.params == {"host": "no-such-camera.invalid"}


@pytest.mark.parametrize("username", [USER, ""])
async def test_a_closed_port(order: Order, told: Told, username: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        address = f"rtsp://127.0.0.1:{port}/1"
        failed = await failure_of(order(address=address, username=username), told)
    assert failed.reason.key == "refused"
    assert failed.reason.params == {"host": "127.0.0.1", "port": str(port)}


@pytest.mark.parametrize("username", [USER, ""])
async def test_a_silent_device(camera: Camera, order: Order, told: Told, username: str) -> None:
    camera.answers["OPTIONS"] = ""
    failed = await failure_of(order(username=username), told, IMPATIENT)
    assert failed.reason.key == "no_answer"
    assert failed.reason.params == {"host": "127.0.0.1", "seconds": "1"}


@pytest.mark.parametrize(("hangs_up", "key"), [(True, "camera_closed"), (False, "no_picture")])
async def test_a_stream_that_ends_tells_why_and_is_taken_up_again(
    camera: Camera, order: Order, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    hangs_up: bool, key: str,
) -> None:  # fmt: skip
    let_tries_follow_at_once(monkeypatch)

    async def one_lap(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        for picture in camera.video.pictures:
            await asyncio.sleep(0.02)
            yield b"".join(interleaved(2, packet) for packet in sender.packets(picture))
        if not hangs_up:
            await asyncio.Event().wait()

    camera.script = one_lap
    async with recording(order(), told, PATIENCE if hangs_up else IMPATIENT):
        await told.wait(RunStarted, 2)
    passing = (FfmpegStarted, FragmentWritten, Learned)
    assert [type(each) for each in told.events if not isinstance(each, passing)][:7] == [
        Connecting, RunStarted, SegmentOpened, SegmentSealed, RunEnded, Failed, Connecting,
    ]  # fmt: skip
    assert told.all(Failed)[0].reason.key == key
    assert told.all(RunEnded)[0].reason.key == key
    samples = samples_of(files_of(told, tmp_path)[0])
    assert samples == [camera.video.sample(n) for n in range(len(samples))]
    assert len(samples) >= 35


def laps(
    *videos: Video, jump: int = 0
) -> Callable[[Camera, asyncio.StreamWriter], AsyncIterator[bytes]]:
    """One lap of each, sets in band; RTP times jump between them."""

    async def play(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        for video in videos:
            for place, picture in enumerate(video.pictures):
                await asyncio.sleep(0.02)
                sets = [b"\x09\x10", video.sps, video.pps] if video.is_key(place) else []
                nals = [*sets, *picture]
                yield b"".join(interleaved(2, packet) for packet in sender.packets(nals))
            sender.rtp_time += jump
        await asyncio.Event().wait()

    return play


async def test_parameter_sets_may_come_in_band_alone(
    camera: Camera, order: Order, told: Told, tmp_path: Path
) -> None:
    camera.has_sprop, camera.script = False, laps(camera.video, camera.video)
    async with record(order(), told):
        await told.wait(FragmentWritten, 7)
    samples = samples_of(files_of(told, tmp_path)[0])
    assert samples == [camera.video.sample(n % 40) for n in range(len(samples))]


async def test_a_new_format_is_a_new_run_and_no_picture_is_lost(
    camera: Camera, order: Order, told: Told, tmp_path: Path, other_video: Video
) -> None:
    camera.script = laps(camera.video, other_video)
    async with record(order(), told):
        await told.wait(FragmentWritten, 12)
    assert told.all(RunEnded)[0].reason.key == "format_changed"
    assert [each.width for each in told.all(RunStarted)] == [128, 160]
    first, second = files_of(told, tmp_path)
    assert samples_of(first) == [camera.video.sample(n) for n in range(40)]
    samples = samples_of(second)
    assert samples == [other_video.sample(n) for n in range(len(samples))]
    assert len(samples) >= 10
    assert ffmpeg_says(second)[2] == ""


async def test_the_camera_s_own_clock_is_used_where_it_is_heard(
    camera: Camera, order: Order, engine: Engine, told: Told, tmp_path: Path
) -> None:
    said: list[int] = []

    async def with_report(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        said.append(to_us(SystemClock().now()) - 700_000)
        yield interleaved(
            3,
            bytes.fromhex("80c80006 00000007")
            + ntp_time(said[0]).to_bytes(8, "big")
            + sender.rtp_time.to_bytes(4, "big")
            + bytes(8),
        )
        async for data in camera.loop(writer):
            yield data

    camera.script, camera.frame_seconds = with_report, 0.04
    async with record(order(), told):
        await told.wait(FragmentWritten)
    started = told.all(RunStarted)[0]
    assert started.clock == ("rtcp" if engine.hears_reports else "arrival")
    assert read_segment(files_of(told, tmp_path)[0]).header.clock == started.clock
    late_us = started.at_us - said[0]
    assert (late_us == 0) if engine.hears_reports else (late_us > 600_000)


async def test_a_loss_is_marked_on_what_it_may_have_damaged(
    camera: Camera, order: Order, engine: Engine, told: Told, tmp_path: Path
) -> None:
    async def with_a_hole(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        for place, picture in enumerate(camera.video.pictures):
            await asyncio.sleep(0.02)
            packets = sender.packets(picture)
            yield b"".join(interleaved(2, each) for each in packets[place == 13 :])
        await asyncio.Event().wait()

    camera.script = with_a_hole
    async with record(order(), told):
        await told.wait(FragmentWritten, 5)
    assert len(told.all(RunStarted)) == 1
    marks = {each.start_ticks // FRAME_TICKS: each.is_damaged for each in told.all(FragmentWritten)}
    assert not marks[0]
    assert marks[10]
    assert marks[15]
    usual = [camera.video.sample(place) for place in range(40)]
    samples = samples_of(files_of(told, tmp_path)[0])
    remains = [sample for sample in samples if sample not in usual]
    assert len(remains) == engine.keeps_remains
    assert usual[13] not in samples


async def test_datagrams_out_of_order_are_put_in_order(
    odd: OddCamera, engine: Engine, told: Told, tmp_path: Path
) -> None:
    odd.transports, odd.frame_seconds, odd.disorder = ("udp",), 0.02, lambda sent: sent[::-1]
    task = odd.task(tmp_path, engine=engine.name, transport="udp", records_sound=False)
    async with record(task, told):
        await told.wait(FragmentWritten, 5)
    assert told.all(RunStarted)[0].transport == "udp"
    samples = samples_of(files_of(told, tmp_path)[0])
    assert set(samples) <= {odd.video.sample(place) for place in range(40)}
    assert not any(each.is_damaged for each in told.all(FragmentWritten))
