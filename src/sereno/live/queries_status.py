"""How cameras and devices are, and what changed after a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Min, Q

from sereno.accounts.queries import Asker
from sereno.devices.queries import device_ids_of, devices_of, shown_of
from sereno.devices.rules import Shown
from sereno.enforcer.queries_running import CameraState, states_of
from sereno.live.models import StatusEvent
from sereno.live.rules_status import MOST_AT_ONCE
from sereno.sites.queries import cameras_of


@dataclass(frozen=True, slots=True)
class Everything:
    """How each camera and each device is."""

    cameras: tuple[CameraState, ...]
    devices: tuple[tuple[UUID, Shown], ...]


@dataclass(frozen=True, slots=True)
class News:
    """What `asker` should hear: events in order, or, where those cannot tell it, all states.

    `newest` is the number up to which all is told with it.
    """

    newest: int
    events: tuple[StatusEvent, ...] = ()
    snapshot: Everything | None = None


def news_after(asker: Asker, after: int | None, now: datetime) -> News:
    """What changed after number `after` of the cameras that `asker` may see.

    All states where `after` is None, too long ago, of another time of this hub's, or where more
    happened than can be told one by one.
    """
    known = StatusEvent.objects.aggregate(oldest=Min("pk"), newest=Max("pk"))
    newest = known["newest"] or 0
    # Read before the states: what changes meanwhile is told twice, never not at all.
    if after is None or not (known["oldest"] or 1) - 1 <= after <= newest:
        return News(newest, snapshot=_everything(asker, now))
    if after == newest:
        cameras_of(asker)  # whoever may see nothing any more hears so
        return News(newest)
    events = StatusEvent.objects.filter(pk__gt=after, pk__lte=newest)
    seen = Q(camera__in=cameras_of(asker).order_by()) | Q(device__in=device_ids_of(asker))
    found = tuple(events.filter(seen).order_by("pk")[: MOST_AT_ONCE + 1])
    if len(found) > MOST_AT_ONCE:
        return News(newest, snapshot=_everything(asker, now))
    return News(newest, events=found)


def _everything(asker: Asker, now: datetime) -> Everything:
    devices = tuple((each.pk, shown_of(each, now)) for each in devices_of(asker))
    return Everything(tuple(states_of(cameras_of(asker), now)), devices)
