"""A profile of many streams changes: each misses little, and soon all go by the new one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest

from sereno.base.clock import ManualClock
from sereno.node import slot
from sereno.node.desired import Desired
from sereno.node.leases import Leases
from sereno.node.pace import Pace
from sereno.node.rows import StreamKey
from sereno.node.supervisor import Supervisor
from sereno.node.turns import LONGEST_SECONDS, MOST_OF_A_HOST, Turns
from sereno.node.wishes import Place
from sereno.policy.knobs import Manner
from sereno.wire.orders import CameraOrder, MannerOrder, Orders, StreamOrder

from .fake_runners import Books, House
from .virtual import VirtualLoop

CAMERAS = 100
ALL_SECONDS = 10.0
KEYS = [StreamKey(UUID(int=number), "main") for number in range(1, CAMERAS + 1)]


class Site:
    """Cameras with pretended runners, in virtual time."""

    def __init__(self, hosts: int) -> None:
        self.hosts = hosts
        self.clock = ManualClock()
        self.loop = VirtualLoop(self.clock)
        self.house = House(self.clock)
        self.books = self.house.books = Books(self.clock)
        self.desired = Desired(self.clock, Leases(self.clock))
        self.supervisor = Supervisor(
            ("runner",), self.desired, self.books, lambda key: Place(Path("/x")),
            lambda place: None, self.clock, self.books.apply, Pace(),
        )  # fmt: skip

    def order(self, manner: Manner, restart_number: int = 0) -> None:
        manners = {"": MannerOrder(manner=manner, restart_number=restart_number)}
        cameras = tuple(
            CameraOrder(
                camera_id=key.camera_id, name="x", manners=manners,
                streams=(StreamOrder(stream="main", address=self.address(number)),),
            )
            for number, key in enumerate(KEYS)
        )  # fmt: skip
        self.desired.take(
            Orders(node_id=UUID(int=9), site_name="x", ticket_public_key="", cameras=cameras)
        )
        self.supervisor.look()

    def address(self, number: int) -> str:
        return f"rtsp://192.0.2.{number % self.hosts}/{number}"

    def down(self) -> list[StreamKey]:
        return [key for key in KEYS if key not in self.house.writers]

    def changed(self) -> int:
        """Streams that are recorded by the new manner."""
        tasks = [self.house.writers[key].tasks[key] for key in KEYS if key in self.house.writers]
        return sum(1 for task in tasks if task.segment_seconds == 30)

    async def until_all_changed(self) -> tuple[int, float, float]:
        """The most that were down at once, the longest that one was down, and how long it took."""
        began, most = self.loop.time(), 0
        missed = dict.fromkeys(KEYS, 0.0)
        while self.changed() < CAMERAS:
            await asyncio.sleep(0.05)
            most = max(most, len(self.down()))
            for key in self.down():
                missed[key] += 0.05
            assert self.loop.time() - began < 60.0
        return most, max(missed.values()), self.loop.time() - began


@pytest.mark.parametrize(("hosts", "most_down"), [(1, MOST_OF_A_HOST), (CAMERAS, CAMERAS)])
def test_a_new_manner_for_all_cameras(hosts: int, most_down: int) -> None:
    """Of one recorder, few at a time; of one host each, all at once."""
    site = Site(hosts)

    async def change() -> tuple[int, float, float]:
        running = asyncio.create_task(site.supervisor.run())
        site.order(Manner())
        while site.down():  # noqa: ASYNC110  time is virtual
            await asyncio.sleep(0.1)
        site.order(Manner(segment_seconds=30), restart_number=1)
        seen = await site.until_all_changed()
        assert not any(
            carried.is_pending for key in KEYS if (carried := site.supervisor.carried(key))
        )
        site.supervisor.stop()
        await running
        return seen

    with patch.object(slot.RunnerProcess, "spawn", site.house.spawn):
        most, missed_seconds, seconds = site.loop.run_until_complete(change())
    site.loop.close()
    assert 0 < most <= most_down
    assert missed_seconds < 2.0
    assert seconds < ALL_SECONDS
    assert not site.loop.faults


def test_a_stream_in_trouble_holds_up_the_others_for_a_while_only() -> None:
    turns = Turns()
    assert all(turns.begin(key, "a", 0.0) for key in KEYS[:MOST_OF_A_HOST])
    late = KEYS[MOST_OF_A_HOST]
    assert not turns.begin(late, "a", 1.0)
    assert turns.begin(KEYS[0], "a", 1.0), "its turn is not over"
    assert turns.begin(KEYS[-1], "b", 1.0), "another host has turns of its own"
    assert turns.begin(late, "a", LONGEST_SECONDS)
    assert turns.end(late)
    assert not turns.end(late)


def test_who_has_ended_makes_room() -> None:
    turns = Turns()
    for key in KEYS[:MOST_OF_A_HOST]:
        turns.begin(key, "a", 0.0)
    turns.end(KEYS[3])
    assert turns.begin(KEYS[-1], "a", 1.0)
    assert not turns.begin(KEYS[-2], "a", 1.0)
