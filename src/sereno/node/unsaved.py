"""Rows that changed since the ledger was last written: many changes, one commit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TypeVar
from uuid import UUID

from sereno.node.ledger import Changes
from sereno.node.rows import AbsenceRow, MemoryRow, RunRow, SegmentRow, StreamKey

MOST_SEGMENTS = 5000
"""So many files wait to be written down, some 2 kB each; of more, the files themselves tell."""

RowT = TypeVar("RowT", RunRow, AbsenceRow)


@dataclass(slots=True)
class Unsaved:
    """Touch a row to have it written with the next `take`."""

    _runs: dict[UUID, RunRow] = field(default_factory=dict)
    _absences: dict[UUID, AbsenceRow] = field(default_factory=dict)
    _segments: dict[UUID, SegmentRow] = field(default_factory=dict)
    _memories: dict[StreamKey, MemoryRow] = field(default_factory=dict)
    # Streams of which sealed files were left out, and the first folder of such a file.
    left_out: dict[StreamKey, str] = field(default_factory=dict)

    def touch_run(self, row: RunRow) -> None:
        self._runs[row.run_id] = row

    def touch_absence(self, row: AbsenceRow) -> None:
        self._absences[row.absence_id] = row

    def touch_segment(self, row: SegmentRow) -> None:
        self._segments[row.segment_id] = row

    def touch_memory(self, row: MemoryRow) -> None:
        self._memories[row.key] = row

    def forget_absence(self, row: AbsenceRow) -> None:
        """It came to nothing before anybody wrote it down."""
        self._absences.pop(row.absence_id, None)

    def take(self) -> Changes:
        """The changed rows as they are now, each with its next revision."""
        changes = Changes(
            runs=[_next_revision(row) for row in self._runs.values()],
            absences=[_next_revision(row) for row in self._absences.values()],
            segments=[replace(row) for row in self._segments.values()],
            memories=list(self._memories.values()),
        )
        self._runs, self._absences, self._segments, self._memories = {}, {}, {}, {}
        return changes

    def put_back(self, changes: Changes) -> None:
        """`changes` could not be written: they stay to be, unless there is newer news."""
        self._runs = {row.run_id: row for row in changes.runs} | self._runs
        self._absences = {row.absence_id: row for row in changes.absences} | self._absences
        self._segments = {row.segment_id: row for row in changes.segments} | self._segments
        self._memories = {row.key: row for row in changes.memories} | self._memories
        self._leave_out([row for row in self._segments.values() if row.is_sealed])

    def places(self) -> set[tuple[UUID, str]]:
        """The files that wait to be written down."""
        return {(row.volume_id, row.path) for row in self._segments.values()}

    def _leave_out(self, sealed: list[SegmentRow]) -> None:
        """Keep memory bounded, however long nothing can be written: the oldest go."""
        for row in sealed[: max(0, len(self._segments) - MOST_SEGMENTS)]:
            del self._segments[row.segment_id]
            folder = str(PurePosixPath(row.path).parent)
            self.left_out[row.key] = min(folder, self.left_out.get(row.key, folder))


def _next_revision(row: RowT) -> RowT:
    row.revision += 1
    return replace(row)
