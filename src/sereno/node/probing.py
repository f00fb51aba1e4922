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
from uuid import UUID

from pydantic import ValidationError

from sereno.base.clock import Clock
from sereno.base.tasks import until_first
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
# A device may have room for one viewer only, who must be gone before the recording comes.
LEAVE_BEFORE = timedelta(seconds=5)
LEAST_BEFORE = LEAVE_BEFORE + timedelta(seconds=30)  # a runner's start and a whole try
STIR_SECONDS = 0.2


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
            and now + LEAST_BEFORE < aim.until <= now + PROBE_BEFORE
            and self._must_try(key, aim.until)
        }

    def _must_try(self, key: StreamKey, window: datetime) -> bool:
        tried = self._tried.get(key)
        if tried is None or tried.window != window:
            return True
        if tried.reason is None or entry(tried.reason.key).retry in (Retry.NEVER, Retry.LOCKED):
            return False  # it is well, or asking again could lock the account
        return self.clock.monotonic() - tried.at >= AGAIN_SECONDS

    async def _try(self, due: Mapping[StreamKey, datetime]) -> None:
        tasks = self._one_of_each_camera(due)
        if not tasks:
            return
        waiting = {key: due[key] for key in tasks}
        try:
            runner = await RunnerProcess.spawn(self.argv)
        except OSError as error:
            log.error("No runner can be started to try streams: %s.", error.strerror)  # noqa: TRY400
            return
        try:
            async with asyncio.timeout(self._round_seconds(waiting)):
                for task in tasks.values():
                    runner.send(Probe(task=task))
                await until_first(self._hear(runner, waiting), self._until_one_stirs(waiting))
        except TimeoutError:
            log.error("Runner %d takes too long to try streams and is ended.", runner.pid)  # noqa: TRY400
        finally:
            runner.kill()  # whatever it has told of is closed
            await runner.wait()

    def _one_of_each_camera(self, due: Mapping[StreamKey, datetime]) -> dict[StreamKey, StreamTask]:
        """A camera's other stream has its turn in the next round."""
        tasks: dict[StreamKey, StreamTask] = {}
        cameras: set[UUID] = set()
        for key, at in due.items():
            if key.camera_id not in cameras and (task := self.task_at(key, at)) is not None:
                tasks[key] = task
                cameras.add(key.camera_id)
        return tasks

    def _round_seconds(self, waiting: Mapping[StreamKey, datetime]) -> float:
        left = min(waiting.values()) - LEAVE_BEFORE - self.clock.now()
        return min(ROUND_SECONDS, left.total_seconds())

    def _rests(self, key: StreamKey, window: datetime) -> bool:
        aim = self.aims().get(key)
        return isinstance(aim, Rest) and aim.until == window

    async def _until_one_stirs(self, waiting: Mapping[StreamKey, datetime]) -> None:
        """Until a stream that is being tried is not to rest any more up to its window."""
        while True:
            await asyncio.sleep(STIR_SECONDS)
            if not all(self._rests(key, window) for key, window in waiting.items()):
                return

    async def _hear(self, runner: RunnerProcess, waiting: dict[StreamKey, datetime]) -> None:
        """Take what the tries met, out of `waiting`, until all have ended."""
        async for line in runner.lines():
            try:
                said = SAYINGS.validate_json(line)
            except ValidationError:
                log.exception("Runner %d said what is no event.", runner.pid)
                continue
            if isinstance(said, Probed):
                key = StreamKey(said.camera_id, said.stream)
                window = waiting.pop(key, None)
                if window is not None and self._rests(key, window):  # it may be recorded by now
                    self._tried[key] = _Tried(window, self.clock.monotonic(), said.reason)
                    self.told(key, said.reason)
            if not waiting:
                return
