"""What a node is to do, as one message."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

from sereno.enforcer.queries import desired_of
from sereno.sites.models import Node
from sereno.wire.orders import Orders
from sereno.wire.secret import REVEAL


@dataclass(frozen=True, slots=True)
class OrdersBody:
    """The orders as they travel, and the ETag that changes when they do (RFC 9110, 8.8.3)."""

    body: bytes
    etag: str


def orders_for(node: Node) -> OrdersBody:
    """Everything `node` must do now."""
    orders = Orders(
        node_id=node.pk,
        site_name=node.site.name,
        ticket_public_key=settings.SERENO_TICKET_PUBLIC_KEY,
        cameras=desired_of(node),
    )
    body = orders.model_dump_json(context=REVEAL).encode()
    return OrdersBody(body, f'"{sha256(body).hexdigest()}"')
