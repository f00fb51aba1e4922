"""Promise: a change of a profile that concerns 100 cameras has reached all within 10 s, and costs
each of them at most 2 s and one GOP.

What a user would have instead is one ffmpeg a camera, and a loop in a shell that ends each and
starts it anew with the new option. The pictures are small, so that two cores do. What a camera paid
is counted from the numbers of the frames that are in no file.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from rich.table import Table

from bench.cameras import FPS, KEY_SECONDS, simulated
from bench.readback import missing_frames
from bench.sides import SETTLE_SECONDS, recording_box, start_ffmpeg
from sereno.sim import Picture

CAMERAS = int(os.environ.get("PROFILE_CAMERAS", "100"))
SMALL = Picture(320, 180, 100_000)
BEFORE_SECONDS, AFTER_SECONDS = 60, 30  # of a file: the knob that is turned
LONGEST_SECONDS = 120.0
GOAL_SECONDS = 10
GOAL_GAP_SECONDS = 2 + KEY_SECONDS


@dataclass(frozen=True, slots=True)
class Change:
    """How long until all ran in the new way, and what each camera has lost (both in seconds)."""

    seconds: float
    gaps: list[float]


def run(folder: Path) -> Table:
    """Time and gaps of both."""
    table = Table(
        *("who", "all run with it", "gap, median", "longest gap"),
        title=f"A knob changed for {CAMERAS} cameras "
        f"(goal: {GOAL_SECONDS} s, each gap at most {GOAL_GAP_SECONDS:g} s)",
    )
    sides = (
        ("Sereno, a profile saved", _by_profile),
        ("ffmpeg, one a camera, restarted in a loop", _by_loop),
    )
    for who, change in sides:
        with simulated(folder / "loops", CAMERAS, SMALL) as addresses:
            result = change(folder / change.__name__, addresses)
        gaps = (statistics.median(result.gaps), max(result.gaps))
        table.add_row(who, f"{result.seconds:.1f} s", *(f"{each:.2f} s" for each in gaps))
    return table


def _by_profile(folder: Path, addresses: list[str]) -> Change:
    with recording_box(folder, addresses) as box:
        profile_id = box.share_profile({"segment_seconds": BEFORE_SECONDS})
        time.sleep(SETTLE_SECONDS)
        began = time.monotonic()
        box.change_profile(profile_id, {"segment_seconds": AFTER_SECONDS})
        is_new = f"--segment-seconds {AFTER_SECONDS}"
        _wait(
            lambda: (
                sum(
                    each["state"] == "recording"
                    and each["restarts"] >= 1
                    and is_new in each["effective_args"]
                    for each in box.runners()
                )
                == len(addresses)
            )
        )
        seconds = time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
    cameras = [path for path in (folder / "footage").iterdir() if path.is_dir()]
    return Change(seconds, _gaps(camera.rglob("*.mp4") for camera in cameras))


def _by_loop(folder: Path, addresses: list[str]) -> Change:
    folder.mkdir()
    with _ffmpegs() as processes:
        for number, address in enumerate(addresses):
            pattern = folder / f"{number}-before-%05d.mp4"
            processes.append(start_ffmpeg(address, pattern, BEFORE_SECONDS))
        _wait(lambda: len(list(folder.glob("*-before-*"))) == len(addresses))
        time.sleep(SETTLE_SECONDS)
        began = time.monotonic()
        for number, address in enumerate(addresses):
            processes[number].terminate()
            processes[number].wait()
            pattern = folder / f"{number}-after-%05d.mp4"
            processes[number] = start_ffmpeg(address, pattern, AFTER_SECONDS)
        _wait(lambda: len(list(folder.glob("*-after-*"))) == len(addresses))
        seconds = time.monotonic() - began
        time.sleep(SETTLE_SECONDS)
    return Change(
        seconds, _gaps(folder.glob(f"{number}-*.mp4") for number in range(len(addresses)))
    )


@contextmanager
def _ffmpegs() -> Iterator[list[Popen[bytes]]]:
    processes: list[Popen[bytes]] = []
    try:
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _gaps(cameras: Iterable[Iterable[Path]]) -> list[float]:
    return [missing_frames(files) / FPS for files in cameras]


def _wait(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all run in the new way after {LONGEST_SECONDS:.0f} s")
        time.sleep(0.25)
