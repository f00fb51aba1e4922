"""A recorder's RTSP port: channels under the maker's addresses, and footage by its time."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sereno.base.clock import to_us
from sereno.base.spans import Span
from sereno.sim import Picture
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.doorkeeper import DoorRules, HttpDoorkeeper
from sereno.sim.recorders.footage import FootagePlan
from sereno.sim.recorders.playback import DahuaAddresses, HikvisionAddresses, RecorderRtsp

USER, PASSWORD = "operator", "s3cret word"
FRAME_US = 40_000
Watch = Callable[..., Awaitable[Any]]
CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance", sound="pcma"),
    ChannelSpec(3, "Yard", "entrance", is_online=False),
)


def recorder_config(cache_dir: Path, **changes: Any) -> RecorderConfig:
    settings: dict[str, Any] = {
        "channels": CHANNELS,
        "user": USER,
        "password": PASSWORD,
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
    }
    return RecorderConfig(cache_dir, **{**settings, **changes})


class Recorder:
    """A running port, and words for its addresses."""

    def __init__(self, rtsp: RecorderRtsp, device: DeviceClock, config: RecorderConfig) -> None:
        self.rtsp, self.device = rtsp, device
        self._plan = FootagePlan(config)
        self._config = config

    def url(self, rest: str) -> str:
        return f"rtsp://127.0.0.1:{self.rtsp.port}{rest}"

    def hikvision(self, start: datetime, end: datetime, track: str = "101") -> str:
        shape = "%Y%m%dT%H%M%SZ"
        times = f"starttime={self._wall(start, shape)}&endtime={self._wall(end, shape)}"
        return self.url(f"/Streaming/tracks/{track}?{times}")

    def dahua(self, start: datetime, end: datetime, path: str = "playback") -> str:
        shape = "%Y_%m_%d_%H_%M_%S"
        times = f"starttime={self._wall(start, shape)}&endtime={self._wall(end, shape)}"
        return self.url(f"/cam/{path}?channel=1&subtype=0&{times}")

    def files(self, since: datetime) -> list[Span]:
        """The files of channel 1 that follow a moment."""
        now = self.device.true_now()
        files = self._plan.files(CHANNELS[0], since, now, now)
        return [Span(file.start, file.end) for file in files]

    def _wall(self, moment: datetime, shape: str) -> str:
        return self.device.wall(moment).strftime(shape)


@asynccontextmanager
async def running(
    cache_dir: Path, vendor: str = "dahua", skew_seconds: float = 0, **options: Any
) -> AsyncIterator[Recorder]:
    config = recorder_config(cache_dir)
    device = DeviceClock(time.time, "America/Bogota", skew_seconds)
    book = {"dahua": DahuaAddresses, "hikvision": HikvisionAddresses}[vendor]
    addresses = book([each.number for each in CHANNELS], device.true, device.true_now)
    addresses.plays_on_monitor = options.pop("plays_on_monitor", False)
    async with RecorderRtsp(config, device, addresses, time.time, **options) as rtsp:
        yield Recorder(rtsp, device, config)


def yesterday(second: int = 30) -> datetime:
    """A moment in the middle of a GOP (a key frame comes each second)."""
    day_ago = datetime.now(UTC) - timedelta(days=1)
    return day_ago.replace(minute=10, second=second, microsecond=500_000)


async def test_footage_begins_with_the_key_frame_before_and_goes_at_the_pace_of_time(
    cache_dir: Path, watch: Watch
) -> None:
    start = yesterday().replace(microsecond=0)
    async with running(cache_dir) as recorder:
        client = await watch(recorder.dahua(start, start + timedelta(seconds=60)))
        began = asyncio.get_running_loop().time()
        await client.play()
        frames = await client.frames(30)
        took = asyncio.get_running_loop().time() - began
    stamps = [frame.stamp.utc_us for frame in frames]
    assert frames[0].is_key
    assert 0 <= to_us(start) - stamps[0] <= 1_000_000
    assert {later - earlier for earlier, later in pairwise(stamps)} == {FRAME_US}
    ticks = [frame.packets[0].timestamp for frame in frames]
    assert {(later - earlier) & 0xFFFFFFFF for earlier, later in pairwise(ticks)} == {3600}
    assert took >= 29 * FRAME_US / 1_000_000
    assert not client.reports


async def test_play_ends_where_the_address_says(cache_dir: Path, watch: Watch) -> None:
    start = yesterday().replace(microsecond=0)
    async with running(cache_dir) as recorder:
        client = await watch(recorder.dahua(start, start + timedelta(seconds=1)))
        await client.play()
        stamps = []
        while not client.reports:
            packet = await client.packet()
            if packet.channel % 2:
                client.reports.append(packet)
            elif packet.is_last:
                stamps.append(packet)
    assert 25 <= len(stamps) <= 50
    assert client.reports[0].data[8 + 1] == 203  # RTCP BYE behind the empty report


async def test_a_recorder_that_runs_on_sends_more_than_was_asked_for(
    cache_dir: Path, watch: Watch
) -> None:
    start = yesterday().replace(microsecond=0)
    end = start + timedelta(seconds=1)
    async with running(cache_dir, runs_on=True) as recorder:
        client = await watch(recorder.dahua(start, end))
        await client.play()
        while (await client.frame()).stamp.utc_us <= to_us(end):
            assert not client.reports


@pytest.mark.parametrize("skew_seconds", [0, -90])
async def test_times_in_addresses_are_those_of_the_recorders_wall(
    cache_dir: Path, watch: Watch, skew_seconds: float
) -> None:
    start = yesterday().replace(microsecond=0)
    async with running(cache_dir, "hikvision", skew_seconds) as recorder:
        shown = recorder.device.wall(start)
        assert shown.hour != start.hour
        url = recorder.hikvision(start, start + timedelta(seconds=20))
        client = await watch(url)
        reply = await client.ask("DESCRIBE", Accept="application/sdp")
        assert "a=range:npt=0-20.000" in reply.body
        await client.play()
        frame = await client.frame()
    assert 0 <= to_us(start) - frame.stamp.utc_us <= 1_000_000


async def test_gaps_are_skipped_and_the_rtp_clock_jumps_over_them(
    cache_dir: Path, watch: Watch
) -> None:
    async with running(cache_dir) as recorder:
        files = recorder.files(datetime.now(UTC) - timedelta(hours=8))
        before, after = next((one, two) for one, two in pairwise(files[:-1]) if two.start > one.end)
        client = await watch(recorder.dahua(before.end - timedelta(seconds=1), after.end))
        await client.play()
        frames = await client.frames(60)
    stamps = [frame.stamp.utc_us for frame in frames]
    steps = [later - earlier for earlier, later in pairwise(stamps)]
    jump = max(steps)
    place = steps.index(jump)
    assert jump > FRAME_US
    assert stamps[place] < to_us(before.end) <= to_us(after.start) <= stamps[place + 1]
    assert frames[place + 1].is_key
    ticks = [frames[n].packets[0].timestamp for n in (place, place + 1)]
    assert (ticks[1] - ticks[0]) & 0xFFFFFFFF == jump * 9 // 100


async def test_more_playbacks_than_allowed_get_453_while_live_goes_on(
    cache_dir: Path, watch: Watch
) -> None:
    start = yesterday()
    async with running(cache_dir, most_playbacks=1) as recorder:
        url = recorder.dahua(start, start + timedelta(seconds=60))
        first, second = await watch(url), await watch(url)
        await first.play()
        tcp = "RTP/AVP/TCP;unicast;interleaved=0-1"
        assert (await second.ask("SETUP", "/trackID=0", Transport=tcp)).status == 453
        live = await watch(recorder.url("/cam/realmonitor?channel=1&subtype=0"))
        await live.play()
        assert (await live.frame()).packets
        await first.ask("TEARDOWN")
        third = await watch(url)
        await third.play()
        assert recorder.rtsp.playback.open_sessions == 1
        assert recorder.rtsp.playback.started == 2


async def test_an_offline_channel_plays_what_it_recorded(cache_dir: Path, watch: Watch) -> None:
    start = yesterday()
    async with running(cache_dir, "hikvision") as recorder:
        live = await watch(recorder.url("/Streaming/Channels/301"))
        assert (await live.ask("DESCRIBE")).status == 404
        url = recorder.hikvision(start, start + timedelta(seconds=60), "302")
        past = await watch(url)
        await past.play()
        assert (await past.frame()).is_key


NOT_THERE = {
    "dahua": (
        "/cam/playback?channel=1&subtype=0&starttime=2026_07_21&endtime=2026_07_22",
        "/cam/playback?channel=1&subtype=0",
        "/cam/realmonitor?channel=2&subtype=0",
        "/cam/realmonitor?channel=1&subtype=2",
        "/Streaming/Channels/101",
    ),
    "hikvision": (
        "/Streaming/Channels/201",
        "/Streaming/Channels/103",
        "/Streaming/tracks/101?starttime=yesterday&endtime=now",
        "/Streaming/tracks/101?starttime=20000101T000000Z&endtime=20000102T000000Z",
        "/cam/realmonitor?channel=1&subtype=0",
    ),
}


@pytest.mark.parametrize("vendor", NOT_THERE)
async def test_what_is_not_there_is_not_found(cache_dir: Path, watch: Watch, vendor: str) -> None:
    async with running(cache_dir, vendor) as recorder:
        for rest in NOT_THERE[vendor]:
            client = await watch(recorder.url(rest))
            assert (await client.ask("DESCRIBE")).status == 404, rest


async def test_some_play_footage_at_the_live_address(cache_dir: Path, watch: Watch) -> None:
    start = yesterday()
    end = start + timedelta(seconds=60)
    async with running(cache_dir, plays_on_monitor=True) as recorder:
        client = await watch(recorder.dahua(start, end))
        assert (await client.ask("DESCRIBE")).status == 404
        client = await watch(recorder.dahua(start, end, "realmonitor"))
        await client.play()
        assert (await client.frame()).stamp.utc_us <= to_us(start)


async def test_tracks_are_named_before_the_query_where_the_maker_does_so(
    cache_dir: Path, watch: Watch
) -> None:
    start = yesterday()
    async with running(cache_dir, "hikvision", quirks=["absolute-control"]) as recorder:
        url = recorder.hikvision(start, start + timedelta(seconds=60))
        client = await watch(url)
        reply = await client.ask("DESCRIBE", Accept="application/sdp")
        whole, picture, _sound = re.findall(r"^a=control:(\S+)", reply.body, re.MULTILINE)
        assert whole == url
        assert picture == url.replace("?", "/trackID=0?")
        client.url = picture
        tcp = "RTP/AVP/TCP;unicast;interleaved=0-1"
        assert (await client.ask("SETUP", Transport=tcp)).status == 200


async def test_footage_has_sound_too(cache_dir: Path, watch: Watch) -> None:
    start = yesterday()
    async with running(cache_dir) as recorder:
        client = await watch(recorder.dahua(start, start + timedelta(seconds=60)))
        await client.set_up(0)
        await client.set_up(1, "RTP/AVP/TCP;unicast;interleaved=2-3")
        assert (await client.ask("PLAY")).status == 200
        sounds: list[Any] = []
        while len(sounds) < 5:
            packet = await client.packet()
            if packet.channel == 2:
                sounds.append(packet)
    steps = {two.timestamp - one.timestamp for one, two in pairwise(sounds)}
    assert steps == {320}
    assert all(len(sound.data) == 12 + 320 for sound in sounds)


async def test_wrong_passwords_count_with_those_of_the_other_door(
    cache_dir: Path, watch: Watch
) -> None:
    door = HttpDoorkeeper(DoorRules(USER, PASSWORD, lock_after=1), time.monotonic)
    async with running(cache_dir, door=door) as recorder:
        url = recorder.url("/cam/realmonitor?channel=1&subtype=0")
        guest = await watch(url, password="guess")
        assert (await guest.ask("DESCRIBE")).status == 401
        assert door.wrong_logins == 1
        owner = await watch(url)
        owner.send("DESCRIBE")
        assert "locked" in (await owner.reply()).head
        assert door.locked_seconds("127.0.0.1") > 1700
