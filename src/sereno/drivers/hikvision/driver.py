"""Hikvision devices, and those of others with its software inside, by ISAPI."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import ClassVar

from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Advice,
    Capabilities,
    Channel,
    ClockReading,
    Container,
    Convention,
    DeviceEvent,
    DeviceKind,
    Found,
    Health,
    Identity,
    Login,
    Playback,
    Progress,
    Sink,
)
from sereno.drivers.errors import (
    Busy,
    Garbled,
    Missing,
    Refused,
    Unreachable,
    Unsupported,
)
from sereno.drivers.gate import place_of
from sereno.drivers.hikvision.abilities import abilities_of
from sereno.drivers.hikvision.checkup import Checkup
from sereno.drivers.hikvision.clock import DeviceClock
from sereno.drivers.hikvision.download import Download
from sereno.drivers.hikvision.events import Events
from sereno.drivers.hikvision.inputs import Inputs
from sereno.drivers.hikvision.isapi import ALERT_STREAM, HikvisionJudge, Isapi
from sereno.drivers.hikvision.parse_device import DeviceInfo, device_info
from sereno.drivers.hikvision.parse_search import Match, track_in, tracks_uri
from sereno.drivers.hikvision.quirks import Known
from sereno.drivers.hikvision.search import Search
from sereno.drivers.hikvision.snapshot import Snapshot
from sereno.drivers.hikvision.timekeeping import Reading, Timekeeping
from sereno.drivers.reasons import is_right_missing, no_channel
from sereno.drivers.tools import Tools
from sereno.policy.reasons import Reason

_MAKER = "Hikvision"
_CLOSED_AFTER = timedelta(seconds=65)
"""A file is indexed whole a minute after its end, by a clock that tells whole seconds."""

_KEEP_LOCAL_TIME = (DeviceKind.RECORDER, DeviceKind.ENCODER)
_KEPT_SECONDS = 300.0
_ALMOST_SECOND = timedelta(seconds=1) - timedelta(microseconds=1)
_STEP_BACK = timedelta(seconds=1)


def open(login: Login, tools: Tools) -> HikvisionDriver:  # noqa: A001  the name every vendor has
    """The driver of the device at `login`; nothing is asked yet."""
    return HikvisionDriver(login, tools)


class HikvisionDriver:
    """One device."""

    vendor: ClassVar[str] = "hikvision"

    def __init__(self, login: Login, tools: Tools) -> None:
        self._login = login
        self._clock = tools.clock
        gate = tools.gate(login)
        self._gate = gate
        self._http = tools.http(login, HikvisionJudge())
        self._known = Known(tools.memory, place_of(login))
        self._isapi = Isapi(self._http, login, tools.clock)
        self._search = Search(self._isapi, gate, self._known)
        self._device_clock = DeviceClock(self._isapi, tools.clock, self._known, self._search)
        self._download = Download(self._isapi, self._known)
        self._snapshot = Snapshot(self._isapi, gate, self._known)
        self._inputs = Inputs(self._isapi, login)
        self._checkup = Checkup(self._isapi, self._device_clock, self._search)
        self._events = Events(self._isapi, gate, tools.clock, self._device_clock.look)
        self._info: DeviceInfo | None = None
        self._numbers: tuple[int, ...] = ()
        self._abilities: Capabilities | None = None
        self._kept: Timekeeping | None = None
        self._kept_until = 0.0

    async def identify(self) -> Identity:
        """Who it is; asked anew each time, for another may stand there today."""
        info = await self._meet()
        return Identity(
            self.vendor,
            info.maker or _MAKER,
            info.model,
            info.serial,
            info.firmware,
            info.kind,
            info.name,
            await self._offset_seconds(),
            await self._inputs.rtsp_port(),
        )

    async def _meet(self) -> DeviceInfo:
        info = device_info(await self._isapi.get("/System/deviceInfo"))
        if info != self._info:
            self._isapi.forget()
            self._device_clock.forget()
            self._abilities = self._kept = None
            self._numbers = ()
        self._inputs.forget()
        self._info = info
        if info.serial:
            self._known.device = f"{self.vendor}:{info.serial}"
        return info

    async def _offset_seconds(self) -> float | None:
        try:
            return (await self._device_clock.look()).offset_seconds
        except (Unsupported, Garbled, Busy, Unreachable):
            return None
        except Refused as refused:
            if not is_right_missing(refused):
                raise
            return None

    async def capabilities(self) -> Capabilities:
        """What it can do; asked once and remembered."""
        if self._abilities is None:
            await self._known_info()
            self._abilities = await abilities_of(self._isapi)
        return {**self._abilities, Ability.EVENTS: not self._isapi.lacks(ALERT_STREAM)}

    async def _known_info(self) -> DeviceInfo:
        return self._info or await self._meet()

    async def channels(self) -> list[Channel]:
        """Its video inputs, in its own order."""
        found = await self._inputs.channels((await self._known_info()).kind)
        self._numbers = tuple(channel.number for channel in found)
        return found

    async def _number(self, channel: str) -> int:
        """The number of a channel that is there. Raises Missing."""
        number = int(channel) if channel.isascii() and channel.isdecimal() else 0
        if number not in self._numbers:
            await self.channels()
        if number not in self._numbers:
            raise no_channel(channel)
        return number

    async def _track(self, channel: str) -> int:
        """The track that the main stream of a channel is recorded on."""
        return await self._number(channel) * 100 + 1

    async def snapshot(self, channel: str) -> bytes:
        """A JPEG of now."""
        return await self._snapshot.take(await self._number(channel) * 100 + 1)

    async def find(self, channel: str, span: Span) -> AsyncGenerator[Found, None]:
        """Footage that overlaps `span`, oldest first, nothing twice. Files that follow each other
        stay apart; `sereno.drivers.timeline` joins them."""
        track = await self._track(channel)
        keeping = await self._keeping()
        reading = Reading(keeping)
        base = await self._inputs.base()
        start, end = keeping.labels(span)
        async with aclosing(self._search.files(track, start, end)) as days:
            async for files in days:
                read = [(match, reading.span(match.start, match.end)) for match in files]
                whole = [(match, when) for match, when in read if when and when.overlap(span)]
                for match, when in sorted(whole, key=lambda pair: pair[1]):
                    handle = match.uri or tracks_uri(base, track, match.start, match.end)
                    yield self._found(channel, match, when, handle, keeping)

    def _found(
        self, channel: str, match: Match, when: Span, handle: str, keeping: Timekeeping
    ) -> Found:
        is_open = keeping.is_open(when.end, self._clock.now())
        offset = keeping.offset_seconds
        return Found(channel, when, match.size_bytes, handle, match.cause, is_open, offset)

    async def _keeping(self) -> Timekeeping:
        """How it keeps time, looked at again after a while."""
        now = self._clock.monotonic()
        if self._kept is None or now >= self._kept_until:
            info = await self._known_info()
            if not self._numbers:
                await self.channels()
            look = await self._device_clock.look()
            tracks = [number * 100 + 1 for number in self._numbers]
            usual = Convention.LOCAL if info.kind in _KEEP_LOCAL_TIME else Convention.UTC
            self._kept = await self._device_clock.keeping(look, tracks, usual)
            self._kept_until = now + _KEPT_SECONDS
        return self._kept

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        """All bytes of a found footage, as the device wraps them. Raises OSError of the sink; Busy
        for footage that it still writes."""
        if track_in(found.handle) is None:
            raise Missing(Reason("footage_unknown"))
        offset = timedelta(seconds=found.clock_offset_seconds or 0.0)
        closed_at = found.span.end - offset + _CLOSED_AFTER
        if found.is_open and self._clock.now() < closed_at:
            raise Busy(Reason("footage_open"), not_before=closed_at)
        async with self._gate.turn("download"):
            return await self._download.fetch(found.handle, sink, progress)

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        """At least `span` of a channel, where the device fetches by time."""
        if not (await self.capabilities())[Ability.FETCH_BY_TIME]:
            raise Unsupported(Reason("fetch_by_time_unable"))
        start, end = await self._exact_labels(span)
        track, base = await self._track(channel), await self._inputs.base()
        async with self._gate.turn("download"):
            try:
                uri = tracks_uri(base, track, start, end)
                return await self._download.fetch(uri, sink, progress)
            except Missing:
                # Some give nothing from the exact start of a file.
                uri = tracks_uri(base, track, start - _STEP_BACK, end)
                return await self._download.fetch(uri, sink, progress)

    async def _exact_labels(self, span: Span) -> tuple[datetime, datetime]:
        """Raises Unsupported for a span that the device cannot name: it ends, by a clock that was
        set back, before it starts."""
        keeping = await self._keeping()
        start = keeping.label(span.start).replace(microsecond=0)
        end = keeping.label(span.end + _ALMOST_SECOND).replace(microsecond=0)
        if end <= start:
            raise Unsupported(Reason("fetch_by_time_unable"))
        return start, end

    async def playback(self, channel: str, span: Span) -> Playback:
        """Where the device plays `span`: at its RTSP port, whatever its search says."""
        track = await self._track(channel)
        start, end = await self._exact_labels(span)
        return Playback(tracks_uri(await self._inputs.base(), track, start, end), span)

    async def events(self) -> AsyncGenerator[DeviceEvent, None]:
        """What it reports from now on, until closed. Ends by raising."""
        await self.channels()
        keeping = await self._keeping()
        async with aclosing(self._events.listen(keeping, self._channel_heard)) as heard:
            async for event in heard:
                yield event

    def _channel_heard(self, number: int) -> str:
        """The channel of an event. Some count IP channels from 33, as the maker's library does."""
        is_shifted = number not in self._numbers and number - 32 in self._numbers
        return str(number - 32 if is_shifted else number)

    async def health(self) -> Health:
        """Its disks and channels."""
        return await self._checkup.health(await self.channels())

    async def clock(self) -> ClockReading:
        """Its clock against ours."""
        self._kept = None
        keeping = await self._keeping()
        offset = keeping.offset_seconds
        at = self._clock.now() + timedelta(seconds=offset)
        return ClockReading(at, offset, keeping.zone.text, keeping.convention)

    async def advice(self) -> list[Advice]:
        """What people should change on it."""
        return await self._checkup.advice(await self.channels())

    async def close(self) -> None:
        """Let go of all connections."""
        await self._http.close()
