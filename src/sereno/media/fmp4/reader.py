"""Reading a segment file back: header, fragment index, and where its last whole fragment ends."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from sereno.base.errors import Garbled
from sereno.media.faults import garbled
from sereno.media.file_lock import lock_file
from sereno.media.fmp4.boxes import Box, ReadAt, box_at, children, reader_of, walk
from sereno.media.fmp4.fast_reader import read_fast
from sereno.media.fmp4.header import SegmentHeader, parse_header
from sereno.media.fmp4.track_reader import Tracks, parse_movie
from sereno.media.fmp4.tracks import SOUND_TRACK_ID, VIDEO_TRACK_ID
from sereno.media.fmp4.writer import (
    TRUN_COMPOSITION_FLAGS,
    TRUN_FLAGS,
    TRUN_SOUND_FLAGS,
    wall_time_us,
)
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.index import Fragment, FragmentIndex

_LARGEST_HEAD_BYTES = 1024 * 1024
_NON_SYNC = 0x00010000  # sample_is_non_sync_sample
_PRIORITY = 0x0000FFFF  # sample_degradation_priority
_TFHD = Struct(">II")
_TFDT = Struct(">IQ")
_TRUN = Struct(">III")
_FIRST_FLAGS = Struct(">I")
_PRFT = Struct(">IIQQ")
_LAYOUTS = {  # of `trun` in a track: where its table begins, and a row of it
    (VIDEO_TRACK_ID, TRUN_FLAGS): (16, Struct(">II")),
    (VIDEO_TRACK_ID, 1 << 24 | TRUN_COMPOSITION_FLAGS): (16, Struct(">IIi")),
    (SOUND_TRACK_ID, TRUN_SOUND_FLAGS): (12, Struct(">II")),
}


@dataclass(frozen=True, slots=True)
class SegmentContents:
    """What a segment file holds.

    `head_size_bytes` reaches to the first fragment; `whole_size_bytes` to the end of the last
    whole one: whatever follows was in flight when the writer died. `start_us` is the wall-clock
    time of the first frame as its fragment says, `last_us` that of the last fragment's first.
    `damage` is when each fragment begins and ends that losses may have damaged.
    """

    header: SegmentHeader
    tracks: Tracks
    head_size_bytes: int
    index: FragmentIndex
    start_us: int
    last_us: int
    damage: tuple[tuple[int, int], ...] = ()

    @property
    def video(self) -> VideoFormat:
        return self.tracks.video

    @property
    def sound(self) -> SoundFormat | None:
        return self.tracks.sound

    @property
    def whole_size_bytes(self) -> int:
        return self.index.offsets[-1] if len(self.index) else self.head_size_bytes

    @property
    def end_us(self) -> int:
        """The wall-clock time at which the last frame ends."""
        if not len(self.index):
            return self.start_us
        return self.last_us + self.index[-1].duration_ticks * 100 // 9


def read_segment(path: Path) -> SegmentContents:
    """Read the file at `path`. Raises Garbled where its head is not whole, and OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        return parse_segment(lambda at, count: os.pread(descriptor, count, at), size)
    finally:
        os.close(descriptor)


