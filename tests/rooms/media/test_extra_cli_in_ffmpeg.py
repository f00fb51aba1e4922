"""The options that people add for ffmpeg: where they stand, what they choose, whose fault it is."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import (
    Failed,
    FfmpegStarted,
    Learned,
    Memory,
    Noticed,
    RunStarted,
    Start,
    StreamTask,
)
from sereno.media.engines import FFMPEG, NATIVE, Choice, after_failure, first_choice, memory_of
from sereno.media.ffmpeg.argv import Invocation, Plan, invocation
from sereno.media.ffmpeg.diagnosis import End, diagnose
from sereno.media.rtsp.session import Patience
from sereno.media.runner import Runner
from sereno.policy.extra_cli import parse_extra_cli
from sereno.policy.reasons import Reason

from .camera import Camera, Told
from .recording import let_tries_follow_at_once

ADDRESS = "rtsp://127.0.0.1:554/cam/1"
PATIENCE = Patience(connect_seconds=30, reply_seconds=30, silence_seconds=30)


def task(address: str = ADDRESS, **more: object) -> StreamTask:
    values = {"camera_id": UUID(int=1), "stream": "main", "address": address, "footage_dir": "/"}
    return StreamTask.model_validate(values | more)


def told(address: str, text: str) -> Invocation:
    extra = parse_extra_cli(text, "ffmpeg")
    return invocation(task(address), "auto", Plan(encodes_video=True), 10, extra=extra)


def lines(address: str, text: str) -> list[str]:
    return told(address, text).script.decode().splitlines()


def test_each_option_stands_in_its_place() -> None:
    made = told(ADDRESS, "-stimeout 5000000 -max_delay 7 -thread_queue_size 64 -preset ultrafast")
    script = made.script.decode().splitlines()
    assert "option timeout '5000000'" in script
    assert "option max_delay '7'" in script
    assert not any("'10000000'" in line for line in script)
    words = list(made.arguments)
    assert words.index("-thread_queue_size") < words.index("-i")
    last = len(words) - 1 - words[::-1].index("-preset")  # the last one counts
    assert words[last:] == ["-preset", "ultrafast", "pipe:1"]


def test_a_timeout_means_the_same_for_every_address() -> None:
    script = lines("rtmp://c/1", "-timeout 5000000")
    assert "option rw_timeout '5000000'" in script
    assert not any(line.startswith("option timeout") for line in script)


def test_a_usb_camera_takes_them_as_arguments() -> None:
    made = told("v4l2:///dev/video0", "-input_format mjpeg -video_size 640x480")
    words = list(made.arguments)
    at = words.index("-input_format")
    assert words[at : at + 4] == ["-input_format", "mjpeg", "-video_size", "640x480"]
    assert at < words.index("-i")
    assert made.script == b""


def test_under_auto_they_choose_ffmpeg_and_are_no_memory_of_what_worked() -> None:
    chosen = first_choice(task(extra_cli="-max_delay 7"))
    assert chosen == Choice(FFMPEG, False, reason=Reason("extra_cli_selects_ffmpeg"))
    assert first_choice(task(extra_cli="-max_delay 7", engine="native")).engine == NATIVE
    assert after_failure(chosen, Reason("garbled"), has_played=False).choice == chosen
    memory = memory_of(chosen, "tcp")
    assert memory.reason is not None
    assert memory.reason.key == "extra_cli_selects_ffmpeg"
    assert first_choice(task(memory=memory)).engine == NATIVE  # once they are gone


@pytest.mark.parametrize(
    ("said", "setting"),
    [
        ("[x @ 0x1] Error setting option err_detect to value foo.", "err_detect"),
        ("Value 1.000000 for parameter 'probesize' out of range [32 - 9.2e+18]", "probesize"),
        ("The value for threads was 99999 which is not within 0.0 - 1024.0", "threads"),
        ("Expected number for threads but found: x", "threads"),
        ('Unable to parse option value "x"\nError setting option b:v to value x.', "b:v"),
        ("Unrecognized option 'fifo_size'.\nError splitting the argument list", "fifo_size"),
    ],
)
def test_an_option_that_ffmpeg_refuses_is_named(said: str, setting: str) -> None:
    end = End(said, 234, 0.05, 10)
    reason = diagnose(end, ADDRESS, settings=("max_delay", setting))
    assert (reason.key, reason.params) == ("setting_at_fault", {"setting": f"-{setting}"})
    assert reason.raw
    assert diagnose(end, ADDRESS).key != "setting_at_fault"  # ours is not theirs to mend


@pytest.mark.provokes("extra_cli_selects_ffmpeg", "stimeout_translated")
async def test_a_real_ffmpeg_gets_them(camera: Camera, told: Told, tmp_path: Path) -> None:
    camera.frame_seconds = 0.04
    runner = Runner(told, SystemClock(), PATIENCE)
    known = Memory(engine="native", transport="tcp")
    runner.obey(
        Start(
            task=camera.task(
                tmp_path, memory=known, records_sound=False,
                extra_cli="-stimeout 5000000 -reorder_queue_size 2000",
            )
        )
    )  # fmt: skip
    try:
        started = await told.wait(RunStarted)
    finally:
        await runner.close()
    assert started.engine == "ffmpeg"
    command = told.all(FfmpegStarted)[0].command
    assert "option timeout '5000000'" in command
    assert "option reorder_queue_size '2000'" in command
    assert "stimeout_translated" in [each.reason.key for each in told.all(Noticed)]
    memory = told.all(Learned)[0].memory
    assert memory.reason is not None
    assert memory.reason.key == "extra_cli_selects_ffmpeg"


@pytest.mark.provokes("setting_at_fault")
async def test_a_real_ffmpeg_says_which_it_refuses(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_tries_follow_at_once(monkeypatch)
    runner = Runner(told, SystemClock(), PATIENCE)
    runner.obey(Start(task=camera.task(tmp_path, extra_cli="-max_delay 7 -probesize 1")))
    try:
        failed = await told.wait(Failed)
    finally:
        await runner.close()
    assert (failed.reason.key, failed.reason.params) == (
        "setting_at_fault", {"setting": "-probesize"},
    )  # fmt: skip
    assert failed.next_try_us is not None


async def test_what_may_not_be_given_is_no_crash(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    runner = Runner(told, SystemClock(), PATIENCE)
    runner.obey(Start(task=camera.task(tmp_path, engine="ffmpeg", extra_cli="-i /etc/passwd")))
    try:
        failed = await told.wait(Failed)
    finally:
        await runner.close()
    assert failed.reason.key == "setting_at_fault"
