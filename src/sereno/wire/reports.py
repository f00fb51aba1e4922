"""Reports: what a node did and saw. Every item is idempotent by its id."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field

from sereno.base.told import readable
from sereno.policy.choices import StreamName
from sereno.policy.reasons import Reason
from sereno.wire.message import Message
from sereno.wire.orders import LeaseOrder
from sereno.wire.version import WIRE_VERSION


def _countable(moment: datetime) -> datetime:
    """Raises ValueError for a time that, in UTC, may lie outside of the years that Python has."""
    if not MINYEAR < moment.year < MAXYEAR:
        raise ValueError("this year cannot be counted with")
    return moment


ToldTime = Annotated[AwareDatetime, AfterValidator(_countable)]
"""A node's word for a time: one that can be kept and read again."""

LONGEST_HB_SECONDS = 86_400.0


class ReasonReport(Message):
    """A reason of `sereno.policy.reasons`, as it travels."""

    key: str
    params: dict[str, str] = Field(default_factory=dict)
    raw: str = ""

    @classmethod
    def of(cls, reason: Reason) -> ReasonReport:
        params = {name: readable(said) for name, said in reason.params.items()}
        return cls(key=reason.key, params=params, raw=readable(reason.raw))

    def to_reason(self) -> Reason:
        return Reason(self.key, self.params, self.raw)


MOST_DAMAGED_SPANS = 200
"""Of one run; beyond that, the nearest are told as one."""


class DamagedSpan(Message):
    """A part of a run that losses may have damaged."""

    start: ToldTime
    end: ToldTime


class RunReport(Message):
    """Unbroken coverage of one stream. Sent again as it grows; the higher `revision` is newer."""

    run_id: UUID
    revision: int
    camera_id: UUID
    stream: StreamName
    start: ToldTime
    end: ToldTime
    is_open: bool
    end_reason: ReasonReport | None = None
    segment_count: int
    size_bytes: int
    engine: str = "native"
    clock: str = Field(
        default="arrival", description="where wall-clock time came from: rtcp or arrival"
    )
    sound: str = Field(default="", description="RFC 6381 codecs string; empty: no sound")
    damaged_seconds: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="footage that losses may have damaged",
    )
    damage: tuple[DamagedSpan, ...] = Field(
        default=(),
        max_length=MOST_DAMAGED_SPANS,
        description="where that is; empty with `damaged_seconds` above 0: somewhere in the run",
    )


class AbsenceReport(Message):
    """A time in which the node knew why it was not recording; grows as a run does."""

    absence_id: UUID
    revision: int
    camera_id: UUID
    stream: StreamName
    start: ToldTime
    end: ToldTime
    is_open: bool
    reason: ReasonReport


class Horizon(Message):
    """The node has told all it knows of this stream up to this moment."""

    camera_id: UUID
    stream: StreamName
    reported_through: ToldTime


class Reports(Message):
    """One batch, `POST /api/v1/node/reports`. Taken whole or not at all."""

    wire_version: int = WIRE_VERSION
    runs: tuple[RunReport, ...] = ()
    absences: tuple[AbsenceReport, ...] = ()
    horizons: tuple[Horizon, ...] = ()


class StreamState(StrEnum):
    """What a stream is doing, as people see it."""

    RECORDING = "recording"
    CONNECTING = "connecting"
    WAITING = "waiting"  # failed, and will be tried again at `next_try`
    FAILED = "failed"  # will not be tried again before a person acts
    STALLED = "stalled"  # connected, and no picture arrives
    NO_DISK = "no_disk"
    PAUSED = "paused"  # by a person
    NOT_SCHEDULED = "not_scheduled"
    STANDBY = "standby"  # another node has the lease


class AnalysisStatus(Message):
    """The decoding of a stream's pictures for whoever subscribed to them."""

    state: StreamState
    reason: ReasonReport | None = None
    pid: int | None = None
    effective_args: str = ""
    hwaccel: str = Field(default="none", description="what decodes; not always what was asked for")
    hwaccel_reason: ReasonReport | None = Field(
        default=None, description="why it is not what was asked for"
    )
    fps: float = Field(default=0.0, description="pictures handed out a second")
    dropped: int = Field(default=0, description="pictures that nobody took in time")
    decode_ms: float = Field(default=0.0, description="processor time a picture")


