"""Leases: of the nodes that may run a camera, exactly one does.

A node has its leases in the answers to its heartbeats: there they are renewed, and there it takes
over what nobody holds any more. Every change is one conditional statement: of several that come at
the same moment one wins. A lease that is lapsing needs nobody to end it.

A lease with a `release_id` is not renewed: its holder is asked to give the camera to the camera's
own node, at once, by saying that id when it writes no more (`actions_leases` asks).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from sereno.accounts.queries import SYSTEM
from sereno.audit.actions import record
from sereno.enforcer.models import Lease
from sereno.enforcer.rules_leases import LEASE, LEASE_SECONDS, MARGIN, MARGIN_SECONDS, Moment
from sereno.sites.actions import wake
from sereno.sites.models import Camera, Node
from sereno.sites.rules import OFFLINE_AFTER
from sereno.wire.orders import LeaseOrder

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

# Of a lease `held` and its `camera`: it has ended, and so long ago that the margin is over as well.
# One without an end counts until its holder gives it up, or is revoked. On a machine that did not
# write the end, the wall clock counts, and the machine must have run for a whole lease.
_IS_OVER = """
CASE
    WHEN held.expires_at IS NULL THEN EXISTS (
        SELECT FROM sites_node WHERE id = held.node_id AND revoked_at IS NOT NULL)
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

# What `node` may run beside another node, what it alone may but for a lease that is left over, and
# what it holds of a camera that has gone to another.
_CONCERNED = """
SELECT EXISTS (
    SELECT FROM sites_camera AS camera
    LEFT JOIN enforcer_lease AS held ON held.camera_id = camera.id
    WHERE camera.removed_at IS NULL AND (
        held.node_id = %(node)s
        OR (%(node)s IN (camera.node_id, camera.standby_node_id)
            AND (camera.standby_node_id IS NOT NULL OR held.camera_id IS NOT NULL))))
"""

# Of a `camera` and its `own` node: that one would begin to run it.
_IS_OWN_THERE = "coalesce(own.last_seen > %(heard_since)s, false)"

# What is given up goes to the camera's own node at once, as any lease does that is granted.
_RELEASE = """
UPDATE enforcer_lease AS held
SET node_id = camera.node_id, number = held.number + 1, granted_at = %(now)s,
    expires_at = %(expires_at)s, expires_boot_seconds = %(expires_boot_seconds)s,
    boot_id = %(boot_id)s, release_id = NULL
FROM sites_camera AS camera,
    unnest(%(released)s::uuid[], %(release_ids)s::uuid[]) AS said(camera_id, release_id)
WHERE camera.id = held.camera_id AND said.camera_id = held.camera_id
AND held.node_id = %(node)s AND held.release_id = said.release_id
AND camera.node_id <> %(node)s AND camera.removed_at IS NULL
RETURNING held.camera_id, held.number, held.node_id
"""

# What is asked for is kept where the camera has come back to its holder, and by a standby node
# where the camera's own node went away meanwhile.
_CALL_OFF = f"""
UPDATE enforcer_lease AS held SET release_id = NULL
FROM sites_camera AS camera LEFT JOIN sites_node AS own ON own.id = camera.node_id
WHERE camera.id = held.camera_id AND held.node_id = %(node)s AND held.release_id IS NOT NULL
AND (camera.node_id = %(node)s
    OR (camera.standby_node_id = %(node)s AND NOT {_IS_OWN_THERE}))
RETURNING held.camera_id
"""  # noqa: S608  no value stands in the text

# A camera that has no standby node any more needs no lease, once nobody else runs it.
_END = f"""
WITH ended AS (
    SELECT held.camera_id FROM enforcer_lease AS held
    JOIN sites_camera AS camera ON camera.id = held.camera_id
    WHERE camera.node_id = %(node)s AND camera.standby_node_id IS NULL
    AND ((held.node_id = %(node)s AND held.release_id IS NULL) OR {_IS_OVER})
    FOR UPDATE OF held SKIP LOCKED
)
DELETE FROM enforcer_lease AS held USING ended WHERE ended.camera_id = held.camera_id
RETURNING held.camera_id
"""  # noqa: S608

# The first lease. If the camera's own node may be running it already, that one has it, and without
# an end until it says that it knows of leases: so it is if the node was heard since the camera is.
# A new camera is its own node's, if that one is there.
_BEGIN = f"""
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
AND (camera.node_id = %(node)s
    OR (camera.standby_node_id = %(node)s AND NOT may_run AND NOT {_IS_OWN_THERE}))
ORDER BY camera.id
ON CONFLICT (camera_id) DO NOTHING
"""  # noqa: S608

