"""What a node is to do, as one message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from sereno.audit.queries import newest_number
from sereno.devices.queries import device_orders
from sereno.enforcer.queries import desired_of
from sereno.live.queries_clips import clip_orders
from sereno.sites.models import Node
from sereno.wire.orders import CameraOrder, Orders
from sereno.wire.secret import REVEAL


@dataclass(frozen=True, slots=True)
class OrdersBody:
    """The orders as they travel, and the ETag that changes when they do (RFC 9110, 8.8.3)."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class _Known:
    """An ETag; good while the journal's newest entry is `entry_number`, and before `ends_at`."""

    etag: str
    entry_number: int
    ends_at: datetime | None


# By node. Nothing that orders are made of changes without an entry of the journal in the same
# transaction; only pauses and recordings by hand end by themselves. A node asks every few seconds
# whether its orders have changed, and those of 500 cameras are megabytes.
_known: dict[UUID, _Known] = {}


def etag_for(node: Node, now: datetime) -> str:
    """The ETag of the orders for `node`, made anew only where they may have changed."""
    known = _known.get(node.pk)
    if known is None or known.entry_number != newest_number():
        return orders_for(node, now).etag
    is_over = known.ends_at is not None and known.ends_at <= now
    return orders_for(node, now).etag if is_over else known.etag


def orders_for(node: Node, now: datetime) -> OrdersBody:
    """Everything `node` must do now."""
    # Read before all else: what changes meanwhile has a later number, and is found next time.
    entry_number = newest_number()
    orders = Orders(
        node_id=node.pk,
        site_name=node.site.name,
        ticket_public_key=settings.SERENO_TICKET_PUBLIC_KEY,
        cameras=desired_of(node, now),
        clips=clip_orders(node),
        devices=device_orders(node),
    )
    body = orders.model_dump_json(context=REVEAL).encode()
    etag = f'"{sha256(body).hexdigest()}"'
    _known[node.pk] = _Known(etag, entry_number, _first_end(orders.cameras))
    return OrdersBody(body, etag)


def _first_end(cameras: Iterable[CameraOrder]) -> datetime | None:
    """When the first pause or recording by hand ends, which is then no longer in the orders."""
    plans = [camera.plan for camera in cameras]
    pauses = [pause.end for plan in plans for pause in plan.pauses]
    manuals = [manual.end for plan in plans for manual in plan.manuals if manual.end]
    return min([*pauses, *manuals], default=None)
