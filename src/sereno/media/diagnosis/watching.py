"""Looking on while a source plays, for as long as there is something to learn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from sereno.media.contract import Sibling, StreamTask
from sereno.media.diagnosis.findings import Findings, Judged
from sereno.media.diagnosis.gauge import Gauge
from sereno.media.diagnosis.judging import (
    LONG_SECONDS,
    judge_clock,
    judge_delivery,
    judge_key_interval,
    judge_picture,
    judge_sound,
)
from sereno.media.faults import fault
from sereno.policy.reasons import Reason

_POLL_SECONDS = 0.02
_ENOUGH_INTERVALS = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait for what, in seconds.

    Sender reports come every five seconds or so (RFC 3550, 6.2). A key frame every ten seconds must
    be seen twice, and all of it must end before a diagnosis may take no longer.
    """

    whole: float = 38.0
    first_key: float = 20.0
    least: float = 4.0
    report: float = 8.0
    most: float = 16.0


@dataclass(slots=True)
class Watcher:
    """Watches what `gauge` measures. `has_reports`: the camera may tell its time (RTCP)."""

    task: StreamTask
    gauge: Gauge
    findings: Findings
    limits: Limits
    sibling: Sibling | None
    has_reports: bool

    async def first_packet(self, packet_count: Callable[[], int]) -> None:
        """Until something comes; whoever plays says when that takes too long."""
        self.findings.begin("first_packet")
        while not packet_count():  # noqa: ASYNC110  packets are too many to announce each
            await asyncio.sleep(_POLL_SECONDS)
        self.findings.end("first_packet", Judged())

    async def pictures(self) -> None:
        """Up to the first key frame, and as long as there is more to learn.

        Raises StreamFault: there is no key frame.
        """
        self.findings.begin("first_key")
        try:
            async with asyncio.timeout(self.limits.first_key):
                await self._until(lambda: self.gauge.first_key_at is not None)
        except TimeoutError:
            raise fault("no_key_frame", seconds=f"{self.limits.first_key:g}") from None
        self.findings.begin("key_interval")
        await self._until(self._has_enough)
        self.judge()

    def judge(self, broken_off_by: Reason | None = None) -> None:
        """Say what the pictures tell; what broke them off is told with their delivery."""
        gauge, end, watched = self.gauge, self.findings.end, self._watched
        is_known = bool(gauge.key_intervals) or watched >= LONG_SECONDS
        interval = judge_key_interval(gauge.key_intervals, watched) if is_known else None
        end("key_interval", interval or Judged("skipped"))
        end("codec", judge_picture(gauge, self.task.stream, self.sibling))
        delivery = judge_delivery(gauge, watched)
        if broken_off_by is not None:
            delivery = replace(delivery, verdict="warning", reason=broken_off_by)
        end("delivery", delivery)
        end("sound", judge_sound(gauge, is_wanted=self.task.records_sound))
        if self.has_reports and (gauge.clock_offsets or watched >= self.limits.report):
            end("clock", judge_clock(gauge.clock_offsets))

    @property
    def _watched(self) -> float:
        """Seconds since the first key frame."""
        first_at = self.gauge.first_key_at
        return 0.0 if first_at is None else self.gauge.time() - first_at

    def _has_enough(self) -> bool:
        watched, gauge, limits = self._watched, self.gauge, self.limits
        if watched >= limits.most:
            return True
        has_time = not self.has_reports or bool(gauge.clock_offsets) or watched >= limits.report
        has_intervals = len(gauge.key_intervals) >= _ENOUGH_INTERVALS
        return watched >= limits.least and has_time and has_intervals

    async def _until(self, is_so: Callable[[], bool]) -> None:
        """Looks when something comes, and four times a second."""
        while not is_so():
            self.gauge.news.clear()
            try:
                async with asyncio.timeout(0.25):
                    await self.gauge.news.wait()
            except TimeoutError:
                continue
