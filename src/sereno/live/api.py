"""Tickets over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.live.actions import issue_ticket
from sereno.live.rules import span_of

router = Router(tags=["live"], auth=ANYBODY_KNOWN)


MEDIA_HEADER = "X-Sereno-Media"
"""For front alone, which answers with what it finds there, and tells nobody of it."""


class TicketRequest(Schema):
    """`from` and `to` are needed for playback and clips."""

    camera_id: UUID
    purpose: Literal["live", "playback", "clip"]
    start: AwareDatetime | None = Field(default=None, alias="from")
    end: AwareDatetime | None = Field(default=None, alias="to")


class TicketAnswer(Schema):
    ticket: str
    expires_at: datetime


@router.post("/tickets", response=TicketAnswer, operation_id="make_ticket")
def make_ticket(request: KnownRequest, body: TicketRequest) -> TicketAnswer:
    """A minute's leave to see one camera, to show at /media/v1/."""
    span = span_of(body.purpose, body.start, body.end)
    issued = issue_ticket(request.auth, body.camera_id, body.purpose, span, timezone.now())
    return TicketAnswer(ticket=issued.ticket, expires_at=issued.expires_at)


_JPEG: dict[str, Any] = {
    "responses": {200: {"description": "The newest picture", "content": {"image/jpeg": {}}}}
}


@router.get("/cameras/{camera_id}/snapshot.jpg", openapi_extra=_JPEG, operation_id="get_snapshot")
def get_snapshot(request: KnownRequest, camera_id: UUID) -> HttpResponse:
    """The newest picture of a camera, of when `Last-Modified` says, as JPEG."""
    issued = issue_ticket(request.auth, camera_id, "snapshot", None, timezone.now())
    place = f"/media/v1/snapshot.jpg?{urlencode({'ticket': issued.ticket})}"
    return HttpResponse(headers={MEDIA_HEADER: place, "Cache-Control": "no-store"})
