"""A live HLS playlist with parts (RFC 8216bis, "Low-Latency HLS") of fragments as they are written.

A segment is made of whole GOPs, a part of whole fragments; both are byte ranges of segment files
that will not change. A new run is a discontinuity with a map of its own. Players that know nothing
of parts read the segments.

Pure: fragments come in, a text goes out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import NamedTuple
from uuid import UUID

from sereno.media.contract import TIMESCALE
from sereno.media.index import Fragment
from sereno.media.playlists import in_turns, media_sequence, program_date, target_seconds

SHORTEST_TICKS = TIMESCALE * 3 // 2  # of a segment, where the camera's key frames are closer
LONGEST_TICKS = 12 * TIMESCALE  # of a segment, which then ends within a GOP
PART_TICKS = TIMESCALE * 2 // 5  # about what a part lasts
KEPT_TICKS = 30 * TIMESCALE  # of footage in the playlist; of at least four target durations
_SPARE = 1.05  # a part may be so much longer than it should be: cameras' clocks are uneven
_WHOLE_WITH_PARTS = 2  # segments; with the one that grows three target durations (6.2.2)
_VERSION = 7


@dataclass(frozen=True, slots=True)
class LiveFile:
    """A segment file that is, or was a moment ago, written."""

    segment_id: UUID
    run_id: UUID
    init_size_bytes: int


@dataclass(slots=True)
class LivePart:
    """Fragments that are fetched together."""

    offset_bytes: int
    size_bytes: int = 0
    duration_ticks: int = 0
    has_key: bool = False

    @property
    def end_bytes(self) -> int:
        return self.offset_bytes + self.size_bytes

    def add(self, fragment: Fragment) -> None:
        self.size_bytes += fragment.size_bytes
        self.duration_ticks += fragment.duration_ticks
        self.has_key |= fragment.is_key


@dataclass(slots=True)
class LiveSegment:
    """Whole GOPs of one file; the newest one still grows."""

    number: int
    file: LiveFile
    start_us: int
    offset_bytes: int
    is_discontinuous: bool
    parts: list[LivePart] = field(default_factory=list)

    @property
    def duration_ticks(self) -> int:
        return sum(part.duration_ticks for part in self.parts)

    @property
    def size_bytes(self) -> int:
        return sum(part.size_bytes for part in self.parts)


class Addresses(NamedTuple):
    """Relative addresses of a file, and of a part by its file and offset."""

    of_file: Callable[[UUID], str]
    of_part: Callable[[UUID, int], str]


class LivePlaylist:
    """The newest half minute of one stream.

    `whole` are the segments that are complete, `growing` is the one that is not, with the parts
    that are. `is_over`: nothing more comes.
    """

    def __init__(self) -> None:
        self.whole: deque[LiveSegment] = deque()
        self.growing: LiveSegment | None = None
        self.is_over = False
        self._file: LiveFile | None = None
        self._part: LivePart | None = None
        self._part_ticks = PART_TICKS
        self._run_id: UUID | None = None
        self._next_number = 0
        self._next_offset = 0
        self._dropped_discontinuities = 0

    def plan_parts(self, durations: Iterable[int]) -> None:
        """Choose how long parts are, by how long fragments lately were, in ticks."""
        usual = median(durations)
        self._part_ticks = int(max(1, round(PART_TICKS / usual)) * usual * _SPARE)

    def open_file(self, file: LiveFile) -> None:
        """What comes now lies in this file; it begins with a key frame."""
        self._close_segment()
        self._file, self._next_offset = file, file.init_size_bytes

    def end_run(self) -> None:
        """Nothing more comes of the run."""
        self._close_segment()
        self._file = None

    def add(self, fragment: Fragment, at_us: int) -> None:
        """The open file's next fragment, and the wall-clock time of its first frame.

        What is not the next is left out.
        """
        if self._file is None or fragment.offset_bytes != self._next_offset:
            return
        self._next_offset = fragment.end_bytes
        if self.growing is not None and self._ends_before(self.growing, fragment):
            self._close_segment()
        if self.growing is None:
            if not fragment.is_key and self._run_id != self._file.run_id:
                return  # nothing to decode it with
            self.growing = self._begin_segment(self._file, fragment, at_us)
        part = self._part
        if part is not None and part.duration_ticks + fragment.duration_ticks > self._part_ticks:
            self._close_part()
        self._part = self._part or LivePart(fragment.offset_bytes)
        self._part.add(fragment)
        # The next one will last as long as this: the part is told of now, not when that one came.
        if self._part.duration_ticks + fragment.duration_ticks > self._part_ticks:
            self._close_part()

    def has(self, number: int, part: int | None) -> bool:
        """Whether segment `number` is there, whole or up to `part`; the first is 0.

        A part beyond the last of a whole segment is the first of the next (6.2.5.2).
        """
        listed = self._listed()
        if not listed or number < listed[0].number:
            return bool(listed)
        for segment in listed:
            if segment.number != number:
                continue
            is_whole = segment is not self.growing
            if is_whole if part is None else part < len(segment.parts):
                return True
            if is_whole:
                number, part = number + 1, 0
        return False

    @property
    def newest_number(self) -> int:
        """Of the segment that grows, or the last that did."""
        return self._next_number - 1

    def part_at(self, segment_id: UUID, offset: int) -> LivePart | None:
        """The complete part that begins there."""
        return next(
            (
                part
                for segment in reversed(self._listed())
                if segment.file.segment_id == segment_id
                for part in segment.parts
                if part.offset_bytes == offset
            ),
            None,
        )

    def will_have(self, segment_id: UUID, offset: int) -> bool:
        """Whether a part may yet begin there: where the file goes on being written."""
        file = self._file
        if file is None or file.segment_id != segment_id:
            return False
        return offset == (self._part.offset_bytes if self._part else self._next_offset)

    @property
    def peak_bps(self) -> int:
        """The most bits a second that a segment has; 0 while there is none."""
        rates = (one.size_bytes * 8 * TIMESCALE // one.duration_ticks for one in self.whole)
        return max(rates, default=0)

    @property
    def target_seconds(self) -> int:
        """The longest segment. A camera whose key frames come further apart lengthens it."""
        return target_seconds(max((one.duration_ticks for one in self.whole), default=0))

    @property
    def part_seconds(self) -> float:
        """The longest part; a frame may take longer than it should."""
        parts = (part.duration_ticks for one in self._listed() for part in one.parts)
        return ceil(max(self._part_ticks, *parts, 0) / TIMESCALE * 1000) / 1000

    def _ends_before(self, segment: LiveSegment, fragment: Fragment) -> bool:
        ticks = segment.duration_ticks + (self._part.duration_ticks if self._part else 0)
        if ticks + fragment.duration_ticks > LONGEST_TICKS:
            return True
        return fragment.is_key and ticks >= SHORTEST_TICKS

    def _begin_segment(self, file: LiveFile, fragment: Fragment, at_us: int) -> LiveSegment:
        if not self._next_number:
            self._next_number = media_sequence(at_us)
        is_new_run = self._run_id not in (None, file.run_id)
        self._run_id = file.run_id
        number, self._next_number = self._next_number, self._next_number + 1
        return LiveSegment(number, file, at_us, fragment.offset_bytes, is_new_run)

    def _close_part(self) -> None:
        if self.growing is not None and self._part is not None:
            self.growing.parts.append(self._part)
        self._part = None

    def _close_segment(self) -> None:
        self._close_part()
        if self.growing is not None:
            self.whole.append(self.growing)
        self.growing = None
        self._drop_old()

    def _drop_old(self) -> None:
        kept = max(KEPT_TICKS, 4 * self.target_seconds * TIMESCALE)
        ticks = sum(one.duration_ticks for one in self.whole)
        while self.whole and ticks - self.whole[0].duration_ticks >= kept:
            gone = self.whole.popleft()
            ticks -= gone.duration_ticks
            self._dropped_discontinuities += gone.is_discontinuous

    def _listed(self) -> list[LiveSegment]:
        """All that has something to play."""
        growing = self.growing
        return [*self.whole, *([growing] if growing is not None and growing.parts else ())]

    def _next_part(self, listed: list[LiveSegment]) -> tuple[UUID, int] | None:
        """Where the part that is written now begins; None where players lack the map of its run.

        Where parts are listed a player expects to be told of the next (6.2.6).
        """
        file = self._file
        if file is None or not listed or listed[-1].file.run_id != file.run_id:
            return None
        return file.segment_id, self._part.offset_bytes if self._part else self._next_offset

    def text(self, addresses: Addresses, *, has_parts: bool = True) -> str:
        """The playlist as it is now; without parts it is for players that reload it at leisure."""
        target = self.target_seconds
        listed = self._listed() if has_parts else list(self.whole)
        lines = [
            "#EXTM3U",
            f"#EXT-X-VERSION:{_VERSION}",
            f"#EXT-X-TARGETDURATION:{target}",
            *(self._part_promises(target) if has_parts else ()),
            f"#EXT-X-MEDIA-SEQUENCE:{listed[0].number if listed else self._next_number}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._dropped_discontinuities}",
        ]
        run_id: UUID | None = None
        next_part = self._next_part(listed) if has_parts else None
        for place, segment in enumerate(listed, -len(self.whole)):
            if segment.is_discontinuous:
                lines.append("#EXT-X-DISCONTINUITY")
            address = addresses.of_file(segment.file.segment_id)
            if segment.file.run_id != run_id:
                run_id = segment.file.run_id
                size = segment.file.init_size_bytes
                lines.append(f'#EXT-X-MAP:URI="{address}",BYTERANGE="{size}@0"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{program_date(segment.start_us)}")
            if next_part is not None and place >= -_WHOLE_WITH_PARTS:
                lines += _part_lines(segment, addresses)
            if segment is not self.growing:
                lines += _segment_lines(segment, in_turns(address)[segment.number % 2])
        if next_part is not None:
            hint = addresses.of_part(*next_part)
            lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hint}"')
        if self.is_over:
            lines.append("#EXT-X-ENDLIST")
        return "\n".join([*lines, ""])

    def _part_promises(self, target: int) -> tuple[str, str]:
        seconds = self.part_seconds
        return (
            f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * seconds:.3f},"
            f"HOLD-BACK={3 * target}.0",
            f"#EXT-X-PART-INF:PART-TARGET={seconds:.3f}",
        )


def _part_lines(segment: LiveSegment, addresses: Addresses) -> list[str]:
    return [
        f"#EXT-X-PART:DURATION={part.duration_ticks / TIMESCALE:.5f},"
        f'URI="{addresses.of_part(segment.file.segment_id, part.offset_bytes)}"'
        + (",INDEPENDENT=YES" if part.has_key else "")
        for part in segment.parts
    ]


def _segment_lines(segment: LiveSegment, address: str) -> list[str]:
    return [
        f"#EXTINF:{segment.duration_ticks / TIMESCALE:.5f},",
        f"#EXT-X-BYTERANGE:{segment.size_bytes}@{segment.offset_bytes}",
        address,
    ]


def multivariant_playlist(address: str, peak_bps: int, codecs: str, size: tuple[int, int]) -> str:
    """A playlist with one rendition; `size` is its width and height in pixels, 0 where unknown."""
    width, height = size
    resolution = f",RESOLUTION={width}x{height}" if width and height else ""
    return "\n".join(
        [
            "#EXTM3U",
            f"#EXT-X-VERSION:{_VERSION}",
            f'#EXT-X-STREAM-INF:BANDWIDTH={max(peak_bps, 1)},CODECS="{codecs}"{resolution}',
            address,
            "",
        ]
    )
