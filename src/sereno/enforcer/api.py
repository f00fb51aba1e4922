"""Cameras over HTTP, each with how it is and what it should be doing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, BaseModel, Field, SecretStr

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.enforcer import actions_leases, actions_moments, actions_profiles
from sereno.enforcer.actions_profiles import Applies
from sereno.enforcer.answers import CameraAnswer, DecisionAnswer, StatusAnswer, answers_of
from sereno.enforcer.queries import decisions_of, desires_of
from sereno.enforcer.queries_running import CameraState, states_of
from sereno.enforcer.rules_moments import EndSaid
from sereno.policy.choices import EngineName, TransportName
from sereno.sites import actions, queries
from sereno.sites.actions import CameraFields

router = Router(tags=["cameras"], auth=ANYBODY_KNOWN)


class Manners(Schema):
    """How a camera is recorded. What it leaves unsaid, its profile or the default says."""

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
    sub_address: str | None = Field(
        default=None, description="of its smaller stream, without credentials; empty: none"
    )
    node_id: UUID | None = Field(default=None, description="the node of its site that is to run it")
    standby_node_id: UUID | None = Field(
        default=None, description="another node of its site, which takes it over when need be"
    )


class NewCamera(Manners):
    """Credentials stand in the address or in their fields, not in both."""

    name: str
    address: str
    username: str | None = None
    password: SecretStr | None = None


class CameraChange(Manners):
    """What is left out stays as it is, and so does what is null.

    Not so `engine`, `transport`, `records_sound`, `nice`, `cpu_affinity` and `standby_node_id`:
    null takes what the camera itself says of them away.
    """

    name: str | None = None
    address: str | None = None
    username: str | None = None
    password: SecretStr | None = None


def _fields(body: NewCamera | CameraChange) -> CameraFields:
    cpus = body.cpu_affinity
    nulls = {name for name in body.model_fields_set if getattr(body, name) is None}
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
        sub_address=body.sub_address,
        node_id=body.node_id,
        standby_node_id=body.standby_node_id,
        unsaid=frozenset(nulls.intersection({*actions.MANNERS, "standby_node_id"})),
    )


def _answer(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    camera = queries.access_camera(request.auth, camera_id)
    return answers_of([camera], timezone.now())[0]


@router.get("/cameras", response=list[CameraAnswer], operation_id="list_cameras")
def list_cameras(request: KnownRequest) -> list[CameraAnswer]:
    """All cameras, by name, and how each is."""
    return answers_of(queries.cameras_of(request.auth), timezone.now())


@router.post("/cameras", response={201: CameraAnswer}, operation_id="add_camera")
def add_camera(request: KnownRequest, body: NewCamera) -> Status[CameraAnswer]:
    """Add a camera; its site's node begins to record it."""
    camera = actions_profiles.add_fitting_camera(request.auth, _fields(body))
    return Status(201, _answer(request, camera.pk))


