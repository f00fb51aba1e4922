"""A simulated Hikvision recorder as it is without any quirk."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import av
import httpx
import pytest
from PIL import Image

from sereno.sim import read_position, read_sei
from sereno.sim.hikvision import program_stream, search
from sereno.sim.hikvision.times import posix_zone
from sereno.sim.recorders.config import ChannelSpec

from .hikvision_kit import PASSWORD, USER, Asker, find, question, said_until, served, until, words


async def test_it_says_who_it_is_and_where_its_ports_are(cache_dir: Path) -> None:
    async with served(cache_dir, serial="DS-1") as asker:
        info = await asker.xml("/ISAPI/System/deviceInfo")
        assert words(info, "deviceType") == ["NVR"]
        assert words(info, "serialNumber") == ["DS-1"]
        ports = await asker.xml("/ISAPI/Security/adminAccesses")
        told = dict(zip(words(ports, "protocol"), words(ports, "portNo"), strict=True))
        assert told["RTSP"] == str(asker.recorder.rtsp_port)
        assert told["HTTP"] == str(asker.recorder.port)


async def test_channels_streams_disks_and_schedules_are_told(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        inputs = await asker.xml("/ISAPI/ContentMgmt/InputProxy/channels")
        assert words(inputs, "name") == ["Entrance", "Yard", "Shop & store"]
        states = await asker.xml("/ISAPI/ContentMgmt/InputProxy/channels/status")
        assert words(states, "online") == ["true", "true", "false"]
        streams = await asker.xml("/ISAPI/Streaming/channels")
        assert words(streams, "id") == ["101", "102", "201", "202", "401", "402"]
        assert words(streams, "maxFrameRate")[0] == "2500"
        disks = await asker.xml("/ISAPI/ContentMgmt/Storage")
        assert words(disks, "status") == ["ok"]
        tracks = await asker.xml("/ISAPI/ContentMgmt/record/tracks")
        assert words(tracks, "enableSchedule") == ["true"] * 3
        assert words(tracks, "Enable") == ["false"] * 3


async def test_what_the_model_lacks_is_not_supported(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        for path in (
            "/ISAPI/System/Video/inputs/channels", "/ISAPI/System/IO/inputs",
            "/ISAPI/System/time/DSTMode",
        ):  # fmt: skip
            answer = await asker.get(path)
            assert answer.status_code == 403
            assert "notSupport" in answer.text
        as_json = await asker.get("/ISAPI/System/IO/inputs?format=json")
        assert as_json.json()["subStatusCode"] == "notSupport"
    async with served(cache_dir, kind="camera") as camera:
        own = await camera.xml("/ISAPI/System/Video/inputs/channels")
        assert len(find(own, "VideoInputChannel")) == 3
        refused = await camera.get("/ISAPI/ContentMgmt/InputProxy/channels")
        assert refused.status_code == 403


async def test_five_wrong_passwords_lock_the_address_out(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        url = f"http://127.0.0.1:{asker.recorder.port}/ISAPI/System/deviceInfo"
        left = []
        async with httpx.AsyncClient(timeout=60) as stranger:
            for _ in range(5):
                await stranger.get(url)  # to bring no credentials is no login
                answer = await stranger.get(url, auth=httpx.DigestAuth(USER, "wrong"))
                assert answer.status_code == 401
                left += re.findall(r"<retryLoginTime>(\d)", answer.text)
        assert left == ["4", "3", "2", "1", "0"]
        answer = await asker.get("/ISAPI/System/deviceInfo")
        assert "<lockStatus>lock</lockStatus><unlockTime>1800</unlockTime>" in answer.text
        asker.clock.seconds += 1800
        assert (await asker.get("/ISAPI/System/deviceInfo")).status_code == 200


async def test_basic_counts_as_a_wrong_login_and_rtsp_counts_too(
    cache_dir: Path, watch: Any
) -> None:
    async with served(cache_dir) as asker:
        url = f"http://127.0.0.1:{asker.recorder.port}/ISAPI/System/deviceInfo"
        async with httpx.AsyncClient(timeout=60) as stranger:
            answer = await stranger.get(url, auth=httpx.BasicAuth(USER, PASSWORD))
        assert answer.status_code == 401
        assert asker.recorder.wrong_logins == 1
        stream = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/Streaming/Channels/101"
        client = await watch(stream, user=USER, password="wrong")
        assert (await client.ask("DESCRIBE")).status == 401
        assert asker.recorder.wrong_logins == 2


async def test_the_log_tells_what_was_asked_and_let_in(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        await asker.get("/ISAPI/System/status?a=%20b")
        seen = [(each.target, each.was_authorised, each.status) for each in asker.recorder.log]
        path = "/ISAPI/System/status?a=%20b"
        assert seen == [(path, False, 401), (path, True, 200)]


async def test_search_pages_through_a_day_oldest_first(cache_dir: Path) -> None:
    async with served(cache_dir, file_seconds=600) as asker:
        starts: list[str] = []
        states = []
        while True:
            page = await asker.search(position=len(starts))
            starts += words(page, "startTime")
            states += words(page, "responseStatusStrg")
            if states[-1] != "MORE":
                break
        assert states == ["MORE", "OK"]
        assert starts == sorted(set(starts))
        # Noon and half a minute, in files of ten minutes and seams under a second or so.
        assert len(starts) == 73
        nothing = await asker.search(track=101, start="2026-08-21T00:00:00Z")
        assert words(nothing, "responseStatusStrg") == ["NO MATCHES"]
        assert not find(nothing, "matchList")


async def test_correct_spelling_of_the_position_is_not_heeded(cache_dir: Path) -> None:
    async with served(cache_dir, file_seconds=600) as asker:
        right = "searchResultPosition"
        first = await asker.search()
        body = question(position=40).replace("searchResultPostion", right)
        answer = await asker.http.post("/ISAPI/ContentMgmt/search", content=body)
        assert words(first, "startTime")[0] in answer.text


async def test_two_searches_at_once_are_one_too_many(
    cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(cache_dir) as asker:
        await asker.search()
        monkeypatch.setattr(search, "_WORK_SECONDS", 600)
        first = asyncio.ensure_future(asker.search_raw())
        log = asker.recorder.log
        await until(lambda: log[-1].was_authorised and not log[-1].status)
        assert (await asker.search_raw()).status_code == 500
        first.cancel()


async def test_a_recorder_writes_wall_time_and_a_camera_utc(cache_dir: Path) -> None:
    async with served(cache_dir, clock_skew_seconds=7) as asker:
        page = await asker.search(start="2026-07-21T11:55:00Z")
        assert words(page, "endTime")[-1] == "2026-07-21T12:00:37Z"
    async with served(cache_dir, kind="camera") as asker:
        page = await asker.search(start="2026-07-21T09:55:00Z")
        assert words(page, "endTime")[-1] == "2026-07-21T10:00:30Z"


async def test_footage_of_the_hour_that_came_twice_is_all_found(cache_dir: Path) -> None:
    change = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    async with served(cache_dir, now=change + timedelta(hours=3), file_seconds=600) as asker:
        page = await asker.search(start="2026-10-25T02:00:00Z", end="2026-10-25T02:59:59Z")
        assert len(find(page, "searchMatchItem")) >= 12


async def test_only_footage_on_motion_is_found_by_its_kind(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        for track, kind, status in (
            (401, "/motion", "OK"), (401, "/timing", "NO MATCHES"), (101, "/motion", "NO MATCHES"),
        ):  # fmt: skip
            page = await asker.search(track=track, most=64, kind=kind)
            assert words(page, "responseStatusStrg") == [status]


async def test_the_calendar_knows_the_days_that_have_footage(cache_dir: Path) -> None:
    async with served(cache_dir, days=2) as asker:
        body = "<trackDailyParam><year>2026</year><monthOfYear>7</monthOfYear></trackDailyParam>"
        path = "/ISAPI/ContentMgmt/record/tracks/101/dailyDistribution"
        answer = await asker.http.post(path, content=body)
        days = re.findall(r"<dayOfMonth>(\d+)</dayOfMonth><record>true", answer.text)
        assert days == ["19", "20", "21"]


async def first_match(asker: Asker, **changes: Any) -> tuple[str, int, datetime]:
    """A file's address, its size, and when it begins."""
    page = await asker.search(**changes)
    uri = words(page, "playbackURI")[0]
    wall = datetime.fromisoformat(words(page, "startTime")[0].rstrip("Z"))
    start = wall.replace(tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)
    return uri, int(re.findall(r"size=(\d+)", uri)[0]), start


