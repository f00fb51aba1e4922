"""Footage as Hikvision sends it: an envelope, then an MPEG program stream.

Sources: ISO/IEC 13818-1, 2.5 (pack, system header, program stream map, PES packets). Beside picture
and sound goes a private stream (0xBD) with the maker's own data, which means nothing to others. The
size of any part is known before it is made, for each frame's follows from its place in the loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from sereno.sim.recorders.pictures import Pictures

_SOUND_HZ = 8_000
_CLOCK_HZ = 90_000
_STREAM_TYPES = {"h264": 0x1B, "h265": 0x24}
_SOUND_TYPE = 0x90
_VIDEO_ID, _SOUND_ID = 0xE0, 0xC0
_LEAD_TICKS = 9_000
_MUX_RATE = 25_000
_MOST_PAYLOAD = 65_000
_PIECE_BYTES = 128 * 1024
_PRIVATE = b"\0\0\1\xbd" + (35).to_bytes(2, "big") + b"\x8c\0\0" + bytes(32)


def envelope(*, begins_at_0: bool) -> bytes:
    """What stands before the stream: 64 bytes with IMKH at 24, or 40 that begin with it."""
    if begins_at_0:
        return b"IMKH" + bytes(36)
    return (64).to_bytes(4, "big") + (19).to_bytes(4, "big") + bytes(16) + b"IMKH" + bytes(36)


class ProgramStream:
    """Makes program streams of a channel; ``sound`` is a loop of A-law samples, or empty."""

    def __init__(self, pictures: Pictures, sound: bytes = b"") -> None:
        self._pictures = pictures
        self._sound = sound
        self._heads = _system_header(bool(sound)) + _map(pictures.codec, bool(sound)) + _PRIVATE
        sizes = [self._size_at(place) for place in range(len(pictures.units))]
        self._sums = [0, *accumulate(sizes)]

    def size(self, numbers: range) -> int:
        """How many bytes these frames make."""
        return self._size_before(numbers.stop) - self._size_before(numbers.start)

    def pieces(self, runs: Sequence[range]) -> Iterator[bytes]:
        """The stream of these frames in pieces; its clock begins with the first."""
        piece = bytearray()
        for run in runs:
            for number in run:
                piece += self._frame(number, number - runs[0].start)
                if len(piece) >= _PIECE_BYTES:
                    yield bytes(piece)
                    piece.clear()
        yield bytes(piece)

    def _size_before(self, number: int) -> int:
        loops, place = divmod(number, len(self._pictures.units))
        return loops * self._sums[-1] + self._sums[place]

    def _size_at(self, place: int) -> int:
        unit = self._pictures.units[place]
        whole, rest = divmod(len(unit.data), _MOST_PAYLOAD)
        packets = whole + (rest > 0)
        size = 14 + len(unit.data) + packets * 9 + 5 + (len(self._heads) if unit.is_key else 0)
        samples = len(self._samples(place))
        return size + (14 + samples if samples else 0)

    def _frame(self, number: int, place: int) -> bytes:
        picture = self._pictures.picture(number)
        ticks = place * _CLOCK_HZ // self._pictures.fps + _LEAD_TICKS
        parts = [_pack(ticks - _LEAD_TICKS)]
        if picture.is_key:
            parts.append(self._heads)
        for at in range(0, len(picture.data), _MOST_PAYLOAD):
            payload = picture.data[at : at + _MOST_PAYLOAD]
            parts += [_pes_head(_VIDEO_ID, len(payload), None if at else ticks), payload]
        if samples := self._samples(number):
            parts += [_pes_head(_SOUND_ID, len(samples), ticks), samples]
        return b"".join(parts)

    def _samples(self, number: int) -> bytes:
        """The sound of a frame's own time."""
        if not self._sound:
            return b""
        fps = self._pictures.fps
        first, last = number * _SOUND_HZ // fps, (number + 1) * _SOUND_HZ // fps
        at = first % len(self._sound)
        return (self._sound[at:] + self._sound[: last - first])[: last - first]


def _pack(ticks: int) -> bytes:
    base = ticks & 0x1_FFFF_FFFF
    clock = (
        0b01 << 46
        | (base >> 30) << 43
        | 1 << 42
        | (base >> 15 & 0x7FFF) << 27
        | 1 << 26
        | (base & 0x7FFF) << 11
        | 1 << 10
        | 1
    )
    rate = (_MUX_RATE << 2 | 0b11).to_bytes(3, "big")
    return b"\0\0\1\xba" + clock.to_bytes(6, "big") + rate + b"\xf8"


def _pes_head(stream: int, payload_bytes: int, ticks: int | None) -> bytes:
    head = b"\0\0\1" + bytes((stream,))
    if ticks is None:
        return head + (payload_bytes + 3).to_bytes(2, "big") + b"\x80\0\0"
    pts = ticks & 0x1_FFFF_FFFF
    stamp = 0b0010 << 36 | (pts >> 30) << 33 | 1 << 32 | (pts >> 15 & 0x7FFF) << 17 | 1 << 16
    stamp |= (pts & 0x7FFF) << 1 | 1
    return (
        head + (payload_bytes + 8).to_bytes(2, "big") + b"\x80\x80\x05" + stamp.to_bytes(5, "big")
    )


def _system_header(has_sound: bool) -> bytes:
    rate = (1 << 23 | _MUX_RATE << 1 | 1).to_bytes(3, "big")
    streams = bytes((_VIDEO_ID, 0xE0, 0xE8)) + (bytes((_SOUND_ID, 0xC0, 0x20)) * has_sound)
    body = rate + bytes((has_sound << 2, 0x21, 0x7F)) + streams
    return b"\0\0\1\xbb" + len(body).to_bytes(2, "big") + body


def _map(codec: str, has_sound: bool) -> bytes:
    streams = bytes((_STREAM_TYPES[codec], _VIDEO_ID, 0, 0))
    streams += bytes((_SOUND_TYPE, _SOUND_ID, 0, 0)) * has_sound
    body = b"\xe1\xff\0\0" + len(streams).to_bytes(2, "big") + streams
    head = b"\0\0\1\xbc" + (len(body) + 4).to_bytes(2, "big")
    return head + body + _crc(head + body).to_bytes(4, "big")


def _crc(data: bytes) -> int:
    """CRC-32/MPEG-2 (ISO/IEC 13818-1, annex A)."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C1_1DB7 if crc & 0x8000_0000 else crc << 1) & 0xFFFF_FFFF
    return crc
