"""From what happens before a camera until we know of it, through the recorder's stream of events.

Beside it curl, which prints what comes, as fast as anybody could know.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.table import Table

from bench.recorders import PASSWORD, USER, Simulated, simulated
from sereno.base.clock import SystemClock
from sereno.drivers.contract import DeviceEvent, Login
from sereno.drivers.memory import ShortMemory
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools

CHANNELS = 64
PATHS = {
    "hikvision": "/ISAPI/Event/notification/alertStream",
    "dahua": "/cgi-bin/eventManager.cgi?action=attach&codes=%5BAll%5D",
}
HEARD_BY_CURL = {
    "hikvision": re.compile(rb"</EventNotificationAlert>"),
    "dahua": re.compile(rb"Code=VideoMotion"),
}
_PAUSE_SECONDS = 0.02


def run(folder: Path) -> Table:
    """Let things happen one after the other, print one table."""
    table = Table(title=f"{2 * CHANNELS} events of {CHANNELS} channels, in milliseconds")
    for head in ("", "median", "95 %", "most"):
        table.add_column(head, justify="right" if head else "left")
    for vendor in PATHS:
        with simulated(vendor, folder, CHANNELS, 0.1) as recorder:
            table.add_row(f"{vendor}: Sereno", *_shown(asyncio.run(_by_driver(recorder, vendor))))
            table.add_row(f"{vendor}: curl", *_shown(asyncio.run(_by_curl(recorder, vendor))))
    return table


def _shown(delays: list[float]) -> tuple[str, ...]:
    ninety_five = statistics.quantiles(delays, n=20)[-1]
    return tuple(
        f"{1000 * each:.1f}" for each in (statistics.median(delays), ninety_five, max(delays))
    )


async def _by_driver(recorder: Simulated, vendor: str) -> list[float]:
    login = Login(recorder.host, recorder.port, username=USER, password=PASSWORD)
    driver = VENDORS[vendor](login, Tools(ShortMemory(), SystemClock()))
    heard: asyncio.Queue[tuple[float, DeviceEvent]] = asyncio.Queue()

    async def listen() -> None:
        async for event in driver.events():
            heard.put_nowait((time.monotonic(), event))

    listening = asyncio.create_task(listen())
    try:
        return await _emit_all(recorder, heard)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await driver.close()


async def _by_curl(recorder: Simulated, vendor: str) -> list[float]:
    heard: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def listen(told: asyncio.StreamReader) -> None:
        while line := await told.readline():
            if HEARD_BY_CURL[vendor].search(line):
                heard.put_nowait((time.monotonic(), line))

    async with _curl(f"http://{recorder.host}:{recorder.port}{PATHS[vendor]}") as told:
        listening = asyncio.create_task(listen(told))
        try:
            return await _emit_all(recorder, heard)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def _curl(url: str) -> AsyncIterator[asyncio.StreamReader]:
    process = await asyncio.create_subprocess_exec(
        "curl", "--silent", "--no-buffer", "--digest", "--globoff", "--config", "-", url,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f'user = "{USER}:{PASSWORD}"\n'.encode())
    process.stdin.close()
    try:
        yield process.stdout
    finally:
        process.terminate()
        await process.wait()


async def _emit_all(recorder: Simulated, heard: asyncio.Queue[tuple[float, object]]) -> list[float]:
    """Begin and end of something on each channel; how long each took to be known."""
    await _until_it_listens(recorder, heard)
    delays = []
    for is_active in (True, False):
        for channel in range(1, CHANNELS + 1):
            told_at = await asyncio.to_thread(recorder.emit, channel, is_active=is_active)
            heard_at, _ = await asyncio.wait_for(heard.get(), 10)
            delays.append(heard_at - told_at)
    return delays


async def _until_it_listens(
    recorder: Simulated, heard: asyncio.Queue[tuple[float, object]]
) -> None:
    """Something happens and ends until somebody heard both; nothing of it is left to be heard."""
    while heard.qsize() < 2:
        for is_active in (True, False):
            await asyncio.to_thread(recorder.emit, 1, is_active=is_active)
            await asyncio.sleep(_PAUSE_SECONDS)
    await asyncio.sleep(10 * _PAUSE_SECONDS)
    while not heard.empty():
        heard.get_nowait()
