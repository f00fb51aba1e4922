"""Clocks that jump, drift or lie: the camera's media time, its own wall clock, and the site's."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.media.contract import FragmentWritten, RunStarted
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.timing import RunClock

from .encoded import X264_PLAIN, Encoded, encode
from .fed_recorder import START_US, Player, player, samples_in

HOUR, TEN_YEARS = 3600, 10 * 365 * 86_400
SECOND = 90_000
ENCODED: Encoded = encode("libx264", X264_PLAIN)


@pytest.mark.parametrize("seconds", [-HOUR, -5, 5, HOUR])
async def test_media_time_that_jumps_begins_another_run(tmp_path: Path, seconds: int) -> None:
    async with player(tmp_path) as played:
        played.begin(ENCODED.video)
        played.play(ENCODED.frames)
        played.rtp_base += seconds * SECOND
        played.play(ENCODED.frames, after=50 * 3600)
        await played.end()

    assert [key for key, _ in played.ends] == ["camera_clock_stepped", "stopped"]
    assert played.ends[0][1] == played.starts[1] == pytest.approx(2, abs=0.001)
    assert len(samples_in(played.paths)) == 100


@pytest.mark.parametrize("seconds", [-TEN_YEARS, -HOUR, HOUR, TEN_YEARS])
async def test_the_site_s_clock_is_set(tmp_path: Path, seconds: int) -> None:
    async with player(tmp_path) as played:
        played.begin(ENCODED.video)
        played.play(ENCODED.frames[:25])
        played.clock.step_wall(seconds)
        played.play(ENCODED.frames[25:])
        await played.end()

    assert [key for key, _ in played.ends] == ["clock_stepped", "stopped"]
    assert played.ends[0][1] == pytest.approx(1.2)
    assert played.starts[1] == pytest.approx(1.2 + seconds)
    assert len(samples_in(played.paths)) == 50


def report_of(played: Player, said_us: int) -> SenderReport:
    """The camera says that the next picture's time is `said_us`."""
    return SenderReport(said_us, (played.rtp_base + played.newest) & 0xFFFF_FFFF)


@pytest.mark.parametrize("off_seconds", [TEN_YEARS, -TEN_YEARS, 3])
async def test_a_camera_whose_clock_is_wrong_is_not_believed(
    tmp_path: Path, off_seconds: int
) -> None:
    async with player(tmp_path) as played:
        played.begin(ENCODED.video)
        played.recorder.video_report(report_of(played, START_US + off_seconds * 1_000_000))
        played.play(ENCODED.frames)
        await played.end()

    assert [each.clock for each in played.told.all(RunStarted)] == ["arrival"]
    assert played.starts == [0]


async def test_a_camera_whose_clock_is_right_is_believed(tmp_path: Path) -> None:
    async with player(tmp_path) as played:
        played.begin(ENCODED.video)
        played.recorder.video_report(report_of(played, START_US - 400_000))
        played.play(ENCODED.frames)
        await played.end()

    assert [each.clock for each in played.told.all(RunStarted)] == ["rtcp"]
    assert played.starts == [-0.4]
    assert played.ends == [("stopped", pytest.approx(1.6))]
    assert {each.header.clock for each in played.files} == {"rtcp"}


async def test_a_camera_that_paused_its_media_time_says_so_itself(tmp_path: Path) -> None:
    async with player(tmp_path) as played:
        played.begin(ENCODED.video)
        played.recorder.video_report(report_of(played, START_US))
        played.play(ENCODED.frames)
        played.clock.advance(5)
        played.recorder.video_report(report_of(played, START_US + 7_000_000))
        played.play(ENCODED.frames, after=50 * 3600)
        await played.end()

    assert [key for key, _ in played.ends] == ["camera_clock_stepped", "stopped"]
    assert played.starts[1] == pytest.approx(7.44, abs=0.001)
    assert len(samples_in(played.paths)) == 100


@settings(max_examples=3, deadline=None)
@given(st.sampled_from([-200, -37, 0, 199]), st.integers(0, 1 << 20))
def test_a_month_of_drift_stays_within_bounds(parts_per_million: int, seed: int) -> None:
    """Wall time only grows, and is never off by more than its arrival's own jitter."""
    step_seconds, month = 30, 30 * 86_400
    clock, rtp_time, wall = RunClock(0xFFFF_0000, START_US), 0xFFFF_0000, START_US
    worst_us, longest_us, shortest_us = 0, 0, 1 << 60
    for number in range(1, month // step_seconds + 1):
        rtp_time = (rtp_time + step_seconds * SECOND) & 0xFFFF_FFFF
        ticks = clock.advance(rtp_time)
        true_us = START_US + number * (step_seconds * 1_000_000 + step_seconds * parts_per_million)
        late_us = (number * 7919 + seed) % 30_000
        clock.correct(ticks, true_us + late_us)
        now_us = clock.wall_us(ticks)
        longest_us, shortest_us = max(longest_us, now_us - wall), min(shortest_us, now_us - wall)
        worst_us, wall = max(worst_us, abs(now_us - true_us)), now_us
    assert 29_960_000 <= shortest_us <= longest_us <= 30_040_000
    assert worst_us < 60_000
    assert clock.drift_us == pytest.approx(month * parts_per_million, abs=60_000)


async def test_drift_is_followed_within_a_run(tmp_path: Path) -> None:
    async with player(tmp_path) as played:
        played.begin(ENCODED.video)
        for turn in range(120):
            played.play(ENCODED.frames, after=turn * 50 * 3600)
            played.clock.advance(2 * 200e-6)
        await played.end()

    assert len(played.ends) == 1
    assert 20_000 < played.recorder.drift_us < 48_000
    told = played.told.all(FragmentWritten)
    assert all(one.at_us < other.at_us for one, other in pairwise(told))
