"""A device's clock, read once in a while, and what its times mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sereno.base.clock import Clock
from sereno.base.spans import Span
from sereno.drivers.contract import ClockReading, Convention
from sereno.drivers.dahua.addresses import cgi
from sereno.drivers.dahua.cgi import Cgi
from sereno.drivers.dahua.judge import unable
from sereno.drivers.dahua.parse import Table
from sereno.drivers.dahua.parse_time import (
    UTC_ZONE,
    WallReading,
    Zone,
    judge_clock,
    read_wall,
    read_zone,
)

_HOLDS_SECONDS = 600.0
_SEAM = timedelta(seconds=2)


@dataclass(slots=True)
class DeviceClock:
    """Knows a device's zone and offset, measured at most ten minutes ago."""

    cgi: Cgi
    clock: Clock
    ntp: Table = field(default_factory=dict)
    locales: Table = field(default_factory=dict)
    _last: WallReading | None = None
    _last_at: float = 0.0

    async def reading(self) -> WallReading:
        """What its clock says; that it shows no time is an answer. Raises DeviceError."""
        age = self.clock.monotonic() - self._last_at
        if self._last is None or age > _HOLDS_SECONDS:
            self._last = await self._measure()
            self._last_at = self.clock.monotonic()
        return self._last

    async def read(self) -> ClockReading:
        """Measured now. Raises Unsupported where it shows no time, DeviceError."""
        self._last = await self._measure()
        self._last_at = self.clock.monotonic()
        offset = self._last.offset_seconds
        if offset is None:
            raise unable(b"")
        at = self.clock.now() + timedelta(seconds=offset)
        return ClockReading(at, offset, self._last.zone.text, Convention.LOCAL)

    async def wall_now(self) -> datetime:
        """What its clock shows now. Raises DeviceError."""
        reading = await self.reading()
        moment = self.clock.now() + timedelta(seconds=reading.offset_seconds or 0.0)
        return reading.zone.to_wall(moment)

    async def _measure(self) -> WallReading:
        self.ntp = await self.cgi.config_or_empty("NTP")
        self.locales = await self.cgi.config_or_empty("Locales")
        told = read_zone(self.ntp, self.locales)
        before, started = self.clock.now(), self.clock.monotonic()
        shown = await self.cgi.table_or_none(cgi("global", "getCurrentTime"))
        half_way = timedelta(seconds=(self.clock.monotonic() - started) / 2)
        wall = read_wall(shown or {})
        if wall is None:
            return WallReading(told or UTC_ZONE, None)
        return judge_clock(wall, before + half_way, told)


def to_span(zone: Zone, start: datetime, end: datetime, after: datetime | None) -> Span | None:
    """Footage between two wall times as a span; None where that is none.

    In the hour that comes twice it is the earlier, unless footage `after` which it must come was
    there by then: recorders give the oldest first.
    """
    for moment in zone.to_utc(start):
        is_late_enough = after is None or moment >= after - _SEAM
        ends = [found for found in zone.to_utc(end) if found > moment]
        if ends and (is_late_enough or moment == zone.to_utc(start)[-1]):
            near = min(ends, key=lambda found: abs((found - moment) - (end - start)))
            return Span(moment, near)
    return None
