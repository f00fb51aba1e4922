"""How media travel: what we offer in SETUP and what a server makes of it (RFC 2326, 12.39)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

TCP, UDP, MULTICAST = "tcp", "udp", "multicast"
_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?$")


@dataclass(frozen=True, slots=True)
class Transport:
    """One `Transport` header of a reply, as far as it can be understood.

    `kind` is `tcp`, `udp` or `multicast`. Pairs are RTP and RTCP; None where the server said
    nothing usable. Addresses are IP addresses, or empty.
    """

    kind: str
    channels: tuple[int, int] | None = None
    server_ports: tuple[int, int] | None = None
    group_ports: tuple[int, int] | None = None
    destination: str = ""
    source: str = ""


def offer(kind: str, first: int = 0) -> str:
    """What we ask for: `first` is the channel (tcp) or the port (udp) for RTP, the next is RTCP's.

    >>> offer("tcp", 2)
    'RTP/AVP/TCP;unicast;interleaved=2-3'
    """
    if kind == TCP:
        return f"RTP/AVP/TCP;unicast;interleaved={first}-{first + 1}"
    if kind == UDP:
        return f"RTP/AVP;unicast;client_port={first}-{first + 1}"
    return "RTP/AVP;multicast"


def parse_transport(text: str) -> Transport:
    """Read a reply's header; any text gives a value."""
    # A server may repeat all that it could do; the first is what it does.
    words = text.split(",", 1)[0].split(";")
    fields: dict[str, str] = {}
    for word in words[1:]:
        key, _, value = word.partition("=")
        fields.setdefault(key.strip().lower(), value.strip().strip('"'))
    if "TCP" in words[0].upper() or "interleaved" in fields:
        kind = TCP
    else:
        kind = MULTICAST if "multicast" in fields else UDP
    return Transport(
        kind,
        channels=_pair(fields.get("interleaved", ""), 255),
        server_ports=_pair(fields.get("server_port", ""), 65535),
        group_ports=_pair(fields.get("port", ""), 65535),
        destination=_address(fields.get("destination", "")),
        source=_address(fields.get("source", "")),
    )


def _pair(text: str, largest: int) -> tuple[int, int] | None:
    match = _PORTS.match(text)
    if match is None or not text.isascii():
        return None
    first = int(match[1])
    second = int(match[2]) if match[2] else first + 1
    return (first, second) if first <= largest and second <= largest else None


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way that was tried; `was_refused`: the server said no, else nothing came."""

    kind: str
    was_refused: bool


def next_kind(wanted: str, remembered: str, is_encrypted: bool, tried: list[Attempt]) -> str | None:
    """Which way to try now, or None when all that make sense have failed.

    What worked the last time comes first. Multicast burdens everyone on the network: `auto` takes
    it only when UDP was refused, not where nothing came. Media beside a TLS connection would
    travel in clear text, so that there is only one way then.
    """
    kinds = [TCP, UDP, MULTICAST] if wanted == "auto" else [wanted]
    if wanted == "auto" and remembered in kinds:
        kinds.sort(key=lambda kind: kind != remembered)
    if is_encrypted:
        kinds = [kind for kind in kinds if kind == TCP]
    was_udp_refused = Attempt(UDP, was_refused=True) in tried
    done = {attempt.kind for attempt in tried}
    for kind in kinds:
        is_last_resort = kind == MULTICAST and wanted == "auto" and remembered != MULTICAST
        if kind not in done and (was_udp_refused or not is_last_resort):
            return kind
    return None
