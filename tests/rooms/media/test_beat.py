"""The beat that all connections of an event loop share, and the bound on what one may send."""

from __future__ import annotations

import asyncio

import pytest

from sereno.media.faults import StreamFault
from sereno.media.rtsp.beat import Beat, beat_of
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.flood import (
    FRAME_COST_BYTES,
    LARGEST_BITRATE,
    WINDOW_SECONDS,
    FloodGuard,
)

READERS = 50
WINDOW_BYTES = int(LARGEST_BITRATE / 8 * WINDOW_SECONDS)


class Reader:
    """Counts its calls; some task may wait for the next."""

    def __init__(self, beat: Beat) -> None:
        self.count = 0
        self._beat = beat
        self._called = asyncio.Event()

    def read(self) -> None:
        self.count += 1
        self._called.set()

    def read_once(self) -> None:
        self.read()
        self._beat.leave(self.read_once)

    async def wait(self) -> None:
        self._called.clear()
        await asyncio.wait_for(self._called.wait(), 30)


class Now:
    """A monotonic clock that stands still."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_all_readers_are_called_at_each_beat_in_the_order_they_joined() -> None:
    beat = Beat(asyncio.get_running_loop())
    order: list[int] = []
    readers = [lambda number=number: order.append(number) for number in range(READERS)]
    last = Reader(beat)
    for read in [*readers, last.read]:
        beat.join(read)

    await last.wait()
    await last.wait()

    assert order == [*range(READERS)] * last.count


async def test_who_joins_twice_is_called_once() -> None:
    beat = Beat(asyncio.get_running_loop())
    twice, once = Reader(beat), Reader(beat)
    for read in (twice.read, twice.read, once.read):
        beat.join(read)

    await once.wait()

    assert twice.count == once.count


async def test_a_reader_that_leaves_during_a_beat_disturbs_no_other() -> None:
    beat = Beat(asyncio.get_running_loop())
    leaving = [Reader(beat) for _ in range(READERS)]
    staying = Reader(beat)
    for reader in leaving:
        beat.join(reader.read_once)
    beat.join(staying.read)

    await staying.wait()
    await staying.wait()

    assert {reader.count for reader in leaving} == {1}
    assert staying.count >= 2


async def test_a_beat_that_nobody_was_left_for_begins_anew() -> None:
    beat = Beat(asyncio.get_running_loop())
    first, probe, second = Reader(beat), Reader(beat), Reader(beat)
    beat.join(first.read_once)
    beat.join(probe.read_once)
    await probe.wait()

    beat.join(second.read)
    await second.wait()

    assert first.count == 1
    assert second.count >= 1


async def test_an_event_loop_has_one_beat() -> None:
    loop = asyncio.get_running_loop()

    assert beat_of(loop) is beat_of(loop)


async def test_connections_that_read_by_turns_keep_their_own_unfinished_packets() -> None:
    loop = asyncio.get_running_loop()
    taken: dict[int, list[bytes]] = {}
    connections = [Connection("camera", loop) for _ in range(READERS)]
    wires = []
    for number, connection in enumerate(connections):
        packets = taken[number] = []
        connection.route(
            0,
            lambda data, view, start, end, packets=packets: packets.append(bytes(view[start:end])),
            1,
            packets.append,
        )
        wires.append(b"$\0\0\x64" + bytes((number,)) * 100)

    for at in range(0, 3 * 104, 60):
        for connection, wire in zip(connections, wires, strict=True):
            piece = (3 * wire)[at : at + 60]
            connection.get_buffer(-1)[: len(piece)] = piece
            connection.buffer_updated(len(piece))

    assert taken == {number: [bytes((number,)) * 100] * 3 for number in range(READERS)}
    for connection in connections:
        connection.close()


def test_the_flood_guard_lets_the_largest_rate_pass_for_ever() -> None:
    now = Now()
    guard = FloodGuard(now)

    for _ in range(100):
        now.seconds += WINDOW_SECONDS / 10
        guard.meet(WINDOW_BYTES // 10, 0)


def test_the_flood_guard_lets_a_burst_below_its_window_pass() -> None:
    FloodGuard(Now()).meet(WINDOW_BYTES - 1, 0)


def test_more_than_the_largest_rate_is_a_flood() -> None:
    now = Now()
    guard = FloodGuard(now)
    now.seconds += WINDOW_SECONDS / 2

    with pytest.raises(StreamFault) as caught:
        guard.meet(WINDOW_BYTES, 0)

    assert caught.value.reason.key == "camera_floods"
    assert caught.value.reason.params["mbps"] == "128"


def test_a_quiet_window_excuses_no_flood_in_the_next() -> None:
    now = Now()
    guard = FloodGuard(now)
    now.seconds += 3600
    guard.meet(WINDOW_BYTES, 0)

    with pytest.raises(StreamFault):
        guard.meet(WINDOW_BYTES, 0)


def test_tiny_packets_count_for_what_they_cost() -> None:
    guard = FloodGuard(Now())
    count = WINDOW_BYTES // (FRAME_COST_BYTES + 1) + 1

    with pytest.raises(StreamFault):
        for _ in range(count):
            guard.meet(1, 1)
