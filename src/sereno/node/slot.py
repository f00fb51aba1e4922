"""A slot: long-lived, holds streams that share a runner; the runner inside is disposable.

When a runner ends, for whatever reason, its streams are mended and a new one takes over after a
short, growing pause. A runner that hangs, that grows, or whose disk does not answer is replaced.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock, to_us
from sereno.media.contract import (
    SAYINGS,
    Alive,
    Connecting,
    Event,
    Failed,
    Noticed,
    Origin,
    Probed,
    Renew,
    RunEnded,
    Start,
    Stop,
    Stopped,
    StreamTask,
)
from sereno.node.leases import LEASE_LOST
from sereno.node.recording import NODE_DOWN, Recording
from sereno.node.rows import StreamKey
from sereno.node.runner_process import RunnerProcess, exit_in_words
from sereno.node.troubles import Troubles
from sereno.node.wishes import Terms, Wish
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

# A runner says once a second that it lives. All limits are counted in the node's own ticks, so
# that a node that was suspended does not blame its runners.
SILENT_SECONDS = 4.5
STARTING_SECONDS = 30.0  # many runners may start at once on a small machine
STUBBORN_SECONDS = 5.0
DISK_STILL_SECONDS = 2.0  # from then on the disk is why no picture is written
DISK_DEAD_SECONDS = 20.0  # about when the queues of usual streams are full
DYING_SECONDS = 5.0  # whoever does not die of SIGKILL waits for its disk inside the kernel
STEADY_SECONDS = 5.0
RETRY_BASE_SECONDS = 0.2
RETRY_CAP_SECONDS = 30.0

# A runner takes some 35 MB, and a stream some 2 MB and what waits for the disk, at most 8 MB. An
# ffmpeg that must encode holds many pictures. Twice as much is a leak.
RUNNER_BYTES = 96 * 1024 * 1024
STREAM_BYTES = 24 * 1024 * 1024
FFMPEG_STREAM_BYTES = 512 * 1024 * 1024

STOPPED = ReasonReport(key="stopped")
RUNNER_DIED = ReasonReport(key="runner_died")
RUNNER_HUNG = ReasonReport(key="runner_hung")
RUNNER_GREW = ReasonReport(key="runner_grew")
DISK_SLOW = ReasonReport(key="disk_slow")
UNEXPLAINED = ReasonReport(key="unexplained")
PRIORITY_REFUSED = ReasonReport(key="priority_refused")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all slots use. `wake` lets the supervisor compare again."""

    argv: Sequence[str]
    recording: Recording
    clock: Clock
    listener: Callable[[Event], None]
    troubles: Troubles
    wake: Callable[[], None]


