"""Taking footage out of the ledger, so that a kill or a power cut at any point leaves no lie.

1. One durable transaction takes the segments out, lets their runs begin later, end earlier or fall
   in two, writes the absence that says why, and notes each file that is to go (`departures`).
2. The files go.
3. The notes go.

Whoever finds a note at a start does 2 and 3 again. Call with `LedgerThread.call`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, NamedTuple
from uuid import UUID, uuid4, uuid5

from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_values import absence_in, ids_of
from sereno.node.rows import AbsenceRow, RunRow, SegmentRow, StreamKey
from sereno.wire.reports import ReasonReport

Act = Literal["remove", "quarantine"]

_NEIGHBOUR = """
SELECT segment_id, start_us, end_us, sequence FROM segments
WHERE camera_id = ? AND stream = ? AND sequence {side} ? AND run_id = ?
ORDER BY sequence {order} LIMIT 1
"""
_BEFORE = _NEIGHBOUR.format(side="<", order="DESC")
_AFTER = _NEIGHBOUR.format(side=">", order="ASC")
_MOVE_TO_RUN = """
UPDATE segments SET run_id = ? WHERE camera_id = ? AND stream = ? AND sequence >= ? AND run_id = ?
"""
_TOTALS = """
SELECT count(*), coalesce(sum(size_bytes), 0) FROM segments
WHERE camera_id = ? AND stream = ? AND run_id = ?
"""
_ENDING_AT = """
SELECT * FROM absences WHERE camera_id = ? AND stream = ? AND end_us = ? AND is_open = 0
"""
_DEPART = """
INSERT INTO departures (volume_id, path, act) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET act = excluded.act
"""


class Departure(NamedTuple):
    """A file on its way out."""

    volume_id: UUID
    path: str
    act: Act


@dataclass(frozen=True, slots=True)
class Piece:
    """Files of one run with none left between them, and their neighbours in it."""

    run: RunRow
    rows: Sequence[SegmentRow]
    before: Neighbour | None
    after: Neighbour | None


class Neighbour(NamedTuple):
    """A file of the same run that stays."""

    segment_id: UUID
    start_us: int
    end_us: int
    sequence: int


def take_out(
    ledger: Ledger, rows: Iterable[SegmentRow], reason: ReasonReport, act: Act | None
) -> list[RunRow]:
    """Step 1 for these files; `act` None: they are gone already. The runs as they are now.

    An open run is only shortened at its start: raises ValueError for files from its middle.
    """
    changed: dict[UUID, RunRow] = {}
    with ledger.transaction():
        listed = sorted(rows, key=lambda row: (row.key, row.run_id, row.sequence))
        for row in listed:
            ledger.db.execute("DELETE FROM segments WHERE segment_id = ?", (str(row.segment_id),))
            if act is not None:
                ledger.db.execute(_DEPART, (str(row.volume_id), row.path, act))
        for (key, run_id), of_run in groupby(listed, lambda row: (row.key, row.run_id)):
            has_split = False  # then the parts are counted anew, without all that goes
            for piece in _pieces(ledger, key, run_id, list(of_run)):
                runs = _cut(ledger, piece, reason, () if has_split else piece.rows)
                has_split |= len(runs) > 1
                changed |= {run.run_id: run for run in runs}
    return list(changed.values())


def cut_hole(ledger: Ledger, key: StreamKey, first: SegmentRow, reason: ReasonReport) -> None:
    """Files before `first` are missing from its run, and nobody knows them: cut the run there."""
    with ledger.transaction():
        run = ledger.run(first.run_id)
        before = _neighbour(ledger, _BEFORE, key, first.sequence, first.run_id)
        if run is None or before is None:
            return
        after = Neighbour(first.segment_id, first.start_us, first.end_us, first.sequence)
        _cut(ledger, Piece(run, (), before, after), reason)


def departures(ledger: Ledger) -> list[Departure]:
    """The files whose step 2 or 3 is still to be done."""
    rows = ledger.db.execute("SELECT * FROM departures ORDER BY path")
    return [Departure(UUID(row["volume_id"]), row["path"], row["act"]) for row in rows]


def departed(ledger: Ledger, done: Iterable[Departure]) -> None:
    """Step 3."""
    with ledger.transaction():
        ledger.db.executemany(
            "DELETE FROM departures WHERE volume_id = ? AND path = ?",
            ((str(each.volume_id), each.path) for each in done),
        )


def _pieces(
    ledger: Ledger, key: StreamKey, run_id: UUID, rows: list[SegmentRow]
) -> Iterator[Piece]:
    """The files of one run in groups that nothing parts; the run is read anew for each."""
    while rows:
        after = _neighbour(ledger, _AFTER, key, rows[0].sequence, run_id)
        group = [row for row in rows if after is None or row.sequence < after.sequence]
        rows = rows[len(group) :]
        run = ledger.run(run_id)
        if run is None:
            return
        before = _neighbour(ledger, _BEFORE, key, group[0].sequence, run_id)
        yield Piece(run, group, before, after)
        if before is not None and after is not None:
            run_id = _part_id(run_id, after)


def _cut(
    ledger: Ledger, piece: Piece, reason: ReasonReport, uncounted: Sequence[SegmentRow] = ()
) -> list[RunRow]:
    """The run without the piece, and the absence in its place; `uncounted` leaves its sums."""
    run, before, after = piece.run, piece.before, piece.after
    if run.is_open and after is None:
        raise ValueError("a run that is being written keeps its newest file")
    start_us = run.start_us if before is None else before.end_us
    end_us = run.end_us if after is None else after.start_us
    shortened = replace(
        run,
        segment_count=run.segment_count - len(uncounted),
        size_bytes=run.size_bytes - sum(row.size_bytes for row in uncounted),
        revision=run.revision + 1,
    )
    if before is None:
        shortened.start_us = end_us
        runs = [shortened]
    elif after is None:
        shortened.end_us = start_us  # what followed its end still has its old reason
        runs = [shortened]
    else:
        runs = _split(ledger, shortened, start_us, after, reason)
    absence = _absence(ledger, run.key, start_us, end_us, reason)
    ledger.write(Changes(runs=runs, absences=[absence] if absence else []))
    return runs


def _split(
    ledger: Ledger, run: RunRow, end_us: int, after: Neighbour, reason: ReasonReport
) -> list[RunRow]:
    """Two runs, of what is left before and after; the later one under a new id."""
    if run.is_open:
        raise ValueError("a run that is being written is not cut in two")
    later_id = _part_id(run.run_id, after)
    ids = ids_of(run.key)
    ledger.db.execute(_MOVE_TO_RUN, (str(later_id), *ids, after.sequence, str(run.run_id)))
    later = replace(run, run_id=later_id, start_us=after.start_us, revision=1)
    earlier = replace(run, end_us=end_us, end_reason=reason)
    for part in (earlier, later):
        totals = ledger.db.execute(_TOTALS, (*ids, str(part.run_id))).fetchone()
        part.segment_count, part.size_bytes = totals
    return [earlier, later]


def _part_id(run_id: UUID, first: Neighbour) -> UUID:
    return uuid5(run_id, str(first.segment_id))


def _absence(
    ledger: Ledger, key: StreamKey, start_us: int, end_us: int, reason: ReasonReport
) -> AbsenceRow | None:
    """What says so on the timeline: one that ends here already grows, else a new one."""
    if start_us >= end_us:
        return None
    for found in ledger.db.execute(_ENDING_AT, (*ids_of(key), start_us)).fetchall():
        row = absence_in(found)
        if row.reason.key == reason.key:
            return replace(row, end_us=end_us, revision=row.revision + 1)
    return AbsenceRow(uuid4(), key, start_us, end_us, reason, is_open=False, revision=1)


def _neighbour(
    ledger: Ledger, query: str, key: StreamKey, sequence: int, run_id: UUID
) -> Neighbour | None:
    row = ledger.db.execute(query, (*ids_of(key), sequence, str(run_id))).fetchone()
    return None if row is None else Neighbour(UUID(row[0]), *row[1:])
