"""Clips: whole fragments of several files as one MP4, without touching a picture.

A clip begins with the key frame at or before its start. Media time counts from 0 and goes on
without holes: where footage is missing, the clip continues with what comes next and says so in
`ClipPlan.gaps`. One MP4 has one picture format and one sound format, so a clip ends where either
changes (`ClipPlan.is_cut_short`); runs without sound may stand beside runs with. Its size is known
before its pictures are read.

Pictures get new decode times; those of sound are not in the index and are moved by a difference.
Sound often lies a little before the pictures that it travels with: then the clip's first picture is
shown so much later.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import BinaryIO

from sereno.base.clock import from_us, to_us
from sereno.base.errors import NotFound, Words
from sereno.base.spans import Span, span_or_none
from sereno.media.contract import TIMESCALE
from sereno.media.fmp4.boxes import child
from sereno.media.fmp4.track_reader import Tracks, parse_movie
from sereno.media.fmp4.writer import (
    DECODE_TIME_OFFSET,
    SEQUENCE_OFFSET,
    file_head,
    sound_time_offset,
)
from sereno.media.index import Fragment
from sereno.media.playlists import PlaylistSegment

CHUNK_BYTES = 1024 * 1024
_SEQUENCE = Struct(">I")
_DECODE_TIME = Struct(">Q")
_LARGEST_TIME = (1 << 64) - 1
_NOTHING = Words(
    "There is no footage in this time. Choose another on the timeline.",
    "No hay grabación en ese tiempo. Elija otro en la línea de tiempo.",
)


@dataclass(frozen=True, slots=True)
class ClipSegment(PlaylistSegment):
    """A segment file and where it lies."""

    path: Path


@dataclass(frozen=True, slots=True)
class Patch:
    """Bytes to be put in place of others, at an offset in the clip; or, where `is_added`, a
    difference modulo 2^64 to the 64-bit number there."""

    offset_bytes: int
    data: bytes
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class Extent:
    """A range of a file that stands at `clip_offset_bytes` of the clip, but for `patches`."""

    path: Path
    file_offset_bytes: int
    size_bytes: int
    clip_offset_bytes: int
    patches: tuple[Patch, ...]


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """Which bytes make the clip.

    `span` is what it really shows, from its first frame to its last; `gaps` are the times within
    that nobody recorded.
    """

    head: bytes
    extents: tuple[Extent, ...]
    span: Span
    gaps: tuple[Span, ...]
    duration_ticks: int
    is_cut_short: bool

    @property
    def size_bytes(self) -> int:
        return len(self.head) + sum(extent.size_bytes for extent in self.extents)


Read = Callable[[ClipSegment, int, int], bytes]
"""`read(segment, offset, size)`: so many bytes of its file."""


def read_bytes(segment: ClipSegment, offset: int, size: int) -> bytes:
    """A piece of a segment file. Raises OSError."""
    with segment.path.open("rb") as file:
        file.seek(offset)
        data = file.read(size)
    if len(data) != size:
        raise OSError(f"{segment.path.name} is shorter than its index says")
    return data


def plan_clip(segments: Sequence[ClipSegment], span: Span, read: Read = read_bytes) -> ClipPlan:
    """Plan the clip of `span` from `segments` of one stream, oldest first.

    `read` is called for a file's head once a run, and for the clip's first sound. Raises NotFound
    where there is no footage.
    """
    planner = _Planner(span, read)
    for segment in segments:
        if not planner.add(segment):
            break
    return planner.finish()


class _Planner:
    def __init__(self, span: Span, read: Read) -> None:
        self._start_us, self._end_us = to_us(span.start), to_us(span.end)
        self._read = read
        self._tracks: Tracks | None = None
        self._last: ClipSegment | None = None
        self._parts: list[tuple[ClipSegment, range]] = []
        self._gaps: list[Span] = []
        self._is_cut_short = False

    def add(self, segment: ClipSegment) -> bool:
        """Take what `segment` has of the span; False where the clip must end before it."""
        index = segment.index
        start = index.start_ticks + max(self._start_us - segment.start_us, 0) * 9 // 100
        end = index.start_ticks + -(-(self._end_us - segment.start_us) * 9 // 100)
        places = index.covering(start, end)
        if not places:
            return True
        if self._last is None or segment.run_id != self._last.run_id:
            head = self._read(segment, 0, segment.init_size_bytes)
            tracks = _joined(self._tracks, parse_movie(child(head, b"moov")))
            if tracks is None:
                self._is_cut_short = True
                return False
            self._tracks = tracks
        if self._parts and (gap := self._gap_before(segment, places)) is not None:
            self._gaps.append(gap)
        self._parts.append((segment, places))
        self._last = segment
        return True

    def _gap_before(self, segment: ClipSegment, places: range) -> Span | None:
        before, taken = self._parts[-1]
        last_ticks = before.index.ticks[taken.stop]
        first_ticks = segment.index.ticks[places.start]
        if before.run_id == segment.run_id and last_ticks == first_ticks:
            return None  # wall time may have been corrected by a hair between the files
        return span_or_none(
            from_us(before.wall_us(last_ticks)), from_us(segment.wall_us(first_ticks))
        )

    def finish(self) -> ClipPlan:
        if self._tracks is None:
            raise NotFound("no_footage", _NOTHING)
        start_ticks = self._sound_lead()
        duration = start_ticks + sum(
            segment.index.ticks[places.stop] - segment.index.ticks[places.start]
            for segment, places in self._parts
        )
        head = file_head(None, self._tracks.video, duration, self._tracks.sound)
        (first, first_places), (last, last_places) = self._parts[0], self._parts[-1]
        shown = Span(
            from_us(first.wall_us(first.index.ticks[first_places.start])),
            from_us(last.wall_us(last.index.ticks[last_places.stop])),
        )
        extents = tuple(self._extents(len(head), start_ticks))
        return ClipPlan(head, extents, shown, tuple(self._gaps), duration, self._is_cut_short)

    def _sound_lead(self) -> int:
        """By how many ticks the sound of the clip's first part begins before its pictures."""
        segment, places = self._parts[0]
        tracks, first = self._tracks, segment.index[places.start]
        with_sound = next((at for at in places if segment.index[at].has_sound), None)
        if tracks is None or tracks.sound is None or with_sound is None:
            return 0
        fragment = segment.index[with_sound]
        at = fragment.offset_bytes + _sound_time_offset(fragment)
        samples: int = _DECODE_TIME.unpack(self._read(segment, at, _DECODE_TIME.size))[0]
        return max(0, first.start_ticks - samples * TIMESCALE // tracks.sound.rate)

    def _extents(self, clip_offset: int, clip_ticks: int) -> Iterator[Extent]:
        sequence = 1
        for segment, places in self._parts:
            index = segment.index
            offset, end = index.offsets[places.start], index.offsets[places.stop]
            shift = clip_ticks - index.ticks[places.start]
            patches = []
            for place in places:
                at = clip_offset + index.offsets[place] - offset
                patches.append(Patch(at + SEQUENCE_OFFSET, _SEQUENCE.pack(sequence)))
                time = _DECODE_TIME.pack(index.ticks[place] + shift)
                patches.append(Patch(at + DECODE_TIME_OFFSET, time))
                if (fragment := index[place]).has_sound:
                    patches.append(self._sound_patch(at + _sound_time_offset(fragment), shift))
                sequence += 1
            yield Extent(segment.path, offset, end - offset, clip_offset, tuple(patches))
            clip_offset += end - offset
            clip_ticks += index.ticks[places.stop] - index.ticks[places.start]

    def _sound_patch(self, offset: int, shift_ticks: int) -> Patch:
        sound = self._tracks.sound if self._tracks else None
        samples = -(-shift_ticks * sound.rate // TIMESCALE) if sound else 0
        return Patch(offset, _DECODE_TIME.pack(samples & _LARGEST_TIME), is_added=True)


def _joined(clip: Tracks | None, run: Tracks) -> Tracks | None:
    """The tracks of a clip that goes on with a run; None where one MP4 cannot hold both."""
    if clip is None:
        return run
    if clip.video != run.video or (clip.sound and run.sound and clip.sound != run.sound):
        return None
    return Tracks(clip.video, clip.sound or run.sound)


def _sound_time_offset(fragment: Fragment) -> int:
    return sound_time_offset(fragment.picture_count, has_composition=fragment.has_composition)


async def clip_bytes(
    plan: ClipPlan, start: int = 0, stop: int | None = None
) -> AsyncIterator[bytes]:
    """The clip's bytes [start, stop), in chunks. Files are read in threads. Raises OSError."""
    stop = plan.size_bytes if stop is None else min(stop, plan.size_bytes)
    if start < min(stop, len(plan.head)):
        yield plan.head[start:stop]
    for extent in plan.extents:
        first = max(start, extent.clip_offset_bytes)
        last = min(stop, extent.clip_offset_bytes + extent.size_bytes)
        for at in range(first, last, CHUNK_BYTES):
            yield await asyncio.to_thread(_read_chunk, extent, at, min(at + CHUNK_BYTES, last))


def _read_chunk(extent: Extent, start: int, stop: int) -> bytes:
    """Bytes [start, stop) of the clip, which lie in `extent`, patched."""
    with extent.path.open("rb") as file:
        file.seek(extent.file_offset_bytes + start - extent.clip_offset_bytes)
        chunk = bytearray(file.read(stop - start))
        if len(chunk) != stop - start:
            raise OSError(f"{extent.path.name} is shorter than its index says")
        for patch in extent.patches:
            first, last = (
                max(patch.offset_bytes, start),
                min(patch.offset_bytes + len(patch.data), stop),
            )
            if first < last:
                data = _sum(file, extent, patch) if patch.is_added else patch.data
                piece = data[first - patch.offset_bytes : last - patch.offset_bytes]
                chunk[first - start : last - start] = piece
    return bytes(chunk)


def _sum(file: BinaryIO, extent: Extent, patch: Patch) -> bytes:
    """What stands in the file, which a chunk may hold only a part of, and the difference."""
    file.seek(extent.file_offset_bytes + patch.offset_bytes - extent.clip_offset_bytes)
    (stands,) = _DECODE_TIME.unpack(file.read(_DECODE_TIME.size))
    return _DECODE_TIME.pack(stands + _DECODE_TIME.unpack(patch.data)[0] & _LARGEST_TIME)
