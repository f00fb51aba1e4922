"""Keeps the streams that are wanted running: compares wishes with slots, and acts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sereno.base.clock import Clock
from sereno.media.contract import Event, Failed, RunStarted, StreamTask
from sereno.media.doors import Doors
from sereno.media.hosts import host_and_port
from sereno.node.desired import Aim, Desired
from sereno.node.neighbours import may_hope
from sereno.node.pace import Pace
from sereno.node.recording import NODE_DOWN, Recording
from sereno.node.rows import NOWHERE, StreamKey
from sereno.node.runner_life import STOPPED, Surroundings
from sereno.node.slot import Slot
from sereno.node.tasks import task_of
from sereno.node.troubles import Troubles
from sereno.node.turns import Turns
from sereno.node.wishes import Place, Rest, Step, Terms, Wish, step_between
from sereno.wire.reports import ReasonReport, StreamState

STREAMS_A_RUNNER = 32
FINISH_SECONDS = 2.5
KILL_SECONDS = 1.0

ORDER_CHANGED = ReasonReport(key="order_changed")
VOLUME_CHANGED = ReasonReport(key="volume_changed")

# Where a stream is to be written now, or why it cannot be written anywhere.
PlaceOf = Callable[[StreamKey], Place | ReasonReport]
# What is wrong with a place, if anything is.
TroubleWith = Callable[[Place], ReasonReport | None]


IDLE_STATES = (StreamState.WAITING, StreamState.FAILED, StreamState.NO_DISK)


@dataclass(frozen=True, slots=True)
class Carried:
    """How a stream runs, or would; `slot` None: nothing carries it now."""

    wish: Wish
    is_pending: bool = False
    slot: Slot | None = None


class Supervisor:
    """`run` makes what is there what is desired, for as long as it runs; `stop` ends it."""

    def __init__(
        self,
        argv: Sequence[str],
        desired: Desired,
        recording: Recording,
        place_of: PlaceOf,
        trouble_with: TroubleWith,
        clock: Clock,
        listener: Callable[[Event], None],
        pace: Pace | None = None,
        streams_a_runner: int = STREAMS_A_RUNNER,
        doors: Doors | None = None,
        watched: Callable[[StreamKey], int | None] = lambda _: None,
    ) -> None:
        self._desired = desired
        self._recording = recording
        self._place_of = place_of
        self._trouble_with = trouble_with
        self._clock = clock
        self._listener = listener
        self._tick_seconds = (pace or Pace()).supervise_seconds
        self._streams_a_runner = streams_a_runner
        self._watched = watched
        self._wake = asyncio.Event()
        self._troubles = Troubles()
        self._doors = doors or Doors(None, clock)
        self._around = Surroundings(
            argv, recording, clock, self._hear, self._troubles, self._wake.set
        )
        # What each stream's runner is told, or was: not yet what is desired where that can wait.
        self._wishes: dict[StreamKey, Wish] = {}
        self._aims: Mapping[StreamKey, Aim] = {}
        self._pending: set[StreamKey] = set()
        self._turns = Turns()
        self._asked: dict[StreamKey, tuple[int, int]] = {}
        self._slots: list[Slot] = []
        self._slot_by_key: dict[StreamKey, Slot] = {}
        self._is_stopping = False

    @property
    def aims(self) -> Mapping[StreamKey, Aim]:
        """The ordered streams, as they are to be."""
        return self._aims

    def carried(self, key: StreamKey) -> Carried | None:
        """How the stream runs; None: it does not, by order."""
        wish = self._wishes.get(key)
        if wish is None:
            return None
        return Carried(wish, key in self._pending, self._slot_by_key.get(key))

    def has(self, camera_id: UUID) -> bool:
        """Whether anything is, or may be, writing a stream of this camera."""
        return any(key.camera_id == camera_id for key in self._slot_by_key)

    def pid_of(self, key: StreamKey) -> int | None:
        slot = self._slot_by_key.get(key)
        return None if slot is None or slot.runner is None else slot.runner.pid

    def look(self) -> None:
        """The orders, the leases or the volumes have changed: compare now."""
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
                change_at = loop.time() + self._desired.seconds_to_change()
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(min(tick_at, change_at)):
                        await self._wake.wait()
                if loop.time() >= tick_at:
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
        self._aims, before = self._desired.look(), self._aims
        for key in before.keys() - self._aims.keys():
            self._forget(key)
        for key, aim in self._aims.items():
            slot = self._slot_by_key.get(key)
            wish = aim if isinstance(aim, Rest) else self._wish_now(key, aim, slot)
            if isinstance(wish, Rest):
                self._lay_to_rest(key, wish, slot)
            elif not wish.is_recorded:
                self._forget(key)
            else:
                self._wishes[key] = wish
                self._settle_stream(key, wish, slot)
        for slot in self._slots:
            self._reconcile_slot(slot, keepers)
        self._slots = [slot for slot in self._slots if not slot.is_over]
        self._slot_by_key = {key: slot for slot in self._slots for key in slot.streams}

    def _wish_now(self, key: StreamKey, wish: Wish, slot: Slot | None) -> Wish:
        """What the stream's runner is to know: what it knows already, where the rest can wait."""
        self._pending.discard(key)
        self._heed_people(key, wish, slot)
        given = slot.given.get(key) if slot is not None else None
        if slot is None or given is None or given == wish:
            return wish
        is_idle = self._recording.book(key).state in IDLE_STATES
        match step_between(given, wish, is_idle=is_idle):
            case Step.NONE:
                slot.revise(key, wish)
            case Step.LATER:
                self._pending.add(key)
                return given
            case Step.NOW if not self._may_begin_anew(key, given, wish):
                self._pending.add(key)
                return given
        return wish

    def _may_begin_anew(self, key: StreamKey, given: Wish, wish: Wish) -> bool:
        """Whether it is the stream's turn to give up what it records, to record it otherwise."""
        is_recording = self._recording.book(key).run is not None
        if not (is_recording and wish.is_recorded and given.address == wish.address):
            return True  # there is nothing to lose, or to keep
        host, _ = host_and_port(wish.address)
        return self._turns.begin(key, host, self._clock.monotonic())

    def _heed_people(self, key: StreamKey, wish: Wish, slot: Slot | None) -> None:
        """A person asked to act now: neither pauses nor an earlier refusal count any more.

        For all streams before any is started: credentials that are still wrong are tried once.
        """
        numbers = wish.enforce_number, wish.retry_number
        before = self._asked.setdefault(key, numbers)
        if numbers == before:
            return
        self._asked[key] = numbers
        self._troubles.forget(key)
        self._doors.forget(wish.address, wish.username, wish.password.get_secret_value())
        if slot is not None:
            slot.hurry()

    def _lay_to_rest(self, key: StreamKey, rest: Rest, slot: Slot | None) -> None:
        self._drop_wish(key)
        if slot is not None:
            slot.let_go(key, rest.ends_with)
        else:
            self._recording.rest(key, rest.state, rest.reason)

    def _forget(self, key: StreamKey) -> None:
        """Nobody wants the stream now; a slot that has it lets it go."""
        self._drop_wish(key)
        self._recording.book(key).unwant()

    def _drop_wish(self, key: StreamKey) -> None:
        self._wishes.pop(key, None)
        self._pending.discard(key)
        self._turns.end(key)

    def _settle_stream(self, key: StreamKey, wish: Wish, slot: Slot | None) -> None:
        """Into a slot of its terms; out of any other."""
        book = self._recording.book(key)
        place = self._place_of(key)
        if isinstance(place, ReasonReport):
            book.want()
            if slot is not None:
                slot.let_go(key, place)
            elif not self._recording.is_mending(key):
                self._recording.rest(key, StreamState.NO_DISK, place)
            return
        terms = Terms(place, wish.manner.nice, tuple(sorted(set(wish.manner.cpu_affinity))))
        if slot is None:
            book.want()
            self._slot_by_key[key] = slot = self._slot_with_room(terms)
            slot.streams.add(key)
        elif slot.terms == terms:
            book.want()
            slot.leaving.discard(key)
        else:
            slot.let_go(key, self._why_move(slot.terms, terms))

    def _why_move(self, old: Terms, new: Terms) -> ReasonReport:
        if old.place == new.place:
            return ORDER_CHANGED
        return self._trouble_with(old.place) or VOLUME_CHANGED

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
        for key, given in list(slot.given.items()):
            if given == self._wishes.get(key):
                slot.renew(key, self._desired.write_until(key))
                slot.watched(key, self._watched(key))
            else:
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
        return task_of(book, wish, place, self._desired.write_until(key), self._doors.folder)

    def _hear(self, event: Event) -> None:
        self._listener(event)
        key = StreamKey(event.camera_id, event.stream)
        if isinstance(event, RunStarted | Failed) and self._turns.end(key):
            self._wake.set()
        if isinstance(event, RunStarted):
            self._tell_neighbours(key)

    def _tell_neighbours(self, key: StreamKey) -> None:
        """A stream plays: let those of its device that wait for that be tried."""
        playing = self._wishes.get(key)
        for other, wish in self._wishes.items():
            state, slot = self._recording.book(other).state, self._slot_by_key.get(other)
            if playing and slot and state in IDLE_STATES and may_hope(wish, state, playing):
                slot.try_soon(other)
