"""Remembering what was promised, whenever that changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from sereno.enforcer.models import PlanHistory, RememberedPlan
from sereno.enforcer.queries_plans import PLAN, newest_plans, schedules_of
from sereno.policy import plans
from sereno.policy.plans import Plan
from sereno.sites.actions import wake_nodes_of
from sereno.sites.models import Camera

# Any constant does; held until the transaction ends. What two change at the same moment is then
# remembered one after the other, the second with what the first did.
PLANS_LOCK = 0x5E12E42


@transaction.atomic
def remember_plans(camera_ids: Iterable[UUID], now: datetime | None = None) -> None:
    """Write the plan that counts from now on for each camera of which it has changed.

    Called by every act that may have changed one, in the act's own transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLANS_LOCK])
    cameras = Camera.objects.filter(pk__in=set(camera_ids)).select_related("site")
    schedules = schedules_of(camera.pk for camera in cameras)
    before = newest_plans(schedules)
    remembered: dict[tuple[str, tuple[plans.Schedule, ...]], int] = {}
    rows = []
    for camera in cameras:
        recording = tuple(each for each in schedules[camera.pk] if each.purpose == "recording")
        if not recording and camera.pk not in before:
            continue  # without a history it was always to be recorded, and still is
        key = (camera.site.time_zone, recording)
        if key not in remembered:
            remembered[key] = _remember(Plan(*key))
        last = before.get(camera.pk)
        if last is None or last.plan_id != remembered[key]:
            since = now or timezone.now()
            if last is not None:
                since = max(since, last.since)  # the clock may have been set back
            rows.append(PlanHistory(camera=camera, since=since, plan_id=remembered[key]))
    PlanHistory.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["camera", "since"], update_fields=["plan"]
    )


def _remember(plan: Plan) -> int:
    """The row that keeps `plan`, made if there is none."""
    text = PLAN.dump_json(plan)
    row, _ = RememberedPlan.objects.get_or_create(
        digest=sha256(text).hexdigest(), defaults={"plan": json.loads(text)}
    )
    return row.pk


def plans_changed(camera_ids: Iterable[UUID]) -> None:
    """Remember the plans of these cameras, and let their nodes fetch them."""
    ids = set(camera_ids)
    remember_plans(ids)
    wake_nodes_of(ids)


def hear_of_sites(sender: object, camera_ids: Iterable[UUID], **_: object) -> None:
    """`sites` says that something of these cameras has changed which decides their plans."""
    remember_plans(camera_ids)
