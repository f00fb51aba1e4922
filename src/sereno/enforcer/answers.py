"""What the API answers of cameras and their streams."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel, Field

from sereno.enforcer.models import Lease, RunnerState
from sereno.enforcer.queries import Desired, decisions_of, desires_of
from sereno.enforcer.queries_running import CameraState, states_of
from sereno.enforcer.rules import Shown
from sereno.policy.choices import EngineName, TransportName
from sereno.policy.decisions import Decision, Piece, Why
from sereno.policy.reasons import Reason
from sereno.sites.answers import ReasonAnswer
from sereno.sites.models import Camera
from sereno.sites.queries import groups_of_cameras


class WhyAnswer(BaseModel):
    """Why a camera runs, or does not, at a time."""

    key: str
    params: dict[str, str]
    en: str
    es: str

    @classmethod
    def of(cls, why: Reason) -> WhyAnswer:
        words = why.words()
        return cls(key=why.key, params=dict(why.params), en=words.en, es=words.es)


class AnalysisAnswer(BaseModel):
    """The decoding of a stream's pictures; `hwaccel_reason`: why it is not what was asked for."""

    state: str
    reason: ReasonAnswer | None
    pid: int | None
    effective_args: str
    hwaccel: str
    hwaccel_reason: ReasonAnswer | None
    fps: float
    dropped: int
    decode_ms: float

    @classmethod
    def of(cls, kept: dict[str, Any]) -> AnalysisAnswer:
        reasons = {name: _kept(kept[name]) for name in ("reason", "hwaccel_reason")}
        return cls(**kept | reasons)


class RunnerFacts(BaseModel):
    """A stream's process as its node told of it; `sereno.wire.reports.StreamStatus` explains each.

    `profile` is the name of the profile in use. `is_pending`: a newer manner is known and waits
    for the next start. `heard_at`: when the node last spoke of it.
    """

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
    ffmpeg_args: str = ""
    bitrate_bps: int = 0
    fps: float = 0.0
    advertised_fps: float = 0.0
    fragments_per_second: float = 0.0
    key_interval_seconds: float = 0.0
    lost_packets: int = 0
    notices: tuple[ReasonAnswer, ...] = ()
    last_error: ReasonAnswer | None = None
    probe: ReasonAnswer | None = None
    profile: str = ""
    profile_version: str = ""
    is_pending: bool = False
    started_at: datetime | None = None
    restarts: int = 0
    last_exit: str = ""
    shared_by: int = 0
    nice: int | None = None
    cpu_affinity: list[int] = []
    hb_interval: float = 10.0
    analysis: AnalysisAnswer | None = None
    newest_at: datetime | None = None
    heard_at: datetime | None = None


_REASONS = ("engine_reason", "last_error", "probe")
_AS_TOLD = tuple(
    name
    for name in RunnerFacts.model_fields
    if name not in {*_REASONS, "notices", "profile", "analysis"}
)


def facts_of(runner: RunnerState | None, profile: str) -> dict[str, Any]:
    """The fields of RunnerFacts; `profile` is the name for people."""
    if runner is None:
        return {}
    told = {name: getattr(runner, name) for name in _AS_TOLD}
    told |= {name: _kept(getattr(runner, name)) for name in _REASONS}
    told["notices"] = tuple(filter(None, map(_kept, runner.notices)))
    told["analysis"] = AnalysisAnswer.of(runner.analysis) if runner.analysis else None
    return told | {"profile": profile}


def _kept(reason: dict[str, Any] | None) -> ReasonAnswer | None:
    """A reason as `RunnerState` keeps it; one of a newer node is told as unexplained."""
    return _reason(Reason(reason["key"], reason["params"], reason["raw"])) if reason else None


def _reason(reason: Reason | None) -> ReasonAnswer | None:
    return ReasonAnswer.of(reason, reason.words()) if reason else None


class StatusAnswer(RunnerFacts):
    """`state`: as the node said, or `node_offline`, `silent`, or `not_assigned`."""

    state: str
    since: datetime
    reason: ReasonAnswer | None

    @classmethod
    def of(cls, shown: Shown, runner: RunnerState | None, desired: Desired) -> StatusAnswer:
        profile = name_of_profile(runner, desired)
        return cls(**shown_fields(shown), **facts_of(runner, profile))


def shown_fields(shown: Shown) -> dict[str, Any]:
    """What people see of a stream: `state`, `since`, `reason`."""
    return {"state": shown.state, "since": shown.since, "reason": _reason(shown.reason)}


def name_of_profile(runner: RunnerState | None, desired: Desired) -> str:
    """The profile with which a stream runs, though its plan may name it no more."""
    if runner is None:
        return ""
    return desired.profile_name(runner.profile) or desired.book.name(runner.profile)


