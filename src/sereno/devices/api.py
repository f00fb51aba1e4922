"""Devices over HTTP. Cameras that are made of their channels are answered by `enforcer`."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field, SecretStr

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.devices import actions, queries
from sereno.devices.actions import DeviceFields
from sereno.devices.answers import (
    ChannelAnswer,
    DeviceAnswer,
    ReadingAnswer,
    WholeDeviceAnswer,
    facts_of,
)
from sereno.devices.models import Device
from sereno.devices.rules import MOST_TEMPLATE_CHANNELS, READINGS_KEPT, Vendor

router = Router(tags=["devices"], auth=ANYBODY_KNOWN)

Port = Annotated[int, Field(ge=1, le=65535)]


class DeviceChange(Schema):
    """What is left out or null stays as it is; a null `rtsp_port` is again as the device says.

    `template`: where its API fails altogether, the RTSP address or path of its main streams with
    `{channel}` in it, of `template_channels` channels. An empty `serial`: whatever stands there
    is the device.
    """

    name: str | None = None
    host: str | None = None
    port: Port | None = None
    is_tls: bool | None = None
    rtsp_port: Port | None = None
    vendor: Vendor | None = Field(default=None, description="empty: found out")
    username: str | None = None
    password: SecretStr | None = None
    node_id: UUID | None = Field(default=None, description="the node of its site that asks it")
    serial: str | None = None
    template: str | None = None
    template_sub: str | None = None
    template_channels: int | None = Field(default=None, ge=0, le=MOST_TEMPLATE_CHANNELS)

    def to_fields(self) -> DeviceFields:
        values = self.model_dump(exclude={"password", "site_id"})
        password = None if self.password is None else self.password.get_secret_value()
        is_unsaid = "rtsp_port" in self.model_fields_set and self.rtsp_port is None
        return DeviceFields(**values, password=password, is_rtsp_port_unsaid=is_unsaid)


class NewDevice(DeviceChange):
    """`port`: 80, or 443 with TLS, where nothing is said; `name`: the host."""

    site_id: int
    host: str


def _whole(device: Device) -> WholeDeviceAnswer:
    channels = [ChannelAnswer.of(each) for each in queries.channels_of(device)]
    return WholeDeviceAnswer(**facts_of(device, timezone.now()), channels=channels)


def _answer(device: Device) -> DeviceAnswer:
    return DeviceAnswer.of(device, timezone.now())


@router.get("/devices", response=list[DeviceAnswer], operation_id="list_devices")
def list_devices(request: KnownRequest) -> list[DeviceAnswer]:
    """All devices, by name, and how each is."""
    return [_answer(device) for device in queries.devices_of(request.auth)]


@router.post("/devices", response={201: DeviceAnswer}, operation_id="add_device")
def add_device(request: KnownRequest, body: NewDevice) -> Status[DeviceAnswer]:
    """Add a device; a node of its site begins to ask it."""
    device = actions.add_device(request.auth, body.site_id, body.to_fields())
    return Status(201, _answer(device))


@router.get("/devices/{device_id}", response=WholeDeviceAnswer, operation_id="get_device")
def get_device(request: KnownRequest, device_id: UUID) -> WholeDeviceAnswer:
    """One device, how it is, and its channels."""
    return _whole(queries.access_device(request.auth, device_id))


@router.patch("/devices/{device_id}", response=DeviceAnswer, operation_id="change_device")
def change_device(request: KnownRequest, device_id: UUID, body: DeviceChange) -> DeviceAnswer:
    """Change what was given; the cameras made of its channels follow."""
    return _answer(actions.change_device(request.auth, device_id, body.to_fields()))


@router.delete("/devices/{device_id}", response={204: None}, operation_id="remove_device")
def remove_device(
    request: KnownRequest, device_id: UUID, cameras: Literal["keep", "remove"] = "keep"
) -> Status[None]:
    """Take a device from the lists, and its cameras if so said. Footage and history stay."""
    actions.remove_device(request.auth, device_id, cameras)
    return Status(204, None)


@router.post("/devices/{device_id}/sync", response={202: DeviceAnswer}, operation_id="sync_device")
def sync_device(request: KnownRequest, device_id: UUID) -> Status[DeviceAnswer]:
    """Have its node ask it everything anew, now; `asked_at` tells when it did."""
    return Status(202, _answer(actions.sync_device(request.auth, device_id)))


@router.post(
    "/devices/{device_id}/try-again", response=DeviceAnswer, operation_id="try_device_again"
)
def try_device_again(request: KnownRequest, device_id: UUID) -> DeviceAnswer:
    """Show a password that was refused once more."""
    return _answer(actions.try_device_again(request.auth, device_id))


@router.get(
    "/devices/{device_id}/clock", response=list[ReadingAnswer], operation_id="list_clock_readings"
)
def list_clock_readings(
    request: KnownRequest,
    device_id: UUID,
    days: Annotated[int, Query(ge=1, le=READINGS_KEPT.days)] = 30,
) -> list[ReadingAnswer]:
    """How far its clock was ahead, at most one reading an hour, the oldest first."""
    device = queries.access_device(request.auth, device_id)
    return [
        ReadingAnswer(at=each.at, offset_seconds=each.offset_seconds, zone=each.zone)
        for each in queries.readings_of(device, timezone.now(), days)
    ]
