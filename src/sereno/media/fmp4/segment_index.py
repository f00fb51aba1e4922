"""`sidx`: where each part of a file lies and how long it lasts, so that players need not search.

Source: ISO/IEC 14496-12, 8.16.3, version 1. Without it a player that opens hours of fragments over
HTTP reads the head of each before it can seek.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

from sereno.media.fmp4.boxes import full_box
from sereno.media.fmp4.tracks import VIDEO_TRACK_ID

MOST_REFERENCES = 0xFFFF
_SIZE_LIMIT = 1 << 31
_DURATION_LIMIT = 1 << 32
_STARTS_WITH_KEY_FRAME = 1 << 31  # starts_with_SAP; its type is left unknown


def segment_index(
    timescale: int, start: int, durations: Sequence[int], sizes: Sequence[int]
) -> bytes:
    """The box for what follows right behind it; empty where it cannot say it.

    Each part begins with a key frame; `durations` and `start` are in units of `timescale`, `sizes`
    in bytes. Where there are more parts than one box may name, neighbours are told as one.
    """
    together = -(-len(sizes) // MOST_REFERENCES)
    parts = [
        (sum(sizes[at : at + together]), sum(durations[at : at + together]))
        for at in range(0, len(sizes), together or 1)
    ]
    if any(size >= _SIZE_LIMIT or duration >= _DURATION_LIMIT for size, duration in parts):
        return b""
    body = pack(">IIQQHH", VIDEO_TRACK_ID, timescale, start, 0, 0, len(parts))
    references = b"".join(
        pack(">III", size, duration, _STARTS_WITH_KEY_FRAME) for size, duration in parts
    )
    return full_box(b"sidx", 1, 0, body, references)
