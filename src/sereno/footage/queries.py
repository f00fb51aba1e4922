"""What footage there is, what is missing, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from sereno.base.spans import Span, span_or_none
from sereno.footage.models import Absence, CoverageRun, Horizon
from sereno.footage.rules import Footage, Stretch, stretches
from sereno.policy import gaps
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera

MAIN = "main"

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


@dataclass(frozen=True, slots=True)
class CameraTimeline:
    """What a camera's promise became; `stretches` are its coverage, told in more detail."""

    reported_through: datetime | None
    timeline: gaps.Timeline
    stretches: list[Stretch]


def timeline_of(camera: Camera, window: Span, now: datetime) -> CameraTimeline:
    """Coverage, gaps and what is not reported yet of the main stream, up to now at most.

    The promise is to record from the camera's making to its removal.
    """
    horizon = Horizon.objects.filter(camera=camera, stream=MAIN).first()
    reported_through = horizon.reported_through if horizon else None
    past = span_or_none(window.start, min(window.end, now))
    if past is None:
        return CameraTimeline(reported_through, gaps.Timeline([], [], []), [])
    runs = _runs_around(camera, past)
    absences = [*_before_first_word(camera, past, runs), *_absences_in(camera, past)]
    promise = span_or_none(camera.created_at, camera.removed_at or now)
    found = gaps.timeline(
        [promise] if promise else [],
        [gaps.Run(span, run.end_reason) for run in runs if (span := run.covered)],
        absences,
        reported_through or camera.created_at,
        past,
        [gaps.RunEnd(run.span.upper, run.end_reason) for run in runs if not run.covered],
    )
    told = [
        Footage(span, run.is_open, run.clock, run.damaged_seconds, run.damaged)
        for run in runs
        if (span := run.covered)
    ]
    return CameraTimeline(reported_through, found, stretches(told, past))


def _absences_in(camera: Camera, window: Span) -> list[gaps.Absence]:
    found = Absence.objects.filter(camera=camera, stream=MAIN)
    inside = found.filter(span__overlap=(window.start, window.end))
    return [gaps.Absence(absence.missing, absence.reason) for absence in inside]


def _before_first_word(
    camera: Camera, window: Span, runs: Sequence[CoverageRun]
) -> list[gaps.Absence]:
    """From the camera's making until its node first spoke of it, the order was on its way."""
    if runs and runs[0].span.lower < window.start:
        return []
    rooms: tuple[type[CoverageRun | Absence], ...] = (CoverageRun, Absence)
    spans = [
        room.objects.filter(camera=camera, stream=MAIN).order_by("span").values_list("span").first()
        for room in rooms
    ]
    first_words = [span.lower for (span,) in filter(None, spans)]
    waiting = span_or_none(camera.created_at, min(first_words)) if first_words else None
    return [gaps.Absence(waiting, Reason("order_on_its_way"))] if waiting else []


def _runs_around(camera: Camera, window: Span) -> list[CoverageRun]:
    """The runs inside the window, and the last one before it: its end explains what follows."""
    runs = CoverageRun.objects.filter(camera=camera, stream=MAIN)
    inside = list(runs.filter(span__overlap=(window.start, window.end)).order_by("span"))
    before = runs.filter(span__fully_lt=(window.start, None)).order_by("-span__endswith").first()
    return [*([before] if before else []), *inside]


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
