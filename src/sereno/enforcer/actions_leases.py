"""Giving a camera from one node to another: the one that runs it stops before the other begins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.enforcer.actions_moments import lock_cameras
from sereno.enforcer.models import Lease
from sereno.sites.actions import wake
from sereno.sites.models import Camera, Node
from sereno.sites.placing import check_heard


@transaction.atomic
def give_back(asker: Asker, camera_id: UUID, now: datetime | None = None) -> None:
    """Let the node that took the camera over give it to the camera's own node, without a takeover.

    Nothing happens where that one runs it. Raises NotFound, and Conflict where it is not heard.
    """
    require(asker, Right.MANAGE)
    (camera,) = lock_cameras(asker, [camera_id])
    if not Lease.objects.filter(camera=camera).exclude(node=camera.node_id).exists():
        return
    check_heard(camera.node, now or timezone.now())
    _ask_for(camera)
    record(asker.actor, "camera_give_back", "camera", camera.pk, node=str(camera.node_id))


def hear_of_node(sender: object, camera: Camera, before: UUID | None, **_: object) -> None:
    """The camera has another own node, which begins when nobody else can be running it.

    The one that it had may be, if it was heard since the camera is: then a lease without an end
    is its own, until it gives that up.
    """
    # Behind this lock it cannot fetch its orders of before unseen.
    nodes = Node.objects.select_for_update(no_key=True).filter(revoked_at=None)
    known = nodes.filter(pk=before).first() if before else None
    if known is not None and known.last_seen and known.last_seen >= camera.created_at:
        lease = Lease(camera=camera, node=known, number=1, granted_at=timezone.now())
        lease.release_id = uuid4()
        # Where there is one already, that one counts. Either is locked from here on.
        Lease.objects.bulk_create(
            [lease], update_conflicts=True, unique_fields=["camera"], update_fields=["release_id"]
        )
    _ask_for(camera)


def _ask_for(camera: Camera) -> None:
    """Whoever else has the camera is asked to give it to its own node."""
    lease = Lease.objects.select_for_update().filter(camera=camera).first()
    if lease is None:
        return
    is_elsewhere = lease.node_id != camera.node_id
    lease.release_id = uuid4() if is_elsewhere else None
    lease.save(update_fields=["release_id"])
    wake(lease.node_id)
