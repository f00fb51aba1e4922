"""Channels and their streams: pure, from bytes to values.

Sources: ISAPI `System/Video/inputs/channels` (inputs of cameras and DVRs),
`ContentMgmt/InputProxy/channels` with its status (IP channels of recorders), `Streaming/channels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sereno.drivers.contract import Channel, Role, Stream
from sereno.drivers.hikvision.tree import read
from sereno.drivers.tree import Part, fact, whole_number

_NO_SIGNAL = {"", "NO VIDEO", "NO SIGNAL", "NOVIDEO"}
_CODECS = {
    "h264": "h264",
    "h265": "h265",
    "hevc": "h265",
    "avc": "h264",
    "mpeg4": "mpeg4",
    "mjpeg": "mjpeg",
    "jpeg": "mjpeg",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One video input. `streams` are the ids that the device itself gives it, if it does."""

    number: int
    name: str
    is_online: bool | None
    streams: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoding:
    """One of `Streaming/channels`. `is_plus` is whether H.264+ or H.265+ (smart coding) is on."""

    id: int
    number: int
    role: Role
    codec: str
    width: int | None
    height: int | None
    fps: float | None
    gop_seconds: float | None
    is_plus: bool
    name: str


def own_inputs(data: bytes, *, tells_signal: bool) -> list[Input]:
    """The inputs built into a camera or DVR. A DVR's `tells_signal`: what `resDesc` is for. Raises
    Garbled."""
    found = []
    for part in read(data).walk("VideoInputChannel"):
        number = whole_number(part.say("id"))
        if number is None or number < 1 or fact(part.say("videoInputEnabled")) is False:
            continue
        described = part.get("resDesc")
        is_online: bool | None = True
        if tells_signal:
            said = None if described is None else described.text.upper()
            is_online = None if said is None else said not in _NO_SIGNAL
        found.append(Input(number, part.say("name"), is_online))
    return _once(found)


def proxied_inputs(data: bytes) -> list[Input]:
    """The IP channels of a recorder, without their state. Raises Garbled.

    A slot that no camera was added to has no source; firmware that tells no sources tells of no
    slots either.
    """
    parts = [part for part in read(data).walk("InputProxyChannel") if _positive(part.say("id"))]
    added = [part for part in parts if _has_source(part)]
    found = [Input(int(part.say("id")), part.say("name"), None) for part in added or parts]
    return _once(found)


def _has_source(part: Part) -> bool:
    source = part.get("sourceInputPortDescriptor")
    return source is not None and source.say("ipAddress") != "0.0.0.0"  # noqa: S104


def proxied_states(data: bytes) -> dict[int, Input]:
    """The state of the IP channels, and which streams they have. Raises Garbled."""
    found = {}
    for part in read(data).walk("InputProxyChannelStatus"):
        number = whole_number(part.say("id"))
        if number is None:
            continue
        streams = (whole_number(stream.text) for stream in part.walk("streamingProxyChannelId"))
        listed = tuple(stream for stream in streams if stream)
        found[number] = Input(number, "", fact(part.say("online")), listed)
    return found


def encodings(data: bytes) -> list[Encoding]:
    """All streams that are switched on. Raises Garbled."""
    found: dict[int, Encoding] = {}
    for part in read(data).walk("StreamingChannel"):
        encoding = _encoding(part)
        if encoding is not None:
            found.setdefault(encoding.id, encoding)
    return list(found.values())


def stream_port(data: bytes) -> int | None:
    """The RTSP port that streams name, for an account that may not read the device's ports. Raises
    Garbled."""
    told = (_positive(part.text) for part in read(data).walk("rtspPortNo"))
    return next((port for port in told if port is not None and port < 65536), None)


