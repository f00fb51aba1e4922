"""Promise: what is wrong with a camera is told in the right words within 5 s of the time limit that
these words have (docs/ref/reasons.md), whichever engine records it.

A camera for each thing that can be wrong is added to a box, and the API is asked until it tells the
right reason: what a person who adds a camera waits for. The cases are those of the tests
(tests/rooms/media/test_reasons.py) in which a camera fails, on simulated servers, without two that
need addresses outside of this machine.

Beside it ffmpeg as careful people start it, with the same patience (`-timeout`): after what time it
ends, and the last that it says.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import imageio_ffmpeg
from rich.table import Table
from tests.rooms.media.test_reasons import ROWS, Row, Scene

from bench.box import Box, running
from sereno.media.contract import Failed
from sereno.policy.reason_entry import LIMIT_SECONDS, Wait
from sereno.policy.reason_list import REASONS

GRACE_SECONDS = 5.0
LONGEST_SECONDS = 60.0  # then it counts as not told
MOST_AT_ONCE = int(os.environ.get("REASONS_AT_ONCE", "4"))
LOOK_SECONDS = 0.25
ENGINES = ("native", "ffmpeg")
_READ = [
    "-nostdin",
    "-hide_banner",
    "-loglevel",
    "error",
    "-rtsp_transport",
    "tcp",
    "-timeout",
    "10000000",
    "-i",
]
_WRITE = ["-map", "0:v", "-c", "copy", "-f", "null", "-"]
_LONGEST_WORDS = 31


@dataclass(frozen=True)
class Case:
    """One thing that is wrong, recorded by one engine, or looked at by ffmpeg alone."""

    name: str
    engine: str
    row: Row = field(compare=False)

    @property
    def limit_seconds(self) -> float:
        """What is documented for the reason that must be told."""
        waits = list(Wait)[: list(Wait).index(REASONS[self.row.key].wait) + 1]
        return sum(LIMIT_SECONDS[wait] for wait in waits)


@dataclass(frozen=True)
class Outcome:
    """After how many seconds it was told, if it was, and in what words."""

    seconds: float | None
    words: str = ""

    def __str__(self) -> str:
        return f"not in {LONGEST_SECONDS:g}" if self.seconds is None else f"{self.seconds:.1f}"


@dataclass
class Told:
    """What the API has told of each camera, and when it was first seen there."""

    box: Box
    _first: dict[tuple[str, str], float] = field(default_factory=dict)
    _looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self) -> None:
        """Ask again and again, until cancelled."""
        while True:
            for camera in await asyncio.to_thread(self.box.cameras):
                for place in ("reason", "last_error"):
                    if reason := camera["status"][place]:
                        self._first.setdefault((camera["id"], reason["key"]), time.monotonic())
            self._looked.set()
            self._looked = asyncio.Event()
            await asyncio.sleep(LOOK_SECONDS)

    async def when(self, camera_id: str, key: str) -> float:
        """When that reason was told of that camera, now or later."""
        while (camera_id, key) not in self._first:
            await self._looked.wait()
        return self._first[camera_id, key]


def run(folder: Path) -> Table:
    """Seconds until each thing that is wrong was told, by engine."""
    rows = [(str(each.id), each.values[0]) for each in ROWS]
    rows = [(name, row) for name, row in rows if row.tells is Failed and "address" not in row.task]
    with running(folder / "box") as box:
        found = asyncio.run(_run_all(folder, box, rows))
    table = Table(
        *("what is wrong", "limit", *ENGINES, "ffmpeg alone", "which says at last"),
        title="Seconds until it is told what is wrong with a camera "
        f"(goal: at most {GRACE_SECONDS:g} s after the limit)",
    )
    for name, row in rows:
        told = [str(found.get(Case(name, engine, row), "")) for engine in ENGINES]
        alone = found[Case(name, "", row)]
        limit = f"{Case(name, '', row).limit_seconds:g}"
        table.add_row(name, limit, *told, str(alone), alone.words)
    table.add_section()
    table.add_row("later than the goal", "", *(str(_late(found, engine)) for engine in ENGINES))
    return table


def _late(found: dict[Case, Outcome], engine: str) -> int:
    return sum(
        outcome.seconds is None or outcome.seconds > case.limit_seconds + GRACE_SECONDS
        for case, outcome in found.items()
        if case.engine == engine
    )


async def _run_all(folder: Path, box: Box, rows: list[tuple[str, Row]]) -> dict[Case, Outcome]:
    """A few at a time, each at an address of its own, as real cameras are."""
    turn, found = asyncio.Semaphore(MOST_AT_ONCE), {}
    cases = [
        Case(name, engine, row)
        for name, row in rows
        for engine in (*ENGINES, "")
        if not engine or engine in row.engines
    ]

    async def one(case: Case, scene: Scene, told: Told) -> None:
        async with turn:
            address = scene.address(case.row)
            found[case] = (
                await _by_box(case, address, told) if case.engine else await _alone(case, address)
            )

    async with Scene(folder, [row for _, row in rows]).open() as scene:
        told = Told(box)
        watching = asyncio.create_task(told.watch())
        try:
            await asyncio.gather(*(one(case, scene, told) for case in cases))
        finally:
            watching.cancel()
    return found


async def _by_box(case: Case, address: str, told: Told) -> Outcome:
    row = case.row
    fields = {"name": f"{case.name}, {case.engine}", "address": address, "engine": case.engine}
    camera_id = await asyncio.to_thread(told.box.add_camera, **fields | row.task)
    began = time.monotonic() + row.after_seconds
    try:
        told_at = await asyncio.wait_for(told.when(camera_id, row.key), LONGEST_SECONDS)
    except TimeoutError:
        return Outcome(None)
    finally:
        await asyncio.to_thread(told.box.remove_camera, camera_id)
    return Outcome(told_at - began)


async def _alone(case: Case, address: str) -> Outcome:
    """One that records the camera, as people do it, password in the address and all."""
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), *_READ, _with_password(address, case.row.task), *_WRITE,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    began = time.monotonic() + case.row.after_seconds
    try:
        _, said = await asyncio.wait_for(process.communicate(), LONGEST_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        return Outcome(None)
    lines = said.decode(errors="replace").strip().splitlines() or ["nothing"]
    words = lines[-1].split("] ")[-1].removeprefix("Error opening input files: ")
    return Outcome(max(time.monotonic() - began, 0.0), words[:_LONGEST_WORDS])


def _with_password(address: str, task: dict[str, Any]) -> str:
    if "username" not in task:
        return address
    scheme, rest = address.split("://")
    return f"{scheme}://{task['username']}:{quote(task['password'], safe='')}@{rest}"
