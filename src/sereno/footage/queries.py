"""What nodes told of footage: what there is, and why there is none."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from sereno.base.clock import from_us
from sereno.base.spans import Span, span_or_none
from sereno.footage.models import CoverageRun
from sereno.footage.rules import Footage, Stretch, stretches
from sereno.policy import gaps
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera

MAIN = "main"
_UNEXPLAINED = Reason("unexplained")

# A day is a day at the site: 23 or 25 hours long where the clocks change.
_DAYS = """
SELECT day::date
FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day') AS day
WHERE EXISTS (
    SELECT FROM footage_coveragerun
    WHERE camera_id = %(camera)s AND span && tstzrange(
        day AT TIME ZONE %(zone)s, (day + interval '1 day') AT TIME ZONE %(zone)s)
    AND lower(span) < upper(span))
ORDER BY day
"""

# Times are read as microseconds since 1970: a month of many cameras is many rows, and Django's own
# reading of times takes ten times as long.
_US = "(extract(epoch FROM {}) * 1000000)::bigint"
_ENDS = f"{_US.format('lower(span)')}, {_US.format('upper(span)')}"

_HORIZONS = """
SELECT camera_id, reported_through FROM footage_horizon
WHERE camera_id = ANY(%(cameras)s) AND stream = %(stream)s
"""

_RUNS = f"""
SELECT camera_id, {_ENDS}, end_reason_key, end_reason_params, end_reason_raw
FROM footage_coveragerun
WHERE camera_id = ANY(%(cameras)s) AND stream = %(stream)s
AND span && tstzrange(%(start)s, %(end)s)
"""  # noqa: S608  no value stands in the text

# The last run before the window: its end explains what follows.
_RUN_BEFORE = f"""
SELECT asked.camera_id, before.* FROM unnest(%(cameras)s::uuid[]) AS asked(camera_id),
LATERAL (
    SELECT {_ENDS}, end_reason_key, end_reason_params, end_reason_raw
    FROM footage_coveragerun AS run
    WHERE run.camera_id = asked.camera_id AND stream = %(stream)s AND upper(span) <= %(start)s
    AND NOT span && tstzrange(%(start)s, %(end)s)
    ORDER BY upper(span) DESC LIMIT 1
) AS before
"""  # noqa: S608

_ABSENCES = f"""
SELECT camera_id, {_ENDS}, reason_key, reason_params, reason_raw
FROM footage_absence
WHERE camera_id = ANY(%(cameras)s) AND stream = %(stream)s
AND span && tstzrange(%(start)s, %(end)s)
"""  # noqa: S608

_FIRST_WORDS = """
SELECT camera_id, min(lower(span)) FROM (
    SELECT camera_id, span FROM footage_coveragerun
    WHERE camera_id = ANY(%(cameras)s) AND stream = %(stream)s
    UNION ALL
    SELECT camera_id, span FROM footage_absence
    WHERE camera_id = ANY(%(cameras)s) AND stream = %(stream)s
) AS told GROUP BY camera_id
"""


_DAMAGED_SECONDS = """
SELECT camera_id, extract(epoch FROM sum(upper(part) - lower(part)))::float FROM (
    SELECT camera_id, unnest(damage) * tstzrange(%(start)s, %(end)s) AS part
    FROM footage_coveragerun
    WHERE camera_id = ANY(%(cameras)s) AND stream = %(stream)s AND damaged_seconds > 0
        AND span && tstzrange(%(start)s, %(end)s)
) AS parts WHERE NOT isempty(part) GROUP BY camera_id
"""


@dataclass(slots=True)
class Told:
    """What nodes told of a camera's main stream: up to when, and what of a window.

    `runs` has the last one before the window too. `ends` are those of runs of which nothing is
    left.
    """

    reported_through: datetime | None = None
    runs: list[gaps.Run] = field(default_factory=list)
    ends: list[gaps.RunEnd] = field(default_factory=list)
    absences: list[gaps.Absence] = field(default_factory=list)


def horizons_of(cameras: Collection[Camera]) -> dict[UUID, datetime]:
    """Up to when each camera's node has told all it knows; without those of which nothing is."""
    values: dict[str, Any] = {"cameras": [camera.pk for camera in cameras], "stream": MAIN}
    with connection.cursor() as cursor:
        cursor.execute(_HORIZONS, values)
        return dict(cursor.fetchall())


def told_of(cameras: Collection[Camera], window: Span) -> dict[UUID, Told]:
    """What was told of each camera; five statements at most, however many there are."""
    reading = _Reading(cameras, window)
    with connection.cursor() as cursor:
        reading.read(cursor)
    return reading.told


