"""A recorder of 64 channels: its channels, and a month of the footage that it holds.

`DEVICES_DAYS` makes the month shorter. Beside it what a user would write: a loop over the channels
with httpx and its digest, one search over the whole month for each, page after page. It takes the
recorder's times for UTC, as they are labelled, and so misses some hours of what it was asked for.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from rich.table import Table

from bench.recorders import PASSWORD, USER, Simulated, simulated
from sereno.base.clock import SystemClock
from sereno.base.spans import Span
from sereno.drivers.contract import Driver, Login
from sereno.drivers.memory import ShortMemory
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools

DAYS = int(os.environ.get("DEVICES_DAYS", "30"))
CHANNELS = 64
_PAGE = 40
_SEARCH = """<?xml version="1.0" encoding="UTF-8"?><CMSearchDescription version="2.0"
 xmlns="http://www.hikvision.com/ver20/XMLSchema"><searchID>{id}</searchID>
<trackList><trackID>{channel}01</trackID></trackList><timeSpanList><timeSpan>
<startTime>{start:%Y-%m-%dT%H:%M:%SZ}</startTime><endTime>{end:%Y-%m-%dT%H:%M:%SZ}</endTime>
</timeSpan></timeSpanList><maxResults>{most}</maxResults>
<searchResultPostion>{position}</searchResultPostion>
<metadataList><metadataDescriptor>//recordType.meta.std-cgi.com</metadataDescriptor></metadataList>
</CMSearchDescription>"""

Act = Callable[[Simulated], int]


def run(folder: Path) -> Table:
    """Ask each recorder the one way and the other, print one table."""
    table = Table(title=f"a simulated recorder of {CHANNELS} channels, {DAYS} days of half hours")
    for head in ("", "found", "seconds", "requests", "connections"):
        table.add_column(head, justify="right" if head else "left")
    for name, vendor, act in (
        ("Hikvision, channels: Sereno", "hikvision", _channels),
        ("Hikvision, a month: Sereno", "hikvision", _month),
        ("Hikvision, a month: a loop with httpx", "hikvision", _plain_month),
        ("Dahua, channels: Sereno", "dahua", _channels),
        ("Dahua, a month: Sereno", "dahua", _month),
    ):
        table.add_row(name, *_measured(folder, vendor, act))
    return table


def _measured(folder: Path, vendor: str, act: Act) -> tuple[str, ...]:
    with simulated(vendor, folder, CHANNELS, DAYS) as recorder:
        began = time.monotonic()
        found = act(recorder)
        seconds = time.monotonic() - began
        recorder.end()
    return f"{found:,}", f"{seconds:.2f}", f"{recorder.request_count:,}", str(recorder.most_open)


def _opened(recorder: Simulated, vendor: str) -> Driver:
    login = Login(recorder.host, recorder.port, username=USER, password=PASSWORD)
    return VENDORS[vendor](login, Tools(ShortMemory(), SystemClock()))


def _vendor_of(recorder: Simulated) -> str:
    return str(recorder.process.args[3])  # type: ignore[index]


def _channels(recorder: Simulated) -> int:
    async def ask() -> int:
        driver = _opened(recorder, _vendor_of(recorder))
        try:
            return len(await driver.channels())
        finally:
            await driver.close()

    return asyncio.run(ask())


def _month(recorder: Simulated) -> int:
    """All channels, each in its turn: a recorder has one search at a time."""

    async def ask() -> int:
        driver, now, count = _opened(recorder, _vendor_of(recorder)), datetime.now(UTC), 0
        span = Span(now - timedelta(days=DAYS), now)
        try:
            for channel in range(1, CHANNELS + 1):
                async for _ in driver.find(str(channel), span):
                    count += 1
        finally:
            await driver.close()
        return count

    return asyncio.run(ask())


def _client(recorder: Simulated) -> httpx.Client:
    base = f"http://{recorder.host}:{recorder.port}/ISAPI"
    return httpx.Client(base_url=base, auth=httpx.DigestAuth(USER, PASSWORD), timeout=60)


def _plain_month(recorder: Simulated) -> int:
    end = datetime.now(UTC)
    start, count = end - timedelta(days=DAYS), 0
    with _client(recorder) as client:
        for channel in range(1, CHANNELS + 1):
            position, search = 0, str(uuid.uuid4()).upper()
            while True:
                body = _SEARCH.format(
                    id=search, channel=channel, start=start, end=end, most=_PAGE, position=position
                )
                told = client.post("/ContentMgmt/search", content=body).text
                position += (found := len(re.findall("<searchMatchItem>", told)))
                if not found or "<responseStatusStrg>MORE" not in told:
                    break
            count += position
    return count
