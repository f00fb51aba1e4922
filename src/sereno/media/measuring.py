"""What a stream really sends, as it is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sereno.base.clock import Clock
from sereno.media.contract import Measured
from sereno.media.recorder import Recorder

MEASURE_SECONDS = 5.0


async def tell_measures(
    recorder: Recorder,
    clock: Clock,
    origin: Callable[[], dict[str, Any]],
    say: Callable[[Measured], None],
) -> None:
    """Say it every few seconds while something comes. Never returns."""
    frames, size_bytes, since = 0, 0, clock.monotonic()
    while True:
        await asyncio.sleep(MEASURE_SECONDS)
        now = clock.monotonic()
        if recorder.frame_count != frames:
            seconds = now - since
            measured = Measured(
                **origin(),
                bitrate_bps=int((recorder.byte_count - size_bytes) * 8 / seconds),
                fps=round((recorder.frame_count - frames) / seconds, 2),
                lost_packets=recorder.lost_packets,
                drift_us=recorder.drift_us,
            )
            say(measured)
        frames, size_bytes, since = recorder.frame_count, recorder.byte_count, now
