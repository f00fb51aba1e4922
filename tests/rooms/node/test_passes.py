"""A player without headers goes on after its ticket's minute, and nobody else does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sereno.base.clock import ManualClock, from_us
from sereno.base.errors import Unauthenticated
from sereno.node.access import Doorkeeper
from sereno.node.passes import LEEWAY, Passes
from sereno.node.rows import StreamKey
from sereno.wire.tickets import LIFETIME, PLAYBACK_OVERTIME

from .conftest import HubDouble
from .footage import START_US, Writer

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_us(START_US))


@pytest.fixture
def key(tmp_path: Path) -> StreamKey:
    return Writer(tmp_path).key


@pytest.fixture
def door(hub: HubDouble, clock: ManualClock) -> Doorkeeper:
    return Doorkeeper(lambda: hub.orders, lambda key: True, clock)


def ticket_of(hub: HubDouble, clock: ManualClock, key: StreamKey) -> str:
    now = clock.now()
    return hub.ticket(key.camera_id, "playback", now=now, start=now - HOUR, end=now)


def test_a_pass_outlasts_the_ticket_by_what_playing_takes(
    hub: HubDouble, clock: ManualClock, key: StreamKey, door: Doorkeeper
) -> None:
    ticket = ticket_of(hub, clock, key)
    issued = door.passes.issue(ticket, HOUR, clock.now())
    clock.advance(HOUR.total_seconds() + LEEWAY.total_seconds() - 1)
    assert door.admit(ticket, "playback", issued).key == key
    with pytest.raises(Unauthenticated):
        door.admit(ticket, "playback")
    clock.advance(1)
    with pytest.raises(Unauthenticated):
        door.admit(ticket, "playback", issued)


def test_a_pass_serves_one_ticket_of_one_node_and_one_purpose(
    hub: HubDouble, clock: ManualClock, key: StreamKey, door: Doorkeeper
) -> None:
    ticket = ticket_of(hub, clock, key)
    issued = door.passes.issue(ticket, HOUR, clock.now())
    until, _, seal = issued.partition(".")
    other = ticket_of(hub, clock, StreamKey(hub.node_id, "main"))
    clock.advance(120)
    for bad in (
        "", ".", "x.y", seal, f"{int(until) + 1}.{seal}", f"{until}.{seal[:-1]}", f"{until}.ñ",
        Passes().issue(ticket, HOUR, clock.now()),
    ):  # fmt: skip
        with pytest.raises(Unauthenticated):
            door.admit(ticket, "playback", bad)
    with pytest.raises(Unauthenticated):
        door.admit(other, "playback", issued)
    with pytest.raises(Unauthenticated):
        door.admit(ticket, "clip", issued)
    assert seal not in repr(door.passes)


def test_a_live_pass_lasts_while_it_is_used(
    hub: HubDouble, clock: ManualClock, key: StreamKey, door: Doorkeeper
) -> None:
    ticket = hub.ticket(key.camera_id, "live", now=clock.now())
    issued = door.passes.issue_sliding(ticket, clock.now())
    for _ in range(12):
        clock.advance(LEEWAY.total_seconds() - 1)
        assert door.admit(ticket, "live", issued).key == key
    with pytest.raises(Unauthenticated):
        door.admit(ticket, "live")
    clock.advance(LEEWAY.total_seconds())
    with pytest.raises(Unauthenticated):
        door.admit(ticket, "live", issued)


def test_a_live_pass_ends_with_a_day_however_much_it_is_used(
    hub: HubDouble, clock: ManualClock, key: StreamKey, door: Doorkeeper
) -> None:
    ticket = hub.ticket(key.camera_id, "live", now=clock.now())
    issued = door.passes.issue_sliding(ticket, clock.now())
    end = clock.now() + LIFETIME + PLAYBACK_OVERTIME
    while clock.now() + LEEWAY < end:
        clock.advance(LEEWAY.total_seconds() - 1)
        door.admit(ticket, "live", issued)
    clock.advance((end - clock.now()).total_seconds())
    with pytest.raises(Unauthenticated):
        door.admit(ticket, "live", issued)


def test_a_live_pass_that_ended_is_forgotten(
    hub: HubDouble, clock: ManualClock, key: StreamKey, door: Doorkeeper
) -> None:
    for _ in range(5):
        ticket = hub.ticket(key.camera_id, "live", now=clock.now())
        assert door.passes.issue_sliding(ticket, clock.now()) == door.passes.issue_sliding(
            ticket, clock.now()
        )
        clock.advance(LEEWAY.total_seconds())
    assert len(door.passes._ends) == 1