def pictures_of(media: bytes) -> tuple[list[datetime], str, int]:
    """What a program stream shows: each picture's own instant, codec, and sounds heard."""
    stamps: list[datetime] = []
    sounds = 0
    with av.open(io.BytesIO(media), format="mpeg") as box:
        codec = box.streams.video[0].codec_context.name
        for packet in box.demux():
            if packet.stream.type == "audio":
                sounds += packet.size
                continue
            found = map(read_sei, bytes(packet).split(b"\0\0\0\1"))
            stamps += [datetime.fromtimestamp(s.utc_us / 1_000_000, UTC) for s in found if s]
    return stamps, codec, sounds


@pytest.mark.parametrize("codec", ["h264", "h265"])
async def test_a_download_shows_the_time_that_was_asked_for(cache_dir: Path, codec: str) -> None:
    channels = (ChannelSpec(1, "Entrance", "entrance", codec=codec, sound="pcma"),)  # type: ignore[arg-type]
    async with served(cache_dir, channels=channels, file_seconds=20) as asker:
        uri, size, start = await first_match(asker, start="2026-07-21T10:00:05Z")
        answer = await asker.download(uri)
        assert answer.headers["content-type"] == "Opaque/data"
        media = answer.content
        assert media[24:28] == b"IMKH"
        assert media[64:68] == b"\0\0\1\xba"
        assert len(media) == size + 64
        stamps, name, sounds = pictures_of(media[64:])
        assert name == {"h264": "h264", "h265": "hevc"}[codec]
        assert len(stamps) == 500
        assert stamps[0] == start
        assert stamps[-1] == start + timedelta(seconds=20 - 1 / 25)
        assert sounds == 20 * 8000


