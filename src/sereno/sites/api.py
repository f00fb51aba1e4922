"""Sites and nodes over HTTP. Cameras are answered by `enforcer`, which knows how they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.sites import actions_groups, queries
from sereno.sites.models import CameraGroup, Node
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
    cpu_count: int | None

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
            cpu_count=node.cpu_count,
        )


class GroupAnswer(Schema):
    """`version` counts its changes; `changed_by`: who made the last."""

    id: int
    name: str
    camera_ids: list[UUID]
    version: int
    changed_at: datetime
    changed_by: str


class NewGroup(Schema):
    name: str
    camera_ids: list[UUID] = Field(default_factory=list, max_length=10_000)


class GroupChange(Schema):
    """What is left out or null stays as it is. `if_version`: only if it is still that one."""

    name: str | None = None
    camera_ids: list[UUID] | None = Field(default=None, max_length=10_000)
    if_version: int | None = None


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


def _groups(groups: list[CameraGroup]) -> list[GroupAnswer]:
    members = queries.members_of(groups)
    return [
        GroupAnswer(
            id=group.pk,
            name=group.name,
            camera_ids=members[group.pk],
            version=group.version,
            changed_at=group.changed_at,
            changed_by=group.changed_by,
        )
        for group in groups
    ]


@router.get("/groups", response=list[GroupAnswer], operation_id="list_groups")
def list_groups(request: KnownRequest) -> list[GroupAnswer]:
    """Cameras that are spoken of together."""
    return _groups(list(queries.groups_of(request.auth)))


@router.post("/groups", response={201: GroupAnswer}, operation_id="add_group")
def add_group(request: KnownRequest, body: NewGroup) -> Status[GroupAnswer]:
    """Make a group of cameras."""
    group = actions_groups.make_group(request.auth, body.name, body.camera_ids)
    return Status(201, _groups([group])[0])


@router.patch("/groups/{group_id}", response=GroupAnswer, operation_id="change_group")
def change_group(request: KnownRequest, group_id: int, body: GroupChange) -> GroupAnswer:
    """Rename a group or change who is in it."""
    group = actions_groups.change_group(
        request.auth, group_id, body.name, body.camera_ids, body.if_version
    )
    return _groups([group])[0]


@router.delete("/groups/{group_id}", response={204: None}, operation_id="remove_group")
def remove_group(
    request: KnownRequest, group_id: int, if_version: int | None = None
) -> Status[None]:
    """Take a group away; its cameras stay."""
    actions_groups.remove_group(request.auth, group_id, if_version)
    return Status(204, None)
