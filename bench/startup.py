"""Promise: ready in under 10 s after the first time, stopped in under 10 s."""

from __future__ import annotations

import statistics
from pathlib import Path

from rich.table import Table

from bench.box import Box

ROUNDS = 5


def run(folder: Path) -> Table:
    """First start, later starts and stops of `sereno up`."""
    box = Box(folder / "startup")
    first = box.start()
    stops = [box.stop()]
    starts: list[float] = []
    for _ in range(ROUNDS):
        starts.append(box.start())
        stops.append(box.stop())
    table = Table("what", "goal", "median", "worst", title="Start and stop of `sereno up`")
    table.add_row("first start, empty folder", "", f"{first:.1f} s", "")
    for what, times in (("start", starts), ("stop", stops)):
        table.add_row(what, "< 10 s", f"{statistics.median(times):.1f} s", f"{max(times):.1f} s")
    return table
