"""The promise of `recording` on a machine that does other work too: both sides record the same
cameras at the same time. What else runs slows both alike, and only their ratio counts.

A frame that one side lacks and the other has was lost. One that neither has was most likely never
sent: simulated cameras that are held up for more than a second skip what is late, and say so.
"""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

from psutil import Process
from rich.table import Table

from bench.box import Box
from bench.cameras import simulated
from bench.readback import frames_in, missing_in
from bench.sides import (
    SETTLE_SECONDS,
    WINDOW_SECONDS,
    WINDOWS,
    recording_box,
    recording_ffmpegs,
)
from bench.usage import Usage, measure

COUNTS = (16, 32)


def run(folder: Path) -> Table:
    """CPU of both in the same windows, and the ratio in each."""
    table = Table(
        *("cameras", "Sereno node, a camera", "ffmpeg, a camera", "ratio (each window)"),
        *("frames lost, Sereno", "ffmpeg", "in neither"),
        title="Recording 1080p, 4 Mbit/s, both at once",
    )
    for count in COUNTS:
        ours, theirs = folder / f"node-{count}", folder / f"ffmpeg-{count}"
        with simulated(folder / "loops", count) as addresses:
            windows, lost = _windows(ours, theirs, addresses)
        ratios = [box.cpu_percent / many.cpu_percent for box, many in windows]
        each = "  ".join(f"{ratio:.2f}" for ratio in ratios)
        table.add_row(
            str(count), *(f"{_median(side) / count:.2f} %" for side in zip(*windows, strict=True)),
            f"{statistics.median(ratios):.2f} ({each})", *map(str, lost),
        )  # fmt: skip
    return table


def _windows(
    ours: Path, theirs: Path, addresses: list[str]
) -> tuple[list[tuple[Usage, Usage]], tuple[int, int, int]]:
    with (
        recording_box(ours, addresses) as box,
        recording_ffmpegs(theirs, addresses) as processes,
        ThreadPoolExecutor() as pool,
    ):
        sleep(SETTLE_SECONDS)
        windows = [_window(pool, box, processes) for _ in range(WINDOWS)]
    each = [
        _lost(
            frames_in((ours / "footage" / camera_id).rglob("*.mp4")),
            frames_in(theirs.glob(f"{number}-*.mp4")),
        )
        for number, camera_id in enumerate(box.camera_ids)
    ]
    by_us, by_them, by_both = map(sum, zip(*each, strict=True))
    return windows, (by_us, by_them, by_both)


def _lost(ours: set[int], theirs: set[int]) -> tuple[int, int, int]:
    """Frames of one camera that we lack and they have, that they lack and we have, and neither."""
    we_lack, they_lack = missing_in(ours), missing_in(theirs)
    return (
        len(we_lack & theirs),
        len(they_lack & ours),
        len((we_lack | they_lack) - ours - theirs),
    )


def _window(pool: ThreadPoolExecutor, box: Box, processes: list[Process]) -> tuple[Usage, Usage]:
    both = [
        pool.submit(measure, box.node, WINDOW_SECONDS),
        pool.submit(measure, lambda: processes, WINDOW_SECONDS),
    ]
    ours, theirs = (each.result() for each in both)
    return ours, theirs


def _median(usages: tuple[Usage, ...]) -> float:
    return statistics.median(usage.cpu_percent for usage in usages)
