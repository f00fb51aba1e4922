"""Codecs, B-frames and sound, as an independent client and a decoder see them."""

from __future__ import annotations

import array
import asyncio
import math
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import imageio_ffmpeg
import pytest

from sereno.sim import CameraSpec, SimConfig, SimServer, read_position
from sereno.sim.sound import BEEP_STEP_HZ, LOWEST_BEEP_HZ, SOUNDS

Watch = Callable[..., Awaitable[Any]]
Configured = Callable[..., SimConfig]
LOOP_FRAMES = 100
WIDTH, HEIGHT = 320, 180
NTP_EPOCH = 2_208_988_800
PICTURES = {
    "h264": CameraSpec("Plain", "entrance"),
    "h264-b": CameraSpec("B-frames", "entrance", b_frames=2),
    "h264-open": CameraSpec("Open", "entrance", b_frames=4, has_open_gops=True),
    "h265": CameraSpec("Plain", "entrance", codec="h265"),
    "h265-open": CameraSpec("Open", "entrance", codec="h265", b_frames=4, has_open_gops=True),
}


async def ffmpeg(*arguments: str, data: bytes | None = None) -> tuple[bytes, str]:
    """What ffmpeg writes and what it complains about."""
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-threads", "1", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(90):
            out, complaints = await process.communicate(data)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, complaints.decode()
    return out, complaints.decode()


def pictures_in(raw: bytes) -> list[int | None]:
    size = WIDTH * HEIGHT
    frames = [raw[at : at + size] for at in range(0, len(raw), size)]
    return [read_position(frame, WIDTH, HEIGHT) for frame in frames]


@pytest.mark.parametrize("name", PICTURES)
async def test_stamps_and_rtp_times_tell_when_a_picture_is_shown(
    configured: Configured, watch: Watch, name: str
) -> None:
    spec = PICTURES[name]
    async with SimServer(configured(cameras=(spec,))) as server:
        client = await watch(server.address(1))
        client.codec = spec.codec
        await client.play()
        while not (first := await client.frame()).is_key:
            pass
        frames = [first, *await client.frames(54)]
    numbers = [frame.stamp.frame_number for frame in frames]
    for frame, number in zip(frames, numbers, strict=True):
        ticks = (frame.packets[0].timestamp - first.packets[0].timestamp) & 0xFFFFFFFF
        assert ticks == (number - numbers[0]) * 3600 & 0xFFFFFFFF
        assert 0 <= frame.packets[0].arrived - number / 25 < 0.5
    raw, complaints = await ffmpeg(
        *("-f", {"h264": "h264", "h265": "hevc"}[spec.codec], "-i", "pipe:0", "-f", "rawvideo"),
        *("-pix_fmt", "gray", "-fps_mode", "passthrough", "pipe:1"),
        data=b"".join(frame.annexb for frame in frames),
    )
    shown = pictures_in(raw)
    # B-frames that wait for a later picture, or that lean on one before the first, are missing.
    complete = [n % LOOP_FRAMES for n in sorted(numbers) if n >= numbers[0]]
    assert len(shown) >= 50
    assert shown == complete[: len(shown)]
    assert ("-" in name) == (numbers != sorted(numbers))
    if "open" in name:
        keys = [place for place, frame in enumerate(frames) if frame.is_key]
        assert any(numbers[place] > numbers[place + 1] for place in keys[1:])
    else:
        assert complaints == ""


