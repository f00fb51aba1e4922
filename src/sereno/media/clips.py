"""Clips: whole fragments of several files as one MP4, without touching a picture.

A clip begins with the key frame at or before its start. Media time counts from 0 and goes on
without holes: where footage is missing, the clip continues with what comes next and says so in
`ClipPlan.gaps`. One MP4 has one picture format and one sound format, so a clip ends where either
changes (`ClipPlan.is_cut_short`); runs without sound may stand beside runs with. Its size is known
before its pictures are read. `sidx` behind its head lets players seek in hours of it.

Pictures get new decode times; those of sound are not in the index and are moved by a difference.
Sound often lies a little before the pictures that it travels with: then the clip's first picture is
shown so much later.

Here it is planned; `sereno.media.clip_bytes` reads it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from struct import Struct
from uuid import UUID

from sereno.base.clock import from_us, to_us
from sereno.base.errors import NotFound, Words
from sereno.base.spans import Span, span_or_none, union
from sereno.media.contract import TIMESCALE
from sereno.media.fmp4.boxes import child
from sereno.media.fmp4.segment_index import segment_index
from sereno.media.fmp4.track_reader import Tracks, parse_movie
from sereno.media.fmp4.writer import file_head, sound_time_offset
from sereno.media.index import FragmentIndex
from sereno.media.playlists import PlaylistSegment

DECODE_TIME = Struct(">Q")
_NOTHING = Words(
    "There is no footage in this time. Choose another on the timeline.",
    "No hay grabación en ese tiempo. Elija otro en la línea de tiempo.",
)


@dataclass(frozen=True, slots=True)
class ClipSegment(PlaylistSegment):
    """A segment file and where it lies."""

    index: FragmentIndex
    path: Path


@dataclass(frozen=True, slots=True)
class ClipPart:
    """What a clip takes of one file: its bytes from `file_offset_bytes` on.

    They stand so many bytes behind the clip's head; their first picture is decoded at `clip_ticks`
    there, at `file_ticks` of its run in the file. `ticks`, `sizes` and `contents` are those of its
    fragments, the last as in `FragmentIndex`; `sequence` counts them from the clip's start. `span`
    is when that was, `damage` where losses may have damaged it.
    """

    segment_id: UUID
    run_id: UUID
    path: Path
    file_offset_bytes: int
    file_ticks: int
    offset_bytes: int
    size_bytes: int
    clip_ticks: int
    duration_ticks: int
    sequence: int
    ticks: array[int]
    sizes: array[int]
    contents: array[int]
    span: Span
    damage: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """Which bytes make the clip.

    `span` is what it really shows, from its first frame to its last; `gaps` are the times within
    that nobody recorded.
    """

    head: bytes
    parts: tuple[ClipPart, ...]
    span: Span
    gaps: tuple[Span, ...]
    duration_ticks: int
    is_cut_short: bool
    tracks: Tracks

    @property
    def size_bytes(self) -> int:
        last = self.parts[-1]
        return len(self.head) + last.offset_bytes + last.size_bytes

    @property
    def duration_seconds(self) -> float:
        return self.duration_ticks / TIMESCALE


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


def plan_clip(segments: Iterable[ClipSegment], span: Span, read: Read = read_bytes) -> ClipPlan:
    """Plan the clip of `span` from `segments` of one stream, oldest first.

    `read` is called for a file's head once a run, and for the clip's first sound. What is kept of a
    segment takes 12 bytes a fragment. Raises NotFound where there is no footage.
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
        self._parts: list[ClipPart] = []
        self._gaps: list[Span] = []
        self._gop_ticks, self._gop_bytes = array("Q"), array("Q")
        self._is_cut_short = False

    def add(self, segment: ClipSegment) -> bool:
        """Take what `segment` has of the span; False where the clip must end before it."""
        index = segment.index
        start = index.start_ticks + max(self._start_us - segment.start_us, 0) * 9 // 100
        end = index.start_ticks + -(-(self._end_us - segment.start_us) * 9 // 100)
        places = index.covering(start, end)
        if not places or index.ticks[places.start] == index.ticks[places.stop]:
            return True
        before = self._parts[-1] if self._parts else None
        if before is None or before.run_id != segment.run_id:
            head = self._read(segment, 0, segment.init_size_bytes)
            tracks = _joined(self._tracks, parse_movie(child(head, b"moov")))
            if tracks is None:
                self._is_cut_short = True
                return False
            self._tracks = tracks
        part = self._part(segment, places, before)
        if before is not None and (gap := _gap_between(before, part)) is not None:
            self._gaps.append(gap)
        self._parts.append(part)
        self._note_gops(index, places)
        return True

    def _part(self, segment: ClipSegment, places: range, before: ClipPart | None) -> ClipPart:
        index = segment.index
        ticks = index.ticks[places.start : places.stop + 1]
        offsets = index.offsets[places.start : places.stop + 1]
        return ClipPart(
            segment_id=segment.segment_id,
            run_id=segment.run_id,
            path=segment.path,
            file_offset_bytes=offsets[0],
            file_ticks=ticks[0],
            offset_bytes=before.offset_bytes + before.size_bytes if before else 0,
            size_bytes=offsets[-1] - offsets[0],
            clip_ticks=(
                before.clip_ticks + before.duration_ticks
                if before
                else self._sound_lead(segment, places)
            ),
            duration_ticks=ticks[-1] - ticks[0],
            sequence=before.sequence + len(before.sizes) if before else 1,
            ticks=array("I", (end - start for start, end in pairwise(ticks))),
            sizes=array("I", (end - start for start, end in pairwise(offsets))),
            contents=array("I", index.contents[places.start : places.stop]),
            span=_wall_span(segment, ticks[0], ticks[-1]),
            damage=_damage(segment, places),
        )

    def _note_gops(self, index: FragmentIndex, places: range) -> None:
        keys = [place for place in places if index.keys[place]]
        for one, other in pairwise([*keys, places.stop]):
            self._gop_ticks.append(index.ticks[other] - index.ticks[one])
            self._gop_bytes.append(index.offsets[other] - index.offsets[one])

    def _sound_lead(self, segment: ClipSegment, places: range) -> int:
        """By how many ticks the sound of the clip's first part begins before its pictures."""
        tracks, first = self._tracks, segment.index[places.start]
        with_sound = next((at for at in places if segment.index[at].has_sound), None)
        if tracks is None or tracks.sound is None or with_sound is None:
            return 0
        fragment = segment.index[with_sound]
        offset = sound_time_offset(fragment.picture_count, has_composition=fragment.has_composition)
        data = self._read(segment, fragment.offset_bytes + offset, DECODE_TIME.size)
        samples: int = DECODE_TIME.unpack(data)[0]
        return max(0, first.start_ticks - samples * TIMESCALE // tracks.sound.rate)

    def finish(self) -> ClipPlan:
        if self._tracks is None:
            raise NotFound("no_footage", _NOTHING)
        first, last = self._parts[0], self._parts[-1]
        duration = last.clip_ticks + last.duration_ticks
        head = file_head(None, self._tracks.video, duration, self._tracks.sound)
        index = segment_index(TIMESCALE, first.clip_ticks, self._gop_ticks, self._gop_bytes)
        return ClipPlan(
            head=head + index,
            parts=tuple(self._parts),
            span=Span(first.span.start, max(part.span.end for part in self._parts)),
            gaps=tuple(self._gaps),
            duration_ticks=duration,
            is_cut_short=self._is_cut_short,
            tracks=self._tracks,
        )


def _damage(segment: ClipSegment, places: range) -> tuple[Span, ...]:
    index = segment.index
    hurt = (place for place in places if index.damages[place])
    ends = ((segment.wall_us(index.ticks[at]), segment.wall_us(index.ticks[at + 1])) for at in hurt)
    return tuple(union(Span(from_us(one), from_us(other)) for one, other in ends if one < other))


def _wall_span(segment: ClipSegment, start_ticks: int, end_ticks: int) -> Span:
    return Span(from_us(segment.wall_us(start_ticks)), from_us(segment.wall_us(end_ticks)))


def _gap_between(before: ClipPart, part: ClipPart) -> Span | None:
    is_unbroken = before.file_ticks + before.duration_ticks == part.file_ticks
    if before.run_id == part.run_id and is_unbroken:
        return None  # wall time may have been corrected by a hair between the files
    return span_or_none(before.span.end, part.span.start)


def _joined(clip: Tracks | None, run: Tracks) -> Tracks | None:
    """The tracks of a clip that goes on with a run; None where one MP4 cannot hold both."""
    if clip is None:
        return run
    if clip.video != run.video or (clip.sound and run.sound and clip.sound != run.sound):
        return None
    return Tracks(clip.video, clip.sound or run.sound)
