"""Promise: a camera whose runner is killed (kill -9) is recorded again within 2 s and one GOP.

What each kill cost a camera is counted from the numbers of the frames that are in no file. Beside
it one ffmpeg a camera, killed likewise, in a loop that starts it anew after 0.1 s, as systemd does
(`Restart=always`); its frames are counted though the file that it was writing cannot be played.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.table import Table

from bench.cameras import FPS, KEY_SECONDS, simulated
from bench.readback import frames_in, missing_in, stretches_of
from bench.sides import looping_ffmpegs, recording_box
from bench.usage import family
from sereno.sim import Picture

CAMERAS = 4
KILLS = int(os.environ.get("KILLS", "10"))
SMALL = Picture(640, 360, 500_000)
BETWEEN_SECONDS = (8.0, 10.0)  # at any place of a GOP
GOAL_SECONDS = 2 + KEY_SECONDS
PAUSE_SECONDS = 0.1
SEED = 20261122


def run(folder: Path) -> Table:
    """What kills cost."""
    table = Table(
        *("who", "gaps", "median", "longest"),
        title=f"{KILLS} kills of what records {CAMERAS} cameras, key frame every {KEY_SECONDS} s "
        f"(goal: each gap at most {GOAL_SECONDS:g} s)",
    )
    with simulated(folder / "loops", CAMERAS, SMALL) as addresses:
        for who, side in (("Sereno", _box), ("ffmpeg, one a camera, in a loop", _ffmpegs)):
            with side(folder / side.__name__, addresses) as recorders:
                _kill_again_and_again(recorders)
            gaps = _gaps(folder / side.__name__)
            shown = (f"{each:.2f} s" for each in (statistics.median(gaps), max(gaps)))
            table.add_row(who, str(len(gaps)), *shown)
    return table


Recorders = Callable[[], list[psutil.Process]]


@contextmanager
def _box(folder: Path, addresses: list[str]) -> Iterator[Recorders]:
    with recording_box(folder, addresses) as box:
        yield lambda: [each for each in box.node() if "media.runner" in " ".join(each.cmdline())]


@contextmanager
def _ffmpegs(folder: Path, addresses: list[str]) -> Iterator[Recorders]:
    with looping_ffmpegs(folder / "footage", addresses, PAUSE_SECONDS):
        yield lambda: [each for each in family(os.getpid()) if "ffmpeg" in each.name()]


def _kill_again_and_again(recorders: Recorders) -> None:
    draw = random.Random(SEED)
    for _ in range(KILLS):
        time.sleep(draw.uniform(*BETWEEN_SECONDS))
        for process in recorders():
            process.kill()
    time.sleep(BETWEEN_SECONDS[1])


def _gaps(folder: Path) -> list[float]:
    """Seconds of each stretch of frames that are in no file."""
    footage = folder / "footage"
    cameras: list[Iterable[Path]] = [
        path.rglob("*.mp4") for path in footage.iterdir() if path.is_dir()
    ]
    cameras = cameras or [footage.glob(f"{number}-*.mp4") for number in range(CAMERAS)]
    missing = [stretches_of(missing_in(frames_in(files))) for files in cameras]
    return [len(stretch) / FPS for stretches in missing for stretch in stretches]
