"""Reading the settings of WebRTC's own connections."""

from __future__ import annotations

import re
from typing import NamedTuple

# RFC 7064 and RFC 7065, as far as the library that makes the connections takes them.
_SERVER = re.compile(
    r"stun:[^?:\s,/@]+(:\d{1,5})?"
    r"|turn:[^?:\s,/@]+(:\d{1,5})?(\?transport=(udp|tcp))?"
    r"|turns:[^?:\s,/@]+(:\d{1,5})?(\?transport=tcp)?"
)
_PORTS = re.compile(r"(\d{1,5})-(\d{1,5})")


class PortRange(NamedTuple):
    """UDP ports, both included."""

    first: int
    last: int


def parse_servers(value: object) -> object:
    """URIs of STUN and TURN servers, separated by commas. Raises ValueError."""
    if not isinstance(value, str):
        return value
    servers = tuple(part.strip() for part in value.split(",") if part.strip())
    if not all(_SERVER.fullmatch(server) for server in servers):
        raise ValueError("no STUN or TURN server")
    return servers


def parse_ports(value: object) -> object:
    """A range such as 40000-40100. Raises ValueError."""
    if not isinstance(value, str):
        return value
    match = _PORTS.fullmatch(value.replace(" ", ""))
    if match is None:
        raise ValueError("no range of ports")
    found = PortRange(int(match[1]), int(match[2]))
    if not 1024 <= found.first <= found.last <= 65535:
        raise ValueError("no range of ports")
    return found
