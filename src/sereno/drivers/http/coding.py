"""Takes off what an answer was packed with: RFC 9110, "Content Codings".

We ask for none; some web servers, and programs in front of them, pack all the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpx

_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_ANY_HEAD = 32 + zlib.MAX_WBITS
_NO_HEAD = -zlib.MAX_WBITS
_PIECE_BYTES = 64 * 1024


def coding_of(headers: httpx.Headers) -> str:
    """How the body is packed, in lower case; empty where it is as it stands, or packed in a way
    that nobody asked for and nobody here knows."""
    said: str = headers.get("content-encoding", "")
    coding = said.strip().lower()
    return coding if coding in _PACKED else ""


class Unpacking:
    """One body, from its beginning; a little at a time, however much it unpacks to.

    Raises zlib.error for what is not packed so, or was cut off.
    """

    def __init__(self, coding: str) -> None:
        self._may_lack_head = coding == "deflate"
        self._inflater = zlib.decompressobj(_ANY_HEAD)
        self._has_begun = False

    def add(self, packed: bytes) -> Iterator[bytes]:
        """What these bytes unpack to."""
        is_more = bool(packed)
        while is_more and not self._inflater.eof:  # whatever follows the end is none of it
            if piece := self._inflate(packed):
                yield piece
            packed = self._inflater.unconsumed_tail
            # All may be taken in, and not all given out yet.
            is_more = bool(packed) or len(piece) == _PIECE_BYTES

    def finish(self) -> None:
        """No more comes."""
        if self._has_begun and not self._inflater.eof:
            raise zlib.error("cut off")

    def _inflate(self, packed: bytes) -> bytes:
        try:
            piece = self._inflater.decompress(packed, _PIECE_BYTES)
        except zlib.error:
            if self._has_begun or not self._may_lack_head:
                raise
            self._inflater = zlib.decompressobj(_NO_HEAD)  # as many servers pack "deflate"
            piece = self._inflater.decompress(packed, _PIECE_BYTES)
        self._has_begun = True
        return piece
