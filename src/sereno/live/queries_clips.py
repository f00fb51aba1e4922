"""Reading clips; every access check of theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.errors import NotFound, Words
from sereno.base.spans import Span
from sereno.footage.models import CoverageRun
from sereno.live.models import Clip
from sereno.policy.choices import StreamName
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera, Node
from sereno.sites.queries import cameras_of
from sereno.sites.rules import is_online
from sereno.wire.clips import ClipState
from sereno.wire.orders import ClipOrder

_NO_CLIP = Words(
    "There is no such clip. It may have been deleted or have expired; reload the list.",
    "No existe ese clip. Puede que se haya borrado o haya caducado; recargue la lista.",
)


def clips_of(asker: Asker) -> QuerySet[Clip]:
    """The clips that `asker` may see, the newest first: of cameras that they see, and of such as
    were removed since."""
    require(asker, Right.VIEW)
    seen = Q(camera__in=cameras_of(asker).order_by()) | Q(camera__removed_at__isnull=False)
    clips = Clip.objects.filter(seen).select_related("camera", "node__site")
    return clips.order_by("-made_at", "pk")


def access_clip(asker: Asker, clip_id: UUID) -> Clip:
    """One clip. Raises NotFound alike for one that is not and one not to be seen."""
    if (clip := clips_of(asker).filter(pk=clip_id).first()) is None:
        raise NotFound("no_such_clip", _NO_CLIP)
    return clip


def clip_of_node(node: Node, clip_id: UUID) -> Clip:
    """A clip that `node` is to keep, locked. Raises NotFound where it is to keep none such."""
    clip = Clip.objects.select_for_update().filter(pk=clip_id, node=node).first()
    if clip is None:
        raise NotFound("no_such_clip", _NO_CLIP)
    return clip


def clip_orders(node: Node) -> tuple[ClipOrder, ...]:
    """All clips that `node` shall have, in the order in which they were asked for."""
    clips = Clip.objects.filter(node=node).select_related("camera").order_by("made_at", "pk")
    return tuple(
        ClipOrder(
            clip_id=clip.pk,
            camera_id=clip.camera_id,
            camera=clip.camera.name,
            stream="sub" if clip.stream == "sub" else "main",
            start=clip.asked.start,
            end=clip.asked.end,
        )
        for clip in clips
    )


def expected_bytes(camera: Camera, stream: StreamName, span: Span) -> int | None:
    """How large a clip of the span will about be, as its runs' sizes foretell; None: who knows."""
    runs = CoverageRun.objects.filter(camera=camera, stream=stream)
    sizes = [
        run.size_bytes * (part.duration / covered.duration)
        for run in runs.filter(span__overlap=(span.start, span.end))
        if (covered := run.covered) is not None and (part := covered.overlap(span)) is not None
    ]
    return round(sum(sizes)) if sizes else None


def reason_of(clip: Clip, now: datetime) -> Reason | None:
    """What people should know of a clip: why it waits, failed or ends early."""
    if clip.state == ClipState.READY:
        if not clip.is_cut_short or clip.shown is None:
            return None
        at = clip.shown.upper.isoformat(timespec="seconds")
        return Reason("clip_cut_short", {"at": at.replace("+00:00", "Z")})
    if clip.state != ClipState.FAILED and not is_online(clip.node.last_seen, now):
        return Reason("node_offline")
    return clip.reason
