"""The driver before a simulated recorder: what it is, has and does, in every manner."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from tests.rooms.drivers.dahua.conftest import NOW, USER, Bytes, OpenBench

from sereno.base.spans import Span
from sereno.drivers.contract import Ability, Container, Convention, DeviceKind, DiskState, Role
from sereno.drivers.errors import Busy, Locked, Missing, Refused
from sereno.drivers.memory import ShortMemory
from sereno.media.foreign.dhav import DhavClock

MINUTE = timedelta(minutes=1)
WALL_AHEAD = timedelta(hours=2)  # Madrid in summer
DAY_START = datetime(2026, 7, 20, 22, 0, tzinfo=UTC)


def wall_span(data: bytes) -> tuple[datetime, datetime]:
    """The first and last picture's time, as UTC."""
    clock = DhavClock()
    clock.feed(data)
    assert clock.first_at is not None
    assert clock.last_at is not None
    first, last = (at.replace(tzinfo=UTC) - WALL_AHEAD for at in (clock.first_at, clock.last_at))
    return first, last


def covers(data: bytes, span: Span) -> bool:
    first, last = wall_span(data)
    return span.start - timedelta(seconds=40) <= first <= span.start + timedelta(
        seconds=2
    ) and last >= span.end - timedelta(seconds=3)


def is_in_order(data: bytes) -> bool:
    from sereno.media.foreign.dhav import DhavReader

    times = [frame.at for frame in DhavReader().feed(data) if frame.is_picture and frame.at]
    return times == sorted(times) and len(times) > 1


async def test_identity_of_a_recorder_whose_type_is_a_number(bench: OpenBench) -> None:
    async with bench(clock_skew_seconds=90) as it:
        identity = await it.driver.identify()
        assert identity.rtsp_port == it.recorder.rtsp_port
    assert (identity.vendor, identity.kind) == ("dahua", DeviceKind.RECORDER)
    assert identity.model.startswith("NVR")
    assert identity.serial == "0000000001"
    assert identity.name == "Recorder 1"
    assert identity.clock_offset_seconds == pytest.approx(90, abs=1.5)


async def test_row_30_the_rtsp_port_is_what_the_device_says(bench: OpenBench) -> None:
    async with bench() as it:
        channels = await it.driver.channels()
        port = it.recorder.rtsp_port
    addresses = [stream.address for channel in channels for stream in channel.streams]
    assert addresses
    assert all(f":{port}/cam/realmonitor?" in address for address in addresses)
    assert not any("p%40ss" in address or "p@ss" in address for address in addresses)


@pytest.mark.parametrize("quirks", [(), ("no-camera-state",), ("no-remote-channels",)])
async def test_row_48_only_channels_that_exist(bench: OpenBench, quirks: tuple[str, ...]) -> None:
    async with bench("removed-cameras=2", *quirks) as it:
        channels = await it.driver.channels()
    assert [(channel.number, channel.name) for channel in channels] == [
        (1, "Entrance"),
        (2, "Yard"),
        (4, "Shop & store"),
    ]
    assert {stream.role for stream in channels[0].streams} == {Role.MAIN, Role.SUB}
    if "no-camera-state" not in quirks:
        assert [channel.is_online for channel in channels] == [True, True, False]


async def test_capabilities_are_asked_once(bench: OpenBench) -> None:
    async with bench() as it:
        capabilities = await it.driver.capabilities()
        asked = len(it.recorder.log)
        assert await it.driver.capabilities() == capabilities
        assert len(it.recorder.log) == asked
    assert set(capabilities) == set(Ability)
    assert all(capabilities.values())


async def test_a_picture_of_now(bench: OpenBench) -> None:
    async with bench() as it:
        assert (await it.driver.snapshot("1")).startswith(b"\xff\xd8")
        with pytest.raises(Missing) as refused:
            await it.driver.snapshot("3")
    assert refused.value.reason.key == "channel_missing"


async def test_pictures_counted_from_zero_are_those_of_the_right_camera(bench: OpenBench) -> None:
    memory = ShortMemory()
    async with bench("snapshot-base-0", memory=memory) as it:
        for channel in "1", "2":
            assert (await it.driver.snapshot(channel)).startswith(b"\xff\xd8")
        assert it.targets("snapshot.cgi")[-2:] == [
            "/cgi-bin/snapshot.cgi?channel=0",
            "/cgi-bin/snapshot.cgi?channel=1",
        ]


@pytest.mark.provokes("picture_missing")
async def test_a_camera_that_is_away_gives_no_picture(bench: OpenBench) -> None:
    async with bench() as it:
        with pytest.raises(Missing) as missing:
            await it.driver.snapshot("4")
    assert missing.value.reason.key == "picture_missing"
    assert "4" in missing.value.reason.words().es


