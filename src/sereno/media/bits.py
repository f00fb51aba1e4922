"""Bit fields and Exp-Golomb numbers, as H.264, H.265 and MPEG-4 audio pack them."""

from __future__ import annotations

from sereno.media.faults import garbled


def unescape(data: bytes) -> bytes:
    """Without emulation-prevention bytes (H.264 and H.265, 7.4.1 and 7.4.2)."""
    return data.replace(b"\x00\x00\x03", b"\x00\x00")


class Bits:
    """Reads bits from the front. Raises Garbled at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        """The next `count` bits as a number."""
        self.skip(count)
        return self._value >> self._left & ((1 << count) - 1)

    def skip(self, count: int) -> None:
        if count > self._left:
            raise garbled("a field ends early")
        self._left -= count

    def flag(self) -> bool:
        return self.take(1) == 1

    def ue(self) -> int:
        """An unsigned Exp-Golomb number (H.264 9.1) of at most 32 leading zeros."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise garbled("a number is too large")
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)
