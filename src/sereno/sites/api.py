"""Sites and nodes over HTTP. Cameras are answered by `enforcer`, which knows how they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.sites import queries
from sereno.sites.models import Node
from sereno.sites.rules import is_online

router = Router(tags=["sites"], auth=ANYBODY_KNOWN)


class SiteAnswer(Schema):
    id: int
    name: str
    time_zone: str


class ClockAnswer(Schema):
    """`offset_seconds`: how far the node's clock is ahead of the hub's, the network's delay in."""

    is_synchronised: bool | None
    offset_seconds: float | None


class VolumeAnswer(Schema):
    """`state`: `ok`, `missing`, `full`, `failing` or `slow`. Sizes are 0 while nobody knows them.

    `footage_bytes`: what footage takes there; `budget_bytes`: what it may take, null: no limit.
    """

    volume_id: UUID
    path: str
    state: str
    total_bytes: int
    free_bytes: int
    footage_bytes: int
    budget_bytes: int | None


class NodeAnswer(Schema):
    id: UUID
    name: str
    site_id: int
    is_online: bool
    last_seen: datetime | None
    version: str
    started_at: datetime | None
    clock: ClockAnswer
    volumes: list[VolumeAnswer]
    backlog: int

    @classmethod
    def of(cls, node: Node, now: datetime) -> NodeAnswer:
        return cls(
            id=node.pk,
            name=node.name,
            site_id=node.site_id,
            is_online=is_online(node.last_seen, now),
            last_seen=node.last_seen,
            version=node.version,
            started_at=node.started_at,
            clock=ClockAnswer(
                is_synchronised=node.is_clock_synchronised,
                offset_seconds=node.clock_offset_seconds,
            ),
            volumes=[VolumeAnswer.model_validate(volume) for volume in node.volumes],
            backlog=node.backlog,
        )


@router.get("/sites", response=list[SiteAnswer], operation_id="list_sites")
def list_sites(request: KnownRequest) -> list[SiteAnswer]:
    """The places with cameras."""
    return [
        SiteAnswer(id=site.pk, name=site.name, time_zone=site.time_zone)
        for site in queries.sites_of(request.auth)
    ]


@router.get("/nodes", response=list[NodeAnswer], operation_id="list_nodes")
def list_nodes(request: KnownRequest) -> list[NodeAnswer]:
    """The daemons at the sites and how they are."""
    now = timezone.now()
    return [NodeAnswer.of(node, now) for node in queries.nodes_of(request.auth)]
