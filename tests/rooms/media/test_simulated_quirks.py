"""The native engine records through the manners of servers that cost no picture."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

from sereno.media.contract import Failed, FragmentWritten, RunStarted, SegmentOpened, StreamTask
from sereno.media.runner import record_one
from sereno.sim import CameraSpec, Picture, SeiStamp, SimConfig, SimServer, read_sei

from .camera import Told, ffmpeg_says
from .recording import samples_of

HARMLESS = [
    "wrong-content-base", "no-content-base", "absolute-control", "relative-control",
    "query-control", "sets-in-band-only", "sets-out-of-band-only", "two-video-tracks",
    "backchannel-track", "metadata-track", "odd-session-timeout", "session-timeout-zero",
    "no-session-timeout", "missing-cseq", "lowercase-headers", "no-get-parameter",
    "options-refused", "tcp-only", "udp-only", "redirect", "aggregate-refused",
    "reply-between-frames", "cached-gop", "stap-a", "marker-every-slice", "no-marker",
    "slow-first-key=1", "rtp-wrap=1", "drift", "no-rtcp", "sr-wrong-decade", "sr-offset",
    "duplicate", "jitter", "garbage",
]  # fmt: skip
FRAGMENTS = 10


def numbers_in(path: Path) -> list[int]:
    """The frame numbers in a file's pictures."""
    return [number_of(sample).frame_number for sample in samples_of(path)]


def number_of(sample: bytes) -> SeiStamp:
    at = 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        if (stamp := read_sei(sample[at + 4 : at + 4 + size])) is not None:
            return stamp
        at += 4 + size
    raise AssertionError("a picture without a stamp")


def task_of(server: SimServer, number: int, footage: Path) -> StreamTask:
    return StreamTask.model_validate(
        {
            "camera_id": uuid4(),
            "stream": "main",
            "address": server.address(number),
            "engine": "native",
            "footage_dir": str(footage),
        }
    )


async def record(server: SimServer, number: int, footage: Path) -> Told:
    told = Told()
    recording = asyncio.create_task(record_one(task_of(server, number, footage), None, told))
    try:
        await told.until(
            lambda: bool(told.all(Failed)) or len(told.all(FragmentWritten)) >= FRAGMENTS
        )
    finally:
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)
    return told


async def test_a_session_that_is_sent_elsewhere_goes_on_there_at_once(tmp_path: Path) -> None:
    camera = CameraSpec("moves", "entrance", quirks=frozenset({"redirect-later=1"}))
    config = SimConfig(
        cache_dir=tmp_path / "cache", cameras=(camera,), main=Picture(160, 90, 100_000),
        sub=Picture(160, 90, 100_000), loop_seconds=2, key_seconds=0.4,
    )  # fmt: skip
    told = Told()
    async with SimServer(config) as server:
        recording = asyncio.create_task(record_one(task_of(server, 1, tmp_path), None, told))
        await told.until(lambda: len(told.all(RunStarted)) == 2)
        (session,) = server.camera(1).sessions
        assert "/moved/" in session._address()
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)
    (failed,) = told.all(Failed)
    assert (failed.reason.key, failed.reason.params) == ("session_ended", {"status": "REDIRECT"})
    assert failed.next_try_us is not None
    assert failed.next_try_us <= failed.at_us


async def test_odd_manners_cost_no_picture(tmp_path: Path) -> None:
    config = SimConfig(
        cache_dir=tmp_path / "cache",
        cameras=tuple(
            CameraSpec(quirk, "entrance", quirks=frozenset({quirk})) for quirk in HARMLESS
        ),
        main=Picture(160, 90, 100_000),
        sub=Picture(160, 90, 100_000),
        loop_seconds=2,
        key_seconds=0.4,
    )
    async with SimServer(config) as server:
        everything = await asyncio.gather(
            *(record(server, place + 1, tmp_path / str(place)) for place in range(len(HARMLESS)))
        )
    for place, (quirk, told) in enumerate(zip(HARMLESS, everything, strict=True)):
        assert told.all(Failed) == [], quirk
        assert len(told.all(RunStarted)) == 1, quirk
        numbers = []
        for opened in told.all(SegmentOpened):
            path = tmp_path / str(place) / opened.path
            assert ffmpeg_says(path)[2] == "", quirk
            numbers += numbers_in(path)
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), quirk
        assert len(numbers) > 4 * FRAGMENTS, quirk
