"""What a device says of itself may be no text at all: it is told as well as it can be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sereno.drivers.contract import Channel, ClockReading, Identity
from sereno.drivers.hikvision.driver import HikvisionDriver

from .conftest import Site, until

HALF = "Recorder \ud800 1"
"""Half of a pair, as JSON may bring it: no UTF-8 says it."""


async def test_half_a_sign_in_a_name_is_told_as_a_question_mark(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    identify, channels = HikvisionDriver.identify, HikvisionDriver.channels

    async def half_named(self: HikvisionDriver) -> Identity:
        return replace(await identify(self), name=HALF)

    async def half_listed(self: HikvisionDriver) -> list[Channel]:
        first, second = await channels(self)
        nameless = replace(first, id="\udfff")
        beyond = replace(first, id="beyond", number=10**12)
        return [nameless, beyond, replace(second, name=HALF)]

    monkeypatch.setattr(HikvisionDriver, "identify", half_named)
    monkeypatch.setattr(HikvisionDriver, "channels", half_listed)
    report = await site.online(site.order(await site.recorder()))
    assert report.identity is not None
    assert report.identity.name == "Recorder ? 1"
    assert report.channels is not None
    assert [each.name for each in report.channels] == ["Recorder ? 1"]


async def test_what_cannot_be_told_of_one_device_is_nothing_to_the_others(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = site.order(await site.recorder())
    await site.online(strange)
    clock = HikvisionDriver.clock

    async def beyond_time(self: HikvisionDriver) -> ClockReading:
        return replace(await clock(self), offset_seconds=float("inf"))

    with monkeypatch.context() as patched:
        patched.setattr(HikvisionDriver, "clock", beyond_time)
        site.order(device_id=strange.device_id, sync_number=1)

        def is_told() -> bool:
            newest = site.newest(strange)
            reason = newest.reason if newest is not None else None
            return reason is not None and reason.key == "unexplained"

        await until(is_told, "that there is something that cannot be told")
    second = await site.recorder()
    assert await site.online(site.order(second, name="Recorder 2"))
    site.order(device_id=strange.device_id, sync_number=2)
    await until(lambda: site.told.reports[strange.device_id][-1].reason is None, "it is well again")
