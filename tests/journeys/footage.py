"""Reads back what was recorded, with ffmpeg as the judge and the cameras' own stamps as proof."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import imageio_ffmpeg

from sereno.base.clock import from_us
from sereno.base.errors import Garbled
from sereno.base.spans import Span
from sereno.media.fmp4.reader import SegmentContents, read_segment
from sereno.sim import SeiStamp, read_sei

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
_START_CODE = re.compile(rb"\x00\x00\x00?\x01")


def stamps_of(data: bytes) -> list[SeiStamp]:
    """The stamps of all frames in an MP4, in order. Fails when ffmpeg has any complaint."""
    read = [FFMPEG, "-nostdin", "-v", "warning", "-f", "mp4", "-i", "pipe:0"]
    write = ["-map", "0:v", "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "h264", "pipe:1"]
    done = subprocess.run([*read, *write], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert not done.stderr, done.stderr.decode()
    stamps = (read_sei(nal) for nal in _START_CODE.split(done.stdout))
    return [stamp for stamp in stamps if stamp is not None]


def whole_fragments(data: bytes) -> bytes:
    """An MP4 up to its last whole `mdat`: a file may be read while it is being written."""
    at = end = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size < 8 or at + size > len(data):
            break
        at += size
        end = at if kind == b"mdat" else end
    return data[:end]


def files_of(footage: Path, camera_id: str) -> list[Path]:
    return sorted((footage / camera_id / "main").rglob("*.mp4"))


def recorded(footage: Path, camera_id: str) -> list[SeiStamp]:
    """The stamps of every frame that lies on disk for one camera, in whole fragments."""
    contents = (whole_fragments(file.read_bytes()) for file in files_of(footage, camera_id))
    return [stamp for content in contents if content for stamp in stamps_of(content)]


def runs_of(stamps: list[SeiStamp]) -> list[list[SeiStamp]]:
    """The stamps cut wherever a frame number is missing."""
    runs: list[list[SeiStamp]] = [stamps[:1]] if stamps else []
    for before, after in pairwise(stamps):
        if after.frame_number != before.frame_number + 1:
            runs.append([])
        runs[-1].append(after)
    return runs


@dataclass(frozen=True)
class Run:
    """One run as the files tell it."""

    span: Span
    files: tuple[Path, ...]


def _as_told(us: int) -> datetime:
    """The moment as the API tells it, which is to the millisecond."""
    return from_us(us - us % 1000)


def runs_on_disk(footage: Path, camera_id: str) -> list[Run]:
    """What the heads and fragments of the files say, oldest first."""
    by_run: dict[UUID, list[tuple[Path, SegmentContents]]] = defaultdict(list)
    for file in files_of(footage, camera_id):
        try:
            contents = read_segment(file)
        except Garbled:
            continue  # it is being begun; of what stays so the box tells by itself
        if len(contents.index):
            by_run[contents.header.run_id].append((file, contents))
    runs = []
    for parts in by_run.values():
        start_us = min(contents.start_us for _, contents in parts)
        end_us = max(contents.end_us for _, contents in parts)
        span = Span(_as_told(start_us), _as_told(end_us))
        runs.append(Run(span, tuple(file for file, _ in parts)))
    return sorted(runs, key=lambda run: run.span.start)


def assert_frames_are_complete(run: Run) -> None:
    """Within a run no picture is missing, and ffmpeg has no complaint about any file."""
    stamps = [
        stamp for file in run.files for stamp in stamps_of(whole_fragments(file.read_bytes()))
    ]
    numbers = [stamp.frame_number for stamp in stamps]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
