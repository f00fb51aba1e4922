"""Reads back what was recorded, with ffmpeg as the judge and the cameras' own stamps as proof."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg

from sereno.base.clock import from_us
from sereno.base.spans import Span
from sereno.sim import SeiStamp, read_sei

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
_START_CODE = re.compile(rb"\x00\x00\x00?\x01")
FPS = 25


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


def span_of(run: list[SeiStamp]) -> Span:
    """From the first frame to the end of the last, in the camera's own time."""
    frame_us = 1_000_000 // FPS
    return Span(from_us(run[0].utc_us), from_us(run[-1].utc_us + frame_us))
