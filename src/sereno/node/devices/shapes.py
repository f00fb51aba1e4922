"""From the types of drivers to those of the wire, within its limits.

Texts are cut; what could not be named whole, for its id is too long or no text, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite

from sereno.base.told import readable
from sereno.drivers.contract import (
    Advice,
    Capabilities,
    Channel,
    ChannelHealth,
    ClockReading,
    Disk,
    Found,
    Identity,
    Stream,
)
from sereno.wire.devices import (
    MOST_ADVICE,
    MOST_CHANNELS,
    MOST_DISKS,
    MOST_STREAMS,
    DeviceAdvice,
    DeviceChannel,
    DeviceClock,
    DeviceDisk,
    DeviceIdentity,
    DeviceStream,
    FoundReport,
)

_WORD, _TEXT, _ADDRESS, _WORDS, _HANDLE = 64, 200, 2000, 1000, 4000
_CUT = "…"
_LARGEST_NUMBER = 2**31 - 1  # that the hub's column takes


def identity(found: Identity) -> DeviceIdentity:
    return DeviceIdentity(
        vendor=_cut(found.vendor, _WORD),
        maker=_cut(found.maker),
        model=_cut(found.model),
        serial=_cut(found.serial),
        firmware=_cut(found.firmware),
        kind=found.kind.value,
        name=_cut(found.name),
        rtsp_port=found.rtsp_port,
    )


def capabilities(found: Capabilities) -> dict[str, bool]:
    return {ability.value: bool(can) for ability, can in found.items()}


def channels(
    found: Iterable[Channel], health: Mapping[str, ChannelHealth]
) -> tuple[DeviceChannel, ...]:
    """What the list of channels does not say of one, its health may."""
    told = (_channel(each, health.get(each.id)) for each in found if _can_be_told(each))
    return tuple(told)[:MOST_CHANNELS]


def disks(found: Iterable[Disk]) -> tuple[DeviceDisk, ...]:
    told = (
        DeviceDisk(
            id=each.id,
            name=_cut(each.name),
            state=each.state.value,
            size_bytes=max(each.size_bytes, 0),
            free_bytes=max(each.free_bytes, 0),
        )
        for each in found
        if _is_text(each.id, _WORD)
    )
    return tuple(told)[:MOST_DISKS]


def clock(reading: ClockReading) -> DeviceClock:
    return DeviceClock(
        at=reading.at,
        offset_seconds=reading.offset_seconds,
        zone=_cut(reading.zone),
        convention=reading.convention.value,
    )


def advice(given: Iterable[Advice]) -> tuple[DeviceAdvice, ...]:
    told = (
        DeviceAdvice(
            key=_cut(each.key, _WORD),
            channel=each.channel,
            setting=_cut(each.setting),
            en=_cut(each.words.en, _WORDS),
            es=_cut(each.words.es, _WORDS),
        )
        for each in given
        if each.channel is None or _is_text(each.channel, _WORD)
    )
    return tuple(told)[:MOST_ADVICE]


def footage(found: Found) -> FoundReport | None:
    """None where its name is too long to be told, or no text."""
    if not _is_text(found.handle, _HANDLE):
        return None
    return FoundReport(
        start=found.span.start,
        end=found.span.end,
        size_bytes=found.size_bytes,
        handle=found.handle,
        cause=_cut(found.cause, _WORD),
        is_open=found.is_open,
        clock_offset_seconds=finite(found.clock_offset_seconds),
    )


def finite(number: float | None) -> float | None:
    """JSON has no infinity."""
    return number if number is not None and isfinite(number) else None


def _channel(found: Channel, health: ChannelHealth | None) -> DeviceChannel:
    is_online = found.is_online
    if is_online is None and health is not None:
        is_online = health.is_online
    streams = (
        _stream(each)
        for each in found.streams
        if _is_text(each.id, _WORD) and _is_text(each.address, _ADDRESS)
    )
    return DeviceChannel(
        id=found.id,
        number=found.number,
        name=_cut(found.name),
        is_online=is_online,
        is_recording=health.is_recording if health is not None else None,
        streams=tuple(streams)[:MOST_STREAMS],
    )


def _stream(found: Stream) -> DeviceStream:
    return DeviceStream(
        id=found.id,
        role=found.role.value,
        codec=_cut(found.codec, _WORD),
        width=found.width,
        height=found.height,
        fps=finite(found.fps),
        address=found.address,
        gop_seconds=finite(found.gop_seconds),
    )


def _can_be_told(found: Channel) -> bool:
    return _is_text(found.id, _WORD) and abs(found.number) <= _LARGEST_NUMBER


def _is_text(text: str, most: int) -> bool:
    return len(text) <= most and readable(text) == text


def _cut(text: str, most: int = _TEXT) -> str:
    text = readable(text)
    return text if len(text) <= most else text[: most - 1] + _CUT
