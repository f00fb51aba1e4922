"""Every change of clips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from psycopg.types.range import TimestamptzRange

from sereno.accounts.queries import SYSTEM, Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.audit.rules import Actor, ActorKind
from sereno.base.clock import to_us
from sereno.base.errors import Conflict, NotFound, Words
from sereno.base.redact import redact
from sereno.base.spans import Span
from sereno.live.actions import Issued, sign_ticket
from sereno.live.models import Clip
from sereno.live.queries_clips import access_clip, clip_of_node, expected_bytes
from sereno.live.queries_sources import check_node, maker_of
from sereno.live.rules_clips import LEEWAY, check_count, check_expiry, default_name
from sereno.policy.choices import StreamName
from sereno.sites.actions import wake
from sereno.sites.models import Node
from sereno.sites.queries import access_camera
from sereno.sites.rules import check_name
from sereno.wire.clips import ClipReport, ClipSpan, ClipState
from sereno.wire.tickets import LIFETIME

_NO_FOOTAGE = Words(
    "There is no footage in this time. Choose another on the timeline.",
    "No hay grabación en ese tiempo. Elija otro en la línea de tiempo.",
)
_NOT_READY = Words(
    "The clip is not ready yet. Wait until it is.",
    "El clip aún no está listo. Espere a que lo esté.",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for; without a name it gets one, without `expires_at` it stays."""

    camera_id: UUID
    stream: StreamName
    span: Span
    name: str | None = None
    expires_at: datetime | None = None


@transaction.atomic
def make_clip(asker: Asker, wanted: Wanted, now: datetime) -> Clip:
    """Have the node that has the footage make a clip, and keep it.

    Where that node is away, the clip waits for it. Raises NotFound where there is no footage,
    Invalid, Forbidden, Unavailable where nobody can have any, Conflict where several nodes have
    parts or there are too many clips.
    """
    require(asker, Right.OPERATE)
    camera = access_camera(asker, wanted.camera_id)
    span = wanted.span
    node, has_told = maker_of(camera, wanted.stream, span)
    if not has_told and span.end < now - 6 * LEEWAY:  # of less the node may not have told yet
        raise NotFound("no_footage", _NO_FOOTAGE)
    Node.objects.select_for_update(no_key=True).get(pk=node.pk)  # counted one after the other
    check_count(Clip.objects.filter(node=node).count())
    name = default_name(camera.name, span.start, camera.site.time_zone)
    clip = Clip.objects.create(
        node=node,
        camera=camera,
        stream=wanted.stream,
        span=_stored(span),
        name=name if wanted.name is None else check_name(wanted.name),
        made_by=asker.name,
        made_at=now,
        expires_at=check_expiry(wanted.expires_at, now),
        expected_bytes=expected_bytes(camera, wanted.stream, span),
    )
    wake(node.pk)
    _note(asker.actor, "clip_make", clip, name=clip.name, node=str(node.pk))
    return clip


@transaction.atomic
def rename_clip(asker: Asker, clip_id: UUID, name: str) -> Clip:
    """Raises NotFound, Invalid, Forbidden."""
    clip = _changed(asker, clip_id)
    clip.name = check_name(name)
    clip.save(update_fields=["name"])
    _note(asker.actor, "clip_rename", clip, name=clip.name)
    return clip


@transaction.atomic
def let_clip_expire(
    asker: Asker, clip_id: UUID, expires_at: datetime | None, now: datetime
) -> Clip:
    """When it is to be deleted by itself; None: never. Raises NotFound, Invalid, Forbidden."""
    clip = _changed(asker, clip_id)
    clip.expires_at = check_expiry(expires_at, now)
    clip.save(update_fields=["expires_at"])
    _note(asker.actor, "clip_expiry", clip, expires_at=expires_at and expires_at.isoformat())
    return clip


@transaction.atomic
def delete_clip(asker: Asker, clip_id: UUID) -> None:
    """Its node removes the file as soon as it hears of it. Raises NotFound, Forbidden."""
    _remove(asker.actor, "clip_delete", _changed(asker, clip_id))


