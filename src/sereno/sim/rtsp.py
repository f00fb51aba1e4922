"""RTSP 1.0 as text: requests, responses, digest authentication, session descriptions.

Sources: RFC 2326 (RTSP), RFC 2617 section 3 without qop as cameras do it, RFC 6184 section 8 (SDP).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sereno.sim.packets import PAYLOAD_TYPE, ParameterSets

REALM = "Sereno simulated camera"
_HEADER_LIMIT = 16 * 1024
_BODY_LIMIT = 64 * 1024
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    505: "RTSP Version Not Supported",
}
_DIGEST_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_STREAM_PATH = re.compile(r"/cam/(\d{1,6})/(main|sub)(?:/trackID=0)?/?")


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
    """Which stream an address names."""

    camera: int
    kind: str


def take_request(buffer: bytearray) -> Request | None:
    """Cuts the next request off ``buffer``; None when it is not complete yet.

    Interleaved packets before it (receiver reports) are dropped: nobody needs them here.
    Raises MalformedRequest.
    """
    while buffer[:1] == b"$":
        if len(buffer) < 4 or len(buffer) < 4 + int.from_bytes(buffer[2:4], "big"):
            return None
        del buffer[: 4 + int.from_bytes(buffer[2:4], "big")]
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
        method, uri, version = first.split(" ")
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
    status: int, request: Request | None, headers: dict[str, str], body: str = ""
) -> bytes:
    """A response to ``request`` (None: to something that could not be read)."""
    lines = [f"RTSP/1.0 {status} {_REASONS[status]}"]
    if request is not None and "cseq" in request.headers:
        lines.append(f"CSeq: {request.headers['cseq']}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def stream_path(uri: str) -> StreamPath | None:
    """The stream an address names, or None for an address this server does not have."""
    try:
        path = urlsplit(uri).path
    except ValueError:
        return None
    match = _STREAM_PATH.fullmatch(path)
    return StreamPath(int(match[1]), match[2]) if match else None


def is_authorised(request: Request, user: str, password: str, nonce: str) -> bool:
    """Whether the request carries a right digest answer to ``nonce``."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "digest":
        return False
    fields = {name.lower(): quoted or bare for name, quoted, bare in _DIGEST_FIELD.findall(rest)}
    if fields.get("username") != user or fields.get("nonce") != nonce:
        return False
    expected = digest_response(
        user, password, fields.get("realm", ""), nonce, request.method, fields.get("uri", "")
    )
    return hmac.compare_digest(expected.encode(), fields.get("response", "").lower().encode())


def digest_response(user: str, password: str, realm: str, nonce: str, method: str, uri: str) -> str:
    """The answer of RFC 2069: MD5, no qop."""
    secret = _md5(f"{user}:{realm}:{password}")
    return _md5(f"{secret}:{nonce}:{_md5(f'{method}:{uri}')}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def session_description(
    name: str, address: str, parameters: ParameterSets, fps: int, bitrate_bps: int, identity: int
) -> str:
    """The SDP of one stream."""
    lines = [
        "v=0",
        f"o=- {identity} 1 IN IP4 {address}",
        f"s={name}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"b=AS:{-(-bitrate_bps // 1000)}",
        f"a=rtpmap:{PAYLOAD_TYPE} H264/90000",
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id="
        f"{parameters.profile_level_id};sprop-parameter-sets={parameters.sprop}",
        f"a=framerate:{fps}",
        "a=control:trackID=0",
    ]
    return "\r\n".join(lines) + "\r\n"


@dataclass(frozen=True, slots=True)
class InterleavedTransport:
    """RTP and RTCP over the RTSP connection itself, on two channels."""

    rtp_channel: int
    rtcp_channel: int


def chosen_transport(header: str) -> InterleavedTransport | None:
    """The first offer of a Transport header that this server can serve, or None."""
    for offer in header.split(","):
        profile, *options = (part.strip() for part in offer.split(";"))
        if profile.upper() != "RTP/AVP/TCP" or "multicast" in options:
            continue
        channels = next((o[12:] for o in options if o.startswith("interleaved=")), "0-1")
        match = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", channels)
        if match:
            first = int(match[1])
            second = int(match[2]) if match[2] else first + 1
            if max(first, second) <= 255:
                return InterleavedTransport(first, second)
    return None
