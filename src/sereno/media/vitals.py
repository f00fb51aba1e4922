"""How the runner itself is: what its sign of life says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from sereno.base.clock import Clock, to_us
from sereno.media.contract import Alive
from sereno.media.disk import Disk
from sereno.media.pipes import Emit

ALIVE_SECONDS = 1.0
_PAGE_BYTES = os.sysconf("SC_PAGESIZE")


async def tell_vitals(
    emit: Emit,
    clock: Clock,
    disks: Callable[[], Mapping[str, Disk]],
    every_seconds: float = ALIVE_SECONDS,
) -> None:
    """Emit a sign of life now and then as long as the event loop goes round. Never returns.

    How long a disk stands still is counted in our own rounds: a process that was suspended must
    not blame its disk.
    """
    done: dict[str, int] = {}
    still_rounds: dict[str, int] = {}
    while True:
        for name, disk in disks().items():
            stands_still = disk.has_work and disk.done_count == done.get(name, -1)
            still_rounds[name] = still_rounds.get(name, 0) + 1 if stands_still else 0
            done[name] = disk.done_count
        longest = max(still_rounds.values(), default=0) * every_seconds
        alive = Alive(
            at_us=to_us(clock.now()), memory_bytes=memory_bytes(), disk_still_seconds=longest
        )
        emit(alive.model_dump_json())
        await asyncio.sleep(every_seconds)


def memory_bytes(pid: int | None = None) -> int:
    """Resident memory of a process, by default this one, and of its helpers.

    What is shared with others or read from files is left out: it does not grow by a fault of ours.
    Source: proc_pid_statm(5), proc_pid_task(5). What has ended counts nothing.
    """
    folder = Path("/proc", "self" if pid is None else str(pid))
    try:
        fields = (folder / "statm").read_text().split()
        children = [each for task in (folder / "task").iterdir() for each in _children(task)]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    own = (int(fields[1]) - int(fields[2])) * _PAGE_BYTES
    return own + sum(memory_bytes(child) for child in children)


def _children(task: Path) -> list[int]:
    try:
        return [int(pid) for pid in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it ended, or the kernel does not tell
        return []
