"""A download that was cut off is completed: only what is missing is fetched, by its time.

The device begins at the key frame before, so that the parts overlap, and their pictures tell where
the one goes on from the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from sereno.base.spans import Span, span_or_none
from sereno.drivers.contract import Ability, Driver, Found, Progress
from sereno.drivers.errors import DeviceError, Locked, Refused, Unreachable
from sereno.drivers.file_sink import FileSink
from sereno.media.faults import StreamFault
from sereno.media.foreign.join import join
from sereno.media.foreign.movie_facts import MovieFacts
from sereno.media.foreign.remux import OnRemuxing, remux, settle

OVERLAP_SECONDS = 4.0
"""Devices round times to whole seconds, up and down."""

MOST_PARTS = 4
"""On a network that breaks off again and again, each part goes on where the one before ended."""


class Mended(NamedTuple):
    """The whole movie, and how many bytes were fetched for it beside those that were there."""

    movie: MovieFacts
    fetched_bytes: int


class _Parts(NamedTuple):
    """Files on the way: what is there, what comes, the same as a movie, both as one."""

    first: Path
    missing: Path
    second: Path
    joined: Path


@dataclass(frozen=True, slots=True)
class Mending:
    """Of one footage, whose span is known; its movie gets the name `target`."""

    driver: Driver
    found: Found
    target: Path
    on_fetched: Progress
    on_converting: OnRemuxing

    async def run(self, cut_off: Path, accept: Callable[[MovieFacts], None]) -> Mended | None:
        """Complete what is at `cut_off`. None where that cannot be done, whatever the cause: then
        all of it is fetched once more. Raises Refused, Locked, and OSError of the disk."""
        parts = _Parts(*(self._beside(name) for name in _Parts._fields))
        try:
            return await self._run(cut_off, parts, accept)
        except (Refused, Locked):
            raise
        except (DeviceError, StreamFault):
            return None
        finally:
            for part in parts:
                part.unlink(missing_ok=True)

    async def _run(
        self, cut_off: Path, parts: _Parts, accept: Callable[[MovieFacts], None]
    ) -> Mended | None:
        if not (await self.driver.capabilities())[Ability.FETCH_BY_TIME]:
            return None
        there, fetched_bytes = await remux(cut_off, parts.first), 0
        for _ in range(MOST_PARTS):
            since = there.seconds - OVERLAP_SECONDS
            span = self._missing(since)
            if span is None:
                return None
            fetched_bytes += await self._fetch(span, parts)
            movie = await join(parts.first, parts.second, since, parts.joined, self.on_converting)
            try:
                accept(movie)
            except DeviceError:
                if movie.seconds < there.seconds + OVERLAP_SECONDS:
                    return None
                there = movie
                await asyncio.to_thread(parts.joined.replace, parts.first)
            else:
                await asyncio.to_thread(settle, parts.joined, self.target)
                return Mended(movie, fetched_bytes)
        return None

    def _missing(self, since_seconds: float) -> Span | None:
        """From there on; None where too little came, or nothing is missing."""
        if since_seconds <= OVERLAP_SECONDS:
            return None
        span = self.found.span
        return span_or_none(span.start + timedelta(seconds=since_seconds), span.end)

    async def _fetch(self, span: Span, parts: _Parts) -> int:
        """What is missing, as a movie, or as much of it as comes; how many bytes it took."""
        sink = FileSink(parts.missing)
        try:
            await self.driver.fetch_span(self.found.channel, span, sink, self.on_fetched)
            await sink.flush()
        except Unreachable:
            if not sink.size_bytes:
                raise
            await sink.flush()
        finally:
            sink.close()
        await remux(parts.missing, parts.second)
        return sink.size_bytes

    def _beside(self, name: str) -> Path:
        return self.target.with_name(f"{self.target.name}.{name}.part")
