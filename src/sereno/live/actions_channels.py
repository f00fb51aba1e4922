"""Giving leave to see what a device's channel shows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from sereno.accounts.queries import Asker
from sereno.base.errors import Forbidden
from sereno.devices.queries import access_channel, access_device
from sereno.live.actions import PERSONS_ONLY
from sereno.live.queries_sources import check_node, is_own
from sereno.wire.tickets import Ticket, sign


def issue_channel_ticket(asker: Asker, device_id: UUID, channel: str, now: datetime) -> str:
    """A minute's leave to see a picture of a channel, by the node that looks after the device.

    Raises NotFound, Unavailable where that node is away, Forbidden for who is no person.
    """
    device = access_device(asker, device_id)
    known = access_channel(device, channel)
    node = check_node(device.node, now)
    if asker.user is None:
        raise Forbidden("persons_only", PERSONS_ONLY)
    ticket = Ticket(
        user_id=asker.user.pk,
        camera_id=device.pk,
        purpose="channel_snapshot",
        node_id=node.pk,
        is_own_node=is_own(node),
        device_id=device.pk,
        channel=known.channel,
    )
    return sign(ticket, settings.SERENO_TICKET_KEY, now)
