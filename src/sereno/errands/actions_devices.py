"""Errands of devices: what stands at an address, what is on a network, what a recorder holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.clock import to_us
from sereno.base.errors import Conflict, Words
from sereno.base.told import told_value
from sereno.devices.models import DeviceChannel
from sereno.devices.queries import channel_of_camera
from sereno.devices.rules import check_host, check_template
from sereno.errands.actions import ask, reachable, reachable_at, save_heard, unfinished
from sereno.errands.models import Errand
from sereno.errands.queries import open_errands
from sereno.errands.rules import check_subnet, search_span
from sereno.footage.actions_found import take_found
from sereno.sites.models import Camera, Node
from sereno.sites.queries import access_camera, access_site
from sereno.sites.rules import check_credentials
from sereno.sites.secrets import seal
from sereno.wire.devices import (
    DISCOVER,
    PROBE,
    SEARCH,
    DeviceErrandReport,
    DiscoverParams,
    ProbeParams,
    SearchParams,
)

KINDS = (PROBE, DISCOVER, SEARCH)

_NO_RECORDER = Words(
    "This camera is no channel of a recorder or other device that Sereno logs in to. Add the "
    "device, and make the camera of its channel.",
    "Esta cámara no es un canal de ningún grabador u otro dispositivo en el que Sereno inicie "
    "sesión. Agregue el dispositivo y cree la cámara a partir de su canal.",
)
_UNABLE = Words(
    "The device {device} cannot be searched for footage.",
    "En el dispositivo {device} no se pueden buscar grabaciones.",
)


@dataclass(frozen=True, slots=True)
class PlaceSaid:
    """What a person would make a device of."""

    host: str
    port: int | None = None
    is_tls: bool = False
    vendor: str = ""
    username: str = ""
    password: str = ""
    template: str = ""
    template_sub: str = ""
    template_channels: int = 0
    tries_again: bool = False


@transaction.atomic
def probe_device(
    asker: Asker,
    site_id: int,
    said: PlaceSaid,
    node_id: UUID | None = None,
    now: datetime | None = None,
) -> Errand:
    """Have a node of the site find out what stands at an address.

    Credentials that were refused there are shown again only where `said.tries_again`, and once.
    Raises NotFound, Invalid, TooSoon, Unavailable when no node is there.
    """
    require(asker, Right.MANAGE)
    now = now or timezone.now()
    site = access_site(asker, site_id)
    check_credentials(said.username, said.password)
    params = ProbeParams(
        host=check_host(said.host),
        port=said.port,
        is_tls=said.is_tls,
        vendor=said.vendor,
        template=check_template(said.template, "template"),
        template_sub=check_template(said.template_sub, "template_sub"),
        template_channels=said.template_channels,
        tries_again=said.tries_again,
    )
    node = reachable_at(asker, site, node_id, now)
    errand = Errand(
        kind=PROBE,
        stream="",
        address=params.host,
        username=said.username,
        password_sealed=seal(said.password),
        params=params.model_dump(mode="json"),
    )
    told = {"host": params.host, "tries_again": params.tries_again}
    return ask(asker, errand, node, now, "device_probe", "site", site.pk, **told)


@transaction.atomic
def discover_devices(
    asker: Asker,
    site_id: int,
    subnet: str = "",
    node_id: UUID | None = None,
    now: datetime | None = None,
) -> Errand:
    """Have a node of the site ask its networks who is there; and look through `subnet` if given.

    Raises NotFound, Invalid, TooSoon, Unavailable when no node is there.
    """
    require(asker, Right.MANAGE)
    now = now or timezone.now()
    site = access_site(asker, site_id)
    params = DiscoverParams(subnet=check_subnet(subnet))
    node = reachable_at(asker, site, node_id, now)
    errand = Errand(kind=DISCOVER, stream="", params=params.model_dump(mode="json"))
    return ask(asker, errand, node, now, "device_discover", "site", site.pk, subnet=params.subnet)


@transaction.atomic
def search_recorder(
    asker: Asker, camera_id: UUID, start: datetime, end: datetime, now: datetime | None = None
) -> Errand:
    """Have the node of a camera's device look what that holds of the camera's footage.

    Raises as `search_channel`; Conflict where the camera is no device's channel.
    """
    require(asker, Right.OPERATE)
    channel = channel_of_camera(access_camera(asker, camera_id))
    now = now or timezone.now()
    search_span(start, end, now)
    if channel is None:
        raise Conflict("no_recorder", _NO_RECORDER)
    return search_channel(asker, channel, start, end, now)


@transaction.atomic
def search_channel(
    asker: Asker,
    channel: DeviceChannel,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
) -> Errand:
    """Likewise of a channel, which comes with its device; without a camera for who manages them.

    The same search twice at once is one. Raises Forbidden, Invalid, TooSoon, Unavailable; Conflict
    where the device cannot be searched.
    """
    camera = searched_camera(asker, channel)
    now = now or timezone.now()
    span, device = search_span(start, end, now), channel.device
    if device.capabilities.get("find") is False:
        raise Conflict("recorder_unable", _UNABLE.fill(device=device.name))
    DeviceChannel.objects.select_for_update(no_key=True).get(pk=channel.pk)  # one after the other
    params = SearchParams(
        device_id=device.pk, channel=channel.channel, start=span.start, end=span.end
    ).model_dump(mode="json")
    same = open_errands(now).filter(kind=SEARCH, channel=channel, params=params).first()
    if same is not None:
        return same
    node = reachable(device.node, device.site, now)
    errand = Errand(kind=SEARCH, stream="main", camera=camera, channel=channel, params=params)
    ends = {"from_us": to_us(span.start), "to_us": to_us(span.end)}
    told = {"channel": channel.channel, **ends}
    return ask(asker, errand, node, now, "recorder_search", "device", device.pk, **told)


def searched_camera(asker: Asker, channel: DeviceChannel) -> Camera | None:
    """What was made of a channel that `asker` may search, or be told what a search found. Raises
    Forbidden: what is no camera is only for who manages them."""
    camera = channel.camera
    camera = camera if camera and camera.removed_at is None else None
    require(asker, Right.OPERATE if camera else Right.MANAGE)
    return camera


@transaction.atomic
def take_device_errand(
    node: Node, errand_id: UUID, report: DeviceErrandReport, now: datetime
) -> None:
    """Keep what the node found by now. Telling, not acting: not journalled.

    Idempotent; what comes behind the last report changes nothing. Raises NotFound where nobody
    waits for it any more.
    """
    errand = unfinished(node, errand_id, KINDS, now)
    if errand is None:
        return
    errand.answer = told_value(report.model_dump(mode="json"))
    if report.is_done and errand.channel is not None:
        params = SearchParams.model_validate(errand.params)
        take_found(errand.channel, params, report, now)
    save_heard(errand, now, is_done=report.is_done)
