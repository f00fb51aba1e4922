"""What the bytes of G.711 mean (ITU-T G.711): samples between -1 and 1."""

from __future__ import annotations

from array import array

_FULL = 32768.0


def _of_a_law(byte: int) -> int:
    byte ^= 0x55
    exponent, mantissa = byte >> 4 & 7, byte & 0x0F
    size = mantissa << 4 | 8
    if exponent:
        size = (size | 0x100) << exponent - 1
    return size if byte & 0x80 else -size


def _of_mu_law(byte: int) -> int:
    byte = ~byte & 0xFF
    size = ((byte & 0x0F) << 3 | 0x84) << (byte >> 4 & 7)
    return 0x84 - size if byte & 0x80 else size - 0x84


TABLES = {
    "PCMA": [_of_a_law(byte) / _FULL for byte in range(256)],
    "PCMU": [_of_mu_law(byte) / _FULL for byte in range(256)],
}
"""By the names that RTP has for them (RFC 3551, 4.5.14)."""


def decode(codec: str, data: bytes) -> array[float]:
    """The samples of `data`, one a byte."""
    return array("f", map(TABLES[codec].__getitem__, data))
