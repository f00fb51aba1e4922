"""The native engine records from a server that nobody here wrote."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import imageio_ffmpeg
import pytest
from pydantic import TypeAdapter

from sereno.media.contract import (
    Event,
    Failed,
    FragmentWritten,
    RunStarted,
    SegmentOpened,
    StreamTask,
)
from sereno.media.runner import record_one

from .conftest import PASSWORD, USER, GstreamerServer

E = TypeVar("E")
EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
PATIENCE_SECONDS = 90.0
FRAGMENTS = 10


class Told:
    """Events as they come, and when there are enough of them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_enough = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.events.append(EVENTS.validate_json(line))
        if self.all(Failed) or len(self.all(FragmentWritten)) >= FRAGMENTS:
            self.is_enough.set()

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def one(self, kind: type[E]) -> E:
        assert self.all(kind), self.events
        return self.all(kind)[0]


async def record(address: str, footage: Path, **options: Any) -> Told:
    """Some fragments, or a failure, and what was told meanwhile."""
    task = StreamTask.model_validate(
        {
            "camera_id": uuid4(),
            "stream": "main",
            "address": address,
            "username": USER,
            "password": PASSWORD,
            "engine": "native",
            "footage_dir": str(footage),
            **options,
        }
    )
    told = Told()
    recording = asyncio.create_task(record_one(task, None, told))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await told.is_enough.wait()
    finally:
        recording.cancel()
        await asyncio.gather(recording, return_exceptions=True)
    return told


def ffmpeg_says(path: Path) -> tuple[int, int, str]:
    """Pictures, units of sound, and complaints of ffmpeg that decodes a file."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    done = subprocess.run(
        [
            *(ffmpeg, "-nostdin", "-v", "warning", "-i", str(path), "-map", "0"),
            *("-fps_mode", "passthrough", "-f", "framecrc", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    counts = [len(re.findall(f"^{stream},", done.stdout, re.MULTILINE)) for stream in (0, 1)]
    return counts[0], counts[1], done.stderr


def check(told: Told, footage: Path, codec: str) -> RunStarted:
    """The file holds what was told, and plays without a complaint."""
    started = told.one(RunStarted)
    assert started.codec.startswith({"h264": "avc1.", "h265": "hvc1."}[codec])
    assert (started.width, started.height) == (320, 180)
    pictures, units, complaints = ffmpeg_says(footage / told.one(SegmentOpened).path)
    assert complaints == ""
    assert pictures >= FRAGMENTS * 4
    assert bool(units) == bool(started.sound)
    return started


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_pictures_by_every_transport(
    gstreamer: GstreamerServer, tmp_path: Path, codec: str, transport: str
) -> None:
    told = await record(gstreamer.address(f"{codec}-none"), tmp_path, transport=transport)
    assert check(told, tmp_path, codec).transport == transport


@pytest.mark.parametrize("codec", ["h264", "h265"])
async def test_pictures_by_multicast(
    gstreamer_elsewhere: GstreamerServer, tmp_path: Path, codec: str
) -> None:
    address = gstreamer_elsewhere.address(f"{codec}-none")
    told = await record(address, tmp_path, transport="multicast")
    assert check(told, tmp_path, codec).transport == "multicast"


async def test_pictures_out_of_order(gstreamer: GstreamerServer, tmp_path: Path) -> None:
    told = await record(gstreamer.address("h264-b-none"), tmp_path)
    check(told, tmp_path, "h264")


@pytest.mark.parametrize("sound", ["aac", "pcma", "pcmu"])
async def test_pictures_with_sound(gstreamer: GstreamerServer, tmp_path: Path, sound: str) -> None:
    told = await record(gstreamer.address(f"h264-{sound}"), tmp_path)
    assert check(told, tmp_path, "h264").sound.startswith("mp4a.40.")


async def test_a_wrong_password_is_refused_once(gstreamer: GstreamerServer, tmp_path: Path) -> None:
    told = await record(gstreamer.address("h264-none"), tmp_path, password="other")
    assert [failed.reason.key for failed in told.all(Failed)] == ["unauthorized"]
