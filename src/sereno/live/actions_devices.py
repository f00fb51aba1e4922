"""Telling when devices come and go, each once, in order. Telling, not acting: not journalled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from sereno.accounts.queries import SYSTEM
from sereno.devices.models import Device
from sereno.devices.queries import devices_of, shown_of
from sereno.devices.rules import Shown, event_between
from sereno.live.actions_status import hold_numbers, write_events
from sereno.live.models import StatusEvent, ToldDevice


@transaction.atomic
def tell_devices(now: datetime, device_ids: Collection[UUID] | None = None) -> int:
    """Write an event for each device that came or went since it was last told of; how many.

    Of the given devices, or of all: that a node is not heard any more is only found by looking.
    """
    if not _news(now, device_ids):
        return 0
    hold_numbers()
    # Once more: another may have told it while this one waited.
    news = _news(now, device_ids)
    ToldDevice.objects.bulk_create(
        [ToldDevice(device=device, is_online=is_online) for device, _, is_online, _ in news],
        update_conflicts=True,
        unique_fields=["device"],
        update_fields=["is_online"],
    )
    events = [_event(device, shown, kind, now) for device, shown, _, kind in news]
    write_events(StatusEvent.objects.bulk_create(events))
    return len(events)


def _news(
    now: datetime, device_ids: Collection[UUID] | None
) -> list[tuple[Device, Shown, bool | None, str]]:
    devices = devices_of(SYSTEM).order_by("pk")
    if device_ids is not None:
        devices = devices.filter(pk__in=device_ids)
    told = dict(ToldDevice.objects.values_list("device", "is_online"))
    found = []
    for device in devices:
        shown = shown_of(device, now)
        is_online, kind = event_between(told.get(device.pk), shown.state)
        if kind:
            found.append((device, shown, is_online, kind))
    return found


def _event(device: Device, shown: Shown, kind: str, now: datetime) -> StatusEvent:
    reason = shown.reason
    return StatusEvent(
        type=kind,
        device=device,
        state=shown.state,
        at=shown.since or now,
        reason_key=reason.key if reason else "",
        reason_params=dict(reason.params) if reason else {},
        reason_raw=reason.raw if reason else "",
    )
