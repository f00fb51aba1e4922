"""When cameras are to be run: their plans now, and what was promised of them in the past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Q
from pydantic import TypeAdapter

from sereno.base.spans import Span, span_or_none, union
from sereno.enforcer.models import ManualRecording, Pause, PlanHistory, RememberedPlan, Schedule
from sereno.enforcer.rules_schedules import (
    ScheduleSaid,
    day_again,
    exception_again,
    interval_again,
    once_again,
    plan_schedule,
    rank_of,
)
from sereno.policy import plans
from sereno.policy.decisions import promised
from sereno.policy.plans import Plan
from sereno.sites.models import Camera, CameraGroup

T = TypeVar("T", Pause, ManualRecording)

PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


@dataclass(frozen=True, slots=True)
class Moments:
    """The pauses and manual recordings of some cameras, by camera, the latest end last."""

    pauses: Mapping[UUID, Sequence[Pause]] = field(default_factory=dict)
    manuals: Mapping[UUID, Sequence[ManualRecording]] = field(default_factory=dict)

    def pause_of(self, camera_id: UUID, now: datetime) -> Pause | None:
        """The pause that is on."""
        found = self.pauses.get(camera_id, ())
        return next((each for each in reversed(found) if each.start <= now < each.end), None)

    def manual_of(self, camera_id: UUID, now: datetime) -> ManualRecording | None:
        """The manual recording that is on."""
        found = self.manuals.get(camera_id, ())
        is_on = (each for each in found if each.start <= now and (not each.end or now < each.end))
        return next(is_on, None)


def schedule_said(row: Schedule) -> ScheduleSaid:
    """What `row` says, without whom it is for."""
    return ScheduleSaid(
        name=row.name,
        purpose=row.purpose,  # type: ignore[arg-type]  # checked when it was saved
        kind=row.kind,  # type: ignore[arg-type]
        is_enabled=row.is_enabled,
        intervals=tuple(map(interval_again, row.intervals)),
        once=once_again(row.once),
        cron=row.cron,
        cron_minutes=row.cron_minutes,
        exceptions=tuple(map(exception_again, row.exceptions)),
        calendar_id=row.calendar_id,
        holiday_intervals=tuple(map(interval_again, row.holiday_intervals)),
        profile_id=row.profile_id,
    )


def moments_of(camera_ids: Iterable[UUID], since: datetime) -> Moments:
    """Pauses and manual recordings that are not over at `since`; two statements."""
    ids = list(camera_ids)
    pauses = Pause.objects.filter(camera__in=ids, end__gt=since)
    open_or_later = Q(end=None) | Q(end__gt=since)
    manuals = ManualRecording.objects.filter(open_or_later, camera__in=ids)
    return Moments(
        _by_camera(pauses.order_by("end", "pk")),
        _by_camera(manuals.order_by(F("end").desc(nulls_first=True), "pk")),
    )


def _by_camera(rows: Iterable[T]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        found[row.camera_id].append(row)
    return found


def schedules_of(camera_ids: Iterable[UUID]) -> dict[UUID, tuple[plans.Schedule, ...]]:
    """The enabled schedules of each camera; three statements at most. Cameras share the objects."""
    ids = set(camera_ids)
    own, of_group = _links(ids)
    linked = set().union(*own.values(), *of_group.values())
    ranked: dict[tuple[int, bool], plans.Schedule] = {}
    enabled = Schedule.objects.filter(is_enabled=True, pk__in=linked)
    for row in enabled.select_related("calendar"):
        said = schedule_said(row)
        dates = [day_again(day) for day in row.calendar.dates] if row.calendar else []
        for is_own in (True, False):
            rank = rank_of(row.kind, is_own=is_own)
            schedule = plan_schedule(said, key=str(row.pk), dates=dates, rank=rank)
            ranked[row.pk, is_own] = schedule
    shared: dict[frozenset[tuple[int, bool]], tuple[plans.Schedule, ...]] = {}
    found: dict[UUID, tuple[plans.Schedule, ...]] = {}
    for camera_id in ids:
        mine = own.get(camera_id, set())
        keys = frozenset(
            key
            for key in [(one, True) for one in mine]
            + [(one, False) for one in of_group.get(camera_id, set()) - mine]
            if key in ranked
        )
        if keys not in shared:
            shared[keys] = tuple(ranked[key] for key in sorted(keys))
        found[camera_id] = shared[keys]
    return found


def _links(ids: set[UUID]) -> tuple[dict[UUID, set[int]], dict[UUID, set[int]]]:
    """By camera: the schedules that name it, and those that name one of its groups."""
    own: dict[UUID, set[int]] = defaultdict(set)
    named = Schedule.cameras.through.objects.filter(camera__in=ids)
    for schedule_id, camera_id in named.values_list("schedule_id", "camera_id"):
        own[camera_id].add(schedule_id)
    of_group: dict[UUID, set[int]] = defaultdict(set)
    members = CameraGroup.objects.filter(cameras__in=ids, schedules__isnull=False)
    for schedule_id, camera_id in members.values_list("schedules", "cameras"):
        of_group[camera_id].add(schedule_id)
    return own, of_group


def plan_of(
    camera: Camera,
    schedules: tuple[plans.Schedule, ...],
    moments: Moments,
    profile_names: Mapping[str, str],
) -> Plan:
    """The plan of a camera that comes with its site."""
    return Plan(
        time_zone=camera.site.time_zone,
        schedules=schedules,
        pauses=tuple(
            plans.Pause(each.start, each.end, each.by, each.why)
            for each in moments.pauses.get(camera.pk, ())
        ),
        manuals=tuple(
            plans.Manual(each.start, each.end, each.by)
            for each in moments.manuals.get(camera.pk, ())
        ),
        profiles=profile_names,
    )


def keys_in(plan_schedules: Iterable[plans.Schedule]) -> set[str]:
    """The profiles that schedules name, and the camera's own."""
    found = {""}
    for schedule in plan_schedules:
        found.add(schedule.profile)
        found.update(each.profile for each in schedule.intervals)
        found.update(each.profile for day in schedule.exceptions for each in day.intervals)
    return found


