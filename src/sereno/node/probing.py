"""Streams that rest are tried before their window, so that a failure is known in time.

A runner of its own tries them, and writes nothing: the node's process stays small, and what is
recorded is not disturbed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import ValidationError

from sereno.base.clock import Clock
from sereno.media.contract import SAYINGS, Probe, Probed, StreamTask
from sereno.node.rows import StreamKey
from sereno.node.runner_process import RunnerProcess
from sereno.node.wishes import Rest, Wish
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import entry
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

PROBE_BEFORE = timedelta(minutes=5)
AGAIN_SECONDS = 60.0
ROUND_SECONDS = 120.0  # a runner that takes longer over a round of tries hangs


@dataclass(frozen=True, slots=True)
class _Tried:
    """The last try before the window that begins at `window`; `at` is monotonic."""

    window: datetime
    at: float
    reason: ReasonReport | None


@dataclass(slots=True)
class Probing:
    """`due` says what is to be tried; `run` tries it, for as long as it runs.

    `task_at` tells how a stream is to be recorded at a moment; `told` hears what a try met.
    """

    argv: Sequence[str]
    clock: Clock
    aims: Callable[[], Mapping[StreamKey, Wish | Rest]]
    task_at: Callable[[StreamKey, datetime], StreamTask | None]
    told: Callable[[StreamKey, ReasonReport | None], None]
    look_seconds: float
    _tried: dict[StreamKey, _Tried] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.look_seconds)
            if due := self.due():
                await self._try(due)

    def due(self) -> dict[StreamKey, datetime]:
        """The streams to try now, each with the beginning of its window."""
        now, aims = self.clock.now(), self.aims()
        for key in self._tried.keys() - aims.keys():
            del self._tried[key]
        return {
            key: aim.until
            for key, aim in aims.items()
            if isinstance(aim, Rest)
            and aim.until is not None
            and now < aim.until <= now + PROBE_BEFORE
            and self._must_try(key, aim.until)
        }

    def _must_try(self, key: StreamKey, window: datetime) -> bool:
        tried = self._tried.get(key)
        if tried is None or tried.window != window:
            return True
        if tried.reason is None or entry(tried.reason.key).retry is Retry.NEVER:
            return False  # it is well, or asking again could lock the account
        return self.clock.monotonic() - tried.at >= AGAIN_SECONDS

    async def _try(self, due: Mapping[StreamKey, datetime]) -> None:
        tasks = [task for key, at in due.items() if (task := self.task_at(key, at)) is not None]
        if not tasks:
            return
        try:
            runner = await RunnerProcess.spawn(self.argv)
        except OSError as error:
            log.error("No runner can be started to try streams: %s.", error.strerror)  # noqa: TRY400
            return
        try:
            async with asyncio.timeout(ROUND_SECONDS):
                for task in tasks:
                    runner.send(Probe(task=task))
                await self._hear(runner, due, len(tasks))
        except TimeoutError:
            log.error("Runner %d takes too long to try streams and is ended.", runner.pid)  # noqa: TRY400
        finally:
            runner.kill()  # whatever it has told of is closed
            await runner.wait()

    async def _hear(
        self, runner: RunnerProcess, due: Mapping[StreamKey, datetime], count: int
    ) -> None:
        async for line in runner.lines():
            try:
                said = SAYINGS.validate_json(line)
            except ValidationError:
                log.exception("Runner %d said what is no event.", runner.pid)
                continue
            if isinstance(said, Probed):
                key = StreamKey(said.camera_id, said.stream)
                count -= 1
                self._tried[key] = _Tried(due[key], self.clock.monotonic(), said.reason)
                self.told(key, said.reason)
            if not count:
                return
