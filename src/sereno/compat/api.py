"""Recorders (NVR) and searches as a viewer of older systems asks for them: `/nvrs` and
`/recordings/search`, here and at the root."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AliasChoices, AwareDatetime, Field, SecretStr

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.accounts.queries import require
from sereno.accounts.rules import Right
from sereno.compat.queries import answered_search, channel_called, site_called
from sereno.devices import actions, queries
from sereno.devices.actions import DeviceFields
from sereno.devices.models import Device, DeviceChannel
from sereno.devices.queries import shown_of
from sereno.devices.rules import Vendor, address_of
from sereno.errands.actions_devices import search_channel, searched_camera
from sereno.errands.models import Errand
from sereno.errands.rules import search_span, state_of
from sereno.sites.answers import ReasonAnswer
from sereno.wire.devices import DeviceErrandReport

router = Router(tags=["older clients"], auth=ANYBODY_KNOWN, by_alias=True)


class NvrAnswer(Schema):
    """A device in the words of older clients; `status` is all that they know of its state."""

    id: UUID
    name: str
    host: str
    port: int
    username: str
    vendor: str
    model: str
    serial_number: str
    location: str
    status: Literal["online", "offline"]
    channel_count: int
    last_seen: datetime | None

    @classmethod
    def of(cls, device: Device) -> NvrAnswer:
        is_online = shown_of(device, timezone.now()).state == "online"
        facts: dict[str, Any] = {
            "id": device.pk,
            "vendor": device.vendor or device.found_vendor,
            "serial_number": device.serial,
            "location": device.site.name,
            "status": "online" if is_online else "offline",
            "last_seen": device.asked_at,
        }
        for name in ("name", "host", "port", "username", "model", "channel_count"):
            facts[name] = getattr(device, name)
        return cls(**facts)


class NvrChannelAnswer(Schema):
    """`rtsp_url` holds no credentials; `camera_id` is what `POST /streams/live` takes."""

    id: str
    number: int
    name: str
    is_online: bool | None
    camera_id: UUID | None
    rtsp_url: str

    @classmethod
    def of(cls, channel: DeviceChannel) -> NvrChannelAnswer:
        camera = channel.camera
        return cls(
            id=channel.channel,
            number=channel.number,
            name=channel.name,
            is_online=False if channel.missing_since else channel.is_online,
            camera_id=camera.pk if camera and camera.removed_at is None else None,
            rtsp_url=address_of(channel.streams, "main"),
        )


class Nvr(Schema):
    """As `PUT` says it whole; what is left out stays as it is. `location`: a site's name."""

    name: str | None = None
    host: str | None = Field(
        default=None, validation_alias=AliasChoices("host", "ip_address", "ip")
    )
    port: int | None = Field(default=None, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    vendor: Vendor | None = None
    location: str | None = None

    def to_fields(self) -> DeviceFields:
        values = self.model_dump(exclude={"password", "location"})
        password = None if self.password is None else self.password.get_secret_value()
        return DeviceFields(**values, password=password)


class RecordingSearch(Schema):
    nvr_id: UUID
    channel: str
    start: AwareDatetime = Field(validation_alias=AliasChoices("from", "start_time"))
    end: AwareDatetime = Field(validation_alias=AliasChoices("to", "end_time"))


class NvrRecording(Schema):
    start: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to")
    size_bytes: int | None
    cause: str
    is_open: bool


class RecordingsFound(Schema):
    """Ask the same again until `state` is `done` or `expired`; `reason`: why it failed."""

    search_id: UUID
    state: Literal["waiting", "running", "done", "expired"]
    progress: float | None
    reason: ReasonAnswer | None
    recordings: list[NvrRecording]

    @classmethod
    def of(cls, errand: Errand) -> RecordingsFound:
        told = DeviceErrandReport.model_validate(errand.answer or {"started_at": errand.asked_at})
        return cls(
            search_id=errand.pk,
            state=state_of(errand.started_at, errand.done_at, errand.expires_at, timezone.now()),
            progress=told.progress,
            reason=ReasonAnswer.of(told.reason.to_reason()) if told.reason else None,
            recordings=[
                NvrRecording(
                    start=each.start,
                    end=each.end,
                    size_bytes=each.size_bytes,
                    cause=each.cause,
                    is_open=each.is_open,
                )
                for each in told.found
            ],
        )


@router.get("/nvrs", response=list[NvrAnswer], operation_id="list_nvrs")
def list_nvrs(request: KnownRequest) -> list[NvrAnswer]:
    """All devices, by name."""
    return [NvrAnswer.of(device) for device in queries.devices_of(request.auth)]


@router.post("/nvrs", response={201: NvrAnswer}, operation_id="add_nvr")
def add_nvr(request: KnownRequest, body: Nvr) -> Status[NvrAnswer]:
    """As `POST devices`; `location` where there are several sites."""
    require(request.auth, Right.MANAGE)
    site = site_called(request.auth, body.location)
    return Status(201, NvrAnswer.of(actions.add_device(request.auth, site.pk, body.to_fields())))


@router.get("/nvrs/{nvr_id}", response=NvrAnswer, operation_id="get_nvr")
def get_nvr(request: KnownRequest, nvr_id: UUID) -> NvrAnswer:
    """One device."""
    return NvrAnswer.of(queries.access_device(request.auth, nvr_id))


@router.put("/nvrs/{nvr_id}", response=NvrAnswer, operation_id="change_nvr")
def change_nvr(request: KnownRequest, nvr_id: UUID, body: Nvr) -> NvrAnswer:
    """As `PATCH devices/{id}`; a device stays at its site."""
    return NvrAnswer.of(actions.change_device(request.auth, nvr_id, body.to_fields()))


@router.delete("/nvrs/{nvr_id}", response={204: None}, operation_id="remove_nvr")
def remove_nvr(request: KnownRequest, nvr_id: UUID) -> Status[None]:
    """As `DELETE devices/{id}`: its cameras stay."""
    actions.remove_device(request.auth, nvr_id)
    return Status(204, None)


@router.post("/nvrs/{nvr_id}/sync", response={202: NvrAnswer}, operation_id="sync_nvr")
def sync_nvr(request: KnownRequest, nvr_id: UUID) -> Status[NvrAnswer]:
    """As `POST devices/{id}/sync`."""
    return Status(202, NvrAnswer.of(actions.sync_device(request.auth, nvr_id)))


@router.get(
    "/nvrs/{nvr_id}/channels", response=list[NvrChannelAnswer], operation_id="list_nvr_channels"
)
def list_nvr_channels(request: KnownRequest, nvr_id: UUID) -> list[NvrChannelAnswer]:
    """Its channels, by number."""
    device = queries.access_device(request.auth, nvr_id)
    return [NvrChannelAnswer.of(each) for each in queries.channels_of(device)]


@router.post(
    "/recordings/search",
    response={200: RecordingsFound, 202: RecordingsFound},
    operation_id="search_recordings",
)
def search_recordings(request: KnownRequest, body: RecordingSearch) -> Status[RecordingsFound]:
    """What a recorder holds of a channel, of 7 days at most: 202 while its node looks."""
    require(request.auth, Right.OPERATE)
    channel = channel_called(request.auth, body.nvr_id, body.channel)
    searched_camera(request.auth, channel)
    now = timezone.now()
    span = search_span(body.start, body.end, now)
    known = answered_search(channel, span.start, span.end, now)
    if known is not None:
        return Status(200, RecordingsFound.of(known))
    errand = search_channel(request.auth, channel, span.start, span.end, now)
    return Status(202, RecordingsFound.of(errand))
