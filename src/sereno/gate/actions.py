"""Handing what a node said to the rooms that keep it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from sereno.devices.actions_reports import take_device_report
from sereno.enforcer.actions_running import record_states
from sereno.enforcer.leases import Held, lease_cameras
from sereno.enforcer.rules_leases import Moment
from sereno.gate.queries import etag_for
from sereno.live.actions_devices import tell_devices
from sereno.live.actions_status import tell_news
from sereno.sites.actions import NodeState, note_heartbeat
from sereno.sites.models import Node
from sereno.wire.devices import DeviceReport
from sereno.wire.reports import Heartbeat


def take_heartbeat(node: Node, heartbeat: Heartbeat, moment: Moment) -> Held:
    """Remember how the node and its streams are; the leases that it has now.

    Leases first, in a transaction of their own: it must not wait for one that waits for it, and
    `last_seen` must still say when the node was heard before.
    """
    released = _released(node, heartbeat, moment.now)
    held = lease_cameras(node, heartbeat.leases, moment, released)
    _remember(node, heartbeat, moment.now)
    return held


def _released(node: Node, heartbeat: Heartbeat, now: datetime) -> dict[UUID, UUID]:
    """What it gives up, if it has its newest orders: by older ones it may be about to begin."""
    if not heartbeat.released or heartbeat.orders_etag != etag_for(node, now):
        return {}
    return heartbeat.released


@transaction.atomic
def _remember(node: Node, heartbeat: Heartbeat, now: datetime) -> None:
    state = NodeState(
        boot_id=heartbeat.boot_id,
        version=heartbeat.version,
        started_at=heartbeat.started_at,
        is_clock_synchronised=heartbeat.ntp.is_synchronised,
        clock_offset_seconds=(heartbeat.sent_at - now).total_seconds(),
        volumes=heartbeat.volumes,
        media_address=heartbeat.media_address,
        orders_etag=heartbeat.orders_etag,
        backlog=heartbeat.backlog,
        cpu_count=heartbeat.cpu_count,
    )
    note_heartbeat(node, state, now)
    record_states(node, heartbeat.streams, now, is_whole=heartbeat.is_whole)
    tell_news(heartbeat.streams, now)


@transaction.atomic
def take_device(node: Node, device_id: UUID, report: DeviceReport, now: datetime) -> None:
    """Remember how a device is, and tell whoever watches where that is news."""
    take_device_report(node, device_id, report, now)
    tell_devices(now, {device_id})
