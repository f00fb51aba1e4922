"""Whose an address is: the host and the port that it leads to."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443, "rtmp": 1935}


@lru_cache(maxsize=4096)
def host_and_port(address: str) -> tuple[str, str]:
    """Of what has neither, such as a device file, the address itself and nothing."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or _PORTS.get(parts.scheme.lower())
    except ValueError:
        return address, ""
    return parts.hostname or address, str(port or "")
