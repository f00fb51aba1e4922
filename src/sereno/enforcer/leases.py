"""Leases: of the nodes that may run a camera, exactly one does.

A node has its leases in the answers to its heartbeats: there they are renewed, and there it takes
over what nobody holds any more. Every change is one conditional statement: of several that come at
the same moment one wins. A lease that is lapsing needs nobody to end it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from sereno.accounts.queries import SYSTEM
from sereno.audit.actions import record
from sereno.enforcer.models import Lease
from sereno.enforcer.rules_leases import LEASE, LEASE_SECONDS, MARGIN, MARGIN_SECONDS, Moment
from sereno.sites.models import Camera, Node
from sereno.wire.orders import LeaseOrder

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

# Of a lease `held` and its `camera`: it has ended, and so long ago that the margin is over as well.
# One without an end counts for as long as its holder is the camera's own node. On a machine that
# did not write the end, the wall clock counts, and the machine must have run for a whole lease.
_IS_OVER = """
CASE
    WHEN held.expires_at IS NULL THEN held.node_id IS DISTINCT FROM camera.node_id
    WHEN held.boot_id = %(boot_id)s
        THEN held.expires_boot_seconds + %(margin_seconds)s <= %(boot_seconds)s
    ELSE held.expires_at + %(margin)s <= %(now)s
        AND %(boot_seconds)s >= %(lease_seconds)s + %(margin_seconds)s
END
"""

_HAS_ENDED = """
CASE
    WHEN held.expires_at IS NULL THEN false
    WHEN held.boot_id = %(boot_id)s THEN held.expires_boot_seconds <= %(boot_seconds)s
    ELSE held.expires_at <= %(now)s
END
"""

# What `node` may run beside another node, and what it alone may but for a lease that is left over.
_CONCERNED = """
SELECT EXISTS (
    SELECT FROM sites_camera AS camera
    LEFT JOIN enforcer_lease AS held ON held.camera_id = camera.id
    WHERE %(node)s IN (camera.node_id, camera.standby_node_id) AND camera.removed_at IS NULL
    AND (camera.standby_node_id IS NOT NULL OR held.camera_id IS NOT NULL))
"""

# A camera that has no standby node any more needs no lease, once nobody else runs it.
_END = f"""
DELETE FROM enforcer_lease AS held USING sites_camera AS camera
WHERE camera.id = held.camera_id AND camera.node_id = %(node)s
AND camera.standby_node_id IS NULL AND (held.node_id = %(node)s OR {_IS_OVER})
RETURNING held.camera_id
"""  # noqa: S608  no value stands in the text

# The first lease. If the camera's own node may be running it already, that one has it, and without
# an end until it says that it knows of leases: so it is if the node was heard since the camera is.
_BEGIN = """
INSERT INTO enforcer_lease
    (camera_id, node_id, number, granted_at, expires_at, expires_boot_seconds, boot_id)
SELECT camera.id, %(node)s, 1, %(now)s,
    CASE WHEN may_run THEN NULL ELSE %(expires_at)s END,
    CASE WHEN may_run THEN NULL ELSE %(expires_boot_seconds)s END,
    %(boot_id)s
FROM sites_camera AS camera
LEFT JOIN sites_node AS own ON own.id = camera.node_id,
LATERAL (SELECT coalesce(own.last_seen >= camera.created_at, false) AS may_run) AS known
WHERE camera.standby_node_id IS NOT NULL AND camera.removed_at IS NULL
AND (camera.node_id = %(node)s OR (camera.standby_node_id = %(node)s AND NOT may_run))
ORDER BY camera.id
ON CONFLICT (camera_id) DO NOTHING
"""

_RENEW = f"""
WITH mine AS (
    SELECT held.camera_id FROM enforcer_lease AS held
    JOIN sites_camera AS camera ON camera.id = held.camera_id
    WHERE held.node_id = %(node)s AND camera.removed_at IS NULL
    AND %(node)s IN (camera.node_id, camera.standby_node_id) AND NOT {_HAS_ENDED}
    AND (held.expires_at IS NOT NULL OR held.camera_id = ANY(%(confirmed)s))
    ORDER BY held.camera_id FOR UPDATE OF held
)
UPDATE enforcer_lease AS held
SET expires_at = %(expires_at)s, expires_boot_seconds = %(expires_boot_seconds)s,
    boot_id = %(boot_id)s
