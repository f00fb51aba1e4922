"""How a device does, and what should be changed on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.drivers.contract import Advice, Channel, ChannelHealth, Health
from sereno.drivers.errors import Busy, Refused, Unsupported
from sereno.drivers.hikvision.advice import of_rights, of_streams, of_time, of_triggers
from sereno.drivers.hikvision.clock import DeviceClock
from sereno.drivers.hikvision.isapi import Isapi
from sereno.drivers.hikvision.parse_channels import encodings
from sereno.drivers.hikvision.parse_device import up_seconds
from sereno.drivers.hikvision.parse_health import disks, recording_tracks, silent_triggers
from sereno.drivers.hikvision.reasons import Right
from sereno.drivers.hikvision.search import Search
from sereno.drivers.reasons import is_right_missing

_MINUTE = timedelta(minutes=1)
_STORAGE = "/ContentMgmt/Storage"
_STATUS = "/System/status"


@dataclass(slots=True)
class Checkup:
    """Looks at one device; changes nothing."""

    isapi: Isapi
    device_clock: DeviceClock
    search: Search

    async def health(self, channels: Iterable[Channel]) -> Health:
        """Its disks and channels. Raises DeviceError."""
        storage = await self.isapi.get_or_none(_STORAGE)
        tracks = await self.isapi.get_if_allowed("/ContentMgmt/record/tracks")
        status = await self.isapi.get_if_allowed(_STATUS, Right.STATUS)
        scheduled = recording_tracks(tracks) if tracks is not None else {}
        return Health(
            disks(storage) if storage is not None else (),
            tuple(_channel_health(channel, scheduled) for channel in channels),
            up_seconds(status) if status is not None else None,
        )

    async def advice(self, channels: Sequence[Channel]) -> list[Advice]:
        """What is set badly, and every right that the account lacks. Raises DeviceError."""
        missing: dict[Right, None] = {}
        streams = await self._look("/Streaming/channels", Right.SETTINGS, missing)
        triggers = await self._look("/Event/triggers", Right.SETTINGS, missing)
        await self._look(_STORAGE, Right.SETTINGS, missing)
        await self._look(_STATUS, Right.STATUS, missing)
        found: list[Advice] = []
        if streams is not None:
            found += of_streams(encodings(streams))
        found += await self._of_clock(channels, missing)
        if triggers is not None:
            found += of_triggers(silent_triggers(triggers))
        return [*found, *of_rights(missing)]

    async def _of_clock(
        self, channels: Sequence[Channel], missing: dict[Right, None]
    ) -> list[Advice]:
        try:
            look = await self.device_clock.look()
        except Unsupported:
            return []
        except Refused as refused:
            _note(refused, Right.SETTINGS, missing)
            return []
        if channels:
            await self._try_search(channels[0], look.told.wall, missing)
        return list(of_time(look.zone_text, look.offset_seconds))

    async def _try_search(
        self, channel: Channel, wall: datetime, missing: dict[Right, None]
    ) -> None:
        """Whether the account may search: many a device only says so when it is asked to."""
        try:
            await self.search.newest_end(channel.number * 100 + 1, wall - _MINUTE, wall)
        except (Unsupported, Busy):
            return
        except Refused as refused:
            _note(refused, Right.PLAYBACK, missing)

    async def _look(self, path: str, right: Right, missing: dict[Right, None]) -> bytes | None:
        try:
            return await self.isapi.get_or_none(path, right)
        except Refused as refused:
            _note(refused, right, missing)
            return None


def _note(refused: Refused, right: Right, missing: dict[Right, None]) -> None:
    if not is_right_missing(refused):
        raise refused
    missing[right] = None


def _channel_health(channel: Channel, scheduled: dict[int, bool]) -> ChannelHealth:
    """A channel records when it is told to and its camera is there."""
    is_scheduled = scheduled.get(channel.number * 100 + 1)
    is_recording = False if channel.is_online is False and is_scheduled else is_scheduled
    return ChannelHealth(channel.id, channel.is_online, is_recording)
