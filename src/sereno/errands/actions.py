"""Every change of errands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Conflict, NotFound, Unavailable, Words
from sereno.base.told import told_text, told_value
from sereno.enforcer.leases import leases_of
from sereno.enforcer.rules_moments import TooSoon
from sereno.errands.models import Errand
from sereno.errands.queries import open_errands
from sereno.errands.rules import KEPT, MOST_AT_ONCE, WAIT, good_until, seconds_to_wait
from sereno.policy.choices import StreamName
from sereno.sites.actions import wake
from sereno.sites.addresses import parse_address
from sereno.sites.models import Camera, Node, Site
from sereno.sites.queries import access_camera, access_site, nodes_of
from sereno.sites.rules import check_credentials, is_online, one_place
from sereno.sites.secrets import seal
from sereno.wire.errands import DIAGNOSE, DiagnosisReport

_NO_SUB = Words(
    "This camera has no address of a small stream (sub). Give it one first.",
    "Esta cámara no tiene dirección de flujo menor (sub). Póngale una primero.",
)
_NO_NODE = Words(
    "No node of {site} can be asked. Enrol one at the site, or connect it.",
    "No hay nodo en {site} al que preguntar. Registre uno en el sitio o conéctelo.",
)
_OFFLINE = Words(
    "The node of {site} does not answer. Check its power and the site's connection.",
    "El nodo de {site} no responde. Revise su corriente y la conexión del sitio.",
)
_TOO_SOON = Words(
    "It was diagnosed only just now. Try again in {seconds} seconds.",
    "Se diagnosticó hace un momento. Inténtelo de nuevo en {seconds} segundos.",
)
_UNDER_WAY = Words(
    "It is being diagnosed already. Wait for the result.",
    "Ya se está diagnosticando. Espere el resultado.",
)
_MANY_UNDER_WAY = Words(
    "The site's node has enough diagnoses under way. Wait until one has ended.",
    "El nodo del sitio ya tiene bastantes diagnósticos en marcha. Espere a que termine uno.",
)
_MANY_SEARCHES = Words(
    "The site's node has enough searches under way. Wait until one has ended.",
    "El nodo del sitio ya tiene bastantes búsquedas en marcha. Espere a que termine una.",
)
_OVER = Words(
    "Nobody waits for this any more.",
    "Ya nadie espera esto.",
)


@dataclass(frozen=True, slots=True)
class AddressSaid:
    """What a person would make a camera of."""

    address: str
    username: str | None = None
    password: str | None = None


@transaction.atomic
def diagnose_camera(
    asker: Asker, camera_id: UUID, stream: StreamName = "main", now: datetime | None = None
) -> Errand:
    """Have the camera's node try it, with its stored credentials.

    Raises NotFound, Conflict, TooSoon, Unavailable when its node is away.
    """
    require(asker, Right.OPERATE)
    now = now or timezone.now()
    camera = access_camera(asker, camera_id)
    Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)  # one after the other
    if stream == "sub" and not camera.sub_address:
        raise Conflict("no_sub_stream", _NO_SUB)
    node = reachable(_node_of(camera), camera.site, now)
    _check_pause(camera, now)
    errand = Errand(kind=DIAGNOSE, camera=camera, stream=stream)
    return ask(asker, errand, node, now, "camera_diagnose", "camera", camera.pk, stream=stream)


@transaction.atomic
def diagnose_address(
    asker: Asker,
    site_id: int,
    said: AddressSaid,
    node_id: UUID | None = None,
    now: datetime | None = None,
) -> Errand:
    """Have a node of the site try an address of which there is no camera yet.

    Raises NotFound, Invalid, TooSoon, Unavailable when no node is there.
    """
    require(asker, Right.MANAGE)
    now = now or timezone.now()
    site = access_site(asker, site_id)
    parsed = parse_address(said.address)
    username, password = one_place(parsed, said.username, said.password) or ("", "")
    check_credentials(username, password)
    node = reachable_at(asker, site, node_id, now)
    errand = Errand(
        kind=DIAGNOSE,
        stream="main",
        address=parsed.without_credentials,
        username=username,
        password_sealed=seal(password),
    )
    address = errand.address
    return ask(asker, errand, node, now, "address_diagnose", "site", site.pk, address=address)


def ask(
    asker: Asker,
    errand: Errand,
    node: Node,
    now: datetime,
    act: str,
    kind: str,
    object_id: object,
    **details: object,
) -> Errand:
    """Order it; diagnoses and errands of devices do not stand in each other's way.

    Raises TooSoon where the node has enough to do.
    """
    Node.objects.select_for_update(no_key=True).get(pk=node.pk)  # counted one after the other
    others = open_errands(now).filter(node=node)
    is_diagnosis = errand.kind == DIAGNOSE
    others = others.filter(kind=DIAGNOSE) if is_diagnosis else others.exclude(kind=DIAGNOSE)
    if others.count() >= MOST_AT_ONCE:
        key = "diagnoses_under_way" if is_diagnosis else "searches_under_way"
        raise TooSoon(key, _MANY_UNDER_WAY if is_diagnosis else _MANY_SEARCHES)
    errand.node = node
    errand.asked_at, errand.asked_by, errand.expires_at = now, asker.name, now + WAIT
    errand.save(force_insert=True)
    wake(node.pk)
    record(asker.actor, act, kind, object_id, node=str(node.pk), **details)
    return errand


def _check_pause(camera: Camera, now: datetime) -> None:
    """Each try is a login at the device. Raises TooSoon."""
    if open_errands(now).filter(camera=camera).exists():
        raise TooSoon("diagnosis_under_way", _UNDER_WAY)
    last = Errand.objects.filter(camera=camera).order_by("-asked_at").first()
    if last is not None and (seconds := seconds_to_wait(last.asked_at, now)) > 0:
        raise TooSoon("diagnosed_just_now", _TOO_SOON.fill(seconds=seconds))


def _node_of(camera: Camera) -> Node | None:
    """Who runs it now."""
    lease = leases_of([camera]).get(camera.pk)
    return lease.node if lease is not None else camera.node


def reachable_at(asker: Asker, site: Site, node_id: UUID | None, now: datetime) -> Node:
    """A node of a site to ask: the one that was chosen, or one that is heard. Raises
    Unavailable."""
    nodes = nodes_of(asker).filter(site=site).order_by("enrolled_at")
    there = [node for node in nodes if node_id in (None, node.pk)]
    online = (node for node in there if is_online(node.last_seen, now))
    return reachable(next(online, next(iter(there), None)), site, now)


def reachable(node: Node | None, site: Site, now: datetime) -> Node:
    """The node, which is heard. Raises Unavailable."""
    if node is None:
        raise Unavailable("no_node", _NO_NODE.fill(site=site.name))
    if not is_online(node.last_seen, now):
        raise Unavailable("node_offline", _OFFLINE.fill(site=site.name))
    return node


@transaction.atomic
def take_report(node: Node, errand_id: UUID, report: DiagnosisReport, now: datetime) -> None:
    """Keep what the node found by now. Telling, not acting: not journalled.

    Idempotent; what comes behind the last report changes nothing. Raises NotFound where nobody
    waits for it any more.
    """
    errand = unfinished(node, errand_id, (DIAGNOSE,), now)
    if errand is None:
        return
    errand.engine = told_text(report.engine)
    errand.steps = told_value([step.model_dump(mode="json") for step in report.steps])
    save_heard(errand, now, is_done=report.is_done)


def unfinished(node: Node, errand_id: UUID, kinds: Collection[str], now: datetime) -> Errand | None:
    """An errand of `node`, locked; None where it is done. Raises NotFound where nobody waits."""
    mine = Errand.objects.select_for_update().filter(node=node, kind__in=kinds)
    errand = mine.filter(pk=errand_id).first()
    if errand is None or (errand.done_at is None and errand.expires_at <= now):
        raise NotFound("errand_over", _OVER)
    return None if errand.done_at is not None else errand


def save_heard(errand: Errand, now: datetime, *, is_done: bool) -> None:
    """With what was heard of it: there is more time for more; a done one needs no password."""
    errand.started_at = errand.started_at or now
    until = good_until(errand.asked_at, now, is_of_device=errand.kind != DIAGNOSE)
    errand.expires_at = max(errand.expires_at, until)
    if is_done:
        errand.done_at, errand.password_sealed = now, ""
    errand.save()


def wipe_passwords(now: datetime) -> int:
    """Forget the passwords of errands that nobody did in time; how many."""
    lost = Errand.objects.filter(done_at=None, expires_at__lte=now)
    return lost.exclude(password_sealed="").update(password_sealed="")


def forget_old_errands(now: datetime | None = None) -> int:
    """Delete what nobody needs any more; how many rows went."""
    before = (now or timezone.now()) - KEPT
    gone, _ = Errand.objects.filter(asked_at__lt=before).delete()
    return gone
