"""What the channels of devices show now: asked of the device once for all who look."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sereno.base.clock import Clock
from sereno.base.errors import NotFound, Unauthenticated, Unavailable, Words
from sereno.drivers.contract import Driver
from sereno.drivers.errors import DeviceError, Missing
from sereno.node.access import Doorkeeper, token_of
from sereno.node.devices.devices import Devices
from sereno.node.snapshots import AGE_HEADER

KEPT_SECONDS = 30.0
MOST_KEPT = 128
LONGEST_SECONDS = 15.0
"""Of waiting for one's turn and for the device: a browser asks for six things at a time."""

_OTHER = Words(
    "This ticket is for another channel. Open the device again.",
    "Este pase es de otro canal. Abra el dispositivo de nuevo.",
)
_NOT_IN_TIME = Words(
    "The device gives no picture of this channel at the moment. Try again soon.",
    "El dispositivo no da imagen de este canal en este momento. Inténtelo de nuevo en breve.",
)

Place = tuple[UUID, str]
"""A device and its channel."""


@dataclass(frozen=True, slots=True)
class ChannelPicture:
    """A JPEG, and when it was asked for."""

    jpeg: bytes
    taken_at: datetime
    taken: float  # monotonic


@dataclass(slots=True)
class ChannelPictures:
    """`picture` gives one that is 30 s old at most. The newest are kept, in memory."""

    devices: Devices
    clock: Clock
    _kept: OrderedDict[Place, ChannelPicture] = field(default_factory=OrderedDict, init=False)
    _asking: dict[Place, asyncio.Lock] = field(default_factory=dict, init=False)

    async def picture(self, device_id: UUID, channel: str) -> ChannelPicture:
        """Raises NotFound, and Unavailable where the device gives none now."""
        driver = self.devices.driver_of(device_id)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return await self._asked(driver, (device_id, channel))
        except TimeoutError:
            raise Unavailable("not_in_time", _NOT_IN_TIME) from None

    async def _asked(self, driver: Driver, place: Place) -> ChannelPicture:
        async with self._asking.setdefault(place, asyncio.Lock()):
            known = self._kept.get(place)
            if known is not None and self.clock.monotonic() - known.taken < KEPT_SECONDS:
                return known
            taken_at, taken = self.clock.now(), self.clock.monotonic()
            with _in_words():
                jpeg = await driver.snapshot(place[1])
            return self._keep(place, ChannelPicture(jpeg, taken_at, taken))

    def _keep(self, place: Place, picture: ChannelPicture) -> ChannelPicture:
        self._kept[place] = picture
        self._kept.move_to_end(place)
        while len(self._kept) > MOST_KEPT:
            oldest, _ = self._kept.popitem(last=False)
            self._asking.pop(oldest, None)
        return picture


@dataclass(frozen=True, slots=True)
class ShowingChannels:
    """The route of `/media/v1/` that gives a picture of a device's channel."""

    doorkeeper: Doorkeeper
    pictures: ChannelPictures
    clock: Clock

    def router(self) -> APIRouter:
        router = APIRouter()
        router.get("/devices/{device_id}/channels/{channel}/snapshot.jpg")(self.snapshot)
        return router

    async def snapshot(self, request: Request, device_id: UUID, channel: str) -> Response:
        """The picture, when it was taken, and how old it is."""
        if self.doorkeeper.admit_to_channel(token_of(request)) != (device_id, channel):
            raise Unauthenticated("ticket_refused", _OTHER)
        picture = await self.pictures.picture(device_id, channel)
        age_seconds = max(self.clock.monotonic() - picture.taken, 0)
        headers = {
            "Last-Modified": format_datetime(picture.taken_at, usegmt=True),
            "Cache-Control": "private, no-store",
            AGE_HEADER: f"{age_seconds:.0f}",
        }
        return Response(picture.jpeg, media_type="image/jpeg", headers=headers)


@contextmanager
def _in_words() -> Iterator[None]:
    """What a device refuses, as viewers are told."""
    try:
        yield
    except Missing as error:
        raise NotFound(error.reason.key, error.reason.words()) from error
    except DeviceError as error:
        raise Unavailable(error.reason.key, error.reason.words()) from error
