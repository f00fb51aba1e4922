"""The driver before a simulated recorder, honest and with each of its oddities."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.drivers.hikvision.scripted import Kept

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Container,
    Convention,
    DeviceEvent,
    DeviceKind,
    DiskState,
    EventState,
    Found,
    Login,
    Role,
)
from sereno.drivers.errors import Busy, Locked, Refused, Unreachable, Unsupported
from sereno.drivers.hikvision.driver import HikvisionDriver
from sereno.drivers.memory import ShortMemory
from sereno.drivers.timeline import merged
from sereno.drivers.tools import Tools
from sereno.sim import Picture
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

NOW = datetime(2026, 7, 21, 10, 0, 30, tzinfo=UTC)
"""Noon in Madrid, in summer."""

SPAN = Span(NOW - timedelta(hours=14), NOW - timedelta(minutes=5))
PASSWORD = "p@ss:w#rd% &/?"
CHANNELS = (
    ChannelSpec(1, "Entrance", "entrance"),
    ChannelSpec(4, "Shop & store", "entrance", recording="motion", is_online=False),
)


@dataclass
class Bench:
    """A recorder, its clock, and a driver before it."""

    recorder: HikvisionRecorder
    driver: HikvisionDriver
    clock: ManualClock

    async def found(self, channel: str = "4", span: Span = SPAN) -> list[Found]:
        return [each async for each in self.driver.find(channel, span)]

    async def listened_to(self) -> None:
        """Until somebody listens to the recorder's events."""
        while not self.recorder.events.listeners:  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.005)


