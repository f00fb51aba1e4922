"""Which video inputs there really are, and how each is encoded.

A recorder lists all its slots, the empty ones too, under default names; a slot whose camera was
taken away may stay enabled. So a channel is one that has a camera by `RemoteDevice` (through
`RemoteChannel`, where that maps slots to channels), or is bound in `Encode`, and that the device
does not contradict when it tells the state of its cameras. Configuration counts from 0, everything
else from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sereno.drivers.contract import Role, Stream
from sereno.drivers.dahua.addresses import live_address
from sereno.drivers.dahua.parse import (
    LARGEST_CHANNEL,
    Table,
    as_bool,
    as_float,
    as_int,
    by_index,
    clean,
    under,
)

_SLOT = "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_"
_NOWHERE = frozenset({"", "192.168.0.0", "0.0.0.0", "::"})  # noqa: S104 what an empty slot tells
_ONLINE = "connected"
_EMPTY = "empty"
_CODECS = {
    "h264": "h264",  # and H.264B, H.264M, H.264H, which name its profile
    "h265": "h265",
    "hevc": "h265",
    "mjpg": "mjpeg",
    "mjpeg": "mjpeg",
    "jpeg": "mjpeg",
    "mpeg4": "mpeg4",
}
_ROLES = (Role.SUB, Role.THIRD)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a camera. Its login, which the device also tells, is never read."""

    is_used: bool
    name: str
    protocol: str


def read_slots(table: Table) -> dict[int, Slot]:
    """`RemoteDevice`, by slot, in either of its spellings."""
    rows = dict[int, dict[str, str]]()
    for key, value in under(table, _SLOT).items():
        number, _, rest = key.partition(".")
        index = as_int(number) if number.isdecimal() else None
        if index is not None and index <= LARGEST_CHANNEL:
            rows.setdefault(index, {})[rest] = value
    rows |= by_index(table, "table.RemoteDevice")
    return {index: _slot(row) for index, row in sorted(rows.items())}


def _slot(row: Mapping[str, str]) -> Slot:
    is_placed = row.get("Address", "").strip() not in _NOWHERE
    # Some firmware leaves `Enable` out; nothing enables a slot without an address.
    is_used = is_placed and as_bool(row.get("Enable")) is not False
    return Slot(is_used, clean(row.get("Name")), clean(row.get("ProtocolType")))


def read_slot_of_channel(table: Table) -> dict[int, int | None]:
    """`RemoteChannel`: which slot each channel shows; None for one that is switched off."""
    found = dict[int, int | None]()
    for channel, row in by_index(table, "table.RemoteChannel").items():
        slot = row.get("Device", "").rpartition("_")[2]
        is_shown = slot.isdecimal() and as_bool(row.get("Enable")) is not False
        found[channel] = as_int(slot) if is_shown else None
    return found


def read_titles(table: Table) -> dict[int, str]:
    """`ChannelTitle`: a name for every slot, whether it is used or not."""
    rows = by_index(table, "table.ChannelTitle")
    return {channel: clean(row.get("Name")) for channel, row in rows.items()}


def read_online(table: Table) -> dict[int, bool | None]:
    """`getCameraState`: online or not by channel; None for one that is said to be empty."""
    found = dict[int, bool | None]()
    for row in by_index(table, "states").values():
        lowered = {key.lower(): value for key, value in row.items()}
        channel, state = as_int(lowered.get("channel")), lowered.get("connectionstate", "")
        if channel is not None and state:
            said = state.strip().lower()
            found[channel] = None if said == _EMPTY else said == _ONLINE
    return found


