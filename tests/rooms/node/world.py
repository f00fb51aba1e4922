"""A node's disk and ledger after some recording, without a node."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sereno.base.clock import ManualClock, from_us
from sereno.box.paths import DataDir
from sereno.box.settings import Settings
from sereno.node.checkup import Report, check_up
from sereno.node.fsck_kinds import Depth
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_values import absence_in, ids_of, run_in, segment_in
from sereno.node.ledger_volumes import see_volume
from sereno.node.recording import NODE_DOWN, Recording
from sereno.node.repair import mend_stream
from sereno.node.rows import AbsenceRow, RunRow, SegmentRow, StreamKey
from sereno.node.volume_look import look_at

from .conftest import QUICK
from .footage import START_US, Writer, record

T = TypeVar("T")


@dataclass
class World:
    """One volume, in the data folder, and what is recorded there."""

    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(from_us(START_US)))

    def __post_init__(self) -> None:
        self.settings = Settings(_env_file=None, data=self.folder, time_zone="UTC")
        self.data = DataDir(self.folder)
        for each in (self.data.footage, self.data.node):
            each.mkdir(parents=True, exist_ok=True)
        volume_id = look_at(self.data.footage, None, None, may_mark=True).volume_id
        assert volume_id is not None
        self.volume_id: UUID = volume_id
        self.roots = {volume_id: self.data.footage}
        with_ledger = Ledger(self.data.ledger)
        see_volume(with_ledger, volume_id, self.data.footage)
        with_ledger.close()

    def write(
        self,
        before: Writer | None = None,
        *,
        pause: int = 0,
        segments: int = 3,
        size: int = 500,
        start_us: int = START_US,
    ) -> Writer:
        """A whole run of one stream, in the ledger; its writer ended in good order.

        With `before`: of the same stream, `pause` seconds later. A segment takes two seconds.
        """
        new = Writer(self.data.footage, start_us=start_us)
        writer = new if before is None else self.after(before, pause)
        record(writer, segments=segments, size=size)
        writer.end()
        asyncio.run(self.take(writer))
        return writer

    def after(self, before: Writer, pause: int) -> Writer:
        """A writer that goes on with the stream in a new run."""
        newest = self.segments(before.key)[-1]
        return Writer(
            self.data.footage,
            before.key,
            start_us=before.end_us + pause * 1_000_000,
            next_sequence=newest.sequence + 1,
            previous_sha256=newest.sha256,
        )

    async def take(self, writer: Writer) -> None:
        """Let the ledger hear what the writer's runner said."""
        thread = LedgerThread(self.data.ledger)
        recording = self.recording(thread)
        book = recording.book(writer.key)
        book.volume_id = self.volume_id
        book.want()
        for event in writer.events:
            recording.apply(event)
        await recording.close()
        await thread.close()

    def recording(self, thread: LedgerThread) -> Recording:
        return Recording(thread, lambda: self.roots, self.clock, lambda book: None, QUICK)

    async def mend(self, key: StreamKey) -> None:
        thread = LedgerThread(self.data.ledger)
        await mend_stream(thread, self.roots, key, NODE_DOWN)
        await thread.close()

    def fsck(self, depth: Depth = Depth.DIGEST, *, repairs: bool = False) -> Report:
        return check_up(self.settings, depth, lambda step, whole: None, repairs=repairs)

    def kinds(self, depth: Depth = Depth.DIGEST) -> list[str]:
        return sorted(finding.kind.value for finding in self.fsck(depth).findings)

    def path(self, writer: Writer, place: int) -> Path:
        return self.data.footage / writer.paths[place]

    # What the ledger says, whole.

    def runs(self, key: StreamKey) -> list[RunRow]:
        return self._rows("runs", key, run_in, "start_us")

    def segments(self, key: StreamKey) -> list[SegmentRow]:
        return self._rows("segments", key, segment_in, "sequence")

    def absences(self, key: StreamKey) -> list[AbsenceRow]:
        return self._rows("absences", key, absence_in, "start_us, end_us")

    def gaps(self, key: StreamKey, cause: str) -> list[tuple[int, int]]:
        """Absences of one cause, from and to, in microseconds since `START_US`."""
        return [
            (row.start_us - START_US, row.end_us - START_US)
            for row in self.absences(key)
            if row.reason.key == cause
        ]

    def spans(self, key: StreamKey) -> list[tuple[int, int]]:
        """Coverage, likewise."""
        return [(row.start_us - START_US, row.end_us - START_US) for row in self.runs(key)]

    def _rows(
        self, table: str, key: StreamKey, convert: Callable[[sqlite3.Row], T], order: str
    ) -> list[T]:
        ledger = Ledger(self.data.ledger)
        query = f"SELECT * FROM {table} WHERE camera_id = ? AND stream = ? ORDER BY {order}"  # noqa: S608
        rows = [convert(row) for row in ledger.db.execute(query, ids_of(key))]
        ledger.close()
        return rows
