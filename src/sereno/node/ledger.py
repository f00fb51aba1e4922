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
from sereno.node.ledger_values import (
    absence_in,
    absence_values,
    ids_of,
    key_in,
    run_in,
    run_values,
    segment_in,
    segment_values,
)
from sereno.node.rows import AbsenceRow, RunRow, SegmentRow, StreamKey
from sereno.wire.reports import Horizon, Reports

SET_ASIDE_US = 24 * 3600 * 1_000_000

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
# What was refused waits until its time; a clock that was set back makes nothing wait longer.
_RUNS_TO_REPORT = """
SELECT * FROM runs
WHERE revision > reported_revision AND NOT EXISTS (
    SELECT 1 FROM refused WHERE item_id IN (run_id, camera_id)
    AND until_us BETWEEN :now_us + 1 AND :latest_us)
ORDER BY start_us LIMIT :limit
"""
_ABSENCES_TO_REPORT = """
SELECT * FROM absences
WHERE revision > reported_revision AND NOT EXISTS (
    SELECT 1 FROM refused WHERE item_id IN (absence_id, camera_id)
    AND until_us BETWEEN :now_us + 1 AND :latest_us)
ORDER BY start_us LIMIT :limit
"""
_COUNT_TO_REPORT = """
WITH waiting AS (
    SELECT item_id FROM refused WHERE until_us BETWEEN :now_us + 1 AND :latest_us
)
SELECT (SELECT count(*) FROM runs WHERE revision > reported_revision
            AND run_id NOT IN waiting AND camera_id NOT IN waiting)
     + (SELECT count(*) FROM absences WHERE revision > reported_revision
            AND absence_id NOT IN waiting AND camera_id NOT IN waiting)
"""
# What is open counts, whatever ended later: the clock may have been set back. A run that its writer
# left open is not told to its end before its files are mended. Short ranges of three indexes each.
_HORIZON = """
WITH open_ends AS (
    SELECT end_us FROM runs WHERE camera_id = :camera_id AND stream = :stream AND is_open = 1
    UNION ALL
    SELECT end_us FROM absences WHERE camera_id = :camera_id AND stream = :stream AND is_open = 1
), last_ends AS (
    SELECT * FROM (SELECT end_us FROM runs WHERE camera_id = :camera_id AND stream = :stream
                   ORDER BY start_us DESC LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT end_us FROM absences WHERE camera_id = :camera_id AND stream = :stream
                   ORDER BY start_us DESC LIMIT 1)
)
SELECT coalesce((SELECT min(end_us) FROM open_ends), (SELECT max(end_us) FROM last_ends))
"""
_SET_ASIDE = """
INSERT INTO refused (item_id, until_us) VALUES (?, ?)
ON CONFLICT (item_id) DO UPDATE SET until_us = excluded.until_us
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

    def one_by_one(self) -> Iterator[Changes]:
        """Each row alone."""
        yield from (Changes(runs=[row]) for row in self.runs)
        yield from (Changes(absences=[row]) for row in self.absences)
        yield from (Changes(segments=[row]) for row in self.segments)


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
            self._db.executemany(_SAVE_RUN, map(run_values, changes.runs))
            self._db.executemany(_SAVE_ABSENCE, map(absence_values, changes.absences))
            self._db.executemany(_SAVE_SEGMENT, map(segment_values, changes.segments))
            self._db.executemany(
                _SAVE_STREAM,
                ((*ids_of(row.key), max(0, row.end_us - row.start_us)) for row in changes.segments),
            )

    def segments_overlapping(self, key: StreamKey, start_us: int, end_us: int) -> list[SegmentRow]:
        """The stream's sealed segments that have a moment in [start, end), oldest first."""
        rows = self._db.execute(_OVERLAPPING, (*ids_of(key), start_us, end_us, start_us))
        return [segment_in(row) for row in rows]

    def segment(self, segment_id: UUID) -> SegmentRow | None:
        return self._one_segment("SELECT * FROM segments WHERE segment_id = ?", str(segment_id))

    def segment_at(self, path: str) -> SegmentRow | None:
        return self._one_segment("SELECT * FROM segments WHERE path = ?", path)

    def newest_segment(self, key: StreamKey) -> SegmentRow | None:
        return self._one_segment(_NEWEST, *ids_of(key))

    def unsealed_segments(self, key: StreamKey) -> list[SegmentRow]:
        """Files that were never sealed, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM segments WHERE camera_id = ? AND stream = ? AND is_sealed = 0"
            " ORDER BY start_us",
            ids_of(key),
        )
        return [segment_in(row) for row in rows]

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
        camera_id, stream = ids_of(row.key)
        values = {
            "camera_id": camera_id,
            "stream": stream,
            "run_id": str(row.run_id),
            "start_us": row.start_us,
        }
        return RunTotals(*self._db.execute(_RUN_TOTALS, values).fetchone())

    def _one_segment(self, query: str, *values: str) -> SegmentRow | None:
        row = self._db.execute(query, values).fetchone()
        return None if row is None else segment_in(row)

    def streams(self) -> list[StreamKey]:
        """Every stream that ever had footage here."""
        rows = self._db.execute("SELECT camera_id, stream FROM streams")
        return [key_in(row) for row in rows]

    def run(self, run_id: UUID) -> RunRow | None:
        row = self._db.execute("SELECT * FROM runs WHERE run_id = ?", (str(run_id),)).fetchone()
        return None if row is None else run_in(row)

    def runs_overlapping(self, key: StreamKey, start_us: int, end_us: int) -> list[RunRow]:
        """The coverage of a span, read from runs alone."""
        rows = self._db.execute(_OVERLAPPING_RUNS, (*ids_of(key), end_us, start_us))
        return [run_in(row) for row in rows]

    def open_runs(self) -> list[RunRow]:
        """Every run that is growing, or was when its writer died."""
        return [run_in(row) for row in self._db.execute("SELECT * FROM runs WHERE is_open = 1")]

    def open_absences(self) -> list[AbsenceRow]:
        rows = self._db.execute("SELECT * FROM absences WHERE is_open = 1")
        return [absence_in(row) for row in rows]

    def backlog(self, now_us: int) -> int:
        """How many rows wait to be told to the hub; not those it has refused."""
        return int(self._db.execute(_COUNT_TO_REPORT, _waiting_at(now_us)).fetchone()[0])

    def next_reports(self, limit: int, now_us: int, owed: Iterable[StreamKey] = ()) -> Reports:
        """The oldest news for the hub, at most `limit` of each kind; nothing that it refused.

        Only the last batch carries horizons, those of `owed` streams too: a horizon promises that
        all before it was told.
        """
        values = {**_waiting_at(now_us), "limit": limit + 1}
        with self._transaction():
            runs = [run_in(row) for row in self._db.execute(_RUNS_TO_REPORT, values)]
            absences = [absence_in(row) for row in self._db.execute(_ABSENCES_TO_REPORT, values)]
            is_last = len(runs) <= limit and len(absences) <= limit
            keys = {row.key for row in runs} | {row.key for row in absences} | set(owed)
            return Reports(
                runs=tuple(row.to_report() for row in runs[:limit]),
                absences=tuple(row.to_report() for row in absences[:limit]),
                horizons=tuple(self._horizons(keys)) if is_last else (),
            )

    def _horizons(self, keys: Iterable[StreamKey]) -> Iterator[Horizon]:
        for key in keys:
            camera_id, stream = ids_of(key)
            row = self._db.execute(_HORIZON, {"camera_id": camera_id, "stream": stream}).fetchone()
            yield Horizon(
                camera_id=key.camera_id, stream=key.stream, reported_through=from_us(row[0])
            )

    def mark_reported(self, reports: Reports) -> None:
        """The hub has taken `reports`; what changed since stays to be reported."""
        runs, absences = reports.runs, reports.absences
        taken = {run.run_id for run in runs} | {run.camera_id for run in runs}
        taken |= {each.absence_id for each in absences} | {each.camera_id for each in absences}
        with self._transaction():
            self._db.executemany(
                "UPDATE runs SET reported_revision = max(reported_revision, ?) WHERE run_id = ?",
                ((run.revision, str(run.run_id)) for run in runs),
            )
            self._db.executemany(
                "UPDATE absences SET reported_revision = max(reported_revision, ?)"
                " WHERE absence_id = ?",
                ((absence.revision, str(absence.absence_id)) for absence in absences),
            )
            self._forget_refusals(taken)

    def set_aside(self, item_id: UUID, now_us: int) -> bool:
        """The hub refuses this run, absence or camera: do not tell it again for a day.

        Whether that is news.
        """
        query = "SELECT 1 FROM refused WHERE item_id = ?"
        is_news = self._db.execute(query, (str(item_id),)).fetchone() is None
        self._db.execute(_SET_ASIDE, (str(item_id), now_us + SET_ASIDE_US))
        return is_news

    def tell_again(self, camera_ids: Iterable[UUID]) -> None:
        """These cameras are in the orders: the hub will take what it may have refused of them."""
        with self._transaction():
            self._forget_refusals(camera_ids)

    def _forget_refusals(self, item_ids: Iterable[UUID]) -> None:
        values = ((str(item_id),) for item_id in item_ids)
        self._db.executemany("DELETE FROM refused WHERE item_id = ?", values)


def _waiting_at(now_us: int) -> dict[str, int]:
    return {"now_us": now_us, "latest_us": now_us + SET_ASIDE_US}
