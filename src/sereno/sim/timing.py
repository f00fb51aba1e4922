"""When which frame is due: frame numbers, UTC, and the RTP clock, in whole numbers.

Frame ``n`` of phase ``p`` (of ``P``) is captured at UTC ``(n + p / P) / fps`` seconds since 1970
and shows loop position ``n mod frames``. Everything else follows from that, so nothing can drift.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sereno.base.clock import to_us
from sereno.base.spans import Span
from sereno.sim.spec import RTP_CLOCK_HZ


@dataclass(frozen=True, slots=True)
class FrameClock:
    """The capture instants of one phase."""

    fps: int
    phase: int = 0
    phases: int = 1

    def number_at(self, utc_seconds: float) -> int:
        """The newest frame captured at or before ``utc_seconds``."""
        return math.floor(utc_seconds * self.fps - self.phase / self.phases)

    def utc_us(self, number: int) -> int:
        """When a frame is captured, in microseconds since 1970 (rounded down)."""
        return (number * self.phases + self.phase) * 1_000_000 // (self.fps * self.phases)

    def ticks(self, number: int) -> int:
        """When a frame is captured, in 1/90000 s since 1970 (rounded down)."""
        return (number * self.phases + self.phase) * RTP_CLOCK_HZ // (self.fps * self.phases)

    def first_at(self, moment: datetime) -> int:
        """The first frame captured at or after a moment."""
        us = to_us(moment)
        number = self.number_at(us / 1_000_000) - 1
        while self.utc_us(number) < us:
            number += 1
        return number


def frame_runs(
    is_key: Callable[[int], bool], clock: FrameClock, span: Span, files: Iterable[Span]
) -> list[range]:
    """The frames of recorded files that show a span, in runs without a gap.

    Within a file the first run begins with the key frame at or before the span's start; else runs
    begin with the first key frame of their file.
    """
    runs: list[range] = []
    for file in files:
        played = file.overlap(span)
        if played is None:
            continue
        first, end = clock.first_at(played.start), clock.first_at(played.end)
        if file.start <= span.start:
            while not is_key(first):
                first -= 1
        elif not runs or first != runs[-1].stop:
            while first < end and not is_key(first):
                first += 1
        if first < end:
            runs.append(range(first, end))
    return runs