async def test_a_player_reads_a_download_as_it_comes(cache_dir: Path) -> None:
    async with served(cache_dir, file_seconds=20) as asker:
        uri, _, start = await first_match(asker, start="2026-07-21T10:00:05Z")
        media = (await asker.download(uri)).content
        with av.open(io.BytesIO(media)) as box:
            frame = next(box.decode(video=0))
        luma = frame.planes[0]
        rows = [bytes(luma)[at : at + 320] for at in range(0, 180 * luma.line_size, luma.line_size)]
        assert read_position(b"".join(rows), 320, 180) == start.timestamp() * 25 % 100


async def test_pictures_larger_than_a_packet_are_whole(
    cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_stream, "_MOST_PAYLOAD", 700)
    async with served(cache_dir, file_seconds=4) as asker:
        uri, size, start = await first_match(asker, start="2026-07-21T10:00:05Z")
        media = (await asker.download(uri)).content
        assert len(media) == size + 64
        assert media.count(b"\0\0\1\xe0") > 200
        stamps, _, _ = pictures_of(media[64:])
        assert stamps == [start + timedelta(seconds=place / 25) for place in range(100)]


async def test_a_download_by_time_is_cut_on_the_device(cache_dir: Path) -> None:
    async with served(cache_dir, file_seconds=10) as asker:
        host = f"127.0.0.1:{asker.recorder.rtsp_port}"
        uri = (
            f"rtsp://{host}/Streaming/tracks/101?starttime=20260721T100003Z"
            "&endtime=20260721T100027Z"
        )
        stamps, _, _ = pictures_of((await asker.download(uri)).content[64:])
        assert stamps[0] == datetime(2026, 7, 21, 8, 0, 3, tzinfo=UTC)
        assert stamps[-1] == datetime(2026, 7, 21, 8, 0, 26, 960_000, tzinfo=UTC)
        assert stamps == sorted(set(stamps))
        nothing = uri.replace("20260721", "20260821")
        answer = await asker.download(nothing)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_a_second_download_at_once_is_refused(cache_dir: Path) -> None:
    async with served(cache_dir, file_seconds=1800) as asker:
        uri, _, _ = await first_match(asker)
        body = f"<downloadRequest><playbackURI>{uri.replace('&', '&amp;')}</playbackURI>"
        body += "</downloadRequest>"
        path = "/ISAPI/ContentMgmt/download"
        async with asker.http.stream("POST", path, content=body) as first:
            assert first.status_code == 200
            second = await asker.download(uri)
            assert second.status_code == 503
            assert "deviceBusy" in second.text
        await until(lambda: not asker.recorder.downloads.open)


