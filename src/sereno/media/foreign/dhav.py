"""The frames of Dahua's container and the clock in them, read as the bytes come.

A frame: `DHAV`, type (0xFD key, 0xFC other picture, 0xF0 sound, 0xF1 to be skipped), subtype,
channel, number in the frame; then, little-endian, the frame's number, the length of all of it, the
local time packed into 32 bits, milliseconds in 16, the length of the extension and a checksum; the
extension of tagged fields; the payload; `dhav` and the length again. Source of the layout:
FFmpeg's libavformat/dhav.c.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from struct import Struct
from typing import NamedTuple

MAGIC = b"DHAV"
TRAILER = b"dhav"

_HEADER = Struct("<4sBBBBIIIHBB")
_SIZE = Struct("<HH")
_LARGEST_FRAME = 64 << 20
_FIRST_YEAR = 2000
_VIDEO_CODECS = {
    0x01: "mpeg4", 0x02: "h264", 0x03: "mjpeg", 0x04: "h264", 0x08: "h264", 0x0C: "h265",
}  # fmt: skip
_SOUND_CODECS = {
    0x07: "pcm", 0x0A: "g711u", 0x0C: "pcm", 0x0E: "g711a", 0x10: "pcm", 0x16: "g711u",
    0x1A: "aac",
}  # fmt: skip
_SHORT_TAGS = frozenset({0x80, 0x81, 0x83, 0x84, 0x85, 0x8B, 0x94, 0x96, 0xA0, 0xB2, 0xB4})
_LONG_TAGS = frozenset({0x82, 0x88, 0x8C, 0x91, 0x92, 0x93, 0x95, 0x9A, 0x9B, 0xB3})
_VIDEO_TAG, _SOUND_TAG, _SIZE_TAG, _OTHER_SOUND_TAG = 0x81, 0x83, 0x82, 0x8C


class Kind(IntEnum):
    """What a frame holds."""

    KEY = 0xFD
    PICTURE = 0xFC
    SOUND = 0xF0
    SKIP = 0xF1


class Frame(NamedTuple):
    """One frame's header. `at` is the device's wall clock, to the second and without a zone; None
    where it is no time. `ms` counts on with each frame, in milliseconds modulo 65,536. `codec` is
    empty where the header does not say; so are `width` and `height` 0. `channel` counts from 0.
    """

    kind: int
    channel: int
    number: int
    size_bytes: int
    at: datetime | None
    ms: int
    codec: str
    width: int
    height: int

    @property
    def is_picture(self) -> bool:
        return self.kind in (Kind.KEY, Kind.PICTURE)


def starts_frame(data: bytes, at: int) -> bool:
    """Whether what stands at `at` can be the header of a frame, as far as it is there."""
    head = data[at : at + _HEADER.size]
    if len(head) < _HEADER.size:
        return len(head) > len(MAGIC) and head[4] in Kind.__members__.values()
    _, kind, _, _, _, _, size, _, _, extension, _ = _HEADER.unpack(head)
    least = _HEADER.size + (0 if kind == Kind.SKIP else extension)
    return kind in Kind.__members__.values() and least <= size <= _LARGEST_FRAME


@dataclass(slots=True)
class DhavReader:
    """Takes bytes as they come, gives the headers of frames; payloads are passed over, and so is
    whatever stands between frames.

    Holds no more than one header, whatever comes.
    """

    passed_over_bytes: int = 0
    _held: bytes = b""
    _to_skip: int = 0

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that begin in `data`, or whose header ends there. To be read to its end."""
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        if skipped == len(data):
            return
        held, at = self._held + data[skipped:], 0
        while (found := held.find(MAGIC, at)) >= 0:
            self.passed_over_bytes += found - at
            at = found
            if len(held) < at + _HEADER.size:
                break
            if not starts_frame(held, at):
                self.passed_over_bytes += 1
                at += 1
                continue
            if len(held) < at + _HEADER.size + held[at + _HEADER.size - 2]:
                break
            frame = _read(held, at)
            yield frame
            at += frame.size_bytes
            if at > len(held):
                self._to_skip, self._held = at - len(held), b""
                return
        self._hold(held, at)

    def _hold(self, held: bytes, at: int) -> None:
        """Keep what may be the beginning of a header."""
        if not held.startswith(MAGIC, at):
            kept_from = max(at, len(held) - len(MAGIC) + 1)
            self.passed_over_bytes += kept_from - at
            at = kept_from
        self._held = held[at:]


@dataclass(slots=True)
class DhavClock:
    """What a stream says of itself, gathered from its frames: the device's wall clock of the first
    and the last picture, and what it is encoded with."""

    first_at: datetime | None = None
    last_at: datetime | None = None
    picture_count: int = 0
    video_codec: str = ""
    sound_codec: str = ""
    _reader: DhavReader = field(default_factory=DhavReader)

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        for frame in self._reader.feed(data):
            if frame.kind == Kind.SOUND:
                self.sound_codec = self.sound_codec or frame.codec
            elif frame.is_picture:
                self.picture_count += 1
                self.video_codec = self.video_codec or frame.codec
                self.first_at = self.first_at or frame.at
                self.last_at = frame.at or self.last_at

    @property
    def seconds(self) -> float:
        """From the first picture to the last, by the device's wall clock."""
        if self.first_at is None or self.last_at is None:
            return 0.0
        return (self.last_at - self.first_at).total_seconds()


def pack_time(at: datetime) -> int:
    """A local time as 32 bits: six of years since 2000, four of months, five of days and hours,
    six of minutes and seconds."""
    date = (at.year - _FIRST_YEAR) << 26 | at.month << 22 | at.day << 17
    return date | at.hour << 12 | at.minute << 6 | at.second


def unpack_time(packed: int) -> datetime | None:
    """The local time, without a zone; None for what is no time."""
    try:
        return datetime(  # noqa: DTZ001 the device tells no zone
            _FIRST_YEAR + (packed >> 26), packed >> 22 & 0xF, packed >> 17 & 0x1F,
            packed >> 12 & 0x1F, packed >> 6 & 0x3F, packed & 0x3F,
        )  # fmt: skip
    except ValueError:
        return None


def _read(data: bytes, at: int) -> Frame:
    """The frame whose whole header stands at `at`."""
    _, kind, _, channel, _, number, size, time, ms, extension, _ = _HEADER.unpack_from(data, at)
    start = at + _HEADER.size
    tags = data[start : start + extension] if kind != Kind.SKIP else b""
    codec, width, height = _read_extension(tags)
    return Frame(kind, channel, number, size, unpack_time(time), ms, codec, width, height)


def _read_extension(data: bytes) -> tuple[str, int, int]:
    """Codec, width and height; what follows a tag that nobody knows is left."""
    codec, width, height, at = "", 0, 0, 0
    while at < len(data):
        tag = data[at]
        size = 4 if tag in _SHORT_TAGS else 8 if tag in _LONG_TAGS else 0
        value = data[at + 1 : at + size]
        if not size or len(value) < size - 1:
            break
        if tag == _VIDEO_TAG:
            codec = _VIDEO_CODECS.get(value[1], f"0x{value[1]:02x}")
        elif tag == _SIZE_TAG:
            width, height = (
                int.from_bytes(value[3:5], "little"),
                int.from_bytes(value[5:], "little"),
            )
        elif tag in (_SOUND_TAG, _OTHER_SOUND_TAG):
            number = value[1 if tag == _SOUND_TAG else 2]
            codec = _SOUND_CODECS.get(number, f"0x{number:02x}")
        at += size
    return codec, width, height
