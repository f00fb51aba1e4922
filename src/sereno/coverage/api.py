"""Timelines, reports of coverage, and alarms over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query, Router
from pydantic import AwareDatetime, BaseModel, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.base.spans import Span
from sereno.coverage import queries
from sereno.coverage.models import BrokenPromise
from sereno.coverage.queries import CameraTimeline, OnRecorder, Report
from sereno.coverage.rules import Cause, Sums
from sereno.coverage.rules_kinds import GapKind, kind_of
from sereno.coverage.spreadsheet import spreadsheet
from sereno.footage.models import FoundFootage
from sereno.footage.rules import window_of
from sereno.sites.answers import ReasonAnswer
from sereno.sites.models import Camera
from sereno.sites.queries import access_camera

router = Router(tags=["footage"], auth=ANYBODY_KNOWN, by_alias=True)

From = Annotated[AwareDatetime, Query(alias="from")]
To = Annotated[AwareDatetime, Query(alias="to")]


class SpanAnswer(BaseModel):
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")


class CoveredAnswer(SpanAnswer):
    """`clock`: whether its times are the camera's (`rtcp`) or those of arrival (`arrival`).

    `damaged_seconds`: how much of it losses may have damaged. What may be damaged stands by itself,
    but where the node told no more than how much of a whole recording is. `node_id` and `node`:
    where its bytes are; null and empty where nobody knows.
    """

    is_open: bool
    clock: str
    damaged_seconds: float
    node_id: UUID | None
    node: str


class GapAnswer(SpanAnswer):
    """`kind`: what the reason is about, one of few, as a timeline shows them."""

    kind: GapKind
    reason: ReasonAnswer


class ManualSpanAnswer(SpanAnswer):
    """A recording that a person started."""

    by: str


class OnRecorderAnswer(SpanAnswer):
    """Footage that the camera's recorder held when it was last searched."""

    size_bytes: int | None
    cause: str
    is_open: bool


class LookedAnswer(SpanAnswer):
    """A time in which the recorder was searched, and when."""

    at: datetime


class RecorderAnswer(BaseModel):
    """The device that the camera is a channel of. `looked`: where they overlap the latest counts;
    elsewhere nobody has looked what it holds."""

    device_id: UUID
    device: str
    channel: str
    can_search: bool
    can_play: bool
    looked: list[LookedAnswer]

    @classmethod
    def of(cls, told: OnRecorder) -> RecorderAnswer:
        device = told.channel.device
        return cls(
            device_id=device.pk,
            device=device.name,
            channel=told.channel.channel,
            can_search=device.capabilities.get("find", False),
            can_play=device.capabilities.get("playback", False),
            looked=[LookedAnswer(**_ends(each.span), at=each.at) for each in told.looked],
        )


class TimelineAnswer(SpanAnswer):
    """`promised`: when it was or is to be recorded; the rest is neither gap nor unreported.

    `on_recorder`: what its `recorder` held when last searched; null: it has none.
    """

    camera_id: UUID
    reported_through: datetime | None
    covered: list[CoveredAnswer]
    gaps: list[GapAnswer]
    unreported: list[SpanAnswer]
    promised: list[SpanAnswer]
    manual: list[ManualSpanAnswer]
    on_recorder: list[OnRecorderAnswer]
    recorder: RecorderAnswer | None

    @classmethod
    def of(
        cls, camera: Camera, window: Span, told: CameraTimeline, recorder: OnRecorder | None
    ) -> TimelineAnswer:
        return cls(
            **_ends(window),
            camera_id=camera.pk,
            reported_through=told.reported_through,
            covered=[
                CoveredAnswer(
                    **_ends(piece.span),
                    is_open=piece.is_open,
                    clock=piece.clock,
                    damaged_seconds=piece.damaged_seconds,
                    node_id=piece.node_id,
                    node=told.nodes.get(piece.node_id, "") if piece.node_id else "",
                )
                for piece in told.stretches
            ],
            gaps=[
                GapAnswer(
                    **_ends(gap.span),
                    kind=kind_of(gap.reason.key),
                    reason=ReasonAnswer.of(gap.reason),
                )
                for gap in told.timeline.gaps
            ],
            unreported=[SpanAnswer(**_ends(span)) for span in told.timeline.unreported],
            promised=[SpanAnswer(**_ends(span)) for span in told.promised],
            manual=[ManualSpanAnswer(**_ends(span), by=by) for span, by in told.manuals],
            on_recorder=[_found(each) for each in recorder.found] if recorder else [],
            recorder=RecorderAnswer.of(recorder) if recorder else None,
        )


