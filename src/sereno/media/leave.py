"""Leave to write a stream, which may end by itself: another node may have the camera then."""

from __future__ import annotations

import asyncio

from sereno.base.clock import Clock

_LOOK_SECONDS = 1.0


class LeaveOver(Exception):
    """Something was to be written after the leave had ended."""


class Leave:
    """Good until `until`, by `Clock.boottime`; None: for ever.

    Once anybody has found it over it is over for good: what was not written since is a hole.
    """

    def __init__(self, until: float | None, clock: Clock) -> None:
        self._until = until
        self._clock = clock
        self._is_over = False

    def renew(self, until: float | None) -> None:
        """It is good for longer, if it still is."""
        self._until = until

    def is_over(self) -> bool:
        """To be asked before each write, as the process may have been suspended meanwhile."""
        if self._until is not None and self._clock.boottime() >= self._until:
            self._is_over = True
        return self._is_over

    async def ended(self) -> None:
        """Wait until it is over."""
        while not self.is_over():
            left = _LOOK_SECONDS
            if self._until is not None:  # the loop's own clock stands still while a machine sleeps
                left = min(left, self._until - self._clock.boottime())
            await asyncio.sleep(max(left, 0.0))
