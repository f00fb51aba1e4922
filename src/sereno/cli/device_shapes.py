"""What `sereno device … --json` prints: documented in docs/ref/devices.md, and to stay as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sereno.base.errors import SerenoError
from sereno.cli.language import UNEXPECTED
from sereno.drivers.contract import (
    Advice,
    Capabilities,
    Channel,
    DeviceEvent,
    Found,
    Health,
    Identity,
    Stream,
)
from sereno.drivers.discovery.discovered import Discovered
from sereno.drivers.errors import DeviceError
from sereno.drivers.fetching import Footage
from sereno.drivers.true_times import by_device

Shape = dict[str, Any]


def identity(found: Identity, capabilities: Capabilities) -> Shape:
    return {
        "vendor": found.vendor,
        "maker": found.maker,
        "model": found.model,
        "serial": found.serial,
        "firmware": found.firmware,
        "kind": found.kind.value,
        "name": found.name,
        "clock_offset_seconds": found.clock_offset_seconds,
        "rtsp_port": found.rtsp_port,
        "capabilities": {ability.value: capabilities[ability] for ability in capabilities},
    }


def discovered(found: Discovered) -> Shape:
    return {
        "host": found.host,
        "port": found.port,
        "is_tls": found.is_tls,
        "vendor": found.vendor,
        "maker": found.maker,
        "model": found.model,
        "name": found.name,
        "known_as": found.known_as,
    }


def channel(found: Channel) -> Shape:
    return {
        "id": found.id,
        "number": found.number,
        "name": found.name,
        "online": found.is_online,
        "streams": [stream(each) for each in found.streams],
    }


def stream(found: Stream) -> Shape:
    return {
        "id": found.id,
        "role": found.role.value,
        "codec": found.codec,
        "width": found.width,
        "height": found.height,
        "fps": found.fps,
        "gop_seconds": found.gop_seconds,
        "address": found.address,
    }


def footage(found: Found) -> Shape:
    """Of what `sereno.drivers.true_times` found."""
    device_span = by_device(found).span
    return {
        "start": moment(found.span.start),
        "end": moment(found.span.end),
        "device_start": moment(device_span.start),
        "device_end": moment(device_span.end),
        "channel": found.channel,
        "size_bytes": found.size_bytes,
        "handle": found.handle,
        "cause": found.cause,
        "is_open": found.is_open,
        "clock_offset_seconds": found.clock_offset_seconds,
    }


def downloaded(fetched: Footage) -> Shape:
    return {
        "path": str(fetched.path),
        "original": str(fetched.original) if fetched.original is not None else None,
        "container": fetched.form.value,
        "received_bytes": fetched.received_bytes,
        "size_bytes": fetched.movie.size_bytes,
        "seconds": fetched.movie.seconds,
        "codec": fetched.movie.codec,
        "has_sound": bool(fetched.movie.sound),
    }


def event(found: DeviceEvent) -> Shape:
    return {
        "at": moment(found.at),
        "kind": found.kind,
        "code": found.code,
        "channel": found.channel,
        "state": found.state.value,
    }


def health(found: Health) -> Shape:
    return {
        "disks": [
            {
                "id": disk.id,
                "name": disk.name,
                "state": disk.state.value,
                "size_bytes": disk.size_bytes,
                "free_bytes": disk.free_bytes,
            }
            for disk in found.disks
        ],
        "channels": [
            {"channel": each.channel, "online": each.is_online, "recording": each.is_recording}
            for each in found.channels
        ],
        "up_seconds": found.up_seconds,
    }


def advice(given: Advice) -> Shape:
    return {
        "key": given.key,
        "channel": given.channel,
        "setting": given.setting,
    } | given.words._asdict()


def error(raised: DeviceError | SerenoError) -> Shape:
    """`not_before` is there where the device said until when it takes nobody."""
    if isinstance(raised, SerenoError):
        kind = type(raised).__name__.lower()
        return {"kind": kind, "key": raised.key} | raised.words._asdict()
    told = {"kind": raised.kind, "key": raised.reason.key} | raised.reason.words()._asdict()
    if raised.not_before is not None:
        told["not_before"] = moment(raised.not_before)
    return told


def unexpected(raised: Exception) -> Shape:
    """A fault of ours; what it says is left to standard error, where secrets are kept out."""
    words = UNEXPECTED.fill(what=type(raised).__name__)
    return {"kind": "unexpected", "key": "unexpected"} | words._asdict()


def moment(at: datetime) -> str:
    """ISO 8601, in UTC."""
    return at.isoformat()
