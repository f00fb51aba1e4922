"""The recorders of the benchmarks: simulated, each in a process of its own, which counts what it
was asked."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sereno.sim import Picture
from sereno.sim.dahua import DahuaRecorder
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

USER, PASSWORD = "bench", "bench-password"
FILE_SECONDS = 1800


@dataclass
class Simulated:
    """One that serves. `request_count` and `most_open` (connections) are there at its end."""

    host: str
    port: int
    process: subprocess.Popen[str]
    request_count: int = field(default=0, init=False)
    most_open: int = field(default=0, init=False)

    def emit(self, channel: int, *, is_active: bool) -> float:
        """Let something move before a camera, or end it; when that was told, on the clock that all
        processes share (`time.monotonic`)."""
        return float(self._ask(f"{channel} {int(is_active)}")["at"])

    def end(self) -> None:
        """Count, and end."""
        told = self._ask("end")
        self.request_count, self.most_open = int(told["requests"]), int(told["most_open"])

    def _ask(self, line: str) -> dict[str, float]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        told: dict[str, float] = json.loads(self.process.stdout.readline())
        return told


@contextmanager
def simulated(vendor: str, cache: Path, channels: int, days: float) -> Iterator[Simulated]:
    """A recorder with footage of so many days, in files of half an hour."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.recorders", vendor, str(cache), str(channels), str(days)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            yield Simulated(told["host"], told["port"], process)
        finally:
            process.terminate()


async def _serve(vendor: str, config: RecorderConfig) -> None:
    made = HikvisionRecorder(config) if vendor == "hikvision" else DahuaRecorder(config)
    async with made as recorder:
        _tell(host=recorder.host, port=recorder.port)
        while (line := (await asyncio.to_thread(sys.stdin.readline)).strip()) not in ("", "end"):
            channel, is_active = map(int, line.split())
            at = time.monotonic()
            if isinstance(recorder, HikvisionRecorder):
                recorder.emit("VMD", channel, is_active=bool(is_active))
            else:
                recorder.emit("VideoMotion", "Start" if is_active else "Stop", channel - 1)
            _tell(at=at)
        _tell(requests=len(recorder.log), most_open=recorder.http.most_open)


def _tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def main() -> None:
    """Serve until told to end."""
    vendor, cache, channels, days = sys.argv[1:]
    config = RecorderConfig(
        cache_dir=Path(cache),
        channels=tuple(
            ChannelSpec(number, f"Camera {number}", "entrance")
            for number in range(1, int(channels) + 1)
        ),
        user=USER,
        password=PASSWORD,
        days=float(days),
        file_seconds=FILE_SECONDS,
        main=Picture(320, 180, 300_000),
        sub=Picture(160, 90, 100_000),
        loop_seconds=4,
    )
    asyncio.run(_serve(vendor, config))


if __name__ == "__main__":
    main()