# --- what was promised ----------------------------------------------------------------------------


def newest_plans(camera_ids: Iterable[UUID]) -> dict[UUID, PlanHistory]:
    """Each camera's last row of history; one statement."""
    rows = PlanHistory.objects.filter(camera__in=list(camera_ids))
    newest = rows.order_by("camera", "-since").distinct("camera")
    return {row.camera_id: row for row in newest}


def promises_of(
    cameras: Iterable[Camera], window: Span, schedule_id: int | None = None
) -> dict[UUID, list[Span]]:
    """When each camera was or is to be recorded inside `window`; three statements for all.

    Pauses are not subtracted: a pause is a gap with a cause. From the camera's making to its
    removal, by the plans in force at each moment and by recordings that people started.
    `schedule_id`: only what that schedule asked for.
    """
    cameras = list(cameras)
    rows = PlanHistory.objects.filter(camera__in=cameras, since__lt=window.end)
    history: dict[UUID, list[PlanHistory]] = defaultdict(list)
    for row in rows.order_by("camera", "since"):
        history[row.camera_id].append(row)
    manuals = manuals_in(cameras, window) if schedule_id is None else {}
    plan_ids = {row.plan_id for known in history.values() for row in known}
    remembered = _Promises(RememberedPlan.objects.in_bulk(plan_ids), schedule_id)
    return {
        camera.pk: remembered.of(camera, history[camera.pk], manuals.get(camera.pk, []), window)
        for camera in cameras
    }


def manuals_in(
    cameras: Iterable[Camera], window: Span
) -> dict[UUID, list[tuple[Span, ManualRecording]]]:
    """The manual recordings of each camera inside `window`, in order; one statement."""
    rows = ManualRecording.objects.filter(
        Q(end=None) | Q(end__gt=window.start), camera__in=list(cameras), start__lt=window.end
    )
    found: dict[UUID, list[tuple[Span, ManualRecording]]] = defaultdict(list)
    for row in rows.order_by("camera", "start"):
        span = span_or_none(max(row.start, window.start), min(row.end or window.end, window.end))
        if span is not None:
            found[row.camera_id].append((span, row))
    return found


class _Promises:
    """Promises of plans; what many cameras share is thought out once."""

    def __init__(self, remembered: Mapping[int, RememberedPlan], schedule_id: int | None) -> None:
        self._plans = {each.pk: PLAN.validate_python(each.plan) for each in remembered.values()}
        self._schedule_id = schedule_id
        self._known: dict[tuple[int, Span], list[Span]] = {}

    def of(
        self,
        camera: Camera,
        history: Sequence[PlanHistory],
        manuals: Sequence[tuple[Span, ManualRecording]],
        window: Span,
    ) -> list[Span]:
        lifetime = span_or_none(camera.created_at, camera.removed_at or window.end)
        life = lifetime.overlap(window) if lifetime else None
        if life is None:
            return []
        spans = [part for span, _ in manuals if (part := span.overlap(life)) is not None]
        edges = [life.start, *(row.since for row in history), life.end]
        in_force = [None, *history]
        for plan, (start, end) in zip(in_force, pairwise(edges), strict=True):
            if (part := span_or_none(max(start, life.start), min(end, life.end))) is not None:
                spans += self._of_plan(plan, part)
        return union(spans)

    def _of_plan(self, row: PlanHistory | None, span: Span) -> list[Span]:
        if row is None:
            return [span] if self._schedule_id is None else []
        key = (row.plan_id, span)
        if key not in self._known:
            self._known[key] = self._thought_out(self._plans[row.plan_id], span)
        return self._known[key]

    def _thought_out(self, plan: Plan, span: Span) -> list[Span]:
        if self._schedule_id is not None:
            chosen = [each for each in plan.schedules if each.id == str(self._schedule_id)]
            if not chosen:
                return []
            plan = replace(plan, schedules=tuple(chosen))
        return promised(plan, "recording", span)