def read_cameras(table: Table) -> dict[int, bool]:
    """`getCameraAll`: whether each channel has a camera."""
    name = "table.camera" if any(key.startswith("table.") for key in table) else "camera"
    found = dict[int, bool]()
    for row in by_index(table, name).values():
        channel = as_int(row.get("UniqueChannel"))
        if channel is not None:
            enabled = as_bool(row.get("Enable"))
            is_enabled = as_bool(row.get("DeviceInfo.Enable")) if enabled is None else enabled
            address = row.get("DeviceInfo.Address")
            found[channel] = is_enabled is not False and (
                address is None or address.strip() not in _NOWHERE
            )
    return found


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that a device says about which channels it has; what it does not say is empty.

    `bound` are the channels of `Encode`.
    """

    slots: Mapping[int, Slot] = field(default_factory=dict)
    slot_of_channel: Mapping[int, int | None] = field(default_factory=dict)
    bound: frozenset[int] = frozenset()
    cameras: Mapping[int, bool] = field(default_factory=dict)
    online: Mapping[int, bool | None] = field(default_factory=dict)

    def channels(self) -> list[int]:
        """Those that exist, from 0."""
        mapped = self.slot_of_channel or {slot: slot for slot in self.slots}
        candidates = self.bound | mapped.keys() | self.cameras.keys()
        return sorted(channel for channel in candidates if self._exists(channel, mapped))

    def _exists(self, channel: int, mapped: Mapping[int, int | None]) -> bool:
        if channel in self.cameras:
            return self.cameras[channel]
        if channel in self.online and self.online[channel] is None:
            return False
        if channel in mapped:
            slot = mapped[channel]
            told = None if slot is None else self.slots.get(slot)
            if slot is None or (told is not None and not told.is_used):
                return False
        is_seen = self.online.get(channel) is True
        return is_seen or channel in self.bound or not self.bound


@dataclass(frozen=True, slots=True)
class Encoding:
    """One stream of a channel as it is set. `subtype` is that of its address."""

    subtype: int
    codec: str
    width: int | None
    height: int | None
    fps: float | None
    gop_frames: int | None
    is_smart: bool


UNTOLD = [Encoding(subtype, "", None, None, None, None, is_smart=False) for subtype in (0, 1)]
"""Main and sub stream of a channel whose encodings the device does not tell."""


def read_encodings(table: Table) -> dict[int, list[Encoding]]:
    """`Encode`: the streams of each channel, main first. Of the main stream's three settings the
    first, which is that of scheduled recording, counts."""
    found = dict[int, list[Encoding]]()
    for channel, row in by_index(table, "table.Encode").items():
        main = under(row, "MainFormat[0].")
        encodings = [_encoding(0, main)] if main else []
        for index in range(len(_ROLES)):
            extra = under(row, f"ExtraFormat[{index}].")
            if extra and as_bool(extra.get("VideoEnable")) is not False:
                encodings.append(_encoding(index + 1, extra))
        found[channel] = encodings
    return found


def _encoding(subtype: int, row: Mapping[str, str]) -> Encoding:
    width, height = _count(row.get("Video.Width")), _count(row.get("Video.Height"))
    if not width or not height:
        width, height = _size(row.get("Video.resolution", row.get("Video.Resolution", "")))
    fps = as_float(row.get("Video.FPS"))
    return Encoding(
        subtype,
        codec_of(row.get("Video.Compression", "")),
        width,
        height,
        fps if fps and fps > 0 else None,
        _count(row.get("Video.GOP")),
        as_bool(row.get("Video.SmartCodec")) is True,
    )


def codec_of(said: str) -> str:
    """`h264`, `h265`, `mjpeg`, or the device's own word in lower case."""
    word = said.strip().lower()
    plain = word.replace(".", "").replace("-", "")
    return next((codec for start, codec in _CODECS.items() if plain.startswith(start)), word)


def _count(text: str | None) -> int | None:
    number = as_int(text)
    return number if number is not None and number > 0 else None


def _size(text: str) -> tuple[int | None, int | None]:
    width, _, height = text.lower().partition("x")
    return _count(width), _count(height)


def streams_of(channel: int, encodings: list[Encoding], host: str, port: int) -> tuple[Stream, ...]:
    """The streams of a channel, which counts from 0."""
    return tuple(_stream(channel, encoding, host, port) for encoding in encodings)


def _stream(channel: int, encoding: Encoding, host: str, port: int) -> Stream:
    role = Role.MAIN if encoding.subtype == 0 else _ROLES[encoding.subtype - 1]
    gop = encoding.gop_frames / encoding.fps if encoding.gop_frames and encoding.fps else None
    return Stream(
        id=str(encoding.subtype),
        role=role,
        codec=encoding.codec,
        width=encoding.width,
        height=encoding.height,
        fps=encoding.fps,
        address=live_address(host, port, channel + 1, encoding.subtype),
        gop_seconds=gop,
    )
