"""All cameras at once over HTTP: what is to come, what runs, and "act now"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, BaseModel, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.base.spans import Span
from sereno.enforcer.actions_moments import enforce
from sereno.enforcer.answers import (
    PieceAnswer,
    RunnerFacts,
    facts_of,
    name_of_profile,
    shown_fields,
)
from sereno.enforcer.previews import PREVIEW_DAYS, pieces_of
from sereno.enforcer.queries import Desired, desires_of
from sereno.enforcer.queries_running import runners_of
from sereno.enforcer.rules_schedules import check_year
from sereno.policy.choices import PurposeName
from sereno.sites.answers import ReasonAnswer
from sereno.sites.queries import access_camera, access_group, cameras_of

router = Router(tags=["system"], auth=ANYBODY_KNOWN, by_alias=True)

MOST_DAYS = 31


class CameraPlan(BaseModel):
    id: UUID
    name: str
    time_zone: str
    recording: list[PieceAnswer]
    analysis: list[PieceAnswer]


class PreviewAnswer(BaseModel):
    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    cameras: list[CameraPlan]


@router.get("/preview", response=PreviewAnswer, operation_id="preview_plans")
def preview(
    request: KnownRequest,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = PREVIEW_DAYS,
    camera_id: UUID | None = None,
    group_id: int | None = None,
    start: Annotated[AwareDatetime | None, Query(alias="from")] = None,
) -> HttpResponse:
    """What each camera will do in the next days, with which profile, and why."""
    now = timezone.now()
    begins = start or now
    check_year(begins, "from")
    window = Span(begins, begins + timedelta(days=days))
    cameras = cameras_of(request.auth)
    if camera_id is not None:
        cameras = cameras.filter(pk=access_camera(request.auth, camera_id).pk)
    if group_id is not None:
        cameras = cameras.filter(groups=access_group(request.auth, group_id))
    desires = desires_of(cameras, min(begins, now))
    told = {purpose: _pieces(desires, purpose, window) for purpose in ("recording", "analysis")}
    plans = [
        CameraPlan.model_construct(
            id=desired.camera.pk,
            name=desired.camera.name,
            time_zone=desired.plan.time_zone,
            recording=recording,
            analysis=analysis,
        )
        for desired, recording, analysis in zip(desires, *told.values(), strict=True)
    ]
    answer = PreviewAnswer.model_construct(start=window.start, end=window.end, cameras=plans)
    # For hundreds of cameras it is megabytes: written by pydantic itself, five times as fast.
    return HttpResponse(answer.model_dump_json(by_alias=True), content_type="application/json")


def _pieces(desires: list[Desired], purpose: PurposeName, window: Span) -> list[list[PieceAnswer]]:
    """As they are answered; made once for cameras whose plans and profiles are alike."""
    known: dict[tuple[int, str], list[PieceAnswer]] = {}
    found = []
    for desired, pieces in zip(desires, pieces_of(desires, purpose, window), strict=True):
        key = (id(pieces), desired.profile_name(""))
        if key not in known:
            known[key] = [PieceAnswer.of(piece, desired.plan.profiles) for piece in pieces]
        found.append(known[key])
    return found


class RunnerAnswer(RunnerFacts):
    """One stream's process: whose it is, how it is, and what its node told of it."""

    camera_id: UUID
    camera: str
    site: str
    node_id: UUID | None
    node: str
    stream: str
    state: str
    since: datetime
    reason: ReasonAnswer | None


@router.get("/runners", response=list[RunnerAnswer], operation_id="list_runners")
def list_runners(request: KnownRequest) -> list[RunnerAnswer]:
    """Every stream that a node has told of, by camera."""
    now = timezone.now()
    found = runners_of(cameras_of(request.auth), now)
    desires = {each.camera.pk: each for each in desires_of({one.camera for one in found}, now)}
    answers = []
    for one in found:
        camera, desired = one.camera, desires[one.camera.pk]
        node = one.runner.node or camera.node
        fields: dict[str, Any] = {
            "camera_id": camera.pk,
            "camera": camera.name,
            "site": camera.site.name,
            "node_id": node.pk if node else None,
            "node": node.name if node else "",
            "stream": one.runner.stream,
            **shown_fields(one.shown),
            **facts_of(one.runner, name_of_profile(one.runner, desired)),
        }
        answers.append(RunnerAnswer(**fields))
    return answers


class EnforceBody(Schema):
    """Left out or null: all cameras."""

    camera_ids: list[UUID] | None = Field(default=None, max_length=10_000)


class EnforceAnswer(Schema):
    """How many cameras it concerns."""

    cameras: int


@router.post("/enforce", response=EnforceAnswer, operation_id="enforce_now")
def enforce_now(request: KnownRequest, body: EnforceBody) -> EnforceAnswer:
    """Let nodes act now: no pause before the next try, and changes are taken up."""
    return EnforceAnswer(cameras=enforce(request.auth, body.camera_ids))
