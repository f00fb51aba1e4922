"""Sound and picture of one recording belong to the same instants."""

from __future__ import annotations

import array
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import FragmentWritten, Start, StreamTask
from sereno.media.runner import Runner
from sereno.sim import Picture, SimConfig, SimServer, demo_cameras, read_sei

from .camera import Told
from .encoded import ffmpeg
from .recording import files_of
from .test_both_engines import recorded

SMALL = Picture(160, 90, 100_000)
RATE = 16_000
FRAME_SECONDS = 0.04
ARRIVAL_SECONDS = 0.3
"""ffmpeg tells no sender reports, so its sound goes by arrival: one access unit of AAC at 8 kHz
(128 ms) at best, and by how much later a busy machine sent or read the first one."""
QUIET_SAMPLES = RATE // 10
SETTLED_SECONDS = 0.5
"""By then every engine hears the sound, whenever it began to."""


def first_stamp(sample: bytes) -> float:
    """When the camera took a picture, in seconds since 1970, as its own stamp says."""
    at = 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        if (stamp := read_sei(sample[at + 4 : at + 4 + size])) is not None:
            return stamp.utc_us / 1e6
        at += 4 + size
    raise AssertionError("no stamp in the first picture")


def first_beep(path: Path, from_seconds: float) -> float:
    """Seconds of media time at which a beep begins that was not already heard at `from_seconds`."""
    filters = f"aresample={RATE}:async=1:first_pts=0"
    raw = ffmpeg("-i", str(path), "-map", "0:a", "-af", filters, "-f", "s16le", "-")
    is_loud = [abs(sample) > 4000 for sample in array.array("h", raw)]
    place = round(from_seconds * RATE)
    while any(is_loud[place : place + QUIET_SAMPLES]):
        place += QUIET_SAMPLES
    return is_loud.index(True, place) / RATE


async def seconds_off(sound: str, engine: str, folder: Path) -> float:
    """How far from the full second, at which it was seen, a beep of one recording is heard."""
    config = SimConfig(
        cache_dir=folder / "cache", cameras=demo_cameras(1, sound=sound), user=None,
        main=SMALL, sub=SMALL, loop_seconds=10, key_seconds=0.4,
    )  # fmt: skip
    told, footage = Told(), folder / uuid4().hex
    async with SimServer(config) as server:
        runner = Runner(told, SystemClock())
        task = {
            "camera_id": uuid4(), "stream": "main", "address": server.address(1),
            "engine": engine, "footage_dir": str(footage),
        }  # fmt: skip
        runner.obey(Start(task=StreamTask.model_validate(task)))
        await told.wait(FragmentWritten, 12)
        await runner.close()
    path = files_of(told, footage)[0]
    pictures, _ = recorded(path)
    seen = first_stamp(pictures[0][0]) - pictures[0][1] / 90_000
    beep = seen + first_beep(path, SETTLED_SECONDS)
    return abs(beep - round(beep))


@pytest.mark.parametrize(
    ("engine", "error", "tries"), [("native", FRAME_SECONDS, 1), ("ffmpeg", ARRIVAL_SECONDS, 3)]
)
@pytest.mark.parametrize("sound", ["aac", "pcma"])
async def test_a_beep_is_heard_when_it_was_seen(
    sound: str, engine: str, error: float, tries: int, tmp_path: Path
) -> None:
    """Where sound goes by arrival, in one of a few recordings: no machine is held up each time."""
    read: list[float] = []
    while len(read) < tries and not any(each <= error for each in read):
        read.append(await seconds_off(sound, engine, tmp_path))
    assert min(read) <= error, read
