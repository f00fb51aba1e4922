"""Listening to events, as firmware tells them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest
from tests.rooms.drivers.hikvision.scripted import (
    NOW,
    Reply,
    ScriptedDevice,
    proxied,
    recorder,
    refused,
    time_xml,
)

from sereno.base.clock import ManualClock
from sereno.drivers.contract import Ability, DeviceEvent, EventState
from sereno.drivers.errors import Busy, DeviceError, Unreachable, Unsupported
from sereno.drivers.hikvision.runs import Runs

PLACE = "GET /Event/notification/alertStream"
TYPE = "multipart/mixed; boundary=boundary"


def alert(code: str, channel: int = 1, state: str = "active", at: str = "2026-06-15T12:00:00Z",
          name: str = "channelID") -> bytes:  # fmt: skip
    return (
        "--boundary\r\nContent-Type: application/xml\r\n\r\n<EventNotificationAlert>"
        f"<{name}>{channel}</{name}><dateTime>{at}</dateTime><eventType>{code}</eventType>"
        f"<eventState>{state}</eventState></EventNotificationAlert>\r\n"
    ).encode()


def device(*parts: bytes, **more: Reply | bytes | str) -> ScriptedDevice:
    return ScriptedDevice(recorder(**more) | {PLACE: Reply(parts=parts, content_type=TYPE)})


async def heard(device: ScriptedDevice) -> tuple[list[DeviceEvent], DeviceError]:
    """Everything that is told until it ends, and how that ended."""
    events: list[DeviceEvent] = []
    async with device.served():
        driver = device.driver()
        try:
            async with aclosing(driver.events()) as told:
                async for event in told:
                    events.append(event)  # noqa: PERF401  kept when it ends by raising
        except DeviceError as error:
            return events, error
        finally:
            await driver.close()
    raise AssertionError("events never end by themselves")


@pytest.mark.provokes("events_ended")
async def test_an_event_begins_once_and_ends_once_and_the_end_of_the_stream_is_told() -> None:
    start, end = alert("VMD"), alert("VMD", state="inactive")
    events, error = await heard(device(start, start, start, end, start))
    assert [(event.kind, event.channel, event.state) for event in events] == [
        ("motion", "1", EventState.STARTED),
        ("motion", "1", EventState.ENDED),
        ("motion", "1", EventState.STARTED),
    ]
    assert (type(error), error.reason.key) == (Unreachable, "events_ended")


async def test_a_sign_of_life_is_no_event_and_a_lost_picture_is() -> None:
    alive = alert("videoloss", state="inactive")
    events, _ = await heard(device(alive, alive, alert("videoloss"), alive, alive))
    assert [(event.kind, event.state) for event in events] == [
        ("video_loss", EventState.STARTED),
        ("video_loss", EventState.ENDED),
    ]


async def test_a_broken_packet_is_left_out_and_the_next_is_heard() -> None:
    broken = b"--x\r\n\r\n<EventNotificationAlert><a></b></EventNotificationAlert>"
    events, _ = await heard(device(broken, alert("diskerror"), alert("linedetection")[:80],
                                   alert("fielddetection", name="dynChannelID")))  # fmt: skip
    assert [(event.kind, event.channel) for event in events] == [
        ("disk_error", None),
        ("intrusion", "1"),
    ]


async def test_channels_that_are_counted_from_33_are_ours() -> None:
    events, _ = await heard(
        device(
            alert("VMD", 34), alert("VMD", 40), GET_ContentMgmt_InputProxy_channels=proxied(1, 2)
        )
    )
    assert [event.channel for event in events] == ["2", "40"]


async def test_the_time_of_an_event_is_that_of_its_clock_whatever_stands_behind_it() -> None:
    zone = "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"
    events, _ = await heard(
        device(
            alert("VMD", at="2026-06-15T13:59:50+01:00"),
            alert("IO", at="2026-06-15T11:59:50Z"),
            alert("illaccess", at="soon"),
            alert("diskfull", at="2021-04-06T18:04:2800:00"),
            GET_System_time=time_xml("2026-06-15T14:00:00+01:00", zone),
        )
    )
    ten_before = datetime(2026, 6, 15, 11, 59, 50, tzinfo=UTC)
    assert [event.at for event in events[:2]] == [ten_before, ten_before]
    assert all(abs(event.at - NOW) < timedelta(seconds=2) for event in events[2:])
    assert len(events) == 4


@pytest.mark.provokes("events_slot_held")
@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"", 404),
        Reply(b"<html>", 403),
        refused(404, 4, "invalidOperation"),
        refused(503, 2, "deviceBusy"),
        Reply(b""),
    ],
)
async def test_a_place_that_is_still_held_is_waited_for(reply: Reply) -> None:
    held = ScriptedDevice(recorder() | {PLACE: reply})
    _, error = await heard(held)
    assert (type(error), error.reason.key) == (Busy, "events_slot_held")
    assert error.not_before is not None
    assert timedelta(seconds=30) <= error.not_before - NOW <= timedelta(seconds=120)


async def test_a_model_without_events_says_so_and_is_known_by_it() -> None:
    async with ScriptedDevice(recorder()).served() as device:
        driver = device.driver()
        assert (await driver.capabilities())[Ability.EVENTS]
        with pytest.raises(Unsupported):
            await anext(driver.events())
        assert not (await driver.capabilities())[Ability.EVENTS]
        await driver.close()


async def test_silence_is_no_death_while_the_device_answers_elsewhere() -> None:
    """It is asked whenever it was quiet for long; where it does not answer, that is told."""
    quiet, time = asyncio.Event(), time_xml("2026-06-15T12:00:00Z")
    spoken = Reply(parts=(alert("VMD"),), content_type=TYPE, pause=quiet)
    silent = ScriptedDevice(recorder() | {PLACE: spoken})
    async with silent.served():
        driver = silent.driver()
        driver._events.quiet_seconds = 0.02
        async with aclosing(driver.events()) as events:
            assert (await anext(events)).kind == "motion"
            asked = silent.count("GET", "/System/time")
            silent.answers["GET /System/time"] = [time, time, Reply(b"", 404)]
            with pytest.raises(Unsupported):
                await anext(events)
        assert silent.count("GET", "/System/time") == asked + 3
        quiet.set()
        await driver.close()


def test_what_is_not_repeated_in_time_is_over() -> None:
    clock, runs = ManualClock(NOW), Runs(expires_seconds=15)
    event = DeviceEvent("motion", "VMD", "1", EventState.STARTED, NOW)
    assert runs.heard(event, clock.monotonic()) == event
    assert runs.wait_seconds(clock.monotonic()) == 15
    clock.advance(10)
    assert runs.heard(event, clock.monotonic()) is None
    clock.advance(10)
    assert list(runs.expired(clock.monotonic())) == []
    clock.advance(5)
    (ended,) = runs.expired(clock.monotonic())
    assert (ended.state, ended.code, ended.channel) == (EventState.ENDED, "VMD", "1")
    assert runs.wait_seconds(clock.monotonic()) is None
