"""Making one clip of the node's own footage: planned, written, made durable, named."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sereno.base.clock import to_us
from sereno.base.errors import Unavailable, Words
from sereno.base.spans import Span
from sereno.media.clip_writer import write_clip
from sereno.media.clips import ClipPlan, ClipSegment, plan_clip
from sereno.media.index import unpack_index
from sereno.media.sidecar import ClipIdentity, SourceRun, sidecar
from sereno.node.clip_store import ClipStore
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.recording import Recording
from sereno.node.rows import SegmentRow, StreamKey
from sereno.wire.orders import ClipOrder

_T = TypeVar("_T")
PathOf = Callable[[UUID, str], Path | None]

# Recordings are made durable every two seconds together with whatever else waits to be written to
# their disk: a clip never lets more than this wait.
SYNC_BYTES = 64 * 1024 * 1024
LEFT_FREE_BYTES = 1 << 30  # beyond the reserve, or 2 % of a smaller disk: recordings need room
_NICE = 10

_DISK_AWAY = Words(
    "A disk that has part of this footage is not there. Connect it.",
    "Un disco que tiene parte de esta grabación no está. Conéctelo.",
)


class NoRoom(Exception):
    """The clip is larger than what the disk has to spare; or, `is_refused`, than what it took,
    whatever was said to be free: a quota, for example."""

    def __init__(self, needed_bytes: int, free_bytes: int, *, is_refused: bool = False) -> None:
        super().__init__(needed_bytes, free_bytes)
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes
        self.is_refused = is_refused


class Stopped(Exception):
    """Nobody wants the clip any more, or the node stops."""


@dataclass(slots=True)
class Progress:
    """How far a clip is; read by others while it is being made."""

    done_bytes: int = 0
    size_bytes: int | None = None
    is_wanted: bool = True


def clip_segments(rows: Iterable[SegmentRow], path_of: PathOf) -> Iterator[ClipSegment]:
    """The files of these rows, one at a time: an index takes far more room than its row.

    Raises Unavailable where a file's volume is not there.
    """
    for row in rows:
        path = path_of(row.volume_id, row.path)
        if path is None:
            raise Unavailable("disk_missing", _DISK_AWAY)
        yield ClipSegment(
            segment_id=row.segment_id,
            run_id=row.run_id,
            init_size_bytes=row.init_size,
            start_us=row.start_us,
            index=unpack_index(row.fragments),
            path=path,
        )


def _calm() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)  # of this thread alone


@dataclass(slots=True)
class ClipMaker:
    """Makes clips, one after the other, in a thread of its own with a low priority."""

    store: ClipStore
    recording: Recording
    ledger: LedgerThread
    path_of: PathOf
    reserve_bytes: int | None = None
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "clips", initializer=_calm), init=False
    )

    async def make(self, order: ClipOrder, progress: Progress) -> None:
        """Make the clip, whole and durable.

        Raises NotFound where there is no footage, NoRoom, Stopped, Unavailable, Garbled, OSError.
        """
        key = StreamKey(order.camera_id, order.stream)
        span = Span(order.start, order.end)
        rows = await self.recording.segments(key, to_us(span.start), to_us(span.end))
        plan = await self._in_thread(lambda: self._plan(rows, span))
        progress.size_bytes = plan.size_bytes
        sha256 = await self._in_thread(lambda: self._write(order.clip_id, plan, progress))
        identity = ClipIdentity(order.clip_id, order.camera_id, order.camera, order.stream, span)
        digests = {row.segment_id: row.sha256 for row in rows}
        about = sidecar(identity, plan, sha256, await self._runs(plan), digests)
        await self._in_thread(lambda: self.store.finish(order.clip_id, about))

    def room_bytes(self) -> int:
        """How large a clip may be now."""
        total = self.store.total_bytes()
        reserve = min(LEFT_FREE_BYTES, total // 50)
        kept = reserve if self.reserve_bytes is None else self.reserve_bytes
        return self.store.free_bytes() - kept - reserve

    async def _in_thread(self, act: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)

    def _plan(self, rows: list[SegmentRow], span: Span) -> ClipPlan:
        """What is left of the footage: a file that is not there any more leaves a gap."""
        segments = clip_segments(rows, self.path_of)
        return plan_clip((each for each in segments if each.path.exists()), span)

    def _write(self, clip_id: UUID, plan: ClipPlan, progress: Progress) -> str:
        room = self.room_bytes()
        if plan.size_bytes > room:
            raise NoRoom(plan.size_bytes, room)
        part = self.store.part(clip_id)
        try:
            with part.open("wb") as file:
                sha256 = write_clip(plan, file, _Pace(file.fileno(), progress))
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            part.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
                raise NoRoom(plan.size_bytes, progress.done_bytes, is_refused=True) from error
            raise
        return sha256

    async def _runs(self, plan: ClipPlan) -> list[SourceRun]:
        run_ids = dict.fromkeys(part.run_id for part in plan.parts)
        rows = [await self.ledger.call(Ledger.run, run_id) for run_id in run_ids]
        return [
            SourceRun(row.run_id, row.engine, row.clock, row.drift_us)
            for row in rows
            if row is not None
        ]


@dataclass(slots=True)
class _Pace:
    """Told how much is written: notes it, has it made durable in time, and ends it when asked."""

    file: int
    progress: Progress
    _durable_bytes: int = 0

    def __call__(self, done_bytes: int) -> None:
        self.progress.done_bytes = done_bytes
        if not self.progress.is_wanted:
            raise Stopped
        if done_bytes - self._durable_bytes >= SYNC_BYTES:
            os.fdatasync(self.file)
            self._durable_bytes = done_bytes
