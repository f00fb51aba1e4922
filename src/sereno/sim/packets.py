"""H.264 access units as RTP packets (RFC 6184, packetization-mode 1), made once and patched often.

A ``FrameTemplate`` holds one frame as it leaves over TCP: packets one after another, each behind
its four bytes of interleaving (RFC 2326 section 10.12). What differs from client to client lies at
known places: channel, sequence number, timestamp, SSRC, and the digits of the stamp.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from sereno.sim.marks import SEI_STAMP_OFFSET, SeiStamp, write_sei

PAYLOAD_TYPE = 96
INTERLEAVING_BYTES = 4
RTP_HEADER_BYTES = 12
_PAYLOAD_LIMIT = 1400
_PATCH = struct.Struct(">HII")
_PATCH_OFFSET = INTERLEAVING_BYTES + 2
_SLICE, _IDR, _SEI, _SPS, _PPS, _AUD = 1, 5, 6, 7, 8, 9
_FU_A = 28


@dataclass(frozen=True, slots=True)
class FrameTemplate:
    """One access unit as interleaved RTP packets; ``starts`` are the packets' offsets."""

    wire: bytes
    starts: tuple[int, ...]
    stamp_offset: int
    is_key: bool

    def stamped(self, stamp: SeiStamp) -> bytes:
        """The frame with its stamp, still to be addressed to a client."""
        end = self.stamp_offset
        digits = stamp.digits()
        return b"".join((self.wire[:end], digits, self.wire[end + len(digits) :]))

    @property
    def payload_bytes(self) -> int:
        """RTP payload of the frame, as RTCP counts it."""
        return len(self.wire) - len(self.starts) * (INTERLEAVING_BYTES + RTP_HEADER_BYTES)


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What a session description says about a stream."""

    sps: bytes
    pps: bytes

    @property
    def profile_level_id(self) -> str:
        return self.sps[1:4].hex().upper()

    @property
    def sprop(self) -> str:
        return ",".join(base64.b64encode(nal).decode() for nal in (self.sps, self.pps))


@dataclass(frozen=True, slots=True)
class PacketLoop:
    """A whole encoded loop, ready to be sent; ``frames[i]`` is loop position ``i``."""

    frames: tuple[FrameTemplate, ...]
    parameters: ParameterSets


def packet_loop(annexb: bytes, first_position: int) -> PacketLoop:
    """Packetises an Annex B stream with access unit delimiters.

    Its first frame goes to loop position ``first_position``, the others follow and wrap round.
    Raises ValueError when the stream does not begin with a key frame and its parameter sets.
    """
    units = list(_access_units(annexb))
    if not units:
        raise ValueError("the encoded loop holds no frame")
    sets = {nal[0] & 0x1F: nal for nal in units[0]}
    if not {_SPS, _PPS, _IDR} <= sets.keys():
        raise ValueError("the encoded loop does not begin with a key frame")
    frames = [_template(unit) for unit in units]
    turn = -first_position % len(frames)
    return PacketLoop(tuple(frames[turn:] + frames[:turn]), ParameterSets(sets[_SPS], sets[_PPS]))


def _access_units(annexb: bytes) -> Iterator[list[bytes]]:
    unit: list[bytes] = []
    for chunk in annexb.split(b"\0\0\1")[1:]:
        nal = chunk.rstrip(b"\0")  # a NAL unit never ends in zeros: they begin the next start code
        if nal[0] & 0x1F == _AUD:
            if unit:
                yield unit
            unit = []
        else:
            unit.append(nal)
    if unit:
        yield unit


def _template(unit: list[bytes]) -> FrameTemplate:
    first_slice = next(i for i, nal in enumerate(unit) if nal[0] & 0x1F in (_SLICE, _IDR))
    blank = write_sei(SeiStamp(0, 0))
    nals = [*unit[:first_slice], blank, *unit[first_slice:]]
    wire, starts, stamp_offset = bytearray(), [], 0
    for number, nal in enumerate(nals):
        if nal is blank:
            header = INTERLEAVING_BYTES + RTP_HEADER_BYTES
            stamp_offset = len(wire) + header + SEI_STAMP_OFFSET
        pieces = _payloads(nal)
        for piece, payload in enumerate(pieces):
            is_last = number == len(nals) - 1 and piece == len(pieces) - 1
            starts.append(len(wire))
            wire += struct.pack(">BBH", 0x24, 0, RTP_HEADER_BYTES + len(payload))
            wire += struct.pack(">BBHII", 0x80, PAYLOAD_TYPE | is_last << 7, 0, 0, 0)
            wire += payload
    is_key = unit[first_slice][0] & 0x1F == _IDR
    return FrameTemplate(bytes(wire), tuple(starts), stamp_offset, is_key)


def _payloads(nal: bytes) -> list[bytes]:
    """A NAL unit as it is, or cut into FU-A fragments."""
    if len(nal) <= _PAYLOAD_LIMIT:
        return [nal]
    indicator, kind = nal[0] & 0xE0 | _FU_A, nal[0] & 0x1F
    step = _PAYLOAD_LIMIT - 2
    payloads = []
    for at in range(1, len(nal), step):
        flags = (0x80 if at == 1 else 0) | (0x40 if at + step >= len(nal) else 0)
        payloads.append(bytes((indicator, flags | kind)) + nal[at : at + step])
    return payloads


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


def sender_report(
    channel: int,
    ssrc: int,
    utc_seconds: float,
    timestamp: int,
    packets: int,
    octets: int,
    name: str,
) -> bytes:
    """An interleaved RTCP sender report with the source's name (RFC 3550, 6.4.1 and 6.5)."""
    ntp = round((utc_seconds + 2_208_988_800) * (1 << 32))
    report = struct.pack(
        ">BBHIQIII", 0x80, 200, 6, ssrc, ntp, timestamp, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF
    )
    text = name.encode()[:255]
    items = b"\x01" + bytes((len(text),)) + text
    items += b"\0" * (4 - len(items) % 4)
    description = struct.pack(">BBHI", 0x81, 202, 1 + len(items) // 4, ssrc) + items
    body = report + description
    return struct.pack(">BBH", 0x24, channel, len(body)) + body