class ProfileBrief(BaseModel):
    id: int
    name: str
    version: int


class PauseAnswer(BaseModel):
    until: datetime
    by: str
    why: str


class ManualAnswer(BaseModel):
    """`until` null: until somebody stops it."""

    since: datetime
    until: datetime | None
    by: str


class LeaseAnswer(BaseModel):
    """Which node may run a camera that has a standby; `expires_at` null: it has no end yet.

    `is_ending`: the node was asked to give it to the camera's own.
    """

    node_id: UUID
    node: str
    number: int
    expires_at: datetime | None
    is_ending: bool

    @classmethod
    def of(cls, lease: Lease) -> LeaseAnswer:
        return cls(
            node_id=lease.node_id,
            node=lease.node.name,
            number=lease.number,
            expires_at=lease.expires_at,
            is_ending=lease.release_id is not None,
        )


class DecisionAnswer(BaseModel):
    """Whether it is to run now; `profile` is the name, `until` null: for a year at least."""

    runs: bool
    profile: str
    why: WhyAnswer
    until: datetime | None

    @classmethod
    def of(cls, decision: Decision, desired: Desired) -> DecisionAnswer:
        return cls(
            runs=decision.runs,
            profile=desired.profile_name(decision.profile),
            why=WhyAnswer.of(decision.why),
            until=decision.until,
        )


class CameraAnswer(BaseModel):
    """`address` and `sub_address` hold no credentials; the password is never told.

    What is null from `engine` to `cpu_affinity`, the camera's profile or the default says.
    """

    id: UUID
    name: str
    site_id: int
    address: str
    sub_address: str
    username: str
    has_password: bool
    engine: EngineName | None
    transport: TransportName | None
    records_sound: bool | None
    budget_bytes: int | None
    nice: int | None
    cpu_affinity: list[int] | None
    created_at: datetime
    node_id: UUID | None
    standby_node_id: UUID | None
    group_ids: list[int]
    profile: ProfileBrief | None
    pause: PauseAnswer | None
    manual: ManualAnswer | None
    why: WhyAnswer
    lease: LeaseAnswer | None
    status: StatusAnswer

    @classmethod
    def of(
        cls, found: CameraState, desired: Desired, why: Why, group_ids: Collection[int]
    ) -> CameraAnswer:
        camera = found.camera
        return cls(
            id=camera.pk,
            name=camera.name,
            site_id=camera.site_id,
            address=camera.address,
            sub_address=camera.sub_address,
            username=camera.username,
            has_password=bool(camera.password_sealed),
            engine=cast("EngineName | None", camera.engine),
            transport=cast("TransportName | None", camera.transport),
            records_sound=camera.records_sound,
            budget_bytes=camera.budget_bytes,
            nice=camera.nice,
            cpu_affinity=camera.cpu_affinity,
            created_at=camera.created_at,
            node_id=camera.node_id,
            standby_node_id=camera.standby_node_id,
            group_ids=sorted(group_ids),
            **_desired_fields(desired),
            why=WhyAnswer.of(why),
            lease=LeaseAnswer.of(found.lease) if found.lease else None,
            status=StatusAnswer.of(found.shown, found.runner, desired),
        )


def _desired_fields(desired: Desired) -> dict[str, Any]:
    profile, pause, manual = desired.profile, desired.pause, desired.manual
    return {
        "profile": profile
        and ProfileBrief(id=profile.pk, name=profile.name, version=profile.version),
        "pause": pause and PauseAnswer(until=pause.end, by=pause.by, why=pause.why),
        "manual": manual and ManualAnswer(since=manual.start, until=manual.end, by=manual.by),
    }


class PieceAnswer(BaseModel):
    """A time in which a camera runs in one manner, or does not, for one reason."""

    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    runs: bool
    profile: str
    why: WhyAnswer

    @classmethod
    def of(cls, piece: Piece, profile_names: Mapping[str, str]) -> PieceAnswer:
        return cls(
            start=piece.span.start,
            end=piece.span.end,
            runs=piece.runs,
            profile=profile_names.get(piece.profile, ""),
            why=WhyAnswer.of(piece.why),
        )


def answers_of(cameras: Iterable[Camera], now: datetime) -> list[CameraAnswer]:
    """Each camera as it is and what it should be doing; a few statements for all of them."""
    cameras = list(cameras)
    groups = groups_of_cameras(cameras)
    desires = desires_of(cameras, now)
    each = zip(
        states_of(cameras, now), desires, decisions_of(desires, "recording", now), strict=True
    )
    return [
        CameraAnswer.of(found, desired, decision.why, groups[found.camera.pk])
        for found, desired, decision in each
    ]