class CauseAnswer(BaseModel):
    """How long something kept cameras from being recorded."""

    key: str
    en: str
    es: str
    seconds: float

    @classmethod
    def of(cls, cause: Cause) -> CauseAnswer:
        words = cause.reason.words()
        return cls(key=cause.reason.key, en=words.en, es=words.es, seconds=cause.seconds)


class SumsAnswer(BaseModel):
    """`percent`: how much was recorded of what was promised and is reported; null: of nothing.

    Promised = covered + unreported + all causes; the worst cause comes first.
    """

    promised_seconds: float
    covered_seconds: float
    percent: float | None
    unreported_seconds: float
    causes: list[CauseAnswer]


class CameraSumsAnswer(SumsAnswer):
    camera_id: UUID
    camera: str


class CoverageAnswer(SpanAnswer, SumsAnswer):
    cameras: list[CameraSumsAnswer]


class AlarmAnswer(BaseModel):
    """A camera that should have been recorded, and was not for too long."""

    camera_id: UUID
    camera: str
    since: datetime
    noticed_at: datetime
    ended_at: datetime | None
    reason: ReasonAnswer

    @classmethod
    def of(cls, alarm: BrokenPromise) -> AlarmAnswer:
        return cls(
            camera_id=alarm.camera_id,
            camera=alarm.camera.name,
            since=alarm.since,
            noticed_at=alarm.noticed_at,
            ended_at=alarm.ended_at,
            reason=ReasonAnswer.of(alarm.reason),
        )


def _found(row: FoundFootage) -> OnRecorderAnswer:
    return OnRecorderAnswer(
        **{"from": row.span.lower, "to": row.span.upper},
        size_bytes=row.size_bytes,
        cause=row.cause,
        is_open=row.is_open,
    )


def _ends(span: Span) -> dict[str, datetime]:
    return {"from": span.start, "to": span.end}


def _sums(sums: Sums) -> dict[str, object]:
    return {
        "promised_seconds": sums.promised_seconds,
        "covered_seconds": sums.covered_seconds,
        "percent": sums.percent,
        "unreported_seconds": sums.unreported_seconds,
        "causes": [CauseAnswer.of(cause) for cause in sums.causes],
    }


@router.get("/cameras/{camera_id}/timeline", response=TimelineAnswer, operation_id="get_timeline")
def get_timeline(request: KnownRequest, camera_id: UUID, start: From, end: To) -> TimelineAnswer:
    """What was recorded between two moments, what is missing, and why. At most 31 days."""
    camera = access_camera(request.auth, camera_id)
    window = window_of(start, end)
    told = queries.timeline_of(camera, window, timezone.now())
    return TimelineAnswer.of(camera, window, told, queries.on_recorder(camera, window))


class CoverageAsked(BaseModel):
    """Of which cameras: one or some of `camera_id`, those of a group, or all."""

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    camera_id: list[UUID] = []
    group_id: int | None = None
    schedule_id: int | None = Field(
        default=None, description="only what this schedule asked for counts as promised"
    )
    format: Literal["json", "csv"] = "json"


@router.get("/coverage", response=CoverageAnswer, operation_id="get_coverage")
def get_coverage(
    request: KnownRequest, asked: Annotated[CoverageAsked, Query()]
) -> CoverageAnswer | HttpResponse:
    """How much was recorded of what was promised, and what was missing why. At most 31 days."""
    window = window_of(asked.start, asked.end)
    cameras = queries.cameras_asked(request.auth, asked.camera_id, asked.group_id)
    report = queries.report_of(cameras, window, timezone.now(), asked.schedule_id)
    return _csv(report) if asked.format == "csv" else _coverage(report)


def _coverage(report: Report) -> CoverageAnswer:
    cameras = [
        {"camera_id": camera.pk, "camera": camera.name, **_sums(sums)}
        for camera, sums in report.cameras
    ]
    answer = {**_ends(report.window), **_sums(report.whole), "cameras": cameras}
    return CoverageAnswer.model_validate(answer)


def _csv(report: Report) -> HttpResponse:
    rows = [(camera.site.name, camera.name, sums) for camera, sums in report.cameras]
    language: Literal["en", "es"] = "es" if (get_language() or "").startswith("es") else "en"
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    text = "\ufeff" + spreadsheet(report.window, report.whole, rows, language)
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="coverage.csv"'
    return answer


@router.get("/alarms", response=list[AlarmAnswer], operation_id="list_alarms")
def list_alarms(request: KnownRequest) -> list[AlarmAnswer]:
    """Promises that are or were broken for too long: of the last 31 days, the newest first."""
    found = queries.alarms_of(request.auth, timezone.now())
    return [AlarmAnswer.of(alarm) for alarm in found]
