"""mediaFileFind: a finder is made, pointed at a span, read page by page, closed and destroyed.

Whoever forgets the last leaks it: there are few, and none is given back before a restart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sereno.base.spans import Span, span_or_none
from sereno.sim.dahua.answers import Value, bad_request, done, number, told
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.footage import RecordedFile
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

PATH = "/cgi-bin/mediaFileFind.cgi"
_FINDERS = 8
_MOST_A_PAGE = 100
_SHORT_PAGE = 7
_OLDEST_YEARS = 10
_FIRST_HANDLE = 8_000_000
_SECOND = timedelta(seconds=1)
_FILE_PATH = re.compile(
    r"/mnt/dvr/(?P<day>\d{4}-\d\d-\d\d)/(?P<place>\d{3})/dav/\d\d/"
    r"(?P<time>\d\d\.\d\d\.\d\d)-\d\d\.\d\d\.\d\d\[[RM]\]\[0@0\]\[0\]\.dav"
)
_CONDITIONS = {"Dirs", "Types", "Flags", "Events", "VideoStream", "Channel", "StartTime", "EndTime"}


def routes(finding: Finding) -> Routes:
    """What answers searches."""
    return {
        (PATH, "factory.create"): finding.create,
        (PATH, "findFile"): finding.find,
        (PATH, "findNextFile"): finding.next,
        (PATH, "close"): finding.close,
        (PATH, "destroy"): finding.destroy,
    }


@dataclass(slots=True)
class _Finder:
    found: list[RecordedFile] = field(default_factory=list)
    place: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search is for."""

    channel: ChannelSpec
    span: Span
    types: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    stream: str = "Main"


