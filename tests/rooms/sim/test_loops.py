"""The cache of encoded loops, the settings that make them, and the command that serves them."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.sim import CameraSpec, LoopSpec, Picture, SimConfig, SimServer, demo_cameras
from sereno.sim.loops import EncodingError, EncodingStopped, loop_folder, prepare_loops
from sereno.sim.scenes import SCENES
from sereno.sim.timing import FrameClock
from sereno.sim.video import packet_loop

TINY = LoopSpec("yard", Picture(160, 90, 200_000), Picture(80, 64, 60_000), 10, 2, 1)


def test_an_encoded_loop_is_whole_and_keeps_its_rate(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    prepare_loops(tmp_path, [TINY], lambda _, done, total: seen.append((done, total)))
    assert seen[0] == (0, 20)
    assert seen[-1] == (20, 20)
    folder = loop_folder(tmp_path, TINY)
    assert sorted(path.name for path in folder.iterdir()) == ["main.h264", "sub.h264"]
    for kind, bits in (("main", 200_000), ("sub", 60_000)):
        annexb = (folder / f"{kind}.h264").read_bytes()
        # So short a loop may be off by a part of the second that the encoder may borrow from.
        assert len(annexb) * 8 / 2 == pytest.approx(bits, rel=0.25)
        filler = sum(len(nal) for nal in annexb.split(b"\0\0\1")[1:] if nal[0] & 0x1F == 12)
        assert filler < len(annexb) / 4
        frames = packet_loop(annexb, TINY.first_key_frame).frames
        keys = [place for place, frame in enumerate(frames) if frame.is_key]
        assert len(frames) == 20
        assert keys == [TINY.first_key_frame, TINY.first_key_frame + 10]


def test_a_loop_is_encoded_once(tmp_path: Path) -> None:
    prepare_loops(tmp_path, [TINY, TINY])
    written = (loop_folder(tmp_path, TINY) / "main.h264").stat().st_mtime_ns
    seen: list[int] = []
    prepare_loops(tmp_path, [TINY], lambda *_: seen.append(1))
    assert seen == []
    assert (loop_folder(tmp_path, TINY) / "main.h264").stat().st_mtime_ns == written


@pytest.mark.parametrize("change", [
    {"scene": "shop"}, {"main": Picture(160, 90, 200_001)}, {"sub": Picture(80, 66, 60_000)},
    {"fps": 5}, {"loop_seconds": 4}, {"key_seconds": 2}, {"codec": "h265"}, {"b_frames": 1},
    {"has_open_gops": True},
])  # fmt: skip
def test_every_setting_has_its_own_place(tmp_path: Path, change: dict[str, Any]) -> None:
    assert loop_folder(tmp_path, replace(TINY, **change)) != loop_folder(tmp_path, TINY)


def test_a_plain_loop_keeps_the_name_it_was_first_cached_under(tmp_path: Path) -> None:
    assert loop_folder(tmp_path, TINY).name == "yard-160x90-17174c3f1fb4dc92"


def test_two_that_race_leave_one_whole_loop(tmp_path: Path) -> None:
    # Both have looked and found nothing before either is done: the barrier sits in the progress.
    both = threading.Barrier(2, timeout=30)
    failures: list[BaseException] = []

    def prepare() -> None:
        try:
            prepare_loops(tmp_path, [TINY], lambda _, done, total: done or (both.wait(), None)[1])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=prepare) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(tmp_path.iterdir()) == [loop_folder(tmp_path, TINY)]


def test_what_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    stop = threading.Event()
    with pytest.raises(EncodingStopped):
        prepare_loops(tmp_path, [TINY], lambda *_: stop.set(), stop)
    assert list(tmp_path.iterdir()) == []


def test_a_failing_encoder_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho 'no such encoder' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))
    with pytest.raises(EncodingError, match="yard: no such encoder"):
        prepare_loops(tmp_path / "cache", [TINY])
    assert list((tmp_path / "cache").iterdir()) == []


async def test_a_second_server_encodes_nothing(configured: Callable[..., SimConfig]) -> None:
    async with SimServer(configured()):
        pass
    seen: list[int] = []
    async with SimServer(configured(), progress=lambda *_: seen.append(1)) as server:
        assert len(server.cameras) == 2
    assert seen == []


COMMAND = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from sereno.sim import CameraSpec, Picture, SimConfig, serve_cameras
config = SimConfig(Path(sys.argv[1]), (CameraSpec("Door", "entrance"),), main=Picture(320, 180,
    300_000), sub=Picture(160, 90, 100_000), loop_seconds=4, key_seconds=1)
serve_cameras(config, lambda found: print(json.dumps([asdict(a) for a in found]), flush=True))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_command_tells_its_addresses_and_stops_when_told(
    cache_dir: Path, number: signal.Signals
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMAND, str(cache_dir),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(90):
            (camera,) = json.loads(await process.stdout.readline())
            host, port = camera["main"].removeprefix("rtsp://").split("/")[0].split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(f"OPTIONS {camera['main']} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"RTSP/1.0 200")
            process.send_signal(number)
            _, complaints = await process.communicate()
            writer.close()
    finally:
        if process.returncode is None:
            process.kill()
    assert camera["name"] == "Door"
    assert (process.returncode, complaints) == (0, b"")


def test_demo_cameras_have_names_of_their_own() -> None:
    names = [camera.name for camera in demo_cameras(20)]
    assert len(set(names)) == 20
    assert names[0] == "Entrance"
    assert names[len(SCENES)] == "Entrance 2"


@pytest.mark.parametrize("change", [
    {"fps": 7 * 11}, {"loop_seconds": 7}, {"key_seconds": 7}, {"cameras": ()}, {"bursts": 0},
    {"phases": 0}, {"spread_ms": 40}, {"loop_seconds": 3600}, {"auth": ("kerberos",)},
    {"answers": {"PLAY": 99}},
])  # fmt: skip
def test_settings_that_cannot_work_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        SimConfig(tmp_path, **change)


def test_unknown_scenes_and_odd_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="entrance"):
        CameraSpec("Door", "moon")
    for wrong in ({"codec": "vp9"}, {"sound": "mp3"}, {"b_frames": 9}):
        with pytest.raises(ValueError, match=r"vp9|mp3|between 0 and 8"):
            CameraSpec("Door", "entrance", **wrong)
    with pytest.raises(ValueError, match="even"):
        Picture(321, 180, 1)
    with pytest.raises(ValueError, match="bit rate"):
        Picture(320, 180, 0)


def test_the_password_is_not_shown(tmp_path: Path) -> None:
    assert "hush" not in repr(SimConfig(tmp_path, user="u", password="hush"))


@given(number=st.integers(0, 10**11), fps=st.sampled_from((10, 25, 30)), phases=st.integers(1, 4))
def test_frames_are_captured_in_order_on_exact_instants(number: int, fps: int, phases: int) -> None:
    clocks = [FrameClock(fps, phase, phases) for phase in range(phases)]
    instants = [clock.utc_us(number) for clock in clocks] + [clocks[0].utc_us(number + 1)]
    assert instants == sorted(set(instants))
    for clock in clocks:
        middle = clock.utc_us(number) / 1e6 + 0.5 / fps
        assert clock.number_at(middle) == number
        assert abs(clock.utc_us(number) * 9 // 100 - clock.ticks(number)) <= 1
