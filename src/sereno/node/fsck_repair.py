"""What `fsck --repair` does. Only while no node runs; its lock is held by the caller.

Nothing is deleted: what is not understood is moved to the quarantine of its volume, and a time of
which nothing is left becomes a gap that says why.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sereno.base.clock import Clock
from sereno.base.errors import Garbled
from sereno.media.fmp4.reader import read_segment
from sereno.media.index import pack_index
from sereno.node.departing import finish_departures, put_aside
from sereno.node.fsck import totals_of, true_run
from sereno.node.fsck_kinds import WHAT, Finding, Kind
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_removal import cut_hole, take_out
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_values import ids_of, run_in, segment_in
from sereno.node.recording import NODE_DOWN
from sereno.node.repair import mend_file, mend_stream, run_row, streams_on_disk
from sereno.node.rows import RunRow, SegmentRow, StreamKey
from sereno.node.volume_marker import must_be_there
from sereno.wire.reports import ReasonReport

MISSING = ReasonReport(key="footage_missing")
DAMAGED = ReasonReport(key="footage_damaged")

_SEGMENTS = "SELECT * FROM segments WHERE camera_id = ? AND stream = ? ORDER BY sequence"
_RUNS = "SELECT * FROM runs WHERE camera_id = ? AND stream = ? AND is_open = 0"
_NEW_INDEX = "UPDATE segments SET fragments = ?, init_size = ? WHERE segment_id = ?"
_NEW_SUMS = """
INSERT INTO usage SELECT volume_id, camera_id, stream, count(*), sum(size_bytes) FROM segments
WHERE is_sealed = 1 GROUP BY volume_id, camera_id, stream
"""


async def mend_all(ledger: LedgerThread, roots: Mapping[UUID, Path], clock: Clock) -> None:
    """What the node does at its start: files on their way out go, torn tails are cut."""
    await finish_departures(ledger, roots, clock)
    keys = {*await ledger.call(Ledger.streams), *await asyncio.to_thread(streams_on_disk, roots)}
    for key in sorted(keys):
        await mend_stream(ledger, roots, key, NODE_DOWN)


@dataclass(frozen=True, slots=True)
class Repair:
    """`apply` makes good what was found; doing it twice changes nothing."""

    ledger: LedgerThread
    roots: Mapping[UUID, Path]
    clock: Clock

    async def apply(self, findings: Iterable[Finding]) -> None:
        """In an order in which nothing undoes what came before. Raises OSError.

        Nothing is done where a volume went since it was looked at: its files only seem missing.
        """
        listed = list(findings)
        await asyncio.to_thread(self._check_volumes, listed)
        of_kind: dict[Kind, list[Finding]] = {kind: [] for kind in Kind}
        for finding in listed:
            of_kind[finding.kind].append(finding)
        for finding in of_kind[Kind.STRANGE]:
            await asyncio.to_thread(self._put_aside, finding)
        for finding in of_kind[Kind.INDEX_DIFFERS]:
            await self._index_anew(finding)
        gone = await asyncio.to_thread(self._gone, of_kind[Kind.FILE_MISSING])
        await self._take_out(gone, MISSING, is_there=False)
        damaged = [*of_kind[Kind.SIZE_DIFFERS], *of_kind[Kind.DIGEST_DIFFERS]]
        await self._take_out(damaged, DAMAGED, is_there=True)
        for finding in of_kind[Kind.HOLE_IN_RUN]:
            await self._cut(finding)
        for finding in of_kind[Kind.UNKNOWN_FILE]:
            await self._adopt(finding)
        for key in {finding.key for finding in of_kind[Kind.RUN_DIFFERS] if finding.key}:
            await self._correct_runs(key)
        if of_kind[Kind.SUM_DIFFERS]:
            await self.ledger.call(_sum_anew)

    def _root_of(self, finding: Finding) -> Path | None:
        return None if finding.volume_id is None else self.roots.get(finding.volume_id)

    def _check_volumes(self, findings: Iterable[Finding]) -> None:
        for volume_id in {each.volume_id for each in findings if each.volume_id}:
            if volume_id in self.roots:
                must_be_there(self.roots[volume_id], volume_id)

    def _gone(self, findings: list[Finding]) -> list[Finding]:
        """Those whose file is still missing, on volumes that are there after all."""
        gone = [
            finding
            for finding in findings
            if (root := self._root_of(finding)) and not os.path.lexists(root / finding.path)
        ]
        self._check_volumes(gone)
        return gone

    def _put_aside(self, finding: Finding) -> None:
        root = self._root_of(finding)
        if root is not None:
            put_aside(root, finding.path, WHAT[finding.kind], self.clock.now())

    async def _index_anew(self, finding: Finding) -> None:
        root = self._root_of(finding)
        if root is not None:
            contents = await asyncio.to_thread(read_segment, root / finding.path)
            values = (pack_index(contents.index), contents.head_size_bytes, str(finding.segment_id))
            await self.ledger.call(_set_index, values)

    async def _take_out(
        self, findings: list[Finding], reason: ReasonReport, *, is_there: bool
    ) -> None:
        ids = [finding.segment_id for finding in findings if finding.segment_id]
        found = [await self.ledger.call(Ledger.segment, each) for each in ids]
        rows = [row for row in found if row is not None]
        await self.ledger.call(take_out, rows, reason, "quarantine" if is_there else None)
        await finish_departures(self.ledger, self.roots, self.clock)

    async def _cut(self, finding: Finding) -> None:
        if finding.segment_id is None:
            return
        row = await self.ledger.call(Ledger.segment, finding.segment_id)
        if row is not None:
            await self.ledger.call(cut_hole, row.key, row, MISSING)

    async def _adopt(self, finding: Finding) -> None:
        if finding.key is not None and finding.volume_id is not None:
            place = (finding.volume_id, finding.path)
            await mend_file(self.ledger, self.roots, finding.key, place)

    async def _correct_runs(self, key: StreamKey) -> None:
        rows = await self.ledger.call(_rows, key)
        known = {run.run_id: run for run in await self.ledger.call(_closed_runs, key)}
        of_runs = totals_of(rows)
        for run_id in of_runs.keys() - known.keys():
            if (run := await asyncio.to_thread(self._run_of, of_runs[run_id])) is not None:
                known[run_id] = run
        right = [true_run(run, of_runs.get(run.run_id)) for run in known.values()]
        changed = [
            replace(run, revision=run.revision + 1)
            for run in right
            if run != known[run.run_id] or run.revision == 0
        ]
        await self.ledger.call(Ledger.save, Changes(runs=changed))

    def _run_of(self, rows: list[SegmentRow]) -> RunRow | None:
        """A run that the ledger has lost, as its first file has it."""
        first = rows[0]
        if first.volume_id not in self.roots:
            return None
        with suppress(OSError, Garbled):
            contents = read_segment(self.roots[first.volume_id] / first.path)
            unexplained = ReasonReport(key="unexplained")
            return replace(
                run_row(contents), run_id=first.run_id, is_open=False, end_reason=unexplained
            )
        return None


def _rows(ledger: Ledger, key: StreamKey) -> list[SegmentRow]:
    return [segment_in(row) for row in ledger.db.execute(_SEGMENTS, ids_of(key))]


def _closed_runs(ledger: Ledger, key: StreamKey) -> list[RunRow]:
    return [run_in(row) for row in ledger.db.execute(_RUNS, ids_of(key))]


def _set_index(ledger: Ledger, values: tuple[object, ...]) -> None:
    ledger.db.execute(_NEW_INDEX, values)


def _sum_anew(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.db.execute("DELETE FROM usage")
        ledger.db.execute(_NEW_SUMS)
