"""Errands of devices over HTTP: asked for, and asked after until they are done."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field, SecretStr

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.devices.queries import devices_of
from sereno.devices.rules import MOST_TEMPLATE_CHANNELS, Vendor
from sereno.errands.actions_devices import (
    PlaceSaid,
    discover_devices,
    probe_device,
    search_recorder,
)
from sereno.errands.answers_devices import DeviceErrandAnswer
from sereno.errands.api import AskedAnswer
from sereno.errands.queries import access_device_errand

router = Router(tags=["devices"], auth=ANYBODY_KNOWN, by_alias=True)

Port = Annotated[int, Field(ge=1, le=65535)]


class Probe(Schema):
    """As in `POST devices`; `node_id`: null for any of the site.

    `tries_again`: credentials that the device refused before are shown to it once more.
    """

    host: str
    port: Port | None = None
    is_tls: bool = False
    vendor: Vendor = ""
    username: str = ""
    password: SecretStr = SecretStr("")
    template: str = ""
    template_sub: str = ""
    template_channels: int = Field(default=0, ge=0, le=MOST_TEMPLATE_CHANNELS)
    node_id: UUID | None = None
    tries_again: bool = False

    def to_said(self) -> PlaceSaid:
        values = self.model_dump(exclude={"password", "node_id"})
        return PlaceSaid(**values, password=self.password.get_secret_value())


class Discovery(Schema):
    """`subnet`, such as 192.168.1.0/24, is looked through as well; empty: nothing is."""

    node_id: UUID | None = None
    subnet: str = ""


class RecorderSearch(Schema):
    """At most 7 days."""

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")


@router.post("/sites/{site_id}/probes", response={202: AskedAnswer}, operation_id="probe_device")
def ask_for_probe(request: KnownRequest, site_id: int, body: Probe) -> Status[AskedAnswer]:
    """Have a node of the site find out what stands at an address."""
    errand = probe_device(request.auth, site_id, body.to_said(), body.node_id)
    return Status(202, AskedAnswer(id=errand.pk))


@router.post(
    "/sites/{site_id}/discoveries", response={202: AskedAnswer}, operation_id="discover_devices"
)
def ask_for_discovery(request: KnownRequest, site_id: int, body: Discovery) -> Status[AskedAnswer]:
    """Have a node of the site find devices on its networks."""
    errand = discover_devices(request.auth, site_id, body.subnet, body.node_id)
    return Status(202, AskedAnswer(id=errand.pk))


@router.post(
    "/cameras/{camera_id}/recorder-searches",
    response={202: AskedAnswer},
    operation_id="search_recorder",
)
def ask_for_search(
    request: KnownRequest, camera_id: UUID, body: RecorderSearch
) -> Status[AskedAnswer]:
    """Look what the camera's recorder holds of it; what is found stands on its timeline."""
    errand = search_recorder(request.auth, camera_id, body.start, body.end)
    return Status(202, AskedAnswer(id=errand.pk))


@router.get(
    "/device-errands/{errand_id}", response=DeviceErrandAnswer, operation_id="get_device_errand"
)
def get_device_errand(request: KnownRequest, errand_id: UUID) -> DeviceErrandAnswer:
    """What is known by now; kept for a day."""
    errand = access_device_errand(request.auth, errand_id)
    there = devices_of(request.auth).filter(site=errand.node.site_id)
    known = {device.host: device.pk for device in there} if errand.answer else {}
    return DeviceErrandAnswer.of(errand, known, timezone.now())
