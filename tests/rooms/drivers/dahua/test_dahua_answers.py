"""Devices that answer to little: a server that knows some targets, and says of all others that it
does not. What was recorded of real devices is answered where it is at hand."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.rooms.drivers.scripted import Asked, answer, scripted

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import Ability, DeviceKind, DiskState, Role
from sereno.drivers.dahua.driver import DahuaDriver
from sereno.drivers.dahua.parse import read_table
from sereno.drivers.errors import Busy, DeviceError, Refused, Unsupported
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools

NOW = datetime(2026, 9, 13, 9, 0, tzinfo=UTC)
LACKING = answer(404, b"Error\r\nBad Request!\r\n")
DENIED = answer(403, b'{"error":{"code":403,"message":"Authority:check failure."}}')


@asynccontextmanager
async def device(
    answers: Mapping[str, bytes], other: bytes = LACKING
) -> AsyncIterator[DahuaDriver]:
    """Answers by what is part of a target; it wants no password."""

    def script(asked: Asked) -> bytes:
        for part, body in answers.items():
            if part in asked.target:
                return answer(200, body.replace(b"\n", b"\r\n"))
        return other

    async with scripted(script).served() as server:
        driver = DahuaDriver(server.login, Tools(ShortMemory(), ManualClock(NOW)))
        try:
            yield driver
        finally:
            await driver.close()


CAMERA = {
    "getSystemInfo": b"deviceType=IPC-HDW5831R-ZE\nserialNumber=4X7C5A1ZAG21L3F\n",
    "getSoftwareVersion": b"version=2.800.0000016.0.R,build:2020-06-05\n",
    "getVendor": b"Vendor=Intelbras\n",
}


async def test_a_camera_that_tells_no_more_than_its_name_is_usable() -> None:
    async with device(CAMERA) as driver:
        identity = await driver.identify()
        channels = await driver.channels()
        capabilities = await driver.capabilities()
        health = await driver.health()
        await driver.advice()
        with pytest.raises(Unsupported):
            await driver.clock()
    assert (identity.model, identity.serial) == ("IPC-HDW5831R-ZE", "4X7C5A1ZAG21L3F")
    assert (identity.maker, identity.kind) == ("Intelbras", DeviceKind.CAMERA)
    assert identity.clock_offset_seconds is None
    assert [stream.role for stream in channels[0].streams] == [Role.MAIN, Role.SUB]
    assert channels[0].streams[0].address.endswith(":554/cam/realmonitor?channel=1&subtype=0")
    assert not capabilities[Ability.FIND]
    assert not capabilities[Ability.CLOCK]
    assert health.disks == ()


async def test_where_only_titles_are_told_they_are_the_channels() -> None:
    titles = b"table.ChannelTitle[0].Name=Entrance\ntable.ChannelTitle[2].Name=Yard\n"
    async with device({**CAMERA, "ChannelTitle": titles}) as driver:
        channels = await driver.channels()
    assert [(each.number, each.name) for each in channels] == [(1, "Entrance"), (3, "Yard")]


async def test_row_6_channels_that_the_account_may_not_see_are_not_taken_for_none() -> None:
    async with device(CAMERA, DENIED) as driver:
        assert (await driver.identify()).serial
        with pytest.raises(Refused) as refused:
            await driver.channels()
        assert "right_missing" in {each.key for each in await driver.advice()}
    assert refused.value.reason.key == "right_missing"


@pytest.mark.parametrize("status", [500, 503])
async def test_who_it_is_survives_what_it_fails_over(status: int) -> None:
    async with device(CAMERA, answer(status)) as driver:
        identity = await driver.identify()
    assert (identity.model, identity.kind) == ("IPC-HDW5831R-ZE", DeviceKind.CAMERA)
    assert (identity.rtsp_port, identity.clock_offset_seconds) == (554, None)


async def test_a_device_that_fails_over_everything_is_busy_and_not_another() -> None:
    async with device({}, answer(503)) as driver:
        with pytest.raises(Busy):
            await driver.identify()


@pytest.mark.parametrize("around", [(b"\xef\xbb\xbf", b""), (b"\n", b"\0\0")])
def test_what_stands_before_and_behind_an_answer_is_no_part_of_it(
    around: tuple[bytes, bytes],
) -> None:
    before, behind = around
    assert read_table(before + b"result=7\r\n" + behind) == {"result": "7"}


async def test_what_is_no_device_of_this_make_is_told() -> None:
    async with device({}) as driver:
        with pytest.raises(Unsupported):
            await driver.identify()


SEARCH = {
    "factory.create": b"result=1234\n",
    "findFile&": b"OK\n",
    "findNextFile": b"found=1\nitems[0].Channel=0\nitems[0].StartTime=2026-09-13 08:20:31\n"
    b"items[0].EndTime=2026-09-13 08:49:43\nitems[0].FilePath=/mnt/a.dav\n",
    "action=close": b"OK\n",
    "action=destroy": b"OK\n",
}


async def test_row_14_a_page_that_comes_again_and_again_ends_the_search() -> None:
    async with device({**CAMERA, **SEARCH}) as driver:
        span = Span(NOW - timedelta(hours=5), NOW)
        found = [item async for item in driver.find("1", span)]
    assert [(item.handle, item.clock_offset_seconds) for item in found] == [
        ("1,20260913082031,20260913084943,/mnt/a.dav", None)
    ]


@pytest.fixture
def recordings() -> Path:
    """What was recorded of real devices, in a folder that a person names."""
    folder = Path(os.environ.get("SERENO_TEST_RECORDINGS", "")) / "dahua"
    if not os.environ.get("SERENO_TEST_RECORDINGS") or not folder.is_dir():
        pytest.skip("SERENO_TEST_RECORDINGS names no folder of recordings")
    return folder


def test_every_recorded_answer_is_parsed_or_refused_in_words(recordings: Path) -> None:
    bodies = [path.read_bytes() for path in recordings.rglob("*.txt")]
    assert bodies
    for body in bodies:
        try:
            assert read_table(body)
        except DeviceError as error:
            assert error.reason.words().es


async def test_a_recorded_recorder_tells_its_disks_and_footage(recordings: Path) -> None:
    folder = recordings / "NV4116-HS_aiodahua"
    answers = {
        **CAMERA,
        **SEARCH,
        "findNextFile": (folder / "mediaFileFind.cgi__findNextFile.txt").read_bytes(),
        "getDeviceAllInfo": (folder / "storageDevice.cgi__getDeviceAllInfo.txt").read_bytes(),
    }
    async with device(answers) as driver:
        health = await driver.health()
        span = Span(NOW - timedelta(hours=9), NOW)
        found = [item async for item in driver.find("1", span)]
    assert [disk.state for disk in health.disks] == [DiskState.OK]
    assert [item.cause for item in found] == ["motion", "schedule"]
