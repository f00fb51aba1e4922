"""RTCP sender reports: when the camera says that it took a picture (RFC 3550, 6.4.1)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

NTP_EPOCH_SECONDS = 2_208_988_800
"""From 1900, where NTP counts from, to 1970."""

_SENDER_REPORT = 200
_HEAD = struct.Struct(">BBHI")
_SENDER = struct.Struct(">III")


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The camera's wall clock (microseconds since 1970) at one RTP time."""

    wall_us: int
    rtp_time: int


def find_sender_report(packet: bytes) -> SenderReport | None:
    """The first sender report of a compound packet, or None; any bytes may come."""
    at = 0
    while at + 8 <= len(packet):
        first, kind, words, _ = _HEAD.unpack_from(packet, at)
        if first >> 6 != 2:
            return None
        if kind == _SENDER_REPORT and at + 20 <= len(packet):
            seconds, fraction, rtp_time = _SENDER.unpack_from(packet, at + 8)
            wall_us = (seconds - NTP_EPOCH_SECONDS) * 1_000_000 + (
                fraction * 1_000_000 + (1 << 31) >> 32
            )
            return SenderReport(wall_us, rtp_time)
        at += 4 + words * 4
    return None
