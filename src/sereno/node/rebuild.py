"""The ledger made anew from the files alone, and swapped in whole.

Files tell what was recorded: segments, their indexes and digests, runs, coverage. They cannot tell
why a run ended, why nothing was recorded in between, or what the hub has been told; that is taken
from the old ledger where it can still be read. Where it cannot, ends are `unexplained`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from sereno.base.clock import to_us
from sereno.base.errors import SerenoError
from sereno.box.files import sync_file, sync_folder
from sereno.node.damage import damage_of
from sereno.node.fsck import totals_of, true_run
from sereno.node.fsck_folders import list_stream
from sereno.node.fsck_repair import MISSING
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_values import absence_in, run_in
from sereno.node.ledger_volumes import known_volumes, see_volume
from sereno.node.reading_ahead import read_ahead
from sereno.node.recording import NODE_DOWN
from sereno.node.repair import MendedFile, mend_one, streams_on_disk
from sereno.node.rows import AbsenceRow, RunRow, SegmentRow, StreamKey
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

UNEXPLAINED = ReasonReport(key="unexplained")
BATCH_FILES = 500
# Which of two streams' files is older: as times tell, or better as the old ledger knew.
_NUMBER_BY_TIME = """
UPDATE segments SET ordinal = told.ordinal FROM numbered_by_time AS told
WHERE told.segment_id = segments.segment_id
"""
_NUMBER_AS_BEFORE = """
UPDATE segments SET ordinal = coalesce(
    (SELECT known.ordinal FROM old.segments AS known
     WHERE known.camera_id = segments.camera_id AND known.stream = segments.stream
       AND known.sequence >= segments.sequence ORDER BY known.sequence LIMIT 1),
    ordinal + (SELECT coalesce(max(ordinal), 0) FROM old.segments))
