"""A device's clock, which strangers may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from sereno.base.clock import Clock
from sereno.drivers.onvif.line import Line, Said
from sereno.drivers.onvif.parse_device import DeviceTime, device_time
from sereno.drivers.onvif.soap import Operation, Service

DEVICE_TARGET = "/onvif/device_service"
"""Where every device has its first service (ONVIF Core Specification, "Device service")."""

_KEPT_SECONDS = 300.0
_HALF_SECOND = timedelta(seconds=0.5)
_QUESTION = Operation("GetSystemDateAndTime", Service.DEVICE)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a clock: `offset_seconds` is its time minus ours. `told` is None where the device
    tells strangers no time; then its web server's is taken, or ours."""

    told: DeviceTime | None
    offset_seconds: float


@dataclass(slots=True)
class DeviceClock:
    """The clock of one device."""

    line: Line
    clock: Clock
    _kept: Look | None = None
    _kept_until: float = 0.0

    async def look(self) -> tuple[Look, Said]:
        """Read it, and what the device said. The caller holds one of the gate's connections. Raises
        DeviceError."""
        before, start = self.clock.now(), self.clock.monotonic()
        said, headers = await self.line.send(DEVICE_TARGET, _QUESTION)
        end = self.clock.monotonic()
        told = device_time(said.body) if said.body is not None else None
        moment = told.moment if told is not None else _date(headers)
        offset = 0.0
        if moment is not None:
            at = before + timedelta(seconds=(end - start) / 2)
            # It counts whole seconds: on average half of one more has passed.
            offset = (moment + _HALF_SECOND - at).total_seconds()
        self._kept, self._kept_until = Look(told, offset), end + _KEPT_SECONDS
        return self._kept, said

    async def recent(self, *, is_fresh: bool = False) -> Look:
        """As `look`, or what was read some minutes ago, unless it must be fresh."""
        if self._kept is None or is_fresh or self.clock.monotonic() >= self._kept_until:
            await self.look()
        if self._kept is None:
            raise AssertionError("unreachable")
        return self._kept

    def moment(self, look: Look, shift_seconds: int = 0) -> datetime:
        """What the device's clock shows now, and so many seconds more."""
        try:
            return self.clock.now() + timedelta(seconds=look.offset_seconds + shift_seconds)
        except OverflowError:  # a clock at the end of the calendar
            return self.clock.now()


def _date(headers: httpx.Headers) -> datetime | None:
    """What the web server's clock shows, which is the device's; None where it says nothing."""
    try:
        at = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
