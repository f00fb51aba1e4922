"""ffmpeg's standard output, cut into the boxes of an MP4 file as they come."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from sereno.media.faults import garbled
from sereno.media.fmp4.boxes import HEAD_BYTES

LARGEST_BOX_BYTES = 64 * 1024 * 1024
_HEAD = Struct(">I4s")


class BoxSplitter:
    """Takes bytes in any portions, gives whole boxes."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Kind and contents of each box that is whole now. Raises Garbled for what is no box."""
        pending = self._data
        pending += data
        while len(pending) >= HEAD_BYTES:
            size, kind = _HEAD.unpack_from(pending)
            if not HEAD_BYTES <= size <= LARGEST_BOX_BYTES:
                raise garbled(f"size of box {kind!r}")
            if len(pending) < size:
                return
            contents = bytes(memoryview(pending)[HEAD_BYTES:size])
            del pending[:size]
            yield kind, contents
