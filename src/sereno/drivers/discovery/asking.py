"""Asks the networks who is there, and collects what answers for a few seconds."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from sereno.drivers.discovery.lan import Lan
from sereno.drivers.discovery.messages import Match, parse_matches, probe

LISTEN_SECONDS = 4.0
_AGAIN_SECONDS = 1.0
"""A datagram may be lost: what was asked is asked twice."""

MOST_ANSWERS = 8192
MOST_MATCHES = 1024
_MOST_OF_ONE = 8
_HOPS = 1
_BUFFER_BYTES = 1 << 20

Wait = Callable[[float], Awaitable[object]]

Answered = dict[tuple[str, str], Match]
"""By source address and endpoint."""


class _Collector(asyncio.DatagramProtocol):
    """Keeps what makes sense, and no more of it than a network has."""

    def __init__(self, answered: Answered, seen: list[int]) -> None:
        self._answered = answered
        self._seen = seen

    def datagram_received(self, data: bytes, source: tuple[str | Any, int]) -> None:
        self._seen[0] += 1
        if self._seen[0] > MOST_ANSWERS:
            return
        host = str(source[0])
        for match in parse_matches(data):
            self._keep(host, match)

    def error_received(self, exc: Exception) -> None:
        """A network that cannot be asked says so here; the others go on."""

    def _keep(self, host: str, match: Match) -> None:
        key = (host, match.endpoint)
        if key in self._answered or len(self._answered) >= MOST_MATCHES:
            return
        if sum(known == host for known, _ in self._answered) < _MOST_OF_ONE:
            self._answered[key] = match


async def ask(lan: Lan, wait: Wait = asyncio.sleep) -> Answered:
    """What answered, by who sent it; `wait` lets the time pass. Garbage is passed over."""
    answered: Answered = {}
    seen = [0]
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        transports: list[asyncio.DatagramTransport] = []
        for interface in lan.interfaces:
            opened = _socket(interface)
            if opened is None:
                continue
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Collector(answered, seen), sock=opened
            )
            stack.callback(transport.close)
            transports.append(transport)
        if transports:
            await _ask_twice(transports, lan, wait)
    return answered


async def _ask_twice(transports: list[asyncio.DatagramTransport], lan: Lan, wait: Wait) -> None:
    for seconds in (_AGAIN_SECONDS, LISTEN_SECONDS - _AGAIN_SECONDS):
        for transport in transports:
            for is_for_cameras in (True, False):
                question = probe(uuid4(), is_for_cameras=is_for_cameras)
                transport.sendto(question, (lan.group, lan.port))
        await wait(seconds)


def _socket(interface: str) -> socket.socket | None:
    """A socket of this interface; None where it went away."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        made.bind((interface, 0))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _HOPS)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    except OSError:
        made.close()
        return None
    return made
