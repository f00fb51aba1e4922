"""All streams of the node: takes the runners' events, keeps the ledger, answers what there is."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID, uuid4

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock, to_us
from sereno.media.contract import Event, Memory
from sereno.node.commits import Commits
from sereno.node.ledger import Ledger
from sereno.node.ledger_removal import Act, take_out
from sereno.node.ledger_thread import LedgerThread
from sereno.node.pace import Pace
from sereno.node.repair import (
    Place,
    Roots,
    cannot_mend,
    highest_sequence,
    mend_file,
    mend_stream,
    newest_unknown,
    strangers,
    streams_on_disk,
    take_in,
    unknown_files,
)
from sereno.node.rows import AbsenceRow, SegmentRow, StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.unsaved import Unsaved
from sereno.node.volume_threads import VolumeThreads
from sereno.wire.reports import ReasonReport, StreamState

log = logging.getLogger(__name__)

MEND_AGAIN_CAP_SECONDS = 600.0
NODE_DOWN = ReasonReport(key="node_down")
LEDGER_UNWRITTEN = ReasonReport(key="ledger_unwritten")


class Recording:
    """Owns the books; `on_change` is called when a stream's state changes."""

    def __init__(
        self,
        ledger: LedgerThread,
        roots: Callable[[], Roots],
        clock: Clock,
        on_change: Callable[[StreamBook], None],
        pace: Pace | None = None,
    ) -> None:
        self._ledger = ledger
        self._roots = roots
        self._threads = VolumeThreads(lambda: self._roots().keys())
        self._clock = clock
        self._on_change = on_change
        self._pace = pace or Pace()
        self._books: dict[StreamKey, StreamBook] = {}
        self._unsaved = Unsaved()
        self._mending: set[StreamKey] = set()
        self._to_mend: asyncio.Queue[tuple[StreamKey, ReasonReport]] = asyncio.Queue()
        self._left_files: asyncio.Queue[tuple[StreamKey, Place]] = asyncio.Queue()
        self._to_take_in: asyncio.Queue[tuple[StreamKey, str]] = asyncio.Queue()
        self._broken_off: set[StreamKey] = set()
        self._started_us = 0
        self._commits = Commits(ledger, self._unsaved, self._to_take_in.put_nowait)

    def book(self, key: StreamKey) -> StreamBook:
        """What is known of a stream; a blank one for a new stream."""
        if key not in self._books:
            self._books[key] = StreamBook(key, self._unsaved, self._clock)
        return self._books[key]

    def books(self) -> Mapping[StreamKey, StreamBook]:
        return self._books

    def memory_of(self, key: StreamKey, retry_number: int = 0) -> Memory | None:
        """What worked with the stream, unless a person asked by a higher number to forget it."""
        book = self.book(key)
        book.forget_before(retry_number)
        return book.memory

    @property
    def notices(self) -> tuple[ReasonReport, ...]:
        """What people should know of all streams now."""
        return (LEDGER_UNWRITTEN,) if self._commits.is_failing else ()

    def is_mending(self, key: StreamKey) -> bool:
        """Whether the stream's files are being mended; until then it must not start."""
        return key in self._mending

    def apply(self, event: Event) -> None:
        """Take what a runner says. Raises ValueError where that makes no sense."""
        self._changing(self.book(StreamKey(event.camera_id, event.stream)), event)

    def rest(self, key: StreamKey, state: StreamState, reason: ReasonReport) -> None:
        """The stream is ordered and is not recorded now, for this reason."""
        book = self.book(key)
        before = (book.state, book.reason)
        book.rest(state, reason)
        if (book.state, book.reason) != before:
            self._on_change(book)

    def _changing(self, book: StreamBook, event: Event | None) -> None:
        before = (book.state, book.reason)
        if event is None:
            book.tick()
        else:
            book.apply(event)
        self._take_unsealed(book)
        if (book.state, book.reason) != before:
            self._on_change(book)

    def _take_unsealed(self, book: StreamBook) -> None:
        for row in book.unsealed:
            self._left_files.put_nowait((row.key, (row.volume_id, row.path)))
        book.unsealed.clear()

    async def recover(self) -> None:
        """At the node's start: what was going on when it stopped has ended; say why and since when.

        Files are mended later, by `run`; until then their streams do not start.
        """
        now_us = to_us(self._clock.now())
        absences = await self._ledger.call(Ledger.open_absences)
        for row in absences:
            was_down = row.reason.key == NODE_DOWN.key
            row.is_open, row.end_us = False, max(row.end_us, now_us if was_down else 0)
            self._unsaved.touch_absence(row)
            if not was_down:
                self._note_downtime(row.key, row.end_us, now_us)
        for memory in await self._ledger.call(Ledger.memories):
            self.book(memory.key).learn(memory)
        self._broken_off = {row.key for row in await self._ledger.call(Ledger.open_runs)}
        keys = await self._ledger.call(Ledger.streams)
        found = await asyncio.to_thread(streams_on_disk, self._roots())
        self._started_us = now_us
        for key in {*keys, *self._broken_off, *(row.key for row in absences)}:
            self.book(key).was_down_until_us = now_us
        self.mend({*keys, *found, *self._broken_off}, NODE_DOWN)

    def _note_downtime(self, key: StreamKey, start_us: int, end_us: int) -> None:
        if start_us < end_us:
            row = AbsenceRow(uuid4(), key, start_us, end_us, NODE_DOWN, is_open=False)
            self._unsaved.touch_absence(row)

    async def run(self) -> None:
        """Mend what was left behind and commit often, for as long as it runs."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._mend_left_files_forever())
            tasks.create_task(self._take_in_forever())
            tasks.create_task(self._mend_forever(tasks))
            tasks.create_task(self._commit_forever())

    def mend(self, keys: Iterable[StreamKey], reason: ReasonReport) -> None:
        """The writer of these streams died: they wait until their files are mended."""
        for key in sorted(set(keys) - self._mending):
            self._mending.add(key)
            self._to_mend.put_nowait((key, reason))

    async def look_through(self, volume_id: UUID) -> None:
        """A volume came that was not there at the start: take in what the ledger does not know."""
        roots = {volume_id: self._roots()[volume_id]}
        for key in await asyncio.to_thread(streams_on_disk, roots):
            await self.commit()  # files that are being written there now
            known = await self._ledger.call(Ledger.paths_since, key, "")
            for place in await asyncio.to_thread(strangers, roots, key, "", known):
                self._left_files.put_nowait((key, place))

    async def _mend_forever(self, tasks: asyncio.TaskGroup) -> None:
        """All at once: how much is done on each volume is for its threads to limit."""
        while True:
            key, reason = await self._to_mend.get()
            tasks.create_task(self._mend_safely(self.book(key), reason))

    async def _mend_safely(self, book: StreamBook, reason: ReasonReport) -> None:
        """A fault of ours in one stream must not end the node, nor the stream."""
        try:
            is_settled = await self._mend_or_put_off(book, reason)
        except Exception:
            log.exception("The files of %s wait for the next start to be mended.", book.key)
            book.break_off(reason, to_us(self._clock.now()))
            is_settled = True
        if is_settled:
            self._mending.discard(book.key)
        else:
            await asyncio.sleep(self._pace.mend_again_seconds)
            self._to_mend.put_nowait((book.key, reason))

    async def _mend_or_put_off(self, book: StreamBook, reason: ReasonReport) -> bool:
        try:
            await self._mend(book, reason)
        except sqlite3.OperationalError as error:
            self._commits.note_failure(error)
            return await self._put_off(book, reason)
        return True

    async def _put_off(self, book: StreamBook, reason: ReasonReport) -> bool:
        """The ledger takes nothing now: record all the same, and mend the stream's files later.

        False where nobody knows how to go on, for this node has not recorded the stream yet.
        """
        if not book.last_sequence:
            return False
        found = await newest_unknown(self._ledger, self._roots(), book.key, self._threads)
        unheard = [place for place in found if place not in self._unsaved.places()]
        newest = await asyncio.to_thread(highest_sequence, self._roots(), unheard)
        if newest > book.last_sequence:
            book.last_sequence, book.last_sha256 = newest, ""
        if book.run is not None:
            book.end_run(reason, book.run.end_us)
            self._on_change(book)
        self._take_unsealed(book)
        for place in unheard:
            self._left_files.put_nowait((book.key, place))
        return True

    async def _take_in_forever(self) -> None:
        """Read from their files what there was no memory to remember while the ledger failed."""
        while True:
            key, first_day = await self._to_take_in.get()
            try:
                await self._commits.catch_up()
                unsealed = await self._ledger.call(Ledger.unsealed_segments, key)
                unknown = await unknown_files(
                    self._ledger, self._roots(), key, first_day, self._threads
                )
                for place in [*((row.volume_id, row.path) for row in unsealed), *unknown]:
                    if not self._is_alive(key, place):
                        with suppress(BlockingIOError):  # it is written to, and told of soon
                            await take_in(self._ledger, self._roots(), key, place, self._threads)
            except (OSError, sqlite3.Error) as error:
                log.error("%s Sereno tries again.", cannot_mend(first_day, error))  # noqa: TRY400
                await asyncio.sleep(self._pace.mend_again_seconds)
                self._to_take_in.put_nowait((key, first_day))

    def _is_alive(self, key: StreamKey, place: Place) -> bool:
        """Whether the file is being written, or is about to be noted."""
        open_file = self.book(key).segment
        is_open = open_file is not None and place == (open_file.row.volume_id, open_file.row.path)
        return is_open or place in self._unsaved.places()

    async def _mend_left_files_forever(self) -> None:
        """Mend the files that could not be sealed or mended when their time was."""
        backoff = Backoff(self._pace.mend_again_seconds, MEND_AGAIN_CAP_SECONDS)
        was_told = False
        while True:
            key, place = await self._left_files.get()
            try:
                await self._commits.catch_up()  # what was said of it
                await mend_file(self._ledger, self._roots(), key, place, self._threads)
            except Exception as error:  # one file must not hold up the others, nor end the node
                if not was_told:
                    log.error("%s Sereno tries again until it can.", cannot_mend(place[1], error))  # noqa: TRY400
                was_told = True
                self._left_files.put_nowait((key, place))
                await asyncio.sleep(backoff.next_seconds())
            else:
                log.info("The file %s is mended.", place[1])
                backoff.reset()
                was_told = False

    async def _mend(self, book: StreamBook, reason: ReasonReport) -> None:
        await self._commits.catch_up()  # what was said before the writer died
        mended = await mend_stream(self._ledger, self._roots(), book.key, reason, self._threads)
        book.last_sequence = mended.last_sequence
        book.last_sha256 = mended.last_sha256
        for place in mended.left:
            self._left_files.put_nowait((book.key, place))
        if book.key in self._broken_off:
            self._broken_off.discard(book.key)
            self._note_downtime(book.key, mended.end_us, self._started_us)
        if book.run is not None:
            book.break_off(reason, mended.end_us)
            self._on_change(book)

    async def _commit_forever(self) -> None:
        while True:
            await asyncio.sleep(self._pace.commit_seconds)
            for book in list(self._books.values()):
                self._changing(book, None)
            await self.commit()

    async def close(self) -> None:
        """The node stops in good order: from now on it is down."""
        for book in self._books.values():
            book.node_stops(NODE_DOWN)
        await self.commit()

    async def commit(self) -> None:
        """Write to the ledger all that changed; what it does not take is kept."""
        await self._commits.commit()

    async def take_out(
        self, rows: Sequence[SegmentRow], reason: ReasonReport, act: Act | None
    ) -> None:
        """Take files out of the ledger for good; runs that are being written follow.

        Raises sqlite3.Error.
        """
        await self._commits.catch_up()
        async with self._commits.lock:
            for run in await self._ledger.call(take_out, rows, reason, act):
                book = self._books.get(run.key)
                if book is None or book.run is None or book.run.run_id != run.run_id:
                    continue
                ours = [row for row in rows if row.run_id == run.run_id]
                book.run.start_us = run.start_us
                book.run.segment_count -= len(ours)
                book.run.size_bytes -= sum(row.size_bytes for row in ours)
                book.run.revision = max(book.run.revision, run.revision)

    async def segments(self, key: StreamKey, start_us: int, end_us: int) -> list[SegmentRow]:
        """The stream's files that have a moment in [start, end), the one being written last."""
        book = self._books.get(key)
        live = None if book is None or book.segment is None else book.segment.to_row()
        await self.commit()  # a file that was sealed a moment ago
        rows = await self._ledger.call(Ledger.segments_overlapping, key, start_us, end_us)
        is_wanted = live is not None and live.start_us < end_us and live.end_us > start_us
        if (
            live is not None
            and is_wanted
            and live.segment_id not in {row.segment_id for row in rows}
        ):
            rows.append(live)
        return rows

    async def segment(self, segment_id: UUID) -> SegmentRow | None:
        """One file, also the one being written."""
        for book in self._books.values():
            if book.segment is not None and book.segment.row.segment_id == segment_id:
                return book.segment.to_row()
        known = await self._ledger.call(Ledger.segment, segment_id)
        if known is not None and known.is_sealed:
            return known  # as most are: nobody who plays has the ledger written
        await self.commit()  # it was sealed a moment ago
        return await self._ledger.call(Ledger.segment, segment_id)
