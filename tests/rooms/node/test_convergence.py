"""Whatever happens in whatever order, what runs becomes what is ordered, and nothing runs twice."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sereno.base.clock import ManualClock
from sereno.node import slot
from sereno.node.desired import Desired
from sereno.node.leases import MARGIN_SECONDS, Leases
from sereno.node.pace import Pace
from sereno.node.rows import StreamKey
from sereno.node.supervisor import Supervisor
from sereno.node.wishes import Place, Wish
from sereno.policy.decisions import decide
from sereno.policy.knobs import Manner
from sereno.policy.plans import Interval, Pause, Plan, Schedule
from sereno.wire.orders import CameraOrder, LeaseOrder, MannerOrder, Orders, StreamOrder
from sereno.wire.reports import ReasonReport, StreamState

from .fake_runners import Books, House
from .virtual import VirtualLoop

MONDAY = datetime(2026, 11, 23, 11, 58, tzinfo=UTC)
CAMERAS = [UUID(int=number) for number in (1, 2, 3)]
LEASED = CAMERAS[2]
LEASE_SECONDS = 30.0
RETRY_SECONDS = 4.0  # of a slot, at most
CALM_SECONDS = 25.0  # long enough to find a runner that hangs, to replace it, and for that pause
DAY = Schedule("1", "Day", "daily", intervals=(Interval(8 * 60, 12 * 60, profile="day"),))
PLANS = st.sampled_from(
    (Plan(), Plan(schedules=(DAY,)), Plan(schedules=(replace(DAY, profile="x"),)))
)
MANNERS = st.builds(
    Manner,
    nice=st.sampled_from((0, 5)),
    segment_seconds=st.sampled_from((60, 30)),
    streams=st.sampled_from((("main",), ("main", "sub"))),
    hb_interval=st.sampled_from((10.0, 5.0)),
)


def is_soak() -> bool:
    """Whether this is `make soak`: at full length."""
    return os.environ.get("SERENO_SOAK") == "1"


camera_ids = st.sampled_from(CAMERAS)


class Node(RuleBasedStateMachine):
    """A supervisor between a hub that changes its mind, and runners and cameras that fail."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(MONDAY)
        self.loop = VirtualLoop(self.clock)
        self.house = House(self.clock)
        self.patches = (
            patch.object(slot.RunnerProcess, "spawn", self.house.spawn),
            patch.object(slot, "RETRY_CAP_SECONDS", RETRY_SECONDS),
        )
        for each in self.patches:
            each.start()
        self.orders = {each: self._order(each) for each in CAMERAS}
        self.removed: set[UUID] = set()
        self.is_line_cut = False
        self.is_disk_there = True
        self._start()
        self._pass(3.0)

    def _order(self, camera_id: UUID) -> CameraOrder:
        streams = tuple(StreamOrder(stream=each, address="rtsp://x/") for each in ("main", "sub"))
        return CameraOrder(
            camera_id=camera_id, name="x", streams=streams, needs_lease=camera_id == LEASED,
            manners={"": MannerOrder(manner=Manner()), "day": MannerOrder(manner=Manner(nice=2))},
        )  # fmt: skip

    def _start(self) -> None:
        """The node's process starts: what it held in memory is gone."""
        self.books = self.house.books = Books(self.clock)
        self.leases = Leases(self.clock)
        self.desired = Desired(self.clock, self.leases)
        self.supervisor = Supervisor(
            ("runner",), self.desired, self.books, self._place, lambda place: None, self.clock,
            self.books.apply, Pace(), streams_a_runner=2,
        )  # fmt: skip
        self.desired.take(self._message())
        self.running = self.loop.create_task(self.supervisor.run())

    def _place(self, key: StreamKey) -> Place | ReasonReport:
        return Place(Path("/x")) if self.is_disk_there else ReasonReport(key="disk_missing")

    def _message(self) -> Orders:
        cameras = tuple(self.orders[each] for each in CAMERAS if each not in self.removed)
        return Orders(node_id=UUID(int=9), site_name="x", ticket_public_key="", cameras=cameras)

    def _change(self, camera_id: UUID, **more: Any) -> None:
        self.orders[camera_id] = self.orders[camera_id].model_copy(update=more)
        if not self.is_line_cut:
            self.deliver()

    # What people and the hub do.

    @rule(camera_id=camera_ids)
    def add_or_remove(self, camera_id: UUID) -> None:
        """A camera that is not ordered for a while."""
        self.removed ^= {camera_id}
        self._change(camera_id)

    @rule(camera_id=camera_ids, plan=PLANS)
    def plan(self, camera_id: UUID, plan: Plan) -> None:
        self._change(camera_id, plan=plan)

    @rule(camera_id=camera_ids, minutes=st.sampled_from((0.2, 1, 5)))
    def pause(self, camera_id: UUID, minutes: float) -> None:
        now = self.clock.now()
        pause = Pause(now, now + timedelta(minutes=minutes), "Ana")
        self._change(camera_id, plan=Plan(pauses=(pause,)))

    @rule(camera_id=camera_ids, manner=MANNERS, is_now=st.booleans())
    def change_manner(self, camera_id: UUID, manner: Manner, is_now: bool) -> None:
        before = self.orders[camera_id].manners
        order = MannerOrder(manner=manner, restart_number=before[""].restart_number + is_now)
        self._change(camera_id, manners=before | {"": order})

    @rule(camera_id=camera_ids)
    def enforce(self, camera_id: UUID) -> None:
        self._change(camera_id, enforce_number=self.orders[camera_id].enforce_number + 1)

    @rule()
    def deliver(self) -> None:
        """Orders that were not delivered before are lost: only the newest counts."""
        self.desired.take(self._message())
        self.supervisor.look()
        self._pass(0.02)

    @rule(is_cut=st.booleans())
    def cut_or_mend_the_line(self, is_cut: bool) -> None:
        """Neither orders nor leases come over a line that is cut."""
        self.is_line_cut = is_cut

    # What fails.

    @rule(number=st.integers(0, 5), is_hung=st.booleans())
    def end_a_runner(self, number: int, is_hung: bool) -> None:
        living = self.house.living
        if living:
            victim = living[number % len(living)]
            victim.is_stopped = is_hung
            if not is_hung:
                victim.kill()

    @rule()
    def a_leave_ends_too_soon(self) -> None:
        """Its runner was suspended, and reads only afterwards that it was renewed."""
        for key, runner in list(self.house.writers.items()):
            if key.camera_id == LEASED and not runner.is_stopped:
                runner.lose_leave(key)

    @rule(camera_id=camera_ids)
    def camera_goes_or_comes(self, camera_id: UUID) -> None:
        self.house.offline ^= {camera_id}

    @rule(is_there=st.booleans())
    def disk_goes_or_comes(self, is_there: bool) -> None:
        self.is_disk_there = is_there

    @rule()
    def restart_the_node(self) -> None:
        """Its runners end with it."""
        self._end([self.running])
        for each in self.house.living:
            each.kill()
        self._start()

    @rule(minutes=st.sampled_from((-60.0, -0.1, 0.1, 3.0, 60.0)))
    def set_the_clock(self, minutes: float) -> None:
        self.clock.step_wall(minutes * 60)

    @rule(seconds=st.sampled_from((0.05, 0.6, 3.0, 20.0, 130.0)))
    def wait(self, seconds: float) -> None:
        self._pass(seconds)

    def _pass(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 0:
            self._heartbeat()
            self.loop.run_until_complete(asyncio.sleep(min(left, 5.0)))

    def _heartbeat(self) -> None:
        if not self.is_line_cut and LEASED not in self.removed:
            asked_at = self.clock.boottime()
            self.house.granted[LEASED] = asked_at + LEASE_SECONDS - MARGIN_SECONDS
            self.leases.take(asked_at, {LEASED: LeaseOrder(number=1, seconds=LEASE_SECONDS)})
            self.supervisor.look()

    # What must hold.

    @invariant()
    def nothing_breaks(self) -> None:
        assert self.loop.faults == []
        assert not self.running.done()

    @rule()
    def stay_cut_off(self) -> None:
        """Who does not hear of the hub for so long has no lease, and lets the other node write."""
        self.is_line_cut = True
        self._pass(LEASE_SECONDS)
        assert LEASED not in {key.camera_id for key in self.house.writers}
        self.is_line_cut = False

    @rule()
    def calm(self) -> None:
        """Nothing more happens: what runs is what is ordered."""
        for each in self.house.living:
            each.is_stopped = False
        self.house.offline.clear()
        self.is_disk_there = True
        self.is_line_cut = False
        self.deliver()
        self._pass(CALM_SECONDS)
        expected = self._expected()
        assert set(self.house.writers) == {key for key, state in expected.items() if state is None}
        assert len({id(each) for each in self.house.living}) == len(self.house.living)
        for key, state in expected.items():
            found = self.books.book(key).state
            assert found == (state or StreamState.RECORDING), key
        for key, writer in self.house.writers.items():
            carried = self.supervisor.carried(key)
            assert carried is not None
            assert carried.slot is not None
            assert carried.slot.runner is writer
            task, manner = writer.tasks[key], carried.wish.manner
            assert task.segment_seconds == manner.segment_seconds
            assert manner.nice == carried.slot.terms.nice
            wanted = self.desired.look()[key]
            assert isinstance(wanted, Wish)
            assert carried.wish.profile == wanted.profile
            assert carried.wish.restart_number == wanted.restart_number
            if not carried.is_pending:
                assert carried.wish.recorder == wanted.recorder
        starts = {key: self.books.book(key).starts for key in expected}
        self._pass(LEASE_SECONDS)
        if self._expected() == expected:  # no plan has changed anything meanwhile
            assert {key: self.books.book(key).starts for key in expected} == starts

    def _expected(self) -> dict[StreamKey, StreamState | None]:
        """The streams that anybody wants, and how they rest; None: they are recorded."""
        found: dict[StreamKey, StreamState | None] = {}
        for order in self._message().cameras:
            camera_id = order.camera_id
            decision = decide(order.plan, "recording", self.clock.now())
            manner = (order.manners.get(decision.profile) or order.manners[""]).manner
            for stream in ("main", "sub"):
                key = StreamKey(camera_id, stream)
                carried = self.supervisor.carried(key)
                manner_in_use = carried.wish.manner if carried and carried.is_pending else manner
                is_leased = camera_id == LEASED and self.leases.write_until(camera_id) is None
                if is_leased or not decision.runs:
                    if any(stream in each.manner.streams for each in order.manners.values()):
                        state = StreamState(decision.why.key if not is_leased else "standby")
                        found[key] = state
                elif stream in manner_in_use.streams:
                    found[key] = None
        return found

    def teardown(self) -> None:
        try:
            self.nothing_breaks()
            self.calm()
        finally:
            self._end(asyncio.all_tasks(self.loop))
            for each in self.patches:
                each.stop()
            self.loop.close()

    def _end(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        async def end() -> None:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.loop.run_until_complete(end())


# Making a failure smaller takes minutes here: only `make soak` does.
PHASES = tuple(Phase) if is_soak() else (Phase.explicit, Phase.reuse, Phase.generate)
Node.TestCase.settings = settings(
    max_examples=2000 if is_soak() else 40, stateful_step_count=16, deadline=None, phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
TestNode = Node.TestCase
