"""What arrives at a client: frames, stamps, clocks, and pictures that say the right time."""

from __future__ import annotations

import asyncio
import base64
import re
import statistics
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import imageio_ffmpeg
import pytest

from sereno.sim import Picture, SimConfig, SimServer, pump, read_position

Watch = Callable[..., Awaitable[Any]]
LOOP_FRAMES = 100
FRAME_TICKS = 3600
NTP_EPOCH = 2_208_988_800


async def test_ffmpeg_sees_the_right_time(server: SimServer) -> None:
    address = server.address(1).replace("rtsp://", "rtsp://operator:s3cret%20word@")
    arguments = (
        *("-v", "error", "-rtsp_transport", "tcp", "-probesize", "32", "-analyzeduration", "0"),
        *("-threads", "1", "-i", address, "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1"),
    )
    reader = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert reader.stdout is not None
    positions = []
    try:
        behind = 4.0
        async with asyncio.timeout(90):  # until it has made up for what held the machine up
            while len(positions) < 40 or behind >= 1.0:
                picture = await reader.stdout.readexactly(320 * 180)
                position = read_position(picture, 320, 180)
                assert position is not None
                positions.append(position)
                behind = (time.time() - position / 25) % 4
    finally:
        reader.kill()
        await reader.wait()
    first = positions[0]
    assert positions == [(first + step) % LOOP_FRAMES for step in range(len(positions))]


async def test_stamps_count_frames_tell_utc_and_agree_with_the_pictures(
    server: SimServer, watch: Watch
) -> None:
    client = await watch(server.address(1))
    await client.play()
    frames = await client.frames(40)
    stamps = [frame.stamp for frame in frames]
    numbers = [stamp.frame_number for stamp in stamps]
    assert numbers == list(range(numbers[0], numbers[0] + 40))
    assert all(stamp.utc_us == stamp.frame_number * 40_000 for stamp in stamps)
    for frame, stamp in zip(frames, stamps, strict=True):
        assert 0 <= frame.packets[0].arrived - stamp.utc_us / 1e6 < 0.5
    first_key = next(i for i, frame in enumerate(frames) if 5 in frame.kinds)
    pictures = await decode(b"".join(frame.annexb for frame in frames[first_key:]))
    read = [read_position(picture, 320, 180) for picture in pictures]
    assert read == [number % LOOP_FRAMES for number in numbers[first_key:]]


async def decode(annexb: bytes, size: int = 320 * 180) -> list[bytes]:
    decoder = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "h264", "-i", "pipe:0",
        *("-f", "rawvideo", "-pix_fmt", "gray", "-fps_mode", "passthrough", "pipe:1"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    raw, _ = await decoder.communicate(annexb)
    assert decoder.returncode == 0
    return [raw[at : at + size] for at in range(0, len(raw), size)]


async def test_the_sub_stream_shows_the_same_instant(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1, "sub"))
    await client.play()
    frames = await client.frames(30)
    first_key = next(i for i, frame in enumerate(frames) if 5 in frame.kinds)
    pictures = await decode(b"".join(f.annexb for f in frames[first_key:]), 160 * 90)
    numbers = [frame.stamp.frame_number for frame in frames[first_key:]]
    read = [read_position(picture, 160, 90) for picture in pictures]
    assert read == [number % LOOP_FRAMES for number in numbers]


