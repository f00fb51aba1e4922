"""Every change of sites, nodes and cameras."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.accounts.tokens import digest_of, digest_of_code, new_code, new_token
from sereno.audit.actions import record
from sereno.audit.rules import Actor, ActorKind
from sereno.base.errors import Conflict, Invalid, Unauthenticated, Words
from sereno.sites.addresses import parse_address
from sereno.sites.models import Camera, EnrolmentCode, Node, Site
from sereno.sites.queries import access_camera
from sereno.sites.rules import (
    CODE_LIFETIME,
    check_cpus,
    check_credentials,
    check_engine,
    check_name,
    one_place,
)
from sereno.sites.secrets import seal
from sereno.wire.orders import EngineName, TransportName
from sereno.wire.reports import VolumeStatus

WAKE_CHANNEL = "sereno_wake"
# How a camera is recorded: fields that are taken as they are given.
_MANNERS = ("engine", "transport", "records_sound", "nice")
# What a camera's changes may show in the journal.
SHOWN = ("name", "address", "username", *_MANNERS, "budget_bytes", "cpu_affinity")

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

    `budget_bytes` of 0 takes the camera's own limit away.
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


def wake(node_id: UUID | None) -> None:
    """Tell the node, when this transaction commits, that its orders have changed."""
    if node_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [WAKE_CHANNEL, str(node_id)])


@contextmanager
def _unique_name() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "sites_camera_name_unique" not in str(error):
            raise
        raise Conflict("name_taken", _NAME_TAKEN, field="name") from None


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
    _keep_nodes(site)
    camera = Camera(site=site, node=_node_for(site))
    required = replace(fields, name=fields.name or "", address=fields.address or "")
    changed = _fill(camera, required)
    with _unique_name():
        camera.save(force_insert=True)
    wake(camera.node_id)
    record(asker.actor, "camera_add", "camera", camera.pk, **changed)
    return camera


@transaction.atomic
def change_camera(asker: Asker, camera_id: UUID, fields: CameraFields) -> Camera:
    """Change what was given. Raises NotFound, Invalid, Conflict."""
    require(asker, Right.MANAGE)
    camera = _lock(asker, camera_id)
    changed = _fill(camera, fields)
    if not changed:
        return camera
    with _unique_name():
        camera.save()
    wake(camera.node_id)
    record(asker.actor, "camera_change", "camera", camera.pk, **changed)
    return camera


@transaction.atomic
def remove_camera(asker: Asker, camera_id: UUID, now: datetime | None = None) -> None:
    """Stop recording it and take it from the lists; its footage stays. Raises NotFound."""
    require(asker, Right.MANAGE)
    camera = _lock(asker, camera_id)
    camera.removed_at = now or timezone.now()
    camera.save(update_fields=["removed_at"])
    wake(camera.node_id)
    record(asker.actor, "camera_remove", "camera", camera.pk, name=camera.name)


@transaction.atomic
def forget_memory(asker: Asker, camera_id: UUID) -> Camera:
    """Let `auto` try again what did not work before, the native engine first. Raises NotFound."""
    require(asker, Right.MANAGE)
    camera = _lock(asker, camera_id)
    camera.retry_number += 1
    camera.save(update_fields=["retry_number"])
    wake(camera.node_id)
    record(asker.actor, "camera_forget_memory", "camera", camera.pk, name=camera.name)
    return camera


def _lock(asker: Asker, camera_id: UUID) -> Camera:
    access_camera(asker, camera_id)
    Camera.objects.select_for_update().get(pk=camera_id)
    # Read again behind the lock: somebody may have removed or changed it meanwhile.
    return access_camera(asker, camera_id)


def _fill(camera: Camera, fields: CameraFields) -> dict[str, object]:
    """Set what was given on `camera`; what changed, as the journal may know it."""
    before = {name: getattr(camera, name) for name in SHOWN}
    if fields.name is not None:
        camera.name = check_name(fields.name)
    credentials: tuple[str | None, str | None] = (fields.username, fields.password)
    if fields.address is not None:
        parsed = parse_address(fields.address)
        camera.address = parsed.without_credentials
        credentials = one_place(parsed, fields.username, fields.password) or credentials
    check_credentials(credentials[0] or "", credentials[1] or "")
    _fill_manners(camera, fields)
    changed: dict[str, object] = {}
    if credentials[0] is not None:
        camera.username = credentials[0]
    if credentials[1] is not None:
        camera.password_sealed = seal(credentials[1])
        changed["password"] = "set" if credentials[1] else "cleared"
    return changed | {name: now for name in SHOWN if (now := getattr(camera, name)) != before[name]}


def _fill_manners(camera: Camera, fields: CameraFields) -> None:
    """How it is recorded."""
    for name in _MANNERS:
        if (given := getattr(fields, name)) is not None:
            setattr(camera, name, given)
    if fields.budget_bytes is not None:
        camera.budget_bytes = fields.budget_bytes or None
    if fields.cpu_affinity is not None:
        camera.cpu_affinity = list(check_cpus(fields.cpu_affinity))
    check_engine(camera.engine, camera.address.partition(":")[0])


def _keep_nodes(site: Site) -> None:
    """Until this transaction ends, no other one gives cameras of `site` to nodes.

    Otherwise a camera that is being added and a node that comes or goes would not see each other,
    and the camera would be left without a node.
    """
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def _node_for(site: Site) -> Node | None:
    return Node.objects.filter(site=site, revoked_at=None).order_by("enrolled_at").first()


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
    _keep_nodes(spent.site)
    token = new_token("node")
    node = Node.objects.create(
        site=spent.site, name=name, token_hash=digest_of(token), enrolled_at=now
    )
    Camera.objects.filter(site=spent.site, node=None, removed_at=None).update(node=node)
    actor = Actor(ActorKind.NODE, str(node.pk), address)
    record(actor, "node_enrol", "node", node.pk, name=name, site=spent.site.pk)
    return node, token


@transaction.atomic
def revoke_node(asker: Asker, node: Node, now: datetime | None = None) -> None:
    """Its token opens nothing any more; its cameras go to another node of the site, if any."""
    require(asker, Right.MANAGE)
    _keep_nodes(node.site)
    if not Node.objects.filter(pk=node.pk, revoked_at=None).update(
        revoked_at=now or timezone.now()
    ):
        return
    heir = _node_for(node.site)
    Camera.objects.filter(node=node, removed_at=None).update(node=heir)
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
