"""The simulated ONVIF recorder, asked by a client that is nobody's driver."""

from __future__ import annotations

import asyncio
import re
import socket
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from sereno.base.clock import from_us, to_us
from sereno.sim.onvif import OnvifRecorder
from sereno.sim.onvif.discovery import Discovery, Meeting
from sereno.sim.onvif.times import posix_zone
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.footage import FootagePlan

from .dahua_kit import NOW, PASSWORD, USER
from .hikvision_kit import until
from .onvif_kit import CHANNELS, PATHS, Soap, Told, find_events, item, local, onvif_config, served

RECORDING = "OnvifRecordingToken_1"
INFORMATION = "GetDeviceInformation"
ALL_PROFILES = "<tr2:GetProfiles><tr2:Type>All</tr2:Type></tr2:GetProfiles>"
NTP_EPOCH_SECONDS = 2_208_988_800


async def test_it_tells_strangers_its_clock_and_its_services(cache_dir: Path) -> None:
    async with served(cache_dir, clock_skew_seconds=42) as soap:
        time = await soap.stranger("tds", "GetSystemDateAndTime")
        services = await soap.stranger("tds", "GetServices")
        await soap.stranger("tds", "GetCapabilities")
    (utc,) = time.elements("UTCDateTime")
    told = [int(local(utc, name)) for name in ("Year", "Month", "Day", "Hour", "Minute", "Second")]
    assert "{}-{}-{} {}:{}:{}".format(*told) == "2026-7-21 10:1:12"
    assert time.one("TZ") == "CET-1CEST,M3.5.0,M10.5.0/3"
    assert [local(each, "Hour") for each in time.elements("LocalDateTime")] == ["12"]
    assert time.one("DaylightSavings") == "true"
    paths = [re.sub(r"http://[^/]+", "", address) for address in services.texts("XAddr")]
    assert sorted(paths) == sorted(PATHS.values())


def test_a_zone_is_told_in_the_words_of_posix() -> None:
    assert posix_zone("Europe/Madrid") == "CET-1CEST,M3.5.0,M10.5.0/3"
    assert posix_zone("America/Bogota") == "<-05>5"


async def test_all_else_is_told_to_who_logs_in_by_token_or_by_digest(cache_dir: Path) -> None:
    async with served(cache_dir) as soap:
        strange = await soap.stranger("tds", INFORMATION)
        by_token = await soap.ask("tds", INFORMATION)
        by_digest = await soap.digest("tds", INFORMATION)
        assert soap.recorder.wrong_logins == 0
    assert strange.status == 401
    assert strange.headers["www-authenticate"].startswith("Digest realm=")
    assert strange.codes == ["env:Sender", "ter:NotAuthorized"]
    for told in (by_token, by_digest):
        assert (told.one("SerialNumber"), told.one("Model")) == ("ON0000001", "ONR-3216")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "wrong"}, "Sender not Authorized"),
        ({"user": "somebody"}, "Sender not Authorized"),
        ({"kind": "#PasswordText"}, "Sender not Authorized"),
        ({"created": NOW + timedelta(seconds=16)}, "Wsse authorized time check failed"),
        ({"created": NOW - timedelta(seconds=16)}, "Wsse authorized time check failed"),
    ],
)
async def test_a_wrong_token_is_refused_and_counted(
    cache_dir: Path, changes: dict[str, Any], words: str
) -> None:
    async with served(cache_dir) as soap:
        refused = await soap.ask("tds", INFORMATION, **changes)
        assert soap.recorder.wrong_logins == 1
    assert (refused.status, refused.one("Text")) == (400, words)
    assert refused.codes[1] == "ter:NotAuthorized"


async def test_a_token_is_good_once_and_around_its_time(cache_dir: Path) -> None:
    async with served(cache_dir, clock_skew_seconds=-3000) as soap:
        assert (await soap.ask("tds", INFORMATION, nonce=b"n" * 16)).status == 200
        assert (await soap.ask("tds", INFORMATION, nonce=b"n" * 16)).status == 400
        near = soap.device_now - timedelta(seconds=14)
        assert (await soap.ask("tds", INFORMATION, created=near)).status == 200


