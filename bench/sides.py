"""The two sides of the recording benchmarks: Sereno, and what a user would pick instead."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import psutil

from bench.box import Box, running
from bench.cameras import PASSWORD, USER
from bench.readback import missing_frames
from bench.usage import Usage, measure

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


def sereno(folder: Path, addresses: list[str], windows: int = WINDOWS) -> Side:
    """Record with a whole box; what its node and runners use in each window."""
    with recording_box(folder, addresses) as box:
        time.sleep(SETTLE_SECONDS)
        usages = [measure(box.node, WINDOW_SECONDS) for _ in range(windows)]
    return Side(usages, missing_in_box(folder))


def ffmpeg(folder: Path, addresses: list[str], windows: int = WINDOWS) -> Side:
    """Record with one ffmpeg a camera, into files of a minute."""
    with recording_ffmpegs(folder, addresses) as processes:
        time.sleep(SETTLE_SECONDS)
        usages = [measure(lambda: processes, WINDOW_SECONDS) for _ in range(windows)]
    return Side(usages, missing_of_ffmpegs(folder, len(addresses)))


@contextmanager
def recording_box(folder: Path, addresses: list[str]) -> Iterator[Box]:
    """A box that records all these cameras."""
    with running(folder) as box:
        box.add_cameras(addresses, USER, PASSWORD)
        while box.camera_states().count("recording") < len(addresses):
            time.sleep(0.5)
        yield box


@contextmanager
def recording_ffmpegs(folder: Path, addresses: list[str]) -> Iterator[list[psutil.Process]]:
    """One ffmpeg for each of these cameras; all have begun to write."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        processes = [
            stack.enter_context(_one_ffmpeg(address, folder / f"{number}-%05d.mp4"))
            for number, address in enumerate(addresses)
        ]
        while len(list(folder.iterdir())) < len(addresses):
            time.sleep(0.5)
        yield [psutil.Process(process.pid) for process in processes]


def missing_in_box(folder: Path) -> int:
    """Frames that a box over `folder` lost, of all its cameras."""
    cameras = [path for path in (folder / "footage").iterdir() if path.is_dir()]
    return sum(missing_frames(camera.rglob("*.mp4")) for camera in cameras)


def missing_of_ffmpegs(folder: Path, count: int) -> int:
    """Frames that so many ffmpegs lost."""
    return sum(missing_frames(folder.glob(f"{number}-*.mp4")) for number in range(count))


def start_ffmpeg(address: str, pattern: Path, segment_seconds: int = 60) -> subprocess.Popen[bytes]:
    """One that records a camera."""
    return subprocess.Popen(ffmpeg_command(address, pattern, segment_seconds))


@contextmanager
def looping_ffmpegs(folder: Path, addresses: list[str], pause_seconds: float) -> Iterator[None]:
    """One for each of these cameras in a loop of the shell, which starts it anew when it ends.

    Their files are named by when they began, as each start begins to count anew.
    """
    folder.mkdir(parents=True)
    loop = f'while :; do "$@"; sleep {pause_seconds:g}; done'
    with ExitStack() as stack:
        for number, address in enumerate(addresses):
            *command, pattern = ffmpeg_command(address, folder / f"{number}-%s.mp4")
            stack.enter_context(_shell(loop, *command, "-strftime", "1", pattern))
        yield


@contextmanager
def _shell(script: str, *arguments: str) -> Iterator[None]:
    process = subprocess.Popen(
        ["sh", "-c", script, "sh", *arguments], stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ffmpeg_command(address: str, pattern: Path, segment_seconds: int = 60) -> list[str]:
    """What records a camera as people do it, password in the address and all."""
    with_password = address.replace("rtsp://", f"rtsp://{USER}:{PASSWORD}@")
    read = ["-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", with_password]
    write = ["-map", "0:v", "-c", "copy", "-f", "segment", "-segment_time", str(segment_seconds)]
    return [imageio_ffmpeg.get_ffmpeg_exe(), *read, *write, str(pattern)]


@contextmanager
def _one_ffmpeg(address: str, pattern: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = start_ffmpeg(address, pattern)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
