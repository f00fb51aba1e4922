"""Which node looks after devices, as nodes come and go. Their acts are journalled with those."""

from __future__ import annotations

from sereno.devices.models import Device
from sereno.sites.actions import wake
from sereno.sites.models import Node


def hear_of_coming(sender: object, node: Node, **_: object) -> None:
    """`sites` says that a node was enrolled: it takes the devices that have none."""
    Device.objects.filter(site=node.site, node=None, removed_at=None).update(node=node)


def hear_of_going(sender: object, node: Node, heir: Node | None, **_: object) -> None:
    """`sites` says that a node was revoked: another one of the site takes its devices."""
    if Device.objects.filter(node=node, removed_at=None).update(node=heir) and heir:
        wake(heir.pk)