async def test_wrong_passwords_lock_every_door(cache_dir: Path, watch: Any) -> None:
    async with served(cache_dir) as soap:
        for _ in range(4):
            await soap.ask("tds", INFORMATION, password="wrong")
        await soap.digest("tds", INFORMATION, password="wrong")
        locked = await soap.ask("tds", INFORMATION)
        assert (locked.status, locked.headers["retry-after"]) == (400, "1800")
        digest = await soap.digest("tds", INFORMATION)
        assert (digest.status, digest.headers["retry-after"]) == (401, "1800")
        url = f"rtsp://127.0.0.1:{soap.recorder.rtsp_port}/live?channel=1&subtype=0"
        client = await watch(url, user=USER, password=PASSWORD)
        client.send("DESCRIBE")
        assert "unlockTime>1800<" in (await client.reply()).body
        soap.clock.seconds += 1801
        assert (await soap.ask("tds", INFORMATION)).status == 200


async def test_what_it_lacks_or_does_not_allow_is_said(cache_dir: Path) -> None:
    async with served(cache_dir) as soap:
        unknown = await soap.ask("tds", "SystemReboot")
        elsewhere = await soap.ask("trt", "GetProfiles", PATHS["tds"])
        users = await soap.ask("tds", "GetUsers")
        assert (await soap.http.get(PATHS["tds"])).status_code == 405
        assert (await soap.http.get("/ISAPI/System/deviceInfo")).status_code == 404
        for body in (b"no XML", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a/>"):
            answer = await soap.http.post(PATHS["tds"], content=body)
            assert answer.status_code == 400
    for told in (unknown, elsewhere):
        assert (told.status, told.codes) == (500, ["env:Receiver", "ter:ActionNotSupported"])
    assert (users.status, users.codes[-1]) == (400, "ter:NotAuthorized")


async def test_it_says_where_it_stands_and_what_it_is_called(cache_dir: Path) -> None:
    async with served(cache_dir, name="Recorder ñ 1") as soap:
        scopes = await soap.well("tds", "GetScopes")
        assert "onvif://www.onvif.org/name/Recorder%20%C3%B1%201" in scopes.texts("ScopeItem")
        assert (await soap.well("tds", "GetHostname")).one("Name") == "Recorder ñ 1"
        protocols = await soap.well("tds", "GetNetworkProtocols")
        ports = [str(soap.recorder.port), str(soap.recorder.rtsp_port)]
        assert protocols.texts("Port") == ports
        assert (await soap.well("tds", "GetNetworkInterfaces")).texts("HwAddress")
        guid = (await soap.well("tds", "GetEndpointReference")).one("GUID")
        assert guid.startswith("urn:uuid:")


async def test_both_media_services_tell_the_same_streams(cache_dir: Path) -> None:
    channels = (CHANNELS[0], ChannelSpec(2, "Yard", "entrance", codec="h265"))
    async with served(cache_dir, channels=channels) as soap:
        first = await soap.well("trt", "GetProfiles")
        second = await soap.well("tr2", ALL_PROFILES)
        bare = await soap.well("tr2", "GetProfiles")
        sources = await soap.well("trt", "GetVideoSources")
    tokens = [each.get("token") for each in first.elements("Profiles")]
    assert tokens == [each.get("token") for each in second.elements("Profiles")]
    assert len(tokens) == 4
    for told in (first, second):
        assert told.texts("Encoding") == ["H264", "H264", "H265", "H265"]
        assert told.texts("Width") == ["320", "160", "320", "160"]
        assert told.texts("SourceToken")[::2] == ["VideoSource_1", "VideoSource_2"]
    assert not bare.elements("VideoEncoder")  # told where it is asked for
    assert [each.get("token") for each in sources.elements("VideoSources")] == [
        "VideoSource_1",
        "VideoSource_2",
    ]


async def test_a_stream_plays_at_the_address_that_is_told(cache_dir: Path, watch: Any) -> None:
    async with served(cache_dir) as soap:
        for profile in ("ProfileToken001", "ProfileToken002"):
            client = await watch(await soap.stream(profile), user=USER, password=PASSWORD)
            await client.play()
        offline = await watch(await soap.stream("ProfileToken005"), user=USER, password=PASSWORD)
        assert (await offline.ask("DESCRIBE")).status == 404
        asked = "<trt:GetStreamUri><trt:ProfileToken>nobody</trt:ProfileToken></trt:GetStreamUri>"
        unknown = await soap.ask("trt", asked)
    assert unknown.codes == ["env:Sender", "ter:InvalidArgVal", "ter:NoEntity"]


async def test_a_picture_is_for_who_logs_in(cache_dir: Path) -> None:
    asked = "<tr2:GetSnapshotUri><tr2:ProfileToken>ProfileToken{}</tr2:ProfileToken>"
    async with served(cache_dir) as soap:
        auth = httpx.DigestAuth(USER, PASSWORD)
        found = []
        for number in ("001", "005"):
            told = await soap.well("tr2", f"{asked.format(number)}</tr2:GetSnapshotUri>")
            assert (await soap.http.get(told.one("Uri"))).status_code == 401
            found.append(await soap.http.get(told.one("Uri"), auth=auth))
    assert found[0].content.startswith(b"\xff\xd8")
    assert found[1].status_code == 404  # its camera is offline


async def test_recordings_reach_from_the_oldest_footage_to_the_newest(cache_dir: Path) -> None:
    async with served(cache_dir, days=1, clock_skew_seconds=42) as soap:
        begun = await soap.well("tse", "FindRecordings")
        rows = await soap.results("GetRecordingSearchResults", begun.one("SearchToken"), most=2)
        summary = await soap.well("tse", "GetRecordingSummary")
        jobs = await soap.well("trc", "GetRecordingJobs")
        items = await soap.well("trc", "GetRecordings")
        assert soap.recorder.searches.open_count == 0
    assert [local(row, "RecordingToken") for row in rows] == [
        f"OnvifRecordingToken_{number}" for number in (1, 2, 4)
    ]
    assert [local(row, "Name") for row in rows] == ["Entrance", "Yard ñ", "Store"]
    assert local(rows[0], "DataTo") == "2026-07-21T10:01:12Z"  # now, by its own clock
    assert [local(row, "RecordingStatus") for row in rows][:2] == ["Recording", "Recording"]
    assert summary.one("NumberRecordings") == "3"
    assert summary.one("DataUntil") == local(rows[0], "DataTo")
    assert jobs.texts("Token") == ["ProfileToken001", "ProfileToken003", "ProfileToken005"]
    assert items.texts("TrackType") == ["Video", "Audio", "Video", "Video"]


async def test_a_search_for_events_tells_when_there_is_footage(cache_dir: Path) -> None:
    skew = timedelta(seconds=-90)
    start, end = NOW - timedelta(hours=9), NOW - timedelta(hours=8)
    async with served(cache_dir, clock_skew_seconds=-90) as soap:
        rows = await soap.events(RECORDING, start + skew, end + skew)
        config = soap.recorder.config
    plan = FootagePlan(config)
    wanted = []
    for file in plan.files(CHANNELS[0], start, end, NOW):
        wanted += [(file.start, "true"), (file.end, "false")]
    told = [
        (datetime.fromisoformat(local(row, "Time")) - skew, item(row, "IsDataPresent"))
        for row in rows[1:]
    ]
    assert told == [each for each in wanted if start <= each[0] <= end]
    assert local(rows[0], "StartStateEvent") == "true"
    assert item(rows[0], "IsDataPresent") == "true"
    assert {local(row, "Topic") for row in rows} == {"tns1:RecordingHistory/Track/State"}


async def test_a_search_goes_backwards_where_its_end_lies_before(cache_dir: Path) -> None:
    async with served(cache_dir) as soap:
        there = await soap.events(RECORDING, NOW - timedelta(hours=3), NOW)
        back = await soap.events(RECORDING, NOW, NOW - timedelta(hours=3))
    times = [local(row, "Time") for row in back[1:]]
    assert times == sorted(times, reverse=True)
    assert sorted(times) == [local(row, "Time") for row in there[1:]]


async def test_a_search_is_forgotten_after_a_while(cache_dir: Path) -> None:
    page = "<tse:GetEventSearchResults><tse:SearchToken>{}</tse:SearchToken>"
    async with served(cache_dir) as soap:
        asked = find_events(RECORDING, NOW - timedelta(hours=1), NOW)
        search = (await soap.well("tse", asked)).one("SearchToken")
        asked = f"{page.format(search)}</tse:GetEventSearchResults>"
        for _ in range(2):  # each question keeps it
            soap.clock.seconds += 20
            assert (await soap.ask("tse", asked)).status == 200
        soap.clock.seconds += 31
        late = await soap.ask("tse", asked)
        nobody = await soap.ask("tse", find_events("nobody", NOW - timedelta(hours=1), NOW))
    for told in (late, nobody):
        assert told.codes == ["env:Sender", "ter:InvalidArgVal", "ter:NoEntity"]


async def played(
    soap: Soap, watch: Any, start: datetime, end: datetime, **headers: str
) -> tuple[Any, Any]:
    """A client that plays footage, and the answer to its PLAY."""
    client = await watch(await soap.replay(), user=USER, password=PASSWORD)
    await client.set_up()
    times = f"clock={start:%Y%m%dT%H%M%S.%fZ}-{end:%Y%m%dT%H%M%S.%fZ}"
    asked = {"Require": "onvif-replay", "Range": times, **headers}
    return client, await client.ask("PLAY", **asked)


def recorded_at(packet: Any) -> datetime:
    """What a packet says of when it was recorded."""
    seconds, fraction = (int.from_bytes(packet.extension[at : at + 4], "big") for at in (4, 8))
    assert packet.extension[:4] == b"\xab\xac\x00\x03"
    return from_us(
        round((seconds - NTP_EPOCH_SECONDS) * 1_000_000 + fraction * 1_000_000 / (1 << 32))
    )


async def test_replay_begins_where_play_says_and_carries_its_times(
    cache_dir: Path, watch: Any
) -> None:
    skew = timedelta(seconds=42)
    start = NOW - timedelta(hours=5, microseconds=500_000)
    async with served(cache_dir, clock_skew_seconds=42) as soap:
        end = start + timedelta(seconds=2)
        client, answer = await played(soap, watch, start + skew, end + skew)
        frames = await client.frames(30)
        assert soap.recorder.rtsp.playback.open_sessions == 1
    assert answer.status == 200
    assert answer.headers["range"].startswith("clock=20260721T0501")
    assert frames[0].is_key
    assert 0 <= to_us(start) - frames[0].stamp.utc_us <= 1_000_000
    for frame in frames:
        told = to_us(recorded_at(frame.packets[0]) - skew)
        assert abs(told - frame.stamp.utc_us) <= 1
        assert not any(packet.extension for packet in frame.packets[1:])
    flags = [frame.packets[0].extension[12] for frame in frames]
    assert [bool(each & 0x80) for each in flags] == [frame.is_key for frame in frames]
    assert [bool(each & 0x20) for each in flags] == [True, *[False] * 29]


async def test_replay_without_pace_comes_at_once_and_says_where_footage_breaks(
    cache_dir: Path, watch: Any
) -> None:
    channel = ChannelSpec(1, "Entrance", "entrance")
    async with served(cache_dir, channels=(channel,)) as soap:
        plan = FootagePlan(soap.recorder.config)
        files = list(plan.files(channel, NOW - timedelta(hours=9), NOW, NOW))
        gap = next(f.end for f, g in pairwise(files) if g.start > f.end)
        start, end = gap - timedelta(seconds=80), gap + timedelta(seconds=80)
        client, _ = await played(soap, watch, start, end, **{"Rate-Control": "no"})
        frames = []
        async with asyncio.timeout(80):
            while not client.reports:
                packet = await client.packet()
                if packet.channel % 2:
                    client.reports.append(packet)  # a BYE ends it
                elif packet.extension:
                    frames.append(packet)
    times = [recorded_at(packet) for packet in frames]
    assert times == sorted(times)
    assert 3900 <= len(frames) <= 4050
    ends = [at for at, packet in zip(times, frames, strict=True) if packet.extension[12] & 0x40]
    assert len(ends) == 2
    assert gap - timedelta(seconds=0.1) < ends[0] <= gap
    assert end - timedelta(seconds=0.1) < ends[1] <= end


async def test_replay_of_key_frames_alone(cache_dir: Path, watch: Any) -> None:
    start = NOW - timedelta(hours=5)
    async with served(cache_dir) as soap:
        client, _ = await played(
            soap, watch, start, start + timedelta(seconds=10),
            **{"Rate-Control": "no", "Frames": "intra"},
        )  # fmt: skip
        frames = await client.frames(5)
    assert all(frame.is_key for frame in frames)
    stamps = [frame.stamp.utc_us for frame in frames]
    assert [later - stamps[0] for later in stamps] == [n * 1_000_000 for n in range(5)]


async def test_replay_without_a_range_plays_from_the_beginning(cache_dir: Path, watch: Any) -> None:
    async with served(cache_dir, days=0.5) as soap:
        client = await watch(await soap.replay(), user=USER, password=PASSWORD)
        await client.set_up()
        assert (await client.ask("PLAY", Range="npt=0.000-")).status == 200
        first = (await client.frame()).stamp
    oldest = NOW - timedelta(days=0.5)
    assert abs(from_us(first.utc_us) - oldest) < timedelta(seconds=2)


async def test_replay_moves_on_as_it_plays(cache_dir: Path, watch: Any) -> None:
    async with served(cache_dir) as soap:
        start = NOW - timedelta(hours=5)
        client, _ = await played(soap, watch, start, start + timedelta(minutes=9))
        await client.frame()
        later = NOW - timedelta(hours=2)
        times = f"clock={later:%Y%m%dT%H%M%SZ}-"
        asked = {"Require": "onvif-replay", "Range": times, "Immediate": "yes"}
        assert (await client.ask("PLAY", **asked)).status == 200
        while from_us((frame := await client.frame()).stamp.utc_us) < later - timedelta(minutes=1):
            assert not client.reports
        assert frame.packets[0].extension[12] & 0x20


@pytest.mark.parametrize(
    "times",
    [
        "clock=yesterday-",
        "clock=20260721T050000Z-20260721T040000Z",
        "clock=20200101T000000Z-20200101T000001Z",
    ],
)
async def test_a_range_without_footage_is_refused(cache_dir: Path, watch: Any, times: str) -> None:
    async with served(cache_dir) as soap:
        client = await watch(await soap.replay(), user=USER, password=PASSWORD)
        await client.set_up()
        answer = await client.ask("PLAY", Require="onvif-replay", Range=times)
    assert answer.status == 457


async def test_events_begin_with_how_things_stand(cache_dir: Path) -> None:
    async with served(cache_dir) as soap:
        path = await soap.subscribe()
        first = await soap.pull(path)
        soap.recorder.emit("motion", 1)
        soap.recorder.emit("video_loss", 2)
        soap.recorder.emit("disk_error")
        told = await soap.pull(path)
        with pytest.raises(ValueError, match="channel 3"):
            soap.recorder.emit("motion", 3)
        with pytest.raises(ValueError, match="channel None"):
            soap.recorder.emit("motion")
    losses = [
        item(each, "State")
        for each in first.elements("NotificationMessage")
        if local(each, "Topic") == "tns1:VideoSource/SignalLoss"
    ]
    assert losses == ["false", "false", "true"]
    motion, loss, disk = told.elements("NotificationMessage")
    assert local(motion, "Topic") == "tns1:VideoSource/MotionAlarm"
    assert (item(motion, "Source"), item(motion, "State")) == ("VideoSource_1", "true")
    assert item(loss, "Source") == "VideoSource_2"
    assert local(disk, "Topic") == "tns1:Device/HardwareFailure/StorageFailure"
    (message,) = [each for each in motion.iter() if "UtcTime" in each.attrib]
    assert message.get("UtcTime") == "2026-07-21T10:00:30Z"


async def test_a_pull_waits_until_something_happens(cache_dir: Path) -> None:
    async with served(cache_dir) as soap:
        path = await soap.subscribe()
        await soap.pull(path)
        assert not (await soap.pull(path, 0.05)).elements("NotificationMessage")
        pulling = asyncio.create_task(soap.pull(path, 30))
        requests = len(soap.recorder.log)
        await until(lambda: len(soap.recorder.log) > requests)
        soap.recorder.emit("motion", 1)
        assert len((await pulling).elements("NotificationMessage")) == 1


async def test_a_subscription_lives_as_long_as_it_is_renewed(cache_dir: Path) -> None:
    renewal = "<wsnt:Renew><wsnt:TerminationTime>{}</wsnt:TerminationTime></wsnt:Renew>"
    async with served(cache_dir) as soap:
        path = await soap.subscribe("PT30S")
        soap.clock.seconds += 29
        renewed = await soap.well("wsnt", renewal.format("PT1M30S"), path)
        assert renewed.one("TerminationTime") == "2026-07-21T10:02:29Z"
        soap.clock.seconds += 80
        await soap.well("wsnt", renewal.format("2026-07-21T10:05:00Z"), path)
        soap.clock.seconds += 100
        assert (await soap.pull(path, 0.05)).status == 200
        assert soap.recorder.events.subscriptions == 1
        soap.clock.seconds += 100
        assert soap.recorder.events.subscriptions == 0
        assert (await soap.pull(path)).codes[-1] == "ter:NoEntity"


async def test_there_are_four_subscriptions(cache_dir: Path) -> None:
    asked = "CreatePullPointSubscription"
    async with served(cache_dir) as soap:
        paths = [await soap.subscribe() for _ in range(4)]
        full = await soap.ask("tev", asked)
        await soap.well("wsnt", "Unsubscribe", paths[0])
        assert (await soap.ask("tev", asked)).status == 200
    assert (full.status, full.codes[0]) == (500, "env:Receiver")


async def test_a_subscription_gets_the_topics_it_asks_for(cache_dir: Path) -> None:
    topic = "<wsnt:TopicExpression>tns1:VideoSource/SignalLoss//.</wsnt:TopicExpression>"
    asked = f"<tev:Filter>{topic}</tev:Filter>"
    async with served(cache_dir) as soap:
        made = await soap.well(
            "tev", f"<tev:CreatePullPointSubscription>{asked}</tev:CreatePullPointSubscription>"
        )
        path = made.one("Address").partition(f":{soap.recorder.port}")[2]
        first = await soap.pull(path)
        properties = await soap.well("tev", "GetEventProperties")
    assert set(first.texts("Topic")) == {"tns1:VideoSource/SignalLoss"}
    assert properties.elements("MotionAlarm")


PROBE = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope '
    'xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
    'xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header>'
    "<w:MessageID>uuid:1</w:MessageID></e:Header><e:Body><d:Probe>{}</d:Probe></e:Body>"
    "</e:Envelope>"
)
WANTED = "<d:Types>dn:NetworkVideoTransmitter</d:Types>"


