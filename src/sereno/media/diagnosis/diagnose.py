"""The whole diagnosis of one stream, within its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sereno.base.clock import Clock
from sereno.media.contract import Sibling, StreamTask
from sereno.media.diagnosis import by_ffmpeg, native
from sereno.media.diagnosis.findings import Findings, Judged
from sereno.media.diagnosis.gauge import Gauge
from sereno.media.diagnosis.watching import Limits, Watcher
from sereno.media.doors import Doors
from sereno.media.engines import FFMPEG, Choice, after_failure, first_choice
from sereno.media.faults import StreamFault
from sereno.media.rtsp.dialogue import Patience
from sereno.policy.reasons import Reason
from sereno.wire.errands import DiagnosisReport

Tell = Callable[[DiagnosisReport], None]

PATIENCE = Patience(connect_seconds=8.0, reply_seconds=8.0, silence_seconds=8.0)
"""A little less than a recording has, so that a device that is not there is told of soon."""

_NO_ROOM = ("session_limit", "device_busy")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """What else is known: `is_recorded`: the camera is being recorded by this node at the moment;
    `sibling` is its other stream."""

    is_recorded: bool = False
    sibling: Sibling | None = None


@dataclass(slots=True)
class Diagnosis:
    """`run` takes all steps; `tell` gets a report at each change, which holds all known by then."""

    task: StreamTask
    clock: Clock
    doors: Doors
    tell: Tell
    scene: Scene = field(default_factory=Scene)
    patience: Patience = PATIENCE
    limits: Limits = field(default_factory=Limits)
    _engine: str = field(default="", init=False)
    _is_done: bool = field(default=False, init=False)
    _findings: Findings = field(init=False)
    _watcher: Watcher = field(init=False)
    _started_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        # What worked before is not remembered: a diagnosis says what is in the way of the rule.
        self.task = self.task.model_copy(update={"memory": None})
        secrets = (self.task.password.get_secret_value(),)
        self._findings = Findings(self.clock.monotonic, self._tell, secrets)
        self._started_at = self.clock.now()

    async def run(self) -> DiagnosisReport:
        """The last report, which is told as well. Ends within `Limits.whole`, and a goodbye."""
        choice = first_choice(self.task)
        try:
            async with asyncio.timeout(self.limits.whole):
                await self._by(choice)
        except TimeoutError:
            self._fail(Reason("diagnosis_too_slow", {"seconds": f"{self.limits.whole:g}"}))
        except Exception as error:  # a fault of ours is told, and ends nothing else
            _log.exception("a diagnosis broke")
            self._fail(Reason("unexplained", raw=type(error).__name__))
        self._is_done = True
        self._findings.skip(_steps(choice, self.task.address))
        return self._report()

    async def _by(self, choice: Choice) -> None:
        self._engine = choice.engine
        if choice.engine == FFMPEG:
            await self._by_ffmpeg(choice, is_first=True)
            return
        self._watch(has_reports=True)
        try:
            await native.NativeTry(self._watcher, self.patience, self.doors).run()
        except StreamFault as error:
            await self._after(choice, await self._reached(error.reason))

    async def _after(self, choice: Choice, reason: Reason) -> None:
        """What a recording would do next, as far as it tells more."""
        step = self._fail(reason)
        if self._has_picture:
            return
        verdict = after_failure(choice, reason, has_played=False)
        if reason.key == "no_picture" and await native.comes_by_tcp(
            self.task, self._new_gauge(), self.patience, self.doors
        ):
            self._findings.advise(step, Reason("udp_blocked"), verdict="failed")
        elif verdict.is_at_once and step != "name":
            self._engine = verdict.choice.engine
            await self._by_ffmpeg(verdict.choice, is_first=False)
            if self._has_picture:
                self._findings.advise(step, Reason("needs_ffmpeg"))

    async def _reached(self, reason: Reason) -> Reason:
        """What is wrong first. Of credentials that were refused before nothing was tried: whether
        the device is there is looked for all the same."""
        if not self._findings.is_empty:
            return reason
        try:
            await by_ffmpeg.reach(self.task.address, self._findings, self.patience)
        except StreamFault as error:
            return error.reason
        return reason

    async def _by_ffmpeg(self, choice: Choice, *, is_first: bool) -> None:
        self._watch(has_reports=False)
        try:
            if is_first:
                await by_ffmpeg.reach(self.task.address, self._findings, self.patience)
            await by_ffmpeg.run(choice, self._watcher, self.patience, self.doors)
        except StreamFault as error:
            self._fail(error.reason)

    def _watch(self, *, has_reports: bool) -> None:
        self._watcher = Watcher(
            self.task, self._new_gauge(), self._findings, self.limits, self.scene.sibling,
            has_reports,
        )  # fmt: skip

    def _new_gauge(self) -> Gauge:
        return Gauge(self.clock, self.clock.monotonic)

    @property
    def _has_picture(self) -> bool:
        return self._watcher.gauge.first_key_at is not None

    def _fail(self, reason: Reason) -> str:
        """Say of a step what ended it, and the rest with it; which step that was."""
        if self._has_picture:
            self._watcher.judge(broken_off_by=reason)
            return "delivery"
        step = native.step_at_fault(self._findings, reason)
        is_used = reason.key in _NO_ROOM and self.scene.is_recorded
        if is_used:
            judged = Judged("warning", advice=(Reason("recording_uses_it"),), reason=reason)
        else:
            judged = Judged("failed", reason=reason)
        self._findings.end(step, judged)
        return step

    def _report(self) -> DiagnosisReport:
        return DiagnosisReport(
            started_at=self._started_at,
            is_done=self._is_done,
            engine=self._engine,
            steps=self._findings.reports(),
        )

    def _tell(self) -> None:
        self.tell(self._report())


def _steps(choice: Choice, address: str) -> tuple[str, ...]:
    """All that belong to such an address."""
    scheme = address.partition(":")[0].lower()
    if choice.engine != FFMPEG:
        return (*native.STEPS, "tls") if scheme == "rtsps" else native.STEPS
    return by_ffmpeg.STEPS if scheme == "v4l2" else (*by_ffmpeg.NETWORK_STEPS, *by_ffmpeg.STEPS)
