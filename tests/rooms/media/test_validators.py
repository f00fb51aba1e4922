"""Readers that nobody here wrote find nothing to complain about in our files and clips."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest

from sereno.base.clock import from_us
from sereno.base.spans import Span
from sereno.media.clip_bytes import clip_bytes
from sereno.media.clips import plan_clip

from .encoded import (
    X264_B_FRAMES,
    X264_OPEN_GOP,
    X264_PLAIN,
    X265_B_FRAMES,
    X265_PLAIN,
    encode,
    encode_sound,
)
from .fed_recorder import START_US, player
from .footage import clip_segment

STREAMS = {
    "h264": ("libx264", X264_PLAIN),
    "h264-b": ("libx264", X264_B_FRAMES),
    "h264-open": ("libx264", X264_OPEN_GOP),
    "h265": ("libx265", X265_PLAIN),
    "h265-b": ("libx265", X265_B_FRAMES),
}


@pytest.fixture(
    scope="module",
    params=[(name, rate) for name in STREAMS for rate in (0, 16_000, 44_100)],
    ids=lambda param: f"{param[0]}-{param[1] or 'silent'}",
)
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of one run, and a clip of them."""
    name, rate = request.param
    return asyncio.run(record(tmp_path_factory.mktemp(name), name, rate))


async def record(root: Path, name: str, rate: int) -> list[Path]:
    encoded = encode(*STREAMS[name])
    sound, units = encode_sound(4, rate) if rate else (None, ())
    async with player(root, segment_seconds=1) as played:
        played.begin(encoded.video, sound)
        count = 0
        for frame in encoded.frames:
            played.play([frame])
            while sound and (count + 1) * 1024 / sound.rate <= played.newest / 90_000:
                if count != 20:  # a hole
                    played.recorder.sound(units[count], count * 1024, played.recorder.now_us())
                count += 1
        await played.end()
    start = from_us(START_US)
    wanted = Span(start + timedelta(seconds=0.3), start + timedelta(seconds=1.7))
    plan = plan_clip([clip_segment(path) for path in played.paths], wanted)
    clip = root / "clip.mp4"
    with clip.open("wb") as file:
        file.writelines([chunk async for chunk in clip_bytes(plan)])
    assert len(played.paths) > 1
    return [*played.paths, clip]


def test_ffmpeg_reads_and_decodes_them_in_silence(files: list[Path]) -> None:
    for path in files:
        argv = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "warning", "-xerror",
            "-i", str(path), "-f", "null", "-", "-c", "copy", "-f", "null", "-",
        ]  # fmt: skip
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        complaints = [line for line in done.stderr.splitlines() if not _is_of_open_gop(line)]
        assert (done.returncode, complaints) == (0, [])


def _is_of_open_gop(line: str) -> bool:
    """What ffmpeg says of any H.264 file that begins with an open GOP: its reference pictures for
    what is shown before the key frame lie in the file before."""
    return "mmco: unref short failure" in line or "co located POCs unavailable" in line


@pytest.mark.skipif(shutil.which("mediainfo") is None, reason="needs mediainfo")
def test_mediainfo_finds_what_is_in_them(files: list[Path], request: pytest.FixtureRequest) -> None:
    name, rate = request.node.callspec.params["files"]
    for path in files:
        argv = ["mediainfo", "--Output=JSON", "--Full", str(path)]
        said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        tracks = {each["@type"]: each for each in json.loads(said)["media"]["track"]}
        assert '"Conformance' not in said
        assert "IsTruncated" not in said
        assert tracks["Video"]["Format"] == ("AVC" if name.startswith("h264") else "HEVC")
        assert (tracks["Video"]["Width"], tracks["Video"]["Height"]) == ("128", "96")
        assert ("Audio" in tracks) == bool(rate)
        if rate:
            assert tracks["Audio"]["Format"] == "AAC"
            assert tracks["Audio"]["SamplingRate"] == str(rate)


def test_pyav_reads_every_packet(files: list[Path]) -> None:
    av = pytest.importorskip("av")
    for path in files:
        with av.open(str(path)) as container:
            times: dict[str, list[int]] = {}
            for packet in container.demux():
                if packet.dts is not None:
                    times.setdefault(packet.stream.type, []).append(packet.dts)
                    packet.decode()
        for each in times.values():
            assert each == sorted(each)
