"""RTCP: when the camera says that it took a picture, and what we tell it (RFC 3550, 6.4 to 6.6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

NTP_EPOCH_SECONDS = 2_208_988_800
"""From 1900, where NTP counts from, to 1970."""

_ERA_SECONDS = 1 << 32

_SENDER_REPORT = 200
_RECEIVER_REPORT = 201
_DESCRIPTION = 202
_GOODBYE = 203
_NAME_ITEM = 1
_MOST_PACKETS = 32  # in a compound one: a report and its parts are three or four
_HEAD = struct.Struct(">BBHI")
_SENDER = struct.Struct(">III")


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The camera's wall clock (microseconds since 1970) at one RTP time."""

    wall_us: int
    rtp_time: int


@dataclass(frozen=True, slots=True)
class Reception:
    """What we tell a sender of its packets.

    `source` is its SSRC; `highest_sequence` its last sequence number, wraps counted above the low
    16 bits; `fraction_lost` is in 256ths since the report before.
    """

    source: int
    highest_sequence: int
    lost_count: int = 0
    fraction_lost: int = 0


def ntp_seconds(seconds: int) -> int:
    """Seconds since 1970 as NTP tells them, in 32 bits that begin anew on 7 February 2036."""
    return (seconds + NTP_EPOCH_SECONDS) % _ERA_SECONDS


def unix_seconds(seconds: int) -> int:
    """The reverse of `ntp_seconds` for times from 1968 to 2104 (RFC 4330, 3)."""
    if seconds < _ERA_SECONDS // 2:
        seconds += _ERA_SECONDS
    return seconds - NTP_EPOCH_SECONDS


def find_sender_report(packet: bytes) -> SenderReport | None:
    """The first sender report of a compound packet, or None; any bytes may come."""
    for kind, at in _packets(packet):
        if kind == _SENDER_REPORT and at + 20 <= len(packet):
            seconds, fraction, rtp_time = _SENDER.unpack_from(packet, at + 8)
            wall_us = unix_seconds(seconds) * 1_000_000 + (fraction * 1_000_000 + (1 << 31) >> 32)
            return SenderReport(wall_us, rtp_time)
    return None


def says_goodbye(packet: bytes) -> bool:
    """Whether a compound packet ends the stream (6.6); any bytes may come."""
    return any(kind == _GOODBYE for kind, _ in _packets(packet))


def _packets(packet: bytes) -> Iterator[tuple[int, int]]:
    """Kinds and places of the packets in a compound one, up to where it makes no sense."""
    at = 0
    for _ in range(_MOST_PACKETS):
        if at + 8 > len(packet):
            return
        first, kind, words, _ = _HEAD.unpack_from(packet, at)
        if first >> 6 != 2:
            return
        yield kind, at
        at += 4 + words * 4


def format_receiver_report(own_source: int, receptions: list[Reception], name: str) -> bytes:
    """A compound packet for one to 31 senders: receiver report, then `name` (RFC 3550, 6.4.2, 6.5).

    Jitter and the times of sender reports are said to be 0: no camera is known to use them.
    """
    blocks = [
        struct.pack(
            ">IIIIII",
            each.source, each.fraction_lost << 24 | min(each.lost_count, 0x7FFFFF),
            each.highest_sequence & 0xFFFFFFFF, 0, 0, 0,
        )
        for each in receptions
    ]  # fmt: skip
    words = 1 + 6 * len(blocks)
    report = _HEAD.pack(0x80 | len(blocks), _RECEIVER_REPORT, words, own_source) + b"".join(blocks)
    text = name.encode()[:255]
    items = bytes((_NAME_ITEM, len(text))) + text
    items += bytes(4 - len(items) % 4)  # at least one byte 0 ends the list
    return report + _HEAD.pack(0x81, _DESCRIPTION, 1 + len(items) // 4, own_source) + items
