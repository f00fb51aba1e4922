"""One life of a runner: what it was told, what it says, and whether it is well."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from sereno.base.clock import Clock, to_us
from sereno.base.oom import oom_kills
from sereno.media.contract import (
    SAYINGS,
    Alive,
    Connecting,
    Diagnosed,
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
    TrySoon,
    Watched,
)
from sereno.node.leases import LEASE_LOST
from sereno.node.recording import NODE_DOWN, Recording
from sereno.node.rows import StreamKey
from sereno.node.runner_ends import end_reason
from sereno.node.runner_process import RunnerProcess
from sereno.node.runner_watch import RUNNER_HUNG, Fault, RunnerWatch
from sereno.node.troubles import Troubles
from sereno.node.wishes import Terms, Wish
from sereno.wire.reports import ReasonReport

# A runner takes some 35 MB, and a stream some 2 MB and what waits for the disk, at most 8 MB. An
# ffmpeg that must encode holds many pictures. Twice as much is a leak.
RUNNER_BYTES = 96 * 1024 * 1024
STREAM_BYTES = 24 * 1024 * 1024
FFMPEG_STREAM_BYTES = 512 * 1024 * 1024

STOPPED = ReasonReport(key="stopped")
RUNNER_DIED = ReasonReport(key="runner_died", params={"how": "asked"})
RUNNER_GREW = ReasonReport(key="runner_grew")
UNEXPLAINED = ReasonReport(key="unexplained")
PRIORITY_REFUSED = ReasonReport(key="priority_refused")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all slots use. `wake` lets the supervisor compare again."""

    argv: Sequence[str]
    recording: Recording
    clock: Clock
    listener: Callable[[Event], None]
    troubles: Troubles
    wake: Callable[[], None]


