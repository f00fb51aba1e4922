"""Taking what nodes report. Telling, not acting: not journalled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb
from psycopg.types.range import TimestamptzRange

from sereno.base.errors import NotFound, Words
from sereno.base.redact import redact
from sereno.footage.rules import damage_of, newest
from sereno.sites.models import Node
from sereno.sites.queries import camera_ids_at_site_of
from sereno.wire.reports import AbsenceReport, Horizon, ReasonReport, Reports, RunReport

_NOT_YOURS = Words(
    "The camera {camera_id} is not of this node's site. Nothing of this batch was taken.",
    "La cámara {camera_id} no es del sitio de este nodo. No se tomó nada de este lote.",
)

Row = tuple[Any, ...]

# The last condition keeps a node from moving another camera's run to one of its own.
_TAKE_RUN = """
INSERT INTO footage_coveragerun AS known
    (run_id, camera_id, node_id, stream, span, is_open,
     end_reason_key, end_reason_params, end_reason_raw, revision, segment_count, size_bytes,
     engine, clock, sound, damaged_seconds, damage)
VALUES (%s, %s, %s, %s, tstzrange(%s, %s, %s), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
        %s::tstzrange[])
ON CONFLICT (run_id) DO UPDATE SET
    node_id = excluded.node_id, span = excluded.span, is_open = excluded.is_open,
    end_reason_key = excluded.end_reason_key, end_reason_params = excluded.end_reason_params,
    end_reason_raw = excluded.end_reason_raw, revision = excluded.revision,
    segment_count = excluded.segment_count, size_bytes = excluded.size_bytes,
    engine = excluded.engine, clock = excluded.clock, sound = excluded.sound,
    damaged_seconds = excluded.damaged_seconds, damage = excluded.damage
WHERE known.revision < excluded.revision AND known.camera_id = excluded.camera_id
"""

_TAKE_ABSENCE = """
INSERT INTO footage_absence AS known
    (absence_id, camera_id, stream, span, is_open,
     reason_key, reason_params, reason_raw, revision)
VALUES (%s, %s, %s, tstzrange(%s, %s), %s, %s, %s, %s, %s)
ON CONFLICT (absence_id) DO UPDATE SET
    span = excluded.span, is_open = excluded.is_open,
    reason_key = excluded.reason_key, reason_params = excluded.reason_params,
    reason_raw = excluded.reason_raw, revision = excluded.revision
WHERE known.revision < excluded.revision AND known.camera_id = excluded.camera_id
"""

_TAKE_HORIZON = """
INSERT INTO footage_horizon AS known (camera_id, stream, reported_through) VALUES (%s, %s, %s)
ON CONFLICT (camera_id, stream) DO UPDATE SET
    reported_through = greatest(known.reported_through, excluded.reported_through)
"""


@transaction.atomic
def take_reports(node: Node, reports: Reports, now: datetime) -> None:
    """Take a batch whole, or raise NotFound for a camera of another site.

    Any order and any repetition of batches ends in the same tables. A horizon ahead of the hub's
    clock is taken as now: a node whose clock ran ahead must not close the future.
    """
    _check_cameras(node, reports)
    runs = newest(reports.runs, attrgetter("run_id"))
    told = newest(reports.absences, attrgetter("absence_id"))
    absences = [absence for absence in told if absence.end > absence.start]
    horizons = sorted(reports.horizons, key=lambda each: (each.camera_id, each.stream))
    with connection.cursor() as cursor:
        for statement, rows in (
            (_TAKE_RUN, [_run_row(node, run) for run in runs]),
            (_TAKE_ABSENCE, [_absence_row(absence) for absence in absences]),
            (_TAKE_HORIZON, [_horizon_row(horizon, now) for horizon in horizons]),
        ):
            if rows:
                cursor.executemany(statement, rows)


def _check_cameras(node: Node, reports: Reports) -> None:
    items: Sequence[RunReport | AbsenceReport | Horizon] = (
        *reports.runs,
        *reports.absences,
        *reports.horizons,
    )
    named = {item.camera_id for item in items}
    foreign = named - camera_ids_at_site_of(node, named)
    if foreign:
        raise NotFound("not_your_camera", _NOT_YOURS.fill(camera_id=min(foreign)))


def _run_row(node: Node, run: RunReport) -> Row:
    reason = run.end_reason
    is_left = run.end > run.start
    return (
        run.run_id,
        run.camera_id,
        node.pk,
        run.stream,
        run.start,
        run.end if is_left else run.start,
        "[)" if is_left else "[]",
        run.is_open and is_left,
        reason.key if reason else "",
        Jsonb(_params(reason) if reason else {}),
        _text(reason.raw) if reason else "",
        run.revision,
        run.segment_count,
        run.size_bytes,
        run.engine,
        run.clock,
        run.sound,
        run.damaged_seconds,
        [TimestamptzRange(part.start, part.end) for part in damage_of(run)],
    )


def _absence_row(absence: AbsenceReport) -> Row:
    return (
        absence.absence_id,
        absence.camera_id,
        absence.stream,
        absence.start,
        absence.end,
        absence.is_open,
        absence.reason.key,
        Jsonb(_params(absence.reason)),
        _text(absence.reason.raw),
        absence.revision,
    )


def _horizon_row(horizon: Horizon, now: datetime) -> Row:
    return horizon.camera_id, horizon.stream, min(horizon.reported_through, now)


def _params(reason: ReasonReport) -> dict[str, str]:
    return {name: _text(value) for name, value in reason.params.items()}


def _text(told: str) -> str:
    """What a program printed, as it may be kept: no secrets, and no NUL, which no column takes."""
    return redact(told.replace("\0", ""))
