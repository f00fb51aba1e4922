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
from sereno.base.errors import NotFound, SerenoError
from sereno.live.actions import Issued, issue_live_tickets, issue_ticket
from sereno.live.queries_sources import Part
from sereno.live.rules import MOST_AT_ONCE, span_of
from sereno.policy.choices import StreamName
from sereno.wire.tickets import LIFETIME

router = Router(tags=["live"], auth=ANYBODY_KNOWN)


MEDIA_HEADER = "X-Sereno-Media"
"""For front alone, which answers with what it finds there, and tells nobody of it."""


class TicketRequest(Schema):
    """`from` and `to` are needed for all but live view.

    `recorder`: footage on the recorder that the camera is a channel of, a day at most; the recorder
    plays it, to one viewer at a time, at `/media/v1/recorder`.
    """

    camera_id: UUID
    stream: StreamName = "main"
    purpose: Literal["live", "playback", "clip", "recorder"]
    start: AwareDatetime | None = Field(default=None, alias="from")
    end: AwareDatetime | None = Field(default=None, alias="to")


class TicketPart(Schema):
    """A part of the span that was asked for, and the node that has its footage."""

    node_id: UUID
    node: str
    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")


class TicketAnswer(Schema):
    """The ticket opens what the first part's node has; ask for the others one by one."""

    ticket: str
    expires_at: datetime
    parts: list[TicketPart]


@router.post("/tickets", response=TicketAnswer, by_alias=True, operation_id="make_ticket")
def make_ticket(request: KnownRequest, body: TicketRequest) -> TicketAnswer:
    """A minute's leave to see one camera, to show at /media/v1/."""
    span = span_of(body.purpose, body.start, body.end)
    now = timezone.now()
    issued = issue_ticket(request.auth, body.camera_id, body.purpose, span, now, body.stream)
    parts = [_told(part) for part in issued.parts]
    return TicketAnswer(ticket=issued.ticket, expires_at=issued.expires_at, parts=parts)


class LiveWish(Schema):
    camera_id: UUID
    stream: StreamName = "main"


class LiveTicketsRequest(Schema):
    wishes: list[LiveWish] = Field(max_length=MOST_AT_ONCE)


class TicketRefusal(Schema):
    """`status` is that of the answer which a wish by itself would get."""

    status: int
    key: str
    en: str
    es: str


class LiveTicketAnswer(Schema):
    """Of one wish: a ticket, or why there is none."""

    ticket: str | None
    refusal: TicketRefusal | None


class LiveTicketsAnswer(Schema):
    """In the order of the wishes."""

    tickets: list[LiveTicketAnswer]
    expires_at: datetime


@router.post("/tickets/live", response=LiveTicketsAnswer, operation_id="make_live_tickets")
def make_live_tickets(request: KnownRequest, body: LiveTicketsRequest) -> LiveTicketsAnswer:
    """Leave to see a whole wall, in one call; one camera's refusal is its own."""
    now = timezone.now()
    wishes = [(wish.camera_id, wish.stream) for wish in body.wishes]
    told = [_told_live(each) for each in issue_live_tickets(request.auth, wishes, now)]
    return LiveTicketsAnswer(tickets=told, expires_at=now + LIFETIME)


def _told_live(issued: Issued | SerenoError) -> LiveTicketAnswer:
    if isinstance(issued, SerenoError):
        en, es = issued.words
        status = 404 if isinstance(issued, NotFound) else 503
        refusal = TicketRefusal(status=status, key=issued.key, en=en, es=es)
        return LiveTicketAnswer(ticket=None, refusal=refusal)
    return LiveTicketAnswer(ticket=issued.ticket, refusal=None)


def _told(part: Part) -> TicketPart:
    span = part.span
    return TicketPart(node_id=part.node.pk, node=part.node.name, start=span.start, end=span.end)


JPEG: dict[str, Any] = {
    "responses": {200: {"description": "The newest picture", "content": {"image/jpeg": {}}}}
}


@router.get("/cameras/{camera_id}/snapshot.jpg", openapi_extra=JPEG, operation_id="get_snapshot")
def get_snapshot(request: KnownRequest, camera_id: UUID) -> HttpResponse:
    """The newest picture of a camera, of when `Last-Modified` says, as JPEG."""
    issued = issue_ticket(request.auth, camera_id, "snapshot", None, timezone.now())
    place = f"/media/v1/snapshot.jpg?{urlencode({'ticket': issued.ticket})}"
    return HttpResponse(headers={MEDIA_HEADER: place, "Cache-Control": "no-store"})