@router.get("/cameras/{camera_id}", response=CameraAnswer, operation_id="get_camera")
def get_camera(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    """One camera and how it is."""
    return _answer(request, camera_id)


@router.patch("/cameras/{camera_id}", response=CameraAnswer, operation_id="change_camera")
def change_camera(request: KnownRequest, camera_id: UUID, body: CameraChange) -> CameraAnswer:
    """Change what was given; how it is recorded changes at once."""
    actions_profiles.change_fitting_camera(request.auth, camera_id, _fields(body))
    return _answer(request, camera_id)


@router.post(
    "/cameras/{camera_id}/try-again", response=CameraAnswer, operation_id="try_camera_again"
)
def try_camera_again(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    """Forget which engine and transport worked; the automatic choice starts with its first."""
    actions.forget_memory(request.auth, camera_id)
    return _answer(request, camera_id)


@router.post(
    "/cameras/{camera_id}/give-back", response=CameraAnswer, operation_id="give_camera_back"
)
def give_camera_back(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    """Let the node that took a camera over give it back to the camera's own node."""
    actions_leases.give_back(request.auth, camera_id)
    return _answer(request, camera_id)


@router.delete("/cameras/{camera_id}", response={204: None}, operation_id="remove_camera")
def remove_camera(request: KnownRequest, camera_id: UUID) -> Status[None]:
    """Stop recording a camera and take it from the lists. Its footage stays on disk."""
    actions.remove_camera(request.auth, camera_id)
    return Status(204, None)


class ProfileChoice(Schema):
    """`profile_id` null: as the camera's own fields and the defaults say."""

    profile_id: int | None
    applies: Applies = "next_spawn"


@router.put(
    "/cameras/{camera_id}/profile", response=CameraAnswer, operation_id="give_camera_profile"
)
def give_profile(request: KnownRequest, camera_id: UUID, body: ProfileChoice) -> CameraAnswer:
    """Let a camera be run as a profile says, from now on or from its next start."""
    actions_profiles.give_profile(request.auth, [camera_id], body.profile_id, body.applies)
    return _answer(request, camera_id)


class RunsAtAnswer(BaseModel):
    """The node that may run a camera.

    `number` and `expires_at` are those of its lease; null where it needs none, or has no end yet.
    """

    node_id: UUID
    node: str
    number: int | None
    expires_at: datetime | None

    @classmethod
    def of(cls, found: CameraState) -> RunsAtAnswer | None:
        lease = found.lease
        if lease is not None:
            node, number, expires_at = lease.node, lease.number, lease.expires_at
            return cls(node_id=node.pk, node=node.name, number=number, expires_at=expires_at)
        own = found.camera.node
        if own is None:
            return None
        return cls(node_id=own.pk, node=own.name, number=None, expires_at=None)


class WhyCameraAnswer(BaseModel):
    """`node`: who may run it, null: nobody; `status`: what it does."""

    recording: DecisionAnswer
    analysis: DecisionAnswer
    node: RunsAtAnswer | None
    status: StatusAnswer


@router.get("/cameras/{camera_id}/why", response=WhyCameraAnswer, operation_id="why_camera")
def why_camera(request: KnownRequest, camera_id: UUID) -> WhyCameraAnswer:
    """Whether a camera should run now, how, until when, and why."""
    now = timezone.now()
    camera = queries.access_camera(request.auth, camera_id)
    (found,), desires = states_of([camera], now), desires_of([camera], now)
    (desired,) = desires
    (recording,) = decisions_of(desires, "recording", now)
    (analysis,) = decisions_of(desires, "analysis", now)
    return WhyCameraAnswer(
        recording=DecisionAnswer.of(recording, desired),
        analysis=DecisionAnswer.of(analysis, desired),
        node=RunsAtAnswer.of(found),
        status=StatusAnswer.of(found.shown, found.runner, desired),
    )


class EndBody(Schema):
    """Until when, in one of these ways."""

    minutes: int | None = None
    until: AwareDatetime | None = None

    def said(self) -> EndSaid:
        return EndSaid(minutes=self.minutes, until=self.until)


class PauseBody(EndBody):
    """`until_tomorrow`: until 08:00 of the next day by the clock of the camera's site."""

    until_tomorrow: bool = False
    why: str = ""

    def said(self) -> EndSaid:
        return EndSaid(self.minutes, self.until, self.until_tomorrow)


class PausesBody(PauseBody):
    camera_ids: list[UUID] = Field(max_length=10_000)


@router.post("/cameras/{camera_id}/pause", response=CameraAnswer, operation_id="pause_camera")
def pause_camera(request: KnownRequest, camera_id: UUID, body: PauseBody) -> CameraAnswer:
    """Record and analyse nothing until then, whatever schedules say."""
    actions_moments.pause_cameras(request.auth, [camera_id], body.said(), body.why)
    return _answer(request, camera_id)


@router.delete("/cameras/{camera_id}/pause", response=CameraAnswer, operation_id="end_pause")
def end_pause(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    """Let the schedules count again."""
    actions_moments.end_pauses(request.auth, [camera_id])
    return _answer(request, camera_id)


@router.post("/pauses", response=list[CameraAnswer], operation_id="pause_cameras")
def pause_cameras(request: KnownRequest, body: PausesBody) -> list[CameraAnswer]:
    """Pause several cameras at once."""
    actions_moments.pause_cameras(request.auth, body.camera_ids, body.said(), body.why)
    chosen = queries.cameras_of(request.auth).filter(pk__in=body.camera_ids)
    return answers_of(chosen, timezone.now())


@router.post(
    "/cameras/{camera_id}/recording", response=CameraAnswer, operation_id="start_recording"
)
def start_recording(request: KnownRequest, camera_id: UUID, body: EndBody) -> CameraAnswer:
    """Record whatever schedules say, until then or until it is stopped."""
    actions_moments.start_recording(request.auth, [camera_id], body.said())
    return _answer(request, camera_id)


@router.delete(
    "/cameras/{camera_id}/recording", response=CameraAnswer, operation_id="stop_recording"
)
def stop_recording(request: KnownRequest, camera_id: UUID) -> CameraAnswer:
    """End what was started by hand; schedules go on counting."""
    actions_moments.stop_recording(request.auth, [camera_id])
    return _answer(request, camera_id)