class _Reading:
    """One reading of the tables for some cameras and a window."""

    def __init__(self, cameras: Collection[Camera], window: Span) -> None:
        self.told = {camera.pk: Told() for camera in cameras}
        self._cameras, self._window = cameras, window
        self._reasons: dict[tuple[str, str, str], Reason] = {}

    def read(self, cursor: Any) -> None:
        window = self._window
        values: dict[str, Any] = {
            "cameras": list(self.told),
            "stream": MAIN,
            "start": window.start,
            "end": window.end,
        }
        for camera_id, reported_through in horizons_of(self._cameras).items():
            self.told[camera_id].reported_through = reported_through
        earlier = set()
        for statement in (_RUN_BEFORE, _RUNS):
            cursor.execute(statement, values)
            for camera_id, start_us, end_us, *why in cursor.fetchall():
                start, end = from_us(start_us), from_us(end_us)
                self._add_run(self.told[camera_id], start, end, self._reason(why))
                if start < window.start:
                    earlier.add(camera_id)
        cursor.execute(_ABSENCES, values)
        for camera_id, start_us, end_us, *why in cursor.fetchall():
            span, reason = Span(from_us(start_us), from_us(end_us)), self._reason(why)
            self.told[camera_id].absences.append(gaps.Absence(span, reason or _UNEXPLAINED))
        if new := [camera for camera in self._cameras if camera.pk not in earlier]:
            cursor.execute(_FIRST_WORDS, values | {"cameras": [camera.pk for camera in new]})
            self._say_what_was_on_its_way(new, dict(cursor.fetchall()))

    @staticmethod
    def _add_run(told: Told, start: datetime, end: datetime, why: Reason | None) -> None:
        if (span := span_or_none(start, end)) is not None:
            told.runs.append(gaps.Run(span, why))
        else:
            told.ends.append(gaps.RunEnd(end, why))

    def _reason(self, why: list[str]) -> Reason | None:
        """A reason from its key, parameters as JSON, and raw text; equal ones are made once."""
        key, params, raw = why
        if not key:
            return None
        found = self._reasons.get((key, params, raw))
        if found is None:
            found = self._reasons[key, params, raw] = Reason(key, json.loads(params), raw)
        return found

    def _say_what_was_on_its_way(
        self, cameras: Iterable[Camera], first_words: Mapping[UUID, datetime]
    ) -> None:
        """From a camera's making until its node first spoke of it, the order was on its way."""
        for camera in cameras:
            first = first_words.get(camera.pk, camera.created_at)
            if (waiting := span_or_none(camera.created_at, first)) is not None:
                absence = gaps.Absence(waiting, Reason("order_on_its_way"))
                self.told[camera.pk].absences.append(absence)


def damaged_seconds_of(cameras: Collection[Camera], window: Span) -> dict[UUID, float]:
    """Of each camera's main stream: how much losses may have damaged in `window`, if anything."""
    values: dict[str, Any] = {
        "cameras": [camera.pk for camera in cameras],
        "stream": MAIN,
        "start": window.start,
        "end": window.end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAMAGED_SECONDS, values)
        return dict(cursor.fetchall())


def stretches_of(camera: Camera, window: Span) -> list[Stretch]:
    """The coverage of its main stream inside `window`, told in more detail.

    What was told before nodes were kept is taken for that of the camera's own node.
    """
    runs = CoverageRun.objects.filter(camera=camera, stream=MAIN)
    inside = runs.filter(span__overlap=(window.start, window.end)).order_by("span")
    footage = [
        Footage(
            span,
            run.is_open,
            run.clock,
            run.damaged_seconds,
            run.damaged,
            run.node_id or camera.node_id,
        )
        for run in inside
        if (span := run.covered)
    ]
    return stretches(footage, window)


def holders_of(camera: Camera, stream: str, span: Span) -> list[tuple[UUID, Span]]:
    """What `span` holds of footage, by who has it: earliest first, one node's in a row as one.

    What was told before nodes were kept is taken for that of the camera's own node.
    """
    runs = CoverageRun.objects.filter(camera=camera, stream=stream)
    inside = runs.filter(span__overlap=(span.start, span.end)).order_by("span")
    held: list[tuple[UUID, Span]] = []
    for told_by, bounds in inside.values_list("node_id", "span"):
        node_id = told_by or camera.node_id
        covered = span_or_none(bounds.lower, bounds.upper)
        if node_id is None or covered is None:
            continue
        if held and held[-1][0] == node_id:
            earlier = held.pop()[1]
            covered = Span(earlier.start, max(earlier.end, covered.end))
        held.append((node_id, covered))
    return held


def days_with_footage(camera: Camera, first: date, last: date) -> list[date]:
    """The days from `first` to `last`, in the site's zone, on which anything was recorded."""
    values: dict[str, Any] = {
        "camera": camera.pk,
        "zone": camera.site.time_zone,
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, values)
        return [day for (day,) in cursor.fetchall()]
