"""Finding footage, as firmware answers searches."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.rooms.drivers.hikvision.scripted import (
    NOTHING_FOUND,
    NOW,
    Asked,
    Reply,
    ScriptedDevice,
    found_xml,
    match_xml,
    recorder,
    refused,
    time_xml,
)

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import Convention, Found
from sereno.drivers.errors import Busy, Missing, Refused
from sereno.drivers.memory import ShortMemory
from sereno.drivers.timeline import merged

SEARCH = "POST /ContentMgmt/search"
DAY = Span(datetime(2026, 6, 14, tzinfo=UTC), datetime(2026, 6, 15, tzinfo=UTC))
MADRID = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"


def label(minute: int) -> str:
    return (DAY.start + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def part(asked: Asked, name: str) -> str:
    found = re.search(f"<{name}>([^<]*)</{name}>", asked.body)
    assert found is not None
    return found[1]


def many(count: int) -> list[str]:
    """Files of a minute each, one after the other."""
    return [match_xml(label(n), label(n + 1), f"f{n}") for n in range(count)]


def paging(files: list[str], page: int = 40) -> Callable[[Asked], str]:
    """As a good device pages."""

    def answer(asked: Asked) -> str:
        first = int(part(asked, "searchResultPostion"))
        got = files[first : first + min(page, int(part(asked, "maxResults")))]
        return found_xml(*got, status="MORE" if first + len(got) < len(files) else "OK")

    return answer


async def find(
    device: ScriptedDevice, span: Span = DAY, clock: ManualClock | None = None
) -> list[Found]:
    async with device.served():
        driver = device.driver(clock)
        try:
            return [found async for found in driver.find("1", span)]
        finally:
            await driver.close()


async def test_a_file_is_found_with_all_that_is_said_of_it() -> None:
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=found_xml(many(1)[0])))
    (found,) = await find(device)
    assert found.span == Span(DAY.start, DAY.start + timedelta(minutes=1))
    assert (found.channel, found.size_bytes, found.cause) == ("1", 1000, "schedule")
    assert found.handle.endswith("&name=f0&size=1000")
    assert found.clock_offset_seconds == pytest.approx(0.5, abs=0.1)
    assert not found.is_open


async def test_all_pages_of_a_search_have_one_upper_case_guid_and_the_devices_spelling() -> None:
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=paging(many(100))))
    assert len(await find(device)) == 100
    asked = [each for each in device.asked if each.path == "/ContentMgmt/search"]
    assert [part(each, "searchResultPostion") for each in asked] == ["0", "40", "80"]
    (search_id,) = {part(each, "searchID") for each in asked}
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", search_id)


async def test_positions_advance_by_the_items_that_came() -> None:
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=paging(many(50), page=7)))
    assert len(await find(device)) == 50


async def test_a_device_that_always_gives_its_first_page_is_asked_from_where_that_ended() -> None:
    files = many(100)

    def answer(asked: Asked) -> str:
        start = datetime.fromisoformat(part(asked, "startTime"))
        first = int((start - DAY.start) / timedelta(minutes=1))
        got = files[first : first + 40]
        return found_xml(*got, status="MORE" if first + 40 < len(files) else "OK")

    device = ScriptedDevice(recorder(POST_ContentMgmt_search=answer))
    found = await find(device)
    assert [each.span.start for each in found] == [
        DAY.start + timedelta(minutes=n) for n in range(100)
    ]
    assert device.count("POST", "/ContentMgmt/search") < 10


async def test_a_page_that_repeats_itself_for_ever_ends_the_search() -> None:
    same = found_xml(*many(3), status="MORE")
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=same))
    assert len(await find(device)) == 3
    assert device.count("POST", "/ContentMgmt/search") < 6


async def test_a_month_is_asked_day_by_day_and_a_file_over_midnight_found_once() -> None:
    over = match_xml("2026-06-13T23:30:00Z", "2026-06-14T00:30:00Z")
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=found_xml(over)))
    found = await find(device, Span(DAY.start - timedelta(days=1), DAY.end))
    assert len(found) == 1
    asked = [each for each in device.asked if each.path == "/ContentMgmt/search"]
    assert [(part(each, "startTime"), part(each, "endTime")) for each in asked] == [
        ("2026-06-13T00:00:00Z", "2026-06-13T23:59:59Z"),
        ("2026-06-14T00:00:00Z", "2026-06-14T23:59:59Z"),
    ]


async def test_a_search_that_failed_is_asked_once_more_under_another_id() -> None:
    answers = [refused(500, 3, "deviceError"), found_xml(*many(1))]
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=answers))
    assert len(await find(device)) == 1
    first, second = (each for each in device.asked if each.path == "/ContentMgmt/search")
    assert part(first, "searchID") != part(second, "searchID")


async def test_a_day_that_the_device_fails_over_is_asked_in_pieces_and_so_is_the_next() -> None:
    def answer(asked: Asked) -> Reply | str:
        start, end = (datetime.fromisoformat(part(asked, n)) for n in ("startTime", "endTime"))
        if end - start > timedelta(hours=6):
            return refused(500, 3, "deviceError")
        return found_xml(match_xml(*(f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (start, end))))

    device = ScriptedDevice(recorder(POST_ContentMgmt_search=answer))
    found = await find(device, Span(DAY.start, DAY.end + timedelta(days=1)))
    assert len(found) == 8
    assert device.count("POST", "/ContentMgmt/search") == 2 + 8


@pytest.mark.provokes("device_busy")
async def test_a_device_that_stays_busy_is_left_alone() -> None:
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=refused(503, 2, "deviceBusy")))
    with pytest.raises(Busy) as caught:
        await find(device)
    assert caught.value.reason.key == "device_busy"
    assert device.count("POST", "/ContentMgmt/search") == 2


@pytest.mark.provokes("device_error")
async def test_a_device_that_fails_over_every_search_says_so() -> None:
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=refused(500, 3, "deviceError")))
    with pytest.raises(Busy) as caught:
        await find(device)
    assert caught.value.reason.key == "device_error"


@pytest.mark.provokes("right_missing")
async def test_an_account_without_the_right_is_told_which() -> None:
    device = ScriptedDevice(recorder(POST_ContentMgmt_search=refused(403, 4, "lowPrivilege")))
    with pytest.raises(Refused) as caught:
        await find(device)
    assert "Remote: Playback" in caught.value.reason.words().en


@pytest.mark.provokes("channel_missing")
async def test_a_channel_that_is_not_there_is_missing() -> None:
    async with ScriptedDevice(recorder()).served() as device:
        driver = device.driver()
        for channel in ("2", "0", "one", ""):
            with pytest.raises(Missing) as caught:
                await driver.snapshot(channel)
            assert caught.value.reason.key == "channel_missing"
        await driver.close()


def shown_as(shift_hours: int, *, is_utc: bool) -> dict[str, object]:
    """A device east of UTC that has recorded minute by minute until now."""
    wall = NOW.replace(tzinfo=None) + timedelta(hours=shift_hours)
    newest = NOW.replace(tzinfo=None) if is_utc else wall

    def answer(asked: Asked) -> str:
        start, end = (
            datetime.fromisoformat(part(asked, name)).replace(tzinfo=None)
            for name in ("startTime", "endTime")
        )
        until = min(newest, end)
        if until <= start:
            return NOTHING_FOUND
        times = (f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (start, until))
        return found_xml(match_xml(*times))

    time = time_xml(f"{wall:%Y-%m-%dT%H:%M:%S}+01:00", f"CST{-shift_hours:+d}:00:00")
    return {"GET_System_time": time, "POST_ContentMgmt_search": answer}


@pytest.mark.parametrize(
    ("shift_hours", "is_utc", "kind"),
    [
        (2, False, "NVR"),
        (-5, False, "IPCamera"),
        (8, True, "NVR"),
        (-5, True, "NVR"),
        (2, True, "IPCamera"),
    ],
)
async def test_what_the_device_means_by_its_times_is_found_out_and_kept(
    shift_hours: int, is_utc: bool, kind: str
) -> None:
    from tests.rooms.drivers.hikvision.scripted import device_info

    shown = shown_as(shift_hours, is_utc=is_utc)
    answers = recorder(GET_System_deviceInfo=device_info(kind), **shown)  # type: ignore[arg-type]
    memory, span = ShortMemory(), Span(NOW - timedelta(hours=1), NOW)
    async with ScriptedDevice(answers).served() as device:
        for _ in range(2):
            driver = device.driver(memory=memory)
            (found,) = [each async for each in driver.find("1", span)]
            await driver.close()
            assert found.span == span
            assert found.is_open
    assert device.count("POST", "/ContentMgmt/search") == 2 + 1 + 1


@pytest.mark.parametrize("status", [403, 503, 500])
async def test_a_search_that_is_not_to_be_had_keeps_nothing_else_from_working(status: int) -> None:
    sub = {403: "lowPrivilege", 503: "deviceBusy", 500: "deviceError"}[status]
    answers = recorder(
        GET_System_time=time_xml("2026-06-15T14:00:00+01:00", MADRID),
        POST_ContentMgmt_search=refused(status, 0, sub),
    )
    async with ScriptedDevice(answers).served() as device:
        driver = device.driver()
        assert (await driver.clock()).convention is Convention.LOCAL
        assert "T140000Z" in (await driver.playback("1", Span(NOW, DAY.end + DAY.duration))).address
        await driver.close()


async def test_without_recent_footage_a_recorder_means_local_time() -> None:
    files = [match_xml("2026-06-14T02:00:00Z", "2026-06-14T03:00:00Z")]
    answers = recorder(
        GET_System_time=time_xml("2026-06-15T14:00:00+01:00", MADRID),
        POST_ContentMgmt_search=lambda asked: (
            found_xml(*files) if "06-14" in part(asked, "startTime") else NOTHING_FOUND
        ),
    )
    (found,) = await find(ScriptedDevice(answers))
    assert found.span == Span(DAY.start, DAY.start + timedelta(hours=1))
    assert found.clock_offset_seconds == pytest.approx(0.5, abs=0.1)


async def test_the_hour_that_comes_twice_is_read_twice() -> None:
    """The clock goes from 03:00 back to 02:00 on 25 October, which is 01:00 UTC."""
    files = [
        match_xml("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z", "a"),
        match_xml("2026-10-25T02:00:00Z", "2026-10-25T02:59:59Z", "b"),
        match_xml("2026-10-25T02:00:00Z", "2026-10-25T02:59:59Z", "c"),
        match_xml("2026-10-25T03:00:00Z", "2026-10-25T04:00:00Z", "d"),
    ]
    clock = ManualClock(datetime(2026, 10, 26, 12, tzinfo=UTC))
    answers = recorder(
        GET_System_time=time_xml("2026-10-26T13:00:00+01:00", MADRID),
        POST_ContentMgmt_search=lambda asked: (
            found_xml(*files) if "10-25" in part(asked, "startTime") else NOTHING_FOUND
        ),
    )
    span = Span(
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    )
    found = await find(ScriptedDevice(answers), span, clock)
    assert [(each.span.start.hour, each.span.end.hour) for each in found] == [
        (23, 0),
        (0, 0),
        (1, 1),
        (2, 3),
    ]
    assert len(merged(found)) == 1
