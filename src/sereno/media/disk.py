"""A thread that writes for many streams, so that a slow disk never holds up the network."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from sereno.media.faults import StreamFault, fault
from sereno.media.segments import Lines
from sereno.media.volume import Volume

HAND_OVER_SECONDS = 0.05
"""Jobs of all streams go to the thread together, this often at most: each wake-up costs."""

SYNC_SECONDS = 2.0
"""What a power cut may cost at most."""

Act = Callable[[], Lines]


class _Job(NamedTuple):
    owner: DiskQueue
    act: Act
    size_bytes: int


class _Result(NamedTuple):
    owner: DiskQueue
    lines: Lines
    size_bytes: int
    error: Exception | None


class DiskQueue:
    """One stream's place in front of the disk: its jobs run in order, their lines come back.

    `pending_bytes` were put and are not written yet; whoever puts must keep them bounded. While
    `is_prompt` a job goes to the thread at once, and `hurry` is called after its lines.
    """

    def __init__(
        self,
        disk: Disk,
        emit: Callable[[str], None],
        on_error: Callable[[Exception], None],
        hurry: Callable[[], None] = lambda: None,
    ) -> None:
        self.pending_bytes = 0
        self.is_prompt = False
        self._hurry = hurry
        self._disk = disk
        self._emit = emit
        self._on_error = on_error
        self._pending = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def volume(self) -> Volume:
        """Where the jobs write to."""
        return self._disk.volume

    def put(self, act: Act, size_bytes: int = 0) -> None:
        """Let the disk thread call `act`."""
        self.pending_bytes += size_bytes
        self._pending += 1
        self._idle.clear()
        self._disk.put(_Job(self, act, size_bytes), is_prompt=self.is_prompt)

    def say(self, line: str) -> None:
        """Emit a line after the lines of all jobs put before."""
        if self._pending:
            self.put(lambda: [line])
        else:
            self._emit(line)

    async def drain(self) -> None:
        """Wait until all jobs are done."""
        await self._idle.wait()

    def take(self, result: _Result) -> None:
        """What the disk calls, on the event loop, for each job done."""
        self.pending_bytes -= result.size_bytes
        self._pending -= 1
        for line in result.lines:
            self._emit(line)
        if result.lines and self.is_prompt:
            self._hurry()
        if result.error is not None:
            self._on_error(result.error)
        if not self._pending:
            self._idle.set()


class Disk:
    """The writer of one footage folder. Must be closed, which waits for all jobs.

    `done_count` grows with each job done; `has_work` tells whether any waits or is being done.
    """

    def __init__(self, footage_dir: Path) -> None:
        self.done_count = 0
        self._put_count = 0
        self.volume = Volume(footage_dir)
        self._loop = asyncio.get_running_loop()
        self._batch: list[_Job] = []
        self._timer: asyncio.TimerHandle | None = None
        self._last_hand_over = 0.0
        self._batches: SimpleQueue[list[_Job] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="disk", daemon=True)
        self._thread.start()
        self._has_news = False
        self._syncer = asyncio.create_task(self._sync_often())

    @property
    def has_work(self) -> bool:
        return self._put_count != self.done_count

    def put(self, job: _Job, *, is_prompt: bool = False) -> None:
        self._put_count += 1
        self._batch.append(job)
        if is_prompt:
            if self._timer is not None:
                self._timer.cancel()
            self._hand_over()
        elif self._timer is None:
            due = self._last_hand_over + HAND_OVER_SECONDS
            self._timer = self._loop.call_at(due, self._hand_over)

    async def close(self) -> None:
        """Finish what was put, then end the thread."""
        if self._timer is not None:
            self._timer.cancel()
            self._hand_over()
        self._syncer.cancel()
        self._batches.put(None)
        await asyncio.to_thread(self._thread.join)

    def _hand_over(self) -> None:
        self._timer = None
        self._last_hand_over = self._loop.time()
        self._has_news = True
        batch, self._batch = self._batch, []
        self._batches.put(batch)

    def _work(self) -> None:
        while (batch := self._batches.get()) is not None:
            results = [self._do(job) for job in batch]
            batch.clear()
            self._loop.call_soon_threadsafe(_take_all, results)

    def _do(self, job: _Job) -> _Result:
        try:
            return _Result(job.owner, job.act(), job.size_bytes, None)
        except Exception as error:  # whoever put the job says what it means
            return _Result(job.owner, [], job.size_bytes, error)
        finally:
            self.done_count += 1

    async def _sync_often(self) -> None:
        """One `syncfs` for all files of the volume instead of one `fsync` each."""
        while True:
            await asyncio.sleep(SYNC_SECONDS)
            if self._has_news:
                self._has_news = False
                await asyncio.to_thread(self.volume.sync)


def _take_all(results: list[_Result]) -> None:
    for result in results:
        result.owner.take(result)


def disk_fault(error: OSError) -> StreamFault:
    """What a failed write means for people."""
    if error.errno == errno.ENODEV:
        return fault("disk_missing", volume=error.filename)
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return fault("disk_full" if is_full else "disk_failed", str(error))
