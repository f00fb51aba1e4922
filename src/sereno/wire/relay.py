"""What front and a node elsewhere say to each other on a socket that the node dialled.

Front wakes the node with an id that cannot be guessed (`RelayOrder`); the node dials
`WS /api/v1/node/relay/{id}` with its token. Then, one call after the other on the same socket:

1. Front sends a `RelayCall` as text, and the call's body as one binary message, empty or not.
2. The node answers with a `RelayHead` as text, the body in binary pieces, and an empty one at its
   end. What ends without that was cut short.

A call of a socket, live or of a recorder's footage, has no head: the body is the viewer's first
message; texts pass as they are, binary messages as pieces that begin with `MORE` or `LAST`
(`pieces_of`); the node ends it by closing, with the code and reason that are the viewer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from sereno.wire.message import Message

# Front's sockets take messages of 64 KiB.
PIECE_BYTES = 48 * 1024
LARGEST_BODY_BYTES = 256 * 1024
MORE, LAST = b"\x00", b"\x01"

# What travels; nothing else does: no cookie of a person, no rule for browsers that a node made up.
CALL_HEADERS = frozenset(
    (
        "accept", "authorization", "content-type", "if-match", "if-modified-since",
        "if-none-match", "if-range", "range",
    )
)  # fmt: skip
ANSWER_HEADERS = frozenset(
    (
        "accept-ranges", "cache-control", "content-disposition", "content-length",
        "content-range", "content-type", "etag", "last-modified", "link", "location",
        "retry-after",
    )
)  # fmt: skip
# Facts of a picture or a clip, such as when it was taken.
FACTS_PREFIX = "x-sereno-"

Headers = tuple[tuple[str, str], ...]


class RelayCall(Message):
    """A call of `/media/v1/…`, ticket included, which the node checks as any other."""

    method: Literal["GET", "HEAD", "POST", "DELETE", "WEBSOCKET"]
    path: str = Field(description="path and query as they came", repr=False)
    headers: Headers = Field(default=(), repr=False)


class RelayHead(Message):
    """How the answer begins."""

    status: int = Field(ge=200, le=599)
    headers: Headers = ()


def pieces_of(message: bytes) -> Iterator[bytes]:
    """A binary message of a socket in pieces that fit, each with its mark."""
    most = PIECE_BYTES - 1
    for start in range(0, max(len(message), 1), most):
        mark = LAST if start + most >= len(message) else MORE
        yield mark + message[start : start + most]
