"""When which frame is due: frame numbers, UTC, and the RTP clock, in whole numbers.

Frame ``n`` of phase ``p`` (of ``P``) is captured at UTC ``(n + p / P) / fps`` seconds since 1970
and shows loop position ``n mod frames``. Everything else follows from that, so nothing can drift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
