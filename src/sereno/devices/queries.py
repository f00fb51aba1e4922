"""Reading devices; every access check of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.errors import NotFound, Words
from sereno.base.spans import Span
from sereno.devices.models import ClockReading, Device, DeviceChannel
from sereno.devices.rules import LAST_RESORT, Shown, shown
from sereno.sites.models import Camera, Node
from sereno.sites.secrets import unseal
from sereno.wire.devices import MOST_READINGS, ReadingSaid
from sereno.wire.orders import DeviceOrder

_NO_DEVICE = Words(
    "There is no such device. It may have been removed; reload the list.",
    "No existe ese dispositivo. Puede que se haya quitado; recargue la lista.",
)
_NO_CHANNEL = Words(
    "The device has no such channel. Reload its list of channels.",
    "El dispositivo no tiene ese canal. Recargue su lista de canales.",
)


def devices_of(asker: Asker) -> QuerySet[Device]:
    """The devices that `asker` may see, by name, each with its node and site, its numbers of
    channels (`channel_count`), of those with a picture (`online_count`) and without
    (`offline_count`) where it tells, and of cameras made of them (`camera_count`)."""
    require(asker, Right.VIEW)
    present = Device.objects.filter(removed_at=None).select_related("node__site", "site")
    has_camera = Q(channels__camera__isnull=False, channels__camera__removed_at=None)
    is_there = Q(channels__missing_since=None)
    counted = present.annotate(
        channel_count=Count("channels", filter=is_there),
        online_count=Count("channels", filter=is_there & Q(channels__is_online=True)),
        offline_count=Count("channels", filter=is_there & Q(channels__is_online=False)),
        camera_count=Count("channels", filter=has_camera),
    )
    return counted.order_by("name", "pk")


def device_ids_of(asker: Asker) -> QuerySet[Device, UUID]:
    """The same by their ids, for conditions of other questions."""
    require(asker, Right.VIEW)
    return Device.objects.filter(removed_at=None).values_list("pk", flat=True)


def access_device(asker: Asker, device_id: UUID) -> Device:
    """One device. Raises NotFound alike for one that is not and one not to be seen."""
    if (device := devices_of(asker).filter(pk=device_id).first()) is None:
        raise NotFound("no_such_device", _NO_DEVICE)
    return device


def channels_of(device: Device) -> QuerySet[DeviceChannel]:
    """All that it ever told of, by number, with their cameras."""
    return device.channels.select_related("camera").order_by("number", "channel")


def access_channel(device: Device, channel: str) -> DeviceChannel:
    """One of its channels, by the device's own word for it. Raises NotFound."""
    if (found := channels_of(device).filter(channel=channel).first()) is None:
        raise NotFound("no_such_channel", _NO_CHANNEL)
    return found


def channel_of_camera(camera: Camera) -> DeviceChannel | None:
    """The channel of a present device that `camera` was made of, with its device."""
    found = DeviceChannel.objects.filter(camera=camera, device__removed_at=None)
    return found.select_related("device", "device__node", "device__site").first()


def channels_with_cameras(devices: Iterable[Device]) -> list[tuple[DeviceChannel, Camera]]:
    """The channels of these devices that people made cameras of, by number, with those."""
    rows = DeviceChannel.objects.filter(device__in=list(devices), camera__removed_at=None)
    used = rows.exclude(camera=None).select_related("camera__site")
    return [(row, row.camera) for row in used.order_by("number", "channel") if row.camera]


def shown_of(device: Device, now: datetime) -> Shown:
    """How it is, as people see it; it comes with its node."""
    return shown(
        device.state,
        device.since,
        device.reason,
        has_node=device.node is not None,
        last_seen=device.node.last_seen if device.node else None,
        created_at=device.created_at,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A device's clock against its node's, at some moment."""

    at: datetime
    offset_seconds: float
    zone: str


def readings_of(device: Device, now: datetime, days: int) -> list[Reading]:
    """How its clock went in the last days, the oldest first."""
    rows = ClockReading.objects.filter(device=device, at__gt=now - timedelta(days=days))
    return [Reading(row.at, row.offset_seconds, row.zone) for row in rows.order_by("at")]


def clock_around(device_id: UUID, span: Span) -> list[ReadingSaid]:
    """How a device's clock went in `span`, with the last reading before and the first after."""
    rows = ClockReading.objects.filter(device=device_id).order_by("at")
    before = rows.filter(at__lt=span.start).last()
    within = rows.filter(at__gte=span.start, at__lt=span.end)[: MOST_READINGS - 2]
    after = rows.filter(at__gte=span.end).first()
    told = [each for each in (before, *within, after) if each is not None]
    return [ReadingSaid(at=each.at, offset_seconds=each.offset_seconds) for each in told]


def devices_of_node(node: Node) -> QuerySet[Device]:
    """Those that `node` is to look after, in a fixed order."""
    return Device.objects.filter(node=node, removed_at=None).order_by("pk")


def device_orders(node: Node) -> tuple[DeviceOrder, ...]:
    """What `node` is to log in to, with the passwords it needs."""
    return tuple(map(_order, devices_of_node(node)))


def _order(device: Device) -> DeviceOrder:
    found = "" if device.found_vendor == LAST_RESORT else device.found_vendor
    return DeviceOrder(
        device_id=device.pk,
        name=device.name,
        vendor=device.vendor or found,
        host=device.host,
        port=device.port,
        is_tls=device.is_tls,
        rtsp_port=device.rtsp_port,
        username=device.username,
        password=unseal(device.password_sealed),
        serial=device.serial,
        template=device.template,
        template_sub=device.template_sub,
        template_channels=device.template_channels,
        sync_number=device.sync_number,
        lift_number=device.lift_number,
    )
