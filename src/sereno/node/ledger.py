"""The node's ledger: what was recorded, what was not and why, and what the hub knows of it.

Plain blocking SQL; `LedgerThread` keeps it off the event loop. There is one writer. Everything is
written whole by id, so that writing the same thing twice changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sereno.base.clock import from_us
from sereno.node.ledger_schema import bring_up_to_date
from sereno.node.rows import AbsenceRow, RunRow, SegmentRow, StreamKey
from sereno.wire.reports import Horizon, ReasonReport, Reports

_SAVE_RUN = """
INSERT INTO runs (run_id, camera_id, stream, start_us, end_us, is_open, end_reason, codec, width,
                  height, segment_count, size_bytes, revision, reported_revision)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (run_id) DO UPDATE SET
    end_us = excluded.end_us, is_open = excluded.is_open, end_reason = excluded.end_reason,
    segment_count = excluded.segment_count, size_bytes = excluded.size_bytes,
    revision = excluded.revision
"""
_SAVE_ABSENCE = """
INSERT INTO absences (absence_id, camera_id, stream, start_us, end_us, is_open, reason, revision,
                      reported_revision)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (absence_id) DO UPDATE SET
    end_us = excluded.end_us, is_open = excluded.is_open, revision = excluded.revision
"""
_SAVE_SEGMENT = """
INSERT INTO segments (segment_id, run_id, camera_id, stream, sequence, start_us, end_us, path,
                      init_size, size_bytes, sha256, crc32c, is_sealed, fragments)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (segment_id) DO UPDATE SET
    end_us = excluded.end_us, size_bytes = excluded.size_bytes, sha256 = excluded.sha256,
    crc32c = excluded.crc32c, is_sealed = excluded.is_sealed, fragments = excluded.fragments
"""
_SAVE_STREAM = """
INSERT INTO streams (camera_id, stream, longest_segment_us) VALUES (?, ?, ?)
ON CONFLICT (camera_id, stream) DO UPDATE SET
    longest_segment_us = max(longest_segment_us, excluded.longest_segment_us)
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
_OVERLAPPING_RUNS = """
SELECT * FROM runs WHERE camera_id = ? AND stream = ? AND start_us < ? AND end_us > ?
ORDER BY start_us
"""
# Paths are made of UTC and are read from segments_by_path alone.
_PATHS_SINCE = "SELECT path FROM segments WHERE path >= ? AND path < ?"
_RUN_TOTALS = """
SELECT coalesce(min(start_us), :start_us), coalesce(max(end_us), :start_us), count(*),
       coalesce(sum(size_bytes), 0)
FROM segments
WHERE camera_id = :camera_id AND stream = :stream AND start_us >= :start_us AND run_id = :run_id
"""
_RUNS_TO_REPORT = "SELECT * FROM runs WHERE revision > reported_revision ORDER BY start_us LIMIT ?"
_ABSENCES_TO_REPORT = """
SELECT * FROM absences WHERE revision > reported_revision ORDER BY start_us LIMIT ?
"""
# An open row wins over a later end: after the clock was set back, what is open is what is known.
_HORIZON = """
SELECT end_us FROM (
    SELECT is_open, max(end_us) AS end_us FROM runs
    WHERE camera_id = :camera_id AND stream = :stream GROUP BY is_open
    UNION ALL
    SELECT is_open, max(end_us) FROM absences
    WHERE camera_id = :camera_id AND stream = :stream GROUP BY is_open
) ORDER BY is_open DESC, end_us DESC LIMIT 1
"""
_COUNT_TO_REPORT = """
SELECT (SELECT count(*) FROM runs WHERE revision > reported_revision)
     + (SELECT count(*) FROM absences WHERE revision > reported_revision)
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows to be written together."""

    runs: Sequence[RunRow] = ()
    absences: Sequence[AbsenceRow] = ()
    segments: Sequence[SegmentRow] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.runs or self.absences or self.segments)


class RunTotals(NamedTuple):
    """What the files of a run come to."""

    start_us: int
    end_us: int
    segment_count: int
    size_bytes: int


