"""Devices of any maker that speak ONVIF: cameras by profiles S and T, recorders by profile G.

A channel is a video input. Footage is found and played, and not fetched: ONVIF leaves export to the
makers, and hardly any has it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import ClassVar, NoReturn
from urllib.parse import quote

from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Advice,
    Capabilities,
    Channel,
    ChannelHealth,
    ClockReading,
    Container,
    Convention,
    DeviceEvent,
    Found,
    Health,
    Identity,
    Login,
    Playback,
    Progress,
    Sink,
)
from sereno.drivers.errors import Busy, Garbled, Missing, Refused, Unsupported
from sereno.drivers.gate import place_of
from sereno.drivers.onvif.advice import of_streams, of_time
from sereno.drivers.onvif.asking import Onvif
from sereno.drivers.onvif.device_clock import DeviceClock, Look
from sereno.drivers.onvif.events import Events
from sereno.drivers.onvif.facts import Facts
from sereno.drivers.onvif.inputs import Input, Inputs
from sereno.drivers.onvif.line import Line, OnvifJudge
from sereno.drivers.onvif.quirks import Known
from sereno.drivers.onvif.replay import Replay
from sereno.drivers.onvif.search import Piece, Search, within
from sereno.drivers.onvif.snapshot import Snapshot
from sereno.drivers.onvif.soap import Service
from sereno.drivers.onvif.times import written
from sereno.drivers.onvif.token_login import TokenLogin
from sereno.drivers.reasons import is_right_missing, no_channel, unable
from sereno.drivers.tools import Tools
from sereno.policy.reasons import Reason

_OPEN_WITHIN = timedelta(seconds=60)


def open(login: Login, tools: Tools) -> OnvifDriver:  # noqa: A001  the name every vendor has
    """The driver of the device at `login`; nothing is asked yet."""
    return OnvifDriver(login, tools)


class OnvifDriver:
    """One device."""

    vendor: ClassVar[str] = "onvif"

    def __init__(self, login: Login, tools: Tools) -> None:
        gate = tools.gate(login)
        self._gate = gate
        self._known = Known(tools.memory, place_of(login))
        line = Line(login, gate)
        self._device_clock = DeviceClock(line, tools.clock)
        self._onvif = Onvif(
            line,
            tools.http(login, OnvifJudge()),
            self._device_clock,
            TokenLogin(line, self._device_clock, self._known),
        )
        self._facts = Facts(self._onvif)
        self._inputs = Inputs(self._onvif, self._known)
        self._snapshot = Snapshot(self._onvif, self._inputs, gate)
        self._search = Search(self._onvif, gate, tools.clock)
        self._replay = Replay(self._onvif)
        self._events = Events(self._onvif, gate, tools.clock)
        self._seen: list[Input] = []
        self._abilities: Capabilities | None = None

    async def identify(self) -> Identity:
        """Who it is; asked anew each time, for another may stand there today."""
        look = await self._onvif.greet()
        await self._meet()
        offset = look.offset_seconds if look.told is not None else None
        return await self._facts.identity(self.vendor, len(await self._inputs_or_none()), offset)

    async def capabilities(self) -> Capabilities:
        """What it can do; asked once and remembered."""
        if self._abilities is None:
            look = await self._known_look()
            has_media = await self._has(Service.MEDIA) or await self._has(Service.MEDIA2)
            self._abilities = {
                Ability.CHANNELS: has_media,
                Ability.SNAPSHOT: has_media and await self._has_pictures(),
                Ability.FIND: await self._has(Service.SEARCH),
                Ability.FETCH: False,
                Ability.FETCH_BY_TIME: False,
                Ability.PLAYBACK: await self._has(Service.SEARCH)
                and await self._has(Service.REPLAY),
                Ability.EVENTS: await self._has(Service.EVENTS),
                Ability.HEALTH: await self._has(Service.SEARCH),
                Ability.CLOCK: look.told is not None,
            }
        return self._abilities

    async def channels(self) -> list[Channel]:
        """Its video inputs that something is encoded of, in their own order."""
        return [await self._inputs.channel(one) for one in await self._fresh_inputs()]

    async def snapshot(self, channel: str) -> bytes:
        """A JPEG of now."""
        return await self._snapshot.take(await self._input(channel))

    async def find(self, channel: str, span: Span) -> AsyncGenerator[Found, None]:
        """Footage within `span`, oldest first, nothing twice: from where it begins or `span` does,
        to where it ends. Times are the device's."""
        one = await self._input(channel)
        look = await self._known_look()
        now = self._device_clock.moment(look)
        for piece in await self._search.pieces(one, self._seen, span, now):
            is_open = piece.recording.is_going_on and piece.span.end > now - _OPEN_WITHIN
            handle = _handle(piece)
            offset = look.offset_seconds
            yield Found(one.id, piece.span, None, handle, "schedule", is_open, offset)

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        """ONVIF has no download that devices have."""
        self._no_download()

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        """ONVIF has no download that devices have."""
        self._no_download()

    async def playback(self, channel: str, span: Span) -> Playback:
        """Where the device plays `span`: the recording that holds the most of it."""
        one = await self._input(channel)
        now = self._device_clock.moment(await self._known_look())
        found = await self._search.recordings_of(one, self._seen)
        held = {each.token: part for each in found if (part := within(each, span, now)) is not None}
        if not held:
            raise Missing(Reason("footage_none"))
        return await self._replay.of(max(held, key=lambda token: held[token].duration), span)

    async def events(self) -> AsyncGenerator[DeviceEvent, None]:
        """What it reports from now on, until closed. Ends by raising."""
        words: dict[str, str] = {}
        for one in await self._fresh_inputs():
            for word in sorted(one.tokens, key=lambda word: word != one.source):
                words.setdefault(word, one.id)
        look = await self._known_look()

        def now() -> datetime:
            return self._device_clock.moment(look)

        async with aclosing(self._events.listen(now, words)) as heard:
            async for event in heard:
                yield event

    async def health(self) -> Health:
        """What ONVIF tells of it: whether its inputs are being recorded. Of disks it tells
        nothing."""
        inputs = await self._fresh_inputs()
        told = await self._search.recorded_now(inputs)
        channels = (ChannelHealth(one.id, None, told.get(one.id)) for one in inputs)
        return Health((), tuple(channels))

    async def clock(self) -> ClockReading:
        """Its clock against ours."""
        look = await self._onvif.greet()
        if look.told is None:
            raise unable("no UTCDateTime")
        at, offset = self._device_clock.moment(look), look.offset_seconds
        return ClockReading(at, offset, look.told.zone, Convention.UTC)

    async def advice(self) -> list[Advice]:
        """What people should change on it."""
        inputs = await self._fresh_inputs()
        return [*of_streams(inputs), *of_time(await self._known_look())]

    async def close(self) -> None:
        """Let go of all connections."""
        await self._onvif.close()

    async def _meet(self) -> None:
        if await self._facts.meet():
            self._onvif.forget()
            self._abilities = None
            self._seen = []
        if self._facts.serial:
            self._known.rename(f"{self.vendor}:{self._facts.serial}")

    async def _known_device(self) -> None:
        """Who it is comes first: by that question, which every account may ask, credentials are
        proven."""
        if self._facts.info is None:
            await self._onvif.greet()
            await self._meet()

    async def _known_look(self) -> Look:
        await self._known_device()
        async with self._gate.connection():
            return await self._device_clock.recent()

    async def _has(self, service: Service) -> bool:
        await self._known_device()
        return await self._onvif.has(service)

    async def _has_pictures(self) -> bool:
        """Whether it has any; what the account may not ask is there."""
        for one in (await self._inputs_or_none())[:1]:
            try:
                return bool(await self._inputs.snapshot_address(one))
            except Refused as refused:
                if not is_right_missing(refused):
                    raise
                return True
        return False

    async def _fresh_inputs(self) -> list[Input]:
        await self._known_device()
        self._seen = await self._inputs.all()
        return self._seen

    async def _inputs_or_none(self) -> list[Input]:
        """Its inputs; none where it does not tell them."""
        try:
            return self._seen or await self._fresh_inputs()
        except Refused as refused:
            if not is_right_missing(refused):
                raise
        except (Unsupported, Missing, Busy, Garbled):
            pass
        return []

    async def _input(self, channel: str) -> Input:
        """A channel that is there. Raises Missing."""
        for known in (self._seen, None):
            inputs = known if known is not None else await self._fresh_inputs()
            for one in inputs:
                if one.id == channel:
                    return one
        raise no_channel(channel)

    def _no_download(self) -> NoReturn:
        raise unable("ONVIF has no download")


def _handle(piece: Piece) -> str:
    """A recording's token and when: what `Found` asks for; ONVIF itself has no files."""
    start, end = written(piece.span.start), written(piece.span.end)
    return f"{quote(piece.recording.token, safe='')},{start},{end}"
