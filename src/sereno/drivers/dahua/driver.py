"""Dahua, and what is sold under other names: Amcrest, Lorex, Intelbras, EmpireTech, CP Plus."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import ClassVar

from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Advice,
    Capabilities,
    Channel,
    ChannelHealth,
    ClockReading,
    Container,
    DeviceEvent,
    Found,
    Health,
    Identity,
    Login,
    Playback,
    Progress,
    Sink,
)
from sereno.drivers.dahua import advice as advising
from sereno.drivers.dahua.addresses import cgi
from sereno.drivers.dahua.attach import Attachment
from sereno.drivers.dahua.cgi import Cgi
from sereno.drivers.dahua.clock import DeviceClock
from sereno.drivers.dahua.finder import CgiFinder
from sereno.drivers.dahua.footage import Footage, piece_of, read_handle
from sereno.drivers.dahua.inventory import Channels
from sereno.drivers.dahua.judge import DahuaJudge
from sereno.drivers.dahua.loadfile import Loading, Piece
from sereno.drivers.dahua.parse import Table
from sereno.drivers.dahua.parse_events import Told
from sereno.drivers.dahua.parse_health import read_disks, read_record_modes
from sereno.drivers.dahua.parse_identity import read_self
from sereno.drivers.dahua.pictures import Pictures
from sereno.drivers.dahua.playing import Player
from sereno.drivers.dahua.quirks import (
    EVENTS_LIST_REFUSED,
    FIND_BY_RPC2,
    NO_EVENTS,
    Learned,
)
from sereno.drivers.dahua.rpc2 import Rpc2, Rpc2Finder
from sereno.drivers.dahua.tap import Pace, Taps
from sereno.drivers.errors import Busy, DeviceError, Missing, Unsupported
from sereno.drivers.gate import place_of
from sereno.drivers.tools import Tools
from sereno.policy.reasons import Reason

_SINGLE_ANSWERS = ("getDeviceType", "getSoftwareVersion", "getMachineName", "getVendor")


class DahuaDriver:
    """One device; satisfies `sereno.drivers.contract.Driver`."""

    vendor: ClassVar[str] = "dahua"

    def __init__(self, login: Login, tools: Tools, pace: Pace | None = None) -> None:
        self._now = tools.clock
        self._learned = Learned(tools.memory, place_of(login))
        self._http = tools.http(login, DahuaJudge())
        self._cgi = Cgi(self._http)
        self._clock = DeviceClock(self._cgi, tools.clock)
        self._channels = Channels(self._cgi)
        self._pictures = Pictures(self._http, self._channels, self._learned)
        self._player = Player(login, self._http.gate, self._learned)
        self._rpc2 = Rpc2(self._http, tools.clock)
        self._taps = Taps(self._http, tools.clock, pace or Pace())
        self._footage = Footage(
            self._clock,
            self._http.gate,
            (CgiFinder(self._cgi), Rpc2Finder(self._rpc2)),
            used=int(self._learned.has(FIND_BY_RPC2)),
        )
        self._capabilities: Capabilities | None = None

    async def identify(self) -> Identity:
        system, told = await self._told_of_itself()
        with suppress(Busy):  # what sort of thing it is, its model may tell as well
            await self._channels.online()
        known = read_self(system, told, is_recorder=self._channels.is_recorder)
        return Identity(
            vendor=self.vendor,
            maker=known.maker,
            model=known.model,
            serial=known.serial,
            firmware=known.firmware,
            kind=known.kind,
            name=known.name,
            clock_offset_seconds=await self._offset_seconds(),
            rtsp_port=await self._channels.port(),
        )

    async def _told_of_itself(self) -> tuple[Table, Table]:
        """What it says in one, and the single answers. Raises Busy where it fails over all of them,
        Unsupported where it has none."""
        system, told = dict[str, str](), dict[str, str]()
        failure: Busy | None = None
        for action in ("getSystemInfo", *_SINGLE_ANSWERS, "getSerialNo"):
            if action == "getSerialNo" and system.get("serialNumber"):
                continue
            try:
                table = await self._cgi.table_or_none(cgi("magicBox", action)) or {}
            except Busy as busy:
                failure = failure or busy
                continue
            (system if action == "getSystemInfo" else told).update(table)
        if not system and not told:
            raise failure or Unsupported(Reason("device_unable"))
        return system, told

    async def _offset_seconds(self) -> float | None:
        try:
            return (await self._clock.reading()).offset_seconds
        except Busy:
            return None

    async def capabilities(self) -> Capabilities:
        if self._capabilities is None:
            can_find = await self._footage.can_find()
            self._learn_finder()
            self._capabilities = {
                Ability.CHANNELS: True,
                Ability.SNAPSHOT: True,
                Ability.FIND: can_find,
                Ability.FETCH: can_find,
                Ability.FETCH_BY_TIME: can_find,
                Ability.PLAYBACK: can_find,
                Ability.EVENTS: not self._learned.has(NO_EVENTS),
                Ability.HEALTH: await self._storage() is not None,
                Ability.CLOCK: (await self._clock.reading()).offset_seconds is not None,
            }
        return self._capabilities

    async def channels(self) -> list[Channel]:
        return await self._channels.all()

    async def snapshot(self, channel: str) -> bytes:
        number = await self._channels.number(channel)
        async with self._http.gate.turn("snapshot"):
            return await self._pictures.of(number)

    async def find(self, channel: str, span: Span) -> AsyncGenerator[Found, None]:
        number = await self._channels.number(channel)
        found = self._footage.find(number, span, self._channels.numbers)
        async with aclosing(found) as items:
            async for item in items:
                yield item
        self._learn_finder()

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        return await self._load([read_handle(found.handle)], sink, progress)

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        return await self._load(await self._pieces(channel, span), sink, progress)

    async def playback(self, channel: str, span: Span) -> Playback:
        number, port = await self._channels.number(channel), await self._channels.port()
        piece = piece_of(number, (await self._clock.reading()).zone, span)

        async def holds() -> bool:
            async with aclosing(self.find(channel, span)) as found:
                return await anext(found, None) is not None

        return Playback(await self._player.address(piece, port, holds), span)

    async def events(self) -> AsyncIterator[DeviceEvent]:
        zone = (await self._clock.reading()).zone
        attachment = Attachment(self._http, not self._learned.has(EVENTS_LIST_REFUSED))
        try:
            async with aclosing(attachment.events()) as events:
                async for event in events:
                    if not attachment.takes_list:
                        self._learned.learn(EVENTS_LIST_REFUSED)
                    moments = zone.to_utc(event.wall) if event.wall is not None else ()
                    yield _event(event, moments[-1] if moments else self._now.now())
        except Unsupported:
            self._learned.learn(NO_EVENTS)
            raise

    async def health(self) -> Health:
        storage = await self._storage()
        online = await self._channels.online()
        modes = read_record_modes(await self._cgi.config_or_empty("RecordMode"))
        channels = (
            ChannelHealth(str(number), is_online, _is_recording(modes.get(number - 1), is_online))
            for number, is_online in online.items()
        )
        return Health(read_disks(storage or {}), tuple(channels))

    async def clock(self) -> ClockReading:
        return await self._clock.read()

    async def advice(self) -> list[Advice]:
        await self._channels.online()
        numbers = self._channels.numbers
        reading, wall = await self._clock.reading(), await self._clock.wall_now()
        modes = await self._cgi.config_or_empty("RecordMode")
        motion = await self._cgi.config_or_empty("MotionDetect")
        return [
            *advising.of_encoding(self._channels.encodings, numbers),
            *advising.of_clock(reading, self._clock.ntp, self._clock.locales, wall),
            *advising.of_recording(modes, motion, numbers),
            *advising.of_rights(self._cgi.denied),
        ]

    async def close(self) -> None:
        await self._footage.finish()
        await self._taps.finish()
        with suppress(DeviceError):  # a session that is not ended ends by itself
            await self._rpc2.close()
        await self._http.close()

    async def _storage(self) -> Table | None:
        return await self._cgi.table_or_none(cgi("storageDevice", "getDeviceAllInfo"))

    async def _pieces(self, channel: str, span: Span) -> list[Piece]:
        """What the files of a span have of it; all of the span where there is no search."""
        number = await self._channels.number(channel)
        zone = (await self._clock.reading()).zone
        pieces = list[Piece]()
        try:
            async for found in self.find(channel, span):
                part = found.span.overlap(span)
                if part is not None:
                    path = read_handle(found.handle).path
                    pieces.append(piece_of(number, zone, part, path))
        except Unsupported:
            return [piece_of(number, zone, span)]
        if not pieces:
            raise Missing(Reason("footage_none"))
        return pieces

    async def _load(self, pieces: list[Piece], sink: Sink, progress: Progress) -> Container:
        loading = Loading(self._taps, sink, progress)
        for piece in pieces:
            await loading.piece(piece)
        return Container.DHAV

    def _learn_finder(self) -> None:
        if self._footage.used:
            self._learned.learn(FIND_BY_RPC2)


def open(login: Login, tools: Tools) -> DahuaDriver:  # noqa: A001 the registry's word for it
    """A driver for the device there; nothing is asked yet."""
    return DahuaDriver(login, tools)


def _event(event: Told, at: datetime) -> DeviceEvent:
    channel = None if event.index is None else str(event.index + 1)
    return DeviceEvent(event.kind, event.code, channel, event.state, at.astimezone(UTC))


def _is_recording(may_record: bool | None, is_online: bool | None) -> bool | None:
    """By its mode; a camera that is away is not recorded whatever the mode is."""
    return False if is_online is False else may_record
