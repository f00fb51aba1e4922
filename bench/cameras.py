"""The cameras of the benchmarks: a simulated site in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sereno.sim import CameraSpec, Picture, SimConfig, serve_cameras

SCENES = ("entrance", "yard")
USER, PASSWORD = "bench", "bench-password"
FPS, KEY_SECONDS = 25, 2
USUAL = Picture(1920, 1080, 4_000_000)


@contextmanager
def simulated(cache: Path, count: int, picture: Picture = USUAL) -> Iterator[list[str]]:
    """Addresses of `count` cameras of 25 frames a second, key frame every 2 s.

    Each frame leaves in four bursts over 8 ms, as a real network spreads it.
    """
    numbers = (count, picture.width, picture.height, picture.bitrate_bps)
    with subprocess.Popen(
        [sys.executable, "-m", "bench.cameras", str(cache), *map(str, numbers)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield [camera["main"] for camera in json.loads(process.stdout.readline())]
        finally:
            process.terminate()


def main() -> None:
    """Serve until terminated; the addresses go to standard output as one line of JSON."""
    count, *picture = map(int, sys.argv[2:])
    config = SimConfig(
        cache_dir=Path(sys.argv[1]),
        cameras=tuple(CameraSpec(f"Camera {n + 1}", SCENES[n % 2]) for n in range(count)),
        user=USER,
        password=PASSWORD,
        main=Picture(*picture),
        fps=FPS,
        key_seconds=KEY_SECONDS,
        bursts=4,
        spread_ms=8,
        phases=8,
    )
    serve_cameras(
        config,
        lambda cameras: print(json.dumps([asdict(each) for each in cameras]), flush=True),
    )


if __name__ == "__main__":
    main()
