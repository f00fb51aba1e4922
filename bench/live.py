"""Live view: how soon it is there, how late it is, and what each viewer costs.

What a user would pick instead costs beside it: one ffmpeg a viewer, which opens the camera anew and
makes the same fragmented MP4 of it.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import imageio_ffmpeg
import psutil
from rich.table import Table

from bench.box import Box
from bench.cameras import FPS, PASSWORD, USER, simulated
from bench.pages import delay_ms, milliseconds_to_open, signed_in
from bench.sides import SETTLE_SECONDS, recording_box
from bench.usage import measure
from bench.viewers import watching
from sereno.sim import Picture

OF_NOW_MS = 500
ROUNDS, SAMPLES = 20, 100
LOOP_SECONDS = 60  # of the simulated cameras
VIEWERS = 8
WINDOW_SECONDS = 20.0
WALL = 16
SUB = Picture(640, 360, 500_000)
ELSEWHERE = "/health"


def run(folder: Path) -> Table:
    """All four promises, one camera of 4 Mbit/s and a wall of small ones."""
    table = Table("", "Sereno", "one ffmpeg a viewer", "promised", title="Live view by MSE")
    with simulated(folder / "loops", 1) as addresses:
        with recording_box(folder / "one", addresses) as box:
            time.sleep(SETTLE_SECONDS)
            once, ours = _cost_of_viewers(box)
            with signed_in(box) as page:
                camera = f"/cameras/{box.camera_ids[0]}"
                soon = []
                for _ in range(ROUNDS):
                    milliseconds_to_open(page, ELSEWHERE, 0, OF_NOW_MS)
                    time.sleep(1)
                    soon.append(milliseconds_to_open(page, camera, 1, OF_NOW_MS))
                late = [delay_ms(page, FPS, LOOP_SECONDS) for _ in range(SAMPLES)]
        theirs = _cost_of_ffmpegs(addresses[0])
    read = [each for each in late if each is not None]
    table.add_row("click to a picture of now", _median_and_95th(soon), "", "300 / 600 ms")
    table.add_row(
        f"camera to screen ({len(read)} of {SAMPLES} read)",
        _median_and_95th(read),
        "",
        "- / 500 ms",
    )
    table.add_row("CPU of the first viewer, 4 Mbit/s", f"{once:.2f} %", "", "")
    instead = f"{theirs:.2f} % ({theirs / ours:.1f}x)"
    table.add_row("CPU of each other viewer, 4 Mbit/s", f"{ours:.2f} %", instead, "2 %")
    with (
        simulated(folder / "loops", WALL, SUB) as addresses,
        recording_box(folder / "wall", addresses) as box,
        signed_in(box) as page,
    ):
        walls = []
        for _ in range(ROUNDS // 4):
            milliseconds_to_open(page, ELSEWHERE, 0, OF_NOW_MS)
            time.sleep(1)
            walls.append(milliseconds_to_open(page, "/", WALL, 4 * OF_NOW_MS))
    table.add_row(f"a wall of {WALL} plays", _median_and_95th(walls), "", "- / 2000 ms")
    return table


def _median_and_95th(values: list[float]) -> str:
    ordered = sorted(values)
    worst = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):.0f} / {worst:.0f} ms"


def _cost_of_viewers(box: Box) -> tuple[float, float]:
    """What the first viewer of a stream costs node, runner and front together, and what each
    further one does, in per cent of a core."""

    def serving() -> list[psutil.Process]:
        return [*box.node(), box.process_of("front serve")]

    (camera_id,) = box.camera_ids
    unwatched = measure(serving, WINDOW_SECONDS).cpu_percent
    with watching(box.url, [box.ticket(camera_id)]):
        time.sleep(SETTLE_SECONDS)
        alone = measure(serving, WINDOW_SECONDS).cpu_percent
        with watching(box.url, [box.ticket(camera_id) for _ in range(VIEWERS)]):
            time.sleep(SETTLE_SECONDS)
            together = measure(serving, WINDOW_SECONDS).cpu_percent
    return alone - unwatched, (together - alone) / VIEWERS


def _cost_of_ffmpegs(address: str) -> float:
    with ExitStack() as stack:
        processes = [stack.enter_context(_one_ffmpeg(address)) for _ in range(VIEWERS)]
        time.sleep(SETTLE_SECONDS)
        return measure(lambda: processes, WINDOW_SECONDS).cpu_percent / VIEWERS


@contextmanager
def _one_ffmpeg(address: str) -> Iterator[psutil.Process]:
    with_password = address.replace("rtsp://", f"rtsp://{USER}:{PASSWORD}@")
    read = ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", with_password]
    write = ["-map", "0:v", "-c", "copy", "-f", "mp4", "-movflags", "empty_moov+frag_every_frame"]
    process = subprocess.Popen(
        [imageio_ffmpeg.get_ffmpeg_exe(), *read, *write, "-"], stdout=subprocess.DEVNULL
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()
