"""Where the payload of an RTP packet lies (RFC 3550, 5.1)."""

from __future__ import annotations

from struct import Struct

from sereno.media.faults import garbled

HEADER_BYTES = 12
PLAIN = 0x80
"""First byte of a packet of version 2 with nothing but the fixed header before its payload."""

read_header = Struct(">BBHII").unpack_from
"""First byte, marker bit and payload type, sequence number, RTP time, synchronisation source."""


def payload_bounds(data: bytearray, start: int, end: int) -> tuple[int, int]:
    """Start and end of the payload behind contributing sources, an extension and padding.

    The packet is `data[start:end]`, of at least `HEADER_BYTES`. Raises Garbled.
    """
    flags, at = data[start], start + HEADER_BYTES
    if flags >> 6 != 2:
        raise garbled("RTP version")
    at += (flags & 0x0F) * 4
    if flags & 0x10:
        if at + 4 > end:
            raise garbled("RTP header extension")
        at += 4 + (data[at + 2] << 8 | data[at + 3]) * 4
    if flags & 0x20 and at < end:
        end -= data[end - 1]
    if at > end:
        raise garbled("RTP header is longer than its packet")
    return at, end
