"""Which node has what somebody wants to see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from sereno.accounts.tokens import digest_of
from sereno.base.errors import Conflict, NotFound, Unavailable, Words
from sereno.base.spans import Span
from sereno.devices.models import DeviceChannel
from sereno.devices.queries import channel_of_camera
from sereno.enforcer.leases import leases_of
from sereno.footage.queries import holders_of
from sereno.footage.queries_found import ahead_in
from sereno.live.rules import LONGEST, parted
from sereno.policy.choices import StreamName
from sereno.sites.models import Camera, Node
from sereno.sites.rules import is_online
from sereno.wire.tickets import Purpose

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
_PARTED = Words(
    "Parts of this were recorded by different nodes: {nodes}. Choose a span between two gaps.",
    "Distintos nodos grabaron partes de esto: {nodes}. Elija un tramo entre dos huecos.",
)
_NO_RECORDER = Words(
    "This camera is not a channel of a recorder. Add the recorder as a device, and tick this "
    "channel there.",
    "Esta cámara no es canal de un grabador. Añada el grabador como dispositivo y marque allí este "
    "canal.",
)
_NO_SUB_STREAM = Words(
    "This camera has no second, smaller stream. Ask for its main stream, or give the camera an "
    "address for the smaller one.",
    "Esta cámara no tiene un segundo flujo más pequeño. Pida su flujo principal o dele a la cámara "
    "una dirección para el pequeño.",
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a span, and the node that has its footage."""

    node: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Source:
    """The node that has the first of it, and of a span who has which part. `channel`: the one of a
    device that plays it; `ahead_seconds`: how far its times are ahead, where they are known."""

    node: Node
    parts: tuple[Part, ...] = ()
    channel: DeviceChannel | None = None
    ahead_seconds: int | None = None


def source_of(
    camera: Camera, stream: StreamName, purpose: Purpose, span: Span | None, now: datetime
) -> Source:
    """Who runs the camera now, or who has the span's footage.

    Of a recorder's footage, who looks after the recorder. Raises NotFound for a stream that the
    camera does not have, Unavailable where nobody has it or the node is away, Conflict for a clip
    of which several nodes have parts, and where there is no recorder.
    """
    if purpose == "recorder" and span is not None:
        return _recorder_of(camera, span, now)
    node, parts = _found(camera, stream, span, may_be_parted=purpose != "clip")
    return Source(check_node(node, now), parts)


def _recorder_of(camera: Camera, span: Span, now: datetime) -> Source:
    channel = channel_of_camera(camera)
    if channel is None:
        raise Conflict("no_recorder", _NO_RECORDER)
    node = check_node(channel.device.node, now)
    return Source(node, (Part(node, span),), channel, ahead_in(channel, span))


def player_of(camera: Camera, stream: StreamName, span: Span) -> Purpose:
    """What footage of the span is to be asked for: ours, or, where there is none of it and the
    camera is a channel of a recorder, what that plays."""
    is_long = span.duration > LONGEST["recorder"]
    if stream != "main" or is_long or holders_of(camera, stream, span):
        return "playback"
    return "playback" if channel_of_camera(camera) is None else "recorder"


def maker_of(camera: Camera, stream: StreamName, span: Span) -> tuple[Node, bool]:
    """Who can make a clip of the span, heard or not; and whether it told of footage there.

    Raises as `source_of`.
    """
    node, parts = _found(camera, stream, span, may_be_parted=False)
    if node is None:
        raise Unavailable("not_assigned", _NO_NODE)
    return node, bool(parts)


def _found(
    camera: Camera, stream: StreamName, span: Span | None, *, may_be_parted: bool
) -> tuple[Node | None, tuple[Part, ...]]:
    held = holders_of(camera, stream, span) if span else []
    if not held:
        check_stream(camera, stream)
    parts = _parts(held, span) if span else ()
    nodes = {part.node.pk: part.node.name for part in parts}
    if len(nodes) > 1 and not may_be_parted:
        raise Conflict("footage_parted", _PARTED.fill(nodes=", ".join(sorted(nodes.values()))))
    return (parts[0].node if parts else runners_of([camera])[camera.pk]), parts


def check_node(node: Node | None, now: datetime) -> Node:
    """The node, which is heard. Raises Unavailable."""
    if node is None:
        raise Unavailable("not_assigned", _NO_NODE)
    if not is_online(node.last_seen, now):
        raise Unavailable("node_offline", _OFFLINE.fill(node=node.name, site=node.site.name))
    return node


def is_own(node: Node) -> bool:
    """Whether it is this box's own: the one whose token lies in the box's data folder.

    What a node says of its own address proves nothing; that of many is the same.
    """
    try:
        token = settings.SERENO_NODE_TOKEN_FILE.read_text().strip()
    except FileNotFoundError:
        return False
    return digest_of(token) == node.token_hash


def _parts(held: list[tuple[UUID, Span]], span: Span) -> tuple[Part, ...]:
    known = Node.objects.select_related("site").in_bulk([node_id for node_id, _ in held])
    return tuple(Part(known[node_id], part) for node_id, part in parted(held, span))


def runners_of(cameras: Collection[Camera]) -> dict[UUID, Node | None]:
    """Who runs each of these cameras now, heard or not."""
    leases = leases_of(cameras)
    held = {camera_id: lease.node for camera_id, lease in leases.items()}
    return {camera.pk: held.get(camera.pk, camera.node) for camera in cameras}


def live_node(camera: Camera, stream: StreamName, runner: Node | None, now: datetime) -> Node:
    """The one that shows what it records. Raises NotFound and Unavailable, as `source_of`."""
    check_stream(camera, stream)
    return check_node(runner, now)


def check_stream(camera: Camera, stream: StreamName) -> None:
    """Raises NotFound for a stream that the camera does not have."""
    if stream == "sub" and not camera.sub_address:
        raise NotFound("no_sub_stream", _NO_SUB_STREAM, field="stream")
