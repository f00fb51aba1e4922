"""One download by a driver into a file, in a process of its own, whose memory is told."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import anyio.lowlevel

from sereno.base.clock import SystemClock
from sereno.base.spans import Span
from sereno.drivers.contract import Fetched, Found, Login
from sereno.drivers.file_sink import FileSink
from sereno.drivers.memory import ShortMemory
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools

_END = datetime(2026, 5, 1, 10, tzinfo=UTC)


async def fetch(host: str, port: int, target: Path) -> tuple[float, int]:
    """Seconds, and how many bytes came. Libraries are loaded before, as those of curl are."""
    await anyio.lowlevel.checkpoint()  # it looks for its event loop at the first use
    handle = f"rtsp://{host}/Streaming/tracks/101/?name=ch01_00000000000000001"
    found = Found("1", Span(_END - timedelta(hours=1), _END), None, handle)
    driver = VENDORS["hikvision"](Login(host, port), Tools(ShortMemory(), SystemClock()))
    sink, began = FileSink(target), time.monotonic()
    try:
        await driver.fetch(found, sink, _unheard)
        await sink.flush()
    finally:
        sink.close()
        await driver.close()
    return time.monotonic() - began, sink.size_bytes


def peak_kib() -> int:
    """The most memory that this process had, by proc(5): getrusage(2) counts its parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _unheard(fetched: Fetched) -> None:
    """Nobody looks on."""


if __name__ == "__main__":
    seconds, size_bytes = asyncio.run(fetch(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
    print(json.dumps({"seconds": seconds, "size_bytes": size_bytes, "peak_kib": peak_kib()}))
