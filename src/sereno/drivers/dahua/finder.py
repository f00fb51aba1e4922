"""Searches: a finder of the device per day of its wall clock, given back whatever happens.

A finder that is not given back is lost to the device until it restarts, and it has few. So neither
an error nor a search that somebody gave up leaves one behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sereno.drivers.dahua.addresses import cgi, query, wall_text
from sereno.drivers.dahua.cgi import Cgi
from sereno.drivers.dahua.parse import garbled, read_table
from sereno.drivers.dahua.parse_footage import Row, read_count, read_rows
from sereno.drivers.errors import Busy, DeviceError, Garbled, Unsupported
from sereno.drivers.gate import Gate

PAGE_ROWS = 100
_MOST_PAGES = 500
_DAY = timedelta(days=1)
_LONGEST_FILE = timedelta(hours=2)
_PROGRAM = "mediaFileFind"
_RIGHT = "Playback"


class Finder(Protocol):
    """One search in a device; `close` it, whatever `begin` gave."""

    async def create(self) -> str:
        """A new finder's handle. Raises DeviceError."""
        ...

    async def begin(self, handle: str, channel: int, start: datetime, end: datetime) -> bool:
        """Begin; whether it was taken. A refusal may mean that there is nothing."""
        ...

    async def next_rows(self, handle: str, now: datetime) -> list[Row]:
        """The next files; none after the last. Raises DeviceError."""
        ...

    async def close(self, handle: str) -> None:
        """Give it back. Raises DeviceError."""
        ...


@dataclass(slots=True)
class CgiFinder:
    """`mediaFileFind.cgi`. Channels count from 1 here."""

    cgi: Cgi

    async def create(self) -> str:
        table = await self.cgi.table(cgi(_PROGRAM, "factory.create"), right=_RIGHT)
        handle = table.get("result", "").strip()
        if not handle.isdecimal():
            raise garbled(f"result={handle}".encode())
        return handle

    async def begin(self, handle: str, channel: int, start: datetime, end: datetime) -> bool:
        target = query(
            _PROGRAM,
            "findFile",
            {
                "object": handle,
                "condition.Channel": str(channel),
                "condition.StartTime": wall_text(start),
                "condition.EndTime": wall_text(end),
                "condition.Types[0]": "dav",
            },
        )
        try:
            await self.cgi.ask(target, right=_RIGHT)
        except Unsupported:
            return False
        return True

    async def next_rows(self, handle: str, now: datetime) -> list[Row]:
        target = cgi(_PROGRAM, "findNextFile", object=handle, count=PAGE_ROWS)
        table = read_table((await self.cgi.ask(target, right=_RIGHT)).body)
        return read_rows(table, now) if read_count(table) != 0 else []

    async def close(self, handle: str) -> None:
        for action in ("close", "destroy"):
            await self.cgi.http.ask("GET", cgi(_PROGRAM, action, object=handle))


@dataclass(slots=True)
class Search:
    """Searches of one device, one at a time.

    `is_proven`: the device has once taken a search, so that one it refuses has found nothing.
    """

    finder: Finder
    gate: Gate
    is_proven: bool = False
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    async def rows(
        self, channel: int, start: datetime, end: datetime, now: datetime
    ) -> AsyncGenerator[list[Row], None]:
        """The files of each day that overlap the time between two of the device's wall times, in
        the device's order, none twice. Raises DeviceError; NothingTaken where a device that was
        never seen to search refuses to."""
        seen = set[tuple[datetime, datetime, str]]()
        for from_, to in days(start - _LONGEST_FILE, end):
            found = await self._of_a_day(channel, from_, to, now)
            fresh = {row_key(row): row for row in found if row.start < end and row.end > start}
            yield [row for key, row in fresh.items() if key not in seen]
            seen = set(fresh)  # only files over midnight are found twice

    async def try_out(self) -> None:
        """Make a finder and give it back. Raises DeviceError."""
        async with self.gate.turn("search"):
            await self._give_back(await self._create())

    async def takes(self, channel: int, start: datetime, end: datetime) -> bool:
        """Whether the device takes a search at all, to tell nothing found from nothing to find
        with. Raises DeviceError."""
        async with self.gate.turn("search"):
            handle = await self._create()
            try:
                self.is_proven = await self.finder.begin(handle, channel, start, end)
            finally:
                await self._give_back(handle)
        return self.is_proven

    async def finish(self) -> None:
        """Wait until no finder is left in the device."""
        while self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)

    async def _of_a_day(
        self, channel: int, start: datetime, end: datetime, now: datetime
    ) -> list[Row]:
        async with self.gate.turn("search"):
            handle = await self._create()
            try:
                if not await self.finder.begin(handle, channel, start, end):
                    if self.is_proven:
                        return []
                    raise NothingTaken
                self.is_proven = True
                return await self._pages(handle, now)
            finally:
                await self._give_back(handle)

    async def _pages(self, handle: str, now: datetime) -> list[Row]:
        """Until a page brings nothing new: a short one is not the last, and after the last some
        devices answer with an error."""
        found = dict[tuple[datetime, datetime, str], Row]()
        for _ in range(_MOST_PAGES):
            try:
                rows = await self.finder.next_rows(handle, now)
            except (Unsupported, Busy, Garbled):
                if not found:
                    raise
                break
            before = len(found)
            found.update((row_key(row), row) for row in rows)
            if len(found) == before:
                break
        return list(found.values())

    async def _create(self) -> str:
        """A finder, which is given back even if nobody waits for it any more."""
        creating = asyncio.ensure_future(self.finder.create())
        try:
            return await asyncio.shield(creating)
        except asyncio.CancelledError:
            self._keep(asyncio.ensure_future(self._close_when_there(creating)))
            raise

    async def _close_when_there(self, creating: asyncio.Future[str]) -> None:
        try:
            handle = await creating
        except DeviceError:
            return  # none was made
        await self._close(handle)

    async def _give_back(self, handle: str) -> None:
        await asyncio.shield(self._keep(asyncio.ensure_future(self._close(handle))))

    async def _close(self, handle: str) -> None:
        try:
            await self.finder.close(handle)
        except DeviceError:
            return  # it did what it could, and what was found counts

    def _keep(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        return task


class NothingTaken(Exception):
    """A device refused a search that was never seen to take one."""


def row_key(row: Row) -> tuple[datetime, datetime, str]:
    """What makes a file the same."""
    return row.start, row.end, row.path


def days(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The time between two wall times, cut at midnight, in whole seconds."""
    start = start.replace(microsecond=0)
    cuts = list[tuple[datetime, datetime]]()
    while start < end:
        midnight = start.replace(hour=0, minute=0, second=0) + _DAY
        stop = min(midnight, end.replace(microsecond=0) + timedelta(seconds=1))
        cuts.append((start, stop))
        start = midnight
    return cuts
