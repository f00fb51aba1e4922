"""What a bad network does to packets on their way out."""

from __future__ import annotations

import asyncio
import random
from collections import deque

from sereno.sim.outlets import Outlet, Wire
from sereno.sim.packets import packets_in
from sereno.sim.quirks import Quirks

_GARBAGE_BYTES = 200
_DOLLAR = ord("$")


def through_network(outlet: Outlet, quirks: Quirks) -> Outlet:
    """The outlet behind the network that the quirks describe; itself behind a good one."""
    names = ("loss", "reorder", "duplicate", "jitter", "garbage")
    return _BadNetwork(outlet, quirks) if any(name in quirks for name in names) else outlet


class _BadNetwork:
    def __init__(self, outlet: Outlet, quirks: Quirks) -> None:
        self.channel = outlet.channel
        self._outlet = outlet
        self._loss = quirks.get("loss", 0.0) / 100
        self._reorder = quirks.get("reorder", 0.0) / 100
        self._duplicate = quirks.get("duplicate", 0.0) / 100
        self._jitter_seconds = quirks.get("jitter", 0.0) / 1000
        self._garbage_every = round(quirks.get("garbage", 0.0))
        self._random = random.Random()  # noqa: S311  no secret depends on it
        self._loop = asyncio.get_running_loop()
        self._free_at = 0.0
        self._sends = 0
        self._late: bytes | None = None
        self._waiting: deque[bytes] = deque()

    def send(self, wire: Wire) -> None:
        packets = self._troubled([bytes(packet) for packet in packets_in(wire)])
        self._sends += 1
        if self._jitter_seconds:
            due = self._loop.time() + self._random.uniform(0, self._jitter_seconds)
            self._free_at = max(self._free_at, due)  # what waits is not overtaken
            self._waiting.append(b"".join(packets))
            self._loop.call_at(self._free_at, self._send_oldest)
        else:
            self._outlet.send(b"".join(packets))
        if self._garbage_every and self._sends % self._garbage_every == 0:
            self._outlet.send_garbage(self._noise())

    def send_report(self, packet: bytes) -> None:
        self._outlet.send_report(packet)

    def send_garbage(self, data: bytes) -> None:
        self._outlet.send_garbage(data)

    def close(self) -> None:
        self._outlet.close()

    def _send_oldest(self) -> None:
        self._outlet.send(self._waiting.popleft())

    def _troubled(self, packets: list[bytes]) -> list[bytes]:
        chance = self._random.random
        out = []
        for packet in packets:
            if chance() < self._loss:
                continue
            if self._late is None and chance() < self._reorder:
                self._late = packet
                continue
            out.append(packet)
            if self._late is not None:
                out.append(self._late)
                self._late = None
            if chance() < self._duplicate:
                out.append(packet)
        return out

    def _noise(self) -> bytes:
        """Random bytes without "$", which would begin a packet of any length."""
        data = self._random.randbytes(self._random.randint(1, _GARBAGE_BYTES))
        return bytes(byte for byte in data if byte != _DOLLAR)
