"""Pictures of channels of a device that gives none, nor says so."""

from __future__ import annotations

import asyncio

import pytest

from sereno.base.errors import Unavailable
from sereno.drivers.hikvision.driver import HikvisionDriver
from sereno.node.devices import pictures
from sereno.node.devices.pictures import ChannelPictures

from .conftest import Site


async def test_nobody_waits_for_ever_for_a_picture(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = site.order(await site.recorder())
    await site.online(order)
    comes = asyncio.Event()
    whole = HikvisionDriver.snapshot

    async def in_a_while(self: HikvisionDriver, channel: str) -> bytes:
        await comes.wait()
        return await whole(self, channel)

    monkeypatch.setattr(HikvisionDriver, "snapshot", in_a_while)
    showing = ChannelPictures(site.devices, site.clock)
    with monkeypatch.context() as patched:
        patched.setattr(pictures, "LONGEST_SECONDS", 0.05)
        asked = [showing.picture(order.device_id, "1") for _ in range(3)]
        refused = await asyncio.gather(*asked, return_exceptions=True)
    assert [getattr(each, "key", "") for each in refused] == 3 * ["not_in_time"]
    assert all(isinstance(each, Unavailable) for each in refused)
    comes.set()
    assert (await showing.picture(order.device_id, "1")).jpeg.startswith(b"\xff\xd8")
