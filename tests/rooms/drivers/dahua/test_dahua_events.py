"""Events of a simulated recorder, in every way in which its kind tells them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest
from tests.rooms.drivers.dahua.conftest import NOW, Bench, OpenBench

from sereno.drivers.contract import DeviceEvent, EventState
from sereno.drivers.errors import Unreachable, Unsupported
from sereno.drivers.memory import ShortMemory

WAIT_SECONDS = 30
DATA = {"LocaleTime": "2026-07-21 12:00:25", "Name": '}{ "', "SmartMotionEnable": True}


async def heard(it: Bench, count: int) -> list[DeviceEvent]:
    """The first events, of those that are made to happen once somebody listens."""
    events = list[DeviceEvent]()
    async with asyncio.timeout(WAIT_SECONDS), aclosing(it.driver.events()) as told:
        making = asyncio.create_task(_happen(it))
        async for event in told:
            events.append(event)
            if len(events) == count:
                break
        await making
    return events


async def _happen(it: Bench) -> None:
    await it.recorder.events.wait_for_listeners(1)
    it.recorder.emit("VideoMotion", "Start", 0, DATA)
    it.recorder.emit("NewFile", "Pulse", 0, DATA)
    it.recorder.emit("VideoMotion", "Stop", 0)
    it.recorder.emit("StorageFailure", "Pulse", 0)
    it.recorder.emit("CrossLineDetection", "Start", 3, DATA)
    it.recorder.emit("VideoLoss", "Start", 1)
    it.recorder.emit("VideoLoss", "Stop", 1)  # what ends the one before, where nothing else does


@pytest.mark.parametrize(
    "quirks",
    [
        (),
        ("no-event-list",),
        ("event-head-varies",),
        ("event-length-lies",),
        ("events-in-crumbs",),
        ("no-event-list", "event-head-varies", "event-length-lies", "events-in-crumbs"),
    ],
)
async def test_rows_37_38_events_are_heard(bench: OpenBench, quirks: tuple[str, ...]) -> None:
    async with bench(*quirks) as it:
        events = await heard(it, 5)
        await it.recorder.events.wait_for_listeners(0)
    assert [(event.kind, event.channel, event.state) for event in events] == [
        ("motion", "1", EventState.STARTED),
        ("motion", "1", EventState.ENDED),
        ("disk_error", None, EventState.MOMENT),
        ("line_crossed", "4", EventState.STARTED),
        ("video_loss", "2", EventState.STARTED),
    ]
    assert events[0].at == NOW - timedelta(seconds=5)
    assert events[1].at == NOW


async def test_row_37_a_refused_list_is_remembered(bench: OpenBench) -> None:
    async with bench("no-event-list", memory=ShortMemory()) as it:
        await heard(it, 1)
        await it.recorder.events.wait_for_listeners(0)
        first = it.targets("attach")
        await heard(it, 1)
        second = it.targets("attach")[len(first) :]
    assert sum("codes=[All]" in target for target in first) == len(first) - 1 == 1
    assert all("codes=[All]" in target for target in second)


async def test_no_events_is_an_answer_in_words(bench: OpenBench) -> None:
    async with bench("no-events") as it:
        with pytest.raises(Unsupported):
            await heard_nothing(it)


@pytest.mark.provokes("events_ended")
async def test_a_device_that_ends_its_events_is_told_of(bench: OpenBench) -> None:
    async with bench() as it:
        listening = asyncio.create_task(heard_nothing(it))
        async with asyncio.timeout(WAIT_SECONDS):
            await it.recorder.events.wait_for_listeners(1)
            it.recorder.events.cut()
            with pytest.raises(Unreachable) as ended:
                await listening
    assert ended.value.reason.key in ("events_ended", "api_broke_off")


async def heard_nothing(it: Bench) -> None:
    async with aclosing(it.driver.events()) as events:
        async for event in events:
            raise AssertionError(event)
