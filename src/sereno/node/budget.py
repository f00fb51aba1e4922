"""The disk budget: keeps cameras, volumes and the whole within their limits, oldest first.

Every few seconds, from exact sums that the ledger keeps. What may go is for `policy.deletion` to
say; in which order the ledger and the files follow is told in `ledger_removal`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from uuid import UUID

from sereno.base.clock import Clock
from sereno.node.departing import finish_departures
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_values import ids_of, segment_in
from sereno.node.ledger_volumes import Usage, usage_of
from sereno.node.recording import Recording
from sereno.node.rows import SegmentRow, StreamKey
from sereno.node.volumes import Volumes
from sereno.policy.deletion import Piece, may_delete
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

BATCH_FILES = 64  # in one transaction
REMOVED = ReasonReport(key="removed_for_space")

# In the order in which they were recorded, not by time: the clock may have been set back.
_OF_STREAM = "SELECT * FROM segments WHERE camera_id = ? AND stream = ? ORDER BY sequence"
_ON_VOLUME = "SELECT * FROM segments WHERE volume_id = ? ORDER BY ordinal, sequence"
_OLDEST = "SELECT min(ordinal) FROM segments WHERE volume_id = ?"
_OPEN_RUNS = "SELECT run_id FROM runs WHERE is_open = 1"
_BEFORE = """
SELECT max(sequence) FROM segments
WHERE camera_id = ? AND stream = ? AND sequence < ? AND run_id = ?
"""
_NEWEST_NUMBER = "SELECT max(sequence) FROM segments WHERE camera_id = ? AND stream = ?"


@dataclass(frozen=True, slots=True)
class Excess:
    """So much is to go: of these streams, or from these volumes; oldest first."""

    size_bytes: int
    streams: tuple[StreamKey, ...] = ()
    volumes: tuple[UUID, ...] = ()


@dataclass(slots=True)
class Budget:
    """`limits` tells the cameras' own limits; `total_bytes` is that of all volumes together."""

    ledger: LedgerThread
    recording: Recording
    volumes: Volumes
    clock: Clock
    limits: Callable[[], Mapping[UUID, int]]
    total_bytes: int | None = None
    seconds: float = 2.0
    # The volumes whose files the ledger knows: those that were there at the start.
    looked_through: set[UUID] = field(default_factory=set)
    _is_failing: bool = field(default=False, init=False)
    _is_stuck: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Look and act for as long as it runs. No fault ends it."""
        while True:
            await asyncio.sleep(self.seconds)
            try:
                await self.keep()
            except Exception:  # footage must not fill the disk for whatever it is
                if not self._is_failing:
                    log.exception("The disk budget cannot be kept now; Sereno tries again.")
                self._is_failing = True
            else:
                self._is_failing = False

    async def keep(self) -> None:
        """Look at the volumes, and remove what is beyond the budget."""
        await finish_departures(self.ledger, self.volumes.roots, self.clock)
        lies = await self._look()
        self.looked_through &= self.volumes.roots.keys()
        for volume_id in self.volumes.roots.keys() - self.looked_through:
            await self.recording.look_through(volume_id)
            self.looked_through.add(volume_id)
        is_stuck = False
        for rule in (self._of_cameras, self._of_volumes, self._of_all, self._for_room):
            excesses = await rule(lies)
            for excess in excesses:
                is_stuck |= await self._remove(excess) < excess.size_bytes
            if excesses:
                lies = await self._look()
        if is_stuck and not self._is_stuck:
            log.warning("The disk budget cannot be kept: nothing more may be deleted. "
                        "Raise the limits, or add a disk.")  # fmt: skip
        self._is_stuck = is_stuck

    async def _look(self) -> list[Usage]:
        """What lies on the volumes that are there, files that are being written among it."""
        await self.recording.commit()
        lies = await self.ledger.call(usage_of)
        for book in self.recording.books().values():
            if book.segment is not None:
                row = book.segment.row
                lies.append(Usage(row.volume_id, row.key, 1, row.size_bytes))
        sums: Counter[UUID] = Counter()
        for each in lies:
            sums[each.volume_id] += each.size_bytes
        await self.volumes.check(sums)
        roots = self.volumes.roots
        return [each for each in lies if each.volume_id in roots]

    async def _of_cameras(self, lies: list[Usage]) -> list[Excess]:
        sums: Counter[UUID] = Counter()
        for each in lies:
            sums[each.key.camera_id] += each.size_bytes
        return [
            Excess(
                sums[camera_id] - limit,
                streams=tuple({each.key for each in lies if each.key.camera_id == camera_id}),
            )
            for camera_id, limit in self.limits().items()
            if sums[camera_id] > limit
        ]

    async def _of_volumes(self, lies: list[Usage]) -> list[Excess]:
        return [
            Excess(volume.footage_bytes - volume.limit_bytes, volumes=(volume.volume_id,))
            for volume in self.volumes
            if volume.is_there and volume.volume_id is not None
            if volume.limit_bytes is not None and volume.footage_bytes > volume.limit_bytes
        ]

    async def _of_all(self, lies: list[Usage]) -> list[Excess]:
        total = sum(each.size_bytes for each in lies)
        if self.total_bytes is None or total <= self.total_bytes:
            return []
        return [Excess(total - self.total_bytes, volumes=tuple(self.volumes.roots))]

    async def _for_room(self, lies: list[Usage]) -> list[Excess]:
        """Where no volume has room, some room on that which holds the oldest footage."""
        full = self.volumes.without_room()
        if not full:
            return []
        ages = await self.ledger.call(_ages, [each.volume_id for each in full if each.volume_id])
        if not ages:
            return []
        (victim,) = (each for each in full if each.volume_id == min(ages, key=ages.__getitem__))
        victim_id = victim.volume_id
        needed = self.volumes.needed_bytes(victim)
        return [Excess(needed, volumes=(victim_id,))] if victim_id and needed > 0 else []

    async def _remove(self, excess: Excess) -> int:
        """Remove whole files until so much has gone, or nothing may go. How much has."""
        removed = 0
        while removed < excess.size_bytes:
            there = self.volumes.roots.keys()
            rows = await self.ledger.call(_oldest, excess, excess.size_bytes - removed, there)
            if not rows:
                break
            await self.recording.take_out(rows, REMOVED, "remove")
            await finish_departures(self.ledger, self.volumes.roots, self.clock)
            removed += sum(row.size_bytes for row in rows)
        return removed


def _ages(ledger: Ledger, volume_ids: list[UUID]) -> dict[UUID, int]:
    """The number of each volume's oldest file."""
    found = {each: ledger.db.execute(_OLDEST, (str(each),)).fetchone()[0] for each in volume_ids}
    return {each: oldest for each, oldest in found.items() if oldest is not None}


