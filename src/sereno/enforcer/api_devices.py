"""Cameras made of a device's channels, over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.devices.actions_cameras import Ticked, make_cameras
from sereno.enforcer.answers import CameraAnswer, answers_of
from sereno.sites.queries import cameras_of
from sereno.wire.devices import MOST_CHANNELS

router = Router(tags=["devices"], auth=ANYBODY_KNOWN)


class TickedChannel(Schema):
    """By the device's own `channel`; without a name the camera is called as the channel is."""

    channel: str
    name: str | None = None


class TickedChannels(Schema):
    channels: list[TickedChannel] = Field(min_length=1, max_length=MOST_CHANNELS)


@router.post(
    "/devices/{device_id}/cameras",
    response={201: list[CameraAnswer]},
    operation_id="make_device_cameras",
)
def make_device_cameras(
    request: KnownRequest, device_id: UUID, body: TickedChannels
) -> Status[list[CameraAnswer]]:
    """Make channels cameras, with the device's addresses and credentials: all or none."""
    ticked = [Ticked(each.channel, each.name) for each in body.channels]
    made = [camera.pk for camera in make_cameras(request.auth, device_id, ticked)]
    cameras = cameras_of(request.auth).filter(pk__in=made)
    return Status(201, answers_of(cameras, timezone.now()))
