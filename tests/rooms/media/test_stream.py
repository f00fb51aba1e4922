from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from sereno.media import measuring
from sereno.media.contract import (
    FragmentWritten,
    Measured,
    RunEnded,
    RunStarted,
    SegmentOpened,
    SegmentSealed,
    Start,
    Stop,
    Stopped,
)
from sereno.media.fmp4.reader import read_segment
from sereno.media.runner import record_one
from sereno.wire.reports import ReasonReport

from .camera import (
    CAMERA_ID,
    FRAME_TICKS,
    USER,
    Camera,
    Told,
    ffmpeg_says,
    until,
)
from .recording import files_of, recording, samples_of


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("qop", ['qop="auth", ', ""])
async def test_digest(camera: Camera, told: Told, tmp_path: Path, algorithm: str, qop: str) -> None:
    camera.digest, camera.qop = algorithm, qop
    async with recording(camera.task(tmp_path), told):
        await told.wait(FragmentWritten)
    assert camera.requests[-1] == "TEARDOWN"
    assert "Session: 77" in camera.heads[-1]
    assert f'username="{USER}"' in camera.heads[-1]


async def test_what_the_camera_sent_is_what_the_files_hold(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with recording(camera.task(tmp_path), told):
        await told.wait(FragmentWritten, 20)
    path = files_of(told, tmp_path)[0]
    samples = samples_of(path)
    assert samples == [camera.video.sample(n % 40) for n in range(len(samples))]

    started, opened = told.all(RunStarted)[0], told.all(SegmentOpened)[0]
    assert (started.width, started.height, started.transport) == (128, 96, "tcp")
    assert started.codec == f"avc1.{camera.video.sps[1:4].hex()}"
    assert opened.at_us == started.at_us
    contents = read_segment(path)
    assert [
        (each.start_ticks, each.duration_ticks, each.offset_bytes, each.size_bytes, each.is_key)
        for each in contents.index
    ] == [
        (each.start_ticks, each.duration_ticks, each.offset_bytes, each.size_bytes, each.is_key)
        for each in told.all(FragmentWritten)
    ]
    assert all(each.duration_ticks == 5 * FRAME_TICKS for each in list(contents.index)[:-1])
    ended = told.all(RunEnded)[0]
    assert ended.reason.key == "stopped"
    assert ended.at_us == contents.end_us == told.all(SegmentSealed)[0].at_us


@pytest.mark.parametrize(
    ("public", "method"), [("OPTIONS, GET_PARAMETER", "GET_PARAMETER"), ("OPTIONS", "OPTIONS")]
)
async def test_session_is_kept_alive_as_the_server_asks(
    camera: Camera, told: Told, tmp_path: Path, public: str, method: str
) -> None:
    camera.public, camera.session_timeout = public, 1
    async with recording(camera.task(tmp_path), told), asyncio.timeout(30):
        await told.wait(RunStarted)
        count = len(camera.requests)
        await until(lambda: len(camera.requests) > count)
        assert camera.requests[-1] == method
        assert "Session: 77" in camera.heads[-1]
        seen = len(told.all(FragmentWritten))
        await told.wait(FragmentWritten, seen + 2)


async def test_segments_are_cut_at_key_frames_and_form_one_run(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with recording(camera.task(tmp_path, segment_seconds=1), told):
        await told.wait(SegmentSealed, 3)
    assert len(told.all(RunStarted)) == 1
    contents = [read_segment(path) for path in files_of(told, tmp_path)]
    for one, other in pairwise(contents):
        assert one.index.end_ticks == other.index.start_ticks
        assert other.index[0].is_key
    assert [each.header.sequence for each in contents] == list(range(1, len(contents) + 1))
    sealed = told.all(SegmentSealed)
    assert [each.header.previous_sha256 for each in contents[1:]] == [
        each.sha256 for each in sealed[:-1]
    ]


async def test_what_comes_is_measured(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "MEASURE_SECONDS", 0.2)
    camera.frame_seconds = 0.01
    async with recording(camera.task(tmp_path), told):
        # While the machine is held up there may be none, or many at once.
        await told.until(lambda: any(is_plausible(each) for each in told.all(Measured)))


def is_plausible(measured: Measured) -> bool:
    return 5 < measured.fps < 110 and measured.bitrate_bps > 10_000


async def test_stop_seals_with_the_reason_given(camera: Camera, told: Told, tmp_path: Path) -> None:
    async with recording(camera.task(tmp_path), told) as runner:
        await told.wait(FragmentWritten, 3)
        reason = ReasonReport(key="node_down")
        runner.obey(Stop(camera_id=CAMERA_ID, stream="main", reason=reason))
        await told.wait(Stopped)
        ended = told.all(RunEnded)[0]
        assert ended.reason == reason
        assert isinstance(told.events[-1], Stopped)
        assert told.all(SegmentSealed)[0].size_bytes == files_of(told, tmp_path)[0].stat().st_size
        count = len(told.events)
        await asyncio.sleep(0.1)
        assert len(told.events) == count


async def test_another_order_starts_anew(camera: Camera, told: Told, tmp_path: Path) -> None:
    async with recording(camera.task(tmp_path), told) as runner:
        await told.wait(FragmentWritten, 2)
        runner.obey(Start(task=camera.task(tmp_path, next_sequence=50)))
        await told.wait(RunStarted, 2)
        opened = await told.wait(SegmentOpened, 2)
    assert told.all(RunEnded)[0].reason.key == "order_changed"
    assert opened.sequence == 50


async def test_one_stream_can_be_recorded_by_hand(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    by_hand = asyncio.create_task(record_one(camera.task(tmp_path), None, told))
    await told.wait(FragmentWritten, 3)
    by_hand.cancel()
    await asyncio.wait([by_hand])
    assert isinstance(told.events[-1], RunEnded)
    assert ffmpeg_says(files_of(told, tmp_path)[0])[2] == ""
