"""RTP packets made once and patched often (RFC 3550, 5.1).

A ``FrameTemplate`` holds one access unit as it leaves over TCP: packets one after another, each
behind its four bytes of interleaving (RFC 2326, 10.12). What differs from client to client lies at
known places: channel, sequence number, timestamp, SSRC, and the digits of the stamp.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sereno.sim.marks import SeiStamp

INTERLEAVING_BYTES = 4
RTP_HEADER_BYTES = 12
PAYLOAD_LIMIT = 1400
_PATCH = struct.Struct(">HII")
_PATCH_OFFSET = INTERLEAVING_BYTES + 2


@dataclass(frozen=True, slots=True)
class FrameTemplate:
    """One access unit as interleaved RTP packets; ``starts`` are the packets' offsets.

    ``stamp_offset`` is None where there is no stamp, as in sound. ``shift`` says by how many
    frames it is shown later than its place in decode order tells (negative for a B-frame).
    """

    wire: bytes
    starts: tuple[int, ...]
    stamp_offset: int | None = None
    is_key: bool = False
    shift: int = 0

    def stamped(self, stamp: SeiStamp) -> bytes:
        """The frame with its stamp, still to be addressed to a client."""
        if self.stamp_offset is None:
            return self.wire
        end = self.stamp_offset
        digits = stamp.digits()
        return b"".join((self.wire[:end], digits, self.wire[end + len(digits) :]))

    @property
    def payload_bytes(self) -> int:
        """RTP payload of the frame, as RTCP counts it."""
        return len(self.wire) - len(self.starts) * (INTERLEAVING_BYTES + RTP_HEADER_BYTES)


def wired(payloads: Sequence[tuple[bytes, bool]], payload_type: int) -> tuple[bytes, list[int]]:
    """Payloads (each with its marker bit) as interleaved packets without numbers, and offsets."""
    wire, starts = bytearray(), []
    for payload, has_marker in payloads:
        starts.append(len(wire))
        wire += struct.pack(">BBH", 0x24, 0, RTP_HEADER_BYTES + len(payload))
        wire += struct.pack(">BBHII", 0x80, payload_type | has_marker << 7, 0, 0, 0)
        wire += payload
    return bytes(wire), starts


def addressed(
    stamped: bytes, starts: tuple[int, ...], channel: int, sequence: int, timestamp: int, ssrc: int
) -> bytearray:
    """A stamped frame made out to one client."""
    wire = bytearray(stamped)
    pack_into = _PATCH.pack_into
    for number, start in enumerate(starts, sequence):
        pack_into(wire, start + _PATCH_OFFSET, number & 0xFFFF, timestamp, ssrc)
    if channel:
        for start in starts:
            wire[start + 1] = channel
    return wire


def packets_in(wire: bytearray | memoryview | bytes) -> Iterator[memoryview]:
    """The packets of a piece of wire, each still behind its interleaving."""
    view, at = memoryview(wire), 0
    while at < len(view):
        end = at + INTERLEAVING_BYTES + int.from_bytes(view[at + 2 : at + 4], "big")
        yield view[at:end]
        at = end
