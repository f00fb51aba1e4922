from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import (
    FragmentWritten,
    RunEnded,
    RunStarted,
    Start,
)
from sereno.media.runner import Runner

from .camera import (
    FRAME_TICKS,
    Camera,
    RtpSender,
    Told,
    Video,
    ffmpeg_says,
    interleaved,
)
from .recording import PATIENCE, files_of, recording, samples_of


def script_of(parts: list[tuple[Video, dict[str, Any]]]) -> Any:
    """Plays videos one after the other; `skip` leaves out packets, `jump` moves RTP time."""

    async def play(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        for video, changes in parts:
            sender.rtp_time += changes.get("jump", 0)
            for place, picture in enumerate(video.pictures):
                nals = [video.sps, video.pps, *picture] if video.is_key(place) else picture
                packets = sender.packets(nals)
                if place == changes.get("skip"):
                    packets = packets[1:]
                yield b"".join(interleaved(2, packet) for packet in packets)
        await asyncio.Event().wait()

    return play


async def test_loss_costs_a_picture_and_marks_what_it_may_have_damaged(
    camera: Camera, told: Told, tmp_path: Path, video: Video
) -> None:
    camera.script = script_of([(video, {"skip": 13})])
    async with recording(camera.task(tmp_path), told):
        fragment = await told.wait(FragmentWritten, 7)
    assert len(told.all(RunStarted)) == 1
    (path,) = files_of(told, tmp_path)
    assert samples_of(path) == [video.sample(n) for n in range(40) if n != 13]
    damaged = [each for each in told.all(FragmentWritten) if each.is_damaged]
    assert [each.is_key for each in damaged] == [True, False]
    assert damaged[0].start_ticks == 10 * FRAME_TICKS
    assert not fragment.is_damaged


@pytest.mark.parametrize("jump", [-90_000 * 5, 90_000 * 60])
async def test_jump_of_the_camera_s_clock_ends_the_run(
    camera: Camera, told: Told, tmp_path: Path, video: Video, jump: int
) -> None:
    camera.script = script_of([(video, {}), (video, {"jump": jump})])
    async with recording(camera.task(tmp_path), told):
        await told.wait(FragmentWritten, 15)
    assert told.all(RunEnded)[0].reason.key == "camera_clock_stepped"
    for path in files_of(told, tmp_path):
        assert samples_of(path) == [video.sample(n) for n in range(40)]
        assert ffmpeg_says(path) == (40, pytest.approx(1.6), "")


class SteppingClock(SystemClock):
    """The machine's clock, and somebody who sets it."""

    step_seconds = 0.0

    def now(self) -> Any:
        return super().now() + timedelta(seconds=self.step_seconds)


async def test_set_clock_of_the_site_ends_the_run_at_a_key_frame_without_loss(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    clock = SteppingClock()
    runner = Runner(told, clock, PATIENCE)
    runner.obey(Start(task=camera.task(tmp_path)))
    await told.wait(FragmentWritten, 2)
    clock.step_seconds = -3600
    started = await told.wait(RunStarted, 2)
    await runner.close()

    assert told.all(RunEnded)[0].reason.key == "clock_stepped"
    assert -3601 < (started.at_us - told.all(RunStarted)[0].at_us) / 1e6 < -3590
    samples = [sample for path in files_of(told, tmp_path) for sample in samples_of(path)]
    assert samples == [camera.video.sample(n % 40) for n in range(len(samples))]