FROM mine WHERE mine.camera_id = held.camera_id
"""  # noqa: S608

_TAKE_OVER = f"""
WITH free AS (
    SELECT held.camera_id, held.node_id AS holder FROM enforcer_lease AS held
    JOIN sites_camera AS camera ON camera.id = held.camera_id
    WHERE camera.standby_node_id IS NOT NULL AND camera.removed_at IS NULL
    AND %(node)s IN (camera.node_id, camera.standby_node_id)
    AND ({_IS_OVER} OR (held.node_id = %(node)s AND {_HAS_ENDED}))
    ORDER BY held.camera_id FOR UPDATE OF held SKIP LOCKED
)
UPDATE enforcer_lease AS held
SET node_id = %(node)s, number = held.number + 1, granted_at = %(now)s,
    expires_at = %(expires_at)s, expires_boot_seconds = %(expires_boot_seconds)s,
    boot_id = %(boot_id)s
FROM free WHERE free.camera_id = held.camera_id
RETURNING held.camera_id, held.number, free.holder
"""  # noqa: S608

# What has ended is not told: another node may be taking it at this moment, unseen by this one.
_OF_NODE = f"""
SELECT held.camera_id, held.number FROM enforcer_lease AS held
JOIN sites_camera AS camera ON camera.id = held.camera_id
WHERE held.node_id = %(node)s AND camera.removed_at IS NULL
AND %(node)s IN (camera.node_id, camera.standby_node_id)
AND NOT {_HAS_ENDED} AND NOT {_IS_OVER}
"""  # noqa: S608

# Which of `cameras` a node may speak of: it is the one that runs them.
_RUN_BY = """
SELECT camera.id FROM sites_camera AS camera
LEFT JOIN enforcer_lease AS held ON held.camera_id = camera.id
WHERE camera.id = ANY(%(cameras)s) AND camera.removed_at IS NULL
AND coalesce(held.node_id, camera.node_id) = %(node)s
"""


def this_moment(now: datetime | None = None) -> Moment:
    """Now, on this machine."""
    boot_id = _BOOT_ID.read_text(encoding="ascii").strip()
    return Moment(now or timezone.now(), time.clock_gettime(time.CLOCK_BOOTTIME), boot_id)


@transaction.atomic
def lease_cameras(
    node: Node, confirmed: Mapping[UUID, int], moment: Moment
) -> dict[UUID, LeaseOrder]:
    """Renew what `node` holds, give it what is free, and tell all that it holds now.

    `confirmed` is what the node says that it holds, each with its number. The node counts the
    seconds from when it asked; the hub's own end, from `moment`, is never before that.
    """
    values = _values(node, confirmed, moment)
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, values)
        if not cursor.fetchone()[0]:
            return {}
        cursor.execute(_END, values)
        ended = [camera for (camera,) in cursor.fetchall()]
        for statement in (_BEGIN, _RENEW, _TAKE_OVER):
            cursor.execute(statement, values)
        taken = cursor.fetchall()
        cursor.execute(_OF_NODE, values)
        held = {
            camera: LeaseOrder(number=number, seconds=LEASE_SECONDS)
            for camera, number in cursor.fetchall()
        }
    for camera in sorted(ended):
        record(SYSTEM.actor, "lease_end", "camera", camera, node=str(node.pk))
    for camera, number, holder in sorted(taken):
        if holder != node.pk:
            record(SYSTEM.actor, "lease_move", "camera", camera, node=str(node.pk), number=number)
    return held


def _values(node: Node, confirmed: Mapping[UUID, int], moment: Moment) -> dict[str, Any]:
    numbers = Lease.objects.filter(node=node, camera__in=confirmed).values_list("camera", "number")
    return {
        "node": node.pk,
        "confirmed": [camera for camera, number in numbers if confirmed[camera] == number],
        "now": moment.now,
        "boot_seconds": moment.boot_seconds,
        "boot_id": moment.boot_id,
        "expires_at": moment.now + LEASE,
        "expires_boot_seconds": moment.boot_seconds + LEASE_SECONDS,
        "lease_seconds": LEASE_SECONDS,
        "margin": MARGIN,
        "margin_seconds": MARGIN_SECONDS,
    }


def run_by(node: Node, camera_ids: Iterable[UUID]) -> set[UUID]:
    """Those of `camera_ids` that `node` is the one to run now."""
    with connection.cursor() as cursor:
        cursor.execute(_RUN_BY, {"node": node.pk, "cameras": list(set(camera_ids))})
        return {camera for (camera,) in cursor.fetchall()}


def needs_lease(cameras: Collection[Camera]) -> set[UUID]:
    """The cameras that only the holder of their lease may run: another node may want them too."""
    held = set(Lease.objects.filter(camera__in=cameras).values_list("camera", flat=True))
    return {camera.pk for camera in cameras if camera.standby_node_id or camera.pk in held}


def leases_of(cameras: Collection[Camera]) -> dict[UUID, Lease]:
    """Who holds each of `cameras`, where anybody does."""
    found = Lease.objects.filter(camera__in=cameras).select_related("node")
    return {lease.camera_id: lease for lease in found}
