"""What every driver can be asked, in plain types.

All times are aware UTC: a driver knows its device's convention and translates at its edge. They
are by the device's clock, which may be wrong: `sereno.drivers.true_times` makes true ones. What a
model cannot do is an answer (`Capabilities`, None, an empty list), and only asking for it all the
same raises `Unsupported`. Deliberately absent, and to stay so: changing an address, factory reset,
formatting, deleting footage, reboot. Every method may raise `sereno.drivers.errors.DeviceError`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sereno.base.errors import Words
from sereno.base.spans import Span


@dataclass(frozen=True, slots=True)
class Login:
    """Where a device is and who we are there. `port` is that of its HTTP API.

    `rtsp_port` is only given where a person knows better than the device.
    """

    host: str
    port: int = 80
    is_tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    rtsp_port: int | None = None


class DeviceKind(StrEnum):
    """What sort of thing it is."""

    RECORDER = "recorder"
    CAMERA = "camera"
    DOORBELL = "doorbell"
    ENCODER = "encoder"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a device says of itself. `serial` is what it is known by; its address is not.

    `vendor` is the driver's name, `maker` what the device calls its maker, which differs on
    rebadged ones. `clock_offset_seconds` is device time minus ours; None where it tells no time.
    """

    vendor: str
    maker: str
    model: str
    serial: str
    firmware: str
    kind: DeviceKind
    name: str
    clock_offset_seconds: float | None
    rtsp_port: int


class Ability(StrEnum):
    """Something a device may or may not be able to do."""

    CHANNELS = "channels"
    SNAPSHOT = "snapshot"
    FIND = "find"
    FETCH = "fetch"
    FETCH_BY_TIME = "fetch_by_time"
    PLAYBACK = "playback"
    EVENTS = "events"
    HEALTH = "health"
    CLOCK = "clock"


Capabilities = Mapping[Ability, bool]
"""Every `Ability` is a key."""


class Role(StrEnum):
    """Which encoding of a channel a stream is."""

    MAIN = "main"
    SUB = "sub"
    THIRD = "third"


@dataclass(frozen=True, slots=True)
class Stream:
    """One encoding. `address` is its RTSP URL without credentials, built from what the device says.

    `codec` is `h264`, `h265`, `mjpeg` or the device's own word in lower case; numbers are None
    where it does not say. `gop_seconds` is the distance of key frames.
    """

    id: str
    role: Role
    codec: str
    width: int | None
    height: int | None
    fps: float | None
    address: str
    gop_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One video input, by the device's own `id` and `number`. `is_online` is None where it does
    not say."""

    id: str
    number: int
    name: str
    is_online: bool | None
    streams: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Footage that a device holds: one of its files, or part of one.

    `handle` is the driver's own word for it, which `fetch` understands, also after a restart.
    `cause` is why it was recorded: `schedule`, `motion`, `alarm`, `manual`, or the device's word.
    `is_open` footage is still being written. `clock_offset_seconds` was measured when it was found;
    a driver does not subtract it: `span` is by the device's clock.
    """

    channel: str
    span: Span
    size_bytes: int | None
    handle: str
    cause: str = "schedule"
    is_open: bool = False
    clock_offset_seconds: float | None = None


class Container(StrEnum):
    """How the bytes are wrapped that a device gives."""

    MPEG_PS = "mpeg_ps"
    DHAV = "dhav"
    MP4 = "mp4"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What has come so far: bytes, of how many if the device said, and the time they cover."""

    size_bytes: int
    expected_bytes: int | None = None
    seconds: float | None = None


class Sink(Protocol):
    """Where fetched bytes go. To write slowly is to hold the device back."""

    async def write(self, data: bytes) -> None:
        """Take these bytes. Raises OSError."""
        ...

    async def restart(self) -> None:
        """Forget all bytes so far: the device begins anew."""
        ...


Progress = Callable[[Fetched], None]


class EventState(StrEnum):
    """What an event says of its cause."""

    STARTED = "started"
    ENDED = "ended"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Something a device reports. `kind` is ours (`motion`, `video_loss`, `line_crossed`,
    `intrusion`, `tamper`, `input`, `disk_full`, `disk_error`, `disk_missing`, `network_lost`,
    `address_conflict`, `bad_login`, `recording_failed`, `clock_changed`, `other`), `code` the
    device's own. `channel` is None for the device itself; `at` is the device's time."""

    kind: str
    code: str
    channel: str | None
    state: EventState
    at: datetime


class DiskState(StrEnum):
    """How a recorder's disk does. A full disk that is overwritten in turn is well."""

    OK = "ok"
    SLEEPING = "sleeping"
    UNFORMATTED = "unformatted"
    READ_ONLY = "read_only"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk that is there; empty bays are none."""

    id: str
    name: str
    state: DiskState
    size_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How one channel does; None where the device does not say."""

    channel: str
    is_online: bool | None
    is_recording: bool | None


@dataclass(frozen=True, slots=True)
class Health:
    """How a device does. `up_seconds` is None where it does not say."""

    disks: tuple[Disk, ...]
    channels: tuple[ChannelHealth, ...]
    up_seconds: float | None = None


class Convention(StrEnum):
    """What a device means by the times of its footage."""

    UTC = "utc"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A device's clock, read once. `offset_seconds` is device time minus ours, half the way there
    and back subtracted; `zone` is as the device writes it.
    """

    at: datetime
    offset_seconds: float
    zone: str
    convention: Convention


@dataclass(frozen=True, slots=True)
class Advice:
    """A setting to change on the device: what is wrong, and the setting by the device's own name.

    `key` is stable (`gop_long`, `h265_plus`, `zone_unset`, `event_unticked`, `right_missing`, …).
    """

    key: str
    channel: str | None
    setting: str
    words: Words


@dataclass(frozen=True, slots=True)
class Playback:
    """Footage as the device plays it: an RTSP URL without credentials, for `span`.

    Devices do not always stop at the end and begin at the key frame before: who plays it enforces
    both. `headers` go with PLAY and SETUP (ONVIF replay).
    """

    address: str
    span: Span
    headers: Mapping[str, str] = field(default_factory=dict)


class Driver(Protocol):
    """One device, spoken to in its own protocol. Close it when done."""

    @property
    def vendor(self) -> str:
        """The driver's name."""
        ...

    async def identify(self) -> Identity:
        """Who it is."""
        ...

    async def capabilities(self) -> Capabilities:
        """What it can do; asked once and remembered."""
        ...

    async def channels(self) -> list[Channel]:
        """Its video inputs, in its own order, those only that exist."""
        ...

    async def snapshot(self, channel: str) -> bytes:
        """A JPEG of now."""
        ...

    def find(self, channel: str, span: Span) -> AsyncIterator[Found]:
        """Footage that overlaps `span`, oldest first, nothing twice."""
        ...

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        """All bytes of a found footage, as the device wraps them. Raises OSError of the sink."""
        ...

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        """At least `span` of a channel, where `Ability.FETCH_BY_TIME`; it may begin earlier."""
        ...

    async def playback(self, channel: str, span: Span) -> Playback:
        """Where the device plays `span`."""
        ...

    def events(self) -> AsyncIterator[DeviceEvent]:
        """What it reports from now on, until closed; broken ones are left out. Ends by raising."""
        ...

    async def health(self) -> Health:
        """Its disks and channels."""
        ...

    async def clock(self) -> ClockReading:
        """Its clock against ours."""
        ...

    async def advice(self) -> list[Advice]:
        """What people should change on it."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...