"""
_SIDE_FILES = ("", "-wal", "-shm")


@dataclass(slots=True)
class Rebuilt:
    """What came of it."""

    file_count: int = 0
    size_bytes: int = 0
    left_out: int = 0  # files that are no recordings of their place
    kept: Path | None = None  # the old ledger
    was_readable: bool = False


@dataclass(frozen=True, slots=True)
class Salvage:
    """What only the old ledger knew."""

    runs: Mapping[UUID, RunRow]
    run_of_segment: Mapping[UUID, UUID]
    absences: list[AbsenceRow]


def rebuild(
    path: Path,
    roots: Mapping[UUID, Path],
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Rebuilt:
    """Make the ledger at `path` anew; `progress` is told the bytes of each file read.

    Only while no node runs. Raises OSError. Killed at any point, the old ledger or the new is
    there, whole.
    """
    new = path.with_name(f"{path.name}.new")
    _remove(new)
    result = Rebuilt()
    with closing(Ledger(new)) as ledger:
        for volume_id, root in roots.items():
            see_volume(ledger, volume_id, root)
        old = _salvage(path, ledger)
        result.was_readable = old is not None
        kept_runs = dict(old.runs) if old else {}
        for key in streams_on_disk(roots):
            files = list(_files(roots, key, result, progress))
            _write_stream(ledger, files, old, kept_runs, now)
        ledger.db.execute(_NUMBER_BY_TIME)
        if old is not None:
            ledger.db.execute(_NUMBER_AS_BEFORE)
            _write_rest(ledger, old, kept_runs)
        ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    result.kept = _swap(path, new, now)
    return result


def _files(
    roots: Mapping[UUID, Path], key: StreamKey, result: Rebuilt, progress: Callable[[int], None]
) -> Iterator[MendedFile]:
    """Every whole file of the stream, each once."""
    seen: set[UUID] = set()
    places = sorted(list_stream(roots, key).files, key=itemgetter(1))
    for found in read_ahead(lambda place: mend_one(roots, place, key), places):
        if found is None or found.segment.segment_id in seen:
            result.left_out += 1
            continue
        seen.add(found.segment.segment_id)
        result.file_count += 1
        result.size_bytes += found.segment.size_bytes
        progress(found.segment.size_bytes)
        yield found


def _write_stream(
    ledger: Ledger,
    files: list[MendedFile],
    old: Salvage | None,
    kept_runs: dict[UUID, RunRow],
    now: datetime,
) -> None:
    files.sort(key=lambda each: each.segment.sequence)
    rows = _parted([each.segment for each in files], old)
    of_files: dict[UUID, RunRow] = {}
    for file, row in zip(files, rows, strict=True):
        so_far = of_files.setdefault(row.run_id, replace(file.run, damage=[], damaged_us=0))
        so_far.damage = damage_of([*so_far.damage, *file.run.damage])
        so_far.damaged_us += file.run.damaged_us
    runs = []
    for run_id, of_run in totals_of(rows).items():
        known = kept_runs.pop(run_id, None)
        told = replace(of_files[run_id], run_id=run_id, is_open=False, end_reason=UNEXPLAINED)
        run = true_run(known or told, of_run)
        if told.damaged_us > run.damaged_us:  # its writer died before the ledger heard of it
            run.damage, run.damaged_us = told.damage, told.damaged_us
        if known is None:
            # No hub has taken a higher one: a revision grows at most once a second.
            run.revision = to_us(now) // 1_000_000
        elif run != known or known.is_open:
            run.revision += 1
            run.is_open, run.end_reason = False, known.end_reason or NODE_DOWN
        runs.append(run)
        if known is not None:
            ledger.save(Changes(absences=list(_lost(known, run))))
    for start in range(0, len(rows), BATCH_FILES):
        ledger.save(Changes(segments=rows[start : start + BATCH_FILES]))
    ledger.save(Changes(runs=runs))


def _parted(rows: list[SegmentRow], old: Salvage | None) -> list[SegmentRow]:
    """The rows with the runs they are of: one that misses a file in the middle is two."""
    last: dict[UUID, SegmentRow] = {}
    found = []
    for row in rows:
        said, known = row.run_id, old.run_of_segment.get(row.segment_id) if old else None
        before = last.get(said)
        if before is None:
            row.run_id = known or said
        elif row.sequence == before.sequence + 1 and known in (None, before.run_id):
            row.run_id = before.run_id
        else:
            is_new = known is None or known == before.run_id
            row.run_id = uuid5(before.run_id, str(row.segment_id)) if is_new else known or said
        last[said] = row
        found.append(row)
    return found


def _lost(known: RunRow, run: RunRow) -> Iterator[AbsenceRow]:
    """What the old ledger had and no file has any more, at either end."""
    for start_us, end_us in ((known.start_us, run.start_us), (run.end_us, known.end_us)):
        if start_us < end_us:
            yield AbsenceRow(uuid4(), run.key, start_us, end_us, MISSING, is_open=False, revision=1)


def _write_rest(ledger: Ledger, old: Salvage, lost_runs: Mapping[UUID, RunRow]) -> None:
    """Absences as they were; runs without any file left, which the hub must forget."""
    absences, runs = list(old.absences), []
    for known in lost_runs.values():
        empty = replace(true_run(known, None), is_open=False, revision=known.revision + 1)
        empty.end_reason = known.end_reason or NODE_DOWN
        absences.extend(_lost(known, empty))
        runs.append(empty)
    ledger.save(Changes(runs=runs, absences=absences))
    ledger.db.execute(
        "UPDATE runs SET reported_revision = coalesce((SELECT old.reported_revision FROM"
        " old.runs AS old WHERE old.run_id = runs.run_id), 0)"
    )
    ledger.db.execute(
        "UPDATE absences SET reported_revision = coalesce((SELECT old.reported_revision FROM"
        " old.absences AS old WHERE old.absence_id = absences.absence_id), 0)"
    )
    for table in ("memories", "refused", "streams"):
        ledger.db.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM old.{table}")  # noqa: S608
    ledger.db.execute("DETACH old")


def _salvage(path: Path, ledger: Ledger) -> Salvage | None:
    """What can be taken from the old ledger, which stays attached as `old`; None where nothing."""
    copy = path.with_name(f"{path.name}.salvage")
    _remove(copy)
    try:
        if not path.exists():
            return None
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        with closing(Ledger(copy)) as old:  # brings it up to date
            found = _read(old)
            for volume_id, root in known_volumes(old).items():
                if root is not None and volume_id not in known_volumes(ledger):
                    see_volume(ledger, volume_id, root)
        ledger.db.execute("ATTACH ? AS old", (str(copy),))
    except (sqlite3.Error, SerenoError, ValueError) as error:
        log.warning("The old ledger cannot be read (%s); only the files are.", error)
        return None
    finally:
        if copy.exists():
            copy.unlink()  # attached, it lives until it is let go
    return found


def _read(old: Ledger) -> Salvage:
    db = old.db
    pairs = db.execute("SELECT segment_id, run_id FROM segments")
    return Salvage(
        runs={run.run_id: run for run in map(run_in, db.execute("SELECT * FROM runs"))},
        run_of_segment={UUID(row[0]): UUID(row[1]) for row in pairs},
        absences=[absence_in(row) for row in db.execute("SELECT * FROM absences")],
    )


def _swap(path: Path, new: Path, now: datetime) -> Path | None:
    """Put the new ledger in the old one's place; the old one is kept beside it."""
    kept = path.with_name(f"{path.name}.before-rebuild-{now:%Y%m%dT%H%M%S.%fZ}")
    has_old = path.exists()
    for side in _SIDE_FILES:
        with suppress(FileNotFoundError):
            os.link(f"{path}{side}", f"{kept}{side}")
    # What SQLite left beside the old file must not be taken for the new one's.
    for side in _SIDE_FILES[1:]:
        Path(f"{path}{side}").unlink(missing_ok=True)
    sync_file(new)
    new.replace(path)
    sync_folder(path.parent)
    return kept if has_old else None


def _remove(path: Path) -> None:
    for side in _SIDE_FILES:
        Path(f"{path}{side}").unlink(missing_ok=True)