@pytest.mark.parametrize(
    "quirks",
    [
        (),
        ("unpadded-times",),
        ("short-pages",),
        ("error-after-last-page",),
        ("sparse-rows",),
        ("few-finders=2",),
        ("old-years-refused",),
    ],
)
async def test_rows_12_26_27_everything_is_found_once_in_order(
    bench: OpenBench, quirks: tuple[str, ...]
) -> None:
    async with bench(*quirks) as it:
        end = NOW - timedelta(minutes=30)
        found = await it.found("1", DAY_START - timedelta(hours=6), end)
        again = await it.found("1", DAY_START - timedelta(hours=6), end)
        # Whoever finds must give back: with two finders in all the third search would fail.
        assert len(it.targets("action=destroy")) == len(it.targets("factory.create"))
    assert [item.handle for item in again] == [item.handle for item in found]
    starts = [item.span.start for item in found]
    assert starts == sorted(set(starts))
    seams = pairwise(found)
    assert all(abs(b.span.start - a.span.end) < timedelta(seconds=2) for a, b in seams)
    assert found[0].span.start <= DAY_START - timedelta(hours=6) < found[0].span.end
    assert found[-1].span.end >= end
    assert not found[-1].is_open


async def test_what_is_still_written_is_open(bench: OpenBench) -> None:
    async with bench(clock_skew_seconds=-45) as it:
        found = await it.found("1", NOW - timedelta(hours=1), NOW)
    assert [item.is_open for item in found][-1]
    assert not any(item.is_open for item in found[:-1])
    assert found[0].clock_offset_seconds == pytest.approx(-45, abs=1.5)


async def test_nothing_found_is_no_fault(bench: OpenBench) -> None:
    async with bench() as it:
        assert await it.found("1", NOW - timedelta(days=30), NOW - timedelta(days=29)) == []


async def test_a_search_that_is_given_up_leaves_no_finder(bench: OpenBench) -> None:
    async with bench("few-finders=1") as it:
        for _ in range(3):
            search = it.driver.find("1", Span(DAY_START, NOW))
            assert await anext(search) is not None
            await search.aclose()
        assert await it.found("1", NOW - timedelta(hours=2), NOW)


async def test_row_47_the_serial_number_is_told_as_it_is_now(bench: OpenBench) -> None:
    async with bench("serial-swap") as it:
        first = (await it.driver.identify()).serial
        it.clock.advance(86400)
        second = (await it.driver.identify()).serial
    assert first
    assert second


FETCH_QUIRKS = [
    (),
    ("preamble",),
    ("dahua-header",),
    ("five-minute-mark",),
    ("cut-at-the-hour",),
    ("starts-late=20",),
    ("starts-late=330",),
    ("starts-early=20",),
    ("starts-early=330",),
    ("loadfile-hours=1",),
    ("preamble", "starts-late=36", "cut-at-the-hour", "five-minute-mark"),
]


@pytest.mark.parametrize("quirks", FETCH_QUIRKS)
async def test_rows_18_22_23_24_footage_of_a_span_is_whole(
    bench: OpenBench, quirks: tuple[str, ...]
) -> None:
    # Over a full hour, over two files, beginning on a mark of five minutes.
    span = Span(DAY_START + 50 * MINUTE, DAY_START + 65 * MINUTE)
    async with bench(*quirks) as it:
        sink = Bytes()
        container = await it.driver.fetch_span("1", span, sink, sink.progress.append)
    assert container is Container.DHAV
    assert sink.data.startswith(b"DHAV")
    assert covers(sink.data, span), wall_span(sink.data)
    assert is_in_order(sink.data)
    assert sink.progress[-1].size_bytes == len(sink.data)
    assert sink.progress[-1].seconds == pytest.approx(span.duration.total_seconds(), abs=45)


@pytest.mark.parametrize(
    "quirks", [("no-loadfile",), ("no-loadfile", "multipart-file"), ("no-loadfile", "dahua-header")]
)
async def test_a_found_file_comes_whole_where_there_is_no_cutting(
    bench: OpenBench, quirks: tuple[str, ...]
) -> None:
    async with bench(*quirks) as it:
        found = await it.found("1", DAY_START + 20 * MINUTE, DAY_START + 25 * MINUTE)
        sink = Bytes()
        await it.driver.fetch(found[0], sink, sink.progress.append)
    assert covers(sink.data, found[0].span)


