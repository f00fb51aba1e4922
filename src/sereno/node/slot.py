"""A slot: long-lived, holds streams that share a runner; the runner inside is disposable.

When a runner ends, for whatever reason, its streams are mended and a new one takes over after a
short, growing pause. A runner that hangs, that grows, or whose disk does not answer is replaced.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sereno.base.backoff import Backoff
from sereno.media.contract import StreamTask
from sereno.node.recording import NODE_DOWN
from sereno.node.rows import StreamKey
from sereno.node.runner_life import RUNNER_DIED, RunnerLife, Surroundings
from sereno.node.runner_process import RunnerProcess, exit_in_words
from sereno.node.wishes import Terms, Wish
from sereno.wire.reports import ReasonReport

STEADY_SECONDS = 5.0
RETRY_BASE_SECONDS = 0.2
RETRY_CAP_SECONDS = 30.0

log = logging.getLogger(__name__)


class Slot:
    """`streams` live here, those of them that are `leaving` not for long."""

    def __init__(self, terms: Terms, around: Surroundings) -> None:
        self.terms = terms
        self.streams: set[StreamKey] = set()
        self.leaving: set[StreamKey] = set()
        self.task: asyncio.Task[None] | None = None
        self._around = around
        self._recording = around.recording
        self._life: RunnerLife | None = None
        self._closing: ReasonReport | None = None
        self._is_hurried = asyncio.Event()  # nobody waits for the next runner any longer

    @property
    def runner(self) -> RunnerProcess | None:
        return self._life.process if self._life is not None else None

    @property
    def started_at(self) -> datetime | None:
        """When the runner started."""
        return self._life.started_at if self._life is not None else None

    @property
    def given(self) -> Mapping[StreamKey, Wish]:
        """What the living runner was told to do."""
        return self._life.given if self._life is not None else {}

    @property
    def accepts(self) -> bool:
        """Whether there is a runner to give streams to."""
        return self._life is not None and self._life.verdict is None and not self.is_closed

    @property
    def is_closed(self) -> bool:
        return self._closing is not None

    @property
    def is_over(self) -> bool:
        """Closed, and nothing of it is left."""
        return self.is_closed and (self.task is None or self.task.done())

    def is_busy(self, key: StreamKey) -> bool:
        """Whether the stream's last run has not ended yet, or its files are being mended."""
        has_run = self._recording.book(key).run is not None
        is_ending = self._life is not None and self._life.is_ending(key)
        return is_ending or has_run or self._recording.is_mending(key)

    def give(self, key: StreamKey, wish: Wish, task: StreamTask) -> None:
        """Let the runner record the stream."""
        if self._life is not None:
            self._life.give(key, wish, task)

    def revise(self, key: StreamKey, wish: Wish) -> None:
        """What the runner was told of the stream comes to the same as this."""
        if self._life is not None:
            self._life.given[key] = wish

    def renew(self, key: StreamKey, write_until: float | None) -> None:
        """Let the runner write the stream up to this `Clock.boottime`, if it does not know yet."""
        if self._life is not None:
            self._life.renew(key, write_until)

    def watched(self, key: StreamKey, fragment_ms: int | None) -> None:
        """Let the runner know whether somebody watches the stream, if it does not know yet."""
        if self._life is not None:
            self._life.watched(key, fragment_ms)

    def try_soon(self, key: StreamKey) -> None:
        """Another stream of the same device plays again."""
        if self._life is not None:
            self._life.try_soon(key)

    def hurry(self) -> None:
        """A person asked to act now: no pause before the next runner."""
        self._is_hurried.set()

    def withdraw(self, key: StreamKey, reason: ReasonReport) -> None:
        """Let the runner end the stream, if it records it."""
        if self._life is not None:
            self._life.withdraw(key, reason)

    def let_go(self, key: StreamKey, reason: ReasonReport) -> None:
        """End the stream; it leaves as soon as nothing writes to it any more."""
        self.withdraw(key, reason)
        self.leaving.add(key)

    def settle(self) -> None:
        """Forget the streams that have left."""
        gone = {key for key in self.leaving if not self.is_busy(key)}
        self.streams -= gone
        self.leaving -= gone

    def close(self, reason: ReasonReport) -> None:
        """Let the runner seal its files and end; no other comes after it."""
        if self._closing is None:
            self._closing = reason
            self.hurry()
            if self._life is not None:
                self._life.end(reason)

    def kill(self) -> None:
        """End the runner now."""
        if self._life is not None:
            self._life.process.kill()

    def tick(self, seconds: float) -> None:
        """So much time has passed: is the runner well?"""
        if self._life is not None:
            self._life.tick(seconds)

    async def run(self) -> None:
        """One runner after another until `close`."""
        backoff = Backoff(RETRY_BASE_SECONDS, RETRY_CAP_SECONDS)
        clock = self._around.clock
        while not self.is_closed:
            began = clock.monotonic()
            await self._live()
            if clock.monotonic() - began > STEADY_SECONDS:
                backoff.reset()
            with suppress(TimeoutError):
                async with asyncio.timeout(backoff.next_seconds()):
                    await self._is_hurried.wait()
            if not self.is_closed:
                self._is_hurried.clear()

    async def _live(self) -> None:
        try:
            process = await RunnerProcess.spawn(self._around.argv)
        except OSError as error:
            log.error("No runner can be started: %s.", error.strerror)  # noqa: TRY400
            return
        life = self._life = RunnerLife(process, self.terms, self.streams, self._around)
        if self._closing is not None:
            life.end(self._closing)
        self._around.wake()
        status = await life.run()
        self._bury(life, status)
        self._around.wake()

    def _bury(self, life: RunnerLife, status: int) -> None:
        """The runner has ended: see to what it left behind."""
        for key in self.streams:
            self._recording.book(key).last_exit = exit_in_words(status)
        left_behind = life.left_behind()
        self._life = None
        if self._closing != NODE_DOWN:
            # In the background: a stream starts again as soon as its own files are mended. After
            # a kill at the node's end its next start mends.
            self._recording.mend(left_behind, life.verdict or RUNNER_DIED)
