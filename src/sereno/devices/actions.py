"""What people do with devices. Each act changes a node's orders, and is journalled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Conflict, Invalid, Words
from sereno.devices.actions_cameras import Before, follow, lock_device, remove_cameras
from sereno.devices.models import Device
from sereno.devices.queries import access_device
from sereno.devices.rules import check_host, check_template, usual_port
from sereno.sites.actions import wake
from sereno.sites.models import Node, Site
from sereno.sites.names import one_of_a_name
from sereno.sites.placing import keep_nodes, node_for
from sereno.sites.queries import access_site
from sereno.sites.rules import check_credentials, check_name
from sereno.sites.secrets import seal

# What a device's changes may show in the journal.
SHOWN = (
    *("name", "vendor", "host", "port", "is_tls", "rtsp_port", "username", "serial"),
    *("template", "template_sub", "template_channels"),
)
_AS_GIVEN = ("vendor", "port", "is_tls", "rtsp_port", "username", "serial", "template_channels")
# What a changed one of these begins anew: who stands there is not known any more.
_PLACE = frozenset({"host", "port", "is_tls", "vendor", "serial"})

_NAME_TAKEN = Words(
    "Another device of this site has this name. Choose another name.",
    "Otro dispositivo de este sitio ya tiene ese nombre. Elija otro nombre.",
)
_KNOWN = Words(
    "The device {device} of this site has this address and port already.",
    "El dispositivo {device} de este sitio ya tiene esta dirección y este puerto.",
)
_NODE_UNFIT = Words(
    "A device can only be given to a node of its own site. Choose one of those.",
    "Un dispositivo solo puede darse a un nodo de su propio sitio. Elija uno de esos.",
)
_SERIAL_BAD = Words(
    "At most 200 characters, none of them a line break or invisible.",
    "200 caracteres como máximo, ninguno de ellos salto de línea ni invisible.",
)


@dataclass(frozen=True, slots=True)
class DeviceFields:
    """What a person says of a device; None leaves a field as it is.

    `is_rtsp_port_unsaid`: of its RTSP port nothing is to be said any more. An empty `serial` lets
    whatever stands there be the device.
    """

    name: str | None = None
    host: str | None = None
    port: int | None = None
    is_tls: bool | None = None
    rtsp_port: int | None = None
    vendor: str | None = None
    username: str | None = None
    password: str | None = None
    node_id: UUID | None = None
    serial: str | None = None
    template: str | None = None
    template_sub: str | None = None
    template_channels: int | None = None
    is_rtsp_port_unsaid: bool = False


@transaction.atomic
def add_device(asker: Asker, site_id: int, fields: DeviceFields) -> Device:
    """Add a device to a site and give it to a node there, which begins to ask it.

    Raises NotFound, Invalid, Conflict for a name or an address that is taken.
    """
    require(asker, Right.MANAGE)
    site = access_site(asker, site_id)
    keep_nodes(site)
    device = Device(site=site, node=node_for(site), created_at=timezone.now())
    device.host = check_host(fields.host or "")
    device.name = device.host[:80]
    device.port = usual_port(is_tls=bool(fields.is_tls))
    changed = _fill(device, fields)
    _check_place(device)
    with one_of_a_name("devices_device_name_unique", _NAME_TAKEN):
        device.save(force_insert=True)
    wake(device.node_id)
    # Also what was not said, and so is as it always is.
    changed |= {"name": device.name, "host": device.host, "port": device.port}
    record(asker.actor, "device_add", "device", device.pk, site=site.pk, **changed)
    return access_device(asker, device.pk)


@transaction.atomic
def change_device(asker: Asker, device_id: UUID, fields: DeviceFields) -> Device:
    """Change what was given; cameras made of its channels follow. Raises as `add_device`."""
    require(asker, Right.MANAGE)
    keep_nodes(access_device(asker, device_id).site)
    device = lock_device(asker, device_id)
    node_before, before = device.node_id, Before.of(device)
    changed = _fill(device, fields)
    if not changed:
        return access_device(asker, device.pk)
    _check_place(device)
    if not changed.keys().isdisjoint(_PLACE):
        device.found_vendor = ""
    with one_of_a_name("devices_device_name_unique", _NAME_TAKEN):
        device.save()
    follow(asker, device, before)
    for node_id in {node_before, device.node_id}:
        wake(node_id)
    record(asker.actor, "device_change", "device", device.pk, **changed)
    return access_device(asker, device.pk)


@transaction.atomic
def remove_device(
    asker: Asker,
    device_id: UUID,
    cameras: Literal["keep", "remove"] = "keep",
    now: datetime | None = None,
) -> None:
    """Ask it no more and take it from the lists; footage and history stay. Raises NotFound.

    Its cameras are kept, with addresses and passwords of their own, or removed likewise.
    """
    require(asker, Right.MANAGE)
    device = lock_device(asker, device_id)
    if cameras == "remove":
        remove_cameras(asker, device)
    device.removed_at = now or timezone.now()
    device.password_sealed = ""
    device.save(update_fields=["removed_at", "password_sealed"])
    wake(device.node_id)
    record(asker.actor, "device_remove", "device", device.pk, name=device.name, cameras=cameras)


@transaction.atomic
def sync_device(asker: Asker, device_id: UUID) -> Device:
    """Have its node ask it everything anew, now. Raises NotFound."""
    require(asker, Right.MANAGE)
    device = lock_device(asker, device_id)
    device.sync_number += 1
    device.save(update_fields=["sync_number"])
    wake(device.node_id)
    record(asker.actor, "device_sync", "device", device.pk, name=device.name)
    return access_device(asker, device.pk)


@transaction.atomic
def try_device_again(asker: Asker, device_id: UUID) -> Device:
    """Let a password that was refused be shown once more. Raises NotFound."""
    require(asker, Right.OPERATE)
    device = lock_device(asker, device_id)
    device.lift_number += 1
    device.save(update_fields=["lift_number"])
    wake(device.node_id)
    record(asker.actor, "device_try_again", "device", device.pk, name=device.name)
    return access_device(asker, device.pk)


def _fill(device: Device, fields: DeviceFields) -> dict[str, object]:
    """Set what was given on `device`; what changed, as the journal may know it."""
    before = _shown(device)
    if fields.name is not None:
        device.name = check_name(fields.name)
    if fields.host is not None:
        device.host = check_host(fields.host)
    check_credentials(fields.username or "", fields.password or "")
    serial = fields.serial
    if serial is not None and not (serial.isprintable() and len(serial) <= 200):
        raise Invalid("serial_bad", _SERIAL_BAD, field="serial")
    for name in _AS_GIVEN:
        if (given := getattr(fields, name)) is not None:
            setattr(device, name, given)
    if fields.is_rtsp_port_unsaid:
        device.rtsp_port = None
    if fields.template is not None:
        device.template = check_template(fields.template, "template")
    if fields.template_sub is not None:
        device.template_sub = check_template(fields.template_sub, "template_sub")
    if fields.node_id is not None:
        device.node = _node_at(device.site, fields.node_id)
    changed: dict[str, object] = {}
    if fields.password is not None:
        device.password_sealed = seal(fields.password)
        changed["password"] = "set" if fields.password else "cleared"
    return changed | {name: now for name, now in _shown(device).items() if now != before[name]}


def _shown(device: Device) -> dict[str, object]:
    node_id = str(device.node_id) if device.node_id else None
    return {name: getattr(device, name) for name in SHOWN} | {"node_id": node_id}


def _node_at(site: Site, node_id: UUID) -> Node:
    node = Node.objects.filter(site=site, revoked_at=None, pk=node_id).first()
    if node is None:
        raise Invalid("node_unfit", _NODE_UNFIT, field="node_id")
    return node


def _check_place(device: Device) -> None:
    """One device at one address of a site; the site is locked. Raises Conflict."""
    there = Device.objects.filter(site=device.site, host=device.host, port=device.port)
    other = there.filter(removed_at=None).exclude(pk=device.pk).first()
    if other is not None:
        raise Conflict("device_known", _KNOWN.fill(device=other.name), field="host")
