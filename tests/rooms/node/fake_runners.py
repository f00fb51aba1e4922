"""Runners that only pretend, in virtual time, and what a node keeps of their streams."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sereno.base.clock import Clock, to_us
from sereno.media.contract import (
    Alive,
    Command,
    Connecting,
    Event,
    Failed,
    FragmentWritten,
    Renew,
    RunEnded,
    RunStarted,
    SegmentOpened,
    Start,
    Stop,
    Stopped,
    StreamTask,
)
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.unsaved import Unsaved
from sereno.wire.reports import ReasonReport

FRAGMENT_SECONDS = 2.0
MEND_SECONDS = 0.3


class Books(Recording):
    """Books without files and without a ledger; mending takes a moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._books: dict[StreamKey, StreamBook] = {}
        self._unsaved = Unsaved()
        self._mending: set[StreamKey] = set()
        self._on_change = lambda book: None
        self._tasks: set[asyncio.Task[None]] = set()

    def apply(self, event: Event) -> None:
        book = self.book(StreamKey(event.camera_id, event.stream))
        book.apply(event)
        book.unsealed.clear()
        self._unsaved.take()

    def mend(self, keys: Iterable[StreamKey], reason: ReasonReport) -> None:
        for key in set(keys) - self._mending:
            self._mending.add(key)
            task = asyncio.ensure_future(self._mend_later(key, reason))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _mend_later(self, key: StreamKey, reason: ReasonReport) -> None:
        await asyncio.sleep(MEND_SECONDS)
        book = self.book(key)
        if book.run is not None:
            book.break_off(reason, book.run.end_us)
        self._mending.discard(key)


@dataclass
class House:
    """All runners of a node. `writers` has who writes a stream; nobody else may then."""

    clock: Clock
    books: Books | None = None
    runners: list[FakeRunner] = field(default_factory=list)
    writers: dict[StreamKey, FakeRunner] = field(default_factory=dict)
    offline: set[UUID] = field(default_factory=set)
    granted: dict[UUID, float] = field(default_factory=dict)
    pids: itertools.count[int] = field(default_factory=lambda: itertools.count(100))

    @property
    def living(self) -> list[FakeRunner]:
        return [each for each in self.runners if each.is_alive]

    async def spawn(self, argv: Sequence[str]) -> FakeRunner:
        await asyncio.sleep(0.05)
        runner = FakeRunner(self, next(self.pids))
        self.runners.append(runner)
        return runner