def repair_segment(path: Path) -> SegmentContents:
    """Cut the file at the end of its last whole fragment and make that durable.

    Raises Garbled, without touching the file, where its head is not whole, BlockingIOError while
    its writer lives, and OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        lock_file(descriptor)
        contents = read_segment(path)
        if os.fstat(descriptor).st_size != contents.whole_size_bytes:
            os.ftruncate(descriptor, contents.whole_size_bytes)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return contents


def parse_segment(read_at: ReadAt, size_bytes: int) -> SegmentContents:
    """Read a segment of `size_bytes`. Only heads are read, never samples. Raises Garbled."""
    header: SegmentHeader | None = None
    at = 0
    while True:
        found = box_at(read_at, at, min(size_bytes, _LARGEST_HEAD_BYTES))
        at = found.end
        if found.kind == b"uuid" and header is None:
            header = parse_header(read_at(found.body, found.end - found.body))
        if found.kind == b"moov":
            tracks = parse_movie(read_at(found.body, found.end - found.body))
            break
    if header is None:
        raise garbled("segment header is missing")
    fragments, walls = _read_fragments(read_at, at, size_bytes)
    index = FragmentIndex.of(fragments)
    start_us = walls[0] if walls else header.start_us
    damage = tuple(
        (wall_us, wall_us + fragment.duration_ticks * 100 // 9)
        for fragment, wall_us in zip(fragments, walls, strict=True)
        if fragment.is_damaged
    )
    last_us = walls[-1] if walls else start_us
    return SegmentContents(header, tracks, at, index, start_us, last_us, damage)


def strip_header(head: bytes) -> bytes:
    """`ftyp` and `moov` of a file's head without Sereno's own box, as players get it."""
    boxes = walk(lambda at, count: head[at : at + count], 0, len(head))
    return b"".join(head[each.offset : each.end] for each in boxes if each.kind != b"uuid")


def _read_fragments(read_at: ReadAt, at: int, end: int) -> tuple[list[Fragment], list[int]]:
    """All whole fragments from `at`, and the wall-clock time of each; stops at the first that is
    not whole or does not follow the one before."""
    fragments: list[Fragment] = []
    walls: list[int] = []
    with suppress(Garbled):
        while at < end:
            fragment, wall_us = read_fast(read_at, at, end) or read_carefully(read_at, at, end)
            if fragments and fragments[-1].end_ticks != fragment.start_ticks:
                break
            fragments.append(fragment)
            walls.append(wall_us)
            at = fragment.end_bytes
    return fragments, walls


def read_carefully(read_at: ReadAt, at: int, end: int) -> tuple[Fragment, int]:
    """One fragment and its wall-clock time, box by box. Raises Garbled."""
    clock = _expect(box_at(read_at, at, end), b"prft")
    movie = _expect(box_at(read_at, clock.end, end), b"moof")
    media = _expect(box_at(read_at, movie.end, end), b"mdat")
    if movie.end - movie.body > _LARGEST_HEAD_BYTES or clock.end - clock.body < _PRFT.size:
        raise garbled("fragment header")
    _, _, ntp, _ = _PRFT.unpack(read_at(clock.body, _PRFT.size))
    video, sound = parse_moof(read_at(movie.body, movie.end - movie.body))
    size_bytes = sum(video.sizes) + (sum(sound.sizes) if sound else 0)
    if size_bytes != media.end - media.body:
        raise garbled("fragment's samples do not fill it")
    fragment = Fragment(
        video.decode_time, sum(video.durations), at, media.end - at, video.is_key,
        video.is_damaged, len(video.sizes), bool(video.offsets), sound is not None,
    )  # fmt: skip
    return fragment, wall_time_us(ntp)


class TrackFragment(NamedTuple):
    """One track of a fragment: times in units of the track, sizes in bytes.

    `offsets` are those of composition, empty where there are none.
    """

    decode_time: int
    durations: tuple[int, ...]
    sizes: tuple[int, ...]
    offsets: tuple[int, ...] = ()
    is_key: bool = True
    is_damaged: bool = False


def parse_moof(moof: bytes) -> tuple[TrackFragment, TrackFragment | None]:
    """Pictures and sound in the contents of a `moof` box of ours. Raises Garbled."""
    parts = [moof[each.body : each.end] for each in children(moof, b"traf")]
    if not 1 <= len(parts) <= 2:
        raise garbled("fragment header")
    video = _parse_traf(parts[0], VIDEO_TRACK_ID)
    return video, _parse_traf(parts[1], SOUND_TRACK_ID) if len(parts) == 2 else None


def _parse_traf(traf: bytes, track_id: int) -> TrackFragment:
    boxes = {each.kind: traf[each.body : each.end] for each in walk(reader_of(traf), 0, len(traf))}
    tfhd, tfdt, trun = (boxes.get(kind, b"") for kind in (b"tfhd", b"tfdt", b"trun"))
    if len(tfhd) != _TFHD.size or len(tfdt) != _TFDT.size or len(trun) < _TRUN.size + 4:
        raise garbled("fragment header")
    version, decode_time = _TFDT.unpack(tfdt)
    flags, count, _ = _TRUN.unpack_from(trun)
    start, row = _LAYOUTS.get((_TFHD.unpack(tfhd)[1], flags), (0, _TFHD))
    if not start or _TFHD.unpack(tfhd)[1] != track_id or version >> 24 != 1:
        raise garbled("layout of the fragment header")
    if not count or len(trun) != start + count * row.size:
        raise garbled("layout of the fragment header")
    durations, sizes, *offsets = zip(*row.iter_unpack(trun[start:]), strict=True)
    if track_id == SOUND_TRACK_ID:
        return TrackFragment(decode_time, durations, sizes)
    (first,) = _FIRST_FLAGS.unpack_from(trun, _TRUN.size)
    return TrackFragment(
        decode_time, durations, sizes, offsets[0] if offsets else (),
        is_key=not first & _NON_SYNC, is_damaged=bool(first & _PRIORITY),
    )  # fmt: skip


def _expect(found: Box, kind: bytes) -> Box:
    if found.kind != kind:
        raise garbled(f"{found.kind!r} where {kind!r} should be")
    return found
