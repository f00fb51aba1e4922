"""Blocking work on volumes, so that a disk that hangs holds up no other."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, Protocol, TypeVar
from uuid import UUID

THREADS = 2  # of a volume: reading a file for its digest takes a core
LOOK_SECONDS = 1.0

P = ParamSpec("P")
T = TypeVar("T")


class Threads(Protocol):
    """Where work on a volume is done."""

    async def call(
        self, volume_id: UUID, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `act` answers or raises."""
        ...


class AnyThread:
    """Threads for whoever waits for each disk anyway."""

    async def call(
        self, volume_id: UUID, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await asyncio.to_thread(act, *args, **kwargs)


class VolumeThreads:
    """A few threads for each volume; `there` tells the volumes that answer."""

    def __init__(self, there: Callable[[], Collection[UUID]]) -> None:
        self._there = there
        self._pools: dict[UUID, ThreadPoolExecutor] = {}

    async def call(
        self, volume_id: UUID, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `act` answers or raises.

        Raises OSError where the volume goes meanwhile: a thread that hangs there is left behind.
        """
        if volume_id not in self._pools:
            self._pools[volume_id] = ThreadPoolExecutor(THREADS, f"volume-{volume_id}")
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._pools[volume_id], lambda: act(*args, **kwargs))
        while not work.done():
            await asyncio.wait({work}, timeout=LOOK_SECONDS)
            if not work.done() and volume_id not in self._there():
                work.cancel()
                raise OSError(errno.ENODEV, "its volume does not answer")
        return work.result()
