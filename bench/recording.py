"""Promise: recording costs at most half the CPU of one `ffmpeg -c copy -f segment` per camera at 32
cameras, four tenths at 64 and 128, a third of the memory from 64 on, and loses no frame.

Both sides record the same simulated cameras, one after the other. Ours is everything the site runs:
node and runners, with ledger, digests and live buffer. ffmpeg is the wheel's. Afterwards the frame
numbers are read back from the files of both.
"""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from bench.cameras import simulated
from bench.sides import Side, ffmpeg, sereno

COUNTS = (16, 32, 64, 128)
GOALS = {32: 0.5, 64: 0.4, 128: 0.4}


def run(folder: Path) -> Table:
    """CPU and memory per camera of both, their ratio, and the frames that are missing."""
    table = Table(
        *("cameras", "who", "CPU % of a core, each window", "a camera", "memory", "frames lost"),
        title="Recording 1080p, 4 Mbit/s, each frame in four bursts over 8 ms",
    )
    for count in COUNTS:
        with simulated(folder / "loops", count) as addresses:
            ours = sereno(folder / f"node-{count}", addresses)
            theirs = ffmpeg(folder / f"ffmpeg-{count}", addresses)
        table.add_row(str(count), "Sereno node", *_cells(ours, count))
        table.add_row(str(count), "ffmpeg, one a camera", *_cells(theirs, count))
        goal = f" (goal: {GOALS[count]})" if count in GOALS else ""
        cpu = f"{ours.cpu_percent / theirs.cpu_percent:.2f}"
        memory = f"{ours.memory_bytes / theirs.memory_bytes:.2f}"
        table.add_row(str(count), f"ratio{goal}", "", cpu, memory, "")
        table.add_section()
    return table


def _cells(side: Side, count: int) -> tuple[str, str, str, str]:
    raw = "  ".join(f"{usage.cpu_percent:.1f}" for usage in side.usages)
    memory = side.memory_bytes / count / 1e6
    return raw, f"{side.cpu_percent / count:.2f} %", f"{memory:.1f} MB", str(side.missing)
