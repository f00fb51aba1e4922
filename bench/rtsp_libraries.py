"""What the RTSP libraries for Python cost, beside our own client: why we wrote one.

Each side receives the same simulated cameras over TCP in a process of its own and keeps nothing.
Libraries that are not installed are left out; `pip install aiortsp aio-rtsp-toolkit` brings them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import psutil
from rich.table import Table

from bench.cameras import simulated
from bench.rtsp_receiver import LIBRARIES
from bench.usage import measure

COUNTS = (8, 32)
WINDOW_SECONDS = 20.0
SETTLE_COUNTS = 5
FPS = 25


def run(folder: Path) -> Table:
    """CPU and memory per camera of each library, and the pictures that it delivered."""
    table = Table(
        *("cameras", "library", "CPU a camera", "memory a camera", "pictures a camera and second"),
        title="Receiving 1080p, 4 Mbit/s over TCP, each frame in four bursts over 8 ms",
    )
    for count in COUNTS:
        with simulated(folder / "loops", count) as addresses:
            for library in LIBRARIES:
                if library == "sereno" or find_spec(library) is not None:
                    table.add_row(str(count), library, *_cells(library, addresses))
        table.add_section()
    return table


def _cells(library: str, addresses: list[str]) -> tuple[str, str, str]:
    count = len(addresses)
    with _receiving(library, addresses) as (process, counts):
        for _ in range(SETTLE_COUNTS):
            before = counts.get(timeout=30)
        before = _newest(counts, before)
        usage = measure(lambda: [psutil.Process(process.pid)], WINDOW_SECONDS)
        pictures = (_newest(counts, before) - before) / WINDOW_SECONDS / count
    memory = usage.memory_bytes / count / 1e6
    return f"{usage.cpu_percent / count:.2f} %", f"{memory:.1f} MB", f"{pictures:.1f} of {FPS}"


def _read_counts(lines: Iterable[str], counts: Queue[int]) -> None:
    for line in lines:
        if line.strip().isdigit():  # some libraries print what they do
            counts.put(int(line))


def _newest(counts: Queue[int], newest: int) -> int:
    while True:
        try:
            newest = counts.get_nowait()
        except Empty:
            return newest


@contextmanager
def _receiving(
    library: str, addresses: list[str]
) -> Iterator[tuple[subprocess.Popen[str], Queue[int]]]:
    argv = [sys.executable, "-m", "bench.rtsp_receiver", library, *addresses]
    counts: Queue[int] = Queue()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        Thread(target=_read_counts, args=(process.stdout, counts), daemon=True).start()
        try:
            yield process, counts
        finally:
            process.kill()
