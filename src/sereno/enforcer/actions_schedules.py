"""Every change of schedules and calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Conflict, Invalid, Words
from sereno.enforcer.actions_plans import plans_changed
from sereno.enforcer.fitness import check_fit
from sereno.enforcer.models import Calendar, Schedule, StreamProfile
from sereno.enforcer.queries_schedules import (
    access_calendar,
    access_schedule,
    cameras_under,
    whole_schedules,
)
from sereno.enforcer.rules_schedules import (
    DaySaid,
    ExceptionSaid,
    ScheduleSaid,
    check_dates,
    check_years,
    day_again,
    day_kept,
    exception_kept,
    interval_kept,
    once_kept,
    plan_schedule,
)
from sereno.policy import plans
from sereno.policy.schedule_checks import check_schedule
from sereno.sites.actions_groups import known_cameras
from sereno.sites.models import Camera, CameraGroup
from sereno.sites.names import one_of_a_name
from sereno.sites.rules import check_name
from sereno.sites.versions import check_version

_NAME_TAKEN = Words(
    "Another one has this name. Choose another name.",
    "Otro ya tiene ese nombre. Elija otro nombre.",
)
_UNKNOWN = {
    "profile_id": Words(
        "One of these profiles does not exist. It may have been removed; reload the list.",
        "Uno de estos perfiles no existe. Puede que se haya quitado; recargue la lista.",
    ),
    "group_ids": Words(
        "One of these groups does not exist. It may have been removed; reload the list.",
        "Uno de estos grupos no existe. Puede que se haya quitado; recargue la lista.",
    ),
    "calendar_id": Words(
        "This calendar does not exist. It may have been removed; reload the list.",
        "Este calendario no existe. Puede que se haya quitado; recargue la lista.",
    ),
}
_CALENDAR_USED = Words(
    "The schedule {schedule} uses this calendar. Take it away there first.",
    "El horario {schedule} usa este calendario. Quítelo antes de allí.",
)


def checked_schedule(asker: Asker, said: ScheduleSaid) -> plans.Schedule:
    """What would follow from `said`, by nodes' and hub's lights. Raises Invalid."""
    check_years(said)
    known_cameras(asker, said.camera_ids)
    wanted_profiles = said.profile_ids()
    if StreamProfile.objects.filter(pk__in=wanted_profiles).count() != len(wanted_profiles):
        raise _unknown("profile_id")
    if CameraGroup.objects.filter(pk__in=said.group_ids).count() != len(said.group_ids):
        raise _unknown("group_ids")
    dates: list[DaySaid] = []
    if said.calendar_id is not None:
        calendar = Calendar.objects.filter(pk=said.calendar_id).first()
        if calendar is None:
            raise _unknown("calendar_id")
        dates = [day_again(day) for day in calendar.dates]
    check_schedule(plan_schedule(said, key="0"))
    _check_holidays(said)
    return plan_schedule(said, key="0", dates=dates)


def _check_holidays(said: ScheduleSaid) -> None:
    """The intervals of holidays are those of an exception that has yet to get its day."""
    day = ExceptionSaid(date.min, "", said.holiday_intervals)
    try:
        check_schedule(plan_schedule(replace(said, exceptions=(day,)), key="0"))
    except Invalid as error:
        field = (error.field or "").replace("exceptions.0.intervals", "holiday_intervals")
        raise Invalid(error.key, error.words, field=field) from None


def _unknown(field: str) -> Invalid:
    return Invalid(f"{field.removesuffix('s')}_unknown", _UNKNOWN[field], field=field)


@transaction.atomic
def make_schedule(asker: Asker, said: ScheduleSaid) -> Schedule:
    """A new schedule; it counts from now on. Raises Invalid, Conflict."""
    require(asker, Right.MANAGE)
    row = Schedule()
    _fill(asker, row, said)
    check_fit([row])
    plans_changed(cameras_under([row]))
    record(asker.actor, "schedule_make", "schedule", row.pk, **_told(said))
    return row


@transaction.atomic
def change_schedule(
    asker: Asker, schedule_id: int, given: Mapping[str, Any], if_version: int | None = None
) -> Schedule:
    """Change what was given, by the names of ScheduleSaid.

    `if_version`: only if it is still that one. Raises NotFound, Invalid, Conflict.
    """
    require(asker, Right.MANAGE)
    row = _lock(asker, schedule_id, if_version)
    concerned = cameras_under([row])
    said = replace(whole_schedules([row])[0], **given)
    _fill(asker, row, said)
    check_fit([row])
    plans_changed(concerned | cameras_under([row]))
    record(asker.actor, "schedule_change", "schedule", row.pk, **_told(said))
    return row


@transaction.atomic
def remove_schedule(asker: Asker, schedule_id: int, if_version: int | None = None) -> None:
    """Take a schedule away; it stays in what was promised. Raises NotFound, Conflict."""
    require(asker, Right.MANAGE)
    row = _lock(asker, schedule_id, if_version)
    concerned = cameras_under([row])
    row.delete()
    plans_changed(concerned)
    record(asker.actor, "schedule_remove", "schedule", schedule_id, name=row.name)


def _lock(asker: Asker, schedule_id: int, if_version: int | None) -> Schedule:
    access_schedule(asker, schedule_id)
    Schedule.objects.select_for_update(no_key=True).filter(pk=schedule_id).first()
    row = access_schedule(asker, schedule_id)
    check_version(row, if_version)
    return row


def _fill(asker: Asker, row: Schedule, said: ScheduleSaid) -> None:
    """Write what was said, and whom it is for."""
    row.name = check_name(said.name)
    checked_schedule(asker, said)
    row.purpose, row.kind, row.is_enabled = said.purpose, said.kind, said.is_enabled
    row.intervals = [interval_kept(each) for each in said.intervals]
    row.once = once_kept(said.once)
    row.cron, row.cron_minutes = said.cron, said.cron_minutes
    row.exceptions = [exception_kept(each) for each in said.exceptions]
    row.holiday_intervals = [interval_kept(each) for each in said.holiday_intervals]
    row.calendar_id, row.profile_id = said.calendar_id, said.profile_id
    row.make_version(asker)
    with one_of_a_name("enforcer_schedule_name_unique", _NAME_TAKEN):
        row.save()
    row.profiles.set(said.profile_ids())
    row.cameras.set(Camera.objects.filter(pk__in=said.camera_ids))
    row.groups.set(said.group_ids)


def _told(said: ScheduleSaid) -> dict[str, object]:
    """What the journal keeps of a schedule."""
    return {
        "name": said.name,
        "purpose": said.purpose,
        "kind": said.kind,
        "is_enabled": said.is_enabled,
        "intervals": [interval_kept(each) for each in said.intervals],
        "cameras": sorted(map(str, said.camera_ids)),
        "groups": sorted(said.group_ids),
    }


@transaction.atomic
def make_calendar(asker: Asker, name: str, days: Sequence[DaySaid]) -> Calendar:
    """A new calendar. Raises Invalid, Conflict."""
    require(asker, Right.MANAGE)
    row = Calendar()
    _fill_calendar(asker, row, name, days)
    record(asker.actor, "calendar_make", "calendar", row.pk, name=row.name, dates=row.dates)
    return row


@transaction.atomic
def change_calendar(
    asker: Asker,
    calendar_id: int,
    name: str | None,
    days: Sequence[DaySaid] | None,
    if_version: int | None = None,
) -> Calendar:
    """Change what was given; schedules that use it follow.

    `if_version`: only if it is still that one. Raises NotFound, Invalid, Conflict.
    """
    require(asker, Right.MANAGE)
    row = _lock_calendar(asker, calendar_id, if_version)
    kept = [day_again(day) for day in row.dates]
    _fill_calendar(asker, row, row.name if name is None else name, kept if days is None else days)
    users = list(row.schedule_set.all())
    check_fit(users)
    plans_changed(cameras_under(users))
    record(asker.actor, "calendar_change", "calendar", row.pk, name=row.name, dates=row.dates)
    return row


@transaction.atomic
def remove_calendar(asker: Asker, calendar_id: int, if_version: int | None = None) -> None:
    """Take a calendar away. Raises NotFound, and Conflict while a schedule uses it."""
    require(asker, Right.MANAGE)
    row = _lock_calendar(asker, calendar_id, if_version)
    if (user := row.schedule_set.order_by("name").first()) is not None:
        raise Conflict("calendar_used", _CALENDAR_USED.fill(schedule=user.name))
    row.delete()
    record(asker.actor, "calendar_remove", "calendar", calendar_id, name=row.name)


def _lock_calendar(asker: Asker, calendar_id: int, if_version: int | None) -> Calendar:
    access_calendar(asker, calendar_id)
    Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    row = access_calendar(asker, calendar_id)
    check_version(row, if_version)
    return row


def _fill_calendar(asker: Asker, row: Calendar, name: str, days: Sequence[DaySaid]) -> None:
    check_dates(days)
    row.make_version(asker)
    row.name = check_name(name)
    row.dates = [day_kept(day) for day in sorted(days, key=lambda each: each.day)]
    with one_of_a_name("enforcer_calendar_name_unique", _NAME_TAKEN):
        row.save()
