"""Row 47, before every simulated recorder: one that is held to its serial number is used, and
another in its place is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sereno.drivers.pinned import OtherDevice, pinned

from .worlds import RECORDERS, recent, world_of


@pytest.mark.parametrize("vendor", RECORDERS)
async def test_row_47_the_wanted_device_is_used(vendor: str, cache: Path) -> None:
    async with world_of(vendor, cache) as world, world.driver() as driver:
        serial = (await driver.identify()).serial
        held = pinned(driver, serial.lower(), world.tools.clock)
        assert await held.channels()
        assert [each async for each in held.find("1", recent())]


@pytest.mark.parametrize("vendor", RECORDERS)
async def test_row_47_nothing_of_another_device_is_used(vendor: str, cache: Path) -> None:
    swap = frozenset({"serial-swap"})
    async with world_of(vendor, cache, swap) as world, world.driver() as driver:
        serial = (await driver.identify()).serial
        held = pinned(driver, serial, world.tools.clock)
        with pytest.raises(OtherDevice) as told:
            async for _ in held.find("1", recent()):
                raise AssertionError
        assert told.value.reason.params["expected"] == serial
        assert told.value.reason.params["found"] != serial
