"""Rows of the ledger as SQLite keeps them: UUIDs as text, reasons as JSON."""

from __future__ import annotations

import json
import sqlite3
from functools import lru_cache
from uuid import UUID

from sereno.media.contract import Memory
from sereno.node.rows import AbsenceRow, MemoryRow, RunRow, SegmentRow, StreamKey
from sereno.policy.choices import StreamName
from sereno.wire.reports import ReasonReport


def ids_of(key: StreamKey) -> tuple[str, str]:
    return str(key.camera_id), key.stream


def key_in(row: sqlite3.Row) -> StreamKey:
    return StreamKey(UUID(row["camera_id"]), row["stream"])


def run_values(row: RunRow) -> tuple[object, ...]:
    reason = None if row.end_reason is None else row.end_reason.model_dump_json()
    return (
        str(row.run_id), *ids_of(row.key), row.start_us, row.end_us, row.is_open, reason, row.codec,
        row.width, row.height, row.segment_count, row.size_bytes, row.revision, row.engine,
        row.clock, row.sound, row.damaged_us, json.dumps(row.damage), row.drift_us,
    )  # fmt: skip


def run_in(row: sqlite3.Row) -> RunRow:
    reason = row["end_reason"]
    return RunRow(
        run_id=UUID(row["run_id"]),
        key=key_in(row),
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
        engine=row["engine"],
        clock=row["clock"],
        sound=row["sound"],
        damaged_us=row["damaged_us"],
        damage=[(start, end) for start, end in json.loads(row["damage"])],
        drift_us=row["drift_us"],
    )


def absence_values(row: AbsenceRow) -> tuple[object, ...]:
    return (
        str(row.absence_id), *ids_of(row.key), row.start_us, row.end_us, row.is_open,
        row.reason.model_dump_json(), row.revision,
    )  # fmt: skip


def absence_in(row: sqlite3.Row) -> AbsenceRow:
    return AbsenceRow(
        absence_id=UUID(row["absence_id"]),
        key=key_in(row),
        start_us=row["start_us"],
        end_us=row["end_us"],
        reason=ReasonReport.model_validate_json(row["reason"]),
        is_open=bool(row["is_open"]),
        revision=row["revision"],
    )


def segment_values(row: SegmentRow) -> tuple[object, ...]:
    return (
        str(row.segment_id), str(row.run_id), *ids_of(row.key), str(row.volume_id), row.sequence,
        row.start_us, row.end_us, row.path, row.init_size, row.size_bytes, row.sha256, row.crc32c,
        row.is_sealed, row.fragments,
    )  # fmt: skip


def segment_in(row: sqlite3.Row) -> SegmentRow:
    return SegmentRow(
        segment_id=UUID(row["segment_id"]),
        run_id=_id_in(row["run_id"]),
        key=_key_in(row["camera_id"], row["stream"]),
        volume_id=_id_in(row["volume_id"]),
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


@lru_cache(maxsize=256)
def _id_in(text: str) -> UUID:
    """Neighbouring files have all but one of their ids in common."""
    return UUID(text)


@lru_cache(maxsize=256)
def _key_in(camera_id: str, stream: StreamName) -> StreamKey:
    return StreamKey(UUID(camera_id), stream)


def memory_values(row: MemoryRow) -> tuple[object, ...]:
    return (*ids_of(row.key), row.memory.model_dump_json(), row.retry_number)


def memory_in(row: sqlite3.Row) -> MemoryRow:
    memory = Memory.model_validate_json(row["memory"])
    return MemoryRow(key_in(row), memory, row["retry_number"])
