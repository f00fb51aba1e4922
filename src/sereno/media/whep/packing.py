"""H.264 pictures as payloads of RTP packets (RFC 6184, packetization mode 1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from struct import Struct

from sereno.media import h264
from sereno.media.faults import garbled

LARGEST_PAYLOAD_BYTES = 1200
"""With the headers of RTP, SRTP, UDP and a tunnel or relay it fits the links of today."""

_FILLER = 12
_STAP_A, _FU_A = 24, 28
_FIRST_PART, _LAST_PART = 0x80, 0x40
_SIZE = Struct(">I")
_AGGREGATED_SIZE = Struct(">H")
# A picture's borders are told by RTP; filler tells nothing.
_LEFT_OUT = frozenset({h264.DELIMITER, _FILLER})


def nals_of(sample: bytes) -> Iterator[bytes]:
    """The NAL units of a sample of an MP4 file, sizes of 4 bytes. Raises Garbled."""
    at = 0
    while at < len(sample):
        if at + _SIZE.size >= len(sample):
            raise garbled("NAL unit is cut off")
        (size_bytes,) = _SIZE.unpack_from(sample, at)
        at += _SIZE.size
        if not 0 < size_bytes <= len(sample) - at:
            raise garbled("size of a NAL unit")
        yield sample[at : at + size_bytes]
        at += size_bytes


def parameter_sets(configuration: bytes) -> tuple[bytes, ...]:
    """SPS and PPS of an `avcC` box (ISO/IEC 14496-15, 5.3.3.1). Raises Garbled."""
    found: list[bytes] = []
    at, mask = 5, 0x1F  # the upper bits beside the number of SPS are reserved
    for _ in range(2):
        if at >= len(configuration):
            raise garbled("decoder configuration is cut off")
        count, mask, at = configuration[at] & mask, 0xFF, at + 1
        for _ in range(count):
            start = at + _AGGREGATED_SIZE.size
            if start > len(configuration):
                raise garbled("decoder configuration is cut off")
            (size_bytes,) = _AGGREGATED_SIZE.unpack_from(configuration, at)
            at = start + size_bytes
            if not size_bytes or at > len(configuration):
                raise garbled("decoder configuration is cut off")
            found.append(configuration[start:at])
    return tuple(found)


def payloads_of(nals: Iterable[bytes]) -> tuple[bytes, ...]:
    """The payloads of one picture's packets, in order. Small NAL units share a packet."""
    payloads: list[bytes] = []
    together: list[bytes] = []
    room = 0
    for nal in nals:
        if nal[0] & 0x1F in _LEFT_OUT:
            continue
        needed = _AGGREGATED_SIZE.size + len(nal)
        if needed > room:
            payloads += _aggregated(together)
            together, room = [], LARGEST_PAYLOAD_BYTES - 1
        if needed > room:
            payloads += _in_parts(nal)
            room = 0
            continue
        together.append(nal)
        room -= needed
    payloads += _aggregated(together)
    return tuple(payloads)


def _aggregated(nals: Sequence[bytes]) -> list[bytes]:
    """One packet for all (STAP-A, 5.7.1); of the most important of them it has the importance."""
    if len(nals) < 2:
        return list(nals)
    importance = max(nal[0] & 0x60 for nal in nals)
    forbidden = 0x80 & max(nal[0] & 0x80 for nal in nals)
    parts = [bytes((forbidden | importance | _STAP_A,))]
    for nal in nals:
        parts += (_AGGREGATED_SIZE.pack(len(nal)), nal)
    return [b"".join(parts)]


def _in_parts(nal: bytes) -> list[bytes]:
    """A NAL unit over several packets of about the same size (FU-A, 5.8), if it needs them."""
    if len(nal) <= LARGEST_PAYLOAD_BYTES:
        return [nal]
    indicator, kind = nal[0] & 0xE0 | _FU_A, nal[0] & 0x1F
    body = memoryview(nal)[1:]
    count = ceil(len(body) / (LARGEST_PAYLOAD_BYTES - 2))
    part_bytes = ceil(len(body) / count)
    payloads: list[bytes] = []
    for at in range(0, len(body), part_bytes):
        place = 0 if at else _FIRST_PART
        if at + part_bytes >= len(body):
            place = _LAST_PART
        payloads.append(bytes((indicator, place | kind)) + body[at : at + part_bytes])
    return payloads
