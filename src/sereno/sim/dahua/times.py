"""The recorder's wall clock: how it is told, set, and how the times of footage are written.

No time carries an offset. Daylight saving is set by absolute years, and so is stale after New Year
unless the device renews it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sereno.sim.dahua.answers import Value, bad_request
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.device_clock import DeviceClock, offset_at, winter_offset

_WRITTEN = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})")
_ZONE_MINUTES = (
    *(0, 60, 120, 180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480, 540, 570, 600, 660, 720),
    *(780, -60, -120, -180, -210, -240, -300, -360, -420, -480, -540, -600, -660, -720),
)
"""Minutes east of Greenwich of each index of NTP's TimeZone."""
_STALE = ("dst-off", "dst-of-last-year")


def device_zone(zone: str, quirks: Quirks, now: datetime) -> str:
    """The zone in which the wall clock really goes: without summer where that is wrongly set.

    Raises ValueError for a zone of part hours, which has no name without summer.
    """
    if not any(name in quirks for name in _STALE):
        return zone
    hours, rest = divmod(winter_offset(ZoneInfo(zone), now.year), timedelta(hours=1))
    if rest:
        raise ValueError(f"{' and '.join(_STALE)} need a zone of whole hours, not {zone}")
    return f"Etc/GMT{-hours:+d}"  # the signs of these zones are those of POSIX


class Times:
    """Times on the wire: the wall clock's, or UTC's where ``is_utc``."""

    def __init__(self, clock: DeviceClock, quirks: Quirks, zone: str, *, is_utc: bool) -> None:
        self.clock = clock
        self.zone = ZoneInfo(zone)
        """The zone that it is set to."""
        self._quirks = quirks
        self._is_utc = is_utc

    def label(self, true: datetime) -> datetime:
        """The naive time that stands for a true instant."""
        return self.clock.utc_shown(true) if self._is_utc else self.clock.wall(true)

    def say(self, true: datetime) -> str:
        """A time of footage."""
        at = self.label(true)
        if "unpadded-times" in self._quirks:
            return f"{at.year}-{at.month}-{at.day} {at.hour}:{at.minute}:{at.second}"
        return f"{at:%Y-%m-%d %H:%M:%S}"

    def read(self, text: str | None, *, is_second: bool = False) -> datetime:
        """The true instant of a written time, exactly as it must be written. Raises Refusal.

        Of an hour that came twice it is the first, or the second.
        """
        wall = _read(text).replace(fold=is_second)
        return self.clock.true_of_utc(wall) if self._is_utc else self.clock.true(wall)

    def now(self) -> str:
        """The wall clock."""
        return f"{self.clock.wall_now():%Y-%m-%d %H:%M:%S}"

    def set(self, text: str | None) -> None:
        """Sets the wall clock. Raises Refusal."""
        shown = _read(text).replace(tzinfo=self.clock.zone).astimezone(UTC)
        self.clock.skew = shown - self.clock.true_now()

    def ntp(self) -> Mapping[str, Value]:
        """The table NTP: its zone is an index and words."""
        offset = winter_offset(self.zone, self.clock.true_now().year)
        minutes = int(offset.total_seconds()) // 60
        index = _ZONE_MINUTES.index(minutes) if minutes in _ZONE_MINUTES else 0
        return {
            "Address": "time.example",
            "Enable": True,
            "Port": 123,
            "TimeZone": index,
            "TimeZoneDesc": self.zone.key.rpartition("/")[2].replace("_", " "),
            "UpdatePeriod": 60,
        }

    def locales(self) -> Mapping[str, Value]:
        """The table Locales: when daylight saving begins and ends, with the year."""
        year = self.clock.true_now().year - ("dst-of-last-year" in self._quirks)
        changes = _changes(self.zone, year)
        if not changes:
            return {"DSTEnable": False, "TimeFormat": "yyyy-MM-dd HH:mm:ss"}
        start, end = changes
        return {
            "DSTEnable": "dst-off" not in self._quirks,
            "DSTStart": _moment(start),
            "DSTEnd": _moment(end),
            "TimeFormat": "yyyy-MM-dd HH:mm:ss",
        }


def _read(text: str | None) -> datetime:
    found = _WRITTEN.fullmatch(text or "")
    if found is None:
        raise bad_request()
    try:
        return datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        raise bad_request() from None


def _changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The wall times at which a year's summer begins and ends, or nothing."""
    found: dict[bool, datetime] = {}
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        later = at + timedelta(hours=1)
        before, after = offset_at(zone, at), offset_at(zone, later)
        if before != after:
            found[after > before] = (later + before).replace(tzinfo=None)
        at = later
    return [found[True], found[False]] if len(found) == 2 else []


def _moment(at: datetime) -> Mapping[str, Value]:
    return {
        "Day": at.day,
        "Hour": at.hour,
        "Minute": at.minute,
        "Month": at.month,
        "Week": 0,
        "Year": at.year,
    }
