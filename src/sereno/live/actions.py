"""Giving tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from sereno.accounts.queries import Asker
from sereno.audit.actions import record
from sereno.base.clock import to_us
from sereno.base.errors import Conflict, Forbidden, Unavailable, Words
from sereno.base.spans import Span
from sereno.enforcer.leases import leases_of
from sereno.footage.queries import nodes_with
from sereno.sites.models import Camera, Node
from sereno.sites.queries import access_camera
from sereno.sites.rules import is_online
from sereno.wire.tickets import LIFETIME, Purpose, Ticket, sign

_NO_NODE = Words(
    "No node runs this camera, so there is nothing to see. Enrol a node at its site.",
    "Ningún nodo atiende esta cámara y no hay nada que ver. Registre un nodo en su sitio.",
)
_OFFLINE = Words(
    "The node {node} of {site}, which has this video, does not answer. Check its power and the "
    "site's connection.",
    "El nodo {node} de {site}, que tiene este vídeo, no responde. Revise su corriente y la "
    "conexión del sitio.",
)
_ELSEWHERE = Words(
    "This video is on the node {node}, which cannot be shown from here yet. Nothing is lost: it "
    "stays recorded there.",
    "Este vídeo está en el nodo {node}, que todavía no se puede ver desde aquí. No se pierde nada: "
    "queda grabado allí.",
)
_PARTED = Words(
    "Parts of this were recorded by different nodes: {nodes}. Choose a span between two gaps.",
    "Distintos nodos grabaron partes de esto: {nodes}. Elija un tramo entre dos huecos.",
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
    """A minute's leave to see one camera, from who runs it, or who has the span's first footage.

    Raises NotFound; Unavailable where that node is away, or elsewhere than on this box; Conflict
    for a clip of which several nodes have parts. Who looked at what was recorded is journalled;
    live view is not: it is all day, everywhere.
    """
    camera = access_camera(asker, camera_id)
    if asker.user is None:
        raise Forbidden("persons_only", _PERSONS_ONLY)
    ticket = Ticket(
        user_id=asker.user.pk,
        camera_id=camera.pk,
        purpose=purpose,
        media_address=_media_address(_node_with(camera, purpose, span), camera, now),
        start=span.start if span else None,
        end=span.end if span else None,
    )
    signed = sign(ticket, settings.SERENO_TICKET_KEY, now)
    if span is not None:
        ends = {"from_us": to_us(span.start), "to_us": to_us(span.end)}
        record(asker.actor, f"ticket_{purpose}", "camera", camera.pk, **ends)
    return Issued(signed, now + LIFETIME)


def _media_address(node: Node | None, camera: Camera, now: datetime) -> str:
    if node is None:
        raise Unavailable("not_assigned", _NO_NODE)
    if not is_online(node.last_seen, now) or not node.media_address:
        raise Unavailable("node_offline", _OFFLINE.fill(node=node.name, site=camera.site.name))
    if node.media_address != settings.SERENO_MEDIA_ADDRESS:
        raise Unavailable("node_elsewhere", _ELSEWHERE.fill(node=node.name))
    return node.media_address


def _node_with(camera: Camera, purpose: Purpose, span: Span | None) -> Node | None:
    """Who runs it now, or who has the footage; None: nobody."""
    having = nodes_with(camera, span) if span else []
    if purpose == "clip" and len(having) > 1:
        known = Node.objects.filter(pk__in=having).order_by("name")
        raise Conflict("footage_parted", _PARTED.fill(nodes=", ".join(map(str, known))))
    if having:
        return Node.objects.filter(pk=having[0]).first()
    lease = leases_of([camera]).get(camera.pk)
    return lease.node if lease else camera.node
