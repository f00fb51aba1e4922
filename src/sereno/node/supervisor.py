"""Keeps the streams that are wanted running: compares wishes with slots, and acts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from sereno.base.clock import Clock
from sereno.media.contract import Event, StreamTask
from sereno.node.pace import Pace
from sereno.node.recording import NODE_DOWN, Recording
from sereno.node.rows import NOWHERE, StreamKey
from sereno.node.slot import STOPPED, Slot, Surroundings
from sereno.node.troubles import Troubles
from sereno.node.wishes import Place, Terms, Wish
from sereno.wire.reports import ReasonReport

STREAMS_A_RUNNER = 32
FINISH_SECONDS = 2.5
KILL_SECONDS = 1.0

ORDER_CHANGED = ReasonReport(key="order_changed")
VOLUME_CHANGED = ReasonReport(key="volume_changed")

# Where a stream is to be written now, or why it cannot be written anywhere.
PlaceOf = Callable[[StreamKey], Place | ReasonReport]
# What is wrong with a place, if anything is.
TroubleWith = Callable[[Place], ReasonReport | None]


class Supervisor:
    """`wish` says what is wanted; `run` makes it so, for as long as it runs; `stop` ends it."""

    def __init__(
        self,
        argv: Sequence[str],
        recording: Recording,
        place_of: PlaceOf,
        trouble_with: TroubleWith,
        clock: Clock,
        listener: Callable[[Event], None],
        pace: Pace | None = None,
        streams_a_runner: int = STREAMS_A_RUNNER,
    ) -> None:
        self._recording = recording
        self._place_of = place_of
        self._trouble_with = trouble_with
        self._clock = clock
        self._listener = listener
        self._tick_seconds = (pace or Pace()).supervise_seconds
        self._streams_a_runner = streams_a_runner
        self._wake = asyncio.Event()
        self._troubles = Troubles()
        self._around = Surroundings(
            argv, recording, clock, listener, self._troubles, self._wake.set
        )
        self._wishes: Mapping[StreamKey, Wish] = {}
        self._homeless: dict[StreamKey, ReasonReport] = {}
        self._slots: list[Slot] = []
        self._is_stopping = False

    def wish(self, wishes: Mapping[StreamKey, Wish]) -> None:
        """From now on exactly these streams are to be recorded."""
        for key in self._wishes.keys() - wishes.keys():
            self._recording.book(key).unwant()
        for key in wishes:
            self._recording.book(key).want()
        self._wishes = dict(wishes)
        self._wake.set()

    def wish_of(self, key: StreamKey) -> Wish | None:
        """How the stream is to be recorded; None: it is not."""
        return self._wishes.get(key)

    def pid_of(self, key: StreamKey) -> int | None:
        slot = self._slot_of(key)
        return None if slot is None or slot.runner is None else slot.runner.pid

    def look(self) -> None:
        """The volumes have changed: compare now."""
        self._wake.set()

    def stop(self) -> None:
        """Let every runner seal its files and end, then let `run` end."""
        self._is_stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`: at each tick and each change, compare and act."""
        loop = asyncio.get_running_loop()
        tick_at = loop.time() + self._tick_seconds
        async with asyncio.TaskGroup() as keepers:
            while not self._is_stopping:
                self._wake.clear()
                self._reconcile(keepers)
                try:
                    async with asyncio.timeout_at(tick_at):
                        await self._wake.wait()
                except TimeoutError:
                    tick_at = loop.time() + self._tick_seconds
                    for slot in self._slots:
                        slot.tick(self._tick_seconds)
            await self._finish_all()

    async def _finish_all(self) -> None:
        for slot in self._slots:
            slot.close(NODE_DOWN)
        tasks = [slot.task for slot in self._slots if slot.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=FINISH_SECONDS)
            for slot in self._slots:
                slot.kill()
            if late:
                _, late = await asyncio.wait(late, timeout=KILL_SECONDS)
            for task in late:
                task.cancel()  # its runner waits for a disk inside the kernel

    def _reconcile(self, keepers: asyncio.TaskGroup) -> None:
        for key, wish in self._wishes.items():
            self._settle_stream(key, wish)
        for slot in self._slots:
            self._reconcile_slot(slot, keepers)
        self._slots = [slot for slot in self._slots if not slot.is_over]

    def _settle_stream(self, key: StreamKey, wish: Wish) -> None:
        """Into a slot of its terms; out of any other."""
        slot, place = self._slot_of(key), self._place_of(key)
        if isinstance(place, ReasonReport):
            if slot is not None:
                slot.let_go(key, place)
            else:
                self._turn_away(key, place)
            return
        self._homeless.pop(key, None)
        terms = Terms(place, wish.nice, wish.cpu_affinity)
        if slot is None:
            self._slot_with_room(terms).streams.add(key)
        elif slot.terms == terms:
            slot.leaving.discard(key)
        else:
            slot.let_go(key, self._why_move(slot.terms, terms))

    def _why_move(self, old: Terms, new: Terms) -> ReasonReport:
        if old.place == new.place:
            return ORDER_CHANGED
        return self._trouble_with(old.place) or VOLUME_CHANGED

    def _turn_away(self, key: StreamKey, reason: ReasonReport) -> None:
        """There is no disk for the stream now: say so, once."""
        if self._recording.is_mending(key) or self._homeless.get(key) == reason:
            return
        self._homeless[key] = reason
        self._recording.book(key).lack_disk(reason)

    def _slot_of(self, key: StreamKey) -> Slot | None:
        return next((slot for slot in self._slots if key in slot.streams), None)

    def _slot_with_room(self, terms: Terms) -> Slot:
        for slot in self._slots:
            has_room = len(slot.streams) < self._streams_a_runner
            if slot.terms == terms and has_room and not slot.is_closed:
                return slot
        slot = Slot(terms, self._around)
        self._slots.append(slot)
        return slot

    def _reconcile_slot(self, slot: Slot, keepers: asyncio.TaskGroup) -> None:
        for key in slot.streams - self._wishes.keys():
            slot.let_go(key, STOPPED)
        for key, wish in list(slot.given.items()):
            if wish != self._wishes.get(key):
                slot.withdraw(key, ORDER_CHANGED)
        slot.settle()
        if not slot.streams:
            slot.close(STOPPED)
            return
        if slot.task is None:
            slot.task = keepers.create_task(slot.run())
        if slot.accepts:
            self._start_streams(slot)

    def _start_streams(self, slot: Slot) -> None:
        now = self._clock.monotonic()
        for key in slot.streams - slot.given.keys() - slot.leaving:
            if not slot.is_busy(key) and not self._troubles.rests(key, now):
                wish = self._wishes[key]
                slot.give(key, wish, self._task_of(key, wish, slot.terms.place))

    def _task_of(self, key: StreamKey, wish: Wish, place: Place) -> StreamTask:
        book = self._recording.book(key)
        book.forget_before(wish.retry_number)
        book.volume_id = place.volume_id or NOWHERE
        return StreamTask(
            camera_id=key.camera_id,
            stream=key.stream,
            address=wish.address,
            username=wish.username,
            password=wish.password,
            engine=wish.engine,
            transport=wish.transport,
            records_sound=wish.records_sound,
            memory=book.memory,
            footage_dir=str(place.folder),
            volume_id=place.volume_id,
            next_sequence=book.last_sequence + 1,
            previous_sha256=book.last_sha256,
        )
