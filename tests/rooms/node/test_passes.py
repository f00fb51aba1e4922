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
