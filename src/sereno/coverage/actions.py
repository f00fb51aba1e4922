"""Raising and ending alarms, as the ledger tells. Telling, not acting: not journalled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from sereno.base.spans import Span, intersect, span_or_none
from sereno.coverage.models import BrokenPromise, Judged
from sereno.coverage.queries import timeline_from
from sereno.coverage.rules import Verdict, judge
from sereno.enforcer.queries_plans import promises_of
from sereno.footage.queries import horizons_of, told_of
from sereno.sites.models import Camera

# Any constant does: only one worker judges at a time.
JUDGE_LOCK = 0x5E12E43
# A camera that was never looked at is not judged for what lies longer ago.
FIRST_LOOK_BACK = timedelta(minutes=15)
# What is told late is not judged further back.
LONGEST_LOOK_BACK = timedelta(days=31)


@transaction.atomic
def judge_promises(now: datetime, alarm_after: timedelta) -> bool:
    """Look at what every camera's node has reported since the last look.

    False where another worker is at it. What is not reported yet is judged when it is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [JUDGE_LOCK])
        if not cursor.fetchone()[0]:
            return False
    cameras = list(Camera.objects.filter(removed_at=None).select_related("site"))
    _end_of_removed(now)
    if cameras:
        _judge_all(cameras, now, alarm_after)
    return True


def _end_of_removed(now: datetime) -> None:
    """A camera that was taken from the lists breaks no promise any more."""
    left = BrokenPromise.objects.filter(ended_at=None, camera__removed_at__isnull=False)
    left.update(ended_at=now)


def _judge_all(cameras: Sequence[Camera], now: datetime, alarm_after: timedelta) -> None:
    windows = _windows(cameras, now)
    news = [camera for camera in cameras if camera.pk in windows]
    if not news:
        return
    open_breaks = {each.camera_id: each for each in BrokenPromise.objects.filter(ended_at=None)}
    widest = Span(min(span.start for span in windows.values()), now)
    promises, told = promises_of(news, widest), told_of(news, widest)
    judged = []
    for camera in news:
        window, open_break = windows[camera.pk], open_breaks.get(camera.pk)
        promised = intersect(promises.get(camera.pk, []), window)
        found = timeline_from(camera, promised, told[camera.pk], window)
        verdict = judge(found.gaps, window, alarm_after, is_open=open_break is not None)
        _keep(camera, verdict, open_break, now)
        judged.append(Judged(camera=camera, through=verdict.through))
    Judged.objects.bulk_create(
        judged, update_conflicts=True, unique_fields=["camera"], update_fields=["through"]
    )


def _windows(cameras: Sequence[Camera], now: datetime) -> dict[UUID, Span]:
    """What was reported of each camera since the last look; without those with no news."""
    through = dict(Judged.objects.values_list("camera", "through"))
    windows = {}
    for camera_id, reported in horizons_of(cameras).items():
        start = max(through.get(camera_id, now - FIRST_LOOK_BACK), now - LONGEST_LOOK_BACK)
        if (window := span_or_none(start, min(reported, now))) is not None:
            windows[camera_id] = window
    return windows


def _keep(
    camera: Camera, verdict: Verdict, open_break: BrokenPromise | None, now: datetime
) -> None:
    if open_break is not None:
        open_break.ended_at = verdict.open_ended_at
        reason = verdict.open_reason or open_break.reason
        open_break.reason_key, open_break.reason_raw = reason.key, reason.raw
        open_break.reason_params = dict(reason.params)
        open_break.save()
    BrokenPromise.objects.bulk_create(
        BrokenPromise(
            camera=camera,
            since=each.since,
            noticed_at=now,
            ended_at=each.ended_at,
            reason_key=each.reason.key,
            reason_params=dict(each.reason.params),
            reason_raw=each.reason.raw,
        )
        for each in verdict.breaks
    )
