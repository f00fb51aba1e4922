"""Promise: a recorder whose 64 channels come back at once is dialled by at most three of them at a
time, and within a minute all of them are recorded again.

The recorder is simulated in a process of its own: it goes away, which ends every connection, comes
back on the same port, and counts who dials and who is shown pictures. Beside Sereno one ffmpeg a
camera, each in a loop that starts it anew after 2 s, as people have it. Likewise 64 cameras at an
address each, which a network that is back gives back at once. The pictures are small, so that two
cores do.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.table import Table

from bench.cameras import PASSWORD, SCENES, USER
from bench.sides import looping_ffmpegs, recording_box
from sereno.media.door_files import MOST_AT_ONCE
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer

CAMERAS = int(os.environ.get("STORM_CAMERAS", "64"))
AWAY_SECONDS = float(os.environ.get("STORM_AWAY_SECONDS", "60"))  # all pauses are their longest
GOAL_SECONDS = 60
LONGEST_SECONDS = 300.0
LOOK_SECONDS = 0.2
PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Storm:
    """How a recorder was met when it came back; `most` were at its door at once."""

    seconds: float
    most: int
    dials: int


@dataclass(frozen=True)
class Recorder:
    """One that serves; it takes orders."""

    port: int
    process: subprocess.Popen[str]

    def ask(self, order: str) -> dict[str, int]:
        """`go` and `come` (answered when it is done), or `count`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        told: dict[str, int] = json.loads(self.process.stdout.readline())
        return told

    def addresses(self, *, are_apart: bool) -> list[str]:
        """Of all channels: at one address, or each at one of loopback that no other has."""
        hosts = [f"127.0.1.{n}" if are_apart else "127.0.0.1" for n in range(1, CAMERAS + 1)]
        return [f"rtsp://{host}:{self.port}/cam/{n}/main" for n, host in enumerate(hosts, 1)]

    def storm(self) -> Storm:
        """Go away and come back, once all are shown pictures; until they are again."""
        self._until_all_play()
        self.ask("go")
        time.sleep(AWAY_SECONDS)
        self.ask("come")
        began = time.monotonic()
        counted = self._until_all_play()
        return Storm(time.monotonic() - began, counted["most"], counted["dials"])

    def _until_all_play(self) -> dict[str, int]:
        deadline = time.monotonic() + LONGEST_SECONDS
        while (counted := self.ask("count"))["playing"] < CAMERAS:
            if time.monotonic() > deadline:
                raise TimeoutError(f"only {counted['playing']} of {CAMERAS} cameras are played")
            time.sleep(LOOK_SECONDS)
        return counted


def run(folder: Path) -> Table:
    """What a storm costs the recorder, and how long it takes."""
    table = Table(
        *("who", "most dialling at once", "dials", "all are back after"),
        title=f"{CAMERAS} cameras come back after {AWAY_SECONDS:g} s "
        f"(goals: at most {MOST_AT_ONCE} at once at one recorder, {GOAL_SECONDS} s)",
    )
    for where, are_apart in (("one recorder", False), ("an address each", True)):
        with _recorder(folder / "loops") as recorder:
            addresses = recorder.addresses(are_apart=are_apart)
            with recording_box(folder / f"box {where}", addresses):
                _add(table, f"{where}: Sereno", recorder.storm())
        with _recorder(folder / "loops") as recorder:
            addresses = recorder.addresses(are_apart=are_apart)
            with looping_ffmpegs(folder / f"ffmpeg {where}", addresses, PAUSE_SECONDS):
                _add(table, f"{where}: ffmpeg, in a loop", recorder.storm())
    return table


def _add(table: Table, who: str, storm: Storm) -> None:
    table.add_row(who, str(storm.most), str(storm.dials), f"{storm.seconds:.1f} s")


@contextmanager
def _recorder(cache: Path) -> Iterator[Recorder]:
    argv = [sys.executable, "-m", "bench.storm", str(cache), str(CAMERAS)]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Recorder(json.loads(process.stdout.readline())["port"], process)
        finally:
            process.terminate()


async def _serve(config: SimConfig) -> None:
    while True:
        async with SimServer(config) as server:
            config = replace(config, port=server.port)
            _tell(port=server.port)
            while await _order() == "count":
                playing = sum(camera.viewer_count > 0 for camera in server.cameras)
                _tell(playing=playing, most=server.knocks.most, dials=server.knocks.count)
        _tell(playing=0)
        await _order()


async def _order() -> str:
    """The next line of standard input; at its end this process ends too."""
    line: str = await asyncio.to_thread(sys.stdin.readline)
    if not line:
        sys.exit()
    return line.strip()


def _tell(**facts: int) -> None:
    print(json.dumps(facts), flush=True)


def main() -> None:
    """Be the recorder, until terminated."""
    cache, count = sys.argv[1:]
    config = SimConfig(
        cache_dir=Path(cache),
        cameras=tuple(CameraSpec(f"Camera {n + 1}", SCENES[n % 2]) for n in range(int(count))),
        host="0.0.0.0",  # noqa: S104  addresses of loopback
        user=USER,
        password=PASSWORD,
        main=Picture(160, 90, 50_000),
        sub=Picture(160, 90, 50_000),
        fps=10,
    )
    asyncio.run(_serve(config))


if __name__ == "__main__":
    main()
