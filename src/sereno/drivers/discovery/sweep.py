"""Looks through one subnet, because a person said so: few connections at once, and none fast."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network

from sereno.drivers.discovery.discovered import Discovered
from sereno.drivers.discovery.messages import Address
from sereno.drivers.discovery.strangers import vendor_at
from sereno.drivers.tools import Tools

HOSTS_AT_ONCE = 12
CONNECT_SECONDS = 1.0
PACE_SECONDS = 0.02
"""Between two hosts: no more than 250 connections begin in a second."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where devices are: their pages, their makers' programs, their video."""

    http: int = 80
    https: int = 443
    hikvision: int = 8000
    rtsp: int = 554
    dahua: int = 37777

    @property
    def all(self) -> tuple[int, ...]:
        return (self.http, self.https, self.hikvision, self.rtsp, self.dahua)


@dataclass(slots=True)
class Sweep:
    """One subnet, looked through once. `on_host` is told of each address that was tried."""

    tools: Tools
    on_host: Callable[[Discovered | None], None]
    ports: Ports = Ports()

    async def run(self, subnet: IPv4Network) -> None:
        """Every address of it. Raises nothing of what stands there."""
        room = asyncio.Semaphore(HOSTS_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for host in map(str, subnet.hosts()):
                await room.acquire()
                group.create_task(self._visit(host, room))
                await asyncio.sleep(PACE_SECONDS)

    async def _visit(self, host: str, room: asyncio.Semaphore) -> None:
        try:
            self.on_host(await self._look(host))
        finally:
            room.release()

    async def _look(self, host: str) -> Discovered | None:
        answers = await asyncio.gather(*(_is_open(host, port) for port in self.ports.all))
        there = {port for port, is_open in zip(self.ports.all, answers, strict=True) if is_open}
        pages = (
            Address(host, self.ports.http, False),
            Address(host, self.ports.https, True),
        )
        for address in pages:
            if address.port in there and (vendor := await vendor_at(address, self.tools)):
                return Discovered(host, address.port, address.is_tls, vendor)
        return self._by_ports(host, there)

    def _by_ports(self, host: str, there: set[int]) -> Discovered | None:
        """What open ports speak for. A page alone is anybody's, and so is 8000 without video."""
        ports = self.ports
        has_video = ports.rtsp in there
        if ports.dahua in there:
            vendor = "dahua"
        elif has_video:
            vendor = "hikvision" if ports.hikvision in there else "rtsp"
        else:
            return None
        is_tls = ports.https in there and ports.http not in there
        return Discovered(host, ports.https if is_tls else ports.http, is_tls, vendor)


async def _is_open(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()  # nothing was said, nothing is waited for
    return True
