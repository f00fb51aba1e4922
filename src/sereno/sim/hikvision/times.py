"""The device's time: how it is told, set, and how the times of footage are written."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sereno.sim.hikvision import requests as read
from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.xml import Markup, bad_content, document, plain, tag, told
from sereno.sim.recorders.device_clock import offset_at, winter_offset
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d)?$")


def routes(device: Device) -> Routes:
    """What answers about time."""
    clock = _Clock(device)
    base = "/ISAPI/System/time"
    return [
        ("GET", base, clock.time),
        ("PUT", base, clock.set_time),
        ("GET", f"{base}/localTime", clock.local_time),
        ("GET", f"{base}/timeZone", clock.zone),
        ("GET", f"{base}/ntpServers", clock.servers),
        ("GET", f"{base}/ntpServers/1", clock.server),
    ]


@dataclass(slots=True)
class _Clock:
    device: Device

    async def time(self, request: HttpRequest) -> HttpAnswer:
        return document("Time", *self._fields(request))

    async def set_time(self, request: HttpRequest) -> HttpAnswer:
        """Takes the whole of what was read, with another time."""
        root = read.parse(request.body)
        given = {read.local_name(each) for each in root}
        needed = {field.partition(">")[0][1:] for field in self._fields(request)}
        if missing := needed - given:
            raise bad_content(f"{', '.join(sorted(missing))} is missing")
        if read.text(root, "timeMode") == "manual":
            self._set(read.text(root, "localTime"))
        return told(request.target)

    async def local_time(self, request: HttpRequest) -> HttpAnswer:
        return plain(self._local(request))

    async def zone(self, _: HttpRequest) -> HttpAnswer:
        return plain(self._zone())

    async def servers(self, _: HttpRequest) -> HttpAnswer:
        return document("NTPServerList", self._server())

    async def server(self, _: HttpRequest) -> HttpAnswer:
        return document("NTPServer", *self._server_fields())

    def _fields(self, request: HttpRequest) -> list[Markup]:
        fields = [
            tag("timeMode", "manual"),
            tag("localTime", self._local(request)),
            tag("timeZone", self._zone()),
        ]
        if "more-time-fields" in self.device.quirks:
            fields.append(tag("satelliteInterval", 60))
        return fields

    def _server(self) -> Markup:
        return tag("NTPServer", *self._server_fields())

    def _server_fields(self) -> list[Markup]:
        return [
            tag("id", 1),
            tag("addressingFormatType", "hostname"),
            tag("hostName", "time.example"),
            tag("portNo", 123),
            tag("synchronizeInterval", 60),
        ]

    def _zone(self) -> str:
        clock = self.device.clock
        return posix_zone(clock.zone, clock.true_now().year)

    def _local(self, request: HttpRequest) -> str:
        now = self.device.clock.true_now()
        return local_text(self.device, now, is_std=request.query.get("timeType") == "STD")

    def _set(self, written: str) -> None:
        clock = self.device.clock
        wall = read.time_of(_OFFSET.sub("", written))
        shown = wall.replace(tzinfo=clock.zone).astimezone(UTC)
        clock.skew = shown - clock.true_now()


def local_text(device: Device, true: datetime, *, is_std: bool = False) -> str:
    """The wall time of an instant with an offset, which may be that of winter in summer.

    ``is_std``: as asked for by ``timeType=STD``, an hour ahead in summer.
    """
    zone = device.clock.zone
    shown = (true + device.clock.skew).astimezone(zone)
    offset = shown.utcoffset() or timedelta()
    summer = offset - winter_offset(zone, shown.year)
    if is_std:
        shown += summer
    if "winter-offset" in device.quirks:
        offset -= summer
    return f"{shown:%Y-%m-%dT%H:%M:%S}{_offset_text(offset)}"


class FootageTimes:
    """Times of footage on the wire: the wall clock's or UTC's, both labelled Z."""

    def __init__(self, device: Device) -> None:
        config = device.config
        is_utc = config.kind == "camera" or "footage-in-utc" in device.quirks
        self._clock = device.clock
        self.is_utc = is_utc if config.convention is None else config.convention == "utc"

    def label(self, true: datetime) -> datetime:
        """The naive time that stands for a true instant."""
        return self._clock.utc_shown(true) if self.is_utc else self._clock.wall(true)

    def true(self, label: datetime, *, is_end: bool = False) -> datetime:
        """The instant that a label stands for; of an hour that came twice, its first or last."""
        if self.is_utc:
            return self._clock.true_of_utc(label)
        return self._clock.true(label.replace(fold=is_end))


def dashed(label: datetime) -> str:
    """As in search results."""
    return f"{label:%Y-%m-%dT%H:%M:%SZ}"


def compact(label: datetime) -> str:
    """As in addresses."""
    return f"{label:%Y%m%dT%H%M%SZ}"


def _offset_text(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@lru_cache(maxsize=64)
def posix_zone(zone: ZoneInfo, year: int) -> str:
    """A zone as devices write it, such as ``CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/…``.

    The name means nothing, the sign is that of POSIX: minus is east of Greenwich.
    """
    text = f"CST{_posix_offset(winter_offset(zone, year))}"
    changes = _changes(zone, year)
    if len(changes) != 2:
        return text
    changes.sort(key=lambda change: change[1] < change[2], reverse=True)  # into summer first
    (_, before, after), _ = changes
    rules = ",".join(_rule(at, offset) for at, offset, _ in changes)
    return f"{text}DST{_hours(after - before)},{rules}"


def _changes(zone: ZoneInfo, year: int) -> list[tuple[datetime, timedelta, timedelta]]:
    """The year's changes: their instant, and the offsets before and after."""
    found = []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        later = at + timedelta(hours=1)
        before, after = offset_at(zone, at), offset_at(zone, later)
        if before != after:
            found.append((later, before, after))
        at = later
    return found


def _rule(at: datetime, offset: timedelta) -> str:
    """Month, week (5: the last), weekday (0: Sunday) and wall time of a change."""
    wall = (at + offset).replace(tzinfo=None)
    days = calendar.monthrange(wall.year, wall.month)[1]
    week = 5 if wall.day + 7 > days else (wall.day + 6) // 7
    return f"M{wall.month}.{week}.{wall.isoweekday() % 7}/{wall:%H:%M:%S}"


def _posix_offset(offset: timedelta) -> str:
    seconds = -int(offset.total_seconds())
    sign, whole = "-" if seconds < 0 else "+", abs(seconds)
    return f"{sign}{whole // 3600}:{whole % 3600 // 60:02d}:00"


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"
