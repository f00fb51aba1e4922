"""What was recorded: playlists and files, of the ticket's stream and time alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from sereno.base.clock import to_us
from sereno.base.errors import NotFound, Words
from sereno.base.spans import Span
from sereno.media.index import GopIndex, unpack_gops
from sereno.media.playlists import PlaylistSegment, vod_facts, vod_playlist
from sereno.node.access import Doorkeeper, Visit
from sereno.node.admission import Admission
from sereno.node.byte_range import parse_range
from sereno.node.growing_file import GrowingFile
from sereno.node.recording import Recording
from sereno.node.rows import SegmentRow
from sereno.node.run_formats import RunFormats
from sereno.node.windows import window_of
from sereno.wire.tickets import Purpose

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
VIDEO_TYPE = "video/mp4"
# A ticket opened it: nothing on the way may keep it for somebody else.
PRIVATE = {"Cache-Control": "private, no-store"}
FILE_PURPOSES: frozenset[Purpose] = frozenset({"playback", "live"})
# A live ticket leads to files of so long ago, for players that are a little behind.
LIVE_PAST_US = 300_000_000
KEPT_INDEXES = 512  # some hours of footage, 7 KB a file
_CLOCK_US = 3_600_000_000  # cameras' times may lie so far in the future

NO_SEGMENT = Words(
    "There is no such footage here. Open the timeline again.",
    "No hay tal grabación aquí. Abra de nuevo la línea de tiempo.",
)
_NOTHING = Words(
    "There is no footage in this time. Choose another on the timeline.",
    "No hay grabación en ese tiempo. Elija otro en la línea de tiempo.",
)


@dataclass(frozen=True, slots=True)
class Playback:
    """The routes of `/media/v1/` that read files."""

    doorkeeper: Doorkeeper
    recording: Recording
    formats: RunFormats
    path_of: Callable[[UUID, str], Path | None]

    def router(self) -> APIRouter:
        router = APIRouter()
        router.get("/vod/index.m3u8")(self.playlist)
        router.get("/vod/index.json")(self.facts)
        for folder in ("vod", "live", "hls/{given_pass}"):
            router.get(f"/{folder}/segments/{{segment_id}}.mp4")(self.segment)
        return router

    async def playlist(self, request: Request) -> Response:
        """A VOD playlist of the ticket's time, or of a window in it."""
        admission = Admission.of(request)
        visit = self.doorkeeper.admit(admission.ticket, "playback")
        window, segments = await self._footage(request, visit)
        address_of = self._addresses(admission, visit)
        text = await asyncio.to_thread(vod_playlist, segments, window, address_of)
        if not text:
            raise NotFound("no_footage", _NOTHING)
        return Response(text, media_type=PLAYLIST_TYPE, headers=PRIVATE)

    async def facts(self, request: Request) -> Response:
        """The same for players of ours, which read GOPs by themselves."""
        admission = Admission.of(request)
        visit = self.doorkeeper.admit(admission.ticket, "playback")
        window, segments = await self._footage(request, visit)
        formats = await self.formats.of(visit.key, {each.run_id for each in segments})
        address_of = self._addresses(admission, visit)
        found = await asyncio.to_thread(
            vod_facts, segments, window, address_of, lambda run_id: formats[run_id].mime
        )
        return JSONResponse(found, headers=PRIVATE)

    async def segment(self, request: Request, segment_id: str) -> Response:
        """A file, or the range of it that is asked for."""
        admission = Admission.of(request)
        visit = self.doorkeeper.admit(admission.ticket, FILE_PURPOSES, admission.given_pass)
        row = await self._row(visit, segment_id)
        path = None if row is None else self.path_of(row.volume_id, row.path)
        size_bytes = None if path is None else await asyncio.to_thread(_size_of, path)
        if path is None or size_bytes is None:
            raise NotFound("no_segment", NO_SEGMENT)
        parse_range(request.headers.get("range"), size_bytes)
        return GrowingFile(path, media_type=VIDEO_TYPE, headers=PRIVATE)

    async def _row(self, visit: Visit, segment_id: str) -> SegmentRow | None:
        """The file, where the ticket is for it."""
        try:
            row = await self.recording.segment(UUID(segment_id))
        except ValueError:
            return None
        start_us, end_us = self._span_us(visit)
        is_theirs = row is not None and row.key == visit.key
        if row is None or not is_theirs or row.end_us <= start_us or row.start_us >= end_us:
            return None
        return row

    def _span_us(self, visit: Visit) -> tuple[int, int]:
        if visit.purpose == "live":
            now_us = to_us(self.doorkeeper.clock.now())
            return now_us - LIVE_PAST_US, now_us + _CLOCK_US
        return visit.span_us()

    def _addresses(self, admission: Admission, visit: Visit) -> Callable[[UUID], str]:
        start_us, end_us = visit.span_us()
        longest = timedelta(microseconds=end_us - start_us)
        now = self.doorkeeper.clock.now()
        address = admission.addresses(
            lambda: self.doorkeeper.passes.issue(admission.ticket, longest, now)
        )
        return lambda segment_id: address(f"segments/{segment_id}.mp4")

    async def _footage(
        self, request: Request, visit: Visit
    ) -> tuple[Span, Sequence[PlaylistSegment]]:
        window = window_of(request.query_params, *visit.span_us())
        start_us, end_us = to_us(window.start), to_us(window.end)
        rows = await self.recording.segments(visit.key, start_us, end_us)
        return window, await asyncio.to_thread(self._segments, rows)

    def _segments(self, rows: list[SegmentRow]) -> list[PlaylistSegment]:
        """What lies on volumes that are there."""
        return [
            PlaylistSegment(
                segment_id=row.segment_id,
                run_id=row.run_id,
                init_size_bytes=row.init_size,
                start_us=row.start_us,
                index=_gops_in(row.fragments),
            )
            for row in rows
            if self.path_of(row.volume_id, row.path) is not None
        ]


@lru_cache(maxsize=KEPT_INDEXES)
def _gops_in(fragments: bytes) -> GopIndex:
    return unpack_gops(fragments)


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
