"""RTSP 1.0 as text: requests, responses, addresses, transports (RFC 2326)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from sereno.base.spans import Span

_HEADER_LIMIT = 16 * 1024
_BODY_LIMIT = 64 * 1024
_REASONS = {
    451: "Parameter Not Understood",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    457: "Invalid Range",
    459: "Aggregate Operation Not Allowed",
    460: "Only Aggregate Operation Allowed",
    461: "Unsupported Transport",
    505: "RTSP Version Not Supported",
    551: "Option Not Supported",
}
"""Where RTSP has words of its own; the rest are HTTP's."""
_STREAM_PATH = re.compile(r"(/moved)?/cam/(\d{1,6})/(main|sub)(?:/trackID=(\d))?/?")


class MalformedRequest(Exception):
    """What arrived is no RTSP request; the connection cannot go on."""


@dataclass(frozen=True, slots=True)
class Request:
    """One RTSP request; header names are lower case."""

    method: str
    uri: str
    version: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class StreamPath:
    """Which stream an address names, and which of its tracks (None: all).

    ``is_moved`` tells the address that a redirection leads to. ``span`` is that of the footage
    asked for, None for live.
    """

    camera: int
    kind: str
    track: int | None = None
    query: str = ""
    is_moved: bool = False
    span: Span | None = None


FindPath = Callable[[str], StreamPath | None]
"""Reads an address; None for one that the server does not have."""


OnPacket = Callable[[int, bytes], None]
"""Called with the channel and the packet."""


def take_request(buffer: bytearray, on_packet: OnPacket | None = None) -> Request | None:
    """Cuts the next request off ``buffer``; None when it is not complete yet.

    Interleaved packets before it go to ``on_packet``. A reply to a request of ours reads as a
    request whose method is its RTSP version. Raises MalformedRequest.
    """
    while buffer[:1] == b"$":
        size = int.from_bytes(buffer[2:4], "big")
        if len(buffer) < 4 or len(buffer) < 4 + size:
            return None
        if on_packet is not None:
            on_packet(buffer[1], bytes(buffer[4 : 4 + size]))
        del buffer[: 4 + size]
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > _HEADER_LIMIT:
            raise MalformedRequest
        return None
    request = _parse(bytes(buffer[:end]))
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > _BODY_LIMIT:
        raise MalformedRequest
    if len(buffer) < end + 4 + int(length):
        return None
    del buffer[: end + 4 + int(length)]
    return request


def _parse(head: bytes) -> Request:
    try:
        first, *lines = head.decode().lstrip("\r\n").split("\r\n")
        method, uri, version = first.split(" ", 2)
    except ValueError:
        raise MalformedRequest from None
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise MalformedRequest
        headers[name.strip().lower()] = value.strip()
    return Request(method, uri, version, headers)


def response(
    status: int, headers: list[tuple[str, str]], body: str = "", phrase: str = ""
) -> bytes:
    """A response as bytes; `phrase` stands in place of the status's usual words."""
    lines = [f"RTSP/1.0 {status} {phrase or reason_of(status)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def reason_of(status: int) -> str:
    """A status in words."""
    if status in _REASONS:
        return _REASONS[status]
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"


def stream_path(uri: str) -> StreamPath | None:
    """The stream an address names, or None for an address this server does not have."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    match = _STREAM_PATH.fullmatch(parts.path)
    if match is None:
        return None
    moved, camera, kind, track = match.groups()
    return StreamPath(int(camera), kind, int(track) if track else None, parts.query, bool(moved))


@dataclass(frozen=True, slots=True)
class TransportOffer:
    """One way that a client offers to take packets: ``tcp``, ``udp`` or ``multicast``.

    ``numbers`` are the channels or the client's ports, None where the server may choose.
    """

    way: str
    numbers: tuple[int, int] | None = None


def chosen_transport(header: str, ways: Collection[str]) -> TransportOffer | None:
    """The first offer of a Transport header that is one of ``ways``, or None."""
    for text in header.split(","):
        offer = _offer(text)
        if offer is not None and offer.way in ways:
            return offer
    return None


def _offer(text: str) -> TransportOffer | None:
    profile, *options = (part.strip() for part in text.split(";"))
    if profile.upper() not in ("RTP/AVP/TCP", "RTP/AVP", "RTP/AVP/UDP"):
        return None
    is_tcp = profile.upper() == "RTP/AVP/TCP"
    if "multicast" in options:
        return None if is_tcp else TransportOffer("multicast")
    name, highest = ("interleaved", 255) if is_tcp else ("client_port", 65_535)
    named = next((o.partition("=")[2] for o in options if o.startswith(f"{name}=")), None)
    if named is None:
        return TransportOffer("tcp") if is_tcp else None
    pair = _pair(named, highest)
    return None if pair is None else TransportOffer("tcp" if is_tcp else "udp", pair)


def _pair(text: str, highest: int) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", text)
    if match is None:
        return None
    first = int(match[1])
    second = int(match[2]) if match[2] else first + 1
    return (first, second) if max(first, second) <= highest else None
