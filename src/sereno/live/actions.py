"""Giving tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from sereno.accounts.queries import Asker
from sereno.audit.actions import record
from sereno.base.clock import to_us
from sereno.base.errors import Forbidden, Unavailable, Words
from sereno.base.spans import Span
from sereno.sites.models import Camera
from sereno.sites.queries import access_camera
from sereno.sites.rules import is_online
from sereno.wire.tickets import LIFETIME, Purpose, Ticket, sign

_NO_NODE = Words(
    "No node runs this camera, so there is nothing to see. Enrol a node at its site.",
    "Ningún nodo atiende esta cámara y no hay nada que ver. Registre un nodo en su sitio.",
)
_OFFLINE = Words(
    "The node of {site} does not answer. Check its power and the site's connection.",
    "El nodo de {site} no responde. Revise su corriente y la conexión del sitio.",
)
_PERSONS_ONLY = Words(
    "Only a person can watch.",
    "Solo una persona puede mirar.",
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A ticket and when it ends."""

    ticket: str
    expires_at: datetime


def issue_ticket(
    asker: Asker, camera_id: UUID, purpose: Purpose, span: Span | None, now: datetime
) -> Issued:
    """A minute's leave to see one camera. Raises NotFound, Unavailable when its node is away.

    Who looked at what was recorded is journalled; live view is not: it is all day, everywhere.
    """
    camera = access_camera(asker, camera_id)
    if asker.user is None:
        raise Forbidden("persons_only", _PERSONS_ONLY)
    ticket = Ticket(
        user_id=asker.user.pk,
        camera_id=camera.pk,
        purpose=purpose,
        media_address=_media_address(camera, now),
        start=span.start if span else None,
        end=span.end if span else None,
    )
    signed = sign(ticket, settings.SERENO_TICKET_KEY, now)
    if span is not None:
        ends = {"from_us": to_us(span.start), "to_us": to_us(span.end)}
        record(asker.actor, f"ticket_{purpose}", "camera", camera.pk, **ends)
    return Issued(signed, now + LIFETIME)


def _media_address(camera: Camera, now: datetime) -> str:
    node = camera.node
    if node is None:
        raise Unavailable("not_assigned", _NO_NODE)
    if not is_online(node.last_seen, now) or not node.media_address:
        raise Unavailable("node_offline", _OFFLINE.fill(site=camera.site.name))
    return node.media_address
