"""Addresses that a device tells, made into ones that lead to it: pure.

A device tells what it thinks its address is: that of its other network card, of the inside of a
router, or of the factory. What holds is the host that answered; path and query are kept.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit, urlunsplit

_SAFE = "/?#[]@!$&'()*+,;=:%~-._"
_LONGEST = 2000
_RTSP_PORT = 554
_BLANK = re.compile(r"[\s\x00-\x1f]+")


def target_of(address: str) -> str:
    """Path and query of a service's or a picture's address, as they go on the wire; empty where
    the address makes no sense."""
    parts = _split(address, ("http", "https"))
    if parts is None:
        return ""
    target = (parts[2] or "/") + (f"?{parts[3]}" if parts[3] else "")
    return quote(target, safe=_SAFE).replace("#", "%23")


def rtsp_address(address: str, host: str, port: int | None) -> str:
    """An RTSP address without credentials, at the host that answers; empty where it makes no sense.
    `port` is where a person knows better than the device."""
    parts = _split(address, ("rtsp", "rtsps"))
    if parts is None:
        return ""
    said = parts[1]
    name = f"[{host}]" if ":" in host else host
    netloc = f"{name}:{port or said or _RTSP_PORT}"
    path = quote(parts[2], safe=_SAFE)
    return urlunsplit((parts[0], netloc, path, quote(parts[3], safe=_SAFE), ""))


def _split(address: str, schemes: tuple[str, ...]) -> tuple[str, int | None, str, str] | None:
    """Scheme, port, path and query of an address, whatever white space is in it."""
    text = _BLANK.sub("", address).replace("&amp;", "&")  # some escape it twice
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in schemes or not parts.netloc or len(text) > _LONGEST:
        return None
    return parts.scheme.lower(), port, parts.path, parts.query
