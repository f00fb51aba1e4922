"""Reading sites, nodes and cameras; every access check of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.accounts.tokens import digest_of
from sereno.base.errors import NotFound, Unauthenticated, Words
from sereno.sites.models import Camera, Node, Site

_NO_CAMERA = Words(
    "There is no such camera. It may have been removed; reload the list.",
    "No existe esa cámara. Puede que se haya quitado; recargue la lista.",
)
_NODE_REFUSED = Words(
    "This node is not known here or was revoked. Enrol it with a new code.",
    "Este nodo no se conoce aquí o fue revocado. Regístrelo con un código nuevo.",
)


def sites_of(asker: Asker) -> QuerySet[Site]:
    """The sites that `asker` may see, by name."""
    require(asker, Right.VIEW)
    return Site.objects.order_by("name")


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


def node_with_token(token: str) -> Node:
    """The node that shows `token`. Raises Unauthenticated."""
    found = Node.objects.select_related("site").filter(token_hash=digest_of(token), revoked_at=None)
    if (node := found.first()) is None:
        raise Unauthenticated("node_refused", _NODE_REFUSED)
    return node


def cameras_of_node(node: Node) -> QuerySet[Camera]:
    """The cameras that `node` is to run, in a fixed order."""
    return Camera.objects.filter(node=node, removed_at=None).order_by("pk")


def camera_ids_of_node(node: Node, camera_ids: Iterable[UUID]) -> set[UUID]:
    """Those of `camera_ids` that belong to `node`, removed ones too: their footage still counts."""
    return set(
        Camera.objects.filter(node=node, pk__in=set(camera_ids)).values_list("pk", flat=True)
    )
