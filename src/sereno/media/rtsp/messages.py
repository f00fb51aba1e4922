"""RTSP messages: requests to bytes, bytes to replies (RFC 2326, 6 and 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sereno import __version__
from sereno.media.faults import garbled

USER_AGENT = f"Sereno/{__version__}"
LARGEST_HEAD_BYTES = 16 * 1024
LARGEST_BODY_BYTES = 64 * 1024
ENDING_METHODS = ("TEARDOWN", "REDIRECT")
"""By these requests a server ends the session."""

_KNOWN_METHODS = ("OPTIONS", "ANNOUNCE", "GET_PARAMETER", "SET_PARAMETER", *ENDING_METHODS)
_STATUS_LINE = re.compile(r"RTSP/1\.\d +(?P<status>[1-5]\d\d)(?: +(?P<phrase>.*))?$")
_REQUEST_LINE = re.compile(r"(?P<method>[A-Z_]{3,20}) +\S+ +RTSP/1\.\d$")


@dataclass(frozen=True, slots=True)
class Message:
    """A reply, or a server's own request (`status` 0, `phrase` is its method).

    Header names are lower case.
    """

    status: int
    phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def line(self) -> str:
        """The status line, as it is shown to people."""
        return f"RTSP/1.0 {self.status} {self.phrase}".rstrip()

    def header(self, name: str) -> str:
        """The first header called `name`, or an empty text."""
        return next((value for key, value in self.headers if key == name), "")

    def headers_named(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def number(self, name: str) -> int | None:
        """A header that holds a whole number, or None."""
        value = self.header(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def parse_head(head: bytes) -> Message:
    """A message without its body, from the bytes before the empty line. Raises Garbled."""
    lines = re.split(r"\r?\n|\r", head.decode("utf-8", "replace"))
    first = lines[0].strip() if lines else ""
    headers = tuple(
        (name.strip().lower(), value.strip())
        for name, found, value in (line.partition(":") for line in lines[1:])
        if found
    )
    if match := _STATUS_LINE.match(first):
        return Message(int(match["status"]), match["phrase"] or "", headers)
    if match := _REQUEST_LINE.match(first):
        return Message(0, match["method"], headers)
    raise garbled(f"not an RTSP message: {first[:80]!r}")


def format_request(method: str, url: str, cseq: int, headers: Mapping[str, str]) -> bytes:
    """One request without body, ready to send."""
    lines = [
        f"{method} {url} RTSP/1.0",
        f"CSeq: {cseq}",
        f"User-Agent: {USER_AGENT}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "",
        "",
    ]
    return "\r\n".join(lines).encode()


def answer_request(request: Message) -> bytes:
    """The answer to a request from the server: we have nothing to give, and agree to what it says.

    Of a description that it announces the media themselves tell, by new parameter sets.
    """
    lines = [
        f"RTSP/1.0 {'200 OK' if request.phrase in _KNOWN_METHODS else '501 Not Implemented'}",
        *(
            f"{name}: {value}"
            for name in ("CSeq", "Session")
            if (value := request.header(name.lower()))
        ),
        *([f"Public: {', '.join(_KNOWN_METHODS)}"] if request.phrase == "OPTIONS" else []),
        "",
        "",
    ]
    return "\r\n".join(lines).encode()
