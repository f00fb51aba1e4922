"""What is asked and answered in WS-Discovery: pure.

Source: WS-Discovery of April 2005 as ONVIF Core 7 uses it. Answers are read by the local names of
their elements, whatever stands around them: prefixes, namespaces and encodings are wrong too often,
and no part of an answer nests. Entities other than those of characters are never resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit
from uuid import UUID

LONGEST_ANSWER_BYTES = 65_535
_MOST_MATCHES = 8
_MOST_WORDS = 64
_TEXT = 200

_NETWORK_VIDEO = re.compile(r"(?:\A|:)NetworkVideo(?:Transmitter|Storage|Display|Analytics)\Z")
_ONVIF_SCOPE = re.compile(r"onvif://[^/]*/([^/]+)/(.+)", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_PROBE = """\
<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"\
 xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"\
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"\
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header>\
<w:MessageID>uuid:{message_id}</w:MessageID>\
<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>\
<w:Action e:mustUnderstand="true">\
http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>\
<e:Body><d:Probe>{types}</d:Probe></e:Body></e:Envelope>"""
_CAMERAS = "<d:Types>dn:NetworkVideoTransmitter</d:Types>"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is; `host` as written, IPv6 without brackets."""

    host: str
    port: int
    is_tls: bool


@dataclass(frozen=True, slots=True)
class Match:
    """One endpoint of an answer: what it is known as, where it says it is, and what it says of
    itself in its scopes (empty where it does not)."""

    endpoint: str
    addresses: tuple[Address, ...]
    name: str
    maker: str
    model: str


def probe(message_id: UUID, *, is_for_cameras: bool) -> bytes:
    """The question. Recorders answer to that for everything, cameras to both."""
    types = _CAMERAS if is_for_cameras else ""
    return _PROBE.format(message_id=message_id, types=types).encode()


def parse_matches(data: bytes) -> list[Match]:
    """The video devices in an answer; none in whatever is none."""
    text = data[:LONGEST_ANSWER_BYTES].decode("utf-8", "replace")
    pieces = re.split(r"<(?:[\w.-]{1,32}:)?ProbeMatch(?=[\s>])", text)[1 : 1 + _MOST_MATCHES]
    return [match for piece in pieces if (match := _match(piece)) is not None]


def _match(piece: str) -> Match | None:
    scopes = _words(piece, "Scopes")
    addresses = tuple(filter(None, map(_address, _words(piece, "XAddrs"))))
    is_video = (
        any(map(_NETWORK_VIDEO.search, _words(piece, "Types")))
        or any(map(_ONVIF_SCOPE.match, scopes))
        or "/onvif/" in _said(piece, "XAddrs").lower()
    )
    if not is_video:
        return None
    said = _scopes(scopes)
    maker = next((said[key] for key in ("manufacturer", "mfr", "vendor") if key in said), "")
    endpoint = _plain(_said(piece, "Address"))
    return Match(endpoint, addresses, said.get("name", ""), maker, said.get("hardware", ""))


def _said(piece: str, name: str) -> str:
    """The text of the first element called so."""
    begin = re.search(rf"<(?:[\w.-]{{1,32}}:)?{name}(?:\s[^<>]*)?>", piece)
    if begin is None:
        return ""
    end = piece.find("<", begin.end())
    return unescape(piece[begin.end() : end]) if end >= 0 else ""


def _words(piece: str, name: str) -> list[str]:
    return _said(piece, name).split()[:_MOST_WORDS]


def _scopes(scopes: list[str]) -> dict[str, str]:
    """By kind, the first of each."""
    said: dict[str, str] = {}
    for scope in scopes:
        if (parts := _ONVIF_SCOPE.match(scope)) is not None:
            said.setdefault(parts[1].lower(), _plain(unquote(parts[2])))
    return said


def _address(written: str) -> Address | None:
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or port == 0:
        return None
    is_tls = parts.scheme == "https"
    return Address(host, port or (443 if is_tls else 80), is_tls)


def _plain(text: str) -> str:
    """Short, of one line, and nothing that a terminal would obey."""
    return _UNPRINTABLE.sub(" ", text).strip()[:_TEXT]