def _encoding(part: Part) -> Encoding | None:
    video = part.get("Video")
    id_ = whole_number(part.say("id"))
    if id_ is None or id_ < 1 or video is None:
        return None
    if fact(part.say("enabled")) is False or fact(video.say("enabled")) is False:
        return None
    codec = video.say("videoCodecType")
    fps = _fps(video)
    return Encoding(
        id_,
        _number(id_, video),
        role_of(id_),
        codec_of(codec),
        _positive(video.say("videoResolutionWidth")),
        _positive(video.say("videoResolutionHeight")),
        fps,
        _gop_seconds(video, fps),
        fact(video.say("SmartCodec/enabled")) is True or codec.endswith("+"),
        part.say("channelName"),
    )


def _number(id_: int, video: Part) -> int:
    """The channel of a stream: `n01`; firmware that counts streams from 1 names it beside."""
    if id_ >= 100:
        return id_ // 100
    named = video.say("videoInputChannelID") or video.say("dynVideoInputChannelID")
    return _positive(named) or id_


def role_of(id_: int) -> Role:
    """The third stream is `n03` on some models and `n04` on others."""
    last = id_ % 100 if id_ >= 100 else 1
    return {1: Role.MAIN, 2: Role.SUB}.get(last, Role.THIRD)


def codec_of(said: str) -> str:
    """`h264`, `h265`, `mjpeg`, or the device's own word in lower case."""
    plain = said.lower().replace(".", "").replace("-", "").rstrip("+ ")
    for start, codec in _CODECS.items():
        if plain.startswith(start):
            return codec
    return said.lower()


def _fps(video: Part) -> float | None:
    """`maxFrameRate` is a hundred times the rate, and 0 means as many as the sensor gives."""
    rate = _positive(video.say("maxFrameRate"))
    return rate / 100 if rate else None


def _gop_seconds(video: Part, fps: float | None) -> float | None:
    """The distance of key frames: `GovLength` counts pictures, `keyFrameInterval` milliseconds."""
    pictures = _positive(video.say("GovLength"))
    if pictures and fps:
        return pictures / fps
    interval_ms = _positive(video.say("keyFrameInterval"))
    return interval_ms / 1000 if interval_ms and interval_ms >= 100 else None


def _positive(text: str) -> int | None:
    number = whole_number(text)
    return number if number is not None and number > 0 else None


def _once(inputs: Iterable[Input]) -> list[Input]:
    """The first of each number."""
    found: dict[int, Input] = {}
    for one in inputs:
        found.setdefault(one.number, one)
    return list(found.values())


def joined(
    own: Iterable[Input], proxied: Iterable[Input], states: Mapping[int, Input]
) -> list[Input]:
    """Inputs of both sorts, as a hybrid recorder has them, IP channels with their state."""
    together = {one.number: one for one in own}
    for one in proxied:
        state = states.get(one.number, one)
        together[one.number] = Input(one.number, one.name, state.is_online, state.streams)
    return list(together.values())


def inputs_of(streams: Iterable[Encoding]) -> list[Input]:
    """The inputs that streams are of, for a device that lists no inputs."""
    return _once(Input(stream.number, stream.name, None) for stream in streams)


def channel_of(one: Input, streams: Iterable[Encoding], base: str) -> Channel:
    """A channel with the addresses of its streams; `base` is `rtsp://host:port`.

    Where the device lists no encoding of it, its main and sub stream have an address all the same.
    """
    own = [stream for stream in streams if stream.number == one.number]
    found = tuple(
        Stream(
            str(stream.id),
            stream.role,
            stream.codec,
            stream.width,
            stream.height,
            stream.fps,
            f"{base}/Streaming/Channels/{stream.id}",
            stream.gop_seconds,
        )
        for stream in sorted(own, key=lambda stream: stream.id)
    )
    return Channel(
        str(one.number),
        one.number,
        one.name or f"Channel {one.number}",
        one.is_online,
        found or tuple(_unlisted(one, base)),
    )


def _unlisted(one: Input, base: str) -> Iterable[Stream]:
    ids = one.streams or (one.number * 100 + 1, one.number * 100 + 2)
    for id_ in ids:
        address = f"{base}/Streaming/Channels/{id_}"
        yield Stream(str(id_), role_of(id_), "", None, None, None, address)