_RENEW = f"""
WITH mine AS (
    SELECT held.camera_id FROM enforcer_lease AS held
    JOIN sites_camera AS camera ON camera.id = held.camera_id
    WHERE held.node_id = %(node)s AND camera.removed_at IS NULL
    AND %(node)s IN (camera.node_id, camera.standby_node_id) AND NOT {_HAS_ENDED}
    AND (held.expires_at IS NOT NULL OR held.camera_id = ANY(%(confirmed)s))
    AND held.release_id IS NULL
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
    LEFT JOIN sites_node AS own ON own.id = camera.node_id
    WHERE camera.standby_node_id IS NOT NULL AND camera.removed_at IS NULL
    AND %(node)s IN (camera.node_id, camera.standby_node_id)
    AND ({_IS_OVER} OR (held.node_id = %(node)s AND held.release_id IS NULL AND {_HAS_ENDED}))
    AND (held.release_id IS NULL OR camera.node_id = %(node)s OR NOT {_IS_OWN_THERE})
    ORDER BY held.camera_id FOR UPDATE OF held SKIP LOCKED
)
UPDATE enforcer_lease AS held
SET node_id = %(node)s, number = held.number + 1, granted_at = %(now)s,
    expires_at = %(expires_at)s, expires_boot_seconds = %(expires_boot_seconds)s,
    boot_id = %(boot_id)s, release_id = NULL
FROM free WHERE free.camera_id = held.camera_id
RETURNING held.camera_id, held.number, free.holder
"""  # noqa: S608

# What has ended is not told: another node may be taking it at this moment, unseen by this one.
_OF_NODE = f"""
SELECT held.camera_id, held.number FROM enforcer_lease AS held
JOIN sites_camera AS camera ON camera.id = held.camera_id
WHERE held.node_id = %(node)s AND camera.removed_at IS NULL
AND %(node)s IN (camera.node_id, camera.standby_node_id)
AND held.release_id IS NULL AND NOT {_HAS_ENDED} AND NOT {_IS_OVER}
"""  # noqa: S608

_TO_RELEASE = """
SELECT held.camera_id, held.release_id FROM enforcer_lease AS held
JOIN sites_camera AS camera ON camera.id = held.camera_id
WHERE held.node_id = %(node)s AND held.release_id IS NOT NULL AND camera.removed_at IS NULL
"""

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


class Held(NamedTuple):
    """What a node may run, and what it is to give up, by camera; the latter with its release id."""

    leases: dict[UUID, LeaseOrder]
    to_release: dict[UUID, UUID]


@transaction.atomic
def lease_cameras(
    node: Node,
    confirmed: Mapping[UUID, int],
    moment: Moment,
    released: Mapping[UUID, UUID] | None = None,
) -> Held:
    """Renew what `node` holds, give it what is free, and tell all that it holds now.

    `confirmed` is what the node says that it holds, each with its number; `released` what it was
    asked to give up and neither runs nor, by its newest orders, will run without a lease. The node
    counts the seconds from when it asked; the hub's own end, from `moment`, is never before that.
    """
    values = _values(node, confirmed, moment, released or {})
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, values)
        if not cursor.fetchone()[0]:
            return Held({}, {})
        moved = _rows(cursor, _RELEASE, values)
        kept = _rows(cursor, _CALL_OFF, values)
        ended = _rows(cursor, _END, values)
        cursor.execute(_BEGIN, values)
        cursor.execute(_RENEW, values)
        taken = _rows(cursor, _TAKE_OVER, values)
        held = {
            camera: LeaseOrder(number=number, seconds=LEASE_SECONDS)
            for camera, number in _rows(cursor, _OF_NODE, values)
        }
        to_release = dict(_rows(cursor, _TO_RELEASE, values))
    for act, rows in (("lease_end", ended), ("lease_keep", kept)):
        for (camera,) in rows:
            record(SYSTEM.actor, act, "camera", camera, node=str(node.pk))
    moved += [(camera, number, node.pk) for camera, number, was in taken if was != node.pk]
    for camera, number, now_with in moved:
        record(SYSTEM.actor, "lease_move", "camera", camera, node=str(now_with), number=number)
        if now_with != node.pk:
            wake(now_with)
    return Held(held, to_release)


def _rows(cursor: Any, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """What a statement answers, in order of cameras."""
    cursor.execute(statement, values)
    return sorted(cursor.fetchall())


def _values(
    node: Node,
    confirmed: Mapping[UUID, int],
    moment: Moment,
    released: Mapping[UUID, UUID],
) -> dict[str, Any]:
    numbers = Lease.objects.filter(node=node, camera__in=confirmed).values_list("camera", "number")
    return {
        "node": node.pk,
        "confirmed": [camera for camera, number in numbers if confirmed[camera] == number],
        "released": list(released),
        "release_ids": list(released.values()),
        "heard_since": moment.now - OFFLINE_AFTER,
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
