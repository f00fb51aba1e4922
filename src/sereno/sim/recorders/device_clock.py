"""The clock of a simulated device: true time, its error, and its wall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class DeviceClock:
    """``clock`` gives true UTC in seconds since 1970; the device is ``skew_seconds`` ahead of it.

    "True" is what really was, "wall" what the device shows: naive, in its own zone.
    """

    def __init__(self, clock: Callable[[], float], zone: str, skew_seconds: float = 0) -> None:
        self._clock = clock
        self.zone = ZoneInfo(zone)
        self.skew = timedelta(seconds=skew_seconds)

    def true_now(self) -> datetime:
        """True UTC."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def wall_now(self) -> datetime:
        """What the device shows now."""
        return self.wall(self.true_now())

    def wall(self, true: datetime) -> datetime:
        """What the device showed at a true instant."""
        return (true + self.skew).astimezone(self.zone).replace(tzinfo=None)

    def utc_shown(self, true: datetime) -> datetime:
        """What the device held for UTC at a true instant, naive."""
        return (true + self.skew).astimezone(UTC).replace(tzinfo=None)

    def true(self, wall: datetime) -> datetime:
        """The true instant of a wall time; of an hour that came twice, the first."""
        return wall.replace(tzinfo=self.zone).astimezone(UTC) - self.skew

    def true_of_utc(self, shown: datetime) -> datetime:
        """The true instant at which the device held ``shown`` (naive) for UTC."""
        return shown.replace(tzinfo=UTC) - self.skew

    def is_summer(self, true: datetime) -> bool:
        """Whether daylight saving holds on the device at a true instant."""
        return bool((true + self.skew).astimezone(self.zone).dst())


def offset_at(zone: ZoneInfo, at: datetime) -> timedelta:
    """How far a zone is ahead of UTC at an instant."""
    return at.astimezone(zone).utcoffset() or timedelta()


def winter_offset(zone: ZoneInfo, year: int) -> timedelta:
    """The offset from UTC outside daylight saving."""
    return min(offset_at(zone, datetime(year, month, 1, tzinfo=UTC)) for month in (1, 7))
