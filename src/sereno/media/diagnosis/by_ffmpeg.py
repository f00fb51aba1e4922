"""A diagnosis by way of ffmpeg: of what Sereno's own engine does not read."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from sereno.base.tasks import until_first
from sereno.media.diagnosis.dialling import dial
from sereno.media.diagnosis.findings import Findings
from sereno.media.diagnosis.native import door_of
from sereno.media.diagnosis.watching import Watcher
from sereno.media.doors import Doors
from sereno.media.engines import Choice
from sereno.media.rtsp.addresses import Address
from sereno.media.rtsp.dialogue import Patience, connect_fault
from sereno.media.sources import new_source

STEPS = ("ffmpeg", "first_key", "key_interval", "codec", "delivery", "sound")
"""Behind `name` and `tcp`, which a camera that is plugged in does not have."""

NETWORK_STEPS = ("name", "tcp")
_PORTS = {"http": 80, "https": 443, "rtmp": 1935, "rtsp": 554, "rtsps": 322}


async def reach(address: str, findings: Findings, patience: Patience) -> None:
    """Look whether the port can be reached at all; nothing where there is none.

    Raises StreamFault.
    """
    parts = urlsplit(address)
    host = parts.hostname
    if host is None or parts.scheme not in _PORTS:
        return
    port = parts.port or _PORTS[parts.scheme]
    try:
        async with asyncio.timeout(patience.connect_seconds):
            carrier = await dial(findings, host, port)
    except OSError as error:
        raise connect_fault(error, Address(address, host, port, False), patience) from None
    carrier.close()


async def run(choice: Choice, watcher: Watcher, patience: Patience, doors: Doors) -> None:
    """Start ffmpeg, and look on until there is nothing more to learn. Raises StreamFault."""
    task = watcher.task
    watcher.findings.begin("ffmpeg")
    async with (
        door_of(task, doors) as door,
        new_source(task, choice, watcher.gauge.now_us, patience) as source,
    ):
        await source.play(watcher.gauge)
        door.answered()
        watcher.findings.see(source.transport.upper())
        await until_first(source.watch(), watcher.pictures())
