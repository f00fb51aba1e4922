"""Schedules and calendars over HTTP."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.base.spans import Span
from sereno.enforcer import actions_schedules, queries_schedules
from sereno.enforcer.answers import PieceAnswer
from sereno.enforcer.models import Calendar, Schedule
from sereno.enforcer.previews import PREVIEW_DAYS, check_said
from sereno.enforcer.queries_schedules import access_schedule, whole_schedules
from sereno.enforcer.rules_schedules import (
    MOST_DATES,
    DaySaid,
    ExceptionSaid,
    IntervalSaid,
    OnceSaid,
    ScheduleSaid,
    day_again,
)
from sereno.policy.choices import PurposeName, ScheduleKind
from sereno.policy.plans import EVERY_DAY
from sereno.sites.answers import ReasonAnswer

router = Router(tags=["schedules"], auth=ANYBODY_KNOWN, by_alias=True)


class Body(BaseModel):
    """`from` and `to` are words of Python's, or of everybody's."""

    model_config = ConfigDict(populate_by_name=True)


class IntervalBody(Body):
    """On the days on which it starts; an end not after the start is on the day after."""

    start: str = Field(alias="from", description="such as 22:00")
    end: str = Field(alias="to", description="up to 24:00")
    days: list[int] = Field(default=list(EVERY_DAY), description="1 is Monday, 7 Sunday")
    profile_id: int | None = Field(default=None, description="null: that of the schedule")

    def said(self) -> IntervalSaid:
        return IntervalSaid(self.start, self.end, tuple(self.days), self.profile_id)

    @classmethod
    def of(cls, said: IntervalSaid) -> IntervalBody:
        return cls(start=said.start, end=said.end, days=list(said.days), profile_id=said.profile_id)


class OnceBody(Body):
    """Local times of the site, without a zone."""

    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")


class DayBody(BaseModel):
    date: date
    name: str = Field(default="", max_length=80)

    def said(self) -> DaySaid:
        return DaySaid(self.date, self.name)


class ExceptionBody(DayBody):
    """What starts on that day instead of the usual; without intervals, nothing does."""

    intervals: list[IntervalBody] = Field(default_factory=list, max_length=100)

    def said_exception(self) -> ExceptionSaid:
        intervals = tuple(each.said() for each in self.intervals)
        return ExceptionSaid(self.date, self.name, intervals)


class ScheduleFields(BaseModel):
    """When cameras are recorded, or analysed.

    `daily` and `weekly` need intervals, `once` a start and an end, `cron` five fields and minutes.
    On the days of the calendar, `holiday_intervals` count instead of the usual.
    """

    name: str
    purpose: PurposeName = "recording"
    kind: ScheduleKind = "weekly"
    is_enabled: bool = True
    intervals: list[IntervalBody] = Field(default_factory=list, max_length=100)
    once: OnceBody | None = None
    cron: str = Field(default="", max_length=200)
    cron_minutes: int = Field(default=0, ge=0, lt=1 << 31)
    exceptions: list[ExceptionBody] = Field(default_factory=list, max_length=MOST_DATES)
    calendar_id: int | None = None
    holiday_intervals: list[IntervalBody] = Field(default_factory=list, max_length=100)
    profile_id: int | None = Field(default=None, description="null: the camera's own")
    camera_ids: list[UUID] = Field(default_factory=list, max_length=10_000)
    group_ids: list[int] = Field(default_factory=list, max_length=10_000)

    def said(self) -> ScheduleSaid:
        return ScheduleSaid(**self.said_fields(set(type(self).model_fields)))

    def said_fields(self, names: set[str]) -> dict[str, Any]:
        """Those fields, as ScheduleSaid has them."""
        once = self.once
        made: dict[str, Any] = {
            "intervals": tuple(each.said() for each in self.intervals),
            "once": OnceSaid(once.start, once.end) if once else None,
            "exceptions": tuple(each.said_exception() for each in self.exceptions),
            "holiday_intervals": tuple(each.said() for each in self.holiday_intervals),
            "camera_ids": frozenset(self.camera_ids),
            "group_ids": frozenset(self.group_ids),
        }
        return {name: made[name] if name in made else getattr(self, name) for name in names}


class ScheduleChange(ScheduleFields):
    """What is left out stays as it is. `if_version`: only if it is still that one."""

    name: str = ""
    if_version: int | None = None


class Version(BaseModel):
    """Who changed it last; `version` counts the changes."""

    id: int
    version: int
    changed_at: datetime
    changed_by: str


class ScheduleAnswer(ScheduleFields, Version):
    @classmethod
    def of(cls, row: Schedule, said: ScheduleSaid) -> ScheduleAnswer:
        return cls(
            id=row.pk,
            version=row.version,
            changed_at=row.changed_at,
            changed_by=row.changed_by,
            name=said.name,
            purpose=said.purpose,
            kind=said.kind,
            is_enabled=said.is_enabled,
            intervals=[IntervalBody.of(each) for each in said.intervals],
            once=OnceBody(start=said.once.start, end=said.once.end) if said.once else None,
            cron=said.cron,
            cron_minutes=said.cron_minutes,
            exceptions=[
                ExceptionBody(
                    date=day.day,
                    name=day.name,
                    intervals=[IntervalBody.of(each) for each in day.intervals],
                )
                for day in said.exceptions
            ],
            calendar_id=said.calendar_id,
            holiday_intervals=[IntervalBody.of(each) for each in said.holiday_intervals],
            profile_id=said.profile_id,
            camera_ids=sorted(said.camera_ids),
            group_ids=sorted(said.group_ids),
        )


class CheckBody(BaseModel):
    """`time_zone`: that of the sites; left out: that of its first camera, or the first site."""

    schedule: ScheduleFields
    time_zone: str | None = None


class CheckAnswer(BaseModel):
    """What the schedule by itself does in the next 14 days."""

    pieces: list[PieceAnswer]
    notices: list[ReasonAnswer]


class CalendarFields(BaseModel):
    name: str
    dates: list[DayBody] = Field(default_factory=list, max_length=MOST_DATES)


class CalendarChange(BaseModel):
    """What is left out or null stays as it is. `if_version`: only if it is still that one."""

    name: str | None = None
    dates: list[DayBody] | None = Field(default=None, max_length=MOST_DATES)
    if_version: int | None = None


class CalendarAnswer(CalendarFields, Version):
    @classmethod
    def of(cls, row: Calendar) -> CalendarAnswer:
        days = [day_again(day) for day in row.dates]
        dates = [DayBody(date=day.day, name=day.name) for day in days]
        return cls(
            id=row.pk,
            version=row.version,
            changed_at=row.changed_at,
            changed_by=row.changed_by,
            name=row.name,
            dates=dates,
        )


def _answer(row: Schedule) -> ScheduleAnswer:
    return ScheduleAnswer.of(row, whole_schedules([row])[0])


@router.get("/schedules", response=list[ScheduleAnswer], operation_id="list_schedules")
def list_schedules(request: KnownRequest) -> list[ScheduleAnswer]:
    """When cameras are recorded and analysed, by name."""
    rows = list(queries_schedules.schedules_seen_by(request.auth))
    return [
        ScheduleAnswer.of(row, said) for row, said in zip(rows, whole_schedules(rows), strict=True)
    ]


@router.post("/schedules", response={201: ScheduleAnswer}, operation_id="add_schedule")
def add_schedule(request: KnownRequest, body: ScheduleFields) -> Status[ScheduleAnswer]:
    """Make a schedule; it counts at once."""
    return Status(201, _answer(actions_schedules.make_schedule(request.auth, body.said())))


@router.post("/schedules/check", response=CheckAnswer, operation_id="check_schedule")
def check_schedule(request: KnownRequest, body: CheckBody) -> CheckAnswer:
    """Whether a schedule makes sense, and what it would do; nothing is saved."""
    now = timezone.now()
    window = Span(now, now + timedelta(days=PREVIEW_DAYS))
    found = check_said(request.auth, body.schedule.said(), body.time_zone, window)
    return CheckAnswer(
        pieces=[PieceAnswer.of(piece, found.profile_names) for piece in found.pieces],
        notices=[ReasonAnswer.of(notice, found.words[notice.key]) for notice in found.notices],
    )


@router.get("/schedules/{schedule_id}", response=ScheduleAnswer, operation_id="get_schedule")
def get_schedule(request: KnownRequest, schedule_id: int) -> ScheduleAnswer:
    """One schedule."""
    return _answer(access_schedule(request.auth, schedule_id))


@router.patch("/schedules/{schedule_id}", response=ScheduleAnswer, operation_id="change_schedule")
def change_schedule(
    request: KnownRequest, schedule_id: int, body: ScheduleChange
) -> ScheduleAnswer:
    """Change what was given."""
    given = body.said_fields(body.model_fields_set - {"if_version"})
    row = actions_schedules.change_schedule(request.auth, schedule_id, given, body.if_version)
    return _answer(row)


@router.delete("/schedules/{schedule_id}", response={204: None}, operation_id="remove_schedule")
def remove_schedule(
    request: KnownRequest, schedule_id: int, if_version: int | None = None
) -> Status[None]:
    """Take a schedule away. A camera that no schedule names any more is recorded always."""
    actions_schedules.remove_schedule(request.auth, schedule_id, if_version)
    return Status(204, None)


@router.get("/calendars", response=list[CalendarAnswer], operation_id="list_calendars")
def list_calendars(request: KnownRequest) -> list[CalendarAnswer]:
    """Days that are not like others, by name of their calendar."""
    return [CalendarAnswer.of(row) for row in queries_schedules.calendars_of(request.auth)]


@router.post("/calendars", response={201: CalendarAnswer}, operation_id="add_calendar")
def add_calendar(request: KnownRequest, body: CalendarFields) -> Status[CalendarAnswer]:
    """Make a calendar of holidays."""
    days = [day.said() for day in body.dates]
    row = actions_schedules.make_calendar(request.auth, body.name, days)
    return Status(201, CalendarAnswer.of(row))


@router.patch("/calendars/{calendar_id}", response=CalendarAnswer, operation_id="change_calendar")
def change_calendar(
    request: KnownRequest, calendar_id: int, body: CalendarChange
) -> CalendarAnswer:
    """Change what was given; the schedules that use it follow."""
    days = None if body.dates is None else [day.said() for day in body.dates]
    row = actions_schedules.change_calendar(
        request.auth, calendar_id, body.name, days, body.if_version
    )
    return CalendarAnswer.of(row)


@router.delete("/calendars/{calendar_id}", response={204: None}, operation_id="remove_calendar")
def remove_calendar(
    request: KnownRequest, calendar_id: int, if_version: int | None = None
) -> Status[None]:
    """Take a calendar away that no schedule uses."""
    actions_schedules.remove_calendar(request.auth, calendar_id, if_version)
    return Status(204, None)
