"""Search for footage, its limits, and the calendar."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sereno.sim.hikvision import requests as read
from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.download import Footage
from sereno.sim.hikvision.times import FootageTimes, compact, dashed
from sereno.sim.hikvision.xml import (
    HIKVISION,
    Markup,
    Refusal,
    bad_content,
    document,
    not_supported,
    tag,
)
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.footage import RecordedFile
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

MOST_MATCHES = 64
_MOST_TOLD = 4000
_WORK_SECONDS = 0.02
"""How long a search keeps the device; another one meanwhile is refused."""
_GUID = re.compile(r"[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}")
_TAG_13 = "Tag 13 is invalid (two root tags)"
_TRACKS = "/ISAPI/ContentMgmt/record/tracks"
_RECORD_TYPES = {True: "motion", False: "timing"}


def routes(device: Device, footage: Footage) -> Routes:
    """What answers about footage."""
    search = _Search(device, footage)
    found: Routes = [
        ("POST", "/ISAPI/ContentMgmt/search", search.search),
        ("GET", "/ISAPI/ContentMgmt/search/profile", search.profile),
    ]
    for channel in device.config.channels:
        path = f"{_TRACKS}/{channel.number}01/dailyDistribution"
        found.append(("POST", path, search.calendar))
    return found


@dataclass(frozen=True, slots=True)
class _Question:
    """A search as it was asked: labels, not instants."""

    identity: str
    tracks: list[int]
    start: datetime
    end: datetime
    position: int
    most: int
    kind: str


@dataclass(slots=True)
class _Search:
    device: Device
    footage: Footage
    is_busy: bool = False
    seen: dict[str, bool] = field(default_factory=dict)
    """The ids that were searched with, and whether they are answered."""

    @property
    def times(self) -> FootageTimes:
        return self.footage.times

    async def profile(self, _: HttpRequest) -> HttpAnswer:
        return document(
            "CMSearchProfile",
            tag("maxSearchTimespans", 1),
            tag("maxSearchTracks", 16),
            tag("maxSearchMatchResults", MOST_MATCHES),
            tag("maxConcurrentSearches", 1),
        )

    async def search(self, request: HttpRequest) -> HttpAnswer:
        question = self._question(request.body)
        if self.is_busy:
            raise Refusal(500, 3, "deviceError")
        self.is_busy = True
        try:
            await asyncio.sleep(_WORK_SECONDS)
            return self._answer(question, _host(request, self.device))
        finally:
            self.is_busy = False

    async def calendar(self, request: HttpRequest) -> HttpAnswer:
        root = read.parse(request.body)
        year, month = read.number(root, "year"), read.number(root, "monthOfYear")
        channel = self.device.config.channel(int(request.path.split("/")[-2]) // 100)
        if channel is None or not (1 <= month <= 12 and 1970 <= year < 9999):
            raise Refusal(400, 6, "badParameters")
        days = self._days(channel, year, month)
        return document("trackDailyDistribution", tag("dayList", *days), xmlns=HIKVISION)

    def _days(self, channel: ChannelSpec, year: int, month: int) -> list[Markup]:
        days = []
        day = datetime(year, month, 1)  # noqa: DTZ001
        while day.month == month:
            files = self._files(channel, day, day + timedelta(days=1))
            days.append(
                tag(
                    "day",
                    tag("id", day.day),
                    tag("dayOfMonth", day.day),
                    tag("record", bool(files)),
                    *([tag("recordType", "time")] if files else []),
                )
            )
            day += timedelta(days=1)
        return days

    def _question(self, body: bytes) -> _Question:
        root = read.parse(body)
        identity = read.text(root, "searchID")
        quirks = self.device.quirks
        if "guid-only" in quirks and not _GUID.fullmatch(identity):
            raise bad_content(_TAG_13)
        tracks = read.texts(root, "trackID")
        if not tracks or not all(track.isdecimal() for track in tracks):
            raise bad_content("trackID is missing")
        if len(read.texts(root, "timeSpan")) != 1:
            raise bad_content("one timeSpan is needed")
        positions = read.texts(root, "searchResultPostion")  # as the maker spells it
        return _Question(
            identity,
            [int(track) for track in tracks],
            read.time_of(read.text(root, "startTime")),
            read.time_of(read.text(root, "endTime")),
            int(positions[0]) if positions and positions[0].isdecimal() else 0,
            min(max(read.number(root, "maxResults"), 1), MOST_MATCHES),
            "".join(read.texts(root, "metadataDescriptor")).rpartition("/")[2],
        )

    def _answer(self, question: _Question, host: str) -> HttpAnswer:
        self._break_down(question)
        matches = self._matches(question)
        quirks = self.device.quirks
        ignores = "position-ignored" in quirks
        first = 0 if ignores else question.position
        page = matches[first : first + question.most]
        has_more = bool(page) and (ignores or first + len(page) < len(matches))
        count = len(page)
        if "match-count-lies" in quirks and page:
            count = min(len(matches), _MOST_TOLD)
        items = [self._item(file, host) for file in page]
        listed = [tag("matchList", *items)] if items or "empty-match-list" in quirks else []
        return document(
            "CMSearchResult",
            tag("searchID", question.identity),
            tag("responseStatus", True),
            tag("responseStatusStrg", "MORE" if has_more else "OK" if page else "NO MATCHES"),
            tag("numOfMatches", count),
            *listed,
        )

    def _break_down(self, question: _Question) -> None:
        """Raises Refusal where this firmware fails."""
        quirks = self.device.quirks
        widest = quirks.get("wide-search-500")
        if widest is not None and question.end - question.start > timedelta(days=widest):
            raise Refusal(500, 3, "deviceError", _TAG_13)
        if "first-search-500" in quirks:
            works = self.seen.setdefault(question.identity, len(self.seen) % 2 == 1)
            if not works:
                raise Refusal(500, 3, "deviceError", _TAG_13)

    def _matches(self, question: _Question) -> list[RecordedFile]:
        found: list[RecordedFile] = []
        for track in question.tracks:
            channel = self.device.config.channel(track // 100)
            if channel is not None and track % 100 == 1:
                found += self._files(channel, question.start, question.end)
        if question.kind in _RECORD_TYPES.values():
            found = [file for file in found if _RECORD_TYPES[file.is_motion] == question.kind]
        return sorted(found, key=lambda file: (file.start, file.channel))

    def _files(self, channel: ChannelSpec, start: datetime, end: datetime) -> list[RecordedFile]:
        """Those whose labels touch [start, end)."""
        times = self.times
        files = self.device.files(channel, times.true(start), times.true(end, is_end=True))
        return [
            file
            for file in files
            if times.label(file.end) > start and times.label(file.start) < end
        ]

    def _item(self, file: RecordedFile, host: str) -> Markup:
        start, end = self.times.label(file.start), self.times.label(file.end)
        channel = self.device.config.channel(file.channel)
        if channel is None:
            raise not_supported()
        track = file.channel * 100 + 1
        codec = {"h264": "H.264-BP", "h265": "H.265-MP"}[channel.codec]
        uri = (
            f"rtsp://{host}/Streaming/tracks/{track}/?starttime={compact(start)}"
            f"&endtime={compact(end)}&name={self.footage.name(file)}"
            f"&size={self.footage.size(file)}"
        )
        kind = _RECORD_TYPES[file.is_motion]
        return tag(
            "searchMatchItem",
            tag("sourceID", "{00000000-0000-0000-0000-000000000000}"),
            tag("trackID", track),
            tag("timeSpan", tag("startTime", dashed(start)), tag("endTime", dashed(end))),
            tag(
                "mediaSegmentDescriptor",
                tag("contentType", "video"),
                tag("codecType", codec),
                tag("playbackURI", uri),
            ),
            tag(
                "metadataMatches",
                tag("metadataDescriptor", f"recordType.meta.hikvision.com/{kind}"),
            ),
        )


def _host(request: HttpRequest, device: Device) -> str:
    """Host and port as addresses of footage name them."""
    host = urlsplit(f"//{request.headers.get('host', device.config.host)}").hostname
    is_web = "http-port-in-uri" in device.quirks
    return f"{host}:{device.http_port if is_web else device.rtsp_port}"
