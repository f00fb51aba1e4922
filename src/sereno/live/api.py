"""Tickets over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.live.actions import issue_ticket
from sereno.live.rules import span_of
from sereno.wire.tickets import Purpose

router = Router(tags=["live"], auth=ANYBODY_KNOWN)


class TicketRequest(Schema):
    """`from` and `to` are needed for playback and clips."""

    camera_id: UUID
    purpose: Purpose
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