@pytest.fixture(scope="session")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where small loops are encoded, once."""
    return tmp_path_factory.mktemp("loops")


@asynccontextmanager
async def bench(
    loops: Path, *quirks: str, password: str = PASSWORD, now: datetime = NOW, **changes: Any
) -> AsyncIterator[Bench]:
    clock = ManualClock(now)
    settings: dict[str, Any] = {
        "channels": CHANNELS,
        "user": "operator",
        "password": PASSWORD,
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
        "days": 1,
        "quirks": frozenset(quirks),
    }
    config = RecorderConfig(loops, **{**settings, **changes})
    recorder = HikvisionRecorder(config, clock=lambda: clock.now().timestamp())
    async with recorder:
        login = Login(recorder.host, recorder.port, username="operator", password=password)
        driver = HikvisionDriver(login, Tools(ShortMemory(), clock))
        try:
            yield Bench(recorder, driver, clock)
        finally:
            await driver.close()


@pytest.fixture(scope="session")
def honest(loops: Path) -> list[Span]:
    """When the honest recorder holds footage of its channel on motion."""

    async def find() -> list[Span]:
        async with bench(loops) as at:
            return [each.span for each in await at.found()]

    spans = asyncio.run(find())
    assert len(spans) > 10
    return spans


async def test_the_whole_way_from_an_address_to_bytes(loops: Path) -> None:
    async with bench(loops, clock_skew_seconds=90) as at:
        identity = await at.driver.identify()
        assert (identity.kind, identity.name) == (DeviceKind.RECORDER, "Recorder 1")
        assert identity.clock_offset_seconds == pytest.approx(90, abs=1)
        assert identity.rtsp_port == at.recorder.rtsp_port
        entrance, shop = await at.driver.channels()
        assert (entrance.name, entrance.is_online) == ("Entrance", True)
        assert (shop.id, shop.name, shop.is_online) == ("4", "Shop & store", False)
        assert [each.role for each in entrance.streams] == [Role.MAIN, Role.SUB]
        assert (entrance.streams[0].codec, entrance.streams[0].width) == ("h264", 320)
        assert (await at.driver.snapshot("1")).startswith(b"\xff\xd8")
        reading = await at.driver.clock()
        assert (round(reading.offset_seconds), reading.convention) == (90, Convention.LOCAL)
        footage = await at.found("1")
        (covered,) = merged(footage)
        assert covered.start <= SPAN.start
        assert covered.end >= SPAN.end
        assert (await at.driver.health()).disks[0].state is DiskState.OK
        one, sink = (await at.found())[3], Kept()
        container = await at.driver.fetch(one, sink, sink.told.append)
        assert (container, one.cause) == (Container.MPEG_PS, "motion")
        assert one.size_bytes is not None
        assert len(sink.data) >= one.size_bytes
        assert b"IMKH" in sink.data[:40]


SAME_FOOTAGE = (
    "footage-in-utc",
    "winter-offset",
    "position-ignored",
    "match-count-lies",
    "guid-only",
    "wide-search-500=1",
    "first-search-500",
    "http-port-in-uri",
    "list-size-lies",
    "few-endpoints",
    "psia-namespace",
    "odd-challenge",
    "sha256-only",
    "nonce-uses=1",
    "nonce-uses=2",
)


@pytest.mark.parametrize("quirk", SAME_FOOTAGE)
async def test_the_same_footage_is_found(quirk: str, loops: Path, honest: list[Span]) -> None:
    async with bench(loops, quirk) as at:
        assert [each.span for each in await at.found()] == honest
        assert len([each for each in at.recorder.log if "/search" in each.target]) < 40


@pytest.mark.parametrize("month_and_day", [(10, 25), (3, 29)])
async def test_no_hour_is_lost_or_doubled_when_the_clock_changes(
    month_and_day: tuple[int, int], loops: Path
) -> None:
    """Both changes are at 01:00 UTC."""
    change = datetime(2026, *month_and_day, 1, tzinfo=UTC)
    whole = Span(change - timedelta(hours=2), change + timedelta(hours=2))
    async with bench(loops, now=change + timedelta(hours=6)) as at:
        footage = await at.found("1", whole)
        (covered,) = merged(footage)
        assert (covered.start <= whole.start, covered.end >= whole.end) == (True, True)
        assert sum((each.span.duration for each in footage), timedelta()) < covered.duration
        known = {each.span for each in footage}
        for minutes in (-30, 0, 30, 60):
            start = change + timedelta(minutes=minutes)
            span = Span(start, start + timedelta(minutes=30))
            found = {each.span for each in await at.found("1", span)}
            assert found == {each for each in known if each.overlap(span)}


async def test_a_search_without_matches_finds_nothing(loops: Path) -> None:
    before = Span(NOW - timedelta(days=9), NOW - timedelta(days=8))
    for quirks in ((), ("empty-match-list",)):
        async with bench(loops, *quirks) as at:
            assert await at.found("1", before) == []


@pytest.mark.parametrize(
    "quirk",
    ["post-download-only", "no-get-download", "errors-with-200", "imkh-at-0", "no-length"],
)
async def test_the_same_bytes_are_fetched(quirk: str, loops: Path) -> None:
    async with bench(loops, quirk) as at:
        one, sink = (await at.found())[3], Kept()
        await at.driver.fetch(one, sink, sink.told.append)
        assert one.size_bytes is not None
        assert len(sink.data) >= one.size_bytes
        assert not sink.data.startswith(b"<")


async def test_a_download_that_broke_off_is_told_and_the_next_is_whole(loops: Path) -> None:
    async with bench(loops, "cut-download") as at:
        one, sink = (await at.found())[3], Kept()
        with pytest.raises(Unreachable):
            await at.driver.fetch(one, sink, sink.told.append)
        assert one.size_bytes is not None
        assert 0 < len(sink.data) < one.size_bytes
        await sink.restart()
        await at.driver.fetch(one, sink, sink.told.append)
        assert len(sink.data) >= one.size_bytes


async def test_footage_whose_tail_is_not_settled_is_waited_for(loops: Path) -> None:
    async with bench(loops, "unsettled-tail=60") as at:
        newest, sink = (await at.found("1", Span(SPAN.end, NOW)))[-1], Kept()
        assert newest.is_open
        with pytest.raises(Busy) as caught:
            await at.driver.fetch(newest, sink, sink.told.append)
        assert caught.value.reason.key == "footage_open"
        assert caught.value.not_before is not None
        at.clock.advance((caught.value.not_before - NOW).total_seconds())
        await at.driver.fetch(newest, sink, sink.told.append)
        assert newest.size_bytes is not None
        assert len(sink.data) >= newest.size_bytes


async def test_a_span_is_fetched_by_time_where_that_is_to_be_had(loops: Path) -> None:
    span = Span(NOW - timedelta(hours=2), NOW - timedelta(hours=2) + timedelta(seconds=20))
    async with bench(loops) as at:
        sink = Kept()
        await at.driver.fetch_span("1", span, sink, sink.told.append)
        assert sink.data
    async with bench(loops, "no-download-by-time") as at:
        assert not (await at.driver.capabilities())[Ability.FETCH_BY_TIME]
        with pytest.raises(Unsupported):
            await at.driver.fetch_span("1", span, Kept(), lambda told: None)


async def test_slots_without_a_camera_and_third_streams(loops: Path) -> None:
    async with bench(loops, "ghost-channels", "third-stream", "full-frame-rate") as at:
        channels = await at.driver.channels()
        assert [channel.id for channel in channels] == ["1", "4"]
        assert [each.id for each in channels[0].streams] == ["101", "102", "104"]
        assert {each.fps for each in channels[0].streams} == {None}


@pytest.mark.parametrize("quirk", ["snapshot-400", "snapshot-busy=2"])
async def test_a_picture_comes_all_the_same(quirk: str, loops: Path) -> None:
    async with bench(loops, quirk) as at:
        assert (await at.driver.snapshot("1")).startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("quirk", "states"),
    [
        ("no-disk", []),
        ("ghost-disk", [DiskState.OK]),
        ("disk-error", [DiskState.OK, DiskState.FAILING]),
        ("overwriting-disk", [DiskState.OK]),
    ],
)
async def test_disks_are_those_that_are_there(
    quirk: str, states: list[DiskState], loops: Path
) -> None:
    async with bench(loops, quirk) as at:
        found = {disk.state for disk in (await at.driver.health()).disks}
        assert found <= set(states)
        assert (DiskState.FAILING in found) == (DiskState.FAILING in states)
        assert bool(found) == bool(states)


EVENT_QUIRKS = (
    (),
    ("bad-event-packets",),
    ("silent-events",),
    ("wrong-boundary", "event-length-lies"),
    ("json-events", "dyn-channel-id"),
    ("event-pictures",),
)


async def first_of(events: AsyncIterator[DeviceEvent], channel: str) -> DeviceEvent:
    async for event in events:
        if event.channel == channel:
            return event
    raise AssertionError("events never end by themselves")


@pytest.mark.parametrize("quirks", EVENT_QUIRKS)
async def test_an_event_is_heard_once_and_signs_of_life_are_none(
    quirks: tuple[str, ...], loops: Path
) -> None:
    async with bench(loops, *quirks) as at, aclosing(at.driver.events()) as events:
        hearing = asyncio.ensure_future(first_of(events, "4"))
        await at.listened_to()
        at.recorder.emit("VMD", 4)
        event = await asyncio.wait_for(hearing, 30)
        assert (event.kind, event.channel, event.state) == ("motion", "4", EventState.STARTED)
        assert abs(event.at - NOW) < timedelta(seconds=2)


async def test_a_place_that_is_still_held_is_told_with_a_time(loops: Path) -> None:
    async with bench(loops, "held-event-slot=60") as at:
        for is_free in (True, False, False, False):
            async with aclosing(at.driver.events()) as events:
                hearing = asyncio.ensure_future(anext(events))
                if is_free:
                    await at.listened_to()
                    at.recorder.emit("VMD", 1)
                    assert (await hearing).channel == "1"
                    continue
                with pytest.raises(Busy) as caught:
                    await hearing
                assert caught.value.reason.key == "events_slot_held"
                assert caught.value.not_before is not None
                wait = caught.value.not_before - NOW
                assert timedelta(seconds=30) <= wait <= timedelta(seconds=120)


async def test_a_wrong_password_is_shown_once_by_all_of_a_device(loops: Path) -> None:
    async with bench(loops, password="wrong") as at:
        for ask in (at.driver.identify, at.driver.channels, at.driver.health, at.driver.clock):
            with pytest.raises(Refused):
                await ask()
        logins = [each for each in at.recorder.log if each.status == 401]
        assert len(logins) == 2  # the question for a challenge, and one answer


@pytest.mark.parametrize(
    ("quirk", "key"), [("smart-codec", "h265_plus"), ("events-not-ticked", "event_unticked")]
)
async def test_what_should_be_changed_is_said_once_for_each_channel(
    quirk: str, key: str, loops: Path
) -> None:
    async with bench(loops, quirk) as at:
        advice = [each for each in await at.driver.advice() if "Video Loss" not in each.setting]
    assert [(each.key, each.channel) for each in advice] == [(key, "1"), (key, "4")]


async def test_a_device_in_its_factory_state_is_told(loops: Path) -> None:
    async with bench(loops, "not-activated") as at:
        with pytest.raises(Refused) as caught:
            await at.driver.identify()
        assert caught.value.reason.key == "device_inactive"


async def test_a_locked_account_is_told_with_its_end(loops: Path) -> None:
    async with bench(loops, "account-locked") as at:
        with pytest.raises(Locked) as caught:
            await at.driver.identify()
        assert caught.value.not_before is not None
        assert caught.value.not_before > NOW


@pytest.mark.parametrize(
    ("quirk", "right"),
    [
        ("lacks-right", "Parameters Settings"),
        ("lacks-right-401", "Parameters Settings"),
        ("lacks-playback-right", "Remote: Playback"),
    ],
)
async def test_a_right_that_the_account_lacks_is_named(quirk: str, right: str, loops: Path) -> None:
    async with bench(loops, quirk) as at:
        assert len(await at.driver.channels()) == 2
        advice = [each.setting for each in await at.driver.advice() if each.key == "right_missing"]
        assert any(right in setting for setting in advice)
        with pytest.raises(Refused) as caught:
            await (at.found() if quirk == "lacks-playback-right" else at.driver.health())
        assert right in caught.value.reason.words().en
