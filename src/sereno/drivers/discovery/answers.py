"""What answered the network, sorted out: one entry a device, at an address that leads there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sereno.drivers.discovery.asking import Answered
from sereno.drivers.discovery.lan import may_ask, may_list
from sereno.drivers.discovery.messages import Address, Match


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device, and the addresses where it may be asked, the likeliest first."""

    match: Match
    addresses: tuple[Address, ...]
    may_be_asked: bool


def candidates(answered: Answered, *, has_loopback: bool = False) -> list[Candidate]:
    """Each device once, though it may have answered from several of its addresses."""
    allowed = [
        (host, match)
        for (host, _), match in answered.items()
        if may_list(host, has_loopback=has_loopback)
    ]
    allowed.sort(key=lambda each: not may_ask(each[0], has_loopback=has_loopback))
    kept: dict[Address, Candidate] = {}
    hosts: list[tuple[str, Match]] = []
    for host, match in allowed:
        if any(_is_same(host, match, *other) for other in hosts):
            continue
        hosts.append((host, match))
        addresses = tuple(_addresses(host, match))
        may_be_asked = may_ask(host, has_loopback=has_loopback)
        kept.setdefault(addresses[0], Candidate(match, addresses, may_be_asked))
    return list(kept.values())


def _is_same(host: str, match: Match, other_host: str, other: Match) -> bool:
    """Whether two answers are of one device: it names both its addresses. One endpoint is not
    enough: whole series of cameras left the works with the same."""
    if host == other_host or not match.endpoint or match.endpoint != other.endpoint:
        return False
    both = {host, other_host}
    return any(both <= {each.host for each in one.addresses} for one in (match, other))


def _addresses(host: str, match: Match) -> Iterator[Address]:
    """Whatever a device calls itself, it is where its answer came from. Clear text first: nothing
    is shown there but questions, and its certificate would not be believed."""
    own = [each for each in match.addresses if each.host == host]
    ports = own or match.addresses or (Address(host, 80, False),)
    said = sorted({(each.is_tls, each.port) for each in ports})
    return (Address(host, port, is_tls) for is_tls, port in said)
