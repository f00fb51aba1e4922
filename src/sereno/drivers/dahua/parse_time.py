"""A device's wall clock, which has no zone: what the device says of its zone, and what it shows.

The zone is an index of `NTP`, summer time two dates of `Locales`, with years, so that they are
stale after New Year. Neither is worth more than what the clock really shows: a clock that is off
by whole half hours is in another zone than its settings say, and the times of its footage with it.
Source of the zones: Dahua HTTP API, "NTP"; the index tells nothing about summer time.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sereno.drivers.dahua.parse import Table, as_bool, as_int, as_wall, clean, under

_HOUR = timedelta(hours=1)
_STEP = timedelta(minutes=30)
_CLOSE = timedelta(minutes=3)
_LARGEST_OFFSET = timedelta(hours=26)
# Minutes east of UTC by index.
_OFFSETS = (
    0, 60, 120, 180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 540, 570, 600, 660, 720, 780,
    -60, -120, -180, -210, -240, -300, -360, -420, -480, -540, -600, -660, -720,
    -270, 630, 840, -570, 510, 525, 765,
)  # fmt: skip
_WRITTEN = re.compile(r"(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_LAST_WEEKS = (-1, 5)


def read_wall(table: Table) -> datetime | None:
    """`getCurrentTime`."""
    return as_wall(table.get("result"))


@dataclass(frozen=True, slots=True)
class Zone:
    """How a device's wall clock stands to UTC. `summer` is between two of its wall times, one hour
    ahead, of the years that it was told for. `text` is as the device writes it."""

    standard: timedelta
    summer: tuple[datetime, datetime] | None = None
    text: str = ""

    def to_wall(self, moment: datetime) -> datetime:
        """The device's wall clock at a moment."""
        wall = moment.astimezone(UTC).replace(tzinfo=None) + self.standard
        if self.summer is not None:
            start, end = self.summer
            if start <= wall < end - _HOUR:
                return wall + _HOUR
        return wall

    def to_utc(self, wall: datetime) -> tuple[datetime, ...]:
        """The moments at which its wall clock shows this: two, the earlier first, in the hour that
        comes twice; the hour that is left out counts as the one after."""
        naive = wall - self.standard
        plain, ahead = naive.replace(tzinfo=UTC), (naive - _HOUR).replace(tzinfo=UTC)
        moments = [moment for moment in (ahead, plain) if self.to_wall(moment) == wall]
        return tuple(moments) or (plain,)


UTC_ZONE = Zone(timedelta(0))


def read_zone(ntp: Table, locales: Table) -> Zone | None:
    """What the settings say; None where they say no zone."""
    told = under(ntp, "table.NTP.")
    index, text = as_int(told.get("TimeZone")), clean(told.get("TimeZoneDesc"))
    written = _WRITTEN.search(text)
    if written is not None:
        minutes = int(written[2]) * 60 + int(written[3] or 0)
        standard = timedelta(minutes=-minutes if written[1] == "-" else minutes)
    elif index is not None and 0 <= index < len(_OFFSETS):
        standard = timedelta(minutes=_OFFSETS[index])
    else:
        return None
    number = told.get("TimeZone", "")
    return Zone(standard, _summer(under(locales, "table.Locales.")), f"{number} {text}".strip())


def _summer(row: Table) -> tuple[datetime, datetime] | None:
    if as_bool(row.get("DSTEnable")) is not True:
        return None
    start, end = _change(under(row, "DSTStart.")), _change(under(row, "DSTEnd."))
    return (start, end) if start is not None and end is not None and start < end else None


def _change(row: Table) -> datetime | None:
    """When the clock changes. With a week, `Day` is a day of the week, from Sunday; without, of the
    month."""
    year, month, day = as_int(row.get("Year")), as_int(row.get("Month")), as_int(row.get("Day"))
    if not year or not month or day is None:
        return None
    week = as_int(row.get("Week")) or 0
    try:
        number = _nth_weekday(year, month, week, day) if week else day
        hour, minute = as_int(row.get("Hour")) or 0, as_int(row.get("Minute")) or 0
        return datetime(year, month, number, hour, minute)  # noqa: DTZ001 a wall clock
    except (ValueError, OverflowError):
        return None


def _nth_weekday(year: int, month: int, week: int, weekday: int) -> int:
    """The day of the month; `weekday` counts from Sunday."""
    first, length = monthrange(year, month)  # from Monday
    day = 1 + (weekday - 1 - first) % 7
    if week in _LAST_WEEKS:
        return day + (length - day) // 7 * 7
    return day + (week - 1) * 7


@dataclass(frozen=True, slots=True)
class WallReading:
    """A clock that was read: its zone as it shows, and how far it is off beyond that; None where it
    shows no time.

    `is_zone_wrong` where it does not show the zone of its settings.
    """

    zone: Zone
    offset_seconds: float | None
    is_zone_wrong: bool = False


def judge_clock(wall: datetime, now: datetime, told: Zone | None) -> WallReading:
    """What a wall clock, read at `now`, says with the zone of its settings."""
    shown = wall - now.astimezone(UTC).replace(tzinfo=None)
    zone = told or UTC_ZONE
    off = wall - zone.to_wall(now)
    steps = round(off / _STEP)
    rest = off - steps * _STEP
    is_other = bool(steps) and abs(shown) <= _LARGEST_OFFSET
    if told is None and is_other:
        return WallReading(Zone(steps * _STEP), rest.total_seconds())
    if told is not None and is_other and abs(rest) <= _CLOSE:
        # Half an hour or more to the second: nobody's drift, but another zone or no summer time.
        shifted = replace(zone, standard=zone.standard + steps * _STEP)
        return WallReading(shifted, rest.total_seconds(), is_zone_wrong=True)
    return WallReading(zone, off.total_seconds())
