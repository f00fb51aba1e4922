"""Looks for footage of one channel of a device, and tells what is found as it is found."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from sereno.base.spans import span_or_none
from sereno.drivers.contract import Driver, Found
from sereno.drivers.true_times import find_true
from sereno.node.devices import shapes
from sereno.node.devices.story import Story
from sereno.policy.device_times import Reading, periods_of
from sereno.wire.devices import MOST_FOUND, FoundReport, SearchOrder

MOST_BYTES = 1_500_000
"""Of one answer: the hub takes requests of 2.5 MiB."""


@dataclass(slots=True)
class Searching:
    """One search; `run` tells its story: the oldest first, and no more than one answer holds.

    All times are true ones; `newest` is how the device's clock is now.
    """

    params: SearchOrder
    driver: Driver
    newest: Reading | None
    story: Story
    _found: list[FoundReport] = field(default_factory=list, init=False)
    _bytes: int = field(default=0, init=False)

    async def run(self) -> None:
        """Raises DeviceError; what was found until then is told."""
        params = self.params
        span = span_or_none(params.start, params.end)
        if span is None:
            return
        self.story.say(step="searching", progress=0.0)
        periods = periods_of(span, self._readings())
        async with aclosing(find_true(self.driver, params.channel, periods)) as items:
            async for each in items:
                if not self._add(each):
                    self._tell(each.span.start)
                    return
                self._tell(each.span.end)
        self.story.say(progress=1.0, found_through=params.end)

    def _readings(self) -> list[Reading]:
        known = [Reading(each.at, each.offset_seconds) for each in self.params.clock]
        return known if self.newest is None else [*known, self.newest]

    def _add(self, found: Found) -> bool:
        """Whether there is room for it."""
        report = shapes.footage(found)
        if report is None:
            return True
        self._bytes += len(report.model_dump_json())
        if len(self._found) >= MOST_FOUND or self._bytes > MOST_BYTES:
            return False
        self._found.append(report)
        return True

    def _tell(self, through: datetime) -> None:
        params = self.params
        through = min(max(through, params.start), params.end)
        progress = (through - params.start) / (params.end - params.start)
        self.story.say(found=tuple(self._found), found_through=through, progress=progress)
