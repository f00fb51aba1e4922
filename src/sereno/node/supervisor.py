"""Keeps the streams that are wanted running: compares orders with runners, and acts.

A slot is long-lived and holds up to 32 streams; the runner process inside is disposable. When one
ends, its streams are mended and a new one takes over after a short, growing pause.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr, ValidationError

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.media.contract import (
    EVENTS,
    Event,
    Origin,
    RunEnded,
    Start,
    Stop,
    Stopped,
    StreamTask,
)
from sereno.node.pace import Pace
from sereno.node.recording import NODE_DOWN, Recording
from sereno.node.rows import StreamKey
from sereno.node.runner_process import RunnerProcess
from sereno.node.troubles import Troubles
from sereno.wire.orders import Orders
from sereno.wire.reports import ReasonReport

log = logging.getLogger(__name__)

STREAMS_A_RUNNER = 32
# A runner measures its streams every five seconds, and gives a silent camera up after ten: if it
# says nothing for twenty it hangs. Counted in our own ticks of half a second, so that a node that
# was suspended does not blame its runners.
SILENT_TICKS = 40
STUBBORN_TICKS = 10
FINISH_SECONDS = 2.5
STEADY_SECONDS = 30.0
RETRY_BASE_SECONDS = 0.2
RETRY_CAP_SECONDS = 30.0

STOPPED = ReasonReport(key="stopped")
ORDER_CHANGED = ReasonReport(key="order_changed")
RUNNER_DIED = ReasonReport(key="runner_died")
UNEXPLAINED = ReasonReport(key="unexplained")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a stream is to be recorded."""

    address: str
    username: str
    password: SecretStr


def wishes_of(orders: Orders) -> dict[StreamKey, Wish]:
    """The streams to record, as the hub ordered."""
    return {
        StreamKey(camera.camera_id, stream.stream): Wish(
            stream.address, camera.username, camera.password
        )
        for camera in orders.cameras
        for stream in camera.streams
        if stream.is_recorded
    }


@dataclass(slots=True, eq=False)
class Slot:
    """Streams that share a runner; `given` is what the living runner was told to do.

    Of `broken` ones it said what makes no sense: they were told to stop and are not listened to.
    """

    streams: set[StreamKey] = field(default_factory=set)
    runner: RunnerProcess | None = None
    given: dict[StreamKey, Wish] = field(default_factory=dict)
    broken: set[StreamKey] = field(default_factory=set)
    silent_ticks: int = 0
    stopping_ticks: dict[StreamKey, int] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None