class Finding:
    """All finders of a recorder. ``lengths`` tells a file's size in bytes."""

    def __init__(self, device: Device, lengths: Callable[[RecordedFile], int]) -> None:
        self._device = device
        self._lengths = lengths
        self._finders: dict[int, _Finder] = {}
        self._made = 0
        self.most_open = 0

    @property
    def open_finders(self) -> int:
        """Finders that were made and not destroyed."""
        return len(self._finders)

    def forget(self) -> None:
        """Gives all finders back, as a restart does."""
        self._finders.clear()

    def make(self) -> int:
        """A new finder's handle. Raises Refusal."""
        if len(self._finders) >= self._device.quirks.get("few-finders", _FINDERS):
            raise bad_request()
        self._made += 1
        handle = _FIRST_HANDLE + self._made
        self._finders[handle] = _Finder()
        self.most_open = max(self.most_open, len(self._finders))
        return handle

    def point(self, handle: int, wanted: Wanted) -> bool:
        """Begins a search; whether there is anything. Raises Refusal."""
        finder = self._finder(handle)
        if "flags-ignored" in self._device.quirks:
            wanted = replace(wanted, flags=())
        files = self._device.files(wanted.channel, wanted.span.start, wanted.span.end)
        finder.found = [
            file for file in files if _is_wanted(file, wanted) and self._shows(file, wanted.span)
        ]
        finder.place, finder.is_open = 0, bool(finder.found)
        return finder.is_open

    def page(self, handle: int, count: int) -> list[dict[str, Value]]:
        """The next rows. Raises Refusal."""
        finder = self._finder(handle)
        if not finder.is_open:
            raise bad_request()
        most = _SHORT_PAGE if "short-pages" in self._device.quirks else _MOST_A_PAGE
        rows = finder.found[finder.place : finder.place + min(count, most)]
        first = finder.place
        finder.place += len(rows)
        if not rows and "error-after-last-page" in self._device.quirks:
            raise bad_request()
        return [self._row(file, first + place) for place, file in enumerate(rows)]

    def end(self, handle: int, *, is_destroyed: bool) -> None:
        """Closes a finder, or gives it back. Raises Refusal."""
        self._finder(handle).is_open = False
        if is_destroyed:
            del self._finders[handle]

    async def create(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        if "no-cgi-search" in self._device.quirks:
            raise bad_request()
        return told({"result": self.make()})

    async def find(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        if not self.point(number(fields.get("object")), self._wanted(fields)):
            raise bad_request()
        return done()

    async def next(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        rows = self.page(number(fields.get("object")), number(fields.get("count")))
        return told({"found": len(rows), "items": rows})

    async def close(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        self.end(number(fields.get("object")), is_destroyed=False)
        return done()

    async def destroy(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        self.end(number(fields.get("object")), is_destroyed=True)
        return done()

    def _finder(self, handle: int) -> _Finder:
        if handle not in self._finders:
            raise bad_request()
        return self._finders[handle]

    def _wanted(self, fields: dict[str, str]) -> Wanted:
        conditions = {
            name.removeprefix("condition."): value
            for name, value in fields.items()
            if name.startswith("condition.")
        }
        if {name.partition("[")[0] for name in conditions} - _CONDITIONS:
            raise bad_request()
        times = self._device.times
        start = times.read(conditions.get("StartTime"))
        end = times.read(conditions.get("EndTime"), is_second=True)
        return Wanted(
            channel=self._device.channel(conditions.get("Channel")),
            span=self.span(start, end),
            types=_listed(conditions, "Types"),
            flags=_listed(conditions, "Flags"),
            stream=conditions.get("VideoStream", "Main"),
        )

    def _shows(self, file: RecordedFile, span: Span) -> bool:
        """Whether a file's times touch the asked ones as they are written, which the true ones need
        not where an hour comes twice."""
        label = self._device.times.label
        start, end = label(file.start), label(file.end)
        return start > end or (start < label(span.end) and end > label(span.start))

    def span(self, start: datetime, end: datetime) -> Span:
        """A window that this firmware takes. Raises Refusal."""
        span = span_or_none(start, end)
        oldest = self._device.clock.true_now() - timedelta(days=365 * _OLDEST_YEARS)
        is_old = "old-years-refused" in self._device.quirks and start < oldest
        if span is None or is_old:
            raise bad_request()
        return span

    def _row(self, file: RecordedFile, place: int) -> dict[str, Value]:
        times = self._device.times
        row: dict[str, Value] = {
            "Channel": file.channel - 1,
            "Cluster": file.number % 10_000,
            "CutLength": 0,
            "Disk": 2,
            "Duration": round(file.seconds),
            "EndTime": times.say(file.end),
            "FilePath": file_path(self._device, file),
            "FileState": "Temporary" if file.is_open else "Normal",
            "Flags": ["Event" if file.is_motion else "Timing"],
            "Length": self._lengths(file),
            "Partition": 1,
            "StartTime": times.say(file.start),
            "Type": "dav",
            "VideoStream": "Main",
        }
        if file.is_motion:
            row["Events"] = ["VideoMotion"]
        if "sparse-rows" in self._device.quirks and place % 2:
            del row["EndTime"], row["Length"], row["Duration"]
        return row


def _listed(conditions: dict[str, str], name: str) -> tuple[str, ...]:
    """The values of ``name[0]``, ``name[1]``, …"""
    return tuple(value for key, value in conditions.items() if key.startswith(f"{name}["))


def _is_wanted(file: RecordedFile, wanted: Wanted) -> bool:
    flag = "Event" if file.is_motion else "Timing"
    is_of_type = not wanted.types or bool({"dav", "*"} & set(wanted.types))
    is_flagged = not wanted.flags or bool({flag, "*"} & set(wanted.flags))
    return is_of_type and is_flagged and wanted.stream in ("Main", "*")


def file_path(device: Device, file: RecordedFile) -> str:
    """The name under which a file is listed and fetched."""
    start, end = device.times.label(file.start), device.times.label(file.end)
    kind = "M" if file.is_motion else "R"
    name = f"{start:%H.%M.%S}-{end:%H.%M.%S}[{kind}][0@0][0].dav"
    return f"/mnt/dvr/{start:%Y-%m-%d}/{file.channel - 1:03d}/dav/{start:%H}/{name}"


def file_of_path(device: Device, path: str) -> RecordedFile | None:
    """The file of a listed name, if it is still there."""
    found = _FILE_PATH.fullmatch(path)
    channel = device.config.channel(int(found["place"]) + 1) if found else None
    if found is None or channel is None:
        return None
    written = f"{found['day']} {found['time'].replace('.', ':')}"
    starts = [device.times.read(written, is_second=is_second) for is_second in (False, True)]
    named = [
        file
        for start in dict.fromkeys(starts)
        for file in device.files(channel, start, start + _SECOND)
        if abs(file.start - start) < _SECOND
    ]
    # The end tells two files apart that began an hour from each other; an open one's has moved on.
    exact = [file for file in named if file_path(device, file) == path]
    return next(iter([*exact, *named]), None)
