"""The clips that the hub wants of this node: made where missing, kept, and removed when not wanted.

A level, not a list of jobs: orders name all clips that there shall be, the folder says which there
are. One is made at a time, at low priority; recording does not notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.base.errors import Garbled, NotFound, SerenoError
from sereno.node.clip_maker import ClipMaker, NoRoom, Progress, Stopped
from sereno.node.clip_store import ClipStore
from sereno.node.ledger_thread import LedgerThread
from sereno.node.recording import Recording
from sereno.node.volumes import Volumes
from sereno.wire.clips import ClipReport, ClipState
from sereno.wire.orders import ClipOrder
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

AGAIN_SECONDS, AGAIN_CAP_SECONDS = 10.0, 600.0
NO_FOOTAGE = ReasonReport(key="clip_no_footage")

Tell = Callable[[UUID, ClipReport], Awaitable[None]]


@dataclass(slots=True)
class _Job:
    """A clip that is wanted and not there yet."""

    order: ClipOrder
    backoff: Backoff
    resting_until: float = 0.0  # monotonic
    needed_bytes: int = 0  # of one that waits for room: it is tried when there is so much


@dataclass(slots=True)
class Clips:
    """`take` says which clips there shall be; `run` sees to it for as long as it runs.

    `tell` gives a report to the hub: it raises NotFound where nobody wants the clip any more, and
    another SerenoError where the hub did not take it, to be told again.
    """

    store: ClipStore
    maker: ClipMaker
    tell: Tell
    clock: Clock
    tell_seconds: float = 1.0
    again_seconds: float = AGAIN_SECONDS
    _wanted: dict[UUID, ClipOrder] | None = field(default=None, init=False)
    _jobs: dict[UUID, _Job] = field(default_factory=dict, init=False)
    _ended: set[UUID] = field(default_factory=set, init=False)  # there, or never to be
    _making: tuple[UUID, Progress] | None = field(default=None, init=False)
    _news: dict[UUID, ClipReport] = field(default_factory=dict, init=False)
    _look: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _has_news: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def take(self, orders: Iterable[ClipOrder] | None) -> None:
        """All clips that there shall be; None: nobody knows, and all stay."""
        if orders is None:
            return
        self._wanted = {order.clip_id: order for order in orders}
        if self._making is not None and self._making[0] not in self._wanted:
            self._making[1].is_wanted = False
        self._look.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._tell_forever())
            both.create_task(self._keep_forever())

    async def _keep_forever(self) -> None:
        """A disk that refuses is said once, and asked again; it ends nothing."""
        is_refused = False
        while True:
            try:
                await asyncio.to_thread(self.store.prepare)
                while True:
                    await self._keep()
                    is_refused = False
            except OSError as error:
                if not is_refused:
                    log.error("The folder of clips cannot be used: %s. Check the disk.", error)  # noqa: TRY400
                is_refused = True
                self._ended.clear()  # who knows what is there
                await asyncio.sleep(self.again_seconds)

    async def _keep(self) -> None:
        """Compare, make one clip, or wait until there is a reason to look again. Raises OSError."""
        self._look.clear()
        await self._compare()
        job = await self._next_job()
        if job is not None:
            await self._do(job)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self.again_seconds if self._jobs else None):
                await self._look.wait()

    async def _compare(self) -> None:
        """What is wanted and what is there: remove, note what is to be made, tell what is there."""
        wanted = self._wanted
        if wanted is None:
            return
        self._ended &= wanted.keys()
        for clip_id in self._jobs.keys() - wanted.keys():
            del self._jobs[clip_id]
        for clip_id in await asyncio.to_thread(self.store.ids) - wanted.keys():
            await asyncio.to_thread(self.store.remove, clip_id)
        for clip_id in wanted.keys() - self._jobs.keys() - self._ended:
            report = await asyncio.to_thread(self.store.ready, clip_id)
            if report is not None:
                self._end(clip_id, report)
            else:
                pause = Backoff(self.again_seconds, AGAIN_CAP_SECONDS)
                self._jobs[clip_id] = _Job(wanted[clip_id], pause)

    async def _next_job(self) -> _Job | None:
        """In the order in which they were asked for, those that may be tried now."""
        now, room = self.clock.monotonic(), None
        for clip_id in self._wanted or ():
            job = self._jobs.get(clip_id)
            if job is None or job.resting_until > now:
                continue
            if job.needed_bytes and room is None:
                room = await asyncio.to_thread(self.maker.room_bytes)
            if not job.needed_bytes or (room is not None and job.needed_bytes <= room):
                return job
        return None

    async def _do(self, job: _Job) -> None:
        clip_id, progress = job.order.clip_id, Progress()
        self._making = clip_id, progress
        telling = asyncio.create_task(self._tell_progress(clip_id, progress))
        try:
            await self.maker.make(job.order, progress)
            report = await asyncio.to_thread(self.store.ready, clip_id)
        except Stopped:
            return  # whoever does not want it any more has it removed
        except Exception as error:  # one clip must not end the node, nor the others
            self._note_failure(job, error)
            return
        finally:
            self._making = None
            progress.is_wanted = False  # also where the node stops: its thread ends soon
            telling.cancel()
        if report is not None:
            self._end(clip_id, report)

    def _note_failure(self, job: _Job, error: Exception) -> None:
        state, reason = ClipState.WAITING, ReasonReport(key="clip_disk_failed")
        job.needed_bytes = 0
        match error:
            case NotFound():
                self._end(job.order.clip_id, ClipReport(state=ClipState.FAILED, reason=NO_FOOTAGE))
                return
            case NoRoom():
                job.needed_bytes = 0 if error.is_refused else error.needed_bytes
                reason = _no_room(error.needed_bytes, error.free_bytes)
            case OSError():
                reason = reason.model_copy(update={"raw": error.strerror or str(error)})
            case Garbled() | SerenoError():
                reason = reason.model_copy(update={"raw": str(error)})
            case _:
                log.error("clip %s broke", job.order.clip_id, exc_info=error)
                reason = ReasonReport(key="unexplained")
        if not job.needed_bytes:
            job.resting_until = self.clock.monotonic() + job.backoff.next_seconds()
        self._say(job.order.clip_id, ClipReport(state=state, reason=reason))

    def _end(self, clip_id: UUID, report: ClipReport) -> None:
        self._jobs.pop(clip_id, None)
        self._ended.add(clip_id)
        self._say(clip_id, report)

    def _say(self, clip_id: UUID, report: ClipReport) -> None:
        self._news[clip_id] = report
        self._has_news.set()

    async def _tell_progress(self, clip_id: UUID, progress: Progress) -> None:
        while True:
            report = ClipReport(
                state=ClipState.MAKING,
                done_bytes=progress.done_bytes,
                size_bytes=progress.size_bytes,
            )
            self._say(clip_id, report)
            await asyncio.sleep(self.tell_seconds)

    async def _tell_forever(self) -> None:
        """Of each clip the newest, for as long as the hub takes it; else again."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            for clip_id in list(self._news):
                report = self._news.pop(clip_id)
                try:
                    await self.tell(clip_id, report)
                except NotFound:
                    continue  # orders without it are on their way
                except SerenoError as error:
                    log.debug("The hub takes no report of a clip: %s", error)
                    self._news.setdefault(clip_id, report)
                    self._has_news.set()
                    await asyncio.sleep(self.again_seconds)


def clips_in(
    folder: Path,
    recording: Recording,
    ledger: LedgerThread,
    volumes: Volumes,
    tell: Tell,
    clock: Clock,
) -> Clips:
    """The clips of a node, in this folder."""
    store = ClipStore(folder)
    maker = ClipMaker(store, recording, ledger, volumes.path_of, volumes.reserve_bytes)
    return Clips(store, maker, tell, clock)


def _no_room(needed_bytes: int, free_bytes: int) -> ReasonReport:
    sizes = {"needed": _size(needed_bytes), "free": _size(free_bytes)}
    return ReasonReport(key="clip_no_room", params=sizes)


def _size(size_bytes: int) -> str:
    """As people write it."""
    if size_bytes < 10**9:
        return f"{max(size_bytes, 0) / 10**6:.0f} MB"
    return f"{size_bytes / 10**9:.1f} GB"