class StreamStatus(Message):
    """The state of one stream's runner at the time of a heartbeat."""

    camera_id: UUID
    stream: StreamName
    state: StreamState
    since: ToldTime
    reason: ReasonReport | None = None
    next_try: ToldTime | None = None
    engine: str = "native"
    engine_reason: ReasonReport | None = Field(
        default=None, description="why `auto` did not take the native engine"
    )
    transport: str = "tcp"
    codec: str = Field(default="", description="RFC 6381 codecs string, such as avc1.64001f")
    sound: str = Field(default="", description="likewise; empty: no sound")
    width: int = 0
    height: int = 0
    pid: int | None = None
    effective_args: str = Field(default="", description="the exact command, without secrets")
    bitrate_bps: int = 0
    fps: float = 0.0
    clock: str = Field(
        default="", description="where wall-clock time comes from: rtcp or arrival; empty: no run"
    )
    lost_packets: int = Field(default=0, description="since the run began")
    notices: tuple[ReasonReport, ...] = Field(
        default=(), description="what people should know and what stops nothing"
    )
    newest_at: ToldTime | None = Field(default=None, description="time of the newest frame")
    profile: str = Field(default="", description="key of the manner in use, as in the orders")
    profile_version: str = Field(default="", description="`MannerOrder.version` that it runs with")
    is_pending: bool = Field(
        default=False, description="a newer manner is known, and waits for the next start"
    )
    ffmpeg_args: str = Field(default="", description="ffmpeg's own command, where it is the engine")
    last_error: ReasonReport | None = Field(
        default=None, description="of the last failure; None from the first stable fragment on"
    )
    started_at: ToldTime | None = Field(default=None, description="of the process")
    restarts: int = Field(default=0, description="of the stream's process, since the node's start")
    last_exit: str = Field(default="", description="how its last process ended")
    shared_by: int = Field(default=0, description="streams in the same process, this one included")
    nice: int | None = Field(default=None, description="as read back from the system")
    cpu_affinity: tuple[int, ...] = Field(default=(), description="likewise")
    fragments_per_second: float = 0.0
    advertised_fps: float = Field(default=0.0, description="what the stream says; 0: nothing")
    key_interval_seconds: float = Field(default=0.0, description="between the last key frames")
    hb_interval: float = Field(
        default=10.0, ge=0, le=LONGEST_HB_SECONDS, description="seconds between two such reports"
    )
    probe: ReasonReport | None = Field(
        default=None, description="what a try before the next window met; None: well, or not tried"
    )
    analysis: AnalysisStatus | None = None


class NtpState(Message):
    """What the node's kernel says of its clock (adjtimex(2))."""

    is_synchronised: bool
    estimated_error_seconds: float | None = None


class VolumeState(StrEnum):
    """How a volume for footage is."""

    OK = "ok"
    MISSING = "missing"  # not mounted, or another disk is mounted there
    FULL = "full"
    FAILING = "failing"  # it gives input/output errors
    SLOW = "slow"  # pictures were lost because it could not keep up


class VolumeStatus(Message):
    """One volume for footage. Sizes are 0 while nobody can tell them."""

    volume_id: UUID
    path: str
    state: VolumeState = VolumeState.OK
    total_bytes: int = 0
    free_bytes: int = 0
    footage_bytes: int = Field(default=0, description="what our segments there take")
    budget_bytes: int | None = Field(default=None, description="what they may take; None: no limit")


class Heartbeat(Message):
    """How the node is, `POST /api/v1/node/heartbeat`, every few seconds."""

    wire_version: int = WIRE_VERSION
    boot_id: UUID = Field(description="new at each start of the node's process")
    version: str
    sent_at: ToldTime
    started_at: ToldTime
    ntp: NtpState
    volumes: tuple[VolumeStatus, ...] = Field(default=(), description="in order of preference")
    media_address: str = Field(
        description="where front reaches the node's media API: unix:/path or http://host:port"
    )
    orders_etag: str = ""
    backlog: int = Field(default=0, description="items not reported yet")
    cpu_count: int | None = Field(default=None, ge=1, description="CPUs of its machine")
    streams: tuple[StreamStatus, ...] = Field(
        default=(), description="those that changed or whose interval is over"
    )
    is_whole: bool = Field(
        default=False, description="`streams` are all that the node has: others are no more"
    )
    leases: dict[UUID, int] = Field(
        default_factory=dict, description="cameras it holds, each with its lease's number"
    )
    released: dict[UUID, UUID] = Field(
        default_factory=dict,
        description="of `HeartbeatAnswer.to_release`, the cameras of which it writes nothing more",
    )


class HeartbeatAnswer(Message):
    """The hub's time, so that the node can tell its clock's offset, and the ETag of its orders."""

    hub_time: AwareDatetime
    orders_etag: str
    leases: dict[UUID, LeaseOrder] = Field(
        default_factory=dict, description="those that it goes on holding, renewed"
    )
    has_errands: bool = Field(
        default=False, description="people wait for this node: `GET /api/v1/node/errands`"
    )
    to_release: dict[UUID, UUID] = Field(
        default_factory=dict,
        description="cameras that it is to give up at once, each with what to say when it has",
    )
