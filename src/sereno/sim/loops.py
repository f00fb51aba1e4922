"""Encoded loops on disk: drawn and encoded once, then reused by every later run.

One loop is one folder ``<scene>-<size>-<key>`` with ``main.h264`` and ``sub.h264`` or ``….h265``
(Annex B, one access unit delimiter per frame; any player shows them) and, where there are
B-frames, ``main.order`` and ``sub.order``, which tell when each frame is shown (ffmpeg's framecrc).
It is written beside its final place and renamed, so a folder that exists is complete, and of two
processes that race one simply loses.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, cast

import imageio_ffmpeg  # type: ignore[import-untyped]

from sereno.sim.frames import DRAWING_VERSION, FramePainter
from sereno.sim.spec import LoopSpec, Picture
from sereno.sim.video import PacketLoop, Packing, packet_loop

ENCODING_VERSION = 2
"""Grows with every change of how loops are encoded."""
_PRESET = "ultrafast"
_LEAST_QUANTISER = 22
"""Below it a still scene costs twice the time to encode and looks no better."""
_GRAIN = "noise=alls=6:allf=t:all_seed=1"
"""What a sensor adds to each picture. Flat drawings alone would leave most of the rate unused, and
every stream would be easier to carry than a real one."""
_ENCODERS_AT_ONCE = 2
_PIPE_BYTES = 1 << 20
_PROGRESS_FRAMES = 50
_PLAIN = {"codec": "h264", "b_frames": 0, "has_open_gops": False}

Progress = Callable[[LoopSpec, int, int], None]
"""Called with the loop, frames encoded and frames in all; from the encoding threads."""


class EncodingError(RuntimeError):
    """ffmpeg could not encode a loop; the text is what ffmpeg said."""


class EncodingStopped(RuntimeError):
    """Encoding was given up because the caller asked for it."""


def loop_folder(cache_dir: Path, loop: LoopSpec) -> Path:
    """Where a loop lies in the cache; its name changes with anything that changes its bytes."""
    facts = {**asdict(loop), "drawing": DRAWING_VERSION, "encoding": ENCODING_VERSION}
    for name, plain in _PLAIN.items():
        if facts[name] == plain:
            del facts[name]  # younger than the first loops, which are still good
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
    return cache_dir / f"{loop.scene}-{loop.main.width}x{loop.main.height}-{key}"


def read_loop(
    cache_dir: Path, loop: LoopSpec, kind: str, packing: Packing | None = None
) -> PacketLoop:
    """The ``main`` or ``sub`` of a loop that was prepared, as packets."""
    folder = loop_folder(cache_dir, loop)
    annexb = (folder / f"{kind}.{loop.codec}").read_bytes()
    order = _order_in((folder / f"{kind}.order").read_text()) if loop.b_frames else None
    return packet_loop(annexb, loop.first_key_frame, loop.codec, order, packing)


def _order_in(listing: str) -> list[int]:
    """Where each frame is shown, from framecrc's lines: stream, DTS, PTS, duration, …"""
    rows = [line.split(",") for line in listing.splitlines() if not line.startswith("#")]
    shown = [int(row[2]) // int(row[3]) for row in rows]
    return [place - min(shown) for place in shown]


def prepare_loops(
    cache_dir: Path,
    loops: Iterable[LoopSpec],
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Encodes the loops that are not cached yet, two at a time.

    Raises EncodingError, and EncodingStopped soon after ``stop`` is set.
    """
    cache_dir.mkdir(parents=True, exist_ok=True)
    missing = [loop for loop in dict.fromkeys(loops) if not loop_folder(cache_dir, loop).is_dir()]
    stopping = stop or threading.Event()
    report = progress or (lambda *_: None)
    with ThreadPoolExecutor(_ENCODERS_AT_ONCE) as pool:
        jobs = [pool.submit(_encode, cache_dir, loop, report, stopping) for loop in missing]
        for job in jobs:
            job.result()


def _encode(cache_dir: Path, loop: LoopSpec, report: Progress, stop: threading.Event) -> None:
    folder = Path(tempfile.mkdtemp(prefix=".encoding-", dir=cache_dir))
    try:
        _run_encoder(folder, loop, report, stop)
        place = loop_folder(cache_dir, loop)
        try:
            folder.rename(place)
        except OSError:
            # Another process was faster: renaming onto a folder that holds files is refused.
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_encoder(folder: Path, loop: LoopSpec, report: Progress, stop: threading.Event) -> None:
    log_path = folder / "ffmpeg.log"
    with log_path.open("wb") as log:
        encoder = subprocess.Popen(
            _encoder_argv(loop), cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=log
        )
    try:
        # An encoder that dies closes the pipe; its exit code and its words tell the rest.
        with suppress(BrokenPipeError), cast(IO[bytes], encoder.stdin) as pipe:
            _feed(pipe, loop, report, stop)
        if encoder.wait() != 0:
            said = log_path.read_text(errors="replace").strip()[-500:]
            raise EncodingError(f"ffmpeg could not encode the scene {loop.scene}: {said}")
    finally:
        encoder.kill()
        encoder.wait()
    log_path.unlink()
    report(loop, loop.frame_count, loop.frame_count)


def _feed(pipe: IO[bytes], loop: LoopSpec, report: Progress, stop: threading.Event) -> None:
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    main = loop.main
    painter = FramePainter(loop.scene, main.width, main.height, loop.fps, loop.frame_count)
    for done in range(loop.frame_count):
        if stop.is_set():
            raise EncodingStopped(f"encoding {loop.scene} was stopped")
        if done % _PROGRESS_FRAMES == 0:
            report(loop, done, loop.frame_count)
        pipe.write(painter.paint((loop.first_key_frame + done) % loop.frame_count))


def _encoder_argv(loop: LoopSpec) -> list[str]:
    size = f"{loop.main.width}x{loop.main.height}"
    scale = f"scale={loop.sub.width}:{loop.sub.height}:flags=bilinear"
    return [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostats"),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", str(loop.fps)),
        *("-i", "pipe:0", "-filter_complex"),
        f"[0:v]split[flat][big];[flat]{_GRAIN}[main];[big]{scale},{_GRAIN}[sub]",
        *("-map", "[main]", *_encoder(loop, loop.main), *_output(loop, "main")),
        *("-map", "[sub]", *_encoder(loop, loop.sub), *_output(loop, "sub")),
    ]


def _output(loop: LoopSpec, kind: str) -> list[str]:
    muxer = {"h264": "h264", "h265": "hevc"}[loop.codec]
    if not loop.b_frames:
        return ["-f", muxer, f"{kind}.{loop.codec}"]
    return ["-f", "tee", f"[f={muxer}]{kind}.{loop.codec}|[f=framecrc]{kind}.order"]


def _encoder(loop: LoopSpec, picture: Picture) -> list[str]:
    return _x264(loop, picture) if loop.codec == "h264" else _x265(loop, picture)


def _x264(loop: LoopSpec, picture: Picture) -> list[str]:
    """GOPs of fixed length and a truly constant rate: filler, where a picture needs too little."""
    rate = str(picture.bitrate_bps)
    colours = "colormatrix=bt709:colorprim=bt709:transfer=bt709"
    rest = f"filler=1:aud=1:cabac=1:qpmin={_LEAST_QUANTISER}"
    return [
        *("-c:v", "libx264", "-preset", _PRESET, "-bf", str(loop.b_frames), "-threads", "1"),
        *("-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate),
        *("-x264-params", f"{_keys(loop)}:{colours}:{rest}"),
    ]


def _x265(loop: LoopSpec, picture: Picture) -> list[str]:
    """The same as far as x265 goes, which knows no filler: the rate is an upper limit."""
    rate = picture.bitrate_bps // 1000
    limits = f"bitrate={rate}:vbv-maxrate={rate}:vbv-bufsize={rate}:qpmin={_LEAST_QUANTISER}"
    colours = "colormatrix=bt709:colorprim=bt709:transfer=bt709"
    rest = "aud=1:repeat-headers=1:info=0:pools=1:frame-threads=1:log-level=error"
    return [
        *("-c:v", "libx265", "-preset", _PRESET),
        *("-x265-params", f"{_keys(loop)}:bframes={loop.b_frames}:{limits}:{colours}:{rest}"),
    ]


def _keys(loop: LoopSpec) -> str:
    interval = loop.key_interval
    return f"keyint={interval}:min-keyint={interval}:scenecut=0:open-gop={loop.has_open_gops:d}"
