"""A device's clock: how far it is off, its zone, and what it means by the times of footage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from sereno.base.clock import Clock
from sereno.drivers.contract import Convention
from sereno.drivers.device_time import DeviceZone, convention_of, parse_zone
from sereno.drivers.errors import Busy, Garbled, Refused, Unsupported
from sereno.drivers.hikvision.isapi import Isapi
from sereno.drivers.hikvision.parse_device import DeviceTime, device_time, plain_zone
from sereno.drivers.hikvision.quirks import Known
from sereno.drivers.hikvision.search import Search
from sereno.drivers.hikvision.timekeeping import Timekeeping, nearest
from sereno.drivers.reasons import is_right_missing, unable

_CONVENTION = "hikvision.convention"
_AROUND = timedelta(minutes=30)
_QUARTER = timedelta(minutes=15)
_MOST_QUARTERS = 14 * 4
_HALF_SECOND = timedelta(seconds=0.5)
_MOST_TRACKS = 3


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a device's clock: `at` in our time, `offset_seconds` its time minus ours."""

    told: DeviceTime
    zone_text: str
    zone: DeviceZone
    at: datetime
    offset_seconds: float


@dataclass(slots=True)
class DeviceClock:
    """The clock of one device."""

    isapi: Isapi
    clock: Clock
    known: Known
    search: Search
    _was_calibrated: bool = False

    async def look(self) -> Look:
        """Read it once. Raises DeviceError, Unsupported where it tells no time."""
        before, start = self.clock.now(), self.clock.monotonic()
        told = device_time(await self.isapi.get("/System/time"))
        at = before + timedelta(seconds=(self.clock.monotonic() - start) / 2)
        if told is None:
            raise unable("no localTime")
        text = told.zone or await self._zone_apart()
        # It counts whole seconds: on average half of one more has passed.
        wall = told.wall + _HALF_SECOND if told.is_whole_seconds else told.wall
        zone = parse_zone(text) or _zone_of(wall, at)
        moment = nearest(zone.to_utc(wall), at)
        return Look(told, text, zone, at, (moment - at).total_seconds())

    async def _zone_apart(self) -> str:
        data = await self.isapi.get_or_none("/System/time/timeZone")
        return plain_zone(data) if data is not None else ""

    def forget(self) -> None:
        """Another device stands there."""
        self._was_calibrated = False

    async def keeping(self, look: Look, tracks: Iterable[int], usual: Convention) -> Timekeeping:
        """How the device keeps time. What it means by its footage's times is found out once, and
        again when its clock changes to or from summer time; `usual` is what its sort does."""
        now = look.at + timedelta(seconds=look.offset_seconds)
        shift = look.zone.to_wall(now) - now.replace(tzinfo=None)
        stored, _, stored_shift = self.known.fact(_CONVENTION).partition("@")
        is_current = stored_shift == str(shift)
        found = None
        if shift and not is_current and not self._was_calibrated:
            found = await self._calibrated_if_allowed(look, now, tracks)
        if found is not None:
            self.known.learn(_CONVENTION, f"{found.value}@{shift}")
        known = Convention(stored) if stored in set(Convention) else usual
        return Timekeeping(look.zone, found or known, look.offset_seconds)

    async def _calibrated_if_allowed(
        self, look: Look, now: datetime, tracks: Iterable[int]
    ) -> Convention | None:
        """None where the device has no search, or has none for this account; one that is busy is
        asked another time."""
        self._was_calibrated = True
        try:
            return await self._calibrated(look, now, tracks)
        except (Unsupported, Garbled):
            return None
        except Busy:
            self._was_calibrated = False
            return None
        except Refused as refused:
            if not is_right_missing(refused):
                raise
            return None

    async def _calibrated(
        self, look: Look, now: datetime, tracks: Iterable[int]
    ) -> Convention | None:
        """Around now in both readings: the newest footage was made just now. None where nothing
        was recorded lately.

        The half hour to come is asked for as well: in a wrong reading, footage goes on there.
        """
        for track in list(tracks)[:_MOST_TRACKS]:
            ends: list[datetime] = []
            for convention in Convention:
                keeping = Timekeeping(look.zone, convention, look.offset_seconds)
                label = keeping.label(now).replace(microsecond=0)
                end = await self.search.newest_end(track, label - _AROUND, label + _AROUND)
                ends += [end] if end is not None else []
            if ends and (found := convention_of(max(ends), look.zone, now)) is not None:
                return found
        return None


def _zone_of(wall: datetime, at: datetime) -> DeviceZone:
    """The zone of a device that names none: what its clock says now, to a quarter of an hour."""
    shift = wall.replace(tzinfo=UTC) - at
    quarters = max(-_MOST_QUARTERS, min(round(shift / _QUARTER), _MOST_QUARTERS))
    return DeviceZone("", timezone(quarters * _QUARTER))
