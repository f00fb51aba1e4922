"""What runner and helper say to each other through two pipes.

To the helper: `OPEN` a channel (data: codec and rate), `DATA` for it (samples and the time of the
first), `CLOSE` it. Back comes `DATA`: an AAC access unit and its time. Times are 32 bits in units
of the sampling rate.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

OPEN, DATA, CLOSE = 1, 2, 3
LARGEST_DATA_BYTES = 0xFFFF
_HEAD = Struct(">BIIH")


class Message(NamedTuple):
    """One message. `data` has at most LARGEST_DATA_BYTES."""

    kind: int
    channel: int
    time: int = 0
    data: bytes = b""

    def pack(self) -> bytes:
        return _HEAD.pack(self.kind, self.channel, self.time, len(self.data)) + self.data


class Messages:
    """Finds messages in bytes that come in any portions."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Those that are whole now."""
        pending = self._pending
        pending += data
        while len(pending) >= _HEAD.size:
            kind, channel, time, size = _HEAD.unpack_from(pending)
            end = _HEAD.size + size
            if len(pending) < end:
                return
            contents = bytes(pending[_HEAD.size : end])
            del pending[:end]
            yield Message(kind, channel, time, contents)