async def test_rtp_headers_are_in_order(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    reply = await client.play()
    frames = await client.frames(30)
    packets = [packet for frame in frames for packet in frame.packets]
    info = re.fullmatch(r"url=(.*);seq=(\d+);rtptime=(\d+)", reply.headers["rtp-info"])
    assert info
    assert info[1] == client.url + "/trackID=0"
    assert (packets[0].sequence, packets[0].timestamp) == (int(info[2]), int(info[3]))
    assert {packet.ssrc for packet in packets} == {packets[0].ssrc}
    assert all(packet.data[0] == 0x80 and packet.data[1] & 0x7F == 96 for packet in packets)
    for number, packet in enumerate(packets):
        assert packet.sequence == (packets[0].sequence + number) & 0xFFFF
    for number, frame in enumerate(frames):
        expected = (packets[0].timestamp + number * FRAME_TICKS) & 0xFFFFFFFF
        assert {packet.timestamp for packet in frame.packets} == {expected}
        assert [packet.is_last for packet in frame.packets[:-1]].count(True) == 0


async def test_key_frames_come_on_time_with_their_parameter_sets(
    server: SimServer, watch: Watch
) -> None:
    client = await watch(server.address(1))
    described = (await client.ask("DESCRIBE", Accept="application/sdp")).body
    await client.play()
    frames = await client.frames(51)
    keys = [frame for frame in frames if 5 in frame.kinds]
    numbers = [frame.stamp.frame_number for frame in keys]
    assert len(keys) >= 2
    assert {after - before for before, after in pairwise(numbers)} == {25}
    sprop = re.search(r"sprop-parameter-sets=(\S+)", described)
    assert sprop
    sps, pps = (base64.b64decode(part) for part in sprop[1].split(","))
    for key in keys:
        assert key.nals[:2] == [sps, pps]
        assert key.kinds.index(6) < key.kinds.index(5)
    assert f"profile-level-id={sps[1:4].hex().upper()}" in described


async def test_sender_reports_map_utc_to_rtp_time(server: SimServer, watch: Watch) -> None:
    client = await watch(server.address(1))
    await client.play()
    first = await client.packet()
    assert first.channel == 1
    frame = await client.frame()
    kind, ssrc = first.data[1], int.from_bytes(first.data[4:8], "big")
    assert (kind, ssrc) == (200, frame.packets[0].ssrc)
    utc = int.from_bytes(first.data[8:16], "big") / 2**32 - NTP_EPOCH
    assert abs(utc - first.arrived) < 0.5
    report_ticks = int.from_bytes(first.data[16:20], "big")
    ticks_later = (frame.packets[0].timestamp - report_ticks + 2**31) % 2**32 - 2**31
    assert utc + ticks_later / 90_000 == pytest.approx(frame.stamp.utc_us / 1e6, abs=0.001)


async def test_a_frame_can_leave_in_bursts(
    configured: Callable[..., SimConfig], watch: Watch
) -> None:
    wide = Picture(320, 180, 4_000_000)
    async with SimServer(configured(main=wide, bursts=4, spread_ms=20)) as server:
        client = await watch(server.address(1))
        await client.play()
        frames = await client.frames(30)
    sequences = [packet.sequence for frame in frames for packet in frame.packets]
    assert sequences == [(sequences[0] + step) & 0xFFFF for step in range(len(sequences))]
    spreads = sorted(frame.packets[-1].arrived - frame.packets[0].arrived for frame in frames)
    assert spreads[len(spreads) // 2] > 0.012


async def test_a_server_that_was_held_up_keeps_the_packets_in_order(
    configured: Callable[..., SimConfig], watch: Watch
) -> None:
    wide = Picture(320, 180, 4_000_000)
    async with SimServer(configured(main=wide, bursts=4, spread_ms=20)) as server:
        client = await watch(server.address(1))
        await client.play()
        await client.frames(3)
        time.sleep(0.15)  # noqa: ASYNC251  the server's loop is this one, and now it is late
        frames = await client.frames(12)
    sequences = [packet.sequence for frame in frames for packet in frame.packets]
    assert sequences == [(sequences[0] + step) & 0xFFFF for step in range(len(sequences))]


async def test_a_server_that_was_held_up_for_long_skips_frames_and_says_how_many(
    configured: Callable[..., SimConfig],
    watch: Watch,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pump, "_LATEST_SECONDS", 1.0)
    ahead = [0.0]
    async with SimServer(configured(), clock=lambda: time.time() + ahead[0]) as server:
        client = await watch(server.address(1))
        await client.play()
        frames = await client.frames(3)
        ahead[0] = 2.0
        frames += await client.frames(30)
    numbers = [frame.stamp.frame_number for frame in frames]
    longest = max(later - earlier - 1 for earlier, later in pairwise(numbers))
    assert longest == pytest.approx(50, abs=3)
    assert f"1 cameras skip {longest} frames" in caplog.text


async def test_phases_spread_the_cameras_within_a_frame_interval(
    configured: Callable[..., SimConfig], watch: Watch
) -> None:
    async with SimServer(configured(phases=2)) as server:
        one, two = await watch(server.address(1)), await watch(server.address(2))
        await one.play()
        await two.play()
        stamps = [(await client.frame()).stamp for client in (one, two)]
    assert [stamp.utc_us - stamp.frame_number * 40_000 for stamp in stamps] == [0, 20_000]


async def test_a_slow_reader_is_dropped_and_delays_nobody(
    configured: Callable[..., SimConfig], watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    wide = Picture(320, 180, 24_000_000)
    config = configured(main=wide, client_buffer_bytes=100_000)
    async with SimServer(config) as server:
        slow, quick = await watch(server.address(1)), await watch(server.address(2))
        await slow.play()
        slow.writer.transport.pause_reading()
        await quick.play()
        before = (await quick.frame()).stamp.frame_number
        late: list[float] = []
        async with asyncio.timeout(90):
            while server.camera(1).viewer_count:
                frame = await quick.frame()
                late.append(frame.packets[-1].arrived - frame.stamp.utc_us / 1e6)
                assert frame.stamp.frame_number == before + 1
                before += 1
    assert statistics.median(late) < 0.5
    assert "Door (main): a client reads too slowly" in caplog.text
