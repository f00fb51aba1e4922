"""The addresses of a stream, its tracks, and where a server sends us instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from sereno.media.faults import fault

_PORTS = {"rtsp": 554, "rtsps": 322}
_UNSAFE = re.compile(r"[^!-~]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect, and what to ask for: `url` has no credentials."""

    url: str
    host: str
    port: int
    is_encrypted: bool


def parse_address(text: str) -> Address:
    """An `rtsp://` or `rtsps://` address. Raises StreamFault `garbled` for any other."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port  # the port raises where it is no number
    except ValueError:
        raise fault("garbled", "the address is not rtsp://host/…", host="?") from None
    if parts.scheme not in _PORTS or not host:
        raise fault("garbled", "the address is not rtsp://host/…", host="?")
    url = _safe(_without_credentials(parts))
    return Address(url, host, port or _PORTS[parts.scheme], parts.scheme == "rtsps")


def base_of(said: str, asked: str) -> str:
    """The base of relative addresses: what the server said, unless that is no address."""
    try:
        parts = urlsplit(said.strip())
        is_usable = parts.scheme.lower() in _PORTS and bool(parts.hostname)
    except ValueError:
        is_usable = False
    return _safe(_without_credentials(parts)) if is_usable else asked


def join(base: str, control: str) -> str:
    """A track's address as servers in the field mean it: an absolute one stands, anything else is
    appended to the base, whatever RFC 1808 says about its last part and its query."""
    if control in ("", "*"):
        return base
    if re.match(r"rtsps?://", control, re.IGNORECASE):
        return base_of(control, base)
    return _safe(f"{base.rstrip('/')}/{control.lstrip('/')}")


def redirected(address: Address, location: str) -> Address:
    """Where a redirect leads. Raises StreamFault: no place, or one without our encryption."""
    try:
        target = parse_address(urljoin(address.url, location.strip()))
    except ValueError:
        raise fault("garbled", f"redirect to {location}", host=address.host) from None
    if address.is_encrypted and not target.is_encrypted:
        raise fault("device_error", f"redirect to {target.url}, without encryption", status="3xx")
    return target


def _without_credentials(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _safe(url: str) -> str:
    """Nothing that would end a request line."""
    return _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), url)
