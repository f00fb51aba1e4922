"""Errands: what people ask this node to look into now.

The hub is asked whenever it may have some; what is found is told as it is found. A diagnosis has a
process of its own. Whatever becomes of an errand, recording does not notice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import ValidationError

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.base.errors import NotFound, SerenoError
from sereno.media.contract import SAYINGS, Diagnose, Diagnosed
from sereno.node.bulletin import Bulletin
from sereno.node.hub_client import HubClient
from sereno.node.runner_process import RunnerProcess
from sereno.policy.diagnosis import LONGEST_SECONDS
from sereno.wire.errands import DIAGNOSE, DiagnosisReport, Errand, StepReport
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

MOST_AT_ONCE = 2
HANG_SECONDS = LONGEST_SECONDS + 5.0  # a runner that takes longer hangs
ORDERS_SECONDS = 5.0  # a camera that was just added is in orders that are on their way
AGAIN_SECONDS = 1.0
_LOOK_SECONDS = 0.1
_REMEMBERED = 100
_NICE = 5

CommandOf = Callable[[Errand], Diagnose | None]
Do = Callable[[Errand], Awaitable[None]]


@dataclass(slots=True)
class Errands:
    """`look` has the hub asked; `run` does it, and what it answers, for as long as it runs.

    `command_of` says what a runner is to be told for an errand; None: the node does not know its
    camera. `others` says what is done for errands of other kinds. `tell_seconds` lie between two
    reports, however much is found.
    """

    argv: Sequence[str]
    hub: HubClient
    clock: Clock
    command_of: CommandOf
    others: Mapping[str, Do] = field(default_factory=dict)
    tell_seconds: float = 0.3
    _wake: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _taken: dict[UUID, None] = field(default_factory=dict, init=False)
    _may_run: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE), init=False
    )

    def look(self) -> None:
        """There may be errands."""
        self._wake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as doing:
            while True:
                await self._wake.wait()
                self._wake.clear()
                for errand in await self._ask():
                    do = self._diagnose if errand.kind == DIAGNOSE else self.others.get(errand.kind)
                    if do is not None and errand.errand_id not in self._taken:
                        self._take(errand.errand_id)
                        doing.create_task(_do(do, errand))

    def _take(self, errand_id: UUID) -> None:
        self._taken[errand_id] = None
        while len(self._taken) > _REMEMBERED:
            del self._taken[next(iter(self._taken))]

    async def _ask(self) -> tuple[Errand, ...]:
        """A hub that is away has its next heartbeat say whether there are any."""
        try:
            return await self.hub.errands()
        except SerenoError as error:
            log.debug("The hub tells no errands: %s", error)
            return ()

    async def _diagnose(self, errand: Errand) -> None:
        async with self._may_run:
            await _Doing(self, errand).run()


async def _do(do: Do, errand: Errand) -> None:
    try:
        await do(errand)
    except Exception:  # one errand must not end the node
        log.exception("errand %s broke", errand.errand_id)


class _Doing:
    """One errand, and the newest report of it that the hub may not have yet."""

    def __init__(self, errands: Errands, errand: Errand) -> None:
        self._errands = errands
        self._errand = errand
        self._newest = DiagnosisReport(started_at=errands.clock.now())
        again = Backoff(AGAIN_SECONDS, AGAIN_SECONDS)
        self._bulletin: Bulletin[DiagnosisReport] = Bulletin(
            self._tell_hub, errands.tell_seconds, again
        )

    async def run(self) -> None:
        """Until it is done and told, or nobody waits for it any more."""
        self._put(self._newest)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._bulletin.tell_until(lambda report: report.is_done))
                await self._find_out()
                self._put(self._finished())
        except* NotFound:
            log.info("Nobody waits for errand %s any more.", self._errand.errand_id)

    def _put(self, report: DiagnosisReport) -> None:
        self._newest = report
        self._bulletin.put(report)

    async def _find_out(self) -> None:
        command = await self._command()
        if command is None:
            return
        try:
            runner = await RunnerProcess.spawn(self._errands.argv)
        except OSError as error:
            log.error("No runner can be started to diagnose: %s.", error.strerror)  # noqa: TRY400
            return
        try:
            runner.take_priority(_NICE, ())
            async with asyncio.timeout(HANG_SECONDS):
                runner.send(command)
                await self._hear(runner)
        except TimeoutError:
            log.error("Runner %d takes too long to diagnose and is ended.", runner.pid)  # noqa: TRY400
        finally:
            runner.kill()  # whatever it has told of is closed
            await runner.wait()

    async def _command(self) -> Diagnose | None:
        """Orders that are on their way are waited for."""
        clock = self._errands.clock
        until = clock.monotonic() + ORDERS_SECONDS
        while (command := self._errands.command_of(self._errand)) is None:
            if clock.monotonic() >= until:
                return None
            await asyncio.sleep(_LOOK_SECONDS)
        return command

    async def _hear(self, runner: RunnerProcess) -> None:
        """Up to the last report."""
        async for line in runner.lines():
            try:
                said = SAYINGS.validate_json(line)
            except ValidationError:
                log.exception("Runner %d said what is no event.", runner.pid)
                continue
            if isinstance(said, Diagnosed):
                self._put(said.report)
                if said.report.is_done:
                    return

    def _finished(self) -> DiagnosisReport:
        """The last report; of a runner that did not come to its end, made here."""
        report = self._newest
        if report.is_done:
            return report
        steps = [_broken_off(step) for step in report.steps]
        if not steps:
            is_unknown = self._errand.camera_id is not None
            reason = ReasonReport(key="order_on_its_way" if is_unknown else "unexplained")
            steps = [StepReport(step="name", verdict="failed", reason=reason)]
        elif all(step.verdict != "failed" for step in steps):
            steps[-1] = steps[-1].model_copy(update=_UNEXPLAINED)
        return report.model_copy(update={"is_done": True, "steps": tuple(steps)})

    async def _tell_hub(self, report: DiagnosisReport) -> None:
        await self._errands.hub.tell_errand(self._errand.errand_id, report)


_UNEXPLAINED = {"verdict": "failed", "reason": ReasonReport(key="unexplained")}


def _broken_off(step: StepReport) -> StepReport:
    return step.model_copy(update=_UNEXPLAINED) if step.verdict == "running" else step
