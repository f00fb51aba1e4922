"""Clips for viewers with tickets: made while they are fetched, and files that were made before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from sereno.base.clock import from_us
from sereno.base.errors import Invalid, NotFound, Words
from sereno.base.spans import Span
from sereno.media.clip_bytes import clip_bytes
from sereno.media.clips import ClipPlan, plan_clip
from sereno.node.access import Doorkeeper, Visit, token_of
from sereno.node.byte_range import parse_range
from sereno.node.clip_maker import PathOf, clip_segments
from sereno.node.clip_store import ClipStore
from sereno.node.recording import Recording

LONGEST_SPAN_US = 25 * 3600 * 1_000_000  # a day, also the one on which clocks go back
VIDEO_TYPE = "video/mp4"
PASS_PARAMETER = "token"  # noqa: S105  a name that logs redact
# A ticket opened it: nothing on the way may keep it for somebody else.
PRIVATE = {"Cache-Control": "private, no-store"}
# So long a player may go on with one ticket, pauses and all.
PLAYING = timedelta(hours=12)

_TOO_LONG = Words(
    "This is more than a day of footage. Choose a shorter time, or have a clip made of it.",
    "Es más de un día de grabación. Elija un tiempo más corto o pida que se haga un clip.",
)
_NO_FILE = Words(
    "A file of this footage is not there any more. Open the timeline again.",
    "Un archivo de esta grabación ya no está. Abra de nuevo la línea de tiempo.",
)
_NO_CLIP = Words(
    "This clip is not here: it is not ready yet, or was deleted. Look at the list of clips.",
    "Este clip no está aquí: aún no está listo, o se borró. Mire la lista de clips.",
)


@dataclass(frozen=True, slots=True)
class ClipRoutes:
    """The routes of `/media/v1/` for clips."""

    doorkeeper: Doorkeeper
    recording: Recording
    path_of: PathOf
    store: ClipStore

    def router(self) -> APIRouter:
        router = APIRouter()
        router.get("/clip.mp4")(self.made_now)
        router.api_route("/clips/{clip_id}.mp4", methods=["GET", "HEAD"])(self.video)
        router.get("/clips/{clip_id}.json")(self.sidecar)
        return router

    async def made_now(self, request: Request) -> Response:
        """The ticket's time as one MP4, made while it is sent."""
        visit = self.doorkeeper.admit(token_of(request), "clip")
        try:
            plan = await self._plan(visit)
        except FileNotFoundError:  # somebody removed it by hand
            raise NotFound("no_segment", _NO_FILE) from None
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

    async def _plan(self, visit: Visit) -> ClipPlan:
        start_us, end_us = visit.span_us()
        if end_us - start_us > LONGEST_SPAN_US:
            raise Invalid("span_too_long", _TOO_LONG)
        rows = await self.recording.segments(visit.key, start_us, end_us)
        span = Span(from_us(start_us), from_us(end_us))
        return await asyncio.to_thread(lambda: plan_clip(clip_segments(rows, self.path_of), span))

    async def video(self, request: Request, clip_id: UUID) -> Response:
        """A clip that was made, or the range of it that is asked for.

        A player that cannot set a header is led to an address with a pass, for it comes back for
        more when its ticket is over. With `?name=` it is a file to keep, called so.
        """
        ticket, given = request.query_params.get("ticket"), request.query_params.get(PASS_PARAMETER)
        self.doorkeeper.admit_to_clip(token_of(request), clip_id, given or "")
        report = await asyncio.to_thread(self.store.ready, clip_id)
        if report is None:
            raise NotFound("no_clip", _NO_CLIP)
        name = request.query_params.get("name")
        if ticket and not given and not name:
            issued = self.doorkeeper.passes.issue(ticket, PLAYING, self.doorkeeper.clock.now())
            query = urlencode({"ticket": ticket, PASS_PARAMETER: issued})
            return RedirectResponse(f"{clip_id}.mp4?{query}", headers=PRIVATE)
        return FileResponse(
            self.store.video(clip_id),
            media_type=VIDEO_TYPE,
            filename=f"{name or clip_id}.mp4",
            content_disposition_type="attachment" if name else "inline",
            headers=PRIVATE | {"ETag": f'"{report.sha256}"'},
        )

    async def sidecar(self, request: Request, clip_id: UUID) -> Response:
        """What the clip shows and was made of, as JSON."""
        self.doorkeeper.admit_to_clip(token_of(request), clip_id)
        if await asyncio.to_thread(self.store.ready, clip_id) is None:
            raise NotFound("no_clip", _NO_CLIP)
        name = request.query_params.get("name")
        return FileResponse(
            self.store.sidecar(clip_id),
            media_type="application/json",
            filename=f"{name or clip_id}.json",
            content_disposition_type="attachment" if name else "inline",
            headers=PRIVATE,
        )


def _file_name(visit: Visit, plan: ClipPlan) -> str:
    camera_id, stream = visit.key
    name = "" if stream == "main" else f"-{stream}"
    return f"{camera_id}{name}_{plan.span.start:%Y%m%dT%H%M%SZ}_{plan.span.end:%Y%m%dT%H%M%SZ}.mp4"
