"""Searching a device's footage: pure, from bytes to values and back.

Sources: ISAPI `ContentMgmt/search`, `ContentMgmt/search/profile`, `ContentMgmt/download`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from sereno.drivers.hikvision.parse_device import wall_time
from sereno.drivers.hikvision.tree import read
from sereno.drivers.tree import Part, fact, whole_number

_CAUSES = {
    "timing": "schedule",
    "cmr": "schedule",
    "schedule": "schedule",
    "std-cgi.com": "schedule",
    "motion": "motion",
    "vmd": "motion",
    "motiondetection": "motion",
    "edr": "motion",
    "alarm": "alarm",
    "alarmormotion": "alarm",
    "alarmandmotion": "alarm",
    "motionalarm": "alarm",
    "manual": "manual",
}


@dataclass(frozen=True, slots=True)
class Match:
    """One file of the device, by its own clock; `start` and `end` have no zone yet."""

    start: datetime
    end: datetime
    uri: str
    cause: str

    @property
    def size_bytes(self) -> int | None:
        return size_in(self.uri)

    @property
    def key(self) -> tuple[datetime, datetime, str]:
        """What makes it the same file: the address of one that grows changes."""
        return self.start, self.end, name_in(self.uri)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `seen` counts all items, also those without a time, which are left out of
    `matches`: the next position depends on it."""

    matches: tuple[Match, ...]
    seen: int
    has_more: bool


def page(data: bytes, *, asked: int) -> Page:
    """One page of a search for at most `asked` items. Raises Garbled.

    How many there are in all (`numOfMatches`) is not believed: it is capped, or a page's own count.
    """
    root = read(data)
    items = list(root.walk("searchMatchItem"))
    found = tuple(match for item in items if (match := _match(item)) is not None)
    told = next(root.walk("responseStatusStrg"), None)
    word = told.text.upper() if told is not None else ""
    has_more = word == "MORE" if word else bool(items) and len(items) >= asked
    return Page(found, len(items), has_more and bool(items))


def _match(item: Part) -> Match | None:
    start = wall_time(item.say("timeSpan/startTime"))
    end = wall_time(item.say("timeSpan/endTime"))
    if start is None or end is None or end == start:
        return None
    described = next(item.walk("playbackURI"), None)
    return Match(start, end, described.text if described is not None else "", _cause(item))


def _cause(item: Part) -> str:
    matches = item.get("metadataMatches") or item
    told = next(matches.walk("metadataDescriptor"), None)
    word = told.text.rstrip("/").rpartition("/")[2] if told is not None else ""
    plain = word.lower().removeprefix("recordtype.meta.")
    return _CAUSES.get(plain, plain or "schedule")


def _query(uri: str) -> Mapping[str, list[str]]:
    try:
        return parse_qs(urlsplit(uri).query, max_num_fields=50)
    except ValueError:
        return {}


def size_in(uri: str) -> int | None:
    """The size that a playback address names, in bytes."""
    number = whole_number(_query(uri).get("size", [""])[0])
    return number if number is not None and number > 0 else None


def name_in(uri: str) -> str:
    """The file that a playback address names; empty where it names none."""
    return _query(uri).get("name", [""])[0]


def track_in(uri: str) -> int | None:
    """The track of a playback address: `…/Streaming/tracks/101/?…`."""
    try:
        parts = [part for part in urlsplit(uri).path.split("/") if part]
    except ValueError:
        return None
    lower = [part.lower() for part in parts]
    if "tracks" not in lower[:-1]:
        return None
    return whole_number(parts[lower.index("tracks") + 1])


def search_body(
    search_id: str, track: int, start: datetime, end: datetime, position: int, most: int
) -> bytes:
    """What is asked: footage of `track` by the device's own clock, from item `position` on.

    `searchResultPostion` is the device's spelling; the right one is not heard, and every page would
    be the first. `search_id` must look like a GUID, upper case. A day ends at 23:59:59.
    """
    end = end - timedelta(seconds=1) if end.time() == time() else end
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<CMSearchDescription>'
        f"<searchID>{search_id}</searchID>"
        f"<trackIDList><trackID>{track}</trackID></trackIDList>"
        f"<timeSpanList><timeSpan><startTime>{start:%Y-%m-%dT%H:%M:%SZ}</startTime>"
        f"<endTime>{end:%Y-%m-%dT%H:%M:%SZ}</endTime></timeSpan></timeSpanList>"
        f"<maxResults>{most}</maxResults>"
        f"<searchResultPostion>{position}</searchResultPostion>"
        "<metadataList><metadataDescriptor>//recordType.meta.std-cgi.com</metadataDescriptor>"
        "</metadataList></CMSearchDescription>"
    ).encode()


def download_body(uri: str) -> bytes:
    """What is asked to fetch a file, by the address that the search gave, verbatim."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<downloadRequest version="1.0" xmlns="http://www.isapi.org/ver20/XMLSchema">'
        f"<playbackURI>{escape(uri)}</playbackURI></downloadRequest>"
    ).encode()


def tracks_uri(base: str, track: int, start: datetime, end: datetime) -> str:
    """Footage of `track` by the device's own clock, as an RTSP address under `base`."""
    return (
        f"{base}/Streaming/tracks/{track}"
        f"?starttime={start:%Y%m%dT%H%M%SZ}&endtime={end:%Y%m%dT%H%M%SZ}"
    )


def most_results(data: bytes) -> int | None:
    """How many results one page may have, by `search/profile`. Raises Garbled."""
    told = next(read(data).walk("maxSearchMatchResults"), None)
    number = whole_number(told.text) if told is not None else None
    return number if number is not None and number > 0 else None


def fetches_by_time(data: bytes) -> bool:
    """Whether footage can be fetched by time, by `download/capabilities`. Raises Garbled."""
    told = next(read(data).walk("isSupportDownloadbyTime"), None)
    return told is not None and fact(told.text) is True
