"""What a recorder records on motion begins and ends with something that it can tell of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan

_STEP_SECONDS = 1.0


class Motion:
    """Looks at the plan every second while it runs. ``tell`` gets the channel, and whether motion
    begins or ends there."""

    def __init__(
        self,
        config: RecorderConfig,
        plan: FootagePlan,
        clock: DeviceClock,
        tell: Callable[[ChannelSpec, bool], None],
    ) -> None:
        self._plan = plan
        self._clock = clock
        self._tell = tell
        self._channels = [
            each for each in config.channels if each.recording == "motion" and each.is_online
        ]

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        seen = self._clock.true_now()
        while True:
            await asyncio.sleep(_STEP_SECONDS)
            seen = self.look(seen)

    def look(self, seen: datetime) -> datetime:
        """Tells what began or ended since then; up to when it looked."""
        now = self._clock.true_now()
        for channel in self._channels:
            for file in self._plan.files(channel, seen, now, now):
                if seen <= file.start < now:
                    self._tell(channel, True)
                if seen < file.end <= now and not file.is_open:
                    self._tell(channel, False)
        return now
