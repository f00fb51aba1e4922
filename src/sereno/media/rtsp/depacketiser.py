"""H.264 out of RTP: packets in, access units out (RFC 3550, 5.1; RFC 6184, 5).

This is the hottest code of the recorder: no object is made for a packet, and payload is copied
once, into the access unit that the file will hold.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from sereno.media.faults import fault, garbled
from sereno.media.h264 import DELIMITER, IDR_SLICE, PPS, SPS, ParameterSets
from sereno.media.sink import VideoSink

LARGEST_UNIT_BYTES = 16 * 1024 * 1024
_STAP_A = 24
_FU_A = 28
_HEADER_BYTES = 12
_LEAST_FRAGMENT_BYTES = _HEADER_BYTES + 2
_header = Struct(">BBHI").unpack_from
_peek = Struct(">Q4xH").unpack_from
_NEXT_SEQUENCE = 1 << 32
_put_size = Struct(">I").pack_into
_NO_SIZE = b"\0\0\0\0"


class Depacketiser:
    """Reassembles the access units of one H.264 stream.

    `packet_count` only grows; `smallest_unit_bytes` is that of the units since it was last set.

    An access unit ends at the marker bit or where the RTP time changes, once it holds a picture.
    Parameter sets go into `sets`, delimiters are dropped. After a gap in the sequence numbers the
    unfinished unit is dropped and the sink told.
    """

    def __init__(
        self,
        payload_type: int,
        sets: ParameterSets,
        sink: VideoSink,
        now_us: Callable[[], int],
    ) -> None:
        self.packet_count = 0
        self.smallest_unit_bytes = LARGEST_UNIT_BYTES
        self._payload_type = payload_type
        self._sets = sets
        self._sink = sink
        self._now_us = now_us
        self._sequence = -1
        self._expected = -1  # first eight bytes of the packet that would go on with a NAL unit
        self._rtp_time = 0
        self._arrival_us = 0
        self._trusts_marker = True
        self._ended_at_marker = False
        self._is_damaged = False
        self._begin_unit()

    def _begin_unit(self) -> None:
        self._unit = bytearray()
        self._nal_start = -1  # of the NAL unit that is not finished yet
        self._has_picture = False
        self._is_key = False

    def packet(self, data: bytearray, view: memoryview, start: int, end: int) -> None:
        """Take the RTP packet `data[start:end]`; `view` shows the same bytes.

        Raises Garbled or StreamFault for what no H.264 stream over TCP may send.
        """
        self.packet_count += 1
        # Nine packets in ten are the middle of a fragmented NAL unit, in order, with nothing new in
        # their first eight bytes but the sequence number: these take the shortest way.
        if end - start > _LEAST_FRAGMENT_BYTES:
            word, fragment = _peek(data, start)
            if word == self._expected and fragment & 0x1FC0 == _FU_A << 8:
                unit = self._unit
                unit += view[start + _LEAST_FRAGMENT_BYTES : end]
                self._expected = word + _NEXT_SEQUENCE
                if len(unit) > LARGEST_UNIT_BYTES:
                    raise garbled("access unit is too large")
                return
        self._any_packet(data, view, start, end)

    def _any_packet(self, data: bytearray, view: memoryview, start: int, end: int) -> None:
        if end - start < _HEADER_BYTES:
            raise garbled("RTP packet is too short")
        if self._expected >= 0:
            self._sequence = self._expected >> 32 & 0xFFFF
            self._expected = -1
        flags, kind, sequence, rtp_time = _header(data, start)
        if kind & 0x7F != self._payload_type:
            return
        at = start + _HEADER_BYTES
        if flags != 0x80:
            at, end = _payload_bounds(data, flags, at, end)
        missing = (sequence - self._sequence) & 0xFFFF if self._sequence >= 0 else 0
        self._sequence = sequence + 1 & 0xFFFF
        if missing:
            self._lose(missing)
        if rtp_time != self._rtp_time or not self._arrival_us:
            self._meet_time(rtp_time)
            self._is_damaged = missing > 0  # nobody knows where in this unit the gap ended
        if at < end and not self._is_damaged:
            self._payload(data, view, at, end)
        if kind & 0x80 and self._has_picture and self._trusts_marker:
            self._end_unit()
            self._ended_at_marker = True
        elif self._nal_start >= 0 and flags == 0x80 and self._sequence:
            self._expected = 0x80 << 56 | self._payload_type << 48 | self._sequence << 32 | rtp_time

    def _payload(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        kind = data[at] & 0x1F
        if kind == _FU_A:
            self._fragment(data, view, at, end)
        elif self._nal_start >= 0:
            self._lose()  # the end of a fragmented NAL unit never came
        elif kind == _STAP_A:
            self._aggregate(data, view, at + 1, end)
        elif 0 < kind < _STAP_A:
            self._whole(data, view, at, end)
        elif kind in (25, 26, 27, 29):
            raise fault("codec_unknown", codec="H.264 (interleaved packets)")

    def _fragment(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        if end - at < 3:
            raise garbled("fragmentation unit is too short")
        flags = data[at + 1]
        if flags & 0x80:
            if self._nal_start >= 0:
                self._lose()
                return
            self._begin_nal(data[at] & 0xE0 | flags & 0x1F, data[at + 2])
        elif self._nal_start < 0:
            self._lose()
            return
        self._unit += view[at + 2 : end]
        if flags & 0x40:
            self._end_nal()

    def _aggregate(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        while at + 2 < end:
            size = data[at] << 8 | data[at + 1]
            at += 2
            if not 0 < size <= end - at:
                raise garbled("aggregation packet")
            self._whole(data, view, at, at + size)
            at += size

    def _whole(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        self._begin_nal(data[at], data[at + 1] if at + 1 < end else 0)
        self._unit += view[at + 1 : end]
        self._end_nal()

    def _begin_nal(self, header: int, second: int) -> None:
        kind = header & 0x1F
        if 0 < kind <= IDR_SLICE:
            self._meet_slice(second)
            self._is_key = self._is_key or kind == IDR_SLICE
        self._nal_start = len(self._unit)
        self._unit += _NO_SIZE
        self._unit.append(header)

    def _end_nal(self) -> None:
        start, unit = self._nal_start, self._unit
        self._nal_start = -1
        kind = unit[start + 4] & 0x1F
        if SPS <= kind <= DELIMITER:
            if kind in (SPS, PPS):
                self._meet_set(bytes(unit[start + 4 :]))
            del unit[start:]
            return
        _put_size(unit, start, len(unit) - start - 4)
        if 0 < kind <= IDR_SLICE:
            self._has_picture = True

    def _meet_set(self, nal: bytes) -> None:
        if self._sets.put(nal) and (video := self._sets.video_format()) is not None:
            self._sink.video_format(video)

    def _meet_slice(self, second: int) -> None:
        """Some cameras set the marker bit on every slice; from the first such one on, only a new
        RTP time ends their access units. A slice that does not begin a picture has first_mb > 0,
        whose first bit is 0 (H.264 7.3.3)."""
        if self._ended_at_marker and not self._has_picture and not second & 0x80:
            self._trusts_marker = False
            self._lose()

    def _meet_time(self, rtp_time: int) -> None:
        if self._nal_start >= 0:
            self._lose()
        if self._has_picture:
            self._end_unit()
        self._rtp_time = rtp_time
        self._arrival_us = self._now_us()
        self._ended_at_marker = False

    def _end_unit(self) -> None:
        unit, is_key = self._unit, self._is_key
        self._begin_unit()
        if len(unit) < self.smallest_unit_bytes:
            self.smallest_unit_bytes = len(unit)
        self._sink.picture(unit, self._rtp_time, is_key, self._arrival_us)

    def _lose(self, count: int = 1) -> None:
        """Drop the unit at hand and all that still comes of it."""
        self._is_damaged = True
        self._begin_unit()
        self._sink.packets_lost(count)


def _payload_bounds(data: bytearray, flags: int, at: int, end: int) -> tuple[int, int]:
    """Start and end of the payload behind contributing sources, an extension and padding."""
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
