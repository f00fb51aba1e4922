"""Devices nobody named yet: those that answer WS-Discovery and, where a subnet is named, those that
stand in it.

No credentials are shown, and only private addresses are asked anything.
"""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address

from sereno.drivers.discovery.answers import Candidate, candidates
from sereno.drivers.discovery.asking import Wait, ask
from sereno.drivers.discovery.discovered import Discovered, Looked, OnLooked
from sereno.drivers.discovery.lan import Lan, own_lan, subnet_of
from sereno.drivers.discovery.messages import Address
from sereno.drivers.discovery.strangers import vendor_at
from sereno.drivers.discovery.sweep import Ports, Sweep
from sereno.drivers.tools import Tools

ANY_ONVIF = "onvif"
_DEVICES_AT_ONCE = 8
_LISTENED, _ASKED = 0.1, 0.2
"""How far it is after the networks answered, and after each device did, where a subnet follows."""


async def discover(
    tools: Tools,
    *,
    subnet: str = "",
    lan: Lan | None = None,
    on_looked: OnLooked | None = None,
    wait: Wait = asyncio.sleep,
    ports: Ports | None = None,
) -> list[Discovered]:
    """What was found, by address. Raises Invalid for a subnet that may not be looked through."""
    lan = own_lan() if lan is None else lan
    wanted = subnet_of(subnet, has_loopback=lan.has_loopback) if subnet else None
    looking = _Looking(tools, on_looked)
    answered = await ask(lan, wait)
    looking.tell(_LISTENED)
    found = candidates(answered, has_loopback=lan.has_loopback)
    await looking.ask_all(found, _ASKED if wanted else 1.0)
    if wanted is not None:
        done, count = 0, max(wanted.num_addresses - 2, 1)

        def one_more(stands_there: Discovered | None) -> None:
            nonlocal done
            done += 1
            if stands_there is not None:
                looking.add_if_new(stands_there)
            looking.tell(min(_ASKED + (1 - _ASKED) * done / count, 1.0))

        await Sweep(tools, one_more, ports or Ports()).run(wanted)
    return looking.found


class _Looking:
    """What was found so far, and who is told of it."""

    def __init__(self, tools: Tools, on_looked: OnLooked | None) -> None:
        self._tools = tools
        self._on_looked = on_looked
        self._found: dict[tuple[IPv4Address, int], Discovered] = {}

    @property
    def found(self) -> list[Discovered]:
        return [self._found[key] for key in sorted(self._found)]

    def tell(self, progress: float) -> None:
        if self._on_looked is not None:
            self._on_looked(Looked(progress, tuple(self.found)))

    def add_if_new(self, device: Discovered) -> None:
        """Of a host that answered by itself, more is known already."""
        host = IPv4Address(device.host)
        if not any(known == host for known, _ in self._found):
            self._add(device)

    async def ask_all(self, found: list[Candidate], until: float) -> None:
        """Whose each is; `until` is how far it is then."""
        room, done = asyncio.Semaphore(_DEVICES_AT_ONCE), 0

        async def one(candidate: Candidate) -> None:
            nonlocal done
            async with room:
                self._add(await self._asked(candidate))
            done += 1
            self.tell(_LISTENED + (until - _LISTENED) * done / len(found))

        async with asyncio.TaskGroup() as group:
            for candidate in found:
                group.create_task(one(candidate))

    async def _asked(self, candidate: Candidate) -> Discovered:
        """At the first address where somebody answers, else at the likeliest."""
        if candidate.may_be_asked:
            for address in candidate.addresses:
                if (vendor := await vendor_at(address, self._tools)) is not None:
                    return _device(candidate, address, vendor)
        return _device(candidate, candidate.addresses[0], "")

    def _add(self, device: Discovered) -> None:
        self._found[IPv4Address(device.host), device.port] = device


def _device(candidate: Candidate, address: Address, vendor: str) -> Discovered:
    match = candidate.match
    return Discovered(
        address.host, address.port, address.is_tls, vendor or ANY_ONVIF,
        match.maker, match.model, match.name, match.endpoint,
    )  # fmt: skip
