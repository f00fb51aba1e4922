"""One contract for every engine: a stream's address in, fragments out.

The node starts a runner process, writes commands to its standard input and reads events from its
standard output, one JSON object a line each way. The runner writes segment files; only the node
writes the ledger. A runner stops when its standard input closes.

Events of one stream come in the order in which things happened: a run starts, a segment opens, its
fragments are written, it is sealed, the next opens, the run ends. A segment whose file could not be
sealed is not told of again: the node repairs it when the disk is back.

Times named `_us` are microseconds since 1970, UTC. Ticks are units of `TIMESCALE` a second, counted
from the start of the run.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter

from sereno.policy.choices import EngineName, StreamName, TransportName
from sereno.wire.errands import DiagnosisReport
from sereno.wire.reports import ReasonReport
from sereno.wire.secret import Secret

TIMESCALE = 90_000


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)


class Memory(_Line):
    """What worked for a stream the last time, so that `auto` need not try all again."""

    engine: str
    transport: str
    reason: ReasonReport | None = Field(
        default=None, description="why the native engine could not do it"
    )


# What a date, and the ledger, can hold: a number beyond is a fault of the runner.
Microseconds = Annotated[int, Field(ge=0, lt=253_402_300_800_000_000)]
Count = Annotated[int, Field(ge=0, lt=1 << 62)]


class Past(_Line):
    """Footage that a device plays: what comes was taken then, not now.

    The device is to stop at `ends_at_us`; where it goes on, whoever asked ends it.
    """

    starts_at_us: Microseconds = Field(description="of the first key frame that comes")
    ends_at_us: Microseconds
    headers: dict[str, str] = Field(
        default={}, description="of PLAY; `Require` among them goes with SETUP too"
    )


class StreamTask(_Line):
    """What to record, and where to."""

    camera_id: UUID
    stream: StreamName
    address: str = Field(description="URL without credentials")
    username: str = ""
    password: Secret = SecretStr("")
    engine: EngineName = "auto"
    transport: TransportName = "auto"
    records_sound: bool = True
    memory: Memory | None = None
    footage_dir: str = Field(description="root of the volume to write to")
    volume_id: UUID | None = Field(
        default=None, description="what the volume must say it is; None: not asked"
    )
    fragment_ms: int = 200
    segment_seconds: int = 60
    extra_cli: str = Field(default="", description="more options for ffmpeg, as people typed them")
    write_until: float | None = Field(
        default=None,
        description="seconds of CLOCK_BOOTTIME after which nothing may be written: another node "
        "may have the camera then; None: no other node may run it",
    )
    next_sequence: int = 1
    previous_sha256: str = Field(default="", description="digest of the stream's last segment, hex")
    doors_dir: str = Field(
        default="",
        description="folder of the doors that whoever dials a device on this machine goes through; "
        "empty: all stand open",
    )
    past: Past | None = Field(default=None, description="None: what comes is of now")


class Start(_Line):
    """Begin to record; a stream that runs already with another task starts anew."""

    do: Literal["start"] = "start"
    task: StreamTask


class Stop(_Line):
    """End the stream's run at the last whole fragment."""

    do: Literal["stop"] = "stop"
    camera_id: UUID
    stream: StreamName
    reason: ReasonReport


class Renew(_Line):
    """A stream may be written for longer than its task said.

    In absolute time: a runner that was suspended may read this long after it was written.
    """

    do: Literal["renew"] = "renew"
    camera_id: UUID
    stream: StreamName
    write_until: float | None = Field(description="as in `StreamTask`")


class TrySoon(_Line):
    """Another stream of the same device plays again: what this one waits for may be over."""

    do: Literal["try_soon"] = "try_soon"
    camera_id: UUID
    stream: StreamName


class Watched(_Line):
    """Somebody watches the stream live, or nobody does any more.

    Meanwhile each step on the way to the viewer hands on at once what otherwise waits to be handed
    on with more. What is written stays the same but for the length of its fragments.
    """

    do: Literal["watched"] = "watched"
    camera_id: UUID
    stream: StreamName
    fragment_ms: int | None = Field(
        description="the longest that a fragment may last meanwhile; None: nobody watches"
    )


class Probe(_Line):
    """Try whether a stream could be recorded: up to its first key frame. Nothing is written."""

    do: Literal["probe"] = "probe"
    task: StreamTask


class Sibling(_Line):
    """The other stream of a camera. Sizes in pixels."""

    width: Count
    height: Count


class Diagnose(_Line):
    """Try a stream step by step, and say what each step met. Nothing is written."""

    do: Literal["diagnose"] = "diagnose"
    errand_id: UUID
    task: StreamTask
    is_recorded: bool = Field(default=False, description="the camera is recorded at the moment")
    sibling: Sibling | None = None


Command = Annotated[
    Start | Stop | Renew | TrySoon | Watched | Probe | Diagnose, Field(discriminator="do")
]


class Origin(_Line):
    """Which stream an event is of."""

    camera_id: UUID
    stream: StreamName


