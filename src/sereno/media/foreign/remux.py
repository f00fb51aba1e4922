"""Footage into MP4 without encoding pictures anew, by an ffmpeg of its own.

Memory stays small whatever the size: ffmpeg reads from the file and writes to one. Its result
appears under its name only when it is whole, checked and on the disk.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sereno.base.errors import Garbled
from sereno.media.faults import StreamFault, fault
from sereno.media.ffmpeg.process import FfmpegProcess
from sereno.media.ffmpeg.program import ffmpeg_path
from sereno.media.foreign.inspection import Tracks, input_arguments, inspect
from sereno.media.foreign.movie_facts import MovieFacts, read_movie_facts
from sereno.media.foreign.sniff import HEAD_BYTES, Sniffed, sniff

_NICE = 5  # never in the way of whatever records
_NO_SPACE = "No space left on device"
_HEVC = "hevc"
_AAC_BITS_PER_SECOND = 64_000


class Remuxing(NamedTuple):
    """How far it is: seconds of footage, and bytes written."""

    seconds: float
    size_bytes: int


OnRemuxing = Callable[[Remuxing], None]


def sniff_file(path: Path) -> Sniffed:
    """Tell what a file holds. Raises OSError."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))


async def remux(
    source: Path,
    target: Path,
    on_progress: OnRemuxing | None = None,
    accept: Callable[[MovieFacts], None] | None = None,
) -> MovieFacts:
    """Put the footage of `source` into an MP4 at `target`, with AAC for any other sound.

    Sound that cannot be decoded is left out. `accept` may raise, before the movie has its name and
    takes the place of another. Cancelled, it leaves nothing behind. Raises StreamFault
    (`footage_unreadable`, `disk_full`, `ffmpeg_missing`) and OSError.
    """
    sniffed = await asyncio.to_thread(sniff_file, source)
    if not sniffed.is_footage:
        raise fault("footage_unreadable", f"it is {sniffed.form}")
    part = target.with_name(f"{target.name}.part")
    tracks = await inspect(source, sniffed)
    reading = input_arguments(source, sniffed)
    try:
        try:
            await run_ffmpeg((*reading, *_output(tracks, part)), on_progress)
        except StreamFault as error:
            if tracks.sound is None or error.reason.key != "footage_unreadable":
                raise
            silent = Tracks(tracks.video, tracks.video_codec)
            await run_ffmpeg((*reading, *_output(silent, part)), on_progress)
        return await finished(part, target, accept)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


async def finished(
    part: Path, target: Path, accept: Callable[[MovieFacts], None] | None
) -> MovieFacts:
    """A written movie is looked at, and gets its name. Raises StreamFault, OSError, and whatever
    `accept` does."""
    facts = await asyncio.to_thread(_checked, part)
    if accept is not None:
        accept(facts)
    await asyncio.to_thread(settle, part, target)
    return facts


def settle(part: Path, target: Path) -> None:
    """Give a finished file its name, for good: the disk has it when this returns. Raises OSError.

    Whatever stood there before is replaced.
    """
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _output(tracks: Tracks, part: Path) -> tuple[str, ...]:
    arguments = ["-map", f"0:{tracks.video}", "-c:v", "copy"]
    if tracks.video_codec == _HEVC:
        arguments += ["-tag:v", "hvc1"]  # players of Apple take no other
    if tracks.sound is not None:
        arguments += ["-map", f"0:{tracks.sound}", "-c:a"]
        is_aac = tracks.sound_codec == "aac"
        arguments += ["copy"] if is_aac else ["aac", "-b:a", str(_AAC_BITS_PER_SECOND)]
    return (
        *arguments, "-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4",
        f"file:{part.absolute()}",
    )  # fmt: skip


async def run_ffmpeg(arguments: tuple[str, ...], on_progress: OnRemuxing | None) -> None:
    """An ffmpeg that writes one file. Raises StreamFault."""
    logging = ("-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning", "-y")
    process = await FfmpegProcess.start(
        ffmpeg_path(), (*logging, "-progress", "pipe:1", *arguments), b"", _unheard
    )
    try:
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        await _follow(process, on_progress)
        status = await process.wait()
        if _NO_SPACE in process.said:
            raise fault("disk_full", process.said)
        if status:
            raise fault("footage_unreadable", process.said)
    finally:
        await process.close()


def _unheard(line: str) -> None:
    """What it says is kept by the process."""


async def _follow(process: FfmpegProcess, on_progress: OnRemuxing | None) -> None:
    """Read `name=value` lines until there are no more; each block of them ends with `progress`."""
    told: dict[str, str] = {}
    pending = ""
    while data := await process.read():
        *lines, pending = (pending + data.decode("ascii", "replace")).split("\n")
        for line in lines:
            name, _, value = line.strip().partition("=")
            told[name] = value
            if name == "progress" and on_progress is not None:
                on_progress(_remuxing(told))


def _remuxing(told: dict[str, str]) -> Remuxing:
    return Remuxing(_number(told, "out_time_us") / 1e6, _number(told, "total_size"))


def _number(told: dict[str, str], name: str) -> int:
    value = told.get(name, "")
    return int(value) if value.isdigit() else 0


def _checked(part: Path) -> MovieFacts:
    """Raises StreamFault for a movie that shows nothing."""
    try:
        facts = read_movie_facts(part)
    except Garbled as error:
        raise fault("footage_unreadable", str(error)) from None
    if facts.seconds <= 0:
        raise fault("footage_unreadable", "not one picture")
    return facts
