"""RTCP packets to and from clients (RFC 3550, 6), without interleaving."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_NTP_EPOCH_SECONDS = 2_208_988_800
_SENDER_REPORT, _RECEIVER_REPORT, _DESCRIPTION, _BYE = 200, 201, 202, 203
_BLOCK_BYTES = 24


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """What a client says about one source: the lost share of late, and in all, and the highest
    sequence number with its wraps."""

    ssrc: int
    lost_share: float
    lost_packets: int
    highest_sequence: int


def sender_report(
    ssrc: int, utc_seconds: float, timestamp: int, packets: int, octets: int, name: str
) -> bytes:
    """A sender report with the source's name (6.4.1 and 6.5)."""
    ntp = round((utc_seconds + _NTP_EPOCH_SECONDS) * (1 << 32))
    report = struct.pack(
        ">BBHIQIII",
        *(0x80, _SENDER_REPORT, 6, ssrc, ntp, timestamp),
        *(packets & 0xFFFFFFFF, octets & 0xFFFFFFFF),
    )
    text = name.encode()[:255]
    items = b"\x01" + bytes((len(text),)) + text
    items += b"\0" * (4 - len(items) % 4)
    return report + struct.pack(">BBHI", 0x81, _DESCRIPTION, 1 + len(items) // 4, ssrc) + items


def bye(ssrc: int) -> bytes:
    """An empty receiver report and the BYE (6.6)."""
    return struct.pack(">BBHIBBHI", 0x80, _RECEIVER_REPORT, 1, ssrc, 0x81, _BYE, 1, ssrc)


def receiver_reports(packet: bytes) -> Iterator[ReceiverReport]:
    """The report blocks in what a client sent; whatever is cut short or unknown is passed over."""
    at = 0
    while at + 8 <= len(packet):
        head, kind, words = struct.unpack_from(">BBH", packet, at)
        end = at + 4 * (words + 1)
        if kind == _RECEIVER_REPORT and end <= len(packet):
            for block in range(at + 8, end - _BLOCK_BYTES + 1, _BLOCK_BYTES)[: head & 0x1F]:
                ssrc, lost, highest = struct.unpack_from(">III", packet, block)
                yield ReceiverReport(ssrc, (lost >> 24) / 256, lost & 0xFFFFFF, highest)
        at = end
