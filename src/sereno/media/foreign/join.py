"""Two movies of one recording become one, without encoding anew: the second begins somewhere in the
first.

Where, their pictures tell: what a recorder sends twice is the same byte by byte. Clocks are not
asked, which devices begin anew with each answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from sereno.media.faults import fault
from sereno.media.ffmpeg.process import FfmpegProcess
from sereno.media.ffmpeg.program import ffmpeg_path
from sereno.media.foreign.movie_facts import MovieFacts
from sereno.media.foreign.remux import OnRemuxing, finished, run_ffmpeg

LOOKED_AT_SECONDS = 30.0
"""So far from where it is expected the second may begin in the first."""

_COMPARED = 50
"""Pictures that must be the same; one alone may repeat, as of a camera in the dark."""


class Picture(NamedTuple):
    """When it is decoded, in seconds of its movie, and a digest of its bytes."""

    at: float
    digest: str


async def join(
    first: Path,
    second: Path,
    expected_seconds: float,
    target: Path,
    on_progress: OnRemuxing | None = None,
    accept: Callable[[MovieFacts], None] | None = None,
) -> MovieFacts:
    """The first movie until the second begins, then the second. As `remux`.

    `expected_seconds` is about where that is in the first. Raises StreamFault
    (`footage_unreadable` where they have no picture in common) and OSError.
    """
    begins_at = max(0.0, expected_seconds - LOOKED_AT_SECONDS)
    held, coming = await _pictures(first, begins_at), await _pictures(second, 0.0, _COMPARED)
    cut = seam(held, coming, expected_seconds)
    if cut is None:
        raise fault("footage_unreadable", "two parts without a picture in common")
    part = target.with_name(f"{target.name}.part")
    plan = target.with_name(f"{target.name}.parts.part")
    try:
        plan.write_text(_plan(first, cut, second, coming[0].at), encoding="utf-8")
        await run_ffmpeg(_arguments(plan, part), on_progress)
        return await finished(part, target, accept)
    finally:
        part.unlink(missing_ok=True)
        plan.unlink(missing_ok=True)


def seam(
    first: Sequence[Picture], second: Sequence[Picture], expected_seconds: float
) -> float | None:
    """When the second begins in the first, the nearest to where it is expected; None: nowhere.

    The last picture of the first may be cut off, and is not compared.
    """
    whole = [picture.digest for picture in first[:-1]]
    wanted = [picture.digest for picture in second]
    found = [
        first[at].at
        for at in range(len(whole))
        if wanted and whole[at : at + len(wanted)] == wanted[: len(whole) - at]
    ]
    near = [at for at in found if abs(at - expected_seconds) <= LOOKED_AT_SECONDS]
    return min(near, key=lambda at: abs(at - expected_seconds), default=None)


async def _pictures(movie: Path, begins_at: float, most: int | None = None) -> list[Picture]:
    """Of its video, from about there. Source of the text: ffmpeg's `framehash`."""
    process = await FfmpegProcess.start(
        ffmpeg_path(), _looking(movie, begins_at, most), b"", _unheard
    )
    told = bytearray()
    try:
        while data := await process.read():
            told += data
        await process.wait()
    finally:
        await process.close()
    return read_pictures(told.decode("ascii", "replace"))


def _looking(movie: Path, begins_at: float, most: int | None) -> tuple[str, ...]:
    limit = () if most is None else ("-frames:v", str(most))
    return (
        "-hide_banner", "-nostdin", "-loglevel", "error", "-copyts", "-ss", f"{begins_at:.3f}",
        "-i", f"file:{movie.absolute()}", "-map", "0:v:0", "-c", "copy", *limit,
        "-f", "framehash", "-hash", "md5", "-",
    )  # fmt: skip


def read_pictures(told: str) -> list[Picture]:
    """What `framehash` said: `#tb 0: 1/90000`, then `0, dts, pts, duration, size, digest`."""
    scale, pictures = 0.0, list[Picture]()
    for line in told.splitlines():
        if line.startswith("#tb 0:"):
            over, _, under = line.rpartition(" ")[2].partition("/")
            scale = int(over) / int(under)
        elif not line.startswith("#") and line.count(",") == 5:
            _, dts, _, _, _, digest = line.split(",")
            pictures.append(Picture(int(dts) * scale, digest.strip()))
    return pictures


def _plan(first: Path, until: float, second: Path, since: float) -> str:
    """A list of ffmpeg's `concat`. An outpoint is exclusive, and a microsecond more would let one
    picture come twice; an inpoint names the picture that begins there, for sound may begin earlier.
    """
    lines = (
        "ffconcat version 1.0", f"file {_quoted(first)}", f"outpoint {_floor(until):.6f}",
        f"file {_quoted(second)}", f"inpoint {_floor(since):.6f}", "",
    )  # fmt: skip
    return "\n".join(lines)


def _floor(seconds: float) -> float:
    return int(seconds * 1e6) / 1e6


def _quoted(path: Path) -> str:
    return "'file:" + str(path.absolute()).replace("'", "'\\''") + "'"


def _arguments(plan: Path, part: Path) -> tuple[str, ...]:
    return (
        "-f", "concat", "-safe", "0", "-protocol_whitelist", "file",
        "-i", f"file:{plan.absolute()}", "-map", "0", "-c", "copy",
        "-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", f"file:{part.absolute()}",
    )  # fmt: skip


def _unheard(line: str) -> None:
    """What it says is kept by the process."""