def _oldest(
    ledger: Ledger, excess: Excess, size_bytes: int, there: Collection[UUID]
) -> list[SegmentRow]:
    """The oldest files that may go, just enough for `size_bytes`; a batch at most.

    Only those on volumes that are `there`: others free nothing that was counted.
    """
    cursors = [ledger.db.execute(_OF_STREAM, ids_of(key)) for key in excess.streams]
    cursors += [ledger.db.execute(_ON_VOLUME, (str(each),)) for each in excess.volumes]
    open_runs = {row[0] for row in ledger.db.execute(_OPEN_RUNS)}
    newest: dict[StreamKey, int] = {}
    reached: dict[UUID, int] = {}  # the last file chosen of each run
    chosen: list[SegmentRow] = []
    for found in merge(*cursors, key=itemgetter("ordinal", "sequence")):
        if size_bytes <= 0 or len(chosen) == BATCH_FILES:
            break
        row = segment_in(found)
        if row.volume_id not in there:
            continue
        if row.key not in newest:
            newest[row.key] = ledger.db.execute(_NEWEST_NUMBER, ids_of(row.key)).fetchone()[0]
        before = None
        if str(row.run_id) in open_runs:
            values = (*ids_of(row.key), row.sequence, str(row.run_id))
            before = ledger.db.execute(_BEFORE, values).fetchone()[0]
        piece = Piece(
            is_being_written=not row.is_sealed,
            is_newest=row.sequence == newest[row.key],
            is_amid_open_run=before not in (None, reached.get(row.run_id)),
        )
        if may_delete(piece).may:
            chosen.append(row)
            reached[row.run_id] = row.sequence
            size_bytes -= row.size_bytes
    for cursor in cursors:
        cursor.close()
    return chosen
