"""Headers on their way through: what goes on, what stays here, what is added (RFC 9110, 7.6)."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

RawHeaders = list[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset(
    (
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization",
        b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade",
    )
)  # fmt: skip
# Whoever calls may claim anything here; the hub believes what front says, so front says it anew.
_CLAIMS = frozenset(
    (
        b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port",
        b"x-forwarded-proto", b"x-forwarded-prefix", b"x-forwarded-by", b"x-real-ip",
    )
)  # fmt: skip


def without_hops(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers that are meant for the other end, not for the next hop."""
    listed = [(name.lower(), value) for name, value in headers]
    named = {
        token.strip().lower()
        for name, value in listed
        if name == b"connection"
        for token in value.split(b",")
    }
    return [(name, value) for name, value in listed if name not in _HOP_BY_HOP | named]


def request_headers(call: HTTPConnection) -> RawHeaders:
    """What to tell the hub or a node: the caller's headers, and who called how."""
    own = [
        (b"x-forwarded-for", _client(call).encode()),
        (b"x-forwarded-proto", _scheme(call).encode()),
        (b"x-forwarded-host", call.headers.get("host", "").encode("latin-1")),
    ]
    kept = [(name, value) for name, value in without_hops(call.headers.raw) if name not in _CLAIMS]
    return kept + own


def has_body(headers: Headers) -> bool:
    """Whether a request brings a body (RFC 9112, 6.3)."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _client(call: HTTPConnection) -> str:
    return call.client.host if call.client is not None else ""


def _scheme(call: HTTPConnection) -> str:
    return "https" if call.url.scheme in ("https", "wss") else "http"
