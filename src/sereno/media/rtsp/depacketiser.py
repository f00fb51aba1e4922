"""Video out of RTP: packets in, access units out (RFC 3550, 5.1; RFC 6184, 5; RFC 7798, 4).

This is the hottest code of the recorder, so packets have three ways. The middle of a fragmented NAL
unit, which most are, is a comparison and a copy (`_middles`); one in order and of the same time
needs no look at its header (`packet`); all else goes the long way (`_any_packet`). What H.264 and
H.265 have in common is here; how they name and pack their NAL units is in the modules of each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache
from struct import Struct
from typing import ClassVar, Protocol

from sereno.media.faults import garbled
from sereno.media.formats import VideoFormat
from sereno.media.h264 import is_intra_slice, is_recovery_point
from sereno.media.rtsp.rtp import HEADER_BYTES, PLAIN, payload_bounds, read_header
from sereno.media.sink import VideoSink

LARGEST_UNIT_BYTES = 16 * 1024 * 1024
INTERLEAVING_BYTES = 4
_LEAST_FAST_BYTES = HEADER_BYTES + 4
_MOST_LATE = 100  # packets; one that is further behind was counted anew (RFC 3550, A.1)
_LATE_IN_A_ROW = 16
_LARGEST_LOSS = 3000  # packets; a larger step is no loss but another count
_frame_head = Struct(">BBH").unpack_from
_DOLLAR = 0x24
_MARKER = 1 << 55
_NEXT_SEQUENCE = 1 << 32
_put_size = Struct(">I").pack_into
_NO_SIZE = b"\0\0\0\0"


class Role(Enum):
    """What a NAL unit is to us."""

    SLICE = auto()
    KEY_SLICE = auto()
    PARAMETER_SET = auto()
    SEI = auto()
    DROPPED = auto()
    KEPT = auto()


_SLICE, _KEY_SLICE, _PARAMETER_SET = Role.SLICE, Role.KEY_SLICE, Role.PARAMETER_SET
_SEI, _KEPT = Role.SEI, Role.KEPT


class ParameterSets(Protocol):
    """The newest parameter sets of a stream."""

    def put(self, nal: bytes) -> bool:
        """Take a NAL unit; whether it is a parameter set that says something new."""
        ...

    def video_format(self) -> VideoFormat | None:
        """What all sets together say, or None while one is missing."""
        ...


class VideoDepacketiser(ABC):
    """Reassembles the access units of one stream.

    `packet_count` and `lost_count` only grow. `source` is the sender's SSRC and `highest_sequence`
    its last sequence number with the count of wraps above, as receiver reports tell it.

    An access unit ends at the marker bit or where the RTP time changes, once it holds a picture.
    Parameter sets go into `sets`, delimiters are dropped. After a gap in the sequence numbers the
    unfinished unit is dropped and the sink told. Packets must come in order; one that comes again,
    or late, is dropped and is no loss.
    """

    _HEADER_BYTES: ClassVar[int]
    """Of a NAL unit. A fragmentation unit has one byte more."""
    _ROLES: ClassVar[tuple[Role, ...]]
    """By the first byte of a NAL unit."""

    def __init__(
        self,
        payload_type: int,
        sets: ParameterSets,
        sink: VideoSink,
        now_us: Callable[[], int],
    ) -> None:
        self.packet_count = self.lost_count = self.source = 0
        self._payload_type = payload_type
        self._sets = sets
        self._sink = sink
        self._now_us = now_us
        # The first eight bytes of the next packet, if it is in order, plain, of the same time and
        # without marker; -1 before the first. The sequence number is right in any case.
        self._expected = -1
        self._wraps = 0
        self._late_count, self._late_since = 0, -1
        # Looked up with each packet, and twice as fast on the instance as on the class.
        self._header_bytes, self._roles = self._HEADER_BYTES, self._ROLES
        self._peek = Struct(f">Q{self._HEADER_BYTES + 1}xI").unpack_from
        self._stride = 0
        self._rtp_time = 0
        self._arrival_us = 0
        self._trusts_marker = True
        self._ended_at_marker = False
        self._is_damaged = False
        self._begin_unit()

    @property
    def highest_sequence(self) -> int:
        return (self._wraps << 16) + ((self._expected >> 32) - 1 & 0xFFFF)

    def _begin_unit(self) -> None:
        self._unit = bytearray()
        self._has_picture = False
        self._is_key = self._has_recovery_point = False
        self._nal_start = -1  # of the NAL unit that is not finished yet
        self._nal_role = _KEPT
        # Of what would go on with it: the four bytes up to the end of the fragment's header, the
        # last of the RTP header (its source) among them.
        self._middle = -1

    def packet(self, data: bytearray, view: memoryview, start: int, end: int) -> None:
        """Take the RTP packet `data[start:end]`; `view` shows the same bytes.

        Raises Garbled or StreamFault for what no such stream may send.
        """
        self.packet_count += 1
        if end - start <= _LEAST_FAST_BYTES:
            self._any_packet(data, view, start, end)
            return
        word, head = self._peek(data, start)
        expected = self._expected
        if word == expected and head == self._middle:
            self._expected = expected + _NEXT_SEQUENCE
            self._unit += view[start + HEADER_BYTES + self._header_bytes + 1 : end]
        elif word == expected or word == expected | _MARKER:
            self._expected = expected + _NEXT_SEQUENCE
            if not self._is_damaged:
                self._payload(data, view, start + HEADER_BYTES, end)
            if word != expected and self._has_picture and self._trusts_marker:
                self._end_unit()
                self._ended_at_marker = True
        else:
            self._any_packet(data, view, start, end)
        if len(self._unit) > LARGEST_UNIT_BYTES:
            raise garbled("access unit is too large")

    def frames(
        self, data: bytearray, view: memoryview, at: int, end: int, channel: int
    ) -> tuple[int, int]:
        """Take all whole interleaved frames of `channel` (RFC 2326, 10.12) from `at` on, up to the
        first that is none; where that begins, and how much there was to do."""
        count = 0
        while end - at >= INTERLEAVING_BYTES:
            mark, number, size = _frame_head(data, at)
            stop = at + INTERLEAVING_BYTES + size
            if number != channel or mark != _DOLLAR or stop > end:
                break
            self.packet(data, view, at + INTERLEAVING_BYTES, stop)
            count += 1
            if self._middle >= 0 and stop + 2 * size < end and size > _LEAST_FAST_BYTES:
                stop = self._middles(view, at, stop, end)
            at = stop
        return at, count

    def _middles(self, view: memoryview, frame: int, at: int, end: int) -> int:
        """Take the frames behind that from `frame` to `at`, as long as they are of its size and
        plainly go on with the NAL unit at hand; where the first begins that does not.

        Nothing is new in their heads but the sequence number. Does what `packet` does for each, at
        a third of the cost.
        """
        stride, expected, middle = at - frame, self._expected, self._middle
        if stride != self._stride:
            self._set_stride(view, frame, stride)
        # A frame's own head, then the first half of its RTP header, whose last bits count. One
        # that wraps carries into the payload type and is not met.
        first = word = self._frame_word | expected >> 32
        rtp_time = expected & 0xFFFFFFFF
        payloads: list[bytes] = []
        for head, time, fragment, payload in self._read_frames(
            view[at : end - (end - at) % stride]
        ):
            if head != word or fragment != middle or time != rtp_time:
                break
            payloads.append(payload)
            word += 1
        self._unit += b"".join(payloads)
        count = word - first
        self.packet_count += count
        self._expected = expected + count * _NEXT_SEQUENCE
        return at + count * stride

    def _set_stride(self, view: memoryview, frame: int, stride: int) -> None:
        self._stride = stride
        self._frame_word = int.from_bytes(view[frame : frame + INTERLEAVING_BYTES]) << 32
        self._read_frames = _frames(self._header_bytes + 1, stride).iter_unpack

    def _any_packet(self, data: bytearray, view: memoryview, start: int, end: int) -> None:
        if end - start < HEADER_BYTES:
            raise garbled("RTP packet is too short")
        flags, kind, sequence, rtp_time, source = read_header(data, start)
        if kind & 0x7F != self._payload_type:
            return
        at = start + HEADER_BYTES
        if flags != PLAIN:
            at, end = payload_bounds(data, start, end)
        missing = 0
        if sequence != self._expected >> 32 & 0xFFFF or source != self.source:
            missing = self._meet_sequence(sequence, source)
            if missing < 0:
                return
        elif not sequence:  # a number that wraps always comes this way
            self._wraps += 1
        # Behind 65535 it carries into the payload type: no fast way takes a number that wraps.
        following = sequence + 1
        self._expected = (PLAIN << 56 | self._payload_type << 48 | rtp_time) + (following << 32)
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

    def _meet_sequence(self, sequence: int, source: int) -> int:
        """How many packets are missing before this one; -1 where it is itself of no use."""
        expected, previous, self.source = self._expected, self.source, source
        if expected < 0:
            return 0
        if source != previous:  # a sender that counts anew; what it did not finish is lost
            self._wraps = 0
            return int(bool(self._unit))
        following = expected >> 32 & 0xFFFF
        ahead = sequence - following & 0xFFFF
        if ahead >= 0x10000 - _MOST_LATE:
            self._late_count = self._late_count + 1 if expected == self._late_since else 1
            self._late_since = expected
            if self._late_count < _LATE_IN_A_ROW:
                return -1
        self._wraps += sequence < (following - 1 & 0xFFFF)
        return ahead if ahead <= _LARGEST_LOSS else 1

    @abstractmethod
    def _payload(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        """Take the payload `data[at:end]`, which is not empty."""

    @abstractmethod
    def _open(self, data: bytearray, at: int) -> tuple[bytes, int]:
        """The header of the NAL unit whose first fragment begins at `at`, and the header of the
        fragments in its middle as a number."""

    def _fragment(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        body = at + self._header_bytes + 1
        if end <= body:
            raise garbled("fragmentation unit is too short")
        flags = data[body - 1]
        if flags & 0x80:
            if self._nal_start >= 0:
                self._lose()
                return
            header, middle = self._open(data, at)
            self._begin_nal(header, data[body])
            if self._nal_start < 0:
                return
            self._middle = (self.source << 8 * (body - at) | middle) & 0xFFFFFFFF
        elif self._nal_start < 0:
            self._lose()
            return
        self._unit += view[body:end]
        if flags & 0x40:
            self._end_nal()

    def _aggregate(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        """NAL units, each behind its size in two bytes."""
        while at + 2 < end:
            size = data[at] << 8 | data[at + 1]
            at += 2
            if not self._header_bytes <= size <= end - at:
                raise garbled("aggregation packet")
            self._whole(data, view, at, at + size)
            at += size

    def _whole(self, data: bytearray, view: memoryview, at: int, end: int) -> None:
        body = at + self._header_bytes
        self._begin_nal(view[at:body], data[body] if body < end else 0)
        if self._nal_start < 0:
            return
        self._unit += view[body:end]
        self._end_nal()

    def _begin_nal(self, header: bytes | memoryview, second: int) -> None:
        """`second` is the byte behind the header. Begins none where it shows a damaged unit."""
        role = self._roles[header[0]]
        if role is _SLICE or role is _KEY_SLICE:
            self._meet_slice(second)
            if self._is_damaged:
                return
            if role is _KEY_SLICE:
                self._is_key = True
        self._nal_role = role
        unit = self._unit
        self._nal_start = len(unit)
        unit += _NO_SIZE
        unit += header

    def _end_nal(self) -> None:
        start, unit, role = self._nal_start, self._unit, self._nal_role
        self._nal_start = self._middle = -1
        if role is _SLICE or role is _KEY_SLICE:
            self._has_picture = True
        elif role is _SEI:
            self._has_recovery_point |= is_recovery_point(unit, start + 4)
        elif role is not _KEPT:
            if role is _PARAMETER_SET:
                self._meet_set(bytes(unit[start + 4 :]))
            del unit[start:]
            return
        _put_size(unit, start, len(unit) - start - 4)

    def _meet_set(self, nal: bytes) -> None:
        if self._sets.put(nal) and (video := self._sets.video_format()) is not None:
            self._sink.video_format(video)

    def _meet_slice(self, second: int) -> None:
        """A picture at an exact recovery point is a key picture: streams of open GOPs may send no
        other after their first.

        A slice that does not begin a picture tells so in its first bit: first_mb_in_slice is above
        0 (H.264 7.3.3), first_slice_segment_in_pic_flag is 0 (H.265 7.3.6.1). With one of these at
        its head a unit is not whole. Some cameras set the marker bit on every slice; from the first
        such one on, only a new RTP time ends their access units.
        """
        if self._has_recovery_point and is_intra_slice(second):
            self._is_key = True
        if not self._has_picture and not second & 0x80:
            self._trusts_marker = self._trusts_marker and not self._ended_at_marker
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
        self._sink.picture(unit, self._rtp_time, is_key, self._arrival_us)

    def _lose(self, count: int = 1) -> None:
        """Drop the unit at hand and all that still comes of it."""
        self._is_damaged = True
        self._begin_unit()
        self.lost_count += count
        self._sink.packets_lost(count)


@lru_cache(maxsize=256)
def _frames(fragment_bytes: int, stride: int) -> Struct:
    """Frame head and half the RTP header; RTP time; see `_middle`; payload."""
    payload_bytes = stride - INTERLEAVING_BYTES - HEADER_BYTES - fragment_bytes
    return Struct(f">QI{fragment_bytes}xI{payload_bytes}s")
