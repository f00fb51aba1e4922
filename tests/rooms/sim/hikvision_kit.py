"""A small simulated Hikvision device, and an HTTP client that is nobody's driver."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import httpx
from defusedxml.ElementTree import fromstring

from sereno.sim import Picture
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

USER, PASSWORD = "operator", "p@ss:w#rd% &/?"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts nobody, and so is made in no time; these devices speak plain HTTP."""
NOW = datetime(2026, 7, 21, 10, 0, 30, tzinfo=UTC)
"""Noon in Madrid, in summer."""
CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance"),
    ChannelSpec(2, "Yard", "entrance", gaps_per_day=2),
    ChannelSpec(4, "Shop & store", "entrance", recording="motion", is_online=False),
)
GUID = "9F1B6C6E-0B3E-4C0C-8D2B-0123456789AB"


class HandClock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.seconds = now.timestamp()

    def __call__(self) -> float:
        return self.seconds


def hikvision_config(cache_dir: Path, *quirks: str, **changes: Any) -> RecorderConfig:
    settings: dict[str, Any] = {
        "channels": CHANNELS,
        "user": USER,
        "password": PASSWORD,
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
        "quirks": frozenset(quirks),
    }
    return RecorderConfig(cache_dir, **{**settings, **changes})


def find(root: Element, name: str) -> list[Element]:
    """All elements of a local name."""
    return [each for each in root.iter() if each.tag.rpartition("}")[2] == name]


def words(root: Element, name: str) -> list[str]:
    return [each.text or "" for each in find(root, name)]


@dataclass
class Asker:
    """Asks one device; ``http`` is httpx with its own digest."""

    recorder: HikvisionRecorder
    http: httpx.AsyncClient
    clock: HandClock

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def xml(self, path: str) -> Element:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return fromstring(answer.content)

    async def search_raw(self, **changes: Any) -> httpx.Response:
        return await self.http.post("/ISAPI/ContentMgmt/search", content=question(**changes))

    async def search(self, **changes: Any) -> Element:
        answer = await self.search_raw(**changes)
        assert answer.status_code == 200, answer.text
        return fromstring(answer.content)

    async def download(self, uri: str, method: str = "GET") -> httpx.Response:
        escaped = uri.replace("&", "&amp;")
        body = (
            '<downloadRequest version="1.0" xmlns="http://www.isapi.org/ver20/XMLSchema">'
            f"<playbackURI>{escaped}</playbackURI></downloadRequest>"
        )
        return await self.http.request(method, "/ISAPI/ContentMgmt/download", content=body)


def question(
    track: int = 101,
    start: str = "2026-07-21T00:00:00Z",
    end: str = "2026-07-21T23:59:59Z",
    most: int = 40,
    position: int = 0,
    identity: str = GUID,
    kind: str = "",
) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><CMSearchDescription>'
        f"<searchID>{identity}</searchID><trackIDList><trackID>{track}</trackID></trackIDList>"
        f"<timeSpanList><timeSpan><startTime>{start}</startTime><endTime>{end}</endTime>"
        f"</timeSpan></timeSpanList><maxResults>{most}</maxResults>"
        f"<searchResultPostion>{position}</searchResultPostion><metadataList>"
        f"<metadataDescriptor>//recordType.meta.std-cgi.com{kind}</metadataDescriptor>"
        "</metadataList></CMSearchDescription>"
    )


@asynccontextmanager
async def served(cache_dir: Path, *quirks: str, **changes: Any) -> AsyncIterator[Asker]:
    """A running device with a clock that stands."""
    clock = HandClock(changes.pop("now", NOW))
    seconds = changes.pop("keep_alive_seconds", 60)
    config = hikvision_config(cache_dir, *quirks, **changes)
    auth = httpx.DigestAuth(USER, PASSWORD)
    async with (
        HikvisionRecorder(config, clock=clock, keep_alive_seconds=seconds) as recorder,
        httpx.AsyncClient(
            base_url=f"http://{recorder.host}:{recorder.port}", auth=auth, timeout=90, verify=NO_TLS
        ) as http,
    ):
        yield Asker(recorder, http, clock)


async def until(is_so: Callable[[], bool]) -> None:
    """Comes back when it is so."""
    async with asyncio.timeout(90):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def said_until(stream: httpx.Response, pattern: str) -> str:
    """What a stream of events says until it says this."""
    said = ""
    async for piece in stream.aiter_text():
        said += piece
        if re.search(pattern, said, re.DOTALL):
            return said
    raise AssertionError(f"the stream ended after {said!r}")