async def heard(meeting: Meeting, discovery: Discovery, probe: bytes, count: int) -> list[bytes]:
    """The answers to a datagram."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.setblocking(False)
        way.bind(("127.0.0.1", 0))
        way.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        way.sendto(probe, (meeting.group, discovery.port))
        async with asyncio.timeout(30):
            return [await loop.sock_recv(way, 65_536) for _ in range(count)]


@pytest.mark.parametrize("group", ["127.0.0.1", "239.255.255.250"])
async def test_it_can_be_discovered(cache_dir: Path, group: str) -> None:
    meeting = Meeting(group=group, port=0)
    async with OnvifRecorder(onvif_config(cache_dir), meeting=meeting) as recorder:
        assert recorder.discovery is not None
        for types in (WANTED, ""):
            asked = PROBE.format(types).encode()
            (data,) = await heard(meeting, recorder.discovery, asked, 1)
            told = Told(200, httpx.Headers(), data)
            assert told.one("XAddrs") == f"http://127.0.0.1:{recorder.port}/onvif/device_service"
            assert told.one("RelatesTo") == "uuid:1"
            assert "onvif://www.onvif.org/hardware/ONR-3216" in told.one("Scopes")
            assert told.texts("Address")[0].startswith("urn:uuid:")
        assert fromstring(data) is not None


async def test_it_answers_nobody_who_looks_for_something_else(cache_dir: Path) -> None:
    meeting = Meeting(group="127.0.0.1", port=0)
    async with OnvifRecorder(onvif_config(cache_dir), meeting=meeting) as recorder:
        assert recorder.discovery is not None
        printers = PROBE.format("<d:Types>p:Printer</d:Types>").encode()
        for each in (b"no XML", printers, PROBE.format(WANTED).encode()):
            answers = await heard(
                meeting, recorder.discovery, each, int(each[-200:].count(b"Transmitter") > 0)
            )
            assert len(answers) == recorder.discovery.probes


async def test_a_camera_says_that_it_is_one(cache_dir: Path) -> None:
    zone = ZoneInfo("America/Bogota")
    async with served(cache_dir, kind="camera", zone=zone.key) as soap:
        scopes = (await soap.well("tds", "GetScopes")).texts("ScopeItem")
        time = await soap.stranger("tds", "GetSystemDateAndTime")
    assert "onvif://www.onvif.org/type/video_encoder" in scopes
    assert time.one("DaylightSavings") == "false"
