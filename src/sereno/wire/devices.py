"""Devices that a node logs in to: what it tells of each that its orders name, and of errands.

A report is the whole newest state of one device; the later one counts. What a device could not be
asked, or was not asked yet, is None, and the hub keeps what it knew.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from sereno.wire.message import Message
from sereno.wire.reports import ReasonReport, ToldTime
from sereno.wire.version import WIRE_VERSION

MOST_CHANNELS = 512
MOST_STREAMS = 8
MOST_DISKS = 64
MOST_ADVICE = 200
_WORD = 64
_TEXT = 200
_ADDRESS = 2000


class DeviceState(StrEnum):
    """How a device is to its node."""

    CONNECTING = "connecting"  # it was not asked yet
    ONLINE = "online"
    OFFLINE = "offline"  # missed so often that it is believed
    REFUSED = "refused"  # it does not take the password: nobody shows it again by himself
    LOCKED = "locked"  # until `not_before`
    OTHER_DEVICE = "other_device"  # another serial number stands at its address


class DeviceIdentity(Message):
    """As `sereno.drivers.contract.Identity`."""

    vendor: str = Field(max_length=_WORD)
    maker: str = Field(max_length=_TEXT)
    model: str = Field(max_length=_TEXT)
    serial: str = Field(max_length=_TEXT)
    firmware: str = Field(max_length=_TEXT)
    kind: str = Field(max_length=_WORD)
    name: str = Field(max_length=_TEXT)
    rtsp_port: int


class DeviceStream(Message):
    """One encoding of a channel. `role` is `main`, `sub` or `third`."""

    id: str = Field(max_length=_WORD)
    role: str = Field(max_length=_WORD)
    codec: str = Field(max_length=_WORD)
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    address: str = Field(max_length=_ADDRESS, description="URL without credentials")
    gop_seconds: float | None = None


class DeviceChannel(Message):
    """One video input; None where the device does not say."""

    id: str = Field(max_length=_WORD)
    number: int
    name: str = Field(max_length=_TEXT)
    is_online: bool | None = None
    is_recording: bool | None = None
    streams: tuple[DeviceStream, ...] = Field(default=(), max_length=MOST_STREAMS)


class DeviceDisk(Message):
    """One disk that is there; `state` as `sereno.drivers.contract.DiskState`."""

    id: str = Field(max_length=_WORD)
    name: str = Field(max_length=_TEXT)
    state: str = Field(max_length=_WORD)
    size_bytes: int = Field(ge=0)
    free_bytes: int = Field(ge=0)


class DeviceClock(Message):
    """A device's clock, read once; `offset_seconds` is device time minus the node's."""

    at: ToldTime
    offset_seconds: float
    zone: str = Field(max_length=_TEXT)
    convention: str = Field(max_length=_WORD)


class DeviceAdvice(Message):
    """A setting to change on the device, by the device's own name; words in both languages."""

    key: str = Field(max_length=_WORD)
    channel: str | None = Field(default=None, max_length=_WORD)
    setting: str = Field(max_length=_TEXT)
    en: str = Field(max_length=1000)
    es: str = Field(max_length=1000)


class DeviceReport(Message):
    """`POST /api/v1/node/devices/{id}`. 404: nobody wants that device any more."""

    wire_version: int = WIRE_VERSION
    asked_at: ToldTime
    state: DeviceState
    since: ToldTime = Field(description="of this state")
    reason: ReasonReport | None = None
    not_before: ToldTime | None = None
    sync_number: int = Field(default=0, description="of the orders that it was asked by")
    identity: DeviceIdentity | None = None
    capabilities: dict[str, bool] | None = Field(default=None, max_length=32)
    channels: tuple[DeviceChannel, ...] | None = Field(default=None, max_length=MOST_CHANNELS)
    disks: tuple[DeviceDisk, ...] | None = Field(default=None, max_length=MOST_DISKS)
    clock: DeviceClock | None = None
    advice: tuple[DeviceAdvice, ...] | None = Field(default=None, max_length=MOST_ADVICE)


PROBE = "device_probe"
DISCOVER = "device_discover"
SEARCH = "device_search"
"""Kinds of errands of devices; `params` of `sereno.wire.errands.Errand` is one of these three."""

MOST_FOUND = 5000
"""Footage in one answer; beyond it, the oldest are told, and `found_through` says how far."""


class ProbeParams(Message):
    """Find out what stands at an address, with the errand's `username` and `password`."""

    host: str
    port: int | None = Field(default=None, description="None: the usual ones")
    is_tls: bool = False
    tries_again: bool = Field(
        default=False, description="a person wants credentials that were refused shown once more"
    )
    vendor: str = ""
    template: str = ""
    template_sub: str = ""
    template_channels: int = 0


class DiscoverParams(Message):
    """Find devices that answer WS-Discovery; and, only where `subnet` names one, by looking."""

    subnet: str = ""


class SearchParams(Message):
    """Look for footage of one channel of a device of the node's orders; times are true ones."""

    device_id: UUID
    channel: str
    start: ToldTime
    end: ToldTime


MOST_READINGS = 400


class ReadingSaid(Message):
    """As `sereno.policy.device_times.Reading`."""

    at: ToldTime
    offset_seconds: float


class SearchOrder(SearchParams):
    """As the node gets it: `clock` is how the device's clock was around that time."""

    clock: tuple[ReadingSaid, ...] = Field(default=(), max_length=MOST_READINGS)


class DiscoveredDevice(Message):
    """Something that answered. `known_as` is its WS-Discovery address or empty."""

    host: str = Field(max_length=_TEXT)
    port: int
    is_tls: bool = False
    vendor: str = Field(default="", max_length=_WORD, description="the likeliest driver's name")
    maker: str = Field(default="", max_length=_TEXT)
    model: str = Field(default="", max_length=_TEXT)
    name: str = Field(default="", max_length=_TEXT)
    known_as: str = Field(default="", max_length=_TEXT)


class FoundReport(Message):
    """Footage that a device holds, as `sereno.drivers.contract.Found`, in true time: what
    `sereno.policy.device_times` makes of the offset was subtracted."""

    start: ToldTime
    end: ToldTime
    size_bytes: int | None = Field(default=None, ge=0)
    handle: str = Field(max_length=4000)
    cause: str = Field(default="schedule", max_length=_WORD)
    is_open: bool = False
    clock_offset_seconds: float | None = None


class DeviceErrandReport(Message):
    """`POST /api/v1/node/device-errands/{id}`: all that is known so far. The later one counts.

    `step` is what is being done now, for people who wait: one of `connecting identifying channels
    searching looking`. `reason` of a done errand says why it failed.
    """

    wire_version: int = WIRE_VERSION
    started_at: ToldTime
    is_done: bool = False
    step: str = Field(default="", max_length=_WORD)
    progress: float | None = Field(default=None, ge=0, le=1)
    reason: ReasonReport | None = None
    identity: DeviceIdentity | None = None
    clock_offset_seconds: float | None = None
    capabilities: dict[str, bool] | None = Field(default=None, max_length=32)
    channels: tuple[DeviceChannel, ...] | None = Field(default=None, max_length=MOST_CHANNELS)
    advice: tuple[DeviceAdvice, ...] = Field(default=(), max_length=MOST_ADVICE)
    discovered: tuple[DiscoveredDevice, ...] = Field(default=(), max_length=1024)
    found: tuple[FoundReport, ...] = Field(default=(), max_length=MOST_FOUND)
    found_through: ToldTime | None = None
