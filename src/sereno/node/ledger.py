"""The node's ledger: what was recorded, what was not and why.

Plain blocking SQL; `LedgerThread` keeps it off the event loop. There is one writer. Everything is
written whole by id, so that writing the same thing twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sereno.node.ledger_outbox import Outbox
from sereno.node.ledger_values import (
    absence_in,
    absence_values,
    ids_of,
    key_in,
    memory_in,
    memory_values,
    run_in,
    run_values,
    segment_in,
    segment_values,
)
from sereno.node.rows import AbsenceRow, MemoryRow, RunRow, SegmentRow, StreamKey

_SAVE_RUN = """
INSERT INTO runs (run_id, camera_id, stream, start_us, end_us, is_open, end_reason, codec, width,
                  height, segment_count, size_bytes, revision, reported_revision, engine, clock,
                  sound, damaged_us, damage, drift_us)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id) DO UPDATE SET
    start_us = excluded.start_us, end_us = excluded.end_us, is_open = excluded.is_open,
    end_reason = excluded.end_reason, segment_count = excluded.segment_count,
    size_bytes = excluded.size_bytes, revision = excluded.revision,
    damaged_us = excluded.damaged_us, damage = excluded.damage, drift_us = excluded.drift_us
"""
_SAVE_ABSENCE = """
INSERT INTO absences (absence_id, camera_id, stream, start_us, end_us, is_open, reason, revision,
                      reported_revision)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (absence_id) DO UPDATE SET
    end_us = excluded.end_us, is_open = excluded.is_open, revision = excluded.revision
"""
_SAVE_SEGMENT = """
INSERT INTO segments (segment_id, run_id, camera_id, stream, volume_id, sequence, start_us, end_us,
                      path, init_size, size_bytes, sha256, crc32c, is_sealed, fragments, ordinal)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, coalesce(
    (SELECT ordinal FROM segments WHERE camera_id = ?3 AND stream = ?4 AND sequence > ?6
     ORDER BY sequence LIMIT 1),
    (SELECT coalesce(max(ordinal), 0) + 1 FROM segments)))
ON CONFLICT (segment_id) DO UPDATE SET
    volume_id = excluded.volume_id, path = excluded.path, end_us = excluded.end_us,
    size_bytes = excluded.size_bytes, sha256 = excluded.sha256, crc32c = excluded.crc32c,
    is_sealed = excluded.is_sealed, fragments = excluded.fragments
"""
_SAVE_STREAM = """
INSERT INTO streams (camera_id, stream, longest_segment_us) VALUES (?, ?, ?)
ON CONFLICT (camera_id, stream) DO UPDATE SET
    longest_segment_us = max(longest_segment_us, excluded.longest_segment_us)
"""
_SAVE_MEMORY = """
INSERT INTO memories (camera_id, stream, memory, retry_number) VALUES (?, ?, ?, ?)
ON CONFLICT (camera_id, stream) DO UPDATE SET
    memory = excluded.memory, retry_number = excluded.retry_number
"""
_OVERLAPPING = """
SELECT segments.* FROM segments JOIN streams USING (camera_id, stream)
WHERE camera_id = ? AND stream = ? AND is_sealed = 1
  AND start_us >= ? - longest_segment_us AND start_us < ? AND end_us > ?
ORDER BY start_us, sequence
"""
# By number, not by time: the clock may have been set back.
_NEWEST = """
SELECT * FROM segments WHERE camera_id = ? AND stream = ? ORDER BY sequence DESC LIMIT 1
"""
# Read from runs_by_end alone, which tells both ends.
_COVERAGE = """
SELECT start_us, end_us FROM runs
WHERE camera_id = ? AND stream = ? AND end_us > ? AND start_us < ? AND start_us < end_us
ORDER BY end_us
"""
# Paths are made of UTC and are read from segments_by_path alone.
_PATHS_SINCE = "SELECT volume_id, path FROM segments WHERE path >= ? AND path < ?"
_RUN_TOTALS = """
SELECT coalesce(min(start_us), :start_us), coalesce(max(end_us), :start_us), count(*),
       coalesce(sum(size_bytes), 0)
