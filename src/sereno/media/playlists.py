"""What a span of footage is for players: byte ranges of whole GOPs over segment files.

As an HLS playlist (RFC 8216) for players that nobody here wrote, and as plain facts for our own.
Pure: what is played is handed in, a text or facts come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Protocol
from uuid import UUID

from sereno.base.clock import from_us, to_us
from sereno.base.spans import Span
from sereno.media.contract import TIMESCALE
from sereno.media.index import Gop, gop_of

ENTRY_TICKS = 6 * TIMESCALE
_VERSION = 7  # fMP4 with EXT-X-MAP in a playlist of media segments
# Numbers of media segments count seconds from here on (2025-01-01): small enough for any player,
# and those of a later window, whose entries last longer than a second on average, are higher.
_FIRST_SECOND = 1_735_689_600


class _Gops(Protocol):
    """The GOPs of one file; ticks from the run's start."""

    @property
    def start_ticks(self) -> int: ...

    @property
    def end_ticks(self) -> int: ...

    def gops(self) -> Sequence[Gop]: ...


@dataclass(frozen=True, slots=True)
class PlaylistSegment:
    """One segment file: `start_us` is the wall-clock time of its first frame."""

    segment_id: UUID
    run_id: UUID
    init_size_bytes: int
    start_us: int
    index: _Gops

    def wall_us(self, ticks: int) -> int:
        """Wall-clock time of a tick of the run that lies in this file."""
        return self.start_us + (ticks - self.index.start_ticks) * 100 // 9


AddressOf = Callable[[UUID], str]
"""A segment file's address, relative to the playlist."""


def vod_playlist(segments: Sequence[PlaylistSegment], span: Span, address_of: AddressOf) -> str:
    """A VOD playlist of the GOPs of `segments` that lie in `span`, oldest first; empty: none do.

    A new run is a discontinuity with its own map, and so is a hole within one; files of one run
    share the map of the first, for they have the same format and media time goes on through them.
    """
    body: list[str] = []
    longest_ticks = TIMESCALE
    start_us, end_us = to_us(span.start), to_us(span.end)
    first_us: int | None = None
    before: PlaylistSegment | None = None
    for segment in segments:
        entries = _entries(segment, start_us, end_us)
        if not entries:
            continue
        address = address_of(segment.segment_id)
        started_us = segment.wall_us(entries[0].start_ticks)
        first_us = started_us if first_us is None else first_us
        if before is None or not _follows(segment, before):
            body += ["#EXT-X-DISCONTINUITY"] if before is not None else []
            body.append(f'#EXT-X-MAP:URI="{address}",BYTERANGE="{segment.init_size_bytes}@0"')
        body.append(f"#EXT-X-PROGRAM-DATE-TIME:{program_date(started_us)}")
        turns = in_turns(address)
        body += [
            f"#EXTINF:{ticks / TIMESCALE:.5f},\n#EXT-X-BYTERANGE:{size}@{offset}\n{turn}"
            for (_, ticks, offset, size), turn in zip(entries, cycle(turns), strict=False)
        ]
        longest_ticks = max(longest_ticks, *(entry.duration_ticks for entry in entries))
        before = segment
    if first_us is None:
        return ""
    head = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{_VERSION}",
        f"#EXT-X-TARGETDURATION:{target_seconds(longest_ticks)}",
        f"#EXT-X-MEDIA-SEQUENCE:{media_sequence(first_us)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    return "\n".join([*head, *body, "#EXT-X-ENDLIST", ""])


def vod_facts(
    segments: Sequence[PlaylistSegment],
    span: Span,
    address_of: AddressOf,
    mime_of: Callable[[UUID], str],
) -> list[dict[str, Any]]:
    """The same as plain facts, a dictionary a file: where each GOP lies, and when.

    `mime_of` tells a run's MIME type with its codecs.
    """
    start_us, end_us = to_us(span.start), to_us(span.end)
    found = []
    for segment in segments:
        gops = _gops_in(segment, segment.index.gops(), start_us, end_us)
        if not gops:
            continue
        entries = [
            [segment.wall_us(gop.start_ticks), gop.duration_ticks * 100 // 9, gop.offset_bytes,
             gop.size_bytes]
            for gop in gops
        ]  # fmt: skip
        found.append(
            {
                "address": address_of(segment.segment_id),
                "init_bytes": segment.init_size_bytes,
                "run_id": str(segment.run_id),
                "mime": mime_of(segment.run_id),
                "start_us": segment.start_us,
                "start_ticks": segment.index.start_ticks,
                "entries": entries,
            }
        )
    return found


def in_turns(address: str) -> tuple[str, str]:
    """Two addresses of one file, for neighbouring ranges in turn.

    ffmpeg 9 joins neighbouring ranges of one address into one request, and then stops after the
    first of them.
    """
    return address, f"{address}{'&' if '?' in address else '?'}next"


def program_date(us: int) -> str:
    """ISO 8601 in UTC to the millisecond, as players read it."""
    return from_us(us).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def target_seconds(ticks: int) -> int:
    """The target duration for entries of at most `ticks` (4.3.3.1: rounded to the nearest)."""
    return max(1, int(ticks / TIMESCALE + 0.5))


def media_sequence(us: int) -> int:
    """The number of an entry that begins a playlist: it grows with time."""
    return max(0, us // 1_000_000 - _FIRST_SECOND)


def _follows(segment: PlaylistSegment, before: PlaylistSegment) -> bool:
    is_next = segment.index.start_ticks == before.index.end_ticks
    return is_next and segment.run_id == before.run_id


def _entries(segment: PlaylistSegment, start_us: int, end_us: int) -> list[Gop]:
    """The GOPs of a file that lie in [start, end), joined to about `ENTRY_TICKS` each.

    They are joined before they are cut, so that two windows have the same entries in common.
    """
    gops = segment.index.gops()
    if not gops or _is_inside(segment, gops, start_us, end_us):
        return [_joined(group) for group in _groups(gops)]
    entries: list[Gop] = []
    for group in _groups(gops):
        is_inside = _is_inside(segment, group, start_us, end_us)
        shown = group if is_inside else _gops_in(segment, group, start_us, end_us)
        if shown:
            entries.append(_joined(shown))
    return entries


def _is_inside(segment: PlaylistSegment, gops: Sequence[Gop], start_us: int, end_us: int) -> bool:
    """Whether all of them are shown."""
    starts_in = segment.wall_us(gops[0].start_ticks) >= start_us
    return starts_in and segment.wall_us(gops[-1].start_ticks) < end_us


def _groups(gops: Sequence[Gop]) -> Iterator[Sequence[Gop]]:
    begin, ticks = 0, 0
    for place, (_, duration_ticks, _, _) in enumerate(gops):
        if ticks and ticks + duration_ticks > ENTRY_TICKS:
            yield gops[begin:place]
            begin, ticks = place, 0
        ticks += duration_ticks
    if begin < len(gops):
        yield gops[begin:]


def _gops_in(
    segment: PlaylistSegment, gops: Sequence[Gop], start_us: int, end_us: int
) -> list[Gop]:
    return [
        gop
        for gop in gops
        if segment.wall_us(gop.start_ticks + gop.duration_ticks) > start_us
        and segment.wall_us(gop.start_ticks) < end_us
    ]


def _joined(gops: Sequence[Gop]) -> Gop:
    start_ticks, _, offset, _ = gops[0]
    last_ticks, duration, last_offset, size = gops[-1]
    return gop_of(
        (start_ticks, last_ticks + duration - start_ticks, offset, last_offset + size - offset)
    )
