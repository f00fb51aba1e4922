"""Which node a camera is given to, and which one stands by for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sereno.base.errors import Conflict, Invalid, Words
from sereno.sites.models import Camera, Node, Site
from sereno.sites.rules import is_online

_NODE_UNFIT = Words(
    "A camera can only be given to a node of its own site. Choose one of those.",
    "Una cámara solo puede darse a un nodo de su propio sitio. Elija uno de esos.",
)
_STANDBY_UNFIT = Words(
    "The standby must be another node of the camera's site. Choose one of those.",
    "El nodo de reserva debe ser otro nodo del sitio de la cámara. Elija uno de esos.",
)
_NODE_AWAY = Words(
    "The node {node} is not heard, so the camera would not be recorded. Check that it runs and "
    "reaches the hub, then try again.",
    "No se sabe nada del nodo {node} y la cámara quedaría sin grabar. Revise que funcione y "
    "llegue a la central, y vuelva a intentarlo.",
)


def keep_nodes(site: Site) -> None:
    """Until this transaction ends, no other one gives cameras of `site` to nodes.

    Otherwise a camera that is being added and a node that comes or goes would not see each other,
    and the camera would be left without a node.
    """
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def node_for(site: Site) -> Node | None:
    """The node that gets what is added at `site`, or is left over; None: there is none."""
    return Node.objects.filter(site=site, revoked_at=None).order_by("enrolled_at").first()


def place(camera: Camera, node_id: UUID) -> None:
    """Make a node the camera's own; if it stood by, the two change places. Raises Invalid."""
    if node_id == camera.node_id:
        return
    node = Node.objects.filter(site=camera.site, revoked_at=None, pk=node_id).first()
    if node is None:
        raise Invalid("node_unfit", _NODE_UNFIT, field="node_id")
    if camera.standby_node_id == node.pk:
        camera.standby_node = camera.node
    camera.node = node


def place_standby(camera: Camera, node_id: UUID) -> None:
    """Let a node take the camera over when need be. Raises Invalid for one that could not."""
    nodes = Node.objects.filter(site=camera.site, revoked_at=None)
    camera.standby_node = nodes.filter(pk=node_id).first()
    if None in (camera.node, camera.standby_node) or camera.node == camera.standby_node:
        raise Invalid("standby_unfit", _STANDBY_UNFIT, field="standby_node_id")


def check_heard(node: Node | None, now: datetime) -> None:
    """Raises Conflict where the node that is to take a camera would not begin."""
    if node is None or not is_online(node.last_seen, now):
        raise Conflict("node_away", _NODE_AWAY.fill(node=node.name if node else "–"))
