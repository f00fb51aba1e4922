"""How long to wait before the next try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import random


@dataclass(slots=True)
class Backoff:
    """Decorrelated jitter: each pause is drawn between `base_seconds` and three times the last.

    Many waiters that failed together spread out instead of coming back together, the first time
    over half a `base_seconds`.
    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    base_seconds: float
    cap_seconds: float
    draw: Callable[[], float] = random
    _last_seconds: float = field(default=0.0, init=False)

    def next_seconds(self) -> float:
        """The pause before the next try, in seconds."""
        high = max(self.base_seconds * 1.5, self._last_seconds * 3)
        pause = self.base_seconds + self.draw() * (high - self.base_seconds)
        self._last_seconds = min(pause, self.cap_seconds)
        return self._last_seconds

    def reset(self) -> None:
        """Begin anew, after something went well."""
        self._last_seconds = 0.0
