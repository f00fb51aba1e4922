"""Puts packets that came out of order back in order, without delay for those that are in it.

Datagrams overtake each other by a few places. A packet that comes too early is held until those
before it are here, or until it is clear that they never come: then what is held goes on, and who
takes it sees the gap in the sequence numbers (RFC 3550, 5.1).
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

LARGEST_PACKETS = 64
LARGEST_WAIT_US = 100_000
_STRAY_LIMIT = 100
"""So far behind, a packet is not late: its sender began to count anew."""

_LARGEST_STEP = 3000
"""So far ahead, none were lost: it is a stray, or counted anew as well (RFC 3550, A.1)."""

_RESTART_PACKETS = 3
_head = Struct(">2xH4xI").unpack_from

Give = Callable[[bytearray, memoryview, int, int], None]


class JitterBuffer:
    """Sorts the RTP packets of one track by their sequence numbers.

    `lost_count` only grows: packets that never came, or came too late. Whoever feeds the buffer
    calls `expire` now and then; times are microseconds of any one clock that never goes back.
    """

    def __init__(
        self,
        give: Give,
        most_packets: int = LARGEST_PACKETS,
        most_wait_us: int = LARGEST_WAIT_US,
    ) -> None:
        self.lost_count = 0
        self._give = give
        self._most_packets = most_packets
        self._most_wait_us = most_wait_us
        self._next = -1
        self._source = 0
        self._behind_count = 0
        self._held: dict[int, bytearray] = {}
        self._held_since_us = 0

    def put(self, data: bytearray, view: memoryview, start: int, end: int, now_us: int) -> None:
        """Take one packet of at least 12 bytes; hand on all that is in order now."""
        sequence, source = _head(data, start)
        if sequence == self._next and source == self._source:
            self._behind_count = 0
            self._next = sequence + 1 & 0xFFFF
            self._give(data, view, start, end)
            if self._held:
                self._held_since_us = now_us
                self._drain()
            return
        if source != self._source or self._next < 0:
            self._restart(source)
            self._pass(sequence, data, view, start, end)
            return
        ahead = sequence - self._next & 0xFFFF
        if ahead >= _LARGEST_STEP:
            self._meet_stray(sequence, 0x10000 - ahead, data, view, start, end)
            return
        if not self._held:
            self._held_since_us = now_us
        self._held.setdefault(sequence, data[start:end])
        if len(self._held) >= self._most_packets:
            self._give_up()
        else:
            self.expire(now_us)

    def expire(self, now_us: int) -> None:
        """Give up on packets that were waited for long enough."""
        if self._held and now_us - self._held_since_us >= self._most_wait_us:
            self._held_since_us = now_us
            self._give_up()

    def _give_up(self) -> None:
        """Go on with the earliest packet that is here."""
        first = min(self._held, key=lambda sequence: sequence - self._next & 0xFFFF)
        self.lost_count += first - self._next & 0xFFFF
        self._next = first
        self._drain()

    def _drain(self) -> None:
        while (packet := self._held.pop(self._next, None)) is not None:
            self._next = self._next + 1 & 0xFFFF
            self._give(packet, memoryview(packet), 0, len(packet))

    def _pass(self, sequence: int, data: bytearray, view: memoryview, start: int, end: int) -> None:
        self._next = sequence + 1 & 0xFFFF
        self._give(data, view, start, end)

    def _meet_stray(
        self, sequence: int, behind: int, data: bytearray, view: memoryview, start: int, end: int
    ) -> None:
        """A packet from before, or one that belongs nowhere, unless several in a row do."""
        if behind < _STRAY_LIMIT:
            return
        self._behind_count += 1
        if self._behind_count >= _RESTART_PACKETS:
            self._restart(self._source)
            self._pass(sequence, data, view, start, end)

    def _restart(self, source: int) -> None:
        while self._held:
            self._give_up()
        self._source = source
        self._behind_count = 0
