"""Who a device is, what it offers and what time it has: pure, from an answer's body to values.

Source: ONVIF Core Specification, device management (`GetDeviceInformation`, `GetServices`,
`GetCapabilities`, `GetScopes`, `GetSystemDateAndTime`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from sereno.drivers.contract import DeviceKind
from sereno.drivers.device_time import parse_zone
from sereno.drivers.onvif.addresses import target_of
from sereno.drivers.onvif.soap import Service
from sereno.drivers.reasons import garbled
from sereno.drivers.tree import Part, fact, whole_number

_RECORDER = re.compile(r"\b[a-z]{0,3}(?:nvr|dvr|xvr)|recorder", re.IGNORECASE)
_DOORBELL = re.compile(r"door ?(?:bell|phone|station)|intercom", re.IGNORECASE)
_ENCODER = re.compile(r"\bencoder\b|video server", re.IGNORECASE)
_SCOPE = re.compile(r"onvif://www\.onvif\.org/(\w+)/(.*)", re.IGNORECASE)
_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}", re.IGNORECASE)
_NO_MAC = {"", "000000000000", "ffffffffffff"}

_IN_CAPABILITIES = {
    "device": Service.DEVICE,
    "media": Service.MEDIA,
    "media2": Service.MEDIA2,
    "events": Service.EVENTS,
    "recording": Service.RECORDING,
    "search": Service.SEARCH,
    "replay": Service.REPLAY,
}


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """`GetDeviceInformation`."""

    maker: str
    model: str
    serial: str
    firmware: str


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """`GetSystemDateAndTime`. `zone` is as the device writes it, `is_by_server` whether a time
    server sets the clock."""

    moment: datetime
    zone: str
    has_summer_time: bool
    is_by_server: bool


def device_info(body: Part) -> DeviceInfo:
    """Who it is. Raises Garbled for what is no device's answer."""
    info = DeviceInfo(
        *(body.say(name) for name in ("Manufacturer", "Model", "SerialNumber", "FirmwareVersion"))
    )
    if not (info.maker or info.model or info.serial):
        raise garbled("no device information")
    return info


def services(body: Part) -> dict[Service, str]:
    """The target of each service that a device offers, from `GetServices`."""
    known = {service.value: service for service in Service}
    found: dict[Service, str] = {}
    for each in body.walk("Service"):
        service = known.get(each.say("Namespace").rstrip("/"))
        if service is not None and (target := target_of(each.say("XAddr"))):
            found.setdefault(service, target)
    return found


def capabilities(body: Part) -> dict[Service, str]:
    """The same, from `GetCapabilities`."""
    found: dict[Service, str] = {}
    for whole in body.walk("Capabilities"):
        extended = [part for extension in whole.all("Extension") for part in extension.inside]
        for part in (*whole.inside, *extended):
            service = _IN_CAPABILITIES.get(part.name.lower())
            if service is not None and (target := target_of(part.say("XAddr"))):
                found.setdefault(service, target)
    return found


def scopes(body: Part) -> dict[str, str]:
    """What a device says of itself in scopes: `name`, `hardware`, `type` …; the first of each."""
    found: dict[str, str] = {}
    for each in body.walk("ScopeItem"):
        if (said := _SCOPE.fullmatch(each.text.strip())) is not None:
            name, value = said[1].lower(), unquote(said[2]).strip()
            found.setdefault(name, value)
            if name == "type":
                found["types"] = f"{found.get('types', '')} {value}".strip()
    return found


def kind_of(model: str, told: dict[str, str], source_count: int) -> DeviceKind:
    """What sort of thing it is, by its own words; several inputs make a recorder."""
    words = " ".join((model, told.get("hardware", ""), told.get("name", "")))
    if _RECORDER.search(f"{words} {told.get('types', '')}"):
        return DeviceKind.RECORDER
    if _DOORBELL.search(words):
        return DeviceKind.DOORBELL
    if _ENCODER.search(words):
        return DeviceKind.ENCODER
    return DeviceKind.RECORDER if source_count > 1 else DeviceKind.CAMERA


def hardware_address(body: Part) -> str:
    """The first of the addresses that network cards were made with: twelve digits in lower case;
    empty where none is told."""
    for each in body.walk("HwAddress"):
        if _MAC.fullmatch(each.text.strip()):
            plain = re.sub(r"[:-]", "", each.text.strip()).lower()
            if plain not in _NO_MAC:
                return plain
    return ""


def rtsp_port(body: Part) -> int | None:
    """From `GetNetworkProtocols`."""
    for each in body.walk("NetworkProtocols"):
        port = whole_number(each.say("Port"))
        is_on = fact(each.say("Enabled")) is not False
        if each.say("Name").upper() == "RTSP" and is_on and port and 0 < port < 65536:
            return port
    return None


def device_time(body: Part) -> DeviceTime | None:
    """What time it has, or None where it tells none that makes sense."""
    told = next(body.walk("SystemDateAndTime"), None)
    if told is None:
        return None
    zone = told.say("TimeZone/TZ")
    moment = _moment(told, zone)
    if moment is None:
        return None
    has_summer_time = fact(told.say("DaylightSavings")) is True
    return DeviceTime(moment, zone, has_summer_time, told.say("DateTimeType").upper() == "NTP")


def _moment(told: Part, zone_text: str) -> datetime | None:
    if (utc := _date_time(told.get("UTCDateTime"))) is not None:
        return utc.replace(tzinfo=UTC)
    local, zone = _date_time(told.get("LocalDateTime")), parse_zone(zone_text)
    if local is None:
        return None
    return local.replace(tzinfo=UTC) if zone is None else zone.to_utc(local)[0]


def _date_time(told: Part | None) -> datetime | None:
    if told is None:
        return None
    names = ("Date/Year", "Date/Month", "Date/Day", "Time/Hour", "Time/Minute", "Time/Second")
    numbers = [whole_number(told.say(name)) for name in names]
    year, month, day, hour, minute, second = (-1 if each is None else each for each in numbers)
    try:
        return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001  a wall
    except (ValueError, OverflowError):
        return None
