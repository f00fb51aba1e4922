"""What was recorded: playlists, files and clips, of the ticket's stream and time alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from sereno.base.clock import from_us
from sereno.base.errors import Invalid, NotFound, Words
from sereno.base.spans import Span
from sereno.media.clips import ClipPlan, ClipSegment, clip_bytes, plan_clip
from sereno.media.index import unpack_index
from sereno.media.playlists import vod_playlist
from sereno.node.access import Doorkeeper, Visit, token_of
from sereno.node.byte_range import parse_range
from sereno.node.recording import Recording
from sereno.node.rows import SegmentRow

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
VIDEO_TYPE = "video/mp4"
LONGEST_SPAN_US = 25 * 3600 * 1_000_000  # a day, also the one on which clocks go back
PASS_PARAMETER = "token"  # noqa: S105  a name that logs redact
# A ticket opened it: nothing on the way may keep it for somebody else.
PRIVATE = {"Cache-Control": "private, no-store"}

_TOO_LONG = Words(
    "This is more than a day of footage. Choose a shorter time.",
    "Es más de un día de grabación. Elija un tiempo más corto.",
)
_NO_SEGMENT = Words(
    "There is no such footage here. Open the timeline again.",
    "No hay tal grabación aquí. Abra de nuevo la línea de tiempo.",
)


@dataclass(frozen=True, slots=True)
class Playback:
    """The routes of `/media/v1/` that read files."""

    doorkeeper: Doorkeeper
    recording: Recording
    path_of: Callable[[UUID, str], Path | None]

    def router(self) -> APIRouter:
        router = APIRouter()
        router.get("/vod/index.m3u8")(self.playlist)
        router.get("/vod/segments/{segment_id}.mp4")(self.segment)
        router.get("/clip.mp4")(self.clip)
        return router

    async def playlist(self, request: Request) -> Response:
        """A VOD playlist of the ticket's time."""
        visit = self.doorkeeper.admit(token_of(request), "playback")
        span, rows = await self._footage_of(visit)
        address_of = self._addresses(request, span.duration)
        text = await asyncio.to_thread(lambda: vod_playlist(self._segments(rows), span, address_of))
        return Response(text, media_type=PLAYLIST_TYPE, headers=PRIVATE)

    async def segment(self, request: Request, segment_id: UUID) -> Response:
        """A file, or the range of it that is asked for."""
        playback_pass = request.query_params.get(PASS_PARAMETER, "")
        visit = self.doorkeeper.admit(token_of(request), "playback", playback_pass)
        start_us, end_us = visit.span_us()
        row = await self.recording.segment(segment_id)
        is_theirs = row is not None and row.key == visit.key
        if row is None or not is_theirs or row.end_us <= start_us or row.start_us >= end_us:
            raise NotFound("no_segment", _NO_SEGMENT)
        path = self.path_of(row.volume_id, row.path)
        if path is None or not await asyncio.to_thread(path.exists):
            raise NotFound("no_segment", _NO_SEGMENT)
        return FileResponse(path, media_type=VIDEO_TYPE, headers=PRIVATE)

    async def clip(self, request: Request) -> Response:
        """The ticket's time as one MP4 to keep."""
        visit = self.doorkeeper.admit(token_of(request), "clip")
        span, rows = await self._footage_of(visit)
        try:
            plan = await asyncio.to_thread(lambda: plan_clip(self._segments(rows), span))
        except FileNotFoundError:  # somebody removed it by hand
            raise NotFound("no_segment", _NO_SEGMENT) from None
        asked = parse_range(request.headers.get("range"), plan.size_bytes)
        start, stop = asked or (0, plan.size_bytes)
        headers = PRIVATE | {
            "Content-Length": str(stop - start),
            "Accept-Ranges": "bytes",
            "Content-Disposition": f'attachment; filename="{_file_name(visit, plan)}"',
        }
        if asked is not None:
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{plan.size_bytes}"
        return StreamingResponse(
            clip_bytes(plan, start, stop),
            status_code=200 if asked is None else 206,
            media_type=VIDEO_TYPE,
            headers=headers,
        )

    def _addresses(self, request: Request, duration: timedelta) -> Callable[[UUID], str]:
        """Relative addresses; a ticket given by query is carried on, with a pass to outlast it, for
        players that set no header."""
        ticket = request.query_params.get("ticket")
        if not ticket:
            return lambda segment_id: f"segments/{segment_id}.mp4"
        issued = self.doorkeeper.passes.issue(ticket, duration, self.doorkeeper.clock.now())
        query = urlencode({"ticket": ticket, PASS_PARAMETER: issued})
        return lambda segment_id: f"segments/{segment_id}.mp4?{query}"

    async def _footage_of(self, visit: Visit) -> tuple[Span, list[SegmentRow]]:
        start_us, end_us = visit.span_us()
        if end_us - start_us > LONGEST_SPAN_US:
            raise Invalid("span_too_long", _TOO_LONG)
        rows = await self.recording.segments(visit.key, start_us, end_us)
        return Span(from_us(start_us), from_us(end_us)), rows

    def _segments(self, rows: list[SegmentRow]) -> list[ClipSegment]:
        return [
            ClipSegment(
                segment_id=row.segment_id,
                run_id=row.run_id,
                init_size_bytes=row.init_size,
                start_us=row.start_us,
                index=unpack_index(row.fragments),
                path=path,
            )
            for row in rows
            if (path := self.path_of(row.volume_id, row.path)) is not None
        ]


def _file_name(visit: Visit, plan: ClipPlan) -> str:
    camera_id, stream = visit.key
    name = "" if stream == "main" else f"-{stream}"
    return f"{camera_id}{name}_{plan.span.start:%Y%m%dT%H%M%SZ}_{plan.span.end:%Y%m%dT%H%M%SZ}.mp4"
