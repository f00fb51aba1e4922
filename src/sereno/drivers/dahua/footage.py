"""Footage in a device: found, named so that it can be fetched after a restart, and fetched."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.base.spans import Span
from sereno.drivers.contract import Found
from sereno.drivers.dahua.clock import DeviceClock, to_span
from sereno.drivers.dahua.finder import Finder, NothingTaken, Search
from sereno.drivers.dahua.loadfile import Piece
from sereno.drivers.dahua.parse_footage import Row
from sereno.drivers.dahua.parse_time import Zone
from sereno.drivers.errors import Missing, Refused, Unsupported
from sereno.drivers.gate import Gate
from sereno.policy.reasons import Reason

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_PROBED = 4
_TIME = "%Y%m%d%H%M%S"
_HANDLE = re.compile(r"([0-9]{1,4}),([0-9]{14}),([0-9]{14}),((?:/[^\0\r\n]*)?)")


@dataclass(slots=True)
class Footage:
    """Searches by `finders`, the first that the device takes; `used` is its place among them."""

    clock: DeviceClock
    gate: Gate
    finders: tuple[Finder, ...]
    used: int = 0
    _search: Search | None = None

    async def find(
        self, channel: int, span: Span, others: frozenset[int] = frozenset()
    ) -> AsyncGenerator[Found, None]:
        """Footage of a channel, oldest first, nothing twice; `others` are channels that might tell
        whether the device can search at all. Raises DeviceError."""
        reading = await self.clock.reading()
        now = await self.clock.wall_now()
        start, end = wall_window(reading.zone, span)
        last: datetime | None = None
        async with aclosing(self._days(channel, start, end, now, others)) as days:
            async for rows in days:
                found = list[Found]()
                for row in rows:
                    held = to_span(reading.zone, row.start, row.end, last)
                    if held is not None:
                        last = held.start
                        found.append(_found(channel, row, held, reading.offset_seconds))
                for item in sorted(found, key=lambda item: item.span):
                    if item.span.overlap(span) is not None:
                        yield item

    async def can_find(self) -> bool:
        """Whether the device gives a finder to this account in some way. Raises DeviceError."""
        for place, finder in enumerate(self.finders[self.used :], self.used):
            try:
                await Search(finder, self.gate).try_out()
            except Unsupported:
                continue
            except Refused as fault:
                if fault.reason.key == "right_missing":
                    continue
                raise
            self.used = place
            return True
        return False

    async def finish(self) -> None:
        """Wait until no finder of ours is left in the device."""
        if self._search is not None:
            await self._search.finish()

    async def _days(
        self, channel: int, start: datetime, end: datetime, now: datetime, others: frozenset[int]
    ) -> AsyncGenerator[list[Row], None]:
        while True:
            search = self._search = self._search or Search(self.finders[self.used], self.gate)
            try:
                async with aclosing(search.rows(channel, start, end, now)) as days:
                    async for rows in days:
                        yield rows
            except NothingTaken:
                if await self._takes_any(search, channel, others, now):
                    continue
                self._next_finder(Unsupported(Reason("device_unable")))
            except Unsupported as fault:
                self._next_finder(fault)
            else:
                return

    def _next_finder(self, fault: Unsupported) -> None:
        """The device has no such search. Raises `fault` after the last."""
        if self.used + 1 >= len(self.finders):
            raise fault
        self.used, self._search = self.used + 1, None

    async def _takes_any(
        self, search: Search, channel: int, others: frozenset[int], now: datetime
    ) -> bool:
        """Whether the device takes a search of any channel: what it refuses may be there being
        nothing, no camera, or no search at all."""
        channels = [channel, *sorted(others - {channel})][:_MOST_PROBED]
        for candidate in channels:
            if await search.takes(candidate, now - _DAY, now):
                return True
        return False


def wall_window(zone: Zone, span: Span) -> tuple[datetime, datetime]:
    """The wall times between which the span lies. Wider where the clock is changed: of an hour that
    comes twice a device searches one, and does not say which."""
    start, end = zone.to_wall(span.start), zone.to_wall(span.end)
    is_plain = len(zone.to_utc(start)) == len(zone.to_utc(end)) == 1
    if is_plain and end - start == span.duration:
        return start, end
    return min(start, end) - _HOUR, max(start, end) + _HOUR


def piece_of(channel: int, zone: Zone, span: Span, path: str = "") -> Piece:
    """A span to be fetched. Where the clock is changed within, its end is that of a clock which was
    not."""
    start = zone.to_wall(span.start)
    return Piece(channel, start, start + span.duration, path)


def _found(channel: int, row: Row, span: Span, offset_seconds: float | None) -> Found:
    # Where the clock is turned back within, the end is that of a clock which was not.
    end = row.end if row.end > row.start else row.start + span.duration
    return Found(
        channel=str(channel),
        span=span,
        size_bytes=row.size_bytes,
        handle=handle_of(Piece(channel, row.start, end, row.path)),
        cause=row.cause,
        is_open=row.is_open,
        clock_offset_seconds=offset_seconds,
    )


def handle_of(piece: Piece) -> str:
    """A word for it that says all that is needed to fetch it, in the device's own wall time."""
    return f"{piece.channel},{piece.start:{_TIME}},{piece.end:{_TIME}},{piece.path}"


def read_handle(handle: str) -> Piece:
    """What `handle_of` made. Raises Missing."""
    found = _HANDLE.fullmatch(handle)
    start, end = (_wall(found[2]), _wall(found[3])) if found else (None, None)
    if found is None or start is None or end is None or end <= start:
        raise Missing(Reason("footage_unknown"))
    return Piece(int(found[1]), start, end, found[4])


def _wall(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _TIME)  # noqa: DTZ007 the device's wall clock
    except ValueError:
        return None
