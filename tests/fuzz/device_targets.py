"""What devices say that is fuzzed, beside `targets`: answers, events, footage, discovery."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

import httpx

from sereno.drivers.dahua.judge import DahuaJudge
from sereno.drivers.dahua.parse import read_table
from sereno.drivers.dahua.parse_channels import (
    read_cameras,
    read_encodings,
    read_online,
    read_slots,
)
from sereno.drivers.dahua.parse_events import EventReader
from sereno.drivers.dahua.parse_footage import read_rows
from sereno.drivers.dahua.parse_health import read_disks, read_record_modes
from sereno.drivers.dahua.parse_identity import read_self
from sereno.drivers.dahua.parse_time import read_wall, read_zone
from sereno.drivers.dahua.stretch import NoFootage, Stretch
from sereno.drivers.device_time import parse_zone
from sereno.drivers.discovery.messages import parse_matches
from sereno.drivers.errors import DeviceError
from sereno.drivers.fingerprint import PATHS, Seen, vendors_of
from sereno.drivers.hikvision import (
    parse_channels,
    parse_device,
    parse_errors,
    parse_events,
    parse_health,
    parse_search,
)
from sereno.drivers.onvif import parse_device as onvif_device
from sereno.drivers.onvif import parse_events as onvif_events
from sereno.drivers.onvif import parse_faults, parse_footage, parse_media
from sereno.drivers.onvif import tree as onvif_tree
from sereno.drivers.tree import Part
from sereno.media.foreign.dhav import DhavReader
from sereno.media.foreign.sniff import sniff

_NOW = datetime(2026, 9, 13, 9, 0)  # noqa: DTZ001 the wall clock of a device
_STEP_BYTES = 61
_ISAPI: tuple[Callable[[bytes], Any], ...] = (
    parse_device.device_info,
    parse_device.device_time,
    parse_device.rtsp_port,
    parse_device.up_seconds,
    parse_device.plain_zone,
    lambda data: parse_channels.own_inputs(data, tells_signal=True),
    parse_channels.proxied_inputs,
    parse_channels.proxied_states,
    parse_channels.encodings,
    lambda data: parse_search.page(data, asked=40),
    parse_search.most_results,
    parse_search.fetches_by_time,
    parse_health.disks,
    parse_health.recording_tracks,
    parse_health.silent_triggers,
    lambda data: parse_errors.rejection(500, data),
    parse_errors.user_check,
)
_ONVIF: tuple[Callable[[Part], Any], ...] = (
    parse_faults.fault_of,
    onvif_device.device_info,
    onvif_device.device_time,
    onvif_device.services,
    onvif_device.capabilities,
    onvif_device.scopes,
    onvif_device.rtsp_port,
    onvif_device.hardware_address,
    parse_media.profiles,
    parse_media.sources,
    parse_media.uri,
    parse_footage.recordings,
    parse_footage.listed_recordings,
    parse_footage.jobs,
    parse_footage.changes,
    parse_footage.search_token,
    parse_footage.is_going_on,
    onvif_events.notices,
)
_Read = TypeVar("_Read")


def _all_of(parsers: tuple[Callable[[_Read], Any], ...], data: _Read) -> None:
    for parser in parsers:
        with suppress(DeviceError):
            parser(data)


def _steps(data: bytes) -> list[bytes]:
    return [data[at : at + _STEP_BYTES] for at in range(0, len(data), _STEP_BYTES)]


def isapi(data: bytes) -> None:
    _all_of(_ISAPI, data)


def onvif(data: bytes) -> None:
    _all_of(_ONVIF, onvif_tree.read_body(data))


def isapi_events(data: bytes) -> None:
    """The same packets come out, however the network cuts."""
    whole, pieces = parse_events.Packets().feed(data), parse_events.Packets()
    if [packet for step in _steps(data) for packet in pieces.feed(step)] != whole:
        raise AssertionError("packets depend on how the bytes are cut")
    for packet in whole:
        _all_of((parse_events.packet,), packet)


def dahua(data: bytes) -> None:
    DahuaJudge().refusal(403, httpx.Headers(), data)
    table = read_table(data)
    for read in (read_slots, read_encodings, read_cameras, read_online, read_disks):
        read(table)
    read_record_modes(table)
    read_self(table, table)
    read_rows(table, _NOW)
    read_zone(table, table)
    read_wall(table)


def dahua_events(data: bytes) -> None:
    reader = EventReader()
    for step in _steps(data):
        list(reader.feed(step))


def footage(data: bytes) -> None:
    """Whatever a download is, it is told within bounds."""
    sniff(data)
    list(DhavReader().feed(data))
    stretch = Stretch(_NOW)
    with suppress(NoFootage):
        for step in _steps(data):
            stretch.feed(step)
        stretch.finish()


def discovery(data: bytes) -> None:
    for match in parse_matches(data):
        if not all(0 < address.port < 65_536 for address in match.addresses):
            raise AssertionError("a port that is none")


def strangers(data: bytes) -> None:
    head, _, body = data.partition(b"\n")
    headers = httpx.Headers([(b"www-authenticate", head), (b"server", head)])
    vendors_of([Seen(path, 401, headers, body) for path in PATHS])
    parse_zone(body.decode("utf-8", "replace"))


DEVICE_TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (isapi, isapi_events, onvif, dahua, dahua_events, footage, discovery, strangers)
}
