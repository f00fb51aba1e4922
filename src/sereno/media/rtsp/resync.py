"""Where a stream of interleaved frames and messages goes on behind bytes that are neither.

Some cameras write a frame into another one under load, or send more than they announced. What is
lost shows in the sequence numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection

LARGEST_GARBAGE_BYTES = 64 * 1024
"""Of one connection, in all; behind so much there is no RTSP."""

_CANDIDATE = re.compile(rb"\$|RTSP/1\.")
_HEAD_BYTES = 4
_LEAST_PACKET_BYTES = 8  # an empty RTCP receiver report
_LONGEST_CANDIDATE = 7


def next_start(data: bytearray, at: int, end: int, channels: Collection[int]) -> int:
    """The first place behind `at` where a frame of `channels` or a reply may begin.

    Where none is, the place from which on one could begin with bytes that are yet to come.
    """
    for match in _CANDIDATE.finditer(data, at + 1, end):
        start = match.start()
        if data[start] != 0x24 or _is_frame(data, start, end, channels):
            return start
    return max(at + 1, end - _LONGEST_CANDIDATE + 1)


def _is_frame(data: bytearray, start: int, end: int, channels: Collection[int]) -> bool:
    if start + _HEAD_BYTES >= end:
        return True  # too little is here to tell
    size = data[start + 2] << 8 | data[start + 3]
    stop = start + _HEAD_BYTES + size
    return (
        data[start + 1] in channels
        and size >= _LEAST_PACKET_BYTES
        and data[start + _HEAD_BYTES] >> 6 == 2  # version of RTP and RTCP
        and (stop >= end or data[stop] in b"$R\r\n")
    )