async def test_footage_is_fetched_by_its_handle_alone_by_another_driver(bench: OpenBench) -> None:
    async with bench() as it:
        found = await it.found("2", DAY_START, DAY_START + 30 * MINUTE)
        wrong = Span(NOW, NOW + MINUTE)
        from dataclasses import replace

        sink = Bytes()
        await it.driver.fetch(replace(found[0], channel="", span=wrong), sink, lambda _: None)
        assert covers(sink.data, found[0].span)
        with pytest.raises(Missing) as refused:
            await it.driver.fetch(replace(found[0], handle="../x"), sink, lambda _: None)
    assert refused.value.reason.key == "footage_unknown"


async def test_row_25_downloads_that_nobody_wants_are_read_to_their_end(bench: OpenBench) -> None:
    class Full(Bytes):
        async def write(self, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    async with bench("wedge-after-aborts=1") as it:
        found = await it.found("1", DAY_START, DAY_START + 5 * MINUTE)
        for _ in range(3):
            with pytest.raises(OSError, match="No space"):
                await it.driver.fetch(found[0], Full(), lambda _: None)
        sink = Bytes()
        await it.driver.fetch(found[0], sink, lambda _: None)
        assert it.recorder.loading.aborted == 0
        assert it.recorder.loading.most_running == 1
    assert covers(sink.data, found[0].span)


@pytest.mark.provokes("downloads_refused")
async def test_row_25_a_recorder_that_refuses_all_downloads_is_told_of(bench: OpenBench) -> None:
    async with bench("wedge-after-aborts=1") as it:
        found = await it.found("1", DAY_START, DAY_START + 5 * MINUTE)
        it.recorder.loading.aborted = 1
        with pytest.raises(Busy) as refused:
            await it.driver.fetch(found[0], Bytes(), lambda _: None)
    assert refused.value.reason.key == "downloads_refused"
    assert "restart" in refused.value.reason.words().en


@pytest.mark.provokes("footage_none", "footage_unknown")
async def test_a_span_without_footage_is_missing(bench: OpenBench) -> None:
    async with bench() as it:
        span = Span(NOW - timedelta(days=20), NOW - timedelta(days=20) + MINUTE)
        with pytest.raises(Missing) as missing:
            await it.driver.fetch_span("1", span, Bytes(), lambda _: None)
        with pytest.raises(Missing) as unknown:
            from sereno.drivers.dahua.footage import read_handle

            read_handle("1,2026")
    assert missing.value.reason.key == "footage_none"
    assert unknown.value.reason.key == "footage_unknown"


TIMES = "&starttime=2026_07_21_00_00_00&endtime=2026_07_21_00_01_00"


@pytest.mark.parametrize(
    ("quirks", "path"), [((), "playback"), (("playback-on-monitor",), "realmonitor")]
)
async def test_playback_is_asked_for_in_the_devices_time_where_it_plays(
    bench: OpenBench, quirks: tuple[str, ...], path: str
) -> None:
    async with bench(*quirks) as it:
        nothing = Span(NOW - timedelta(days=30), NOW - timedelta(days=30) + MINUTE)
        assert "/cam/playback?" in (await it.driver.playback("1", nothing)).address
        span = Span(DAY_START, DAY_START + MINUTE)
        for _ in range(2):
            playback = await it.driver.playback("1", span)
            assert playback.span == span
            assert playback.address.endswith(f"/cam/{path}?channel=1&subtype=0{TIMES}")
            assert USER not in playback.address


@pytest.mark.parametrize(
    ("quirk", "state"), [("", DiskState.OK), ("disk-error", DiskState.FAILING), ("no-disk", None)]
)
async def test_rows_8_9_10_disks(bench: OpenBench, quirk: str, state: DiskState | None) -> None:
    async with bench(*filter(None, [quirk])) as it:
        health = await it.driver.health()
    assert [disk.state for disk in health.disks] == ([] if state is None else [state])
    assert [(each.channel, each.is_recording) for each in health.channels] == [
        ("1", True),
        ("2", True),
        ("4", False),
    ]


async def test_row_13_the_clock_counts_where_summer_time_is_off(bench: OpenBench) -> None:
    async with bench("dst-off") as it:
        reading = await it.driver.clock()
        found = await it.found("1", NOW - timedelta(hours=1), NOW)
    assert reading.convention is Convention.LOCAL
    assert reading.offset_seconds == pytest.approx(0, abs=1.5)
    assert found[-1].span.end == pytest.approx(NOW, abs=timedelta(seconds=2))


async def test_row_1_one_wrong_password_and_no_more(bench: OpenBench) -> None:
    memory = ShortMemory()
    async with bench(password="wrong", memory=memory) as it:
        for _ in range(3):
            with pytest.raises(Refused):
                await it.driver.identify()
        with pytest.raises(Refused):
            await it.found("1", DAY_START, NOW)
        shown = [each for each in it.recorder.log if b"Digest" in str(each.headers).encode()]
    assert len(shown) <= 1


async def test_row_1_a_lock_keeps_everybody_out_until_it_is_over(bench: OpenBench) -> None:
    async with bench(lock_after=3, lock_seconds=600) as it:
        base = f"http://{it.recorder.host}:{it.recorder.port}"
        async with httpx.AsyncClient(timeout=60) as somebody:
            for _ in range(3):
                wrong = httpx.DigestAuth(USER, "an old password")
                await somebody.get(f"{base}/cgi-bin/magicBox.cgi?action=getSystemInfo", auth=wrong)
        for _ in range(3):
            asked = len(it.recorder.log)
            with pytest.raises(Locked) as locked:
                await it.driver.identify()
        assert len(it.recorder.log) == asked  # only the first asked at all
        assert locked.value.not_before is not None
        assert NOW < locked.value.not_before <= NOW + timedelta(seconds=1200)
        it.clock.advance(1201)
        assert (await it.driver.identify()).serial


@pytest.mark.parametrize(
    "quirk", ["qop-list", "comma-realm", "sha256-only", "nonce-uses=1", "nonce-uses=3"]
)
async def test_rows_3_4_5_digest_as_these_devices_ask_for_it(bench: OpenBench, quirk: str) -> None:
    async with bench(quirk) as it:
        for _ in range(3):
            assert (await it.driver.identify()).serial


async def test_row_6_a_missing_right_is_named(bench: OpenBench) -> None:
    async with bench("lacks-right") as it:
        with pytest.raises(Refused) as refused:
            await it.found("1", DAY_START, NOW)
        advice = await it.driver.advice()
    assert refused.value.reason.key == "right_missing"
    assert "right_missing" in {each.key for each in advice}


async def test_row_40_nothing_asks_for_audio(bench: OpenBench) -> None:
    async with bench("audio-reboots") as it:
        await it.driver.identify()
        await it.driver.capabilities()
        await it.driver.channels()
        await it.driver.health()
        await it.driver.advice()
        await it.found("1", DAY_START, DAY_START + MINUTE)
        assert it.targets("audio.cgi") == []


def test_row_40_no_module_knows_a_target_for_audio() -> None:
    import sereno.drivers.dahua as room

    folder = Path(room.__file__).parent
    calls = re.compile(r"""(?:cgi|query)\(\s*["']audio""")
    assert not [path.name for path in folder.glob("*.py") if calls.search(path.read_text())]


async def test_row_39_no_more_connections_than_a_small_device_bears(bench: OpenBench) -> None:
    async with bench("few-connections=4") as it:
        span = Span(DAY_START, DAY_START + 3 * MINUTE)
        sinks = [Bytes() for _ in range(3)]
        await asyncio.gather(
            *(it.driver.channels() for _ in range(5)),
            *(it.driver.health() for _ in range(5)),
            *(it.driver.snapshot("1") for _ in range(5)),
            *(it.driver.fetch_span("1", span, sink, lambda _: None) for sink in sinks),
        )
        assert it.recorder.loading.most_running == 1
    assert all(covers(sink.data, span) for sink in sinks)


async def test_a_password_is_never_shown_in_clear(bench: OpenBench) -> None:
    async with bench("basic-only") as it:
        with pytest.raises(Refused) as refused:
            await it.driver.identify()
        assert not any("authorization" in str(each.headers).lower() for each in it.recorder.log)
    assert refused.value.reason.key == "login_unsafe"


async def test_a_device_without_search_by_cgi_is_searched_by_rpc2_also_later(
    bench: OpenBench,
) -> None:
    memory = ShortMemory()
    async with bench("no-cgi-search", memory=memory) as it:
        found = await it.found("1", NOW - timedelta(hours=3), NOW - timedelta(hours=1))
        sink = Bytes()
        await it.driver.fetch(found[0], sink, lambda _: None)
        facts = memory.facts(f"{it.recorder.host}:{it.recorder.port}")
    assert covers(sink.data, found[0].span)
    assert facts["dahua.find-by-rpc2"] == "yes"


async def test_errors_with_status_200_are_errors(bench: OpenBench) -> None:
    async with bench("errors-with-200", "no-remote-channels") as it:
        assert [channel.number for channel in await it.driver.channels()] == [1, 2, 4]
        assert "right_missing" not in {each.key for each in await it.driver.advice()}
