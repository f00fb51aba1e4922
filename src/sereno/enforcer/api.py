"""Cameras over HTTP, each with how it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field, SecretStr

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.enforcer.queries import CameraState, states_of
from sereno.enforcer.rules import words_of
from sereno.policy.reasons import Reason
from sereno.sites import actions, queries
from sereno.sites.actions import CameraFields
from sereno.sites.answers import ReasonAnswer
from sereno.wire.orders import EngineName, TransportName

router = Router(tags=["cameras"], auth=ANYBODY_KNOWN)


class StatusAnswer(Schema):
    """`state`: as the node said, or `node_offline`, or `not_assigned`.

    `engine_reason`: why `auto` did not take the native engine. `clock`: whether times are the
    camera's (`rtcp`) or those of arrival. `lost_packets` counts from the run's start. `notices`:
    what people should know and what stops nothing.
    """

    state: str
    since: datetime
    reason: ReasonAnswer | None
    next_try: datetime | None = None
    engine: str = ""
    engine_reason: ReasonAnswer | None = None
    transport: str = ""
    clock: str = ""
    codec: str = ""
    sound: str = ""
    width: int = 0
    height: int = 0
    pid: int | None = None
    effective_args: str = ""
    bitrate_bps: int = 0
    fps: float = 0.0
    lost_packets: int = 0
    notices: tuple[ReasonAnswer, ...] = ()
    newest_at: datetime | None = None

    @classmethod
    def of(cls, found: CameraState) -> StatusAnswer:
        runner, view = found.runner, found.shown
        answer = cls(state=view.state, since=view.since, reason=_reason(view.reason))
        if runner is None:
            return answer
        told = {name: getattr(runner, name) for name in TOLD_BY_NODE}
        told["engine_reason"] = _kept(runner.engine_reason) if runner.engine_reason else None
        told["notices"] = tuple(_kept(notice) for notice in runner.notices)
        return answer.model_copy(update=told)


TOLD_BY_NODE = tuple(
    name
    for name in StatusAnswer.model_fields
    if name not in {"state", "since", "reason", "engine_reason", "notices"}
)


def _kept(reason: dict[str, Any]) -> ReasonAnswer:
    """A reason as `RunnerState` keeps it; one of a newer node is told as unexplained."""
    return ReasonAnswer.of(Reason(reason["key"], reason["params"], reason["raw"]))


def _reason(reason: Reason | None) -> ReasonAnswer | None:
    return ReasonAnswer.of(reason, words_of(reason)) if reason else None


class CameraAnswer(Schema):
    """`address` holds no credentials; the password is never told."""

    id: UUID
    name: str
    site_id: int
    address: str
    username: str
    has_password: bool
    engine: EngineName
    transport: TransportName
    records_sound: bool
    budget_bytes: int | None
    nice: int
    cpu_affinity: list[int]
    created_at: datetime
    node_id: UUID | None
    status: StatusAnswer

    @classmethod
    def of(cls, found: CameraState) -> CameraAnswer:
        camera = found.camera
        return cls(
            id=camera.pk,
            name=camera.name,
            site_id=camera.site_id,
            address=camera.address,
            username=camera.username,
            has_password=bool(camera.password_sealed),
            engine=cast(EngineName, camera.engine),
            transport=cast(TransportName, camera.transport),
            records_sound=camera.records_sound,
            budget_bytes=camera.budget_bytes,
            nice=camera.nice,
            cpu_affinity=camera.cpu_affinity,
            created_at=camera.created_at,
            node_id=camera.node_id,
            status=StatusAnswer.of(found),
        )


class Manners(Schema):
    """How a camera is recorded. What is left out or null stays as it is."""

    engine: EngineName | None = None
    transport: TransportName | None = None
    records_sound: bool | None = Field(
        default=None, description="recording sound may need people's consent where the camera is"
    )
    budget_bytes: int | None = Field(
        default=None, ge=0, lt=1 << 62, description="room for its footage; 0: no limit of its own"
    )
    nice: int | None = Field(default=None, ge=-20, le=19, description="as in nice(1)")
    cpu_affinity: list[int] | None = Field(
        default=None, max_length=1024, description="CPUs by number; empty: any"
    )


class NewCamera(Manners):
    """Credentials stand in the address or in their fields, not in both."""

    name: str
    address: str
    username: str | None = None
    password: SecretStr | None = None


class CameraChange(Manners):
    """What is left out or null stays as it is."""

    name: str | None = None
    address: str | None = None
    username: str | None = None
    password: SecretStr | None = None


def _fields(body: NewCamera | CameraChange) -> CameraFields:
    cpus = body.cpu_affinity
    return CameraFields(
        name=body.name,
        address=body.address,
        username=body.username,
        password=None if body.password is None else body.password.get_secret_value(),
        engine=body.engine,
        transport=body.transport,
        records_sound=body.records_sound,
        budget_bytes=body.budget_bytes,
        nice=body.nice,
        cpu_affinity=None if cpus is None else tuple(cpus),
    )


def _answer(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    camera = queries.access_camera(request.auth, camera_id)
    return CameraAnswer.of(states_of([camera], timezone.now())[0])


@router.get("/cameras", response=list[CameraAnswer], operation_id="list_cameras")
def list_cameras(request: KnownRequest) -> list[CameraAnswer]:
    """All cameras, by name, and how each is."""
    cameras = queries.cameras_of(request.auth)
    return [CameraAnswer.of(found) for found in states_of(cameras, timezone.now())]


@router.post("/cameras", response={201: CameraAnswer}, operation_id="add_camera")
def add_camera(request: KnownRequest, body: NewCamera) -> Status[CameraAnswer]:
    """Add a camera; its site's node begins to record it."""
    camera = actions.add_camera(request.auth, _fields(body))
    return Status(201, _answer(request, camera.pk))


@router.get("/cameras/{camera_id}", response=CameraAnswer, operation_id="get_camera")
def get_camera(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    """One camera and how it is."""
    return _answer(request, camera_id)


@router.patch("/cameras/{camera_id}", response=CameraAnswer, operation_id="change_camera")
def change_camera(request: KnownRequest, camera_id: UUID, body: CameraChange) -> CameraAnswer:
    """Change what was given."""
    actions.change_camera(request.auth, camera_id, _fields(body))
    return _answer(request, camera_id)


@router.post(
    "/cameras/{camera_id}/try-again", response=CameraAnswer, operation_id="try_camera_again"
)
def try_camera_again(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    """Forget which engine and transport worked; the automatic choice starts with its first."""
    actions.forget_memory(request.auth, camera_id)
    return _answer(request, camera_id)


@router.delete("/cameras/{camera_id}", response={204: None}, operation_id="remove_camera")
def remove_camera(request: KnownRequest, camera_id: UUID) -> Status[None]:
    """Stop recording a camera and take it from the lists. Its footage stays on disk."""
    actions.remove_camera(request.auth, camera_id)
    return Status(204, None)
