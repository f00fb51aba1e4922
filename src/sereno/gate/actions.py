"""Handing what a node said to the rooms that keep it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sereno.enforcer.actions import record_states
from sereno.sites.actions import NodeState, note_heartbeat
from sereno.sites.models import Node
from sereno.wire.reports import Heartbeat


@transaction.atomic
def take_heartbeat(node: Node, heartbeat: Heartbeat, now: datetime) -> None:
    """Remember how the node and its streams are."""
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
    )
    note_heartbeat(node, state, now)
    record_states(node, heartbeat.streams, now)
