"""Who a device is, at which ports, and what time it has: pure, from bytes to values.

Sources: ISAPI `System/deviceInfo`, `System/status`, `System/time`, `Security/adminAccesses`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sereno.drivers.contract import DeviceKind
from sereno.drivers.hikvision.tree import read
from sereno.drivers.reasons import garbled
from sereno.drivers.tree import Part, whole_number

_WALL = re.compile(
    r"\s*(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d?):(\d\d?)(?:\.(\d{1,6})\d*)?", re.ASCII
)
_COMPACT = re.compile(r"\s*(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6})\d*)?", re.ASCII)
_RECORDERS = re.compile(r"nvr|dvr|recorder")
_DOORS = re.compile(r"intercom|doorbell|doorstation|doorphone")
_CAMERAS = re.compile(r"^ip|cam|dome|thermal|ptz")
_ENCODERS = re.compile(r"dvs|encod")
_MODELS = (
    (re.compile(r"^(?:i|hi)?DS-[789]\d{3}|NVR|DVR", re.IGNORECASE), DeviceKind.RECORDER),
    (re.compile(r"^(?:i)?DS-K[VBH]|^DS-HD", re.IGNORECASE), DeviceKind.DOORBELL),
    (re.compile(r"^(?:i)?DS-6[67]", re.IGNORECASE), DeviceKind.ENCODER),
    (re.compile(r"^(?:i)?DS-2", re.IGNORECASE), DeviceKind.CAMERA),
)


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """`System/deviceInfo`; `maker` is empty where it does not say."""

    maker: str
    model: str
    serial: str
    firmware: str
    kind: DeviceKind
    name: str


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """`System/time`: its wall clock without a zone, and its zone as it writes it.

    The offset behind `localTime` is left out: during summer time it is the one of winter.
    """

    wall: datetime
    zone: str
    is_whole_seconds: bool


def device_info(data: bytes) -> DeviceInfo:
    """Who it is. Raises Garbled for what is no device's answer."""
    root = read(data)
    told = root if root.get("model") or root.get("deviceType") else root.get("DeviceInfo") or root
    model = told.say("model")
    if not (model or told.say("serialNumber") or told.say("deviceType")):
        raise garbled("no deviceInfo")
    released = told.say("firmwareReleasedDate")
    return DeviceInfo(
        told.say("manufacturer"),
        model,
        told.say("serialNumber"),
        " ".join(filter(None, (told.say("firmwareVersion"), released))),
        kind_of(told.say("deviceType"), model),
        told.say("deviceName"),
    )


def kind_of(device_type: str, model: str) -> DeviceKind:
    """What sort of thing calls itself so; its model decides where the type says nothing."""
    said = re.sub(r"[^a-z]", "", device_type.lower())
    for pattern, kind in (
        (_RECORDERS, DeviceKind.RECORDER),
        (_DOORS, DeviceKind.DOORBELL),
        (_CAMERAS, DeviceKind.CAMERA),
        (_ENCODERS, DeviceKind.ENCODER),
    ):
        if pattern.search(said):
            return kind
    named = (kind for pattern, kind in _MODELS if pattern.search(model))
    return next(named, DeviceKind.OTHER)


def rtsp_port(data: bytes) -> int | None:
    """The RTSP port of `adminAccesses`, or of its capabilities, where the number may stand as a
    default (`def=` or `default=`). Raises Garbled."""
    for access in read(data).walk("AdminAccessProtocol"):
        if access.say("protocol").upper() == "RTSP":
            return _port(access.get("portNo"))
    return None


def _port(part: Part | None) -> int | None:
    if part is None:
        return None
    for text in (part.text, part.notes.get("def", ""), part.notes.get("default", "")):
        number = whole_number(text)
        if number is not None and 0 < number < 65536:
            return number
    return None


def up_seconds(data: bytes) -> float | None:
    """How long it has been up, by `System/status`. Raises Garbled."""
    told = next(read(data).walk("deviceUpTime"), None)
    number = whole_number(told.text) if told is not None else None
    return float(number) if number is not None and number >= 0 else None


def device_time(data: bytes) -> DeviceTime | None:
    """Its time, or None where it tells none. Raises Garbled."""
    root = read(data)
    told = root if root.get("localTime") else root.get("Time") or root
    said = told.say("localTime")
    wall = wall_time(said)
    if wall is None:
        return None
    return DeviceTime(wall, told.say("timeZone"), "." not in said)


def plain_zone(data: bytes) -> str:
    """The zone of `System/time/timeZone`, which is plain text."""
    text = data.decode("utf-8", "replace").strip(" \t\r\n\0\ufeff")
    return "" if text.startswith(("<", "{")) or len(text) > 100 else text


def wall_time(text: str) -> datetime | None:
    """The wall clock that `text` begins with, in either form of ISO 8601; what follows it (`Z`, an
    offset, noise) is not looked at. None where it is no time."""
    found = _WALL.match(text) or _COMPACT.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[place]) for place in range(1, 7))
    micro = int((found[7] or "0").ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, micro)  # noqa: DTZ001
    except ValueError:
        return None
