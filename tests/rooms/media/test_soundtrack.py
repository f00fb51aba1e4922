from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sereno.media.formats import SoundFormat
from sereno.media.soundtrack import SoundTrack, SoundUnit

RATE = 16_000
SOUND = SoundFormat(RATE, 1, b"\x14\x08")
UNIT = b"sound"


def ticks(samples: float) -> int:
    return int(samples * 90_000 / RATE)


def spans_of(track: SoundTrack, end_seconds: float = 3600) -> list[tuple[int, int]]:
    """Start and length of all units, in samples."""
    taken = track.take(int(end_seconds * 90_000))
    if taken is None:
        return []
    table, units = taken
    assert table.sizes == [len(unit) for unit in units]
    at, spans = table.decode_samples, []
    for duration in table.durations:
        spans.append((at, duration))
        at += duration
    return spans


def hear(track: SoundTrack, number: float, *, late: int = 0, rtp: int = 0xFFFF_FF00) -> None:
    """The unit at `number` lengths of a unit, which comes `late` samples late."""
    at = int(number * 1024)
    track.add(SoundUnit(UNIT, (rtp + at) & 0xFFFF_FFFF, ticks(at + late)))


@given(st.lists(st.integers(0, 2000), min_size=60, max_size=60))
def test_jitter_moves_nothing(late: list[int]) -> None:
    track = SoundTrack(SOUND)
    for number, each in enumerate(late):
        hear(track, number, late=each if number else 0)
    assert spans_of(track) == [(number * 1024, 1024) for number in range(60)]


def test_a_hole_is_a_jump_and_what_follows_is_in_time() -> None:
    track = SoundTrack(SOUND)
    for number in (0, 1, 2, 7, 8):
        hear(track, number)
    assert [start for start, _ in spans_of(track)] == [0, 1024, 2048, 7 * 1024, 8 * 1024]


def test_sound_before_the_run_is_left_out() -> None:
    track = SoundTrack(SOUND)
    for number in range(-5, 5):
        hear(track, number)
    assert [start for start, _ in spans_of(track)] == [number * 1024 for number in range(5)]


def test_units_go_with_the_pictures_of_their_time() -> None:
    track = SoundTrack(SOUND)
    for number in range(20):
        hear(track, number)
    assert len(spans_of(track, 0.2)) == 4  # begin at 0, 64, 128 and 192 ms
    assert spans_of(track, 0.2) == []
    assert spans_of(track, 0.4)[0] == (4 * 1024, 1024)


def test_the_least_late_of_the_first_units_places_all() -> None:
    track = SoundTrack(SOUND)
    burst = ticks(10 * 1024)  # ten units that the camera had kept come together with the tenth
    track.begin(SoundUnit(UNIT, number * 1024, burst) for number in range(11))
    assert spans_of(track) == [(number * 1024, 1024) for number in range(11)]


def test_sound_that_is_off_for_long_is_moved() -> None:
    track, off = SoundTrack(SOUND), RATE // 2
    for number in range(400):
        hear(track, number, late=off if number > 20 else 0)
    spans = spans_of(track)
    assert spans[-1][0] == 399 * 1024 + off
    assert sum(1 for _, length in spans if length != 1024) == 1
    back = SoundTrack(SOUND)
    for number in range(400):
        hear(back, number, late=0 if number > 20 else off)
    spans = spans_of(back)
    assert abs(spans[-1][0] - 399 * 1024) < 1024
    assert all(one[0] + one[1] == other[0] for one, other in pairwise(spans))


def test_rtp_time_that_jumps_is_placed_by_the_clock() -> None:
    track = SoundTrack(SOUND)
    for number in range(10):
        hear(track, number)
    for number in range(10, 20):
        hear(track, number, rtp=123_456_789)
    assert [start for start, _ in spans_of(track)] == [number * 1024 for number in range(20)]


def test_without_pictures_it_does_not_grow_for_ever() -> None:
    track = SoundTrack(SOUND)
    for number in range(5000):
        hear(track, number)
    assert len(spans_of(track)) == 1024
