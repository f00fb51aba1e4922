from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.media.rtsp.jitter import JitterBuffer

from .camera import rtp_packet


class Taker:
    """Takes packets and remembers their numbers, and whether they were copied."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.sizes: list[int] = []
        self.copies = 0
        self.buffer = JitterBuffer(self.take)
        self._data = bytearray()

    def take(self, data: bytearray, view: memoryview, start: int, end: int) -> None:
        assert data[start:end] == view[start:end]
        self.numbers.append(int.from_bytes(data[start + 2 : start + 4], "big"))
        self.sizes.append(end - start)
        self.copies += data is not self._data

    def put(self, sequence: int, now_us: int = 0, source: int = 7) -> None:
        packet = bytearray(rtp_packet(sequence, 0, b"x" * (sequence % 5), marker=False))
        packet[8:12] = source.to_bytes(4, "big")
        # As it lies in a connection's buffer: somewhere, and overwritten afterwards.
        self._data = bytearray(b"head") + packet + bytearray(b"tail")
        self.buffer.put(self._data, memoryview(self._data), 4, 4 + len(packet), now_us)
        self._data[:] = bytes(len(self._data))


def test_in_order_nothing_is_delayed_or_copied() -> None:
    taker = Taker()
    for sequence in range(65_530, 65_545):
        taker.put(sequence)
        assert taker.numbers[-1] == sequence & 0xFFFF
    assert (taker.copies, taker.buffer.lost_count) == (0, 0)


@given(st.integers(0, 65_535), st.integers(2, 200), st.integers(0, 31), st.randoms())
def test_what_comes_a_few_places_too_early_or_late_is_sorted(
    first: int, count: int, reach: int, rand: random.Random
) -> None:
    order = sorted(range(1, count), key=lambda number: number + rand.random() * reach)
    taker = Taker()
    for number in (0, *order):
        taker.put(first + number)
    assert taker.numbers == [first + number & 0xFFFF for number in range(count)]
    assert taker.buffer.lost_count == 0


@given(
    st.integers(0, 65_535),
    st.lists(st.integers(1, 400), max_size=120),
    st.lists(st.integers(0, 60_000), min_size=1, max_size=40),
)
def test_whatever_comes_goes_on_once_and_in_order(
    first: int, numbers: list[int], pauses_us: list[int]
) -> None:
    taker, now_us = Taker(), 0
    taker.put(first)
    for place, number in enumerate(numbers):
        now_us += pauses_us[place % len(pauses_us)]
        taker.put(first + number, now_us)
    taker.buffer.expire(now_us + 100_000)
    taker.buffer.expire(now_us + 200_000)
    ahead = [number - first & 0xFFFF for number in taker.numbers]
    # A sender that begins to count anew may repeat itself; here nobody is that far behind
    # but by chance, and then three times in a row.
    steps = [after - before for before, after in pairwise(ahead)]
    restarts = [step for step in steps if step <= 0]
    assert all(step < -90 for step in restarts)


def test_a_gap_is_waited_for_and_then_left() -> None:
    taker = Taker()
    taker.put(10, 0)
    taker.put(12, 1_000)
    taker.put(13, 2_000)
    taker.buffer.expire(100_999)
    assert taker.numbers == [10]
    taker.buffer.expire(101_000)
    assert taker.numbers == [10, 12, 13]
    assert taker.buffer.lost_count == 1
    taker.put(11, 102_000)  # too late
    taker.put(12, 102_000)  # a copy
    assert taker.numbers == [10, 12, 13]


def test_so_many_packets_wait_at_most() -> None:
    taker = Taker()
    taker.put(0)
    for sequence in range(2, 66):
        taker.put(sequence)
    assert taker.numbers == [0, *range(2, 66)]
    assert taker.buffer.lost_count == 1


def test_each_gap_has_its_own_time() -> None:
    taker = Taker()
    taker.put(0, 0)
    taker.put(2, 10_000)
    taker.put(5, 90_000)
    taker.buffer.expire(110_000)
    assert taker.numbers == [0, 2]
    taker.buffer.expire(190_000)
    taker.buffer.expire(211_000)
    assert taker.numbers == [0, 2, 5]


@pytest.mark.parametrize("jump", [-30_000, -200, 20_000])
def test_a_sender_that_counts_anew_is_followed(jump: int) -> None:
    taker = Taker()
    for sequence in range(40_000, 40_010):
        taker.put(sequence)
    for sequence in range(40_010 + jump, 40_100 + jump):
        taker.put(sequence)
    assert taker.numbers[-1] == 40_099 + jump
    assert len(taker.numbers) >= 10 + 90 - 3


def test_one_stray_from_afar_moves_nothing() -> None:
    taker = Taker()
    taker.put(0, 0)
    taker.put(20_000, 1)
    taker.buffer.expire(200_000)
    taker.put(1, 200_001)
    taker.put(2, 200_002)
    assert taker.numbers == [0, 1, 2]
    assert taker.buffer.lost_count == 0


def test_another_sender_is_followed_at_once_and_nothing_held_is_lost() -> None:
    taker = Taker()
    taker.put(100)
    taker.put(102)
    taker.put(7, source=8)
    taker.put(8, source=8)
    assert taker.numbers == [100, 102, 7, 8]
