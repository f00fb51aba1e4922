"""Promise: a clip of 10 minutes is made 4 times as fast as `ffmpeg -f concat -c copy` makes it of
plain MP4 files, and 7 times as fast as of fragmented ones; its length is right.

All three have the same pictures on the same disk, 1080p at 4 Mbit/s in files of a minute, read from
the page cache; nobody waits for the disk to have written. Sereno plans from its index, puts in new
times and makes the digest of the clip on the way, which ffmpeg does not.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import av
from rich.table import Table

from sereno.base.clock import from_us
from sereno.base.spans import Span
from sereno.media.clip_bytes import read_clip
from sereno.media.clip_writer import write_clip
from sereno.media.clips import ClipPlan, ClipSegment, plan_clip
from sereno.media.contract import TIMESCALE, StreamTask
from sereno.media.ffmpeg.program import ffmpeg_path
from sereno.media.fmp4.reader import read_segment
from sereno.media.fmp4.writer import fragment_head
from sereno.media.formats import VideoFormat
from sereno.media.index import pack_index, unpack_index
from sereno.media.segments import FragmentBytes, SegmentChain
from sereno.wire.reports import ReasonReport

MINUTES, LOOP_SECONDS, FPS, KEY_SECONDS, FRAGMENT_FRAMES = 10, 10, 25, 2, 5
ROUNDS = 5
START_US = 1_795_000_000_000_000
_ENCODE = (
    "-f lavfi -i testsrc2=size=1920x1080:rate={fps},noise=alls=40:allf=t -t {seconds} "
    "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -b:v 4M -minrate 4M -maxrate 4M "
    "-bufsize 1M -nal-hrd cbr -g {gop} -keyint_min {gop} -sc_threshold 0 -bf 0"
)
_FRAGMENTED = "-movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 200000"


class Cost(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float


def run(folder: Path) -> Table:
    """Each in turn, several times; medians."""
    loop = folder / "loop.mp4"
    _ffmpeg(_ENCODE.format(fps=FPS, seconds=LOOP_SECONDS, gop=FPS * KEY_SECONDS).split(), loop)
    segments = _recorded(folder / "footage", loop)
    packed = [(each, pack_index(each.index)) for each in segments]
    plain = _files(folder / "plain", loop, "")
    fragmented = _files(folder / "fragmented", loop, _FRAGMENTED)
    out = folder / "out.mp4"
    sides: dict[str, Callable[[], object]] = {
        "Sereno, with the digest of the clip": lambda: _write(packed, out),
        "Sereno, bytes alone": lambda: _copy(packed, out),
        "ffmpeg concat, plain MP4": lambda: _concat(plain, out),
        "ffmpeg concat, fragmented MP4": lambda: _concat(fragmented, out),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, make in sides.items():
            costs[name].append(_cost(make))
            _check(out)
            out.unlink()
    return _table(costs, sum(each.path.stat().st_size for each in segments))


def _table(costs: dict[str, list[Cost]], size_bytes: int) -> Table:
    table = Table(title=f"a clip of {MINUTES} minutes, {size_bytes / 2**20:.0f} MiB")
    for head in ("", "wall", "CPU", "times as long as Sereno with digest", "promise"):
        table.add_column(head, justify="left" if head in ("", "promise") else "right")
    medians = {
        name: Cost(*(statistics.median(column) for column in zip(*each, strict=True)))
        for name, each in costs.items()
    }
    ours = next(iter(medians.values()))
    for (name, cost), promise in zip(medians.items(), ("", "", "4", "7"), strict=True):
        table.add_row(
            name, f"{cost.wall:.2f} s", f"{cost.cpu:.2f} s", f"{cost.wall / ours.wall:.1f}", promise
        )
    return table


def _ffmpeg(words: list[str], out: Path) -> None:
    command = [ffmpeg_path(), "-nostdin", "-loglevel", "error", "-y", *words, str(out)]
    subprocess.run(command, check=True)


def _files(folder: Path, loop: Path, options: str) -> Path:
    """Files of a minute as ffmpeg writes them, and the list that concat reads."""
    folder.mkdir()
    first = folder / "0.mp4"
    words = ["-stream_loop", str(60 // LOOP_SECONDS - 1), "-i", str(loop), "-c", "copy"]
    _ffmpeg([*words, *options.split()], first)
    paths = [first, *(folder / f"{minute}.mp4" for minute in range(1, MINUTES))]
    for path in paths[1:]:
        path.write_bytes(first.read_bytes())
    named = folder / "list.txt"
    named.write_text("".join(f"file '{path}'\n" for path in paths))
    return named


def _concat(named: Path, out: Path) -> None:
    _ffmpeg(["-f", "concat", "-safe", "0", "-i", str(named), "-c", "copy"], out)


def _recorded(footage: Path, loop: Path) -> list[ClipSegment]:
    """The same pictures as Sereno records them: files of a minute, fragments of 200 ms."""
    with av.open(str(loop)) as opened:
        stream = opened.streams.video[0]
        width, height = stream.codec_context.width, stream.codec_context.height
        configuration = bytes(stream.codec_context.extradata or b"")
        samples = [(bytearray(bytes(each)), each.is_keyframe) for each in opened.demux(stream)
                   if each.size]  # fmt: skip
    video = VideoFormat("avc1.42c028", width, height, b"avc1", configuration)
    task = StreamTask(
        camera_id=uuid4(), stream="main", address="rtsp://192.0.2.1/", footage_dir=str(footage)
    )
    chain, run_id, ticks, step = SegmentChain(task), uuid4(), 0, TIMESCALE // FPS
    for place in range(0, MINUTES * 60 * FPS, FRAGMENT_FRAMES):
        wall_us = START_US + ticks * 100 // 9
        if place % (60 * FPS) == 0:
            chain.open(run_id, video, wall_us, ticks, "arrival")
        frames = [samples[at % len(samples)] for at in range(place, place + FRAGMENT_FRAMES)]
        sizes, is_key = [len(data) for data, _ in frames], frames[0][1]
        length = step * len(frames)
        head = fragment_head(1, ticks, wall_us, [step] * len(frames), sizes, is_key=is_key)
        data = [sample for sample, _ in frames]
        chain.append(FragmentBytes(head, data, wall_us, ticks, length, is_key))
        ticks += length
    chain.end_run(run_id, ReasonReport(key="stopped"))
    return [_segment(path) for path in sorted(footage.rglob("*.mp4"))]


def _segment(path: Path) -> ClipSegment:
    found = read_segment(path)
    return ClipSegment(
        segment_id=found.header.segment_id,
        run_id=found.header.run_id,
        init_size_bytes=found.head_size_bytes,
        start_us=found.start_us,
        index=found.index,
        path=path,
    )


def _plan(packed: list[tuple[ClipSegment, bytes]]) -> ClipPlan:
    """From the ledger's packed indexes, as the node plans."""
    span = Span(from_us(START_US), from_us(START_US + MINUTES * 60_000_000))
    segments = (
        ClipSegment(
            segment_id=each.segment_id, run_id=each.run_id, init_size_bytes=each.init_size_bytes,
            start_us=each.start_us, index=unpack_index(index), path=each.path,
        )
        for each, index in packed
    )  # fmt: skip
    return plan_clip(segments, span)


def _write(packed: list[tuple[ClipSegment, bytes]], out: Path) -> None:
    with out.open("wb") as file:
        write_clip(_plan(packed), file, lambda done_bytes: None)


def _copy(packed: list[tuple[ClipSegment, bytes]], out: Path) -> None:
    with out.open("wb") as file:
        for piece in read_clip(_plan(packed)):
            file.write(piece)


def _cost(make: Callable[[], object]) -> Cost:
    before, began = os.times(), time.perf_counter()
    make()
    seconds, after = time.perf_counter() - began, os.times()
    return Cost(seconds, sum(after[:4]) - sum(before[:4]))


def _check(out: Path) -> None:
    """The length is that of all pictures, to within one of them."""
    with av.open(str(out)) as opened:
        seconds = (opened.duration or 0) / 1_000_000
    if abs(seconds - MINUTES * 60) > 1 / FPS:
        raise RuntimeError(f"{out} lasts {seconds} s")
