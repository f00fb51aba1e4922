"""Searching a device's footage: days, pages and what firmware does wrong with both."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.base.backoff import Backoff
from sereno.drivers.gate import Gate
from sereno.drivers.hikvision.isapi import Isapi
from sereno.drivers.hikvision.parse_errors import Rejection, Trouble
from sereno.drivers.hikvision.parse_search import Match, most_results, page, search_body
from sereno.drivers.hikvision.quirks import Known, Quirk
from sereno.drivers.hikvision.reasons import Right
from sereno.drivers.hikvision.timekeeping import windows

_PATH = "/ContentMgmt/search"
_DAY_HOURS, _SHORT_HOURS = 24, 6
_RESULTS = 40
_MOST_PAGES = 250
_TIMEOUT_SECONDS = 40.0
_REST_SECONDS = (0.3, 2.0)
_SECOND = timedelta(seconds=1)


class _Failed(Exception):
    """The device failed over a search; a narrower one may do."""

    def __init__(self, refused: Rejection) -> None:
        super().__init__(refused.said)
        self.refused = refused


def new_search_id() -> str:
    """Upper case and of a GUID's form: others are refused as bad XML."""
    return str(uuid.uuid4()).upper()


@dataclass(slots=True)
class Search:
    """All searches of one device, one after the other."""

    isapi: Isapi
    gate: Gate
    known: Known
    _results: int | None = None

    async def files(
        self, track: int, start: datetime, end: datetime
    ) -> AsyncGenerator[list[Match], None]:
        """The files of a track by the device's own labels, day by day, none twice. Raises
        DeviceError."""
        before: set[tuple[datetime, datetime, str]] = set()
        while start < end:
            _, last = next(windows(start, end, self._hours()))
            found = await self._window(track, start, last)
            yield [match for match in found if match.key not in before]
            start, before = last, {match.key for match in found}

    async def newest_end(self, track: int, start: datetime, end: datetime) -> datetime | None:
        """The last label of footage between two labels, or None. Raises DeviceError."""
        found = await self._window(track, start, end)
        return max((match.end for match in found), default=None)

    def _hours(self) -> int:
        return _SHORT_HOURS if self.known.has(Quirk.SHORT_SEARCHES) else _DAY_HOURS

    async def _window(self, track: int, start: datetime, end: datetime) -> list[Match]:
        """A day; where the device fails over it twice, in pieces of six hours."""
        try:
            return await self._twice(track, start, end)
        except _Failed as failed:
            parts = list(windows(start, end, _SHORT_HOURS))
            if len(parts) < 2:
                raise self.isapi.error(failed.refused, Right.PLAYBACK) from None
        found: dict[tuple[datetime, datetime, str], Match] = {}
        try:
            for first, last in parts:
                for match in await self._twice(track, first, last):
                    found.setdefault(match.key, match)
        except _Failed as failed:
            raise self.isapi.error(failed.refused, Right.PLAYBACK) from None
        self.known.note(Quirk.SHORT_SEARCHES)
        return list(found.values())

    async def _twice(self, track: int, start: datetime, end: datetime) -> list[Match]:
        """Once more under a new id, where the device failed or was busy: both are often brief."""
        async with self.gate.turn("search"):
            try:
                return await self._once(track, start, end)
            except _Failed:
                await asyncio.sleep(Backoff(*_REST_SECONDS).next_seconds())
            try:
                return await self._once(track, start, end)
            except _Failed as failed:
                if failed.refused.trouble is not Trouble.BUSY:
                    raise
                raise self.isapi.error(failed.refused, Right.PLAYBACK) from None

    async def _once(self, track: int, start: datetime, end: datetime) -> list[Match]:
        """Every file of the window. A device that only ever gives its first page is asked again
        from where that ended, as long as that brings something new."""
        found: dict[tuple[datetime, datetime, str], Match] = {}
        here = start
        while here < end:
            before = len(found)
            is_whole = await self._pages(track, here, end, found)
            if is_whole or len(found) == before:
                break
            self.known.note(Quirk.FIRST_PAGE_ONLY)
            here = max(match.end for match in found.values()) - _SECOND
        return sorted(found.values(), key=lambda match: (match.start, match.end))

    async def _pages(
        self,
        track: int,
        start: datetime,
        end: datetime,
        found: dict[tuple[datetime, datetime, str], Match],
    ) -> bool:
        """The pages of one search, into `found`. False where the device stopped turning them."""
        search_id, position = new_search_id(), 0
        asked = await self._page_size()
        for _ in range(_MOST_PAGES):
            body = search_body(search_id, track, start, end, position, asked)
            got = page(await self._ask(body), asked=asked)
            before = len(found)
            for match in got.matches:
                found.setdefault(match.key, match)
            if not got.has_more:
                return True
            if (len(found) == before and position) or self.known.has(Quirk.FIRST_PAGE_ONLY):
                return False
            position += got.seen
        return False

    async def _ask(self, body: bytes) -> bytes:
        said = await self.isapi.ask(
            "POST", _PATH, body, right=Right.PLAYBACK, timeout_seconds=_TIMEOUT_SECONDS
        )
        refused = said.refused
        if refused is not None and refused.trouble in (Trouble.FAULT, Trouble.BUSY):
            raise _Failed(refused)
        return self.isapi.body_of(said, Right.PLAYBACK)

    async def _page_size(self) -> int:
        """As many at once as the device allows, and no more than every device does."""
        if self._results is None:
            profile = await self.isapi.get_or_none("/ContentMgmt/search/profile", Right.PLAYBACK)
            allowed = most_results(profile) if profile is not None else None
            self._results = min(allowed or _RESULTS, _RESULTS)
        return self._results
