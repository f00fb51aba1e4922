"""A plain RTSP camera, or a device whose own interface fails: what it shows now, and no more.

Of what RTSP does not tell, `capabilities` says so, and asking all the same raises `Unsupported`. A
plain camera tells no serial number: it is known by its address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, NoReturn
from urllib.parse import urlsplit

from sereno.base.clock import Clock
from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Advice,
    Capabilities,
    Channel,
    ClockReading,
    Container,
    DeviceEvent,
    DeviceKind,
    Found,
    Health,
    Identity,
    Login,
    Playback,
    Progress,
    Role,
    Sink,
    Stream,
)
from sereno.drivers.errors import Missing, Unsupported
from sereno.drivers.gate import Gate
from sereno.drivers.rtsp.asking import (
    NOT_THERE,
    Asking,
    GateDoorway,
    Greeting,
    asking,
    passing,
    stream_of,
)
from sereno.drivers.rtsp.patterns import Pattern, fill, has_places, likeliest, pattern_of
from sereno.drivers.rtsp.still import still_of
from sereno.drivers.tools import Tools
from sereno.media.faults import StreamFault
from sereno.media.rtsp.dialogue import Patience
from sereno.policy.reasons import Reason

DEFAULT_PORT = 554
_CAN = frozenset({Ability.CHANNELS, Ability.SNAPSHOT})
_ROLES = (Role.MAIN, Role.SUB)
_NOT_NOW = NOT_THERE | {"device_busy", "device_error", "session_limit"}
"""What recorders say of a channel whose camera is off."""


class RtspDriver:
    """One server. `template` is an address or a path with places as in `patterns`, or empty: then
    the usual paths are tried. With `channel_count` it stands for so many channels; `template_sub`
    is that of their smaller streams, at the same server."""

    vendor: ClassVar[str] = "rtsp"

    def __init__(
        self,
        login: Login,
        gate: Gate,
        clock: Clock,
        template: str = "",
        channel_count: int = 1,
        patience: Patience | None = None,
        template_sub: str = "",
    ) -> None:
        self._login = login
        self._gate = gate
        self._clock = clock
        self._channel_count = channel_count
        self._patience = patience or Patience()
        self._base, self._template = _split(login, template)
        self._template_sub = _split(login, template_sub)[1]
        self._greeting: Greeting | None = None
        self._pattern: Pattern | None = None
        self._first_channel = 1
        if self._template and not (self._template_sub or has_places(self._template)):
            known = pattern_of(self._template)
            if known is not None:
                self._pattern, self._first_channel = known

    async def identify(self) -> Identity:
        async with self._asking() as asks:
            greeting = await self._greet(asks)
            pattern = await self._find_pattern(asks, greeting)
            # Whoever is told who it is should not learn later that the password is wrong.
            await _look(asks, Role.MAIN, self._address(Role.MAIN, self._first_channel), _NOT_NOW)
        return Identity(
            vendor=self.vendor,
            maker=pattern.maker,
            model=greeting.server,
            serial="",
            firmware="",
            kind=DeviceKind.RECORDER if self._channel_count > 1 else DeviceKind.CAMERA,
            name=self._login.host,
            clock_offset_seconds=None,
            rtsp_port=urlsplit(self._base).port or DEFAULT_PORT,
        )

    async def capabilities(self) -> Capabilities:
        return {ability: ability in _CAN for ability in Ability}

    async def channels(self) -> list[Channel]:
        async with self._asking() as asks:
            await self._find_pattern(asks, await self._greet(asks))
            return [await self._channel(asks, number) for number in self._numbers()]

    async def snapshot(self, channel: str) -> bytes:
        async with self._asking() as asks:
            await self._find_pattern(asks, await self._greet(asks))
        address = self._address(Role.MAIN, self._number(channel))
        async with self._gate.turn("snapshot"), passing(self._login, self._gate):
            return await still_of(
                address, self._login, self._clock, self._patience, GateDoorway(self._gate)
            )

    def find(self, channel: str, span: Span) -> AsyncIterator[Found]:
        self._refuse()

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        self._refuse()

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        self._refuse()

    async def playback(self, channel: str, span: Span) -> Playback:
        self._refuse()

    def events(self) -> AsyncIterator[DeviceEvent]:
        self._refuse()

    async def health(self) -> Health:
        self._refuse()

    async def clock(self) -> ClockReading:
        self._refuse()

    async def advice(self) -> list[Advice]:
        return []

    async def close(self) -> None:
        """No connection outlives a question."""

    def _refuse(self) -> NoReturn:
        raise Unsupported(Reason("rtsp_only"))

    def _asking(self) -> AbstractAsyncContextManager[Asking]:
        address = self._base + (fill(self._template, Role.MAIN, 1) or "/")
        return asking(self._login, self._gate, address, self._patience)

    async def _greet(self, asks: Asking) -> Greeting:
        self._greeting = self._greeting or await asks.greet()
        return self._greeting

    async def _find_pattern(self, asks: Asking, greeting: Greeting) -> Pattern:
        """The template's own pattern, or the first of the usual ones that shows video."""
        if self._pattern is None and self._template:
            main = self._template
            sub = self._template_sub or (main if "{stream}" in main else "")
            self._pattern = Pattern("", main, sub)
        if self._pattern is None:
            self._pattern = await self._try_patterns(asks, likeliest(greeting.words))
        return self._pattern

    async def _try_patterns(self, asks: Asking, patterns: list[Pattern]) -> Pattern:
        for pattern in patterns:
            address = self._base + pattern.path(Role.MAIN, 1)
            if await _look(asks, Role.MAIN, address, NOT_THERE) is not None:
                return pattern
        raise Missing(Reason("rtsp_path_unknown", {"host": self._login.host}))

    async def _channel(self, asks: Asking, number: int) -> Channel:
        """The main stream is named also where it does not answer now."""
        found = {
            role: await _look(asks, role, address, _NOT_NOW)
            for role in _ROLES
            if (address := self._address(role, number))
        }
        main = found.get(Role.MAIN) or _unseen(Role.MAIN, self._address(Role.MAIN, number))
        sub = found.get(Role.SUB)
        name = self._login.host if self._channel_count == 1 else str(number)
        streams = (main, sub) if sub is not None else (main,)
        return Channel(str(number), number, name, found.get(Role.MAIN) is not None, streams)

    def _address(self, role: Role, number: int) -> str:
        """Empty where there is no such stream."""
        path = self._pattern.path(role, number) if self._pattern is not None else ""
        return self._base + path if path else ""

    def _numbers(self) -> range:
        return range(self._first_channel, self._first_channel + self._channel_count)

    def _number(self, channel: str) -> int:
        """Raises Missing."""
        for number in self._numbers():
            if str(number) == channel:
                return number
        raise Missing(Reason("channel_missing", {"channel": channel}))


async def _look(
    asks: Asking, role: Role, address: str, passed_over: frozenset[str]
) -> Stream | None:
    """What is at an address; None where the server says one of these. Raises StreamFault."""
    try:
        return stream_of(await asks.describe(address), role, address)
    except StreamFault as error:
        if error.reason.key in passed_over:
            return None
        raise


def _unseen(role: Role, address: str) -> Stream:
    return Stream(role.value, role, "", None, None, None, address)


def _split(login: Login, template: str) -> tuple[str, str]:
    """Scheme, host and port, without credentials; and the path with its places."""
    scheme, found, rest = template.partition("://")
    if found:
        netloc, slash, path = rest.partition("/")
        return f"{scheme}://{netloc.rpartition('@')[2]}", slash + path
    host = f"[{login.host}]" if ":" in login.host else login.host
    return f"rtsp://{host}:{login.rtsp_port or DEFAULT_PORT}", template


def open(login: Login, tools: Tools) -> RtspDriver:  # noqa: A001 what every vendor calls it
    """The driver of a camera whose video is at one of the usual paths."""
    return RtspDriver(login, tools.gate(login), tools.clock)
