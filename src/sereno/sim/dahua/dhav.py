"""DHAV, the container of Dahua's footage.

A frame is a head of 24 bytes, extensions, the access unit, and a tail of 8 bytes:

    0   "DHAV", type (0xFD key picture, 0xFC other picture, 0xF0 sound), subtype, channel, part
    8   number of the frame, length of the whole frame, packed local time (all 32 bits)
    20  a millisecond counter of 16 bits that wraps, length of the extensions, checksum (sum of the
        23 bytes before)
    …   extensions: 0x81 codec and frames per second, 0x82 width and height, 0x83 sound
    -8  "dhav", length of the whole frame

Numbers are little-endian. Layout as FFmpeg's demuxer reads it (libavformat/dhav.c).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import accumulate

from sereno.base.clock import from_us
from sereno.sim.packets import INTERLEAVING_BYTES, RTP_HEADER_BYTES
from sereno.sim.recorders.pictures import Pictures
from sereno.sim.sound import SoundLoop
from sereno.sim.spec import Picture

FILE_HEADER = b"DAHUA".ljust(0x400, b"\0")
"""What some files begin with."""
_KEY, _OTHER, _SOUND = 0xFD, 0xFC, 0xF0
_HEAD = struct.Struct("<4sBBBBIIIHB")
_TAIL = struct.Struct("<4sI")
_HEAD_BYTES = _HEAD.size + 1
_PICTURE_EXTENSIONS = struct.Struct("<BBBBBBBBHH")
_SOUND_EXTENSION = struct.Struct("<BBBB")
_CODECS = {"h264": 0x08, "h265": 0x0C}
_ALAW, _8_KHZ = 0x0E, 2
_PIECE_BYTES = 1 << 17
_US = 1_000_000
_PACKET_HEAD_BYTES = INTERLEAVING_BYTES + RTP_HEADER_BYTES


class Dhav:
    """One stream of one channel as DHAV. ``wall`` gives the device's time of a true instant."""

    def __init__(
        self,
        pictures: Pictures,
        size: Picture,
        sound: SoundLoop | None,
        place: int,
        wall: Callable[[datetime], datetime],
    ) -> None:
        self.pictures = pictures
        self._sound = sound
        self._place = place
        self._wall = wall
        self._extensions = _PICTURE_EXTENSIONS.pack(
            *(0x81, 0, _CODECS[pictures.codec], pictures.fps),
            *(0x82, 0, 0, 0, size.width, size.height),
        )
        frame_bytes = _HEAD_BYTES + len(self._extensions) + _TAIL.size
        sizes = [frame_bytes + len(unit.data) for unit in pictures.units]
        self._sums = [0, *accumulate(sizes)]

    def is_key(self, number: int) -> bool:
        """Whether one can start at a frame."""
        return self.pictures.unit(number).is_key

    def size_bytes(self, runs: Iterable[range]) -> int:
        """How long those frames are together."""
        return sum(
            self._up_to(run.stop) - self._up_to(run.start) + self._sound_bytes(run) for run in runs
        )

    def pieces(self, runs: Iterable[range]) -> Iterator[bytes]:
        """The frames in pieces of some size."""
        waiting = bytearray()
        for run in runs:
            for number in run:
                waiting += self._picture(number)
                for unit in self._units(number, number + 1):
                    waiting += self._heard(unit)
                if len(waiting) >= _PIECE_BYTES:
                    yield bytes(waiting)
                    waiting.clear()
        if waiting:
            yield bytes(waiting)

    def _up_to(self, number: int) -> int:
        """The bytes of all pictures before a frame, counted from frame 0."""
        laps, rest = divmod(number, len(self.pictures.units))
        return laps * self._sums[-1] + self._sums[rest]

    def _picture(self, number: int) -> bytes:
        picture = self.pictures.picture(number)
        kind = _KEY if picture.is_key else _OTHER
        return self._frame(kind, number, picture.utc_us, self._extensions, picture.data)

    def _heard(self, number: int) -> bytes:
        if self._sound is None:
            raise ValueError("this stream has no sound")
        unit = self._sound.units[number % len(self._sound.units)]
        started_us = round((self._sound.unit_ends_at(number - 1)) * _US)
        extension = _SOUND_EXTENSION.pack(0x83, 1, _ALAW, _8_KHZ)
        return self._frame(_SOUND, number, started_us, extension, unit.wire[_PACKET_HEAD_BYTES:])

    def _units(self, first: int, stop: int) -> range:
        """The units of sound that end while those frames are shown."""
        if self._sound is None:
            return range(0)
        starts = (self.pictures.clock.utc_us(number) / _US for number in (first, stop))
        before, newest = (self._sound.newest_unit(start) for start in starts)
        return range(before + 1, newest + 1)

    def _sound_bytes(self, run: range) -> int:
        if self._sound is None:
            return 0
        each = _HEAD_BYTES + _SOUND_EXTENSION.size + self._sound.kind.unit_bytes + _TAIL.size
        return each * len(self._units(run.start, run.stop))

    def _frame(self, kind: int, number: int, utc_us: int, extensions: bytes, data: bytes) -> bytes:
        size = _HEAD_BYTES + len(extensions) + len(data) + _TAIL.size
        head = _HEAD.pack(
            *(b"DHAV", kind, 0, self._place, 0),
            *(number & 0xFFFFFFFF, size, packed_time(self._wall(from_us(utc_us)))),
            *(utc_us // 1000 & 0xFFFF, len(extensions)),
        )
        check = bytes((sum(head) & 0xFF,))
        return b"".join((head, check, extensions, data, _TAIL.pack(b"dhav", size)))


def packed_time(wall: datetime) -> int:
    """A time of day in 32 bits, to the second."""
    day = (wall.year - 2000) << 26 | wall.month << 22 | wall.day << 17
    return day | wall.hour << 12 | wall.minute << 6 | wall.second