class _Event(Origin):
    at_us: Microseconds


class Connecting(_Event):
    """A connection attempt begins, or has to wait for its turn first, for this reason."""

    e: Literal["connecting"] = "connecting"
    reason: ReasonReport | None = None


class Failed(_Event):
    """The attempt or the run ended; the next try is at `next_try_us`, or None: never by itself."""

    e: Literal["failed"] = "failed"
    reason: ReasonReport
    next_try_us: Microseconds | None


class RunStarted(_Event):
    """The first key frame arrived. `at_us` is its wall-clock time, tick 0 of the run."""

    e: Literal["run_started"] = "run_started"
    run_id: UUID
    codec: str
    width: Count
    height: Count
    transport: str
    engine: str = "native"
    clock: str = Field(
        default="arrival", description="where wall-clock time comes from: rtcp or arrival"
    )
    sound: str = Field(default="", description="RFC 6381 codecs string; empty: no sound")
    advertised_fps: float = Field(default=0.0, description="what the stream says; 0: nothing")


class SegmentOpened(_Event):
    """A new file. `at_us` is the wall-clock time of its first frame; `path` is relative."""

    e: Literal["segment_opened"] = "segment_opened"
    run_id: UUID
    segment_id: UUID
    sequence: Count
    path: str
    init_size_bytes: Count = Field(description="header and moov, before the first fragment")


class FragmentWritten(_Event):
    """Bytes `offset_bytes`..+`size_bytes` of the open segment are in the file and will not change.

    `at_us` is the wall-clock time of its first frame.
    """

    e: Literal["fragment"] = "fragment"
    segment_id: UUID
    offset_bytes: Count
    size_bytes: Count
    start_ticks: Count
    duration_ticks: Count
    is_key: bool
    is_damaged: bool = Field(
        default=False, description="packets were lost since the last key frame"
    )
    frame_count: Count = Field(default=0, description="pictures")
    has_composition: bool = Field(default=False, description="12 bytes a picture in `trun`, not 8")
    has_sound: bool = False


class SegmentSealed(_Event):
    """The file is complete. `at_us` is the wall-clock end of its last frame."""

    e: Literal["segment_sealed"] = "segment_sealed"
    segment_id: UUID
    size_bytes: Count
    sha256: str
    crc32c: str


class RunEnded(_Event):
    """Coverage broke off at `at_us`."""

    e: Literal["run_ended"] = "run_ended"
    run_id: UUID
    reason: ReasonReport


class Stopped(_Event):
    """A `Stop` was obeyed: all is on the disk, and nothing of the stream is written any more."""

    e: Literal["stopped"] = "stopped"


class FfmpegStarted(_Event):
    """ffmpeg takes the stream, with this command; it may be asked anew in another way."""

    e: Literal["ffmpeg_started"] = "ffmpeg_started"
    command: str = Field(description="for a shell, with what it reads; without secrets")


class Measured(_Event):
    """What the stream really sends, every five seconds."""

    e: Literal["measured"] = "measured"
    bitrate_bps: int
    fps: float
    lost_packets: Count = Field(default=0, description="since the run began")
    drift_us: int = Field(
        default=0, description="how far wall time has been corrected since the run began"
    )


class Learned(_Event):
    """What works with this camera: for the next start's `StreamTask.memory`."""

    e: Literal["learned"] = "learned"
    memory: Memory


class Noticed(_Event):
    """Something people should know that stops nothing, such as sound that cannot be kept."""

    e: Literal["noticed"] = "noticed"
    reason: ReasonReport


class Probed(_Event):
    """What a `Probe` met: nothing of a recording."""

    e: Literal["probed"] = "probed"
    reason: ReasonReport | None = Field(description="why no picture came; None: one came")


class Diagnosed(_Line):
    """What a `Diagnose` has met so far: nothing of a recording."""

    e: Literal["diagnosed"] = "diagnosed"
    errand_id: UUID
    report: DiagnosisReport


class Alive(_Line):
    """The runner's own sign of life, once a second; no stream's event."""

    e: Literal["alive"] = "alive"
    at_us: Microseconds
    memory_bytes: Count = Field(description="resident and its own, with its helpers'")
    disk_still_seconds: float = Field(
        default=0.0, description="how long its disk has done nothing although there is work"
    )


Event = Annotated[
    Connecting
    | Failed
    | RunStarted
    | SegmentOpened
    | FragmentWritten
    | SegmentSealed
    | RunEnded
    | Stopped
    | FfmpegStarted
    | Measured
    | Learned
    | Noticed,
    Field(discriminator="e"),
]

# Whatever a runner may say in a line.
Saying = Annotated[Event | Alive | Probed | Diagnosed, Field(discriminator="e")]

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
EVENTS: TypeAdapter[Event] = TypeAdapter(Event)
SAYINGS: TypeAdapter[Event | Alive | Probed | Diagnosed] = TypeAdapter(Saying)