class RunnerLife:
    """From a process's start to its end. `streams` are the slot's; `given` is what it was told."""

    def __init__(
        self, process: RunnerProcess, terms: Terms, streams: set[StreamKey], around: Surroundings
    ) -> None:
        self.process = process
        self.given: dict[StreamKey, Wish] = {}
        self.verdict: ReasonReport | None = None  # why we end it
        self.started_at: datetime = around.clock.now()
        self._streams = streams
        self._around = around
        self._recording = around.recording
        self._is_allowed = process.take_priority(terms.nice, terms.cpu_affinity)
        self._watch = RunnerWatch()
        self._oom_kills = oom_kills()
        # Of these streams it said what makes no sense: told to stop, and not listened to.
        self._broken: set[StreamKey] = set()
        # Up to when it was told that it may write each of `given`.
        self._leaves: dict[StreamKey, float | None] = {}
        # How short their fragments are to be, of those that it was told are watched.
        self._attention: dict[StreamKey, int | None] = {}
        self._is_abandoned = False
        self._is_node_down = False

    def is_ending(self, key: StreamKey) -> bool:
        """Whether it was told to end the stream and has not said that it has."""
        return key in self._broken or key in self._watch.stopping

    def give(self, key: StreamKey, wish: Wish, task: StreamTask) -> None:
        """Let it record the stream."""
        self.given[key] = wish
        self._leaves[key] = task.write_until
        self._attention.pop(key, None)
        self._recording.book(key).starts += 1
        self.process.send(Start(task=task))

    def renew(self, key: StreamKey, write_until: float | None) -> None:
        """It may write the stream up to this `Clock.boottime`, if it does not know yet."""
        if self._leaves.get(key) != write_until:
            self._leaves[key] = write_until
            self.process.send(
                Renew(camera_id=key.camera_id, stream=key.stream, write_until=write_until)
            )

    def watched(self, key: StreamKey, fragment_ms: int | None) -> None:
        """Somebody watches the stream, and its fragments are to be no longer; None: nobody."""
        if self._attention.get(key) != fragment_ms:
            self._attention[key] = fragment_ms
            self.process.send(
                Watched(camera_id=key.camera_id, stream=key.stream, fragment_ms=fragment_ms)
            )

    def try_soon(self, key: StreamKey) -> None:
        """Another stream of the same device plays again."""
        if key in self.given:
            self.process.send(TrySoon(camera_id=key.camera_id, stream=key.stream))

    def withdraw(self, key: StreamKey, reason: ReasonReport) -> None:
        """Let it end the stream, if it records it."""
        if self.given.pop(key, None) is not None:
            self._stop(key, reason)

    def end(self, reason: ReasonReport) -> None:
        """Let it seal its files for this reason and end."""
        self._is_node_down = self._is_node_down or reason == NODE_DOWN
        if self.verdict is not None:
            return
        self.verdict = reason
        for key in list(self.given):
            self.withdraw(key, reason)
        self.process.finish()

    def tick(self, seconds: float) -> None:
        """So much time has passed: is it well?"""
        if self.verdict is not None:
            self._press(seconds)
        elif (fault := self._watch.go_on(seconds)) is not None:
            self._condemn(fault)

    async def run(self) -> int:
        """Listen to it up to its end; its exit status."""
        async for line in self.process.lines():
            self._watch.hear()
            self._hear(line)
        status = await self.process.wait()
        if self.verdict is None:
            log.error("Runner %d ended unexpectedly (status %d).", self.process.pid, status)
            self.verdict = end_reason(status, oom_kills() - self._oom_kills)
        return status

    def left_behind(self) -> set[StreamKey]:
        """Once it has ended: the streams whose files may want to be mended."""
        if self._is_abandoned:
            return set(self._streams)
        recording = self._recording
        return set(self.given) | {
            key
            for key in self._streams
            if self.is_ending(key) or recording.book(key).run or recording.is_mending(key)
        }

    def _stop(self, key: StreamKey, reason: ReasonReport) -> None:
        self._watch.stopping[key] = 0.0
        self.process.send(Stop(camera_id=key.camera_id, stream=key.stream, reason=reason))

    # Whether it is well.

    def _condemn(self, fault: Fault) -> None:
        """End it at once; its files are mended afterwards."""
        log.error("Runner %d %s. It is replaced.", self.process.pid, fault.words)
        self.verdict = fault.reason
        self._watch.condemn()
        self.process.kill()

    def _press(self, seconds: float) -> None:
        """It is to end: kill it when that takes long, abandon it when even that does."""
        self._watch.end(seconds)
        if self._watch.is_stubborn:
            self.process.kill()
        if self._watch.is_undying and not self._is_abandoned:
            self._abandon()

    def _abandon(self) -> None:
        """Not even SIGKILL ends it: it will write nothing more, and its streams go elsewhere.

        No other runner is tried on this disk before this one has ended.
        """
        log.error("Runner %d cannot be ended: the system waits for its disk.", self.process.pid)
        ended = self.left_behind()
        self._is_abandoned = True
        self.given.clear()
        self._broken.clear()
        self._watch.stopping.clear()
        at_us = to_us(self._around.clock.now())
        for key in ended:
            failed = Failed(
                camera_id=key.camera_id, stream=key.stream, at_us=at_us,
                reason=self.verdict or RUNNER_HUNG, next_try_us=at_us,
            )  # fmt: skip
            self._around.listener(failed)
        self._around.wake()

    # What it says.

    def _hear(self, line: bytes) -> None:
        """Take one line. Whatever is wrong with it costs its stream alone."""
        if self._is_abandoned:
            return
        try:
            said = SAYINGS.validate_json(line)
        except ValidationError as error:
            self._hear_nonsense(line, error)
            return
        if isinstance(said, Alive):
            self._hear_alive(said)
        elif not isinstance(said, Probed | Diagnosed):  # which nobody asked for here
            self._hear_event(StreamKey(said.camera_id, said.stream), said)

    def _hear_event(self, key: StreamKey, said: Event) -> None:
        if isinstance(said, Stopped) and self._watch.has_stopped(key):
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
                self._break_stream(key, error)
        elif isinstance(said, Stopped):
            self._broken.discard(key)
            self._recording.mend([key], UNEXPLAINED)

    def _hear_alive(self, alive: Alive) -> None:
        self._watch.disk_still_seconds = alive.disk_still_seconds
        for key in self.given:
            self._recording.book(key).is_disk_still = self._watch.is_disk_still
        if self.verdict is None and alive.memory_bytes > self._most_bytes():
            log.error("A runner takes %d MB. It is replaced.", alive.memory_bytes >> 20)
            self.end(RUNNER_GREW)

    def _most_bytes(self) -> int:
        books = (self._recording.book(key) for key in self.given)
        return RUNNER_BYTES + sum(
            FFMPEG_STREAM_BYTES if book.started and book.started.engine == "ffmpeg"
            else STREAM_BYTES
            for book in books
        )  # fmt: skip

    def _hear_nonsense(self, line: bytes, error: ValidationError) -> None:
        try:
            origin = Origin.model_validate_json(line)
        except ValidationError:
            log.error("Runner %d said what is no event: %.80r", self.process.pid, line)  # noqa: TRY400
        else:
            self._break_stream(StreamKey(origin.camera_id, origin.stream), error)

    def _with_true_reason(self, key: StreamKey, event: Event) -> Event:
        """A runner that is ended from outside does not know why its runs end; we do."""
        if not isinstance(event, RunEnded):
            return event
        if self._is_node_down:
            return event.model_copy(update={"reason": NODE_DOWN})
        was_asked = key not in self.given
        if event.reason.key == STOPPED.key and not was_asked:
            return event.model_copy(update={"reason": self.verdict or RUNNER_DIED})
        return event

    def _break_stream(self, key: StreamKey, error: Exception) -> None:
        """Let the stream end, mend its files, and start it anew after a growing pause."""
        if key in self._broken:
            return
        if self._around.troubles.meet(key, self._around.clock.monotonic()):
            log.error("What runner %d said of %s makes no sense; the stream is started anew.",
                      self.process.pid, key, exc_info=error)  # fmt: skip
        self._broken.add(key)
        self.given.pop(key, None)
        self._stop(key, UNEXPLAINED)


def _refused(origin: Connecting) -> Noticed:
    """The stream's runner did not get the priority or the CPUs that it should have."""
    return Noticed(
        camera_id=origin.camera_id,
        stream=origin.stream,
        at_us=origin.at_us,
        reason=PRIORITY_REFUSED,
    )