class FakeRunner:
    """Does what the contract says, late."""

    def __init__(self, house: House, pid: int) -> None:
        self.house = house
        self.pid = pid
        self.is_alive = True
        self.is_stopped = False
        self.tasks: dict[StreamKey, StreamTask] = {}
        self.write_until: dict[StreamKey, float | None] = {}
        self._status = 0
        self._commands: asyncio.Queue[Command | None] = asyncio.Queue()
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._streams: dict[StreamKey, asyncio.Task[None]] = {}
        self._runs: dict[StreamKey, tuple[UUID, UUID, int]] = {}
        self._working = [asyncio.ensure_future(each) for each in (self._obey(), self._live())]

    # What the slot calls.

    def take_priority(self, nice: int, cpu_affinity: Sequence[int]) -> bool:
        return True

    def send(self, command: Command) -> None:
        self._commands.put_nowait(command)

    async def lines(self) -> AsyncIterator[bytes]:
        while line := await self._lines.get():
            yield line

    async def wait(self) -> int:
        return self._status

    def finish(self) -> None:
        self._commands.put_nowait(None)

    def kill(self, status: int = -9) -> None:
        if self.is_alive:
            self.is_alive, self._status = False, status
            for task in (*self._working, *self._streams.values()):
                task.cancel()
            for key in [key for key, who in self.house.writers.items() if who is self]:
                del self.house.writers[key]
            self._lines.put_nowait(b"")

    def lose_leave(self, key: StreamKey) -> None:
        """The stream ends by itself, for good."""
        self._streams.pop(key).cancel()
        self._end_run(key, ReasonReport(key="lease_lost"))
        self._fail(key, "lease_lost", None)

    # What it does.

    def say(self, event: Event | Alive) -> None:
        if self.is_alive and not self.is_stopped:
            self._lines.put_nowait(event.model_dump_json().encode() + b"\n")

    async def _running(self) -> None:
        while self.is_stopped:  # noqa: ASYNC110  as a process does in SIGSTOP
            await asyncio.sleep(0.1)

    async def _live(self) -> None:
        while True:
            self.say(Alive(at_us=self._now_us(), memory_bytes=1))
            await asyncio.sleep(1.0)

    async def _obey(self) -> None:
        while (command := await self._commands.get()) is not None:
            await self._running()
            await asyncio.sleep(0.01)
            match command:
                case Start(task=task):
                    key = StreamKey(task.camera_id, task.stream)
                    books = self.house.books
                    assert books is None or not books.is_mending(key), "its files are being mended"
                    self._end(key, ReasonReport(key="order_changed"))
                    self.tasks[key], self.write_until[key] = task, task.write_until
                    self._check_leave(key, task.write_until)
                    self._streams[key] = asyncio.ensure_future(self._record(key))
                case Stop():
                    key = StreamKey(command.camera_id, command.stream)
                    self._end(key, command.reason)
                    self.say(
                        Stopped(camera_id=key.camera_id, stream=key.stream, at_us=self._now_us())
                    )
                case Renew():
                    key = StreamKey(command.camera_id, command.stream)
                    self.write_until[key] = command.write_until
                    self._check_leave(key, command.write_until)
        for key in list(self._streams):
            self._end(key, ReasonReport(key="stopped"))
        self.kill(0)

    def _check_leave(self, key: StreamKey, until: float | None) -> None:
        """Nobody may write for longer than the hub has granted."""
        granted = self.house.granted.get(key.camera_id)
        assert granted is None or (until is not None and until <= granted), "leave was invented"

    async def _record(self, key: StreamKey) -> None:
        while key.camera_id in self.house.offline:
            self._say(Connecting, key)
            self._fail(key, "refused", self._now_us() + 5_000_000)
            await asyncio.sleep(5.0)
        self._say(Connecting, key)
        await asyncio.sleep(0.2)
        run_id, segment_id, start_us = uuid4(), uuid4(), self._now_us()
        self._begin(key, run_id, segment_id, start_us)
        for number in itertools.count():
            await self._running()
            until = self.write_until[key]
            if until is not None and self.house.clock.boottime() >= until:
                self.lose_leave(key)
                return
            if key.camera_id in self.house.offline:
                self._end_run(key, ReasonReport(key="camera_closed"))
                self._streams[key] = asyncio.ensure_future(self._record(key))
                return
            self.say(FragmentWritten(
                camera_id=key.camera_id, stream=key.stream, segment_id=segment_id,
                at_us=start_us + number * 2_000_000, offset_bytes=10 + number, size_bytes=1,
                start_ticks=number * 180_000, duration_ticks=180_000, is_key=True,
            ))  # fmt: skip
            await asyncio.sleep(FRAGMENT_SECONDS)

    def _begin(self, key: StreamKey, run_id: UUID, segment_id: UUID, at_us: int) -> None:
        other = self.house.writers.get(key)
        assert other is None or not other.is_alive, f"{key} is written twice"
        self.house.writers[key] = self
        self._runs[key] = (run_id, segment_id, at_us)
        self.say(RunStarted(
            camera_id=key.camera_id, stream=key.stream, at_us=at_us, run_id=run_id, codec="avc1",
            width=1, height=1, transport="tcp",
        ))  # fmt: skip
        self.say(SegmentOpened(
            camera_id=key.camera_id, stream=key.stream, at_us=at_us, run_id=run_id,
            segment_id=segment_id, sequence=self.tasks[key].next_sequence, path="x",
            init_size_bytes=10,
        ))  # fmt: skip

    def _end(self, key: StreamKey, reason: ReasonReport) -> None:
        if (task := self._streams.pop(key, None)) is not None:
            task.cancel()
        self._end_run(key, reason)
        self.tasks.pop(key, None)

    def _end_run(self, key: StreamKey, reason: ReasonReport) -> None:
        if (run := self._runs.pop(key, None)) is None:
            return
        self.house.writers.pop(key, None)
        self.say(RunEnded(
            camera_id=key.camera_id, stream=key.stream, at_us=self._now_us(), run_id=run[0],
            reason=reason,
        ))  # fmt: skip

    def _fail(self, key: StreamKey, reason: str, next_try_us: int | None) -> None:
        self.say(Failed(
            camera_id=key.camera_id, stream=key.stream, at_us=self._now_us(),
            reason=ReasonReport(key=reason), next_try_us=next_try_us,
        ))  # fmt: skip

    def _say(self, kind: type[Connecting | Stopped], key: StreamKey) -> None:
        self.say(kind(camera_id=key.camera_id, stream=key.stream, at_us=self._now_us()))

    def _now_us(self) -> int:
        return to_us(self.house.clock.now())
