"""The way to a device's port: its name, then a TCP connection."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from sereno.media.diagnosis.findings import Findings, Judged

Place = tuple[socket.AddressFamily, tuple[Any, ...]]
"""How a socket is made, and where it leads (socket(7))."""


async def dial(findings: Findings, host: str, port: int) -> socket.socket:
    """A connection to the first address that takes one. Raises OSError: none did.

    The caller closes it, and limits the time.
    """
    places = await _resolve(findings, host, port)
    findings.begin("tcp")
    failure: OSError = OSError(f"{host} has no address")
    for family, place in places:
        carrier = socket.socket(family, socket.SOCK_STREAM)
        findings.see(_shown(place))
        try:
            carrier.setblocking(False)
            await asyncio.get_running_loop().sock_connect(carrier, place)
        except BaseException as error:
            carrier.close()
            if not isinstance(error, OSError):
                raise
            failure = error
        else:
            findings.end("tcp", Judged(saw=_shown(place)))
            return carrier
    raise failure


async def _resolve(findings: Findings, host: str, port: int) -> list[Place]:
    findings.begin("name")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(str(place[0]) for *_, place in found)
    findings.end("name", Judged(saw=", ".join(addresses)))
    return [(socket.AddressFamily(family), place) for family, _, _, _, place in found]


def _shown(place: tuple[Any, ...]) -> str:
    host, port = place[:2]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
