"""Decode times for pictures that come in decode order and say when they are shown.

The j-th picture to be decoded gets the j-th smallest time of all: then decoding never falls behind
showing by more than the stream's own reordering, and without B-frames both times are the same. To
know the j-th smallest, one must look ahead by as many pictures as the stream reorders.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")

FIRST_DEPTH = 4
"""So many pictures are looked ahead until it is known how many a stream reorders."""
LARGEST_DEPTH = 16
"""H.264 and H.265 allow no more (the size of the decoded picture buffer)."""
_LONGEST_LEARNING = 64  # pictures: some cameras send a key frame in minutes


class Reorder(Generic[T]):
    """Holds back as many pictures as are needed to tell their decode times.

    `depth` is how many those are: as the stream says, or `FIRST_DEPTH` up to its second key frame
    and from then on what was seen. A stream that shows more later raises it; nothing is lost.
    """

    def __init__(self, depth: int | None) -> None:
        self.depth = FIRST_DEPTH if depth is None else min(depth, LARGEST_DEPTH)
        self._is_learning = depth is None
        self._seen_depth = 0
        self._seen_count = 0
        self._recent: deque[int] = deque(maxlen=LARGEST_DEPTH + 1)
        self.newest = -1
        self._last_decode = -1
        self._held: deque[tuple[T, int]] = deque()
        self._times: list[int] = []
        self._is_plain = depth == 0

    def passes(self, shown: int) -> bool:
        """Take note of a picture that needs no reordering, as most streams' pictures: it is shown
        as it is decoded, and need not be pushed. False where it must be."""
        if self._is_plain and shown > self.newest:
            self.newest = self._last_decode = shown
            self._recent.append(shown)
            return True
        return False

    def depth_of(self, shown: int) -> int:
        """How many pictures that came already are shown after `shown`."""
        if shown > self.newest:
            return 0
        return sum(each > shown for each in self._recent)

    def push(self, picture: T, shown: int, *, is_key: bool) -> list[tuple[T, int, int]]:
        """The pictures that are ready now, in decode order, with decode and composition time.

        Decode times only grow; the composition offset, which may be negative, leads from them to
        the time at which the picture is shown. All in ticks.
        """
        if self._is_learning:
            self._learn(is_key=is_key)
        if shown > self.newest:
            self.newest = shown
        else:
            self._seen_depth = max(self._seen_depth, min(self.depth_of(shown), LARGEST_DEPTH))
            self.depth = max(self.depth, self._seen_depth)
        self._recent.append(shown)
        self._held.append((picture, shown))
        heappush(self._times, shown)
        ready = self._release(self.depth)
        # Decode times that were pushed ahead of the times of showing must be caught up with first.
        self._is_plain = not (self._is_learning or self.depth or self._last_decode > self.newest)
        return ready

    def drain(self) -> list[tuple[T, int, int]]:
        """All pictures that are still held back."""
        return self._release(0)

    def _learn(self, *, is_key: bool) -> None:
        self._seen_count += 1
        if self._seen_count > _LONGEST_LEARNING or (is_key and self._seen_count > 1):
            self._is_learning = False
            self.depth = self._seen_depth

    def _release(self, keep: int) -> list[tuple[T, int, int]]:
        ready = []
        while len(self._held) > keep:
            picture, shown = self._held.popleft()
            decode = max(heappop(self._times), self._last_decode + 1)
            self._last_decode = decode
            ready.append((picture, decode, shown - decode))
        return ready
