"""What is fuzzed: each target takes any bytes and must return, or raise one of our errors."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Any

from sereno.base.errors import Garbled
from sereno.drivers.errors import DeviceError
from sereno.media.faults import StreamFault
from sereno.media.fmp4.boxes import reader_of
from sereno.media.fmp4.header import HEADER_UUID, parse_header
from sereno.media.fmp4.reader import parse_segment
from sereno.media.h264 import ParameterSets
from sereno.media.h265 import ParameterSets as H265ParameterSets
from sereno.media.index import pack_index, unpack_index
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.depacketiser_h264 import H264Depacketiser
from sereno.media.rtsp.depacketiser_h265 import H265Depacketiser
from sereno.media.rtsp.digest import choose_challenge
from sereno.media.rtsp.messages import parse_head
from sereno.media.rtsp.rtcp import find_sender_report
from sereno.media.rtsp.sdp import parse_sdp

from .device_targets import DEVICE_TARGETS

ALLOWED = (Garbled, StreamFault, DeviceError)
_LARGEST_SAMPLE_BYTES = 16 * 1024 * 1024


class _Sink:
    """Takes everything; a picture must be made of NAL units that fill it."""

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        at = 0
        while at < len(sample):
            at += 4 + struct.unpack_from(">I", sample, at)[0]
        if at != len(sample) or at > _LARGEST_SAMPLE_BYTES:
            raise AssertionError("a picture's sizes do not fill it")

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def _packets(data: bytes) -> list[bytes]:
    """Bytes cut into packets by a length before each, sequence numbers mostly in order."""
    packets, at, sequence = [], 0, 65_530
    while at + 3 <= len(data):
        size, flags = data[at], data[at + 1]
        sequence = sequence + (flags & 3 == 0) + 1 & 0xFFFF
        payload = data[at + 2 : at + 2 + size]
        head = struct.pack(">BBHII", 0x80, 96 | flags & 0x80, sequence, flags >> 2 & 7, 1)
        packets.append(head + payload)
        at += 2 + size
    return packets


def _depacketise(made: Any, data: bytes) -> None:
    for packet in _packets(data):
        buffer = bytearray(packet)
        made.packet(buffer, memoryview(buffer), 0, len(buffer))


def h264(data: bytes) -> None:
    _depacketise(H264Depacketiser(96, ParameterSets(), _Sink(), lambda: 1), data)  # type: ignore[arg-type]


def h265(data: bytes) -> None:
    _depacketise(H265Depacketiser(96, H265ParameterSets(), _Sink(), lambda: 1), data)  # type: ignore[arg-type]


def connection(data: bytes) -> None:
    """A whole connection, in reads of some size."""
    loop = asyncio.new_event_loop()
    try:
        made = Connection("192.0.2.1", loop)
        for at in range(0, len(data), 97):
            piece = data[at : at + 97]
            room = made.get_buffer(len(piece))
            room[: len(piece)] = piece
            made.buffer_updated(len(piece))
            if made.ended.done():
                break
        if made.ended.done() and (error := made.ended.exception()) is not None:
            raise error
    finally:
        loop.close()


def segment(data: bytes) -> None:
    parse_segment(reader_of(data), len(data))


def header(data: bytes) -> None:
    parse_header(HEADER_UUID.bytes + data)


def index(data: bytes) -> None:
    found = unpack_index(data)
    if unpack_index(pack_index(found)) != found:
        raise AssertionError("an index does not survive being packed")


def messages(data: bytes) -> None:
    message = parse_head(data)
    choose_challenge(message.headers_named("www-authenticate"))
    message.number("cseq")


def session_description(data: bytes) -> None:
    parse_sdp(data)


def reports(data: bytes) -> None:
    find_sender_report(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (
        h264, h265, connection, segment, header, index, messages, session_description, reports,
    )
} | DEVICE_TARGETS  # fmt: skip
