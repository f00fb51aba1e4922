"""When footage was recorded, as the packets of a replay say it themselves.

The first packet of each access unit carries an RTP header extension 0xABAC of three words: an NTP
time, flags, the number of the PLAY (ONVIF Streaming Specification, "RTP header extension").
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from sereno.media.rtsp.rtcp import SenderReport, unix_seconds
from sereno.media.rtsp.rtp import HEADER_BYTES
from sereno.media.rtsp.setup import Handlers

OnTime = Callable[[SenderReport], None]

_EXTENSION, _WORDS = 0xABAC, 3
_HAS_EXTENSION = 0x10
_read = Struct(">HHII").unpack_from
_read_time = Struct(">I").unpack_from


def replay_time(data: bytearray, start: int, end: int) -> SenderReport | None:
    """The time that the RTP packet `data[start:end]` tells, if it does."""
    at = start + HEADER_BYTES + (data[start] & 0x0F) * 4
    if not data[start] & _HAS_EXTENSION or at + 4 + _WORDS * 4 > end:
        return None
    kind, words, seconds, fraction = _read(data, at)
    if kind != _EXTENSION or words < _WORDS:
        return None
    wall_us = unix_seconds(seconds) * 1_000_000 + (fraction * 1_000_000 + (1 << 31) >> 32)
    return SenderReport(wall_us, _read_time(data, start + 4)[0])


def telling(handlers: Handlers, on_time: OnTime) -> Handlers:
    """The same, and `on_time` learns what each packet tells before it is taken."""

    def on_packet(data: bytearray, view: memoryview, start: int, end: int) -> None:
        if end - start >= HEADER_BYTES and (said := replay_time(data, start, end)) is not None:
            on_time(said)
        handlers.on_packet(data, view, start, end)

    return Handlers(on_packet, handlers.on_report)