def expire_clips(now: datetime) -> int:
    """Delete the clips whose time is over; how many."""
    over = list(Clip.objects.filter(expires_at__lte=now).values_list("pk", flat=True))
    return sum(_expire(clip_id, now) for clip_id in over)


@transaction.atomic
def _expire(clip_id: UUID, now: datetime) -> bool:
    rows = Clip.objects.select_for_update().filter(pk=clip_id, expires_at__lte=now)
    if (clip := rows.first()) is None:
        return False
    _remove(SYSTEM.actor, "clip_expire", clip)
    return True


@transaction.atomic
def take_clip_report(node: Node, clip_id: UUID, report: ClipReport) -> None:
    """Keep what the node tells of a clip; journalled is only what came of it in the end.

    Idempotent. Raises NotFound where nobody wants that clip of this node any more.
    """
    clip = clip_of_node(node, clip_id)
    is_news = report.state != clip.state or report.sha256 != clip.sha256
    clip.state = report.state
    clip.done_bytes, clip.size_bytes = report.done_bytes, report.size_bytes
    reason = report.reason
    clip.reason_key = reason.key if reason else ""
    clip.reason_params = reason.params if reason else {}
    clip.reason_raw = redact(reason.raw) if reason else ""
    clip.shown = report.shown and _told(report.shown)
    clip.duration_seconds = report.duration_seconds
    clip.gaps = [_told(gap) for gap in report.gaps]
    clip.sha256, clip.is_cut_short = report.sha256, report.is_cut_short
    clip.save()
    actor = Actor(ActorKind.NODE, str(node.pk))
    if is_news and report.state == ClipState.READY:
        _note(actor, "clip_ready", clip, sha256=clip.sha256, size_bytes=clip.size_bytes)
    elif is_news and report.state == ClipState.FAILED:
        _note(actor, "clip_fail", clip, reason=clip.reason_key)


@transaction.atomic
def issue_clip_ticket(asker: Asker, clip_id: UUID, now: datetime) -> Issued:
    """A minute's leave to fetch a clip that is ready; journalled, as all looking back is.

    Raises NotFound, Conflict where it is not ready, Unavailable where its node is away.
    """
    clip = access_clip(asker, clip_id)
    if clip.state != ClipState.READY:
        raise Conflict("clip_not_ready", _NOT_READY)
    node, stream = check_node(clip.node, now), _stream(clip)
    signed = sign_ticket(asker, clip.camera, node, "clip_file", now, stream=stream, clip_id=clip.pk)
    _note(asker.actor, "ticket_clip_file", clip)
    return Issued(signed, now + LIFETIME)


def _changed(asker: Asker, clip_id: UUID) -> Clip:
    """One clip, locked, that `asker` may change."""
    require(asker, Right.OPERATE)
    access_clip(asker, clip_id)
    locked = Clip.objects.select_for_update(of=("self",)).select_related("camera", "node__site")
    if (clip := locked.filter(pk=clip_id).first()) is None:  # somebody was quicker
        return access_clip(asker, clip_id)
    return clip


def _remove(actor: Actor, act: str, clip: Clip) -> None:
    node_id = clip.node_id
    details = {"name": clip.name, "sha256": clip.sha256}
    clip_id, camera_id = clip.pk, clip.camera_id
    clip.delete()
    wake(node_id)
    record(actor, act, "clip", clip_id, camera=str(camera_id), **details)


def _note(actor: Actor, act: str, clip: Clip, **details: object) -> None:
    ends = {"from_us": to_us(clip.asked.start), "to_us": to_us(clip.asked.end)}
    record(
        actor, act, "clip", clip.pk,
        camera=str(clip.camera_id), stream=clip.stream, **ends, **details,
    )  # fmt: skip


def _stream(clip: Clip) -> StreamName:
    return "sub" if clip.stream == "sub" else "main"


def _stored(span: Span) -> TimestamptzRange:
    return TimestamptzRange(span.start, span.end)


def _told(span: ClipSpan) -> TimestamptzRange:
    return TimestamptzRange(span.start, span.end)
