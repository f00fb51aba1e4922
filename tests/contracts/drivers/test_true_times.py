"""Whether a device tells its time, for true times of its footage."""

from __future__ import annotations

from pathlib import Path

import pytest

from sereno.drivers.errors import Unreachable
from sereno.drivers.true_times import offset_of

from .worlds import SKEW_SECONDS, world_of


async def test_a_device_that_tells_no_time_is_asked_in_vain(cache: Path) -> None:
    async with world_of("rtsp", cache) as world, world.driver() as driver:
        assert await offset_of(driver) is None


async def test_one_that_is_not_there_is_no_device_without_a_clock(cache: Path) -> None:
    async with world_of("dahua", cache) as world:
        async with world.driver() as driver:
            told = await offset_of(driver)
            assert told == pytest.approx(SKEW_SECONDS, abs=20)  # a busy machine is held up
        login = world.login
        opened, tools = world.open, world.tools
    driver = opened(login, tools)
    with pytest.raises(Unreachable):
        await offset_of(driver)
    await driver.close()
