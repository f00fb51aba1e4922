"""Cameras made of a device's channels, and how they follow the device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Conflict, Words
from sereno.devices.models import Device, DeviceChannel
from sereno.devices.queries import (
    access_channel,
    access_device,
    channels_of,
    channels_with_cameras,
)
from sereno.devices.rules import address_of, free_name, moved
from sereno.sites.actions import CameraFields, add_camera, change_camera, remove_camera
from sereno.sites.models import Camera, Site
from sereno.sites.placing import keep_nodes
from sereno.sites.secrets import unseal

MAIN, SUB = "main", "sub"

_HAS_CAMERA = Words(
    "The channel {channel} is the camera {camera} already.",
    "El canal {channel} ya es la cámara {camera}.",
)
_NO_STREAM = Words(
    "The device tells no address of the channel {channel} that can be recorded. Ask it anew, or "
    "give the device an address template.",
    "El dispositivo no indica ninguna dirección del canal {channel} que se pueda grabar. Vuelva a "
    "preguntarle, o póngale al dispositivo una plantilla de dirección.",
)


@dataclass(frozen=True, slots=True)
class Ticked:
    """A channel that is to become a camera; without a `name` it is called as the channel is."""

    channel: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """What cameras have of a device, as it was until now."""

    host: str
    rtsp_port: int | None
    username: str
    password: str

    @classmethod
    def of(cls, device: Device) -> Before:
        password = unseal(device.password_sealed).get_secret_value()
        return cls(device.host, device.rtsp_port, device.username, password)


@transaction.atomic
def make_cameras(asker: Asker, device_id: UUID, ticked: Iterable[Ticked]) -> list[Camera]:
    """Cameras of channels, with their addresses and the device's own credentials: all or none.

    Raises NotFound, Conflict for a channel that is a camera already, that tells no address, or for
    a name that was given and is taken.
    """
    require(asker, Right.MANAGE)
    # The site before the device, as whoever changes it does.
    keep_nodes(access_device(asker, device_id).site)
    device = lock_device(asker, device_id)
    list(device.channels.select_for_update(no_key=True).order_by("pk"))  # as `hold_cameras`
    return [_make(asker, device, each) for each in ticked]


def lock_device(asker: Asker, device_id: UUID) -> Device:
    """The device, which nobody else changes until this transaction ends. Raises NotFound."""
    access_device(asker, device_id)
    Device.objects.select_for_update(no_key=True).get(pk=device_id)
    # Read again behind the lock: somebody may have removed or changed it meanwhile.
    return access_device(asker, device_id)


def hold_cameras(device: Device) -> list[tuple[DeviceChannel, Camera]]:
    """What was made of its channels: nobody else changes these until the transaction ends.

    All are held before the first is changed. Once that stands in the journal all others wait for
    us there, and one who held the next camera meanwhile would wait for ever, as would we.
    """
    ids = [camera.pk for _, camera in channels_with_cameras([device])]
    list(Camera.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    return channels_with_cameras([device])


def _make(asker: Asker, device: Device, ticked: Ticked) -> Camera:
    channel = access_channel(device, ticked.channel)
    known = channel.camera
    if known is not None and known.removed_at is None:
        words = _HAS_CAMERA.fill(channel=channel.number, camera=known.name)
        raise Conflict("channel_taken", words, field="channels")
    main, sub = address_of(channel.streams, MAIN), address_of(channel.streams, SUB)
    if not main:
        raise Conflict("channel_unusable", _NO_STREAM.fill(channel=channel.number))
    name = ticked.name
    if name is None:
        name = free_name(channel.name, device.name, channel.number, _names_of(device.site))
    fields = CameraFields(
        name=name,
        address=main,
        sub_address=sub or None,
        username=device.username,
        password=unseal(device.password_sealed).get_secret_value(),
        node_id=device.node_id,
    )
    camera = add_camera(asker, fields, device.site)
    channel.camera, channel.given_address, channel.given_sub_address = camera, main, sub
    channel.save(update_fields=["camera", "given_address", "given_sub_address"])
    details = {"channel": channel.channel, "camera": str(camera.pk)}
    record(asker.actor, "device_make_camera", "device", device.pk, **details)
    return camera


def _names_of(site: Site) -> set[str]:
    present = Camera.objects.filter(site=site, removed_at=None)
    return {name.lower() for name in present.values_list("name", flat=True)}


def remove_cameras(asker: Asker, device: Device) -> None:
    """Those made of its channels; their footage stays."""
    for _, camera in hold_cameras(device):
        remove_camera(asker, camera.pk)


def follow(asker: Asker, device: Device, before: Before) -> None:
    """Its cameras get its new credentials, and its new host and port in their addresses.

    What a person changed on a camera is left alone.
    """
    now = Before.of(device)
    if now == before:
        return
    _move(device, before)
    for channel, camera in hold_cameras(device):
        kept = unseal(camera.password_sealed).get_secret_value()
        has_ours = (camera.username, kept) == (before.username, before.password)
        if has_ours and (now.username, now.password) != (before.username, before.password):
            fields = CameraFields(username=now.username, password=now.password)
            change_camera(asker, camera.pk, fields)
        readdress(asker, channel)


def _move(device: Device, before: Before) -> None:
    """What its channels tell of addresses, until it is asked itself."""
    if (device.host, device.rtsp_port) == (before.host, before.rtsp_port):
        return
    for channel in channels_of(device):
        for stream in channel.streams:
            address = moved(stream["address"], before.host, device.host, device.rtsp_port)
            stream["address"] = address
        channel.save(update_fields=["streams"])


def readdress(asker: Asker, channel: DeviceChannel) -> None:
    """Give the channel's camera the addresses of its streams, where it has the last ones of ours.

    A small stream that the device tells of only now is not pressed upon a camera.
    """
    camera = channel.camera
    if camera is None or camera.removed_at is not None:
        return
    main, sub = address_of(channel.streams, MAIN), address_of(channel.streams, SUB)
    is_main_new = bool(main) and camera.address == channel.given_address != main
    is_sub_new = bool(sub) and bool(camera.sub_address) and sub != camera.sub_address
    is_sub_new = is_sub_new and camera.sub_address == channel.given_sub_address
    if not is_main_new and not is_sub_new:
        return
    fields = CameraFields(
        address=main if is_main_new else None, sub_address=sub if is_sub_new else None
    )
    change_camera(asker, camera.pk, fields)
    channel.given_address = main if is_main_new else channel.given_address
    channel.given_sub_address = sub if is_sub_new else channel.given_sub_address
    channel.save(update_fields=["given_address", "given_sub_address"])
