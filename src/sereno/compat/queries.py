"""What older clients call by their own names."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sereno.accounts.queries import Asker
from sereno.base.errors import Invalid, NotFound, Words
from sereno.devices.models import Device, DeviceChannel
from sereno.devices.queries import access_device, channels_of, devices_of
from sereno.errands.models import Errand
from sereno.sites.models import Site
from sereno.sites.queries import sites_of
from sereno.wire.devices import SEARCH, SearchParams

# So long the answer to a search is that of the same search asked again.
ANSWER_STANDS = timedelta(minutes=2)

_NO_SITE = Words(
    "There is no site {location}. Sites: {names}.",
    "No existe el sitio {location}. Sitios: {names}.",
)
_SAY_SITE = Words(
    "There are several sites: {names}. Say which (location).",
    "Hay varios sitios: {names}. Indique cuál (location).",
)
_NO_CHANNEL = Words(
    "No recorder there has the channel {channel}.",
    "Ningún grabador tiene allí el canal {channel}.",
)


def site_called(asker: Asker, location: str | None) -> Site:
    """A site by its name or number; where nothing is said, the only one.

    Raises NotFound, Invalid.
    """
    sites = list(sites_of(asker))
    names = ", ".join(site.name for site in sites) or "–"
    if location is None or not location.strip():
        if len(sites) == 1:
            return sites[0]
        raise Invalid("location_missing", _SAY_SITE.fill(names=names), field="location")
    wanted = location.strip().lower()
    for site in sites:
        if wanted in (site.name.lower(), str(site.pk)):
            return site
    raise NotFound("no_such_site", _NO_SITE.fill(location=location, names=names))


def channels_called(asker: Asker, site: Site, wanted: str | None) -> list[DeviceChannel]:
    """The channels of a site's recorders: all, or those with this id, number, or name of theirs or
    of their cameras'. Raises NotFound where there is none."""
    devices = devices_of(asker).filter(site=site)
    found = [each for device in devices for each in channels_of(device) if _is(each, wanted)]
    if not found:
        raise NotFound("no_such_channel", _NO_CHANNEL.fill(channel=wanted or "–"))
    return found


def channel_called(asker: Asker, nvr_id: UUID, wanted: str) -> DeviceChannel:
    """One channel of a recorder, by its id or number. Raises NotFound."""
    device: Device = access_device(asker, nvr_id)
    for channel in channels_of(device):
        if wanted in (channel.channel, str(channel.number)):
            return channel
    raise NotFound("no_such_channel", _NO_CHANNEL.fill(channel=wanted))


def answered_search(
    channel: DeviceChannel, start: datetime, end: datetime, now: datetime
) -> Errand | None:
    """The same search, if it was answered just now."""
    params = SearchParams(
        device_id=channel.device_id, channel=channel.channel, start=start, end=end
    ).model_dump(mode="json")
    done = Errand.objects.filter(kind=SEARCH, channel=channel, params=params)
    return done.filter(done_at__gt=now - ANSWER_STANDS).order_by("-done_at").first()


def _is(channel: DeviceChannel, wanted: str | None) -> bool:
    if wanted is None:
        return True
    names = {channel.channel, str(channel.number), channel.name}
    names |= {channel.camera.name} if channel.camera else set()
    return wanted.lower() in {name.lower() for name in names}
