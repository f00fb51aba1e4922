"""What every driver promises, before every simulated device."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.base.spans import Span
from sereno.drivers.contract import Ability, DeviceEvent, Driver, EventState, Found, Login, Role
from sereno.drivers.errors import DeviceError, Missing, Refused, Unsupported
from sereno.drivers.fetching import FootageFetch
from sereno.drivers.memory import ShortMemory
from sereno.drivers.recognise import recognise
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools
from sereno.policy.reason_list import REASONS

from .worlds import PASSWORD, SKEW_SECONDS, USER, VENDOR_NAMES, World, recent, world_of

RECORDERS = [name for name in VENDOR_NAMES if name != "rtsp"]
ARCHIVES = [name for name in RECORDERS if name != "onvif"]
"""Those that give footage as files, and tell of disks: ONVIF plays it, and knows no disks."""
CLOSE_SECONDS = 20.0
"""To a difference of clocks; a busy machine may be held up in the middle of reading one."""
FORBIDDEN_NAMES = re.compile(r"reboot|restart|format|delete|erase|reset|factory|set_address|wipe")


@pytest.fixture(params=VENDOR_NAMES)
async def world(request: pytest.FixtureRequest, cache: Path) -> AsyncIterator[World]:
    async with world_of(request.param, cache) as made:
        yield made


@pytest.fixture(params=RECORDERS)
async def recorder(request: pytest.FixtureRequest, cache: Path) -> AsyncIterator[World]:
    async with world_of(request.param, cache) as made:
        yield made


@pytest.fixture(params=ARCHIVES)
async def archive(request: pytest.FixtureRequest, cache: Path) -> AsyncIterator[World]:
    async with world_of(request.param, cache) as made:
        yield made


async def all_found(driver: Driver, span: Span, channel: str = "1") -> list[Found]:
    return [found async for found in driver.find(channel, span)]


async def test_it_says_who_it_is(world: World) -> None:
    async with world.driver() as driver:
        identity = await driver.identify()
    assert identity.vendor == driver.vendor == world.vendor
    assert bool(identity.serial) == (world.vendor != "rtsp")  # a plain camera tells none
    assert identity.rtsp_port > 0
    assert identity.name


async def test_it_tells_how_far_its_clock_is_off(recorder: World) -> None:
    async with recorder.driver() as driver:
        identity = await driver.identify()
        reading = await driver.clock()
    assert identity.clock_offset_seconds == pytest.approx(SKEW_SECONDS, abs=CLOSE_SECONDS)
    assert reading.offset_seconds == pytest.approx(SKEW_SECONDS, abs=CLOSE_SECONDS)


async def test_it_is_recognised_for_what_it_is(recorder: World) -> None:
    found = await recognise(recorder.login, recorder.tools)
    await found.driver.close()
    assert found.identity.vendor == recorder.vendor


async def test_every_ability_is_answered(world: World) -> None:
    async with world.driver() as driver:
        able = await driver.capabilities()
        assert set(able) == set(Ability)
        assert able[Ability.CHANNELS]
        assert await driver.capabilities() == able


async def test_channels_have_streams_without_credentials(world: World) -> None:
    async with world.driver() as driver:
        channels = await driver.channels()
    assert len({channel.id for channel in channels}) == len(channels) > 0
    first = channels[0]
    assert first.is_online is not False
    assert first.streams[0].role is Role.MAIN
    for stream in (each for channel in channels for each in channel.streams):
        assert stream.address.startswith("rtsp://")
        assert "@" not in stream.address
        assert USER not in stream.address
    assert {channel.is_online for channel in channels[1:]} <= {False, None}


async def test_a_snapshot_is_a_jpeg(world: World) -> None:
    async with world.driver() as driver:
        channel = (await driver.channels())[0]
        assert (await driver.snapshot(channel.id)).startswith(b"\xff\xd8")


async def test_a_channel_that_is_not_there_is_missing(world: World) -> None:
    async with world.driver() as driver:
        with pytest.raises(Missing) as told:
            await driver.snapshot("77")
    assert told.value.is_permanent


async def test_found_footage_is_in_order_and_nothing_twice(recorder: World) -> None:
    span = recent()
    async with recorder.driver() as driver:
        found = await all_found(driver, span)
    assert len(found) > 3
    starts = [each.span.start for each in found]
    assert starts == sorted(starts)
    assert len({each.handle for each in found}) == len({each.span for each in found}) == len(found)
    assert all(each.span.overlap(span) is not None for each in found)
    assert {each.channel for each in found} == {"1"}
    assert not any(each.is_open for each in found)
    assert found[0].clock_offset_seconds == pytest.approx(SKEW_SECONDS, abs=CLOSE_SECONDS)


async def test_found_footage_becomes_a_movie(archive: World, tmp_path: Path) -> None:
    async with archive.driver() as driver:
        found = (await all_found(driver, recent()))[1]
        footage = await FootageFetch(driver, found, tmp_path / "footage.mp4").run()
    wanted = found.span.duration.total_seconds()
    assert footage.movie.seconds == pytest.approx(wanted, abs=4)
    assert (footage.movie.codec, footage.movie.sound) == ("h264", "mp4a")
    assert os.listdir(tmp_path) == ["footage.mp4"]  # noqa: PTH208 a name tells enough


async def test_a_handle_is_understood_after_a_restart(archive: World, tmp_path: Path) -> None:
    async with archive.driver() as driver:
        found = (await all_found(driver, recent()))[1]
    async with archive.driver() as driver:
        footage = await FootageFetch(driver, found, tmp_path / "footage.mp4").run()
    assert footage.movie.seconds > 10


async def test_playback_has_an_address_without_credentials(recorder: World) -> None:
    span = recent()
    async with recorder.driver() as driver:
        playback = await driver.playback("1", span)
    assert playback.address.startswith("rtsp://")
    assert "@" not in playback.address
    assert playback.span == span


async def test_events_come_as_they_happen(recorder: World) -> None:
    async def first_motion(driver: Driver) -> DeviceEvent:
        async for event in driver.events():
            if event.kind == "motion":
                return event
        raise AssertionError

    async with recorder.driver() as driver, recorder.moving():
        event = await first_motion(driver)
    assert (event.channel, event.state) == ("1", EventState.STARTED)
    assert event.at.tzinfo is not None


async def test_health_tells_of_disks_and_channels(recorder: World) -> None:
    async with recorder.driver() as driver:
        health = await driver.health()
    assert bool(health.disks) == (recorder.vendor in ARCHIVES)
    assert all(0 <= disk.free_bytes <= disk.size_bytes for disk in health.disks)
    assert [each.channel for each in health.channels] == ["1", "2"]
    online = [each.is_online for each in health.channels]
    assert online == ([True, False] if recorder.vendor in ARCHIVES else [None, None])


async def test_advice_has_words_in_both_languages(world: World) -> None:
    async with world.driver() as driver:
        for advice in await driver.advice():
            assert advice.key and advice.setting
            assert advice.words.en and advice.words.es


async def test_what_it_cannot_do_is_unsupported(world: World, tmp_path: Path) -> None:
    span = recent()
    nothing = Found("1", span, None, "handle")
    async with world.driver() as driver:
        able = await driver.capabilities()
        asked: dict[Ability, Callable[[], Awaitable[object]]] = {
            Ability.FIND: lambda: all_found(driver, span),
            Ability.FETCH: FootageFetch(driver, nothing, tmp_path / "footage.mp4").run,
            Ability.PLAYBACK: lambda: driver.playback("1", span),
            Ability.HEALTH: driver.health,
            Ability.CLOCK: driver.clock,
        }
        for ability, ask in asked.items():
            if not able[ability]:
                with pytest.raises(Unsupported) as told:
                    await ask()
                assert told.value.reason.key in REASONS


async def test_rows_1_31_a_wrong_password_is_shown_once_and_an_odd_one_works(
    world: World,
) -> None:
    wrong = replace(world.login, password=f"not {PASSWORD}")
    for _ in range(3):
        async with world.driver(wrong) as driver:
            for ask in (driver.identify, driver.channels, lambda: driver.snapshot("1")):
                with pytest.raises(Refused) as told:
                    await ask()
                assert "not p@ss" not in str(told.value)
                assert "not p@ss" not in told.value.reason.raw
    assert world.signed_count() == 1
    async with world.driver() as driver:
        assert await driver.channels()


async def test_a_driver_may_be_closed_before_it_was_used(world: World) -> None:
    async with world.driver() as driver:
        await driver.close()


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_driver_can_do_what_cannot_be_undone(vendor: str) -> None:
    driver = VENDORS[vendor](Login("127.0.0.1"), Tools(ShortMemory(), SystemClock()))
    names = [name for name in dir(driver) if name[0] != "_"]
    assert "identify" in names
    assert [name for name in names if FORBIDDEN_NAMES.search(name)] == []


def test_every_device_error_has_words() -> None:
    for error in DeviceError.__subclasses__():
        assert error.kind == error.__name__.lower()
