"""Giving tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from sereno.accounts.queries import Asker
from sereno.audit.actions import record
from sereno.base.clock import to_us
from sereno.base.errors import Forbidden, NotFound, SerenoError, Unavailable, Words
from sereno.base.spans import Span
from sereno.devices.models import DeviceChannel
from sereno.live.queries_sources import (
    Part,
    is_own,
    live_node,
    player_of,
    runners_of,
    source_of,
)
from sereno.policy.choices import StreamName
from sereno.sites.models import Camera, Node
from sereno.sites.queries import access_camera, cameras_of
from sereno.wire.tickets import LIFETIME, Purpose, Ticket, sign

PERSONS_ONLY = Words(
    "Only a person can watch.",
    "Solo una persona puede mirar.",
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A ticket and when it ends; of a span, which node has which part of it."""

    ticket: str
    expires_at: datetime
    parts: tuple[Part, ...] = ()


def issue_ticket(
    asker: Asker,
    camera_id: UUID,
    purpose: Purpose,
    span: Span | None,
    now: datetime,
    stream: StreamName = "main",
) -> Issued:
    """A minute's leave to see one camera, from who runs it, or who has the span's first footage.

    Raises NotFound, also for a stream that the camera has not; Unavailable where that node is away;
    Conflict for a clip of which several nodes have parts, and for a recorder's footage where the
    camera is no channel of one. Who looked at what was recorded is
    journalled; live view is not: it is all day, everywhere.
    """
    camera = access_camera(asker, camera_id)
    source = source_of(camera, stream, purpose, span, now)
    signed = sign_ticket(
        asker, camera, source.node, purpose, now,
        stream=stream, span=span, channel=source.channel, ahead_seconds=source.ahead_seconds,
    )  # fmt: skip
    if span is not None:
        ends = {"from_us": to_us(span.start), "to_us": to_us(span.end)}
        record(asker.actor, f"ticket_{purpose}", "camera", camera.pk, **ends)
    return Issued(signed, now + LIFETIME, source.parts)


def issue_footage_ticket(
    asker: Asker, camera_id: UUID, span: Span, now: datetime, stream: StreamName
) -> tuple[Issued, Purpose]:
    """For footage of the span, wherever it is: ours, or on the camera's recorder. Raises as
    `issue_ticket`."""
    purpose = player_of(access_camera(asker, camera_id), stream, span)
    return issue_ticket(asker, camera_id, purpose, span, now, stream), purpose


def issue_live_tickets(
    asker: Asker, wishes: Sequence[tuple[UUID, StreamName]], now: datetime
) -> list[Issued | SerenoError]:
    """For each camera and stream what `issue_ticket` gives or raises; a few statements for all of
    them. Raises Forbidden."""
    cameras = cameras_of(asker).in_bulk([camera_id for camera_id, _ in wishes])
    runners = runners_of(cameras.values())
    found: list[Issued | SerenoError] = []
    for camera_id, stream in wishes:
        try:
            camera = cameras.get(camera_id) or access_camera(asker, camera_id)
            node = live_node(camera, stream, runners.get(camera_id), now)
        except (NotFound, Unavailable) as error:
            found.append(error)
        else:
            signed = sign_ticket(asker, camera, node, "live", now, stream=stream)
            found.append(Issued(signed, now + LIFETIME))
    return found


def sign_ticket(
    asker: Asker,
    camera: Camera,
    node: Node,
    purpose: Purpose,
    now: datetime,
    *,
    stream: StreamName = "main",
    span: Span | None = None,
    clip_id: UUID | None = None,
    channel: DeviceChannel | None = None,
    ahead_seconds: int | None = None,
) -> str:
    """A signed ticket to what `node` has of a camera that `asker` may see.

    Raises Forbidden for who is no person.
    """
    if asker.user is None:
        raise Forbidden("persons_only", PERSONS_ONLY)
    ticket = Ticket(
        user_id=asker.user.pk,
        camera_id=camera.pk,
        stream=stream,
        purpose=purpose,
        node_id=node.pk,
        is_own_node=is_own(node),
        clip_id=clip_id,
        device_id=channel.device_id if channel else None,
        channel=channel.channel if channel else "",
        ahead_seconds=ahead_seconds,
        start=span.start if span else None,
        end=span.end if span else None,
    )
    return sign(ticket, settings.SERENO_TICKET_KEY, now)
