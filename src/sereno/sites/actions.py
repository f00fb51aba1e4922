"""Every change of sites, nodes and cameras."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection, transaction
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.accounts.tokens import digest_of, digest_of_code, new_code, new_token
from sereno.audit.actions import record
from sereno.audit.rules import Actor, ActorKind
from sereno.base.errors import Conflict, Invalid, Unauthenticated, Words
from sereno.policy.choices import EngineName, TransportName
from sereno.sites.addresses import ParsedAddress, parse_address
from sereno.sites.models import Camera, EnrolmentCode, Node, Site
from sereno.sites.names import one_of_a_name
from sereno.sites.placing import check_heard, keep_nodes, node_for, place, place_standby
from sereno.sites.queries import access_camera, cameras_at
from sereno.sites.rules import (
    CODE_LIFETIME,
    check_cpus,
    check_credentials,
    check_engine,
    check_name,
    check_sub_address,
    one_place,
)
from sereno.sites.secrets import seal
from sereno.sites.signals import node_came, node_changed, node_went, promises_touched
from sereno.wire.reports import VolumeStatus

WAKE_CHANNEL = "sereno_wake"
# How a camera is recorded; None: its profile or the default says.
_TAKEN_AS_GIVEN = ("engine", "transport", "records_sound", "nice")
MANNERS = (*_TAKEN_AS_GIVEN, "cpu_affinity")
# What a camera's changes may show in the journal.
SHOWN = ("name", "address", "sub_address", "username", *MANNERS, "budget_bytes")

_NAME_TAKEN = Words(
    "Another camera of this site has this name. Choose another name.",
    "Otra cámara de este sitio ya tiene ese nombre. Elija otro nombre.",
)
_CODE_REFUSED = Words(
    "This enrolment code was used, has expired or never was. Ask for a new one.",
    "Este código de registro ya se usó, caducó o no existe. Pida uno nuevo.",
)
_NO_SITE = Words(
    "There is no site yet. Make one first.",
    "Todavía no hay ningún sitio. Cree uno primero.",
)
_ZONE_UNKNOWN = Words(
    "This time zone is not known. Use a name such as America/Guayaquil.",
    "Esta zona horaria no se conoce. Use un nombre como America/Guayaquil.",
)


@dataclass(frozen=True, slots=True)
class CameraFields:
    """What a person says of a camera; None leaves a field as it is.

    `budget_bytes` of 0 takes the camera's own limit away, and an empty `sub_address` that address.
    `unsaid` names those of MANNERS of which the camera is to say nothing any more, and
    `standby_node_id`.
    """

    name: str | None = None
    address: str | None = None
    username: str | None = None
    password: str | None = None
    engine: EngineName | None = None
    transport: TransportName | None = None
    records_sound: bool | None = None
    budget_bytes: int | None = None
    nice: int | None = None
    cpu_affinity: tuple[int, ...] | None = None
    sub_address: str | None = None
    node_id: UUID | None = None
    standby_node_id: UUID | None = None
    unsaid: frozenset[str] = frozenset()


def wake(node_id: UUID | None) -> None:
    """Tell the node, when this transaction commits, that its orders have changed."""
    if node_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [WAKE_CHANNEL, str(node_id)])


def wake_nodes_of(camera_ids: Iterable[UUID]) -> None:
    """Likewise each node that runs one of these cameras, or stands by for it, once."""
    cameras = Camera.objects.filter(pk__in=list(camera_ids), removed_at=None)
    pairs = cameras.order_by().values_list("node_id", "standby_node_id").distinct()
    for node_id in sorted({node_id for pair in pairs for node_id in pair if node_id}):
        wake(node_id)


@transaction.atomic
def make_site(asker: Asker, name: str, time_zone: str) -> Site:
    """A new site. Raises Invalid for a zone that the IANA list does not have."""
    require(asker, Right.MANAGE)
    site = Site.objects.create(name=check_name(name), time_zone=check_zone(time_zone))
    record(asker.actor, "site_make", "site", site.pk, name=site.name, time_zone=time_zone)
    return site


@transaction.atomic
def change_site(asker: Asker, site_id: int, name: str, time_zone: str) -> Site:
    """Rename a site or move it to another zone. Raises Invalid."""
    require(asker, Right.MANAGE)
    site = Site.objects.select_for_update().get(pk=site_id)
    site.name, site.time_zone = check_name(name), check_zone(time_zone)
    site.save()
    promises_touched.send(Site, camera_ids=cameras_at(site))
    for node_id in Node.objects.filter(site=site, revoked_at=None).values_list("pk", flat=True):
        wake(node_id)
    record(asker.actor, "site_change", "site", site.pk, name=site.name, time_zone=time_zone)
    return site


def check_zone(time_zone: str) -> str:
    """The zone's name. Raises Invalid when the IANA list does not have it."""
    try:
        return ZoneInfo(time_zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("time_zone_unknown", _ZONE_UNKNOWN, field="time_zone") from None


@transaction.atomic
def add_camera(asker: Asker, fields: CameraFields, site: Site | None = None) -> Camera:
    """Add a camera to `site`, or to the first one, and give it to a node there.

    Raises Invalid for a bad field, Conflict for a name that is taken.
    """
    require(asker, Right.MANAGE)
    site = site or Site.objects.order_by("pk").first()
    if site is None:
        raise Conflict("no_site", _NO_SITE)
    keep_nodes(site)
    camera = Camera(site=site, node=node_for(site))
    required = replace(fields, name=fields.name or "", address=fields.address or "")
    changed = _fill(camera, required)
    with one_of_a_name("sites_camera_name_unique", _NAME_TAKEN):
        camera.save(force_insert=True)
    wake_nodes_of([camera.pk])
    record(asker.actor, "camera_add", "camera", camera.pk, **changed)
    return camera


@transaction.atomic
def change_camera(asker: Asker, camera_id: UUID, fields: CameraFields) -> Camera:
    """Change what was given. Raises NotFound, Invalid, Conflict.

    A camera that goes to another node is begun there only when nobody else can be running it.
    """
    require(asker, Right.MANAGE)
    if fields.node_id is not None:
        keep_nodes(access_camera(asker, camera_id).site)
    camera = _lock(asker, camera_id)
    node_before, standby_before = camera.node_id, camera.standby_node_id
    changed = _fill(camera, fields)
    if not changed:
        return camera
    if camera.node_id != node_before:
        check_heard(camera.node, timezone.now())
    if not changed.keys().isdisjoint(MANNERS):
        camera.restart_number += 1
    with one_of_a_name("sites_camera_name_unique", _NAME_TAKEN):
        camera.save()
    wake_nodes_of([camera.pk])
    for left in {node_before, standby_before} - {camera.node_id, camera.standby_node_id}:
        wake(left)
    if camera.node_id != node_before:
        node_changed.send(Camera, camera=camera, before=node_before)
    record(asker.actor, "camera_change", "camera", camera.pk, **changed)
    return camera


@transaction.atomic
def remove_camera(asker: Asker, camera_id: UUID, now: datetime | None = None) -> None:
    """Stop recording it and take it from the lists; its footage stays. Raises NotFound."""
    require(asker, Right.MANAGE)
    camera = _lock(asker, camera_id)
    camera.removed_at = now or timezone.now()
    wake_nodes_of([camera.pk])
    camera.save(update_fields=["removed_at"])
    record(asker.actor, "camera_remove", "camera", camera.pk, name=camera.name)


@transaction.atomic
def forget_memory(asker: Asker, camera_id: UUID) -> Camera:
    """Let `auto` try again what did not work before, the native engine first. Raises NotFound."""
    require(asker, Right.OPERATE)
    camera = _lock(asker, camera_id)
    camera.retry_number += 1
    camera.save(update_fields=["retry_number"])
    wake_nodes_of([camera.pk])
    record(asker.actor, "camera_forget_memory", "camera", camera.pk, name=camera.name)
    return camera


def _lock(asker: Asker, camera_id: UUID) -> Camera:
    access_camera(asker, camera_id)
    Camera.objects.select_for_update(no_key=True).get(pk=camera_id)
    # Read again behind the lock: somebody may have removed or changed it meanwhile.
    return access_camera(asker, camera_id)


def _fill(camera: Camera, fields: CameraFields) -> dict[str, object]:
    """Set what was given on `camera`; what changed, as the journal may know it."""
    before = _shown(camera)
    if fields.name is not None:
        camera.name = check_name(fields.name)
    credentials: tuple[str | None, str | None] = (fields.username, fields.password)
    if fields.address is not None:
        parsed: ParsedAddress = parse_address(fields.address)
        camera.address = parsed.without_credentials
        credentials = one_place(parsed, fields.username, fields.password) or credentials
    if fields.sub_address is not None:
        camera.sub_address = check_sub_address(fields.sub_address)
    check_credentials(credentials[0] or "", credentials[1] or "")
    _fill_manners(camera, fields)
    _fill_nodes(camera, fields)
    changed: dict[str, object] = {}
    if credentials[0] is not None:
        camera.username = credentials[0]
    if credentials[1] is not None:
        camera.password_sealed = seal(credentials[1])
        changed["password"] = "set" if credentials[1] else "cleared"
    return changed | {name: now for name, now in _shown(camera).items() if now != before[name]}


def _shown(camera: Camera) -> dict[str, object]:
    """What the journal may know of a camera."""
    nodes = {"node_id": camera.node_id, "standby_node_id": camera.standby_node_id}
    ids = {name: str(node_id) if node_id else None for name, node_id in nodes.items()}
    return {name: getattr(camera, name) for name in SHOWN} | ids


def _fill_manners(camera: Camera, fields: CameraFields) -> None:
    """How it is recorded."""
    for name in _TAKEN_AS_GIVEN:
        if (given := getattr(fields, name)) is not None:
            setattr(camera, name, given)
    if fields.budget_bytes is not None:
        camera.budget_bytes = fields.budget_bytes or None
    if fields.cpu_affinity is not None:
        cpu_counts = [node.cpu_count for node in (camera.node, camera.standby_node) if node]
        camera.cpu_affinity = list(check_cpus(fields.cpu_affinity, cpu_counts))
    for name in fields.unsaid.intersection(MANNERS):
        setattr(camera, name, None)
    for address in filter(None, (camera.address, camera.sub_address)):
        check_engine(camera.engine or "auto", address.partition(":")[0])


def _fill_nodes(camera: Camera, fields: CameraFields) -> None:
    """Its own node, and the one that takes it over. Raises Invalid for one that could not."""
    if fields.node_id is not None:
        place(camera, fields.node_id)
    if "standby_node_id" in fields.unsaid:
        camera.standby_node = None
    if fields.standby_node_id is not None:
        place_standby(camera, fields.standby_node_id)


@transaction.atomic
def create_enrolment_code(asker: Asker, site: Site, now: datetime | None = None) -> str:
    """A code that enrols one node of `site`; only now it can be read."""
    require(asker, Right.MANAGE)
    code = new_code()
    made = EnrolmentCode.objects.create(
        code_hash=digest_of_code(code),
        site=site,
        expires_at=(now or timezone.now()) + CODE_LIFETIME,
    )
    record(asker.actor, "enrolment_code_make", "enrolment_code", made.pk, site=site.pk)
    return code


@transaction.atomic
def enrol_node(
    code: str, node_name: str, address: str, now: datetime | None = None
) -> tuple[Node, str]:
    """A new node and its token, for a code that is still good. Raises Unauthenticated.

    The site's cameras without a node become the new node's.
    """
    now = now or timezone.now()
    name = check_name(node_name)
    codes = EnrolmentCode.objects.filter(
        code_hash=digest_of_code(code), used_at=None, expires_at__gt=now
    )
    if codes.update(used_at=now) != 1:
        raise Unauthenticated("enrolment_code_refused", _CODE_REFUSED)
    spent = EnrolmentCode.objects.select_related("site").get(code_hash=digest_of_code(code))
    keep_nodes(spent.site)
    token = new_token("node")
    node = Node.objects.create(
        site=spent.site, name=name, token_hash=digest_of(token), enrolled_at=now
    )
    Camera.objects.filter(site=spent.site, node=None, removed_at=None).update(node=node)
    node_came.send(Node, node=node)
    actor = Actor(ActorKind.NODE, str(node.pk), address)
    record(actor, "node_enrol", "node", node.pk, name=name, site=spent.site.pk)
    return node, token


@transaction.atomic
def revoke_node(asker: Asker, node: Node, now: datetime | None = None) -> None:
    """Its token opens nothing any more; its cameras go to another node of the site, if any."""
    require(asker, Right.MANAGE)
    keep_nodes(node.site)
    if not Node.objects.filter(pk=node.pk, revoked_at=None).update(
        revoked_at=now or timezone.now()
    ):
        return
    heir = node_for(node.site)
    cameras = Camera.objects.filter(removed_at=None)
    cameras.filter(standby_node=node).update(standby_node=None)
    with_standby = cameras.filter(node=node).exclude(standby_node=None)
    for camera_id, standby_id in with_standby.values_list("pk", "standby_node"):
        cameras.filter(pk=camera_id).update(node=standby_id, standby_node=None)
        wake(standby_id)
    cameras.filter(node=node).update(node=heir)
    node_went.send(Node, node=node, heir=heir)
    wake(node.pk)
    wake(heir.pk if heir else None)
    record(asker.actor, "node_revoke", "node", node.pk, name=node.name)


@dataclass(frozen=True, slots=True)
class NodeState:
    """What a heartbeat says of the node itself."""

    boot_id: UUID
    version: str
    started_at: datetime
    is_clock_synchronised: bool
    clock_offset_seconds: float
    volumes: tuple[VolumeStatus, ...]
    media_address: str
    orders_etag: str
    backlog: int
    cpu_count: int | None = None


def note_heard(node: Node, now: datetime) -> None:
    """Remember that the node was heard: it may know its orders. Not journalled."""
    Node.objects.filter(pk=node.pk).update(last_seen=now)


def note_heartbeat(node: Node, state: NodeState, now: datetime) -> None:
    """Remember that the node was heard and how it is. Telling, not acting: not journalled."""
    Node.objects.filter(pk=node.pk).update(
        last_seen=now,
        **{name: getattr(state, name) for name in NodeState.__dataclass_fields__}
        | {"volumes": [volume.model_dump(mode="json") for volume in state.volumes]},
    )


def forget_old_codes(now: datetime | None = None) -> int:
    """Delete enrolment codes that can no longer be used; how many rows went."""
    gone, _ = EnrolmentCode.objects.filter(expires_at__lt=now or timezone.now()).delete()
    return gone