async def test_pictures_are_of_now_and_offline_channels_have_none(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        answer = await asker.get("/ISAPI/Streaming/channels/101/picture")
        assert answer.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.content)).size == (160, 90)
        assert (await asker.get("/ISAPI/Streaming/channels/401/picture")).status_code == 403
        other = "/ISAPI/ContentMgmt/StreamingProxy/channels/101/picture"
        assert (await asker.get(other)).status_code == 403


async def test_events_reach_who_listens_after_a_sign_of_life(cache_dir: Path) -> None:
    async with (
        served(cache_dir) as asker,
        asker.http.stream("GET", "/ISAPI/Event/notification/alertStream") as stream,
    ):
        assert stream.headers["content-type"] == "multipart/mixed; boundary=boundary"
        said = asyncio.ensure_future(said_until(stream, "videoloss.*VMD.*</EventNoti"))
        await until(lambda: bool(asker.recorder.events.listeners))
        asker.recorder.emit("VMD", 2)
        text = await said
        assert text.startswith("--boundary\r\nContent-Type: application/xml")
        alert = text[text.rindex("<EventNotificationAlert") :]
        assert "<channelID>2</channelID>" in alert
        assert "<dateTime>2026-07-21T12:00:30+02:00</dateTime>" in alert


async def test_time_is_told_and_set(cache_dir: Path) -> None:
    async with served(cache_dir, clock_skew_seconds=90) as asker:
        assert (await asker.get("/ISAPI/System/time/localTime")).text == (
            "2026-07-21T12:02:00+02:00"
        )
        told = await asker.xml("/ISAPI/System/time")
        assert words(told, "timeZone") == [
            "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"
        ]
        body = (await asker.get("/ISAPI/System/time")).text.replace("12:02:00", "12:00:30")
        assert (await asker.http.put("/ISAPI/System/time", content=body)).status_code == 200
        assert "12:00:30" in (await asker.get("/ISAPI/System/time/localTime")).text
        hint = await asker.get("/ISAPI/System/time/localTime?timeType=STD")
        assert "13:00:30" in hint.text


@pytest.mark.parametrize(("zone", "written"), [
    ("Europe/Madrid", "CST-1:00:00DST01:00:00,M3.5.0/02:00:00,M10.5.0/03:00:00"),
    ("America/New_York", "CST+5:00:00DST01:00:00,M3.2.0/02:00:00,M11.1.0/02:00:00"),
    ("America/Santiago", "CST+4:00:00DST01:00:00,M9.1.0/00:00:00,M4.1.0/00:00:00"),
    ("Asia/Shanghai", "CST-8:00:00"),
    ("Asia/Kolkata", "CST-5:30:00"),
])  # fmt: skip
def test_zones_are_written_as_posix_does(zone: str, written: str) -> None:
    assert posix_zone(ZoneInfo(zone), 2026) == written


async def test_it_plays_live_and_footage_over_rtsp(cache_dir: Path, watch: Any) -> None:
    async with served(cache_dir) as asker:
        base = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/Streaming"
        span = "starttime=20260721T100000Z&endtime=20260721T100010Z"
        for path, status in (
            ("/Channels/101", 200), ("/channels/102", 200), ("/Channels/301", 404),
            (f"/tracks/101?{span}", 200), (f"/tracks/101/?{span}&name=ch01_1&size=3", 200),
        ):  # fmt: skip
            client = await watch(base + path, user=USER, password=PASSWORD)
            assert (await client.ask("DESCRIBE")).status == status, path


@pytest.mark.parametrize("body", [
    b"", b"<a>", b"<CMSearchDescription/>", b"\xff\xfe",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
])  # fmt: skip
async def test_nonsense_is_refused_in_xml(cache_dir: Path, body: bytes) -> None:
    async with served(cache_dir) as asker:
        for path in ("/ISAPI/ContentMgmt/search", "/ISAPI/ContentMgmt/download"):
            answer = await asker.http.post(path, content=body)
            assert answer.status_code == 400
            assert "badXml" in answer.text