FROM segments
WHERE camera_id = :camera_id AND stream = :stream AND start_us >= :start_us AND run_id = :run_id
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows to be written together."""

    runs: Sequence[RunRow] = ()
    absences: Sequence[AbsenceRow] = ()
    segments: Sequence[SegmentRow] = ()
    memories: Sequence[MemoryRow] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.runs or self.absences or self.segments or self.memories)

    def one_by_one(self) -> Iterator[Changes]:
        """Each row alone."""
        yield from (Changes(runs=[row]) for row in self.runs)
        yield from (Changes(absences=[row]) for row in self.absences)
        yield from (Changes(segments=[row]) for row in self.segments)
        yield from (Changes(memories=[row]) for row in self.memories)


class RunTotals(NamedTuple):
    """What the files of a run come to."""

    start_us: int
    end_us: int
    segment_count: int
    size_bytes: int


class Ledger(Outbox):
    """The ledger's own questions and answers."""

    def save(self, changes: Changes) -> None:
        """Write rows whole by their ids, all or none."""
        with self.transaction():
            self.write(changes)

    def write(self, changes: Changes) -> None:
        """The same inside a transaction."""
        lengths = (
            (*ids_of(row.key), max(0, row.end_us - row.start_us)) for row in changes.segments
        )
        self.db.executemany(_SAVE_RUN, map(run_values, changes.runs))
        self.db.executemany(_SAVE_ABSENCE, map(absence_values, changes.absences))
        self.db.executemany(_SAVE_SEGMENT, map(segment_values, changes.segments))
        self.db.executemany(_SAVE_STREAM, lengths)
        self.db.executemany(_SAVE_MEMORY, map(memory_values, changes.memories))

    def segments_overlapping(self, key: StreamKey, start_us: int, end_us: int) -> list[SegmentRow]:
        """The stream's sealed segments that have a moment in [start, end), oldest first."""
        rows = self.db.execute(_OVERLAPPING, (*ids_of(key), start_us, end_us, start_us))
        return [segment_in(row) for row in rows]

    def segment(self, segment_id: UUID) -> SegmentRow | None:
        return self._one_segment("SELECT * FROM segments WHERE segment_id = ?", str(segment_id))

    def segment_at(self, volume_id: UUID, path: str) -> SegmentRow | None:
        query = "SELECT * FROM segments WHERE path = ? AND volume_id = ?"
        return self._one_segment(query, path, str(volume_id))

    def newest_segment(self, key: StreamKey) -> SegmentRow | None:
        return self._one_segment(_NEWEST, *ids_of(key))

    def unsealed_segments(self, key: StreamKey) -> list[SegmentRow]:
        """Files that were never sealed, oldest first."""
        rows = self.db.execute(
            "SELECT * FROM segments WHERE camera_id = ? AND stream = ? AND is_sealed = 0"
            " ORDER BY sequence",
            ids_of(key),
        )
        return [segment_in(row) for row in rows]

    def paths_since(self, key: StreamKey, path: str) -> set[tuple[UUID, str]]:
        """The known files of the stream from `path` on, each with its volume."""
        folder = f"{key.camera_id}/{key.stream}/"
        rows = self.db.execute(_PATHS_SINCE, (max(path, folder), f"{folder}~"))
        return {(UUID(row["volume_id"]), row["path"]) for row in rows}

    def forget_segment(self, volume_id: UUID, path: str) -> None:
        """There is no such file, or nothing in it."""
        query = "DELETE FROM segments WHERE path = ? AND volume_id = ?"
        self.db.execute(query, (path, str(volume_id)))

    def run_totals(self, row: RunRow) -> RunTotals:
        """What the files of a run say of it, whatever the row says."""
        camera_id, stream = ids_of(row.key)
        values = {
            "camera_id": camera_id,
            "stream": stream,
            "run_id": str(row.run_id),
            "start_us": row.start_us,
        }
        return RunTotals(*self.db.execute(_RUN_TOTALS, values).fetchone())

    def _one_segment(self, query: str, *values: str) -> SegmentRow | None:
        row = self.db.execute(query, values).fetchone()
        return None if row is None else segment_in(row)

    def streams(self) -> list[StreamKey]:
        """Every stream that ever had footage here."""
        rows = self.db.execute("SELECT camera_id, stream FROM streams")
        return [key_in(row) for row in rows]

    def memories(self) -> list[MemoryRow]:
        """What worked with the streams the last time."""
        return [memory_in(row) for row in self.db.execute("SELECT * FROM memories")]

    def run(self, run_id: UUID) -> RunRow | None:
        row = self.db.execute("SELECT * FROM runs WHERE run_id = ?", (str(run_id),)).fetchone()
        return None if row is None else run_in(row)

    def coverage(self, key: StreamKey, start_us: int, end_us: int) -> list[tuple[int, int]]:
        """When there is footage in [start, end): spans in microseconds, from runs alone."""
        values = (*ids_of(key), start_us, end_us)
        return [(row[0], row[1]) for row in self.db.execute(_COVERAGE, values)]

    def open_runs(self) -> list[RunRow]:
        """Every run that is growing, or was when its writer died."""
        return [run_in(row) for row in self.db.execute("SELECT * FROM runs WHERE is_open = 1")]

    def open_absences(self) -> list[AbsenceRow]:
        rows = self.db.execute("SELECT * FROM absences WHERE is_open = 1")
        return [absence_in(row) for row in rows]
