"""Promise: recording costs at most half the CPU of one `ffmpeg -c copy -f segment` per camera.

Both sides record the same simulated cameras, one after the other, in turns. Ours is everything the
site runs: node and runners, with ledger, digests and live buffer. ffmpeg is the wheel's.
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

from bench.box import Box, running
from bench.cameras import PASSWORD, USER, simulated
from bench.usage import Usage, measure

COUNTS = (16, 32)
WINDOWS = 3
WINDOW_SECONDS = 20.0
SETTLE_SECONDS = 8.0


def run(folder: Path) -> Table:
    """CPU and memory per camera of both, and their ratio."""
    table = Table(
        *("cameras", "who", "CPU % of a core, each window", "median a camera", "memory a camera"),
        title="Recording 1080p, 4 Mbit/s, each frame in four bursts over 8 ms",
    )
    for count in COUNTS:
        with simulated(folder / "loops", count) as addresses:
            ours = _ours(folder / f"node-{count}", addresses)
            theirs = _ffmpeg(folder / f"ffmpeg-{count}", addresses)
        for who, usages in (("Sereno node", ours), ("ffmpeg, one a camera", theirs)):
            table.add_row(str(count), who, *_cells(usages, count))
        table.add_row(str(count), "ratio (goal: at most 0.5)", *_ratio(ours, theirs))
        table.add_section()
    return table


def _cells(usages: list[Usage], count: int) -> tuple[str, str, str]:
    raw = "  ".join(f"{usage.cpu_percent:.1f}" for usage in usages)
    memory = statistics.median(usage.memory_bytes for usage in usages) / count / 1e6
    return raw, f"{_cpu(usages) / count:.2f} %", f"{memory:.1f} MB"


def _ratio(ours: list[Usage], theirs: list[Usage]) -> tuple[str, str, str]:
    memory = [statistics.median(each.memory_bytes for each in side) for side in (ours, theirs)]
    return "", f"{_cpu(ours) / _cpu(theirs):.2f}", f"{memory[0] / memory[1]:.2f}"


def _cpu(usages: list[Usage]) -> float:
    return statistics.median(usage.cpu_percent for usage in usages)


def _ours(folder: Path, addresses: list[str]) -> list[Usage]:
    with running(folder) as box:
        for number, address in enumerate(addresses):
            args = ("cameras", "add", f"Camera {number + 1}", address, "--user", USER)
            box.ask(*args, password=PASSWORD)
        _wait_until_recording(box, len(addresses))
        time.sleep(SETTLE_SECONDS)
        return [measure(box.node, WINDOW_SECONDS) for _ in range(WINDOWS)]


def _wait_until_recording(box: Box, count: int) -> None:
    while True:
        states = [camera["status"]["state"] for camera in box.ask("cameras", "list")]
        if states.count("recording") == count:
            return
        time.sleep(0.5)


def _ffmpeg(folder: Path, addresses: list[str]) -> list[Usage]:
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        processes = [
            stack.enter_context(_one_ffmpeg(address, folder / f"{number}-%05d.mp4"))
            for number, address in enumerate(addresses)
        ]
        while len(list(folder.iterdir())) < len(addresses):
            time.sleep(0.5)
        time.sleep(SETTLE_SECONDS)
        watched = [psutil.Process(process.pid) for process in processes]
        return [measure(lambda: watched, WINDOW_SECONDS) for _ in range(WINDOWS)]


@contextmanager
def _one_ffmpeg(address: str, pattern: Path) -> Iterator[subprocess.Popen[bytes]]:
    # As people do it, password in the address and all.
    with_password = address.replace("rtsp://", f"rtsp://{USER}:{PASSWORD}@")
    read = ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", with_password]
    write = ["-map", "0:v", "-c", "copy", "-f", "segment", "-segment_time", "60", str(pattern)]
    process = subprocess.Popen([imageio_ffmpeg.get_ffmpeg_exe(), *read, *write])
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
