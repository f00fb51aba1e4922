from __future__ import annotations

from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.segments import next_cut_us
from sereno.media.timing import RunClock, capture_us, signed_difference

SECOND = 90_000
NOON_US = 1_765_000_000_000_000


@given(st.integers(0, 0xFFFFFFFF), st.lists(st.integers(1, 10 * SECOND), max_size=50))
def test_media_time_goes_on_over_the_wrap(first: int, steps: list[int]) -> None:
    clock, rtp_time = RunClock(first, NOON_US), first
    for step in steps:
        rtp_time = (rtp_time + step) & 0xFFFFFFFF
        clock.advance(rtp_time)
    assert clock.ticks == sum(steps)
    assert signed_difference(rtp_time, rtp_time + 1) == -1


def test_pictures_of_the_same_time_come_one_tick_apart_and_time_is_not_lost() -> None:
    clock = RunClock(0, NOON_US)
    assert [clock.advance(each) for each in (3600, 3600, 3600, 7200)] == [3600, 3601, 3602, 7200]


def test_drift_is_followed_gently_and_never_backwards() -> None:
    clock = RunClock(0, NOON_US)
    slow_by = 100e-6  # the camera's crystal counts too little
    walls = []
    for seconds in range(0, 3600, 2):
        ticks = seconds * SECOND
        walls.append(clock.wall_us(ticks))
        arrival_us = NOON_US + int(seconds * (1 + slow_by) * 1e6) + (seconds * 7919) % 30_000
        clock.correct(ticks, arrival_us)
    error_us = clock.wall_us(3600 * SECOND) - NOON_US - 3_600_360_000
    assert abs(error_us) < 40_000
    steps = [later - earlier for earlier, later in pairwise(walls)]
    assert 1_998_000 <= min(steps) <= max(steps) <= 2_002_000


def test_a_burst_of_late_pictures_moves_nothing() -> None:
    clock = RunClock(0, NOON_US)
    for seconds in range(0, 120, 2):
        late_us = 900_000 if seconds % 30 else 0
        clock.correct(seconds * SECOND, NOON_US + seconds * 1_000_000 + late_us)
    assert clock.wall_us(0) == NOON_US


def test_the_camera_is_believed_within_two_seconds() -> None:
    report = SenderReport(NOON_US, 0xFFFFFFFF - SECOND + 1)
    assert capture_us(report, 0, NOON_US + 1_100_000) == NOON_US + 1_000_000
    assert capture_us(report, 0, NOON_US + 4_000_000) is None
    assert capture_us(None, 0, NOON_US) is None


@given(st.uuids(), st.integers(0, 1 << 52), st.integers(1, 3600))
def test_files_end_on_the_camera_s_own_beat(camera: UUID, start_us: int, seconds: int) -> None:
    beat_us = seconds * 1_000_000
    first = next_cut_us(camera, start_us, beat_us)
    assert beat_us // 2 <= first - start_us < beat_us * 3 // 2 + 1
    assert next_cut_us(camera, first, beat_us) == first + beat_us


def test_cameras_do_not_cut_together() -> None:
    cuts = {next_cut_us(uuid4(), NOON_US, 60_000_000) // 1_000_000 for _ in range(100)}
    assert len(cuts) > 40
