"""Answers of WS-Discovery as devices write them, and somebody who gives them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sereno.drivers.discovery.lan import Lan

HIKVISION_SCOPES = (
    "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/location/country/spain "
    "onvif://www.onvif.org/name/HIKVISION%20DS-7616NI onvif://www.onvif.org/hardware/DS-7616NI "
    "onvif://www.onvif.org/Profile/Streaming"
)


def matches(
    *xaddrs: str,
    endpoint: str = "urn:uuid:1",
    scopes: str = HIKVISION_SCOPES,
    types: str = "dn:NetworkVideoTransmitter",
    prefix: str = "d",
) -> bytes:
    """One match, with the prefix of some maker."""
    p = prefix
    return (
        f'<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        f"<s:Header><wsa:Address>http://other/anonymous</wsa:Address></s:Header><s:Body>"
        f"<{p}:ProbeMatches><{p}:ProbeMatch><wsa:EndpointReference>"
        f"<wsa:Address>{endpoint}</wsa:Address></wsa:EndpointReference>"
        f"<{p}:Types>{types}</{p}:Types><{p}:Scopes>{scopes}</{p}:Scopes>"
        f"<{p}:XAddrs>{' '.join(xaddrs)}</{p}:XAddrs>"
        f"<{p}:MetadataVersion>10</{p}:MetadataVersion>"
        f"</{p}:ProbeMatch></{p}:ProbeMatches></s:Body></s:Envelope>"
    ).encode()


@dataclass
class Responder(asyncio.DatagramProtocol):
    """Gives all its answers to each question; `lan` leads to it alone."""

    answers: list[bytes]
    asked: list[bytes] = field(default_factory=list)
    lan: Lan = field(init=False)

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self.lan = Lan(
            ("127.0.0.1",), "127.0.0.1", transport.get_extra_info("sockname")[1], has_loopback=True
        )
        self._heard = asyncio.Event()

    def datagram_received(self, data: bytes, source: Any) -> None:
        self.asked.append(data)
        for answer in self.answers:
            self._transport.sendto(answer, source)
        self._heard.set()

    async def wait(self, seconds: float) -> None:
        """As long as it takes until something was asked, and its answers were read."""
        async with asyncio.timeout(30):
            await self._heard.wait()
        for _ in range(10):
            await asyncio.sleep(0)


@asynccontextmanager
async def responding(*answers: bytes) -> AsyncIterator[Responder]:
    """Somebody who answers, until the context ends."""
    made = Responder(list(answers))
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: made, local_addr=("127.0.0.1", 0)
    )
    try:
        yield made
    finally:
        transport.close()
