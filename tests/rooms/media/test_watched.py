"""While somebody watches, each picture is on its way at once; what is written stays the same."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from sereno.media import disk
from sereno.media.contract import TIMESCALE, FragmentWritten, RunEnded, Watched
from sereno.media.fmp4.reader import read_segment
from sereno.media.rtsp import beat
from sereno.media.rtsp.session import Patience

from .camera import CAMERA_ID, FPS, Camera, Told, ffmpeg_says
from .recording import files_of, recording, samples_of
from .runner_process import running

NEVER = 1e9
PATIENCE = Patience(connect_seconds=30, reply_seconds=30, silence_seconds=30)


def watched(fragment_ms: int | None) -> Watched:
    return Watched(camera_id=CAMERA_ID, stream="main", fragment_ms=fragment_ms)


def newest_frame_count(told: Told) -> int:
    return max((each.frame_count for each in told.all(FragmentWritten)[-1:]), default=0)


async def test_nothing_waits_for_more_while_somebody_watches(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera.frame_seconds = 0.01
    with monkeypatch.context() as patch:
        patch.setattr(disk, "HAND_OVER_SECONDS", NEVER)
        patch.setattr(beat, "BEAT_SECONDS", NEVER)
        async with recording(camera.task(tmp_path), told, PATIENCE) as runner:
            runner.obey(watched(30))
            await told.wait(FragmentWritten, 150)  # longer than until it would go by the beat
            told_so_far = told.all(FragmentWritten)
            patch.undo()
            runner.obey(watched(None))
            await told.wait(FragmentWritten, 170)
    assert {each.frame_count for each in told_so_far} == {1}
    usual = [each.frame_count for each in told.all(FragmentWritten)[-10:-1]]
    assert set(usual) == {5}  # 200 ms, two in a GOP of 400
    assert not [each for each in told.all(RunEnded) if each.reason.key != "stopped"]


async def test_what_is_written_differs_in_the_length_of_its_fragments_alone(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with recording(camera.task(tmp_path), told, PATIENCE) as runner:
        for fragment_ms, frame_count in ((30, 1), (None, 5), (70, 2), (None, 5), (30, 1)):
            runner.obey(watched(fragment_ms))
            await told.until(lambda count=frame_count: newest_frame_count(told) == count)
    (path,) = files_of(told, tmp_path)
    video = camera.video
    written = samples_of(path)
    assert written == [video.sample(at % len(video.pictures)) for at in range(len(written))]
    index = read_segment(path).index
    assert [each.picture_count for each in index] == [
        each.frame_count for each in told.all(FragmentWritten)
    ]
    assert {1, 2, 5} <= {each.picture_count for each in index}
    assert all(one.end_ticks == other.start_ticks for one, other in pairwise(index))
    assert all(
        each.duration_ticks == each.picture_count * TIMESCALE // FPS for each in list(index)[:-1]
    )
    assert ffmpeg_says(path)[2] == ""


async def test_events_in_a_hurry_leave_at_once(camera: Camera, told: Told, tmp_path: Path) -> None:
    """In a real process, whose pipe would gather its lines for ever."""
    program = (
        "from sereno.media import pipes; pipes.FLUSH_SECONDS = 1e9; "
        "from sereno.media.runner import main; main()"
    )
    async with running(told, program) as runner:
        runner.start(camera.task(tmp_path))
        runner.write(watched(30).model_dump_json().encode() + b"\n")
        await told.wait(FragmentWritten, 20)
        runner.stdin.close()
        assert await runner.ended() == (0, "")


async def test_who_stops_watching_what_is_not_recorded_harms_nobody(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    async with recording(camera.task(tmp_path), told, PATIENCE) as runner:
        runner.obey(Watched(camera_id=CAMERA_ID, stream="sub", fragment_ms=30))
        runner.obey(Watched(camera_id=CAMERA_ID, stream="sub", fragment_ms=None))
        await told.wait(FragmentWritten, 3)
    assert {each.stream for each in told.all(FragmentWritten)} == {"main"}
