"""Cameras over HTTP, each with how it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import SecretStr

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.enforcer.queries import CameraState, states_of
from sereno.enforcer.rules import words_of
from sereno.policy.reasons import Reason
from sereno.sites import actions, queries
from sereno.sites.actions import CameraFields
from sereno.sites.answers import ReasonAnswer

router = Router(tags=["cameras"], auth=ANYBODY_KNOWN)


class StatusAnswer(Schema):
    """`state`: as the node said, or `node_offline`, or `not_assigned`."""

    state: str
    since: datetime
    reason: ReasonAnswer | None
    next_try: datetime | None = None
    engine: str = ""
    transport: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    pid: int | None = None
    effective_args: str = ""
    bitrate_bps: int = 0
    fps: float = 0.0
    newest_at: datetime | None = None

    @classmethod
    def of(cls, found: CameraState) -> StatusAnswer:
        runner, view = found.runner, found.shown
        told = {name: getattr(runner, name) for name in TOLD_BY_NODE} if runner else {}
        return cls(state=view.state, since=view.since, reason=_reason(view.reason), **told)


TOLD_BY_NODE = tuple(
    name for name in StatusAnswer.model_fields if name not in {"state", "since", "reason"}
)


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
            created_at=camera.created_at,
            node_id=camera.node_id,
            status=StatusAnswer.of(found),
        )


class NewCamera(Schema):
    """Credentials stand in the address or in their fields, not in both."""

    name: str
    address: str
    username: str | None = None
    password: SecretStr | None = None


class CameraChange(Schema):
    """What is left out or null stays as it is."""

    name: str | None = None
    address: str | None = None
    username: str | None = None
    password: SecretStr | None = None


def _fields(body: NewCamera | CameraChange) -> CameraFields:
    password = None if body.password is None else body.password.get_secret_value()
    return CameraFields(body.name, body.address, body.username, password)


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


@router.delete("/cameras/{camera_id}", response={204: None}, operation_id="remove_camera")
def remove_camera(request: KnownRequest, camera_id: UUID) -> Status[None]:
    """Stop recording a camera and take it from the lists. Its footage stays on disk."""
    actions.remove_camera(request.auth, camera_id)
    return Status(204, None)