class Supervisor:
    """`wish` says what is wanted; `run` makes it so, for as long as it runs; `stop` ends it."""

    def __init__(
        self,
        argv: Sequence[str],
        recording: Recording,
        footage: Path,
        clock: Clock,
        listener: Callable[[Event], None],
        pace: Pace | None = None,
    ) -> None:
        self._argv = argv
        self._recording = recording
        self._footage = footage
        self._clock = clock
        self._listener = listener
        self._tick_seconds = (pace or Pace()).supervise_seconds
        self._troubles = Troubles()
        self._wishes: Mapping[StreamKey, Wish] = {}
        self._slots: list[Slot] = []
        self._wake = asyncio.Event()
        self._is_stopping = False

    def wish(self, wishes: Mapping[StreamKey, Wish]) -> None:
        """From now on exactly these streams are to be recorded."""
        for key in self._wishes.keys() - wishes.keys():
            self._recording.book(key).unwant()
        for key in wishes:
            self._recording.book(key).want()
        self._wishes = dict(wishes)
        self._wake.set()

    def pid_of(self, key: StreamKey) -> int | None:
        slot = self._slot_of(key)
        return None if slot is None or slot.runner is None else slot.runner.pid

    def stop(self) -> None:
        """Let every runner seal its files and end, then let `run` end."""
        self._is_stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`: at each tick and each wish, compare and act."""
        async with asyncio.TaskGroup() as keepers:
            while not self._is_stopping:
                self._wake.clear()
                self._reconcile(keepers)
                try:
                    async with asyncio.timeout(self._tick_seconds):
                        await self._wake.wait()
                except TimeoutError:
                    self._watch()
            await self._finish_all()

    async def _finish_all(self) -> None:
        for slot in self._slots:
            self._finish(slot, NODE_DOWN)
        tasks = [slot.task for slot in self._slots if slot.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=FINISH_SECONDS)
        for slot in self._slots:
            if slot.runner is not None:
                slot.runner.kill()

    def _reconcile(self, keepers: asyncio.TaskGroup) -> None:
        for key in self._wishes:
            if self._slot_of(key) is None:
                self._slot_with_room().streams.add(key)
        for slot in list(self._slots):
            self._reconcile_slot(slot, keepers)

    def _slot_of(self, key: StreamKey) -> Slot | None:
        return next((slot for slot in self._slots if key in slot.streams), None)

    def _slot_with_room(self) -> Slot:
        for slot in self._slots:
            if len(slot.streams) < STREAMS_A_RUNNER:
                return slot
        slot = Slot()
        self._slots.append(slot)
        return slot

    def _reconcile_slot(self, slot: Slot, keepers: asyncio.TaskGroup) -> None:
        for key in list(slot.streams):
            if key in slot.given and slot.given[key] != self._wishes.get(key):
                self._stop_stream(slot, key)
            if key not in self._wishes and not self._is_busy(slot, key):
                slot.streams.discard(key)
                slot.stopping_ticks.pop(key, None)
        if not slot.streams:
            self._finish(slot, STOPPED)
            self._slots.remove(slot)
            return
        if slot.task is None:
            slot.task = keepers.create_task(self._keep(slot))
        now = self._clock.monotonic()
        for key in slot.streams - slot.given.keys():
            is_due = key in self._wishes and not self._troubles.rests(key, now)
            if is_due and not self._is_busy(slot, key):
                self._start_stream(slot, key)

    def _is_busy(self, slot: Slot, key: StreamKey) -> bool:
        """Whether the stream's last run has not ended yet, or its files are being mended."""
        book = self._recording.book(key)
        return key in slot.broken or book.run is not None or self._recording.is_mending(key)

    def _start_stream(self, slot: Slot, key: StreamKey) -> None:
        if slot.runner is None:
            return
        wish = self._wishes[key]
        book = self._recording.book(key)
        task = StreamTask(
            camera_id=key.camera_id,
            stream=key.stream,
            address=wish.address,
            username=wish.username,
            password=wish.password,
            footage_dir=str(self._footage),
            next_sequence=book.last_sequence + 1,
            previous_sha256=book.last_sha256,
        )
        slot.given[key] = wish
        slot.stopping_ticks.pop(key, None)
        slot.runner.send(Start(task=task))

    def _stop_stream(self, slot: Slot, key: StreamKey) -> None:
        del slot.given[key]
        slot.stopping_ticks[key] = 0
        reason = ORDER_CHANGED if key in self._wishes else STOPPED
        if slot.runner is not None:
            slot.runner.send(Stop(camera_id=key.camera_id, stream=key.stream, reason=reason))

    def _finish(self, slot: Slot, reason: ReasonReport) -> None:
        if slot.runner is None:
            if slot.task is not None:
                slot.task.cancel()  # it only waits for its next try
            return
        for key in slot.given:
            slot.runner.send(Stop(camera_id=key.camera_id, stream=key.stream, reason=reason))
        slot.given.clear()
        slot.runner.finish()

    async def _keep(self, slot: Slot) -> None:
        """One runner after another, as long as the slot has streams."""
        backoff = Backoff(RETRY_BASE_SECONDS, RETRY_CAP_SECONDS)
        while slot.streams and not self._is_stopping:
            began = self._clock.monotonic()
            await self._live(slot)
            if self._clock.monotonic() - began > STEADY_SECONDS:
                backoff.reset()
            if slot.streams and not self._is_stopping:
                await asyncio.sleep(backoff.next_seconds())

    async def _live(self, slot: Slot) -> None:
        """One life of a runner, and what it left behind."""
        try:
            runner = await RunnerProcess.spawn(self._argv)
        except OSError as error:
            log.error("No runner can be started: %s.", error.strerror)  # noqa: TRY400
            return
        slot.runner = runner
        self._wake.set()
        async for line in runner.lines():
            slot.silent_ticks = 0
            self._hear(slot, runner, line)
        status = await runner.wait()
        slot.runner = None
        left_behind = set(slot.given) | {key for key in slot.streams if self._is_busy(slot, key)}
        slot.given.clear()
        slot.broken.clear()
        slot.stopping_ticks.clear()
        if not self._is_stopping and slot.streams:
            log.error("Runner %d ended unexpectedly (status %d).", runner.pid, status)
            # In the background: a stream starts again as soon as its own files are mended. After
            # a kill at the node's end its next start mends.
            self._recording.mend(left_behind, RUNNER_DIED)
        self._wake.set()

    def _hear(self, slot: Slot, runner: RunnerProcess, line: bytes) -> None:
        """Take one line of a runner. Whatever is wrong with it costs its stream alone."""
        try:
            origin = Origin.model_validate_json(line)
        except ValidationError:
            log.error("Runner %d said what is no event: %.80r", runner.pid, line)  # noqa: TRY400
            return
        key = StreamKey(origin.camera_id, origin.stream)
        try:
            event = EVENTS.validate_json(line)
            if key not in slot.broken:
                self._listener(self._with_true_reason(slot, event))
            elif isinstance(event, Stopped):
                slot.broken.discard(key)
                self._recording.mend([key], UNEXPLAINED)
        except Exception as error:
            self._break_stream(slot, runner, key, error)

    def _with_true_reason(self, slot: Slot, event: Event) -> Event:
        """A runner that is ended from outside does not know why its runs end; we do."""
        if not isinstance(event, RunEnded):
            return event
        if self._is_stopping:
            return event.model_copy(update={"reason": NODE_DOWN})
        was_asked = StreamKey(event.camera_id, event.stream) not in slot.given
        if event.reason.key == STOPPED.key and not was_asked:
            return event.model_copy(update={"reason": RUNNER_DIED})
        return event

    def _break_stream(
        self, slot: Slot, runner: RunnerProcess, key: StreamKey, error: Exception
    ) -> None:
        """Let the stream end, mend its files, and start it anew after a growing pause."""
        if key in slot.broken:
            return
        if self._troubles.meet(key, self._clock.monotonic()):
            log.error("What runner %d said of %s makes no sense; the stream is started anew.",
                      runner.pid, key, exc_info=error)  # fmt: skip
        slot.broken.add(key)
        slot.given.pop(key, None)
        slot.stopping_ticks[key] = 0
        runner.send(Stop(camera_id=key.camera_id, stream=key.stream, reason=UNEXPLAINED))

    def _watch(self) -> None:
        """A tick has passed: kill runners that are silent or do not obey."""
        for slot in self._slots:
            is_due = any(self._recording.book(key).run is not None for key in slot.given)
            slot.silent_ticks = slot.silent_ticks + 1 if is_due else 0
            for key in list(slot.stopping_ticks):
                slot.stopping_ticks[key] += 1
                if not self._is_busy(slot, key):
                    del slot.stopping_ticks[key]
            is_stubborn = any(ticks > STUBBORN_TICKS for ticks in slot.stopping_ticks.values())
            if slot.runner is not None and (slot.silent_ticks > SILENT_TICKS or is_stubborn):
                log.error("Runner %d hangs. It is replaced.", slot.runner.pid)
                slot.silent_ticks = 0
                slot.stopping_ticks.clear()
                slot.runner.kill()
