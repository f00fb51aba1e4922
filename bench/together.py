"""The promise of `recording` on a machine that does other work too: both sides record the same
cameras at the same time. What else runs slows both alike, and only their ratio counts.
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
from bench.sides import (
    SETTLE_SECONDS,
    WINDOW_SECONDS,
    WINDOWS,
    missing_in_box,
    missing_of_ffmpegs,
    recording_box,
    recording_ffmpegs,
)
from bench.usage import Usage, measure

COUNTS = (16, 32)


def run(folder: Path) -> Table:
    """CPU of both in the same windows, and the ratio in each."""
    table = Table(
        *("cameras", "Sereno node, a camera", "ffmpeg, a camera", "ratio (each window)"),
        *("frames lost, Sereno", "ffmpeg"),
        title="Recording 1080p, 4 Mbit/s, both at once",
    )
    for count in COUNTS:
        ours, theirs = folder / f"node-{count}", folder / f"ffmpeg-{count}"
        with simulated(folder / "loops", count) as addresses:
            windows = _windows(ours, theirs, addresses)
        ratios = [box.cpu_percent / many.cpu_percent for box, many in windows]
        each = "  ".join(f"{ratio:.2f}" for ratio in ratios)
        table.add_row(
            str(count), *(f"{_median(side) / count:.2f} %" for side in zip(*windows, strict=True)),
            f"{statistics.median(ratios):.2f} ({each})",
            str(missing_in_box(ours)), str(missing_of_ffmpegs(theirs, count)),
        )  # fmt: skip
    return table


def _windows(ours: Path, theirs: Path, addresses: list[str]) -> list[tuple[Usage, Usage]]:
    with (
        recording_box(ours, addresses) as box,
        recording_ffmpegs(theirs, addresses) as processes,
        ThreadPoolExecutor() as pool,
    ):
        sleep(SETTLE_SECONDS)
        return [_window(pool, box, processes) for _ in range(WINDOWS)]


def _window(pool: ThreadPoolExecutor, box: Box, processes: list[Process]) -> tuple[Usage, Usage]:
    both = [
        pool.submit(measure, box.node, WINDOW_SECONDS),
        pool.submit(measure, lambda: processes, WINDOW_SECONDS),
    ]
    ours, theirs = (each.result() for each in both)
    return ours, theirs


def _median(usages: tuple[Usage, ...]) -> float:
    return statistics.median(usage.cpu_percent for usage in usages)
