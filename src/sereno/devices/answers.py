"""Devices as the API tells of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from sereno.devices.models import Device, DeviceChannel
from sereno.devices.queries import shown_of
from sereno.devices.rules import StateName
from sereno.sites.answers import ReasonAnswer


class DiskAnswer(BaseModel):
    """`state`: `ok`, `sleeping`, `unformatted`, `read_only` or `failing`."""

    id: str
    name: str
    state: str
    size_bytes: int
    free_bytes: int


class DeviceClockAnswer(BaseModel):
    """`offset_seconds`: how far it is ahead of its node's; `convention`: what it means by times."""

    at: datetime
    offset_seconds: float
    zone: str
    convention: str


class ReadingAnswer(BaseModel):
    at: datetime
    offset_seconds: float
    zone: str


class DeviceAdviceAnswer(BaseModel):
    """What should be changed on the device: `setting` by its own name."""

    key: str
    channel: str | None
    setting: str
    en: str
    es: str


class DeviceStreamAnswer(BaseModel):
    """`role`: `main`, `sub` or `third`; null where the device does not say."""

    id: str
    role: str
    codec: str
    width: int | None
    height: int | None
    fps: float | None
    address: str
    gop_seconds: float | None


class ChannelAnswer(BaseModel):
    """`id` is the device's own; `camera_id`: what was made of it; null: nothing is."""

    id: str
    number: int
    name: str
    is_online: bool | None
    is_recording: bool | None
    missing_since: datetime | None
    camera_id: UUID | None
    streams: list[DeviceStreamAnswer]

    @classmethod
    def of(cls, channel: DeviceChannel) -> ChannelAnswer:
        camera = channel.camera
        return cls(
            id=channel.channel,
            number=channel.number,
            name=channel.name,
            is_online=channel.is_online,
            is_recording=channel.is_recording,
            missing_since=channel.missing_since,
            camera_id=camera.pk if camera and camera.removed_at is None else None,
            streams=[DeviceStreamAnswer.model_validate(each) for each in channel.streams],
        )


class DeviceAnswer(BaseModel):
    """A device as it should be, and as its node told last.

    `vendor`: what a person said, else what it was found to be. `since`, `reason` and `not_before`
    are of `state`; `heard_at`: when its node told of it, `asked_at`: when it asked the device.
    `online_count` and `offline_count`: of its channels, those with a picture and those without;
    what is in neither, the device does not tell of.
    """

    id: UUID
    name: str
    site_id: int
    node_id: UUID | None
    vendor: str
    maker: str
    model: str
    serial: str
    firmware: str
    kind: str
    host: str
    port: int
    is_tls: bool
    rtsp_port: int | None
    username: str
    has_password: bool
    template: str
    template_sub: str
    template_channels: int
    state: StateName
    since: datetime | None
    reason: ReasonAnswer | None
    not_before: datetime | None
    heard_at: datetime | None
    asked_at: datetime | None
    capabilities: dict[str, bool]
    disks: list[DiskAnswer]
    clock: DeviceClockAnswer | None
    advice: list[DeviceAdviceAnswer]
    channel_count: int
    online_count: int
    offline_count: int
    camera_count: int
    created_at: datetime

    @classmethod
    def of(cls, device: Device, now: datetime) -> DeviceAnswer:
        return cls(**facts_of(device, now))


class WholeDeviceAnswer(DeviceAnswer):
    """With its channels, by number."""

    channels: list[ChannelAnswer]


_AS_KEPT = (
    *("name", "site_id", "node_id", "maker", "model", "serial", "firmware", "kind", "host", "port"),
    *("is_tls", "rtsp_port", "username", "template", "template_sub", "template_channels"),
    *("not_before", "heard_at", "asked_at", "capabilities", "disks", "clock", "advice"),
    *("channel_count", "online_count", "offline_count", "camera_count", "created_at"),
)
_HUBS_OWN = ("node_offline", "not_assigned")


def facts_of(device: Device, now: datetime) -> dict[str, Any]:
    """The fields of `DeviceAnswer`; the device comes from `queries.devices_of`."""
    shown = shown_of(device, now)
    return {name: getattr(device, name) for name in _AS_KEPT} | {
        "id": device.pk,
        "vendor": device.vendor or device.found_vendor,
        "has_password": bool(device.password_sealed),
        "state": shown.state,
        "since": shown.since,
        "reason": ReasonAnswer.of(shown.reason) if shown.reason else None,
        "not_before": None if shown.state in _HUBS_OWN else device.not_before,
    }
