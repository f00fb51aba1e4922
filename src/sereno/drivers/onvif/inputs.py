"""Which channels a device has: one for each video input that something is encoded of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sereno.drivers.contract import Channel, Role, Stream
from sereno.drivers.errors import Garbled
from sereno.drivers.onvif.addresses import rtsp_address
from sereno.drivers.onvif.asking import Onvif
from sereno.drivers.onvif.parse_media import Profile, profiles, sources, uri
from sereno.drivers.onvif.quirks import Known, Quirk
from sereno.drivers.onvif.soap import STREAM_SETUP, Operation, Service, element
from sereno.drivers.tree import Part

_ROLES = (Role.MAIN, Role.SUB, Role.THIRD)
_FORMS = {
    Service.MEDIA: (STREAM_SETUP,),
    # Over TCP; as the device likes, where it knows no other.
    Service.MEDIA2: (element("n:Protocol", "RTSP"), element("n:Protocol", "RtspUnicast")),
}


@dataclass(frozen=True, slots=True)
class Input:
    """A video input. `profiles` are its encodings, the main one first; `is_media2` says which of
    the two media services knows them."""

    number: int
    source: str
    profiles: tuple[Profile, ...]
    is_media2: bool

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def name(self) -> str:
        """What a person called it on the device; else its number."""
        return self.profiles[0].given_name or self.id

    @property
    def tokens(self) -> frozenset[str]:
        """All words by which events and recordings may mean it."""
        found = {self.source}
        for profile in self.profiles:
            found |= {profile.source_config, profile.analytics_config, profile.token}
        return frozenset(found - {""})


@dataclass(slots=True)
class Inputs:
    """The inputs of one device."""

    onvif: Onvif
    known: Known

    async def all(self) -> list[Input]:
        """Those that something is encoded of, by their numbers. Raises DeviceError."""
        found, is_media2 = await self._profiles()
        told = await self._sources()
        by_source: dict[str, list[Profile]] = {}
        for profile in found:
            by_source.setdefault(profile.source, []).append(profile)
        numbers = self._numbers([*told, *by_source])
        inputs = [
            Input(numbers[source], source, ordered(mine), is_media2)
            for source, mine in by_source.items()
        ]
        return sorted(inputs, key=lambda each: each.number)

    async def channel(self, one: Input) -> Channel:
        """An input with the addresses of its encodings; one that has none now is left out."""
        streams = [await self._stream(one, profile, role) for profile, role in roles(one.profiles)]
        return Channel(one.id, one.number, one.name, None, tuple(filter(None, streams)))

    async def snapshot_address(self, one: Input) -> str:
        """Where the device has a picture of it; empty where it has none. Raises DeviceError."""
        token = element("n:ProfileToken", one.profiles[0].token)
        for service in await self._services(one):
            operation = Operation("GetSnapshotUri", service, token)
            told = await self.onvif.ask_if_well(service, operation)
            if told is not None and (address := uri(told)):
                return address
        return ""

    async def stream_address(self, one: Input, profile: Profile) -> str:
        """Where an encoding plays; empty where it does not, as of an input whose camera is off.
        Raises DeviceError."""
        login = self.onvif.line.login
        token = element("n:ProfileToken", profile.token)
        for service in await self._services(one):
            for form in _FORMS[service]:
                operation = Operation("GetStreamUri", service, form + token)
                told = await self.onvif.ask_if_well(service, operation)
                address = uri(told) if told is not None else ""
                if address := rtsp_address(address, login.host, login.rtsp_port):
                    return address
        return ""

    async def _services(self, one: Input) -> list[Service]:
        """Who knows its profiles: most devices give them the same tokens in both."""
        both = [Service.MEDIA2, Service.MEDIA] if one.is_media2 else [Service.MEDIA, Service.MEDIA2]
        return [service for service in both if await self.onvif.has(service)]

    async def _stream(self, one: Input, profile: Profile, role: Role) -> Stream | None:
        address = await self.stream_address(one, profile)
        if not address:
            return None
        return Stream(
            profile.token,
            role,
            profile.codec,
            profile.width,
            profile.height,
            profile.fps,
            address,
            profile.gop_seconds,
        )

    async def _profiles(self) -> tuple[list[Profile], bool]:
        """Of media 2, which knows H.265; of media 1, where that tells nothing."""
        if await self.onvif.has(Service.MEDIA2):
            operation = Operation("GetProfiles", Service.MEDIA2, "<n:Type>All</n:Type>")
            told = await self.onvif.ask_if_well(Service.MEDIA2, operation)
            found = _profiles_in(told)
            if found or not await self.onvif.has(Service.MEDIA):
                return found, True
        operation = Operation("GetProfiles", Service.MEDIA)
        return profiles(await self.onvif.ask(Service.MEDIA, operation)), False

    async def _sources(self) -> list[str]:
        """In the device's order; none where it does not say, or does not say it to this account."""
        if not await self.onvif.has(Service.MEDIA):
            return []
        operation = Operation("GetVideoSources", Service.MEDIA)
        told = await self.onvif.ask_if_allowed(Service.MEDIA, operation)
        return sources(told) if told is not None else []

    def _numbers(self, tokens: Iterable[str]) -> dict[str, int]:
        """From 1, in the order in which they were first seen; a number is kept for ever."""
        seen = _list(self.known.fact(Quirk.SOURCES))
        new = [token for token in dict.fromkeys(tokens) if token not in seen]
        if new:
            seen += new
            self.known.learn(Quirk.SOURCES, json.dumps(seen))
        return {token: place for place, token in enumerate(seen, 1)}


def ordered(found: Iterable[Profile]) -> tuple[Profile, ...]:
    """The encodings of an input, the main one first, each encoder once: recorders and other
    programs leave several profiles of the same."""
    by_encoder: dict[str, Profile] = {}
    for profile in found:
        by_encoder.setdefault(profile.encoder or profile.token, profile)
    return tuple(
        sorted(by_encoder.values(), key=lambda each: (each.codec == "mjpeg", -each.pixels))
    )


def roles(found: Sequence[Profile]) -> list[tuple[Profile, Role]]:
    """Which encoding is which."""
    return list(zip(found, _ROLES, strict=False))


def _profiles_in(told: Part | None) -> list[Profile]:
    """None where it is no list of them: media 1 may have it."""
    try:
        return profiles(told) if told is not None else []
    except Garbled:
        return []


def _list(text: str) -> list[str]:
    try:
        told = json.loads(text) if text else []
    except ValueError:
        return []
    return [str(each) for each in told] if isinstance(told, list) else []