class Slot:
    """`streams` live here, those of them that are `leaving` not for long; `given` is what the
    living runner was told to do."""

    def __init__(self, terms: Terms, around: Surroundings) -> None:
        self.terms = terms
        self.streams: set[StreamKey] = set()
        self.leaving: set[StreamKey] = set()
        self.given: dict[StreamKey, Wish] = {}
        self.runner: RunnerProcess | None = None
        self.started_at: datetime | None = None
        self.task: asyncio.Task[None] | None = None
        self._around = around
        self._recording = around.recording
        # Of these streams it said what makes no sense: told to stop, and not listened to.
        self._broken: set[StreamKey] = set()
        self._stopping: dict[StreamKey, float] = {}
        # Up to when the runner was told that it may write each of `given`.
        self._leaves: dict[StreamKey, float | None] = {}
        self._is_allowed = True
        self._is_heard = False
        self._silent_seconds = 0.0
        self._disk_still_seconds = 0.0
        # Why we end the living runner, and how long it has taken so far.
        self._verdict: ReasonReport | None = None
        self._ending_seconds = 0.0
        self._is_abandoned = False
        self._closing: ReasonReport | None = None
        self._is_hurried = asyncio.Event()  # nobody waits for the next runner any longer

    # What the supervisor does.

    @property
    def accepts(self) -> bool:
        """Whether there is a runner to give streams to."""
        return self.runner is not None and self._verdict is None and not self.is_closed

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
        is_ending = key in self._broken or key in self._stopping
        return is_ending or has_run or self._recording.is_mending(key)

    def give(self, key: StreamKey, wish: Wish, task: StreamTask) -> None:
        """Let the runner record the stream."""
        if self.runner is None:
            return
        self.given[key] = wish
        self._leaves[key] = task.write_until
        self._recording.book(key).starts += 1
        self.runner.send(Start(task=task))

    def renew(self, key: StreamKey, write_until: float | None) -> None:
        """Let the runner write the stream up to this `Clock.boottime`, if it does not know yet."""
        if self.runner is not None and self._leaves.get(key) != write_until:
            self._leaves[key] = write_until
            self.runner.send(
                Renew(camera_id=key.camera_id, stream=key.stream, write_until=write_until)
            )

    def hurry(self) -> None:
        """A person asked to act now: no pause before the next runner."""
        self._is_hurried.set()

    def withdraw(self, key: StreamKey, reason: ReasonReport) -> None:
        """Let the runner end the stream, if it records it."""
        if self.given.pop(key, None) is not None and self.runner is not None:
            self._stopping[key] = 0.0
            self.runner.send(Stop(camera_id=key.camera_id, stream=key.stream, reason=reason))

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
            self._end_runner(reason)

    def kill(self) -> None:
        """End the runner now."""
        if self.runner is not None:
            self.runner.kill()

    def tick(self, seconds: float) -> None:
        """So much time has passed: is the runner well?"""
        if self.runner is None:
            return
        self._silent_seconds += seconds
        for key in self._stopping:
            self._stopping[key] += seconds
        if self._verdict is not None:
            self._press(seconds)
        elif self._silent_seconds >= (SILENT_SECONDS if self._is_heard else STARTING_SECONDS):
            self._condemn(RUNNER_HUNG, "says nothing")
        elif self._disk_still_seconds >= DISK_DEAD_SECONDS:
            self._condemn(DISK_SLOW, "waits for a disk that does not answer")
        elif any(waited > STUBBORN_SECONDS for waited in self._stopping.values()):
            is_disk = self._disk_still_seconds >= DISK_STILL_SECONDS
            self._condemn(DISK_SLOW if is_disk else RUNNER_HUNG, "does not end a stream")

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

    # One life of a runner.

    async def _live(self) -> None:
        try:
            runner = await RunnerProcess.spawn(self._around.argv)
        except OSError as error:
            log.error("No runner can be started: %s.", error.strerror)  # noqa: TRY400
            return
        self._is_allowed = runner.take_priority(self.terms.nice, self.terms.cpu_affinity)
        self._is_heard = self._is_abandoned = False
        self._silent_seconds = self._disk_still_seconds = self._ending_seconds = 0.0
        self._verdict = None
        self.runner = runner
        self.started_at = self._around.clock.now()
        if self._closing is not None:
            self._end_runner(self._closing)
        self._around.wake()
        async for line in runner.lines():
            self._is_heard = True
            self._silent_seconds = 0.0
            self._hear(runner, line)
        status = await runner.wait()
        if self._verdict is None:
            log.error("Runner %d ended unexpectedly (status %d).", runner.pid, status)
        self._bury(status)
        self._around.wake()

    def _bury(self, status: int) -> None:
        """The runner has ended: see to what it left behind."""
        self.runner = self.started_at = None
        for key in self.streams:
            self._recording.book(key).last_exit = exit_in_words(status)
        left_behind = set(self.given) | {key for key in self.streams if self.is_busy(key)}
        if self._is_abandoned:
            left_behind = set(self.streams)
        for waiting in (self.given, self._broken, self._stopping, self._leaves):
            waiting.clear()
        if self._closing != NODE_DOWN:
            # In the background: a stream starts again as soon as its own files are mended. After
            # a kill at the node's end its next start mends.
            self._recording.mend(left_behind, self._verdict or RUNNER_DIED)

    def _end_runner(self, reason: ReasonReport) -> None:
        """Let it seal its files for this reason and end."""
        if self.runner is None or self._verdict is not None:
            return
        self._verdict = reason
        for key in list(self.given):
            self.withdraw(key, reason)
        self.runner.finish()

    def _condemn(self, reason: ReasonReport, what: str) -> None:
        """End the runner at once; its files are mended afterwards."""
        if self.runner is not None:
            log.error("Runner %d %s. It is replaced.", self.runner.pid, what)
            self._verdict = reason
            self._ending_seconds = STUBBORN_SECONDS
            self.runner.kill()

    def _press(self, seconds: float) -> None:
        """The runner is to end: kill it when that takes long, abandon it when even that does."""
        self._ending_seconds += seconds
        if self._ending_seconds > STUBBORN_SECONDS:
            self.kill()
        if self._ending_seconds > STUBBORN_SECONDS + DYING_SECONDS and not self._is_abandoned:
            self._abandon()

    def _abandon(self) -> None:
        """Not even SIGKILL ends it: it will write nothing more, and its streams go elsewhere.

        No other runner is tried on this disk before this one has ended.
        """
        if self.runner is not None:
            log.error("Runner %d cannot be ended: the system waits for its disk.", self.runner.pid)
        self._is_abandoned = True
        ended = {key for key in self.streams if key in self.given or self.is_busy(key)}
        for waiting in (self.given, self._broken, self._stopping):
            waiting.clear()
        at_us = to_us(self._around.clock.now())
        for key in ended:
            failed = Failed(
                camera_id=key.camera_id, stream=key.stream, at_us=at_us,
                reason=self._verdict or RUNNER_HUNG, next_try_us=at_us,
            )  # fmt: skip
            self._around.listener(failed)
        self._around.wake()

    # What the runner says.

    def _hear(self, runner: RunnerProcess, line: bytes) -> None:
        """Take one line. Whatever is wrong with it costs its stream alone."""
        if self._is_abandoned:
            return
        try:
            said = SAYINGS.validate_json(line)
        except ValidationError as error:
            self._hear_nonsense(runner, line, error)
            return
        if isinstance(said, Alive):
            self._hear_alive(said)
            return
        if isinstance(said, Probed):
            return  # of a stream that is not recorded, and that nobody asked for here
        key = StreamKey(said.camera_id, said.stream)
        if isinstance(said, Stopped) and self._stopping.pop(key, None) is not None:
            # They are sealed one after the other: while they come, the rest is waiting its turn.
            self._stopping = dict.fromkeys(self._stopping, 0.0)
            self._around.wake()
        if isinstance(said, Failed) and said.reason.key == LEASE_LOST.key:
            # It ended by itself, for good: the stream starts anew where its lease still is good.
            self.withdraw(key, LEASE_LOST)
        if key not in self._broken:
            try:
                self._around.listener(self._with_true_reason(key, said))
                if isinstance(said, Connecting) and not self._is_allowed:
                    self._around.listener(_refused(said))
            except Exception as error:  # a fault of one stream must not end the others
                self._break_stream(runner, key, error)
        elif isinstance(said, Stopped):
            self._broken.discard(key)
            self._recording.mend([key], UNEXPLAINED)

    def _hear_alive(self, alive: Alive) -> None:
        self._disk_still_seconds = alive.disk_still_seconds
        for key in self.given:
            is_still = alive.disk_still_seconds >= DISK_STILL_SECONDS
            self._recording.book(key).is_disk_still = is_still
        if self._verdict is None and alive.memory_bytes > self._most_bytes():
            log.error("A runner takes %d MB. It is replaced.", alive.memory_bytes >> 20)
            self._end_runner(RUNNER_GREW)

    def _most_bytes(self) -> int:
        books = (self._recording.book(key) for key in self.given)
        return RUNNER_BYTES + sum(
            FFMPEG_STREAM_BYTES if book.started and book.started.engine == "ffmpeg"
            else STREAM_BYTES
            for book in books
        )  # fmt: skip

    def _hear_nonsense(self, runner: RunnerProcess, line: bytes, error: ValidationError) -> None:
        try:
            origin = Origin.model_validate_json(line)
        except ValidationError:
            log.error("Runner %d said what is no event: %.80r", runner.pid, line)  # noqa: TRY400
        else:
            self._break_stream(runner, StreamKey(origin.camera_id, origin.stream), error)

    def _with_true_reason(self, key: StreamKey, event: Event) -> Event:
        """A runner that is ended from outside does not know why its runs end; we do."""
        if not isinstance(event, RunEnded):
            return event
        if self._closing == NODE_DOWN:
            return event.model_copy(update={"reason": NODE_DOWN})
        was_asked = key not in self.given
        if event.reason.key == STOPPED.key and not was_asked:
            return event.model_copy(update={"reason": self._verdict or RUNNER_DIED})
        return event

    def _break_stream(self, runner: RunnerProcess, key: StreamKey, error: Exception) -> None:
        """Let the stream end, mend its files, and start it anew after a growing pause."""
        if key in self._broken:
            return
        if self._around.troubles.meet(key, self._around.clock.monotonic()):
            log.error("What runner %d said of %s makes no sense; the stream is started anew.",
                      runner.pid, key, exc_info=error)  # fmt: skip
        self._broken.add(key)
        self.given.pop(key, None)
        self._stopping[key] = 0.0
        runner.send(Stop(camera_id=key.camera_id, stream=key.stream, reason=UNEXPLAINED))


def _refused(origin: Connecting) -> Noticed:
    """The stream's runner did not get the priority or the CPUs that it should have."""
    return Noticed(
        camera_id=origin.camera_id,
        stream=origin.stream,
        at_us=origin.at_us,
        reason=PRIORITY_REFUSED,
    )
