"""One beat for all connections of an event loop: what has come is read together.

A camera sends a picture in several pieces, and to wake for each costs more than to handle it. So
the kernel gathers, and on every beat each connection reads what is there. A process with many
cameras wakes no more often than one with a single camera.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary

BEAT_SECONDS = 0.08
"""Delays a picture by half of this on average: little beside a fragment of 200 ms. 50 ms cost a
twentieth more CPU, and 100 ms save nothing further."""

BUFFER_BYTES = 192 * 1024
"""Room for more than the largest interleaved frame (65,539 bytes) behind a partly read one."""


class Beat:
    """Calls its readers at every beat while there are any.

    `buffer`, which `view` shows, is for whoever reads at the moment: they read one after the other.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.buffer = bytearray(BUFFER_BYTES)
        self.view = memoryview(self.buffer)
        self._loop = loop
        self._readers: dict[Callable[[], None], None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def join(self, read: Callable[[], None]) -> None:
        """Call `read` at each beat from now on. It may not raise."""
        self._readers[read] = None
        if self._timer is None:
            self._timer = self._loop.call_later(BEAT_SECONDS, self._strike)

    def leave(self, read: Callable[[], None]) -> None:
        """Call it no more; nothing happens where it was not called."""
        self._readers.pop(read, None)

    def _strike(self) -> None:
        began = self._loop.time()
        for read in tuple(self._readers):
            read()
        # From the beginning of this beat, so that a busy process keeps time as long as it can.
        due = max(began + BEAT_SECONDS, self._loop.time())
        self._timer = self._loop.call_at(due, self._strike) if self._readers else None


_beats: WeakKeyDictionary[asyncio.AbstractEventLoop, Beat] = WeakKeyDictionary()


def beat_of(loop: asyncio.AbstractEventLoop) -> Beat:
    """The one beat of an event loop."""
    beat = _beats.get(loop)
    if beat is None:
        beat = _beats[loop] = Beat(loop)
    return beat
