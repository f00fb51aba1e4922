"""What processes really cost, by the kernel's accounting."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU in per cent of one core over a window, and memory of its own (USS) at its end."""

    cpu_percent: float
    memory_bytes: int


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def measure(processes: Callable[[], Iterable[psutil.Process]], seconds: float) -> Usage:
    """The usage of `processes` over the next `seconds`; none may start or end meanwhile."""
    watched = list(processes())
    before, began = _cpu_seconds(watched), time.monotonic()
    time.sleep(seconds)
    after, ended = _cpu_seconds(watched), time.monotonic()
    if {each.pid for each in processes()} != {each.pid for each in watched}:
        raise RuntimeError("a process started or ended while it was measured")
    memory = 0
    for process in watched:
        with suppress(psutil.NoSuchProcess):
            memory += process.memory_full_info().uss
    return Usage(100 * (after - before) / (ended - began), memory)


def _cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)
