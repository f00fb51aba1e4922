"""Streams to play, as clients of older systems ask for them: one call, and every address in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.live.actions import issue_footage_ticket, issue_ticket
from sereno.live.rules import footage_span
from sereno.policy.choices import StreamName

router = Router(tags=["live"], auth=ANYBODY_KNOWN)

WEBSOCKET_PATH = "/media/v1/live"
RECORDER_PATH = "/media/v1/recorder"
WHEP_PATH = "/media/v1/whep"


class LiveRequest(Schema):
    camera_id: UUID
    stream: StreamName = "main"


class PlaybackRequest(Schema):
    camera_id: UUID
    stream: StreamName = "main"
    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")


class StreamAnswer(Schema):
    """`stream_id` is a ticket: open one of the addresses before `expires_at`.

    To the socket it is said as the first message, to WHEP in the `Authorization` header.
    """

    stream_id: str
    camera_id: UUID
    hls_url: str
    websocket_url: str | None = None
    whep_url: str | None = None
    expires_at: datetime


@router.post("/streams/live", response=StreamAnswer, operation_id="open_live_stream")
def open_live_stream(request: KnownRequest, body: LiveRequest) -> StreamAnswer:
    """A camera's stream, live."""
    now = timezone.now()
    issued = issue_ticket(request.auth, body.camera_id, "live", None, now, body.stream)
    return StreamAnswer(
        stream_id=issued.ticket,
        camera_id=body.camera_id,
        hls_url=_playlist(issued.ticket),
        websocket_url=WEBSOCKET_PATH,
        whep_url=WHEP_PATH,
        expires_at=issued.expires_at,
    )


@router.post("/streams/playback", response=StreamAnswer, operation_id="open_playback_stream")
def open_playback_stream(request: KnownRequest, body: PlaybackRequest) -> StreamAnswer:
    """What was recorded of a camera's stream; where we have nothing of the time, and it is a day at
    most, what the camera's recorder plays."""
    span = footage_span(body.start, body.end)
    now = timezone.now()
    issued, purpose = issue_footage_ticket(request.auth, body.camera_id, span, now, body.stream)
    return StreamAnswer(
        stream_id=issued.ticket,
        camera_id=body.camera_id,
        hls_url=_playlist(issued.ticket),
        websocket_url=RECORDER_PATH if purpose == "recorder" else None,
        expires_at=issued.expires_at,
    )


def _playlist(ticket: str) -> str:
    return f"/hls/{ticket}/index.m3u8"
