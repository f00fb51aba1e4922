"""Pictures made ahead while nobody needs the machine: one of each ten minutes of the last day, so
that whoever looks along a day sees it at once. Pictures of footage that went, go too.

Only key frames are decoded, one after the other, and none while people wait for theirs.
"""

from __future__ import annotations

import asyncio
import logging
import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sereno.base.clock import Clock, to_us
from sereno.base.errors import SerenoError
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.picture_cache import PictureCache
from sereno.node.pictures import DEFAULT_WIDTH, Pictures
from sereno.node.rows import StreamKey

log = logging.getLogger(__name__)

STEP_US = 600 * 1_000_000  # between two of them; counted from 1970, so that all ask for the same
BACK_US = 24 * 3600 * 1_000_000
ROUND_SECONDS = 60.0
REST_SECONDS = 0.5  # after each: a fraction of one core at most
STREAM = "main"
_LATEST_US = (1 << 63) - 1

Covered = Sequence[tuple[int, int]]


def machine_is_idle() -> bool:
    """Whether less than half of the machine was busy during the last minute."""
    return os.getloadavg()[0] < (os.cpu_count() or 1) / 2


@dataclass(slots=True)
class Strips:
    """`run` makes pictures ahead and lets old ones go for as long as it runs."""

    pictures: Pictures
    ledger: LedgerThread
    keys: Callable[[], Iterable[StreamKey]]
    clock: Clock
    is_idle: Callable[[], bool] = machine_is_idle
    round_seconds: float = ROUND_SECONDS
    rest_seconds: float = REST_SECONDS
    _reached: dict[StreamKey, int] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self.round_seconds)
            if not self.is_idle():
                continue
            try:
                await self._round()
            except Exception:  # what is only convenient must not end what records
                log.exception("pictures could not be made ahead")

    async def _round(self) -> None:
        await self.forget_what_went()
        for key in [each for each in self.keys() if each.stream == STREAM]:
            await self._go_on_with(key)

    async def forget_what_went(self) -> None:
        """Let pictures go of whose moment there is no footage any more."""
        for key in await self.pictures.kept(PictureCache.streams) or ():
            covered = await self.ledger.call(Ledger.coverage, key, 0, _LATEST_US)
            times = await self.pictures.kept(PictureCache.times, key) or ()
            if gone := list(outside(times, covered)):
                await self.pictures.kept(PictureCache.forget, key, gone)

    async def _go_on_with(self, key: StreamKey) -> None:
        now_us = to_us(self.clock.now())
        since_us = max(self._reached.get(key, 0), now_us - BACK_US)
        covered = await self.ledger.call(Ledger.coverage, key, since_us, now_us)
        for moment_us in moments_in(covered, since_us, now_us):
            if not (self.is_idle() and self.pictures.is_at_rest):
                return
            # Where its file went or cannot be decoded, whoever looks is told so.
            with suppress(SerenoError):
                await self.pictures.at(key, moment_us, DEFAULT_WIDTH)
            self._reached[key] = moment_us + 1
            await asyncio.sleep(self.rest_seconds)


def moments_in(covered: Covered, since_us: int, until_us: int) -> Iterator[int]:
    """The steps with footage from `since_us` on, before `until_us`."""
    first = -(-since_us // STEP_US) * STEP_US
    spans = sorted(covered)
    for moment_us in range(first, until_us, STEP_US):
        if _is_in(spans, moment_us):
            yield moment_us


def outside(times_us: Iterable[int], covered: Covered) -> Iterator[int]:
    """Those of `times_us` at which there is no footage."""
    spans = sorted(covered)
    return (us for us in times_us if not _is_in(spans, us))


def _is_in(spans: Covered, moment_us: int) -> bool:
    """Spans may overlap where a clock stepped back; then the one that began last may end first."""
    place = bisect_right(spans, (moment_us, _LATEST_US))
    return any(end_us > moment_us for _, end_us in spans[max(0, place - 3) : place])
