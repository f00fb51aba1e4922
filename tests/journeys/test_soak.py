"""An hour of recording takes no more memory at its end than at its beginning."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from sereno.media.vitals import memory_bytes

from .harness import Box, Cameras, is_soak, running, soak_seconds

PARTS = ("media.runner", "node run")
CAMERAS = 8
SECONDS = soak_seconds()
WARM_SECONDS = min(300.0, SECONDS / 4)
SAMPLE_SECONDS = 15.0
# A byte kept for each picture of eight cameras would be 0.7 MB an hour; an event, 100 MB.
LARGEST_SLOPE_BYTES_AN_HOUR = 4 << 20
pytestmark = [
    pytest.mark.skipif(not is_soak(), reason="takes an hour: make soak"),
    pytest.mark.timeout(2 * SECONDS + 900),
]


@pytest.fixture
def box(tmp_path: Path, loops: Path) -> Iterator[Box]:
    with Cameras(loops, CAMERAS, 400_000) as cameras, running(Box(tmp_path / "data")) as box:
        for number in range(1, CAMERAS + 1):
            box.add_camera(f"Camera {number}", cameras.address(number))
        for number in range(1, CAMERAS + 1):
            box.wait_for_state(f"Camera {number}", "recording")
        yield box


def slope_of(samples: list[tuple[float, int]]) -> float:
    """Of the straight line nearest to all samples (least squares), in bytes an hour."""
    times, sizes = zip(*samples, strict=True)
    middle, mean = sum(times) / len(times), sum(sizes) / len(sizes)
    spread = sum((at - middle) ** 2 for at in times)
    return 3600 * sum((at - middle) * (size - mean) for at, size in samples) / spread


def test_memory_is_flat_over_an_hour(box: Box) -> None:
    pids = {part: box.pid_of(part) for part in PARTS}
    time.sleep(WARM_SECONDS)
    samples: dict[str, list[tuple[float, int]]] = defaultdict(list)
    began = time.monotonic()
    while (age := time.monotonic() - began) < SECONDS:
        for part, pid in pids.items():
            samples[part].append((age, memory_bytes(pid)))
        time.sleep(SAMPLE_SECONDS)
    assert {part: box.pid_of(part) for part in PARTS} == pids, "nothing was replaced meanwhile"
    slopes = {part: slope_of(samples[part]) for part in PARTS}
    print({part: f"{slope / 1024:.0f} KiB/h" for part, slope in slopes.items()})
    assert all(slope < LARGEST_SLOPE_BYTES_AN_HOUR for slope in slopes.values())