@pytest.mark.parametrize("name", ["h264", "h264-b", "h265"])
@pytest.mark.parametrize("transport", ["tcp", "udp", "tls"])
async def test_ffmpeg_reads_every_picture_without_a_word(
    configured: Configured, name: str, transport: str
) -> None:
    config = configured(
        cameras=(PICTURES[name],), user=None, has_tls=True, quirks=frozenset({"cached-gop"})
    )
    async with SimServer(config) as server:
        address = server.address(1, scheme="rtsps" if transport == "tls" else "rtsp")
        way = ("-rtsp_transport", transport)
        if transport == "tls":
            way = ("-tls_verify", "1", "-ca_file", str(server.certificate_path))
        raw, complaints = await ffmpeg(
            *(*way, "-i", address, "-frames:v", "30", "-fps_mode", "passthrough"),
            *("-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"),
        )
    shown = pictures_in(raw)
    assert complaints == ""
    assert shown[0] is not None
    assert shown == [(shown[0] + step) % LOOP_FRAMES for step in range(30)]


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_ffmpeg_hears_every_sound(configured: Configured, sound: str, transport: str) -> None:
    config = configured(cameras=(CameraSpec("Door", "entrance", sound=sound),), user=None)
    async with SimServer(config) as server:
        raw, complaints = await ffmpeg(
            *("-rtsp_transport", transport, "-allowed_media_types", "audio"),
            *("-i", server.address(1), "-t", "1.5", "-f", "s16le", "pipe:1"),
        )
    heard = array.array("h", raw)
    rate = SOUNDS[sound].rate
    assert complaints == ""
    assert len(heard) == pytest.approx(1.5 * rate, abs=1024)
    assert max(heard) > 10_000
    assert sum(abs(sample) > 4000 for sample in heard) < 0.25 * rate  # a beep, not a noise


@pytest.mark.parametrize("sound", ["aac", "pcma", "pcmu"])
async def test_the_beep_begins_with_the_second(
    configured: Configured, watch: Watch, sound: str
) -> None:
    kind = SOUNDS[sound]
    async with SimServer(configured(cameras=(CameraSpec("Door", "entrance", sound=sound),))) as s:
        client = await watch(s.address(1))
        await client.set_up(0)
        await client.set_up(1, "RTP/AVP/TCP;unicast;interleaved=2-3")
        await client.ask("PLAY")
        report, units = None, []
        while report is None or len(units) * kind.unit_samples < 1.3 * kind.rate:
            packet = await client.packet()
            if packet.channel == 3 and packet.data[1] == 200:
                report = packet.data
            elif packet.channel == 2:
                units.append(packet)
    utc = int.from_bytes(report[8:16], "big") / 2**32 - NTP_EPOCH
    heard = await decoded(sound, [unit.data[12:] for unit in units])
    # The first may be in the middle of a beep: its beginning is the first noise after a silence.
    rest = kind.rate // 10
    loud = next(
        place
        for place in range(rest, len(heard))
        if abs(heard[place]) > 4000 and max(map(abs, heard[place - rest : place])) < 4000
    )
    # By the stamp of its own unit: a simulator that was held up leaves out what is late.
    index, within = divmod(loud, kind.unit_samples)
    reported = int.from_bytes(report[16:20], "big")
    behind = (units[index].timestamp - reported + 2**31) % 2**32 - 2**31
    begins = utc + (behind + within) / kind.rate
    second = round(begins)
    assert begins == pytest.approx(second, abs=0.005)
    assert units[index].arrived - begins < 2  # what is later than that is not sent at all
    tone = heard[loud : loud + round(0.08 * kind.rate)]
    rises = sum(a < 0 <= b for a, b in pairwise(tone))
    assert rises / 0.08 == pytest.approx(LOWEST_BEEP_HZ + BEEP_STEP_HZ * (second % 8), abs=26)


async def decoded(sound: str, payloads: list[bytes]) -> array.array[int]:
    rate = str(SOUNDS[sound].rate)
    demuxer = {"aac": ("aac",), "pcma": ("alaw", "-ar", rate), "pcmu": ("mulaw", "-ar", rate)}
    if sound == "aac":
        payloads = [adts(payload[4:]) for payload in payloads]
    raw, complaints = await ffmpeg(
        "-f", *demuxer[sound], "-i", "pipe:0", "-f", "s16le", "pipe:1", data=b"".join(payloads)
    )
    assert complaints == ""
    return array.array("h", raw)


def adts(unit: bytes) -> bytes:
    """AAC-LC, 16 kHz, mono (ISO/IEC 14496-3, 1.A.3.2)."""
    size = len(unit) + 7
    return (0xFFF1_6040_001F_FC | size << 13).to_bytes(7, "big") + unit


def test_a_tone_is_what_it_says() -> None:
    from sereno.sim.sound import samples

    wave = samples(8000)
    assert len(wave) == 8 * 8000
    assert max(abs(sample) for sample in wave[4000:8000]) < 0.03 * 32_767
    assert math.isclose(max(wave[:800]) / 32_767, 0.5, abs_tol=0.03)
