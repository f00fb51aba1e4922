"""Fetching footage and pictures, as firmware gives them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.rooms.drivers.hikvision.scripted import (
    ABSENT,
    NOW,
    Answer,
    Asked,
    Kept,
    Reply,
    ScriptedDevice,
    recorder,
    refused,
    status_xml,
)

from sereno.base.spans import Span
from sereno.drivers.contract import Ability, Container, Found
from sereno.drivers.errors import Busy, Garbled, Missing, Unsupported
from sereno.drivers.hikvision.tree import read
from sereno.drivers.memory import ShortMemory

PLACE = "/ContentMgmt/download"
URI = "rtsp://10.0.0.9:80/Streaming/tracks/101/?starttime=a&endtime=b&name=c d&size=70064"
FOOTAGE = b"\0" * 24 + b"IMKH" + b"\0" * 36 + b"\0\0\1\xba" + b"x" * 70_000
GOOD = Reply(FOOTAGE, content_type="Opaque/data")
BY_TIME = "<DownloadAbility><isSupportDownloadbyTime>{}</isSupportDownloadbyTime></DownloadAbility>"
PICTURE = b"\xff\xd8 a picture"
OWN = "/Streaming/channels/101/picture"
PROXY = "/ContentMgmt/StreamingProxy/channels/101/picture"


def found(**more: object) -> Found:
    span = Span(NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    return replace(Found("1", span, 70_064, URI), **more)  # type: ignore[arg-type]


def answers(get: Answer | list[Answer], post: Answer = ABSENT, **more: Answer) -> ScriptedDevice:
    known = recorder(**more) | {f"GET {PLACE}": get, f"POST {PLACE}": post}
    return ScriptedDevice(known)


async def fetch(
    device: ScriptedDevice, memory: ShortMemory | None = None, **more: object
) -> tuple[Container, Kept]:
    sink = Kept()
    async with device.served():
        driver = device.driver(memory=memory)
        try:
            await driver.identify()
            container = await driver.fetch(found(**more), sink, sink.told.append)
        finally:
            await driver.close()
    return container, sink


def methods(device: ScriptedDevice) -> list[str]:
    return [each.method for each in device.asked if each.path == PLACE]


async def test_a_file_is_asked_for_by_its_address_word_for_word_and_comes_whole() -> None:
    device = answers(GOOD)
    container, sink = await fetch(device)
    assert (container, bytes(sink.data)) == (Container.MPEG_PS, FOOTAGE)
    (asked,) = (each for each in device.asked if each.path == PLACE)
    assert read(asked.body.encode()).say("playbackURI") == URI
    assert sink.told[-1].size_bytes == len(FOOTAGE)
    assert sink.told[-1].expected_bytes == 70_064


@pytest.mark.parametrize(
    "first",
    [
        b"",
        Reply(status_xml(4, "methodNotAllowed"), 405),
        Reply(status_xml(6, "badXmlContent"), 200),
        Reply(b'{"statusCode": 5, "subStatusCode": "badXmlFormat"}', 200, "application/json"),
    ],
)
async def test_where_get_gives_nothing_post_does_and_it_is_remembered(first: Answer) -> None:
    device, memory = answers(first, GOOD), ShortMemory()
    for _ in range(2):
        _, sink = await fetch(device, memory)
        assert bytes(sink.data) == FOOTAGE
    assert methods(device) == ["GET", "POST", "POST"]


@pytest.mark.provokes("footage_empty")
async def test_empty_answers_mean_that_the_footage_is_gone() -> None:
    device = answers(b"", b"")
    with pytest.raises(Missing) as caught:
        await fetch(device)
    assert caught.value.reason.key == "footage_empty"
    assert methods(device) == ["GET", "POST"]


async def test_what_no_search_gave_is_told_and_not_asked_for() -> None:
    device = answers(GOOD)
    with pytest.raises(Missing) as caught:
        await fetch(device, handle="entrance.mp4")
    assert caught.value.reason.key == "footage_unknown"
    assert methods(device) == []


@pytest.mark.provokes("device_restart_wanted", "device_inactive", "device_unfit")
@pytest.mark.parametrize(
    ("reply", "key", "count"),
    [
        (refused(503, 2, "deviceBusy"), "device_busy", 1),
        (refused(200, 7, "rebootRequired"), "device_restart_wanted", 1),
        (refused(403, 4, "notActivated"), "device_inactive", 1),
        (refused(400, 6, "badXmlContent"), "device_unfit", 2),
        (refused(500, 3, "deviceError"), "device_error", 4),
    ],
)
async def test_a_refusal_is_told_and_never_asked_for_blindly(
    reply: Reply, key: str, count: int
) -> None:
    device = answers(reply, reply)
    with pytest.raises((Busy, Unsupported, Exception)) as caught:
        await fetch(device)
    assert caught.value.reason.key == key  # type: ignore[attr-defined]
    assert len(methods(device)) == count


async def test_a_failure_inside_the_device_is_asked_once_more() -> None:
    device = answers([refused(500, 3, "deviceError"), GOOD])
    _, sink = await fetch(device)
    assert bytes(sink.data) == FOOTAGE


@pytest.mark.provokes("footage_open")
async def test_footage_that_is_still_written_is_waited_for() -> None:
    span = Span(NOW - timedelta(minutes=5), NOW + timedelta(seconds=90))
    with pytest.raises(Busy) as caught:
        await fetch(answers(GOOD), span=span, is_open=True, clock_offset_seconds=90.0)
    assert caught.value.not_before == NOW + timedelta(seconds=65)


async def test_a_word_that_is_no_footage_of_such_a_device_is_missing() -> None:
    with pytest.raises(Missing):
        await fetch(answers(GOOD), handle="/mnt/dvr/file.dav")


@pytest.mark.provokes("fetch_by_time_unable")
async def test_a_span_is_fetched_only_where_the_device_says_that_it_can() -> None:
    span, sink = Span(NOW - timedelta(hours=1), NOW - timedelta(minutes=50)), Kept()
    profile = "<profile><maxSearchMatchResults>64</maxSearchMatchResults></profile>"
    for said in ("false", "true"):
        device = answers(GOOD, GET_ContentMgmt_search_profile=profile)
        device.answers[f"GET {PLACE}/capabilities"] = BY_TIME.format(said)
        async with device.served():
            driver = device.driver()
            abilities = await driver.capabilities()
            assert abilities[Ability.FETCH_BY_TIME] is (said == "true")
            if said == "true":
                await driver.fetch_span("1", span, sink, sink.told.append)
            else:
                with pytest.raises(Unsupported):
                    await driver.fetch_span("1", span, sink, sink.told.append)
            await driver.close()
    (asked,) = (each for each in device.asked if each.path == PLACE)
    uri = read(asked.body.encode()).say("playbackURI")
    assert "/Streaming/tracks/101?starttime=20260615T110000Z&endtime=20260615T111000Z" in uri
    assert bytes(sink.data) == FOOTAGE


async def test_nothing_from_the_exact_start_is_asked_from_a_second_before() -> None:
    def answer(asked: Asked) -> Reply | bytes:
        return GOOD if "starttime=20260615T105959Z" in asked.body else b""

    device = answers(answer, answer, GET_ContentMgmt_record_tracks="<TrackList/>")
    device.answers[f"GET {PLACE}/capabilities"] = BY_TIME.format("true")
    span, sink = Span(NOW - timedelta(hours=1), NOW - timedelta(minutes=50)), Kept()
    async with device.served():
        driver = device.driver()
        await driver.fetch_span("1", span, sink, sink.told.append)
        await driver.close()
    assert bytes(sink.data) == FOOTAGE


async def pictures(device: ScriptedDevice, count: int = 1) -> list[bytes]:
    async with device.served():
        driver = device.driver()
        try:
            return [await driver.snapshot("1") for _ in range(count)]
        finally:
            await driver.close()


async def test_a_picture_comes_from_the_other_address_where_the_first_is_not_known() -> None:
    bad = refused(400, 6, "badXmlContent")
    device = ScriptedDevice(recorder() | {f"GET {OWN}": bad, f"GET {PROXY}": PICTURE})
    assert await pictures(device, 3) == [PICTURE] * 3
    assert (device.count("GET", OWN), device.count("GET", PROXY)) == (1, 3)


async def test_a_busy_device_is_asked_for_a_picture_again() -> None:
    busy = refused(503, 2, "deviceBusy")
    device = ScriptedDevice(recorder() | {f"GET {OWN}": [busy, busy, PICTURE]})
    assert await pictures(device) == [PICTURE]
    device = ScriptedDevice(recorder() | {f"GET {OWN}": busy})
    with pytest.raises(Busy):
        await pictures(device)
    assert device.count("GET", OWN) == 3


@pytest.mark.provokes("device_unable")
async def test_no_picture_anywhere_and_one_that_is_none() -> None:
    with pytest.raises(Unsupported) as caught:
        await pictures(ScriptedDevice(recorder()))
    assert caught.value.reason.key == "device_unable"
    with pytest.raises(Garbled):
        await pictures(ScriptedDevice(recorder() | {f"GET {OWN}": b"GIF89a"}))
