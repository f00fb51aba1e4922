"""Reading sites, nodes and cameras; every access check of theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.accounts.tokens import digest_of
from sereno.base.errors import NotFound, Unauthenticated, Words
from sereno.sites.models import Camera, CameraGroup, Node, Site

_NO_SITE = Words(
    "There is no such site. Reload the list.",
    "No existe ese sitio. Recargue la lista.",
)
_NO_CAMERA = Words(
    "There is no such camera. It may have been removed; reload the list.",
    "No existe esa cámara. Puede que se haya quitado; recargue la lista.",
)
_NO_GROUP = Words(
    "There is no such group. It may have been removed; reload the list.",
    "No existe ese grupo. Puede que se haya quitado; recargue la lista.",
)
_NODE_REFUSED = Words(
    "This node is not known here or was revoked. Enrol it with a new code.",
    "Este nodo no se conoce aquí o fue revocado. Regístrelo con un código nuevo.",
)


def sites_of(asker: Asker) -> QuerySet[Site]:
    """The sites that `asker` may see, by name."""
    require(asker, Right.VIEW)
    return Site.objects.order_by("name")


def access_site(asker: Asker, site_id: int) -> Site:
    """One site. Raises NotFound."""
    if (site := sites_of(asker).filter(pk=site_id).first()) is None:
        raise NotFound("no_such_site", _NO_SITE)
    return site


def nodes_of(asker: Asker) -> QuerySet[Node]:
    """The nodes that `asker` may see and that still belong to us, by name."""
    require(asker, Right.VIEW)
    return Node.objects.filter(revoked_at=None).order_by("name", "pk")


def cameras_of(asker: Asker) -> QuerySet[Camera]:
    """The cameras that `asker` may see, by name, each with its node and site."""
    require(asker, Right.VIEW)
    present = Camera.objects.filter(removed_at=None)
    return present.select_related("node", "site").order_by("name", "pk")


def access_camera(asker: Asker, camera_id: UUID) -> Camera:
    """One camera. Raises NotFound alike for one that is not and one not to be seen."""
    camera = cameras_of(asker).filter(pk=camera_id).first()
    if camera is None:
        raise NotFound("no_such_camera", _NO_CAMERA)
    return camera


def node_names(node_ids: Collection[UUID]) -> dict[UUID, str]:
    """What nodes are called, also those that were removed since."""
    return dict(Node.objects.filter(pk__in=node_ids).values_list("pk", "name"))


def node_with_token(token: str) -> Node:
    """The node that shows `token`. Raises Unauthenticated."""
    found = Node.objects.select_related("site").filter(token_hash=digest_of(token), revoked_at=None)
    if (node := found.first()) is None:
        raise Unauthenticated("node_refused", _NODE_REFUSED)
    return node


def cameras_of_node(node: Node) -> QuerySet[Camera]:
    """The cameras that `node` is to run or stands by for, in a fixed order, with their sites."""
    own = Camera.objects.filter(Q(node=node) | Q(standby_node=node), removed_at=None)
    return own.select_related("site").order_by("pk")


def cameras_at(site: Site) -> list[UUID]:
    """The cameras of a site, by their ids."""
    return list(Camera.objects.filter(site=site, removed_at=None).values_list("pk", flat=True))


def groups_of(asker: Asker) -> QuerySet[CameraGroup]:
    """The groups that `asker` may see, by name."""
    require(asker, Right.VIEW)
    return CameraGroup.objects.order_by("name", "pk")


def access_group(asker: Asker, group_id: int) -> CameraGroup:
    """One group. Raises NotFound."""
    if (group := groups_of(asker).filter(pk=group_id).first()) is None:
        raise NotFound("no_such_group", _NO_GROUP)
    return group


def members_of(groups: Iterable[CameraGroup]) -> dict[int, list[UUID]]:
    """The cameras of each group, without those that were removed; one statement."""
    members: dict[int, list[UUID]] = {group.pk: [] for group in groups}
    rows = CameraGroup.cameras.through.objects.filter(
        cameragroup__in=members, camera__removed_at=None
    )
    for group_id, camera_id in rows.order_by("camera__name", "camera").values_list(
        "cameragroup_id", "camera_id"
    ):
        members[group_id].append(camera_id)
    return members


def camera_ids_at_site_of(node: Node, camera_ids: Iterable[UUID]) -> set[UUID]:
    """Those of `camera_ids` that stand where `node` does, removed ones too.

    Any of them the node may have recorded once: its footage still counts.
    """
    there = Camera.objects.filter(site=node.site_id, pk__in=set(camera_ids))
    return set(there.values_list("pk", flat=True))


def groups_of_cameras(cameras: Iterable[Camera]) -> dict[UUID, list[int]]:
    """The groups of each camera; one statement."""
    groups: dict[UUID, list[int]] = {camera.pk: [] for camera in cameras}
    rows = CameraGroup.cameras.through.objects.filter(camera__in=groups)
    for camera_id, group_id in rows.values_list("camera_id", "cameragroup_id"):
        groups[camera_id].append(group_id)
    return groups
