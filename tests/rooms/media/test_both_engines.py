"""Each engine is the other's oracle: the same stream, recorded by both at once."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import FragmentWritten, RunStarted, Start, StreamTask
from sereno.media.fmp4.boxes import Box, reader_of, walk
from sereno.media.fmp4.reader import parse_moof
from sereno.media.runner import Runner
from sereno.sim import Picture, SimConfig, SimServer, demo_cameras

from .camera import PASSWORD, USER, Told, ffmpeg_says
from .encoded import ffmpeg
from .recording import files_of

SMALL = Picture(160, 90, 100_000)


def recorded(path: Path) -> tuple[list[tuple[bytes, int]], list[bytes]]:
    """Pictures with the time at which they are shown, and access units of sound."""
    data = path.read_bytes()
    pictures: list[tuple[bytes, int]] = []
    sounds: list[bytes] = []
    moof = Box(b"", 0, 0, 0)
    for found in walk(reader_of(data), 0, len(data)):
        if found.kind == b"moof":
            moof = found
        if found.kind == b"mdat":
            video, sound = parse_moof(data[moof.body : moof.end])
            at, time = found.body, video.decode_time
            offsets = video.offsets or [0] * len(video.sizes)
            for size, duration, offset in zip(video.sizes, video.durations, offsets, strict=True):
                pictures.append((data[at : at + size], time + offset))
                at, time = at + size, time + duration
            for size in sound.sizes if sound else ():
                sounds.append(data[at : at + size])
                at += size
    return pictures, sounds


def common(ours: list[bytes], theirs: list[bytes]) -> slice:
    """Where the later of two recordings of one stream begins in ours, as far as both reach."""
    start = ours.index(theirs[0])
    return slice(start, min(len(ours), start + len(theirs)))


def decoded(path: Path) -> list[bytes]:
    """A hash of each picture, in the order in which they are shown."""
    said = ffmpeg("-i", str(path), "-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-")
    return re.findall(rb"[0-9a-f]{32}", said)


async def record_both(camera_changes: dict[str, object], tmp_path: Path) -> dict[str, Told]:
    config = SimConfig(
        cache_dir=tmp_path / "cache", cameras=demo_cameras(1, **camera_changes), user=USER,
        password=PASSWORD, main=SMALL, sub=SMALL, loop_seconds=10, key_seconds=0.4,
    )  # fmt: skip
    heard = {"ffmpeg": Told(), "native": Told()}
    async with SimServer(config) as server:
        runners = {}
        for engine, told in heard.items():
            runners[engine] = Runner(told, SystemClock())
            task = {
                "camera_id": uuid4(), "stream": "main", "address": server.address(1),
                "username": USER, "password": PASSWORD, "engine": engine,
                "footage_dir": str(tmp_path),
            }  # fmt: skip
            runners[engine].obey(Start(task=StreamTask.model_validate(task)))
            # ffmpeg takes its time to begin; what native records first then lies in the middle.
            await told.wait(RunStarted)
        await asyncio.gather(
            heard["native"].wait(FragmentWritten, 10), heard["ffmpeg"].wait(FragmentWritten, 15)
        )
        await asyncio.gather(*(runner.close() for runner in runners.values()))
    return heard


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"codec": "h265"},
        {"b_frames": 2},
        {"b_frames": 2, "has_open_gops": True},
        {"codec": "h265", "b_frames": 2},
        {"sound": "aac"},
        {"sound": "pcma"},
        {"sound": "pcmu"},
    ],
    ids=str,
)
async def test_the_same_frames(changes: dict[str, object], tmp_path: Path) -> None:
    heard = await record_both(changes, tmp_path)
    paths = {engine: files_of(told, tmp_path)[0] for engine, told in heard.items()}
    ours, our_sound = recorded(paths["ffmpeg"])
    theirs, their_sound = recorded(paths["native"])

    where = common([data for data, _ in ours], [data for data, _ in theirs])
    assert where.stop - where.start > 10
    both = list(zip(ours[where], theirs, strict=False))
    assert [one[0] for one, _ in both] == [other[0] for _, other in both]
    assert len({one[1] - other[1] for one, other in both}) == 1  # shown at the same times

    hashes, other_hashes = decoded(paths["ffmpeg"]), decoded(paths["native"])
    place = hashes.index(other_hashes[0])
    count = min(len(hashes) - place, len(other_hashes)) - 4  # the last of a GOP may lack its rest
    assert count > 5
    assert hashes[place : place + count] == other_hashes[:count]

    started = {engine: told.all(RunStarted)[0] for engine, told in heard.items()}
    assert started["ffmpeg"].codec == started["native"].codec
    assert started["ffmpeg"].sound == started["native"].sound
    assert bool(our_sound) == bool(their_sound) == ("sound" in changes)
    if changes.get("sound") == "aac":
        spot = common(our_sound, their_sound[2:])
        assert our_sound[spot] == their_sound[2 : 2 + spot.stop - spot.start]
    for path in paths.values():
        # What a picture at the seam of open GOPs unmarks came before the file's first.
        borne = "mmco: unref" if "has_open_gops" in changes else None
        complaints = ffmpeg_says(path)[2].splitlines()
        assert not [each for each in complaints if borne is None or borne not in each]
