"""How many cameras this machine records without losing a frame, with Sereno and with ffmpeg.

The simulated site runs on the same machine and takes its share of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from bench.cameras import simulated
from bench.sides import Side, ffmpeg, sereno

COUNTS = (64, 128, 192, 256, 320, 384)


def run(folder: Path) -> Table:
    """Each side takes more and more cameras until frames are missing."""
    table = Table(
        *("who", "cameras without loss", "CPU % of a core there", "then"),
        title="Most cameras of 1080p, 4 Mbit/s, recorded for 40 s without a missing frame",
    )
    for who, record in (("Sereno node", sereno), ("ffmpeg, one a camera", ffmpeg)):
        table.add_row(who, *_most(folder, who, record))
    return table


def _most(folder: Path, who: str, record: Callable[[Path, list[str], int], Side]) -> list[str]:
    most, cpu_percent = 0, 0.0
    for count in COUNTS:
        with simulated(folder / "loops", count) as addresses:
            side = record(folder / f"{who}-{count}", addresses, 2)
        if side.missing:
            return [str(most), f"{cpu_percent:.0f} %", f"{side.missing} frames lost at {count}"]
        most, cpu_percent = count, side.cpu_percent
    return [f"{most} or more", f"{cpu_percent:.0f} %", "nothing lost"]
