"""What a finished MP4 says of itself: its codecs and how long it plays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from struct import error as StructError

from sereno.media.faults import garbled
from sereno.media.ffmpeg.movie import Track, parse_movie
from sereno.media.fmp4.boxes import box_at, child

_LARGEST_MOOV_BYTES = 256 << 20
_VIDEO, _SOUND = b"vide", b"soun"
_CODECS = {"avc1": "h264", "avc3": "h264", "hvc1": "h265", "hev1": "h265"}
_LONG, _SHORT = Struct(">IQ"), Struct(">II")


@dataclass(frozen=True, slots=True)
class MovieFacts:
    """`entry` is the sample entry's kind (`avc1`, `hvc1`), `codec` `h264`, `h265` or the entry's
    own name; `sound` is empty where there is none. `seconds` is that of the video."""

    entry: str
    codec: str
    sound: str
    seconds: float
    size_bytes: int


def read_movie_facts(path: Path) -> MovieFacts:
    """Read the head of a file that is not fragmented. Raises Garbled, OSError."""
    with path.open("rb") as file:
        descriptor = file.fileno()
        size_bytes = os.fstat(descriptor).st_size

        def read_at(offset: int, size: int) -> bytes:
            return os.pread(descriptor, size, offset)

        at = 0
        while at < size_bytes:
            found = box_at(read_at, at, size_bytes)
            if found.kind == b"moov":
                if found.end - found.body > _LARGEST_MOOV_BYTES:
                    raise garbled("the head of the movie is too large")
                return _facts(read_at(found.body, found.end - found.body), size_bytes)
            at = found.end
    raise garbled("a movie without a head")


def _facts(moov: bytes, size_bytes: int) -> MovieFacts:
    tracks = parse_movie(moov)
    video = next((track for track in tracks if track.kind == _VIDEO), None)
    sound = next((track for track in tracks if track.kind == _SOUND), None)
    if video is None:
        raise garbled("a movie without video")
    entry = _name(video)
    return MovieFacts(
        entry, _CODECS.get(entry, entry), _name(sound) if sound else "", _seconds(moov), size_bytes
    )


def _name(track: Track) -> str:
    return track.entry.decode("latin-1").strip()


def _seconds(moov: bytes) -> float:
    """The duration in `mvhd` (ISO/IEC 14496-12, 8.2.2)."""
    header = child(moov, b"mvhd")
    try:
        is_long = header[0] == 1
        timescale, duration = (_LONG if is_long else _SHORT).unpack_from(
            header, 20 if is_long else 12
        )
    except (StructError, IndexError):
        raise garbled("movie header is cut off") from None
    if not timescale:
        raise garbled("movie header without a timescale")
    return float(duration / timescale)
