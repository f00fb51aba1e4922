"""Clips over HTTP: asked for, listed, renamed, deleted, and fetched by ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.live import actions_clips
from sereno.live.actions_clips import Wanted
from sereno.live.models import Clip
from sereno.live.queries_clips import access_clip, clips_of, reason_of
from sereno.live.rules_clips import check_span, file_name
from sereno.policy.choices import StreamName
from sereno.sites.answers import ReasonAnswer

router = Router(tags=["clips"], auth=ANYBODY_KNOWN, by_alias=True)

StateName = Literal["waiting", "making", "ready", "failed"]


class ClipSpanAnswer(Schema):
    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")


class ClipAnswer(Schema):
    """`from` and `to` were asked for; `shown`, from its first frame to its last, and all that
    follows from the file itself come with `ready`. `expected_bytes` is a guess beforehand."""

    id: UUID
    camera_id: UUID
    camera: str
    node: str
    stream: StreamName
    name: str
    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    state: StateName
    done_bytes: int
    size_bytes: int | None
    expected_bytes: int | None
    shown: ClipSpanAnswer | None
    duration_seconds: float | None
    gaps: list[ClipSpanAnswer]
    sha256: str | None
    is_cut_short: bool
    reason: ReasonAnswer | None

    @classmethod
    def of_clip(cls, clip: Clip, now: datetime) -> ClipAnswer:
        reason, shown = reason_of(clip, now), clip.shown
        return cls.model_validate(
            {
                "id": clip.pk,
                "camera_id": clip.camera_id,
                "camera": clip.camera.name,
                "node": clip.node.name,
                "stream": clip.stream,
                "name": clip.name,
                "start": clip.asked.start,
                "end": clip.asked.end,
                "made_by": clip.made_by,
                "made_at": clip.made_at,
                "expires_at": clip.expires_at,
                "state": clip.state,
                "done_bytes": clip.done_bytes,
                "size_bytes": clip.size_bytes,
                "expected_bytes": clip.expected_bytes,
                "shown": shown and ClipSpanAnswer(start=shown.lower, end=shown.upper),
                "duration_seconds": clip.duration_seconds,
                "gaps": [ClipSpanAnswer(start=gap.lower, end=gap.upper) for gap in clip.gaps],
                "sha256": clip.sha256 or None,
                "is_cut_short": clip.is_cut_short,
                "reason": reason and ReasonAnswer.of(reason),
            }
        )


class ClipRequest(Schema):
    """Without a name it is called by its camera and time, without `expires_at` it stays."""

    camera_id: UUID
    stream: StreamName = "main"
    start: AwareDatetime | None = Field(default=None, alias="from")
    end: AwareDatetime | None = Field(default=None, alias="to")
    name: str | None = None
    expires_at: AwareDatetime | None = None


class ClipChange(Schema):
    """What is left out stays as it is; an `expires_at` of null: it stays."""

    name: str | None = None
    expires_at: AwareDatetime | None = None


class ClipTicket(Schema):
    """Addresses for a player, for a file to keep, and for the sidecar; good for a minute.

    A player that began in time may go on with its address for hours.
    """

    ticket: str
    expires_at: datetime
    play_url: str
    download_url: str
    sidecar_url: str


@router.get("/clips", response=list[ClipAnswer], operation_id="list_clips")
def list_clips(request: KnownRequest, camera_id: UUID | None = None) -> list[ClipAnswer]:
    """All clips, the newest first; of one camera where that is asked."""
    clips, now = clips_of(request.auth), timezone.now()
    if camera_id is not None:
        clips = clips.filter(camera=camera_id)
    return [ClipAnswer.of_clip(clip, now) for clip in clips]


@router.post("/clips", response={202: ClipAnswer}, operation_id="make_clip")
def make_clip(request: KnownRequest, body: ClipRequest) -> Status[ClipAnswer]:
    """Have a clip made; ask for it by its id, every second or so, until it is ready or failed."""
    now = timezone.now()
    span = check_span(body.start, body.end, now)
    wanted = Wanted(body.camera_id, body.stream, span, body.name, body.expires_at)
    return Status(202, ClipAnswer.of_clip(actions_clips.make_clip(request.auth, wanted, now), now))


@router.get("/clips/{clip_id}", response=ClipAnswer, operation_id="get_clip")
def get_clip(request: KnownRequest, clip_id: UUID) -> ClipAnswer:
    """One clip, and how far it is."""
    return ClipAnswer.of_clip(access_clip(request.auth, clip_id), timezone.now())


@router.patch("/clips/{clip_id}", response=ClipAnswer, operation_id="change_clip")
def change_clip(request: KnownRequest, clip_id: UUID, body: ClipChange) -> ClipAnswer:
    """Give it another name, or another time at which it is deleted."""
    asker, now = request.auth, timezone.now()
    if body.name is not None:
        actions_clips.rename_clip(asker, clip_id, body.name)
    if "expires_at" in body.model_fields_set:
        actions_clips.let_clip_expire(asker, clip_id, body.expires_at, now)
    return ClipAnswer.of_clip(access_clip(asker, clip_id), now)


@router.delete("/clips/{clip_id}", response={204: None}, operation_id="delete_clip")
def delete_clip(request: KnownRequest, clip_id: UUID) -> Status[None]:
    """Delete it, here at once and on its node when that hears of it."""
    actions_clips.delete_clip(request.auth, clip_id)
    return Status(204, None)


@router.post("/clips/{clip_id}/ticket", response=ClipTicket, operation_id="make_clip_ticket")
def make_clip_ticket(request: KnownRequest, clip_id: UUID) -> ClipTicket:
    """A minute's leave to fetch a clip that is ready."""
    clip = access_clip(request.auth, clip_id)
    issued = actions_clips.issue_clip_ticket(request.auth, clip_id, timezone.now())
    place = f"/media/v1/clips/{clip_id}"
    plain = urlencode({"ticket": issued.ticket})
    named = urlencode({"ticket": issued.ticket, "name": file_name(clip.name)})
    return ClipTicket(
        ticket=issued.ticket,
        expires_at=issued.expires_at,
        play_url=f"{place}.mp4?{plain}",
        download_url=f"{place}.mp4?{named}",
        sidecar_url=f"{place}.json?{named}",
    )
