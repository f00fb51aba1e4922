"""Both media services: sources, profiles with their encodings, and addresses.

Sources: ONVIF Media Service Specification and Media2 Service Specification. The second knows H.265;
the first names it too, as devices do that have no second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sereno.sim.onvif.addresses import Addresses
from sereno.sim.onvif.device import (
    Device,
    Operations,
    profile_token,
    source_configuration,
    source_token,
)
from sereno.sim.onvif.snapshot import has_pictures
from sereno.sim.onvif.soap import Call, Markup, no_such_token, not_supported, tag
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.spec import Picture

_KBIT = 1000
_EMPTY_SOURCE = "VideoSource_Empty"


@dataclass(frozen=True, slots=True)
class Profile:
    """One encoding of one channel."""

    token: str
    channel: ChannelSpec
    kind: str
    picture: Picture


class Media:
    """Answers about pictures."""

    def __init__(self, device: Device, addresses: Addresses) -> None:
        self._device = device
        self._addresses = addresses

    def operations(self) -> Operations:
        """What it answers."""
        return {
            ("trt", "GetServiceCapabilities"): self.service_capabilities,
            ("trt", "GetVideoSources"): self.sources,
            ("trt", "GetProfiles"): self.profiles,
            ("trt", "GetProfile"): self.profile,
            ("trt", "GetStreamUri"): self.stream,
            ("trt", "GetSnapshotUri"): self.snapshot,
            ("tr2", "GetServiceCapabilities"): self.service_capabilities2,
            ("tr2", "GetProfiles"): self.profiles2,
            ("tr2", "GetStreamUri"): self.stream2,
            ("tr2", "GetSnapshotUri"): self.snapshot2,
        }

    async def service_capabilities(self, _: Call) -> Markup:
        streaming = tag("trt:StreamingCapabilities", RTP_TCP=True, RTP_RTSP_TCP=True)
        pictures = has_pictures(self._device)
        parts = tag("trt:Capabilities", streaming, SnapshotUri=pictures, Rotation=False)
        return tag("trt:GetServiceCapabilitiesResponse", parts)

    async def service_capabilities2(self, _: Call) -> Markup:
        streaming = tag("tr2:StreamingCapabilities", RTSPStreaming=True, RTP_RTSP_TCP=True)
        parts = tag("tr2:Capabilities2", streaming, SnapshotUri=has_pictures(self._device))
        return tag("tr2:GetServiceCapabilitiesResponse", parts)

    async def sources(self, _: Call) -> Markup:
        config = self._device.config
        tokens = [source_token(channel) for channel in config.channels]
        if "empty-channel" in self._device.quirks:
            tokens.append(_EMPTY_SOURCE)
        rows = [
            tag(
                "trt:VideoSources",
                tag("tt:Framerate", config.fps),
                _size("tt:Resolution", config.main),
                token=token,
            )
            for token in tokens
        ]
        return tag("trt:GetVideoSourcesResponse", *rows)

    async def profiles(self, _: Call) -> Markup:
        name = tag("tt:Name", "Unused")
        rows = [tag("trt:Profiles", name, **_fixed(token)) for token in self._empty()]
        rows += [self._row("trt:Profiles", each) for each in self._profiles()]
        return tag("trt:GetProfilesResponse", *rows)

    async def profile(self, call: Call) -> Markup:
        found = self._named(call)
        return tag("trt:GetProfileResponse", self._row("trt:Profile", found))

    async def profiles2(self, call: Call) -> Markup:
        types = {each.lower() for each in call.texts("Type")}
        name = tag("tr2:Name", "Unused")
        rows = [tag("tr2:Profiles", name, **_fixed(token)) for token in self._empty()]
        rows += [self._row2(each, types) for each in self._profiles()]
        return tag("tr2:GetProfilesResponse", *rows)

    async def stream(self, call: Call) -> Markup:
        found = self._named(call)
        call.text("Protocol")
        return tag(
            "trt:GetStreamUriResponse", _uri(self._addresses.live(found.channel, found.kind))
        )

    async def stream2(self, call: Call) -> Markup:
        found = self._named(call)
        call.text("Protocol")
        address = self._addresses.live(found.channel, found.kind)
        return tag("tr2:GetStreamUriResponse", tag("tr2:Uri", address))

    async def snapshot(self, call: Call) -> Markup:
        return tag("trt:GetSnapshotUriResponse", _uri(self._picture(call)))

    async def snapshot2(self, call: Call) -> Markup:
        return tag("tr2:GetSnapshotUriResponse", tag("tr2:Uri", self._picture(call)))

    def _picture(self, call: Call) -> str:
        if not has_pictures(self._device):
            raise not_supported()
        found = self._named(call)
        return self._addresses.picture(found.channel, found.kind)

    def _profiles(self) -> Iterator[Profile]:
        config = self._device.config
        for channel in config.channels:
            for kind, picture in (("main", config.main), ("sub", config.sub)):
                yield Profile(profile_token(config, channel, kind), channel, kind, picture)

    def _empty(self) -> list[str]:
        count = int(self._device.quirks.get("profiles-without-encoder", 0))
        return [f"UnusedProfile{number}" for number in range(count)]

    def _named(self, call: Call) -> Profile:
        token = call.text("ProfileToken")
        found = next((each for each in self._profiles() if each.token == token), None)
        if found is None:
            raise no_such_token("The profile does not exist")
        return found

    def _row(self, name: str, profile: Profile) -> Markup:
        channel = profile.channel
        return tag(
            name,
            tag("tt:Name", _stream_name(profile)),
            tag("tt:VideoSourceConfiguration", *self._source(channel), **_source_token(channel)),
            tag(
                "tt:VideoEncoderConfiguration",
                tag("tt:Name", _stream_name(profile)),
                tag("tt:UseCount", 1),
                tag("tt:Encoding", channel.codec.upper()),
                _size("tt:Resolution", profile.picture),
                tag("tt:Quality", 3),
                self._rate(profile),
                tag(f"tt:{channel.codec.upper()}", tag("tt:GovLength", self._key_frames)),
                token=_encoder_token(profile),
            ),
            **_fixed(profile.token),
        )

    def _row2(self, profile: Profile, types: set[str]) -> Markup:
        """Configurations are told where they are asked for."""
        channel, every = profile.channel, "all" in types
        parts = []
        if every or "videosource" in types:
            source = tag("tr2:VideoSource", *self._source(channel), **_source_token(channel))
            parts.append(source)
        if every or "videoencoder" in types:
            parts.append(
                tag(
                    "tr2:VideoEncoder",
                    tag("tt:Name", _stream_name(profile)),
                    tag("tt:UseCount", 1),
                    tag("tt:Encoding", channel.codec.upper()),
                    _size("tt:Resolution", profile.picture),
                    self._rate(profile),
                    tag("tt:Quality", 3),
                    token=_encoder_token(profile),
                    GovLength=self._key_frames,
                    Profile="Main",
                )
            )
        configurations = tag("tr2:Configurations", *parts)
        name = tag("tr2:Name", _stream_name(profile))
        return tag("tr2:Profiles", name, configurations, **_fixed(profile.token))

    def _source(self, channel: ChannelSpec) -> list[Markup]:
        main = self._device.config.main
        return [
            tag("tt:Name", channel.name),
            tag("tt:UseCount", 2),
            tag("tt:SourceToken", source_token(channel)),
            tag("tt:Bounds", x=0, y=0, width=main.width, height=main.height),
        ]

    def _rate(self, profile: Profile) -> Markup:
        return tag(
            "tt:RateControl",
            tag("tt:FrameRateLimit", self._device.config.fps),
            tag("tt:EncodingInterval", 1),
            tag("tt:BitrateLimit", profile.picture.bitrate_bps // _KBIT),
        )

    @property
    def _key_frames(self) -> int:
        """Pictures from one key frame to the next."""
        config = self._device.config
        return round(config.fps * config.key_seconds)


def _stream_name(profile: Profile) -> str:
    return f"{profile.channel.name} {'mainStream' if profile.kind == 'main' else 'subStream'}"


def _encoder_token(profile: Profile) -> str:
    return f"VideoEncoder_{profile.token}"


def _source_token(channel: ChannelSpec) -> dict[str, object]:
    return {"token": source_configuration(channel)}


def _fixed(token: str) -> dict[str, object]:
    return {"token": token, "fixed": True}


def _size(name: str, picture: Picture) -> Markup:
    return tag(name, tag("tt:Width", picture.width), tag("tt:Height", picture.height))


def _uri(address: str) -> Markup:
    return tag(
        "trt:MediaUri",
        tag("tt:Uri", address),
        tag("tt:InvalidAfterConnect", False),
        tag("tt:InvalidAfterReboot", False),
        tag("tt:Timeout", "PT0S"),
    )
