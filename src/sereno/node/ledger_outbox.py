"""What the hub is to be told of the ledger, and what it has taken or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sereno.base.clock import from_us
from sereno.node.ledger_file import LedgerFile
from sereno.node.ledger_values import absence_in, ids_of, run_in
from sereno.node.rows import StreamKey
from sereno.wire.reports import Horizon, Reports

SET_ASIDE_US = 24 * 3600 * 1_000_000

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
# All of its files were removed, and the hub knows.
_FORGET_EMPTY_RUN = """
DELETE FROM runs
WHERE run_id = ? AND is_open = 0 AND start_us >= end_us AND revision <= reported_revision
"""
_SET_ASIDE = """
INSERT INTO refused (item_id, until_us) VALUES (?, ?)
ON CONFLICT (item_id) DO UPDATE SET until_us = excluded.until_us
"""


class Outbox(LedgerFile):
    """News for the hub."""

    def backlog(self, now_us: int) -> int:
        """How many rows wait to be told to the hub; not those it has refused."""
        return int(self.db.execute(_COUNT_TO_REPORT, _waiting_at(now_us)).fetchone()[0])

    def next_reports(self, limit: int, now_us: int, owed: Iterable[StreamKey] = ()) -> Reports:
        """The oldest news for the hub, at most `limit` of each kind; nothing that it refused.

        Only the last batch carries horizons, those of `owed` streams too: a horizon promises that
        all before it was told.
        """
        values = {**_waiting_at(now_us), "limit": limit + 1}
        with self.transaction():
            runs = [run_in(row) for row in self.db.execute(_RUNS_TO_REPORT, values)]
            absences = [absence_in(row) for row in self.db.execute(_ABSENCES_TO_REPORT, values)]
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
            row = self.db.execute(_HORIZON, {"camera_id": camera_id, "stream": stream}).fetchone()
            if row[0] is not None:  # an owed stream may have nothing left to be told of
                yield Horizon(
                    camera_id=key.camera_id, stream=key.stream, reported_through=from_us(row[0])
                )

    def mark_reported(self, reports: Reports) -> None:
        """The hub has taken `reports`; what changed since stays to be reported."""
        runs, absences = reports.runs, reports.absences
        taken = {run.run_id for run in runs} | {run.camera_id for run in runs}
        taken |= {each.absence_id for each in absences} | {each.camera_id for each in absences}
        with self.transaction():
            self.db.executemany(
                "UPDATE runs SET reported_revision = max(reported_revision, ?) WHERE run_id = ?",
                ((run.revision, str(run.run_id)) for run in runs),
            )
            self.db.executemany(
                "UPDATE absences SET reported_revision = max(reported_revision, ?)"
                " WHERE absence_id = ?",
                ((absence.revision, str(absence.absence_id)) for absence in absences),
            )
            self.db.executemany(_FORGET_EMPTY_RUN, ((str(run.run_id),) for run in runs))
            self._forget_refusals(taken)

    def set_aside(self, item_id: UUID, now_us: int) -> bool:
        """The hub refuses this run, absence or camera: do not tell it again for a day.

        Whether that is news.
        """
        query = "SELECT 1 FROM refused WHERE item_id = ?"
        is_news = self.db.execute(query, (str(item_id),)).fetchone() is None
        self.db.execute(_SET_ASIDE, (str(item_id), now_us + SET_ASIDE_US))
        return is_news

    def tell_again(self, camera_ids: Iterable[UUID]) -> None:
        """These cameras are in the orders: the hub will take what it may have refused of them."""
        with self.transaction():
            self._forget_refusals(camera_ids)

    def _forget_refusals(self, item_ids: Iterable[UUID]) -> None:
        values = ((str(item_id),) for item_id in item_ids)
        self.db.executemany("DELETE FROM refused WHERE item_id = ?", values)


def _waiting_at(now_us: int) -> dict[str, int]:
    return {"now_us": now_us, "latest_us": now_us + SET_ASIDE_US}
