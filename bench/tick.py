"""Promise: 500 cameras' desired state compared with what runs, and nothing to do, in under 50 ms of
CPU a tick.

The node's own supervisor decides by each camera's plan and compares with what its runners were
told; the runners here only say that they live. Programs such as systemd and supervisord compare
nothing. What a user would write instead is a loop that compares the command lines of 500 processes
with those that should be: with psutil over all processes, or, the leanest, by reading
`/proc/PID/cmdline` of pids that were noted. Neither knows of schedules.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psutil
from rich.table import Table

from bench.preview import plan_of
from sereno.base.clock import ManualClock
from sereno.node.desired import Aim, Desired
from sereno.node.leases import Leases
from sereno.node.ledger_thread import LedgerThread
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.node.supervisor import Supervisor
from sereno.node.wishes import Place
from sereno.policy.knobs import Manner
from sereno.wire.orders import CameraOrder, MannerOrder, Orders, StreamOrder

CAMERAS, ROUNDS = 500, 50
SCHOOL_HOURS = datetime(2026, 3, 25, 15, tzinfo=UTC)  # in each of the plans' zones
# A runner without streams: it says that it lives, and ends with its input.
IDLE_RUNNER = """
import select, sys
while not select.select([0], [], [], 1)[0] or sys.stdin.buffer.raw.read(65536):
    print('{"e":"alive","at_us":1,"memory_bytes":1}', flush=True)
"""


class WatchedDesired(Desired):
    """`looked` is set by each comparison, which begins with a look."""

    looked: asyncio.Event

    def look(self) -> Mapping[StreamKey, Aim]:
        self.looked.set()
        return super().look()


def run(folder: Path) -> Table:
    """CPU of a tick of each."""
    table = Table(
        *("who", "CPU a tick, median", "most", "promise"),
        title=f"{CAMERAS} cameras compared with what runs, nothing to do",
    )
    rows = [("Sereno's supervisor, plans and all", asyncio.run(_supervisor(folder)), "50 ms")]
    with _processes() as commands:
        rows += [
            ("psutil over all processes", _measured(lambda: _by_psutil(commands)), ""),
            ("/proc/PID/cmdline of noted pids", _measured(lambda: _by_proc(commands)), ""),
        ]
    for who, ticks, promise in rows:
        times = (statistics.median(ticks), max(ticks))
        table.add_row(who, *(f"{each * 1000:.1f} ms" for each in times), promise)
    return table


async def _supervisor(folder: Path) -> list[float]:
    """CPU seconds of each comparison, once all is as it should be."""
    clock = ManualClock(SCHOOL_HOURS)
    leases = Leases(clock)
    desired = WatchedDesired(clock, leases)
    desired.looked = asyncio.Event()
    ledger = LedgerThread(folder / "ledger.sqlite3")
    recording = Recording(ledger, dict, clock, lambda book: None)
    supervisor = Supervisor(
        (sys.executable, "-c", IDLE_RUNNER), desired, recording, lambda key: Place(folder),
        lambda place: None, clock, recording.apply,
    )  # fmt: skip
    desired.take(_orders())
    supervising = asyncio.create_task(supervisor.run())
    while not _are_all_given(supervisor):
        await _next(desired)
    ticks = []
    for _ in range(ROUNDS):
        began = time.process_time()
        supervisor.look()
        await _next(desired)
        ticks.append(time.process_time() - began)
    supervisor.stop()
    await supervising
    await ledger.close()
    return ticks


async def _next(desired: WatchedDesired) -> None:
    """Wait until a comparison has been made: it is not interrupted once it has begun."""
    desired.looked.clear()
    await desired.looked.wait()


def _orders() -> Orders:
    manners = {
        name: MannerOrder(manner=Manner(segment_seconds=seconds))
        for name, seconds in (("", 60), ("usual", 60), ("day", 30), ("night", 120))
    }
    cameras = tuple(
        CameraOrder(
            camera_id=uuid4(), name=f"Camera {number}", manners=manners, plan=plan_of(number),
            streams=(StreamOrder(stream="main", address=f"rtsp://192.0.2.1/{number}"),),
        )
        for number in range(CAMERAS)
    )  # fmt: skip
    return Orders(node_id=uuid4(), site_name="School", ticket_public_key="", cameras=cameras)


def _are_all_given(supervisor: Supervisor) -> bool:
    carried = [each for key in supervisor.aims if (each := supervisor.carried(key)) is not None]
    return bool(carried) and all(
        each.slot is not None and each.slot.given.keys() >= each.slot.streams for each in carried
    )


@contextmanager
def _processes() -> Iterator[dict[int, list[str]]]:
    """A process a camera, with a command line as ffmpeg's would be; by pid, how it should be."""
    read_end, write_end = os.pipe()
    started = {}
    try:
        for number in range(CAMERAS):
            words = ["sh", "-c", "read _", "ffmpeg", "-i", f"rtsp://192.0.2.1/{number}"]
            words += ["-c", "copy", "-f", "segment", "-segment_time", "60", f"{number}-%05d.mp4"]
            started[subprocess.Popen(words, stdin=read_end)] = words
        yield {process.pid: words for process, words in started.items()}
    finally:
        os.close(write_end)  # what each of them waits for
        os.close(read_end)
        for process in started:
            process.wait()


def _by_psutil(commands: dict[int, list[str]]) -> bool:
    running = {each.pid: each.info["cmdline"] for each in psutil.process_iter(["cmdline"])}
    return all(running.get(pid) == words for pid, words in commands.items())


def _by_proc(commands: dict[int, list[str]]) -> bool:
    return all(
        Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1] == words
        for pid, words in commands.items()
    )


def _measured(compare: Callable[[], bool]) -> list[float]:
    ticks = []
    for _ in range(ROUNDS):
        began = time.process_time()
        is_well = compare()
        ticks.append(time.process_time() - began)
        if not is_well:
            raise RuntimeError("a process is not as it should be")
    return ticks