class Ledger:
    """One connection to the ledger. Opening it may raise Conflict (newer format)."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        path.chmod(0o600)
        self._db.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last commits, never the file; the footage tells them again.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA busy_timeout = 5000")
        bring_up_to_date(self._db)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def save(self, changes: Changes) -> None:
        """Write rows whole by their ids, all or none."""
        with self._transaction():
            self._db.executemany(_SAVE_RUN, map(_run_values, changes.runs))
            self._db.executemany(_SAVE_ABSENCE, map(_absence_values, changes.absences))
            self._db.executemany(_SAVE_SEGMENT, map(_segment_values, changes.segments))
            self._db.executemany(
                _SAVE_STREAM,
                ((*_ids(row.key), max(0, row.end_us - row.start_us)) for row in changes.segments),
            )

    def segments_overlapping(self, key: StreamKey, start_us: int, end_us: int) -> list[SegmentRow]:
        """The stream's sealed segments that have a moment in [start, end), oldest first."""
        rows = self._db.execute(_OVERLAPPING, (*_ids(key), start_us, end_us, start_us))
        return [_segment(row) for row in rows]

    def segment(self, segment_id: UUID) -> SegmentRow | None:
        return self._one_segment("SELECT * FROM segments WHERE segment_id = ?", str(segment_id))

    def newest_segment(self, key: StreamKey) -> SegmentRow | None:
        return self._one_segment(_NEWEST, *_ids(key))

    def is_known(self, segment_id: UUID) -> bool:
        query = "SELECT 1 FROM segments WHERE segment_id = ?"
        return self._db.execute(query, (str(segment_id),)).fetchone() is not None

    def unsealed_segments(self, key: StreamKey) -> list[SegmentRow]:
        """Files that were never sealed, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM segments WHERE camera_id = ? AND stream = ? AND is_sealed = 0"
            " ORDER BY start_us",
            _ids(key),
        )
        return [_segment(row) for row in rows]

    def paths_since(self, key: StreamKey, path: str) -> set[str]:
        """The known files of the stream from `path` on."""
        folder = f"{key.camera_id}/{key.stream}/"
        rows = self._db.execute(_PATHS_SINCE, (max(path, folder), f"{folder}~"))
        return {row["path"] for row in rows}

    def forget_segment(self, path: str) -> None:
        """There is no such file, or nothing in it."""
        self._db.execute("DELETE FROM segments WHERE path = ?", (path,))

    def run_totals(self, row: RunRow) -> RunTotals:
        """What the files of a run say of it, whatever the row says."""
        camera_id, stream = _ids(row.key)
        values = {
            "camera_id": camera_id,
            "stream": stream,
            "run_id": str(row.run_id),
            "start_us": row.start_us,
        }
        return RunTotals(*self._db.execute(_RUN_TOTALS, values).fetchone())

    def _one_segment(self, query: str, *values: str) -> SegmentRow | None:
        row = self._db.execute(query, values).fetchone()
        return None if row is None else _segment(row)

    def streams(self) -> list[StreamKey]:
        """Every stream that ever had footage here."""
        rows = self._db.execute("SELECT camera_id, stream FROM streams")
        return [_key(row) for row in rows]

    def run(self, run_id: UUID) -> RunRow | None:
        row = self._db.execute("SELECT * FROM runs WHERE run_id = ?", (str(run_id),)).fetchone()
        return None if row is None else _run(row)

    def runs_overlapping(self, key: StreamKey, start_us: int, end_us: int) -> list[RunRow]:
        """The coverage of a span, read from runs alone."""
        rows = self._db.execute(_OVERLAPPING_RUNS, (*_ids(key), end_us, start_us))
        return [_run(row) for row in rows]

    def open_runs(self) -> list[RunRow]:
        """Every run that is growing, or was when its writer died."""
        return [_run(row) for row in self._db.execute("SELECT * FROM runs WHERE is_open = 1")]

    def open_absences(self) -> list[AbsenceRow]:
        rows = self._db.execute("SELECT * FROM absences WHERE is_open = 1")
        return [_absence(row) for row in rows]

    def backlog(self) -> int:
        """How many rows the hub does not know as they are now."""
        return int(self._db.execute(_COUNT_TO_REPORT).fetchone()[0])

    def next_reports(self, limit: int) -> Reports:
        """The oldest news for the hub, at most `limit` of each kind.

        Only the last batch carries horizons: a horizon promises that all before it was told.
        """
        with self._transaction():
            runs = [_run(row) for row in self._db.execute(_RUNS_TO_REPORT, (limit + 1,))]
            absences = [
                _absence(row) for row in self._db.execute(_ABSENCES_TO_REPORT, (limit + 1,))
            ]
            is_last = len(runs) <= limit and len(absences) <= limit
            keys = {row.key for row in runs} | {row.key for row in absences}
            return Reports(
                runs=tuple(row.to_report() for row in runs[:limit]),
                absences=tuple(row.to_report() for row in absences[:limit]),
                horizons=tuple(self._horizons(keys)) if is_last else (),
            )

    def _horizons(self, keys: Iterable[StreamKey]) -> Iterator[Horizon]:
        for key in keys:
            camera_id, stream = _ids(key)
            row = self._db.execute(_HORIZON, {"camera_id": camera_id, "stream": stream}).fetchone()
            yield Horizon(
                camera_id=key.camera_id, stream=key.stream, reported_through=from_us(row[0])
            )

    def mark_reported(self, reports: Reports) -> None:
        """The hub has taken `reports`; what changed since stays to be reported."""
        with self._transaction():
            self._db.executemany(
                "UPDATE runs SET reported_revision = max(reported_revision, ?) WHERE run_id = ?",
                ((run.revision, str(run.run_id)) for run in reports.runs),
            )
            self._db.executemany(
                "UPDATE absences SET reported_revision = max(reported_revision, ?)"
                " WHERE absence_id = ?",
                ((absence.revision, str(absence.absence_id)) for absence in reports.absences),
            )


def _ids(key: StreamKey) -> tuple[str, str]:
    return str(key.camera_id), key.stream


def _key(row: sqlite3.Row) -> StreamKey:
    return StreamKey(UUID(row["camera_id"]), row["stream"])


def _run_values(row: RunRow) -> tuple[object, ...]:
    reason = None if row.end_reason is None else row.end_reason.model_dump_json()
    return (
        str(row.run_id), *_ids(row.key), row.start_us, row.end_us, row.is_open, reason, row.codec,
        row.width, row.height, row.segment_count, row.size_bytes, row.revision,
    )  # fmt: skip


def _run(row: sqlite3.Row) -> RunRow:
    reason = row["end_reason"]
    return RunRow(
        run_id=UUID(row["run_id"]),
        key=_key(row),
        start_us=row["start_us"],
        end_us=row["end_us"],
        codec=row["codec"],
        width=row["width"],
        height=row["height"],
        is_open=bool(row["is_open"]),
        end_reason=None if reason is None else ReasonReport.model_validate_json(reason),
        segment_count=row["segment_count"],
        size_bytes=row["size_bytes"],
        revision=row["revision"],
    )


def _absence_values(row: AbsenceRow) -> tuple[object, ...]:
    return (
        str(row.absence_id), *_ids(row.key), row.start_us, row.end_us, row.is_open,
        row.reason.model_dump_json(), row.revision,
    )  # fmt: skip


def _absence(row: sqlite3.Row) -> AbsenceRow:
    return AbsenceRow(
        absence_id=UUID(row["absence_id"]),
        key=_key(row),
        start_us=row["start_us"],
        end_us=row["end_us"],
        reason=ReasonReport.model_validate_json(row["reason"]),
        is_open=bool(row["is_open"]),
        revision=row["revision"],
    )


def _segment_values(row: SegmentRow) -> tuple[object, ...]:
    return (
        str(row.segment_id), str(row.run_id), *_ids(row.key), row.sequence, row.start_us,
        row.end_us, row.path, row.init_size, row.size_bytes, row.sha256, row.crc32c,
        row.is_sealed, row.fragments,
    )  # fmt: skip


def _segment(row: sqlite3.Row) -> SegmentRow:
    return SegmentRow(
        segment_id=UUID(row["segment_id"]),
        run_id=UUID(row["run_id"]),
        key=_key(row),
        sequence=row["sequence"],
        start_us=row["start_us"],
        end_us=row["end_us"],
        path=row["path"],
        init_size=row["init_size"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        crc32c=row["crc32c"],
        is_sealed=bool(row["is_sealed"]),
        fragments=row["fragments"],
    )
