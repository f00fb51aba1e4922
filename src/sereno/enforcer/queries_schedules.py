"""Schedules and calendars, as people see them, and what follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.errors import NotFound, Words
from sereno.enforcer.models import Calendar, Schedule
from sereno.enforcer.queries_plans import schedule_said
from sereno.enforcer.rules_schedules import ScheduleSaid
from sereno.sites.models import Camera

_NO_SCHEDULE = Words(
    "There is no such schedule. It may have been removed; reload the list.",
    "No existe ese horario. Puede que se haya quitado; recargue la lista.",
)
_NO_CALENDAR = Words(
    "There is no such calendar. It may have been removed; reload the list.",
    "No existe ese calendario. Puede que se haya quitado; recargue la lista.",
)


def schedules_seen_by(asker: Asker) -> QuerySet[Schedule]:
    """The schedules, by name."""
    require(asker, Right.VIEW)
    return Schedule.objects.order_by("name", "pk")


def access_schedule(asker: Asker, schedule_id: int) -> Schedule:
    """One schedule. Raises NotFound."""
    if (schedule := schedules_seen_by(asker).filter(pk=schedule_id).first()) is None:
        raise NotFound("no_such_schedule", _NO_SCHEDULE)
    return schedule


def calendars_of(asker: Asker) -> QuerySet[Calendar]:
    """The calendars, by name."""
    require(asker, Right.VIEW)
    return Calendar.objects.order_by("name", "pk")


def access_calendar(asker: Asker, calendar_id: int) -> Calendar:
    """One calendar. Raises NotFound."""
    if (calendar := calendars_of(asker).filter(pk=calendar_id).first()) is None:
        raise NotFound("no_such_calendar", _NO_CALENDAR)
    return calendar


def whole_schedules(schedules: Iterable[Schedule]) -> list[ScheduleSaid]:
    """All that each says, with whom it is for; two statements for all of them."""
    rows = list(schedules)
    cameras: dict[int, set[UUID]] = defaultdict(set)
    named = Schedule.cameras.through.objects.filter(schedule__in=rows, camera__removed_at=None)
    for schedule_id, camera_id in named.values_list("schedule_id", "camera_id"):
        cameras[schedule_id].add(camera_id)
    groups: dict[int, set[int]] = defaultdict(set)
    grouped = Schedule.groups.through.objects.filter(schedule__in=rows)
    for schedule_id, group_id in grouped.values_list("schedule_id", "cameragroup_id"):
        groups[schedule_id].add(group_id)
    return [
        replace(
            schedule_said(row),
            camera_ids=frozenset(cameras[row.pk]),
            group_ids=frozenset(groups[row.pk]),
        )
        for row in rows
    ]


def cameras_under(schedules: Iterable[Schedule]) -> set[UUID]:
    """The cameras for which any of `schedules` counts."""
    rows = list(schedules)
    concerned = Q(schedules__in=rows) | Q(groups__schedules__in=rows)
    return set(Camera.objects.filter(concerned, removed_at=None).values_list("pk", flat=True))
