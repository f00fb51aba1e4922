"""Timelines over HTTP."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router
from pydantic import AwareDatetime, BaseModel, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.base.spans import Span
from sereno.footage import queries
from sereno.footage.rules import window_of
from sereno.sites.answers import ReasonAnswer
from sereno.sites.queries import access_camera

router = Router(tags=["footage"], auth=ANYBODY_KNOWN, by_alias=True)

MONTH = r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"


class SpanAnswer(BaseModel):
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")


class CoveredAnswer(SpanAnswer):
    """`clock`: whether its times are the camera's (`rtcp`) or those of arrival (`arrival`).

    `damaged_seconds`: how much of it losses may have damaged. What may be damaged stands by itself,
    but where the node told no more than how much of a whole recording is.
    """

    is_open: bool
    clock: str
    damaged_seconds: float


class GapAnswer(SpanAnswer):
    reason: ReasonAnswer


class TimelineAnswer(SpanAnswer):
    camera_id: UUID
    reported_through: datetime | None
    covered: list[CoveredAnswer]
    gaps: list[GapAnswer]
    unreported: list[SpanAnswer]


class DaysAnswer(BaseModel):
    days: list[date]


def _ends(span: Span) -> dict[str, datetime]:
    return {"from": span.start, "to": span.end}


@router.get("/cameras/{camera_id}/timeline", response=TimelineAnswer, operation_id="get_timeline")
def get_timeline(
    request: KnownRequest,
    camera_id: UUID,
    start: Annotated[AwareDatetime, Query(alias="from")],
    end: Annotated[AwareDatetime, Query(alias="to")],
) -> TimelineAnswer:
    """What was recorded between two moments, what is missing, and why. At most 31 days."""
    camera = access_camera(request.auth, camera_id)
    window = window_of(start, end)
    told = queries.timeline_of(camera, window, timezone.now())
    return TimelineAnswer(
        **_ends(window),
        camera_id=camera.pk,
        reported_through=told.reported_through,
        covered=[
            CoveredAnswer(
                **_ends(piece.span),
                is_open=piece.is_open,
                clock=piece.clock,
                damaged_seconds=piece.damaged_seconds,
            )
            for piece in told.stretches
        ],
        gaps=[
            GapAnswer(**_ends(gap.span), reason=ReasonAnswer.of(gap.reason))
            for gap in told.timeline.gaps
        ],
        unreported=[SpanAnswer(**_ends(span)) for span in told.timeline.unreported],
    )


@router.get("/cameras/{camera_id}/days", response=DaysAnswer, operation_id="list_days")
def list_days(
    request: KnownRequest,
    camera_id: UUID,
    month: Annotated[str, Query(pattern=MONTH, description="such as 2026-11")],
) -> DaysAnswer:
    """The days of a month, in the site's zone, that have footage."""
    camera = access_camera(request.auth, camera_id)
    first = date.fromisoformat(f"{month}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return DaysAnswer(days=queries.days_with_footage(camera, first, last))
