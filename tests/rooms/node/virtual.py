"""Time that passes only in the mind: an event loop that jumps to whatever comes next."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

from sereno.base.clock import ManualClock


class _Selector(selectors.DefaultSelector):
    """Instead of waiting, it lets the clock go on."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if timeout is None and not found:
            raise AssertionError("nothing will ever happen any more")
        if not found and timeout:
            self._clock.advance(timeout)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that goes by `clock`, and moves it."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(_Selector(clock))
        self._own_clock = clock
        self._clock_resolution = 1e-6
        self.faults: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.faults.append(context))

    def time(self) -> float:
        return self._own_clock.monotonic()
