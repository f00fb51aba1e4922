"""Reading a segment file back: header, fragment index, and where its last whole fragment ends."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

from sereno.base.errors import Garbled
from sereno.media.faults import garbled
from sereno.media.file_lock import lock_file
from sereno.media.fmp4.boxes import Box, ReadAt, box_at, child, children, walk
from sereno.media.fmp4.header import SegmentHeader, parse_header
from sereno.media.fmp4.writer import CONFIGURATION_KINDS, wall_time_us
from sereno.media.formats import VideoFormat
from sereno.media.h264 import codec_of
from sereno.media.index import Fragment, FragmentIndex

_LARGEST_HEAD_BYTES = 1024 * 1024
_VISUAL_ENTRY = Struct(">24xHH50x")  # width and height (14496-12, 12.1.3)
_TFDT = Struct(">IQ")
_TRUN = Struct(">IIII")
_SAMPLE = Struct(">II")
_PRFT = Struct(">IIQQ")


@dataclass(frozen=True, slots=True)
class SegmentContents:
    """What a segment file holds.

    `head_size_bytes` reaches to the first fragment; `whole_size_bytes` to the end of the last
    whole one: whatever follows was in flight when the writer died. `start_us` is the wall-clock
    time of the first frame as its fragment says, `last_us` that of the last fragment's first.
    """

    header: SegmentHeader
    video: VideoFormat
    head_size_bytes: int
    index: FragmentIndex
    start_us: int
    last_us: int

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
            video = parse_movie(read_at(found.body, found.end - found.body))
            break
    if header is None:
        raise garbled("segment header is missing")
    fragments, walls = _read_fragments(read_at, at, size_bytes)
    index = FragmentIndex.of(fragments)
    start_us = walls[0] if walls else header.start_us
    return SegmentContents(header, video, at, index, start_us, walls[-1] if walls else start_us)


def strip_header(head: bytes) -> bytes:
    """`ftyp` and `moov` of a file's head without Sereno's own box, as players get it."""
    boxes = walk(lambda at, count: head[at : at + count], 0, len(head))
    return b"".join(head[each.offset : each.end] for each in boxes if each.kind != b"uuid")


def parse_movie(moov: bytes) -> VideoFormat:
    """The video format in the contents of a `moov` box. Raises Garbled."""
    description = child(moov, b"trak", b"mdia", b"minf", b"stbl", b"stsd")[8:]
    for kind, configuration_kind in CONFIGURATION_KINDS.items():
        for found in children(description, kind):
            entry = description[found.body : found.end]
            if len(entry) < _VISUAL_ENTRY.size:
                raise garbled("sample entry is cut off")
            width, height = _VISUAL_ENTRY.unpack_from(entry)
            configuration = child(entry[_VISUAL_ENTRY.size :], configuration_kind)
            if len(configuration) < 7 or configuration[0] != 1:
                raise garbled("decoder configuration")
            return VideoFormat(codec_of(configuration), width, height, kind, configuration)
    raise garbled("no known video in the file")


def _read_fragments(read_at: ReadAt, at: int, end: int) -> tuple[list[Fragment], list[int]]:
    """All whole fragments from `at`, and the wall-clock time of each; stops at the first that is
    not whole or does not follow the one before."""
    fragments: list[Fragment] = []
    walls: list[int] = []
    with suppress(Garbled):
        while at < end:
            fragment, wall_us = _read_fragment(read_at, at, end)
            if fragments and fragments[-1].end_ticks != fragment.start_ticks:
                break
            fragments.append(fragment)
            walls.append(wall_us)
            at = fragment.end_bytes
    return fragments, walls


def _read_fragment(read_at: ReadAt, at: int, end: int) -> tuple[Fragment, int]:
    clock = _expect(box_at(read_at, at, end), b"prft")
    movie = _expect(box_at(read_at, clock.end, end), b"moof")
    media = _expect(box_at(read_at, movie.end, end), b"mdat")
    if movie.end - movie.body > _LARGEST_HEAD_BYTES or clock.end - clock.body < _PRFT.size:
        raise garbled("fragment header")
    _, _, ntp, _ = _PRFT.unpack(read_at(clock.body, _PRFT.size))
    moof = read_at(movie.body, movie.end - movie.body)
    start_ticks, durations, size_bytes, is_key = _parse_moof(moof)
    if size_bytes != media.end - media.body:
        raise garbled("fragment's samples do not fill it")
    fragment = Fragment(start_ticks, sum(durations), at, media.end - at, is_key)
    return fragment, wall_time_us(ntp)


def _parse_moof(moof: bytes) -> tuple[int, list[int], int, bool]:
    """Decode time, durations, total size of the samples, and whether the first is a key frame."""
    tfdt, trun = child(moof, b"traf", b"tfdt"), child(moof, b"traf", b"trun")
    if len(list(children(moof, b"traf", b"trun"))) != 1 or len(tfdt) < 12 or len(trun) < 16:
        raise garbled("fragment header")
    version, start_ticks = _TFDT.unpack_from(tfdt)
    flags, count, _, first_flags = _TRUN.unpack_from(trun)
    if version >> 24 != 1 or flags != 0x305 or not count or len(trun) != 16 + 8 * count:
        raise garbled("layout of the fragment header")
    samples = list(_SAMPLE.iter_unpack(trun[16:]))
    is_key = not first_flags & 0x00010000  # sample_is_non_sync_sample
    return start_ticks, [each[0] for each in samples], sum(each[1] for each in samples), is_key


def _expect(found: Box, kind: bytes) -> Box:
    if found.kind != kind:
        raise garbled(f"{found.kind!r} where {kind!r} should be")
    return found
