"""`moov` and `moof` as ffmpeg writes them (ISO/IEC 14496-12, 8.2 to 8.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from struct import Struct
from struct import error as StructError
from typing import NamedTuple

from sereno.base.errors import Garbled
from sereno.media.aac import parse_configuration
from sereno.media.faults import garbled
from sereno.media.fmp4.boxes import child, children, reader_of, walk
from sereno.media.fmp4.tracks import (
    AAC_OBJECT,
    DECODER_CONFIG,
    DECODER_SPECIFIC,
    ES_DESCRIPTOR,
)
from sereno.media.formats import SoundFormat

_VISUAL_ENTRY_BYTES = 78  # before the boxes inside (12.1.3)
_SOUND_ENTRY_BYTES = 28  # (12.2.3)
_ES_BYTES, _DECODER_BYTES = 3, 13  # before the descriptors inside (14496-1, 7.2.6)
_WORD = Struct(">I")
_SIGNED_LONG = Struct(">q")  # ffmpeg lets sound begin before time 0, for the encoder's delay
_CONFIGURATIONS = {b"avc1": b"avcC", b"avc3": b"avcC", b"hvc1": b"hvcC", b"hev1": b"hvcC"}


@dataclass(frozen=True, slots=True)
class Track:
    """One track. `entry` is its sample entry's kind; `configuration` the contents of `avcC` or
    `hvcC`; `sound` is None where it is no AAC."""

    number: int
    kind: bytes
    timescale: int
    entry: bytes
    configuration: bytes = b""
    sound: SoundFormat | None = None


class Sample(NamedTuple):
    """One sample of a fragment: where it lies in `mdat`, and its times in units of the track."""

    start: int
    end: int
    decode_time: int
    shown_time: int


class Part(NamedTuple):
    """What a fragment holds of one track, up to `end_time`."""

    track: int
    samples: list[Sample]
    end_time: int


def parse_movie(moov: bytes) -> list[Track]:
    """The tracks in the contents of `moov`. Raises Garbled."""
    return [_track(moov[each.body : each.end]) for each in children(moov, b"trak")]


def parse_fragment(moof: bytes) -> list[Part]:
    """What is in the contents of `moof`; its `mdat` must follow at once. Raises Garbled."""
    data_start = len(moof) + 16  # the heads of both boxes
    try:
        return [
            part
            for each in children(moof, b"traf")
            for part in _parts(moof[each.body : each.end], data_start)
        ]
    except StructError:
        raise garbled("fragment header is cut off") from None


def _track(trak: bytes) -> Track:
    header, media = child(trak, b"tkhd"), child(trak, b"mdia", b"mdhd")
    try:
        (number,) = _WORD.unpack_from(header, 20 if header[0] else 12)
        (timescale,) = _WORD.unpack_from(media, 20 if media[0] else 12)
    except (StructError, IndexError):
        raise garbled("track header is cut off") from None
    kind = child(trak, b"mdia", b"hdlr")[8:12]
    entries = child(trak, b"mdia", b"minf", b"stbl", b"stsd")[8:]
    for found in walk(reader_of(entries), 0, len(entries)):
        body = entries[found.body : found.end]
        configuration, sound = b"", None
        if found.kind in _CONFIGURATIONS:
            configuration = child(body[_VISUAL_ENTRY_BYTES:], _CONFIGURATIONS[found.kind])
        if found.kind == b"mp4a":
            sound = _sound(child(body[_SOUND_ENTRY_BYTES:], b"esds")[4:], timescale)
        return Track(number, kind, timescale, found.kind, configuration, sound)
    raise garbled("a track without a format")


def _sound(descriptors: bytes, timescale: int) -> SoundFormat | None:
    """AAC's format; None for any other sound, which MP4 keeps in `mp4a` as well (MP3)."""
    es = _descriptor(descriptors, ES_DESCRIPTOR)
    decoder = _descriptor(es[_ES_BYTES:], DECODER_CONFIG)
    if decoder[:1] != bytes((AAC_OBJECT,)):
        return None
    try:
        specific = _descriptor(decoder[_DECODER_BYTES:], DECODER_SPECIFIC)
        return parse_configuration(specific, timescale)
    except Garbled:
        return None


def _descriptor(data: bytes, tag: int) -> bytes:
    """The contents of the descriptor at the start of `data` (14496-1, 8.3.3)."""
    size, at = 0, 1
    while at < min(len(data), 5):
        size = size << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            break
    if data[:1] != bytes((tag,)) or at + size > len(data):
        raise garbled("sound configuration")
    return data[at : at + size]


def _parts(traf: bytes, data_start: int) -> Iterator[Part]:
    boxes = {each.kind: traf[each.body : each.end] for each in walk(reader_of(traf), 0, len(traf))}
    defaults = _Defaults.of(boxes.get(b"tfhd", b""))
    clock, trun = boxes.get(b"tfdt", b""), boxes.get(b"trun")
    if trun is None:
        return
    (time,) = (
        _SIGNED_LONG.unpack_from(clock, 4) if clock[:1] == b"\x01" else _WORD.unpack_from(clock, 4)
    )
    yield _read_run(trun, defaults, time, data_start)


class _Defaults(NamedTuple):
    """What `tfhd` says for all samples (8.8.7)."""

    track: int
    duration: int
    size: int

    @classmethod
    def of(cls, tfhd: bytes) -> _Defaults:
        flags, track = _WORD.unpack_from(tfhd)[0] & 0xFFFFFF, _WORD.unpack_from(tfhd, 4)[0]
        at = 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
        duration = size = 0
        if flags & 0x8:
            (duration,) = _WORD.unpack_from(tfhd, at)
            at += 4
        if flags & 0x10:
            (size,) = _WORD.unpack_from(tfhd, at)
        return cls(track, duration, size)


def _read_run(trun: bytes, defaults: _Defaults, time: int, data_start: int) -> Part:
    """The samples of `trun` (8.8.8)."""
    flags, count = _WORD.unpack_from(trun)[0], _WORD.unpack_from(trun, 4)[0]
    if not flags & 0x1:
        raise garbled("fragment without the place of its data")
    offset, at = int.from_bytes(trun[8:12], "big", signed=True), 12 + 4 * bool(flags & 0x4)
    fields = [bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    row_bytes = 4 * sum(fields)
    if len(trun) < at + count * row_bytes or not 0 < count <= len(trun) * 8:
        raise garbled("fragment header is cut off")
    durations, sizes = [defaults.duration] * count, [defaults.size] * count
    shifts = [0] * count
    for place, column in enumerate((durations, sizes, None, shifts)):
        if fields[place]:
            if column is not None:
                where = range(at, at + count * row_bytes, row_bytes)
                signed = column is shifts and trun[0] > 0
                column[:] = [int.from_bytes(trun[x : x + 4], "big", signed=signed) for x in where]
            at += 4
    starts = list(accumulate(sizes, initial=offset - data_start))
    times = list(accumulate(durations, initial=time))
    samples = [
        Sample(start, start + size, decoded, decoded + shift)
        for start, size, decoded, shift in zip(starts, sizes, times, shifts, strict=False)
    ]
    return Part(defaults.track, samples, times[-1])
