"""HLS playlists over segment files: entries are byte ranges of whole GOPs (RFC 8216).

Pure: what is played is handed in, a text comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sereno.base.clock import from_us, to_us
from sereno.base.spans import Span
from sereno.media.contract import TIMESCALE
from sereno.media.index import FragmentIndex, Gop

ENTRY_TICKS = 6 * TIMESCALE
_VERSION = 7  # fMP4 with EXT-X-MAP in a playlist of media segments


@dataclass(frozen=True, slots=True)
class PlaylistSegment:
    """One segment file: `start_us` is the wall-clock time of its first frame."""

    segment_id: UUID
    run_id: UUID
    init_size_bytes: int
    start_us: int
    index: FragmentIndex

    def wall_us(self, ticks: int) -> int:
        """Wall-clock time of a tick of the run that lies in this file."""
        return self.start_us + (ticks - self.index.start_ticks) * 100 // 9


def vod_playlist(
    segments: Sequence[PlaylistSegment], span: Span, address_of: Callable[[UUID], str]
) -> str:
    """A VOD playlist of the GOPs of `segments` that lie in `span`, oldest first.

    `address_of` gives a segment's address, relative to the playlist. A new run is a discontinuity
    with its own map; files of one run share the map of the first, for they have the same format
    and media time goes on through them.
    """
    body: list[str] = []
    longest = 1
    run_id: UUID | None = None
    for segment in segments:
        address = address_of(segment.segment_id)
        for place, entry in enumerate(_entries(segment, span)):
            if segment.run_id != run_id:
                body += ["#EXT-X-DISCONTINUITY"] if run_id is not None else []
                body.append(f'#EXT-X-MAP:URI="{address}",BYTERANGE="{segment.init_size_bytes}@0"')
                run_id = segment.run_id
            if place == 0:
                started = from_us(segment.wall_us(entry.start_ticks))
                text = started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
                body.append(f"#EXT-X-PROGRAM-DATE-TIME:{text}")
            seconds = entry.duration_ticks / TIMESCALE
            longest = max(longest, int(seconds + 0.5))  # 4.3.3.1: rounded to the nearest integer
            body.append(f"#EXTINF:{seconds:.5f},")
            body.append(f"#EXT-X-BYTERANGE:{entry.size_bytes}@{entry.offset_bytes}")
            body.append(address)
    head = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{_VERSION}",
        f"#EXT-X-TARGETDURATION:{longest}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    return "\n".join([*head, *body, "#EXT-X-ENDLIST", ""])


def _entries(segment: PlaylistSegment, span: Span) -> Iterator[Gop]:
    """The GOPs of a file that lie in `span`, joined to about `ENTRY_TICKS` each."""
    start_us, end_us = to_us(span.start), to_us(span.end)
    joined: Gop | None = None
    for gop in segment.index.gops():
        if segment.wall_us(gop.start_ticks + gop.duration_ticks) <= start_us:
            continue
        if segment.wall_us(gop.start_ticks) >= end_us:
            break
        if joined is None:
            joined = gop
        elif joined.duration_ticks + gop.duration_ticks > ENTRY_TICKS:
            yield joined
            joined = gop
        else:
            joined = Gop(
                joined.start_ticks,
                joined.duration_ticks + gop.duration_ticks,
                joined.offset_bytes,
                joined.size_bytes + gop.size_bytes,
            )
    if joined is not None:
        yield joined
