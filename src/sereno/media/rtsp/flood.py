"""A bound on what one camera may send, so that one gone mad costs the others nothing."""

from __future__ import annotations

from collections.abc import Callable

from sereno.media.faults import fault

LARGEST_BITRATE = 64_000_000
"""Bits a second. Eight times what 4K cameras send at their best; a GOP from a camera's memory, sent
at once when we connect, stays below it over the window."""

WINDOW_SECONDS = 2.0
FRAME_COST_BYTES = 400
"""What handling one packet costs beside its bytes, told in bytes: tiny ones are dear too."""

_WINDOW_BYTES = int(LARGEST_BITRATE / 8 * WINDOW_SECONDS)


class FloodGuard:
    """Counts what came. `monotonic` is asked once a window's worth of bytes, not for each call."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._since = monotonic()
        self._size_bytes = self._cost_bytes = 0

    def meet(self, size_bytes: int, frame_count: int) -> None:
        """So much has come and was handled. Raises StreamFault `camera_floods`."""
        self._size_bytes += size_bytes
        self._cost_bytes += size_bytes + frame_count * FRAME_COST_BYTES
        if self._cost_bytes < _WINDOW_BYTES:
            return
        now = self._monotonic()
        seconds = now - self._since
        if seconds < WINDOW_SECONDS:
            mbps = self._cost_bytes * 8 / max(seconds, 0.001) / 1e6
            raise fault("camera_floods", f"{self._size_bytes} bytes", mbps=f"{mbps:.0f}")
        self._since, self._size_bytes, self._cost_bytes = now, 0, 0
