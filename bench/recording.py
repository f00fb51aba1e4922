"""Promise: recording costs at most half the CPU of one `ffmpeg -c copy -f segment` per camera at 32
cameras, four tenths at 64 and 128, a third of the memory from 64 on, and loses no frame.

Both sides record the same simulated cameras, one after the other. Ours is everything the site runs:
node and runners, with ledger, digests and live buffer. ffmpeg is the wheel's. Afterwards the frame
numbers are read back from the files of both.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import psutil
from rich.table import Table

from bench.box import running
from bench.cameras import PASSWORD, USER, simulated
from bench.readback import missing_frames
from bench.usage import Usage, measure

COUNTS = (16, 32, 64, 128)
GOALS = {32: 0.5, 64: 0.4, 128: 0.4}
WINDOWS = 3
WINDOW_SECONDS = 20.0
SETTLE_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Side:
    """What one side used in each window, and how many frames of all cameras it lost."""

    usages: list[Usage]
    missing: int

    @property
    def cpu_percent(self) -> float:
        return statistics.median(usage.cpu_percent for usage in self.usages)

    @property
    def memory_bytes(self) -> float:
        return statistics.median(usage.memory_bytes for usage in self.usages)


def run(folder: Path) -> Table:
    """CPU and memory per camera of both, their ratio, and the frames that are missing."""
    table = Table(
        *("cameras", "who", "CPU % of a core, each window", "a camera", "memory", "frames lost"),
        title="Recording 1080p, 4 Mbit/s, each frame in four bursts over 8 ms",
    )
    for count in COUNTS:
        with simulated(folder / "loops", count) as addresses:
            ours = _ours(folder / f"node-{count}", addresses)
            theirs = _ffmpeg(folder / f"ffmpeg-{count}", addresses)
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


def _ours(folder: Path, addresses: list[str]) -> Side:
    with running(folder) as box:
        box.add_cameras(addresses, USER, PASSWORD)
        while box.camera_states().count("recording") < len(addresses):
            time.sleep(0.5)
        time.sleep(SETTLE_SECONDS)
        usages = [measure(box.node, WINDOW_SECONDS) for _ in range(WINDOWS)]
    cameras = [path for path in (folder / "footage").iterdir() if path.is_dir()]
    return Side(usages, sum(missing_frames(camera.rglob("*.mp4")) for camera in cameras))


def _ffmpeg(folder: Path, addresses: list[str]) -> Side:
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
        usages = [measure(lambda: watched, WINDOW_SECONDS) for _ in range(WINDOWS)]
    numbers = range(len(addresses))
    return Side(usages, sum(missing_frames(folder.glob(f"{number}-*.mp4")) for number in numbers))


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
