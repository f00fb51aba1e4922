"""What devices write, in all its spellings."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.rooms.drivers.hikvision.scripted import status_xml

from sereno.drivers.contract import DeviceKind, DiskState, EventState, Role
from sereno.drivers.hikvision.parse_channels import (
    codec_of,
    encodings,
    own_inputs,
    proxied_inputs,
)
from sereno.drivers.hikvision.parse_device import (
    device_info,
    device_time,
    kind_of,
    rtsp_port,
    wall_time,
)
from sereno.drivers.hikvision.parse_errors import Trouble, rejection, user_check
from sereno.drivers.hikvision.parse_events import Packets, packet
from sereno.drivers.hikvision.parse_health import disks, recording_tracks, silent_triggers
from sereno.drivers.hikvision.parse_search import download_body, page, size_in, track_in
from sereno.drivers.hikvision.tree import read

SPACES = (
    "http://www.hikvision.com/ver20/XMLSchema",
    "http://www.isapi.org/ver20/XMLSchema",
    "http://www.hikvision.com/ver10/XMLSchema",
    "urn:psialliance-org",
)


def naive(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize("space", SPACES)
def test_the_namespace_does_not_matter(space: str) -> None:
    info = device_info(f'<DeviceInfo xmlns="{space}"><model>DS-1</model></DeviceInfo>'.encode())
    assert info.model == "DS-1"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf\r\n<DeviceInfo><model>DS-1</model></DeviceInfo>\0",
        b'<?xml version="1.0" encoding="GB9999"?><DeviceInfo><model>DS-1</model></DeviceInfo>',
        b'<?xml version="1.0"?><DeviceInfo><model>DS-1</model><deviceName>\x01\xff</deviceName>'
        b"</DeviceInfo>",
        b'{"DeviceInfo": {"model": "DS-1"}}',
        "\ufeff<DeviceInfo><model>DS-1</model></DeviceInfo>".encode("utf-16-le"),
        b"<DeviceInfo><model>DS-1</model></DeviceInfo>\r\n<!-- end --><x/>",
        b"--b\r\nContent-Type: application/xml\r\n\r\n<DeviceInfo><model>DS-1</model></DeviceInfo>"
        b"\r\n--b--\r\n",
    ],
)
def test_small_faults_in_writing_are_forgiven(data: bytes) -> None:
    assert device_info(data).model == "DS-1"


@pytest.mark.parametrize(
    ("device_type", "model", "kind"),
    [
        ("NVR", "DS-7616NXI-K2", DeviceKind.RECORDER),
        ("DVR", "iDS-7316HUHI-M4/S", DeviceKind.RECORDER),
        ("hybridNVR", "", DeviceKind.RECORDER),
        ("IPCamera", "DS-2CD2185FWD-I", DeviceKind.CAMERA),
        ("IPDome", "DS-2DE4A425IW-DE", DeviceKind.CAMERA),
        ("VideoIntercom", "DS-KV6113-WPE1", DeviceKind.DOORBELL),
        ("", "DS-9632NI-M8", DeviceKind.RECORDER),
        ("", "DS-2CD2032-I", DeviceKind.CAMERA),
        ("ACS", "DS-K1T342MWX", DeviceKind.OTHER),
    ],
)
def test_what_sort_of_thing_it_is(device_type: str, model: str, kind: DeviceKind) -> None:
    assert kind_of(device_type, model) is kind


def test_the_rtsp_port_is_the_devices_own() -> None:
    row = "<AdminAccessProtocol><protocol>{}</protocol><portNo {}>{}</portNo></AdminAccessProtocol>"
    for attribute, text in (("", "10554"), ('def="10554"', ""), ('default="10554"', "")):
        rows = row.format("HTTP", "", "80") + row.format("RTSP", attribute, text)
        assert rtsp_port(f"<List>{rows}</List>".encode()) == 10554
    assert rtsp_port(b"<List/>") is None


def test_the_offset_behind_the_local_time_is_not_looked_at() -> None:
    told = device_time(b"<Time><localTime>2026-07-01T10:00:00-05:00</localTime></Time>")
    assert told is not None
    assert (told.wall, told.zone) == (naive(2026, 7, 1, 10, 0, 0), "")


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("2021-04-06T18:04:2800:00", naive(2021, 4, 6, 18, 4, 28)),
        ("20260721T080000Z", naive(2026, 7, 21, 8, 0, 0)),
        ("2026-7-1T8:00:00", naive(2026, 7, 1, 8, 0, 0)),
        ("2026-02-30T08:00:00Z", None),
        ("", None),
    ],
)
def test_times_are_read_as_far_as_they_make_sense(text: str, wall: datetime | None) -> None:
    assert wall_time(text) == wall


STREAM = """<StreamingChannel><id>{id}</id><channelName>Entrance</channelName>
<enabled>true</enabled><Video><enabled>{on}</enabled><videoCodecType>{codec}</videoCodecType>
<videoResolutionWidth>2560</videoResolutionWidth><videoResolutionHeight>1440</videoResolutionHeight>
<maxFrameRate>{rate}</maxFrameRate><GovLength>50</GovLength>{more}</Video></StreamingChannel>"""
PLUS = "<SmartCodec><enabled>true</enabled></SmartCodec>"


def streams(*rows: str) -> bytes:
    return f"<StreamingChannelList>{''.join(rows)}</StreamingChannelList>".encode()


def stream(
    id_: int, rate: int = 2500, codec: str = "H.265", more: str = "", on: str = "true"
) -> str:
    return STREAM.format(id=id_, rate=rate, codec=codec, more=more, on=on)


def test_streams_as_models_number_and_describe_them() -> None:
    found = encodings(
        streams(stream(101, more=PLUS), stream(102, 0), stream(104), stream(103, on="false"))
    )
    assert [(each.id, each.role, each.fps) for each in found] == [
        (101, Role.MAIN, 25.0),
        (102, Role.SUB, None),
        (104, Role.THIRD, 25.0),
    ]
    assert [each.gop_seconds for each in found] == [2.0, None, 2.0]
    assert [each.is_plus for each in found] == [True, False, False]
    assert {(each.number, each.codec, each.width) for each in found} == {(1, "h265", 2560)}


@pytest.mark.parametrize(
    ("said", "codec"),
    [("H.264", "h264"), ("H.265+", "h265"), ("MJPEG", "mjpeg"), ("H.264-BP", "h264"), ("X", "x")],
)
def test_codecs_have_our_names(said: str, codec: str) -> None:
    assert codec_of(said) == codec


def test_inputs_are_those_that_are_there_whatever_the_size_says() -> None:
    rows = "".join(
        f"<VideoInputChannel><id>{n}</id><name>Input {n}</name><resDesc>{seen}</resDesc>"
        "</VideoInputChannel>"
        for n, seen in ((1, "1080P25"), (2, ""), (3, "NO VIDEO"))
    )
    off = "<id>4</id><videoInputEnabled>false</videoInputEnabled>"
    rows += f"<VideoInputChannel>{off}</VideoInputChannel>"
    data = f'<VideoInputChannelList size="1">{rows}</VideoInputChannelList>'.encode()
    assert [one.is_online for one in own_inputs(data, tells_signal=True)] == [True, False, False]
    assert [one.is_online for one in own_inputs(data, tells_signal=False)] == [True, True, True]
    assert proxied_inputs(b"<InputProxyChannelList/>") == []


def test_a_slot_without_a_camera_is_no_channel() -> None:
    source = "<sourceInputPortDescriptor><ipAddress>{}</ipAddress></sourceInputPortDescriptor>"
    row = "<InputProxyChannel><id>{}</id>{}</InputProxyChannel>"
    nowhere = "0.0.0.0"  # noqa: S104
    rows = (row.format(1, source.format("10.0.0.1")), row.format(2, source.format(nowhere)))
    none = row.format(3, "")
    assert [one.number for one in proxied_inputs(f"<l>{''.join(rows)}{none}</l>".encode())] == [1]
    assert [one.number for one in proxied_inputs(f"<l>{none}</l>".encode())] == [3]


def test_a_single_match_without_a_list_and_no_matches() -> None:
    item = (
        "<searchMatchItem><timeSpan><startTime>2026-06-14T00:00:00Z</startTime><endTime>"
        "2026-06-14T00:10:00Z</endTime></timeSpan></searchMatchItem>"
    )
    one = page(f"<CMSearchResult><matchList>{item}</matchList></CMSearchResult>".encode(), asked=40)
    assert (one.seen, one.has_more, one.matches[0].uri) == (1, False, "")
    none = page(
        b"<CMSearchResult><responseStatusStrg>NO MATCHES</responseStatusStrg></CMSearchResult>",
        asked=40,
    )
    assert (none.matches, none.has_more) == ((), False)
    bad = item.replace("2026-06-14T00:10:00Z", "soon")
    data = f"<r><responseStatusStrg>MORE</responseStatusStrg>{bad}{item}</r>".encode()
    assert (page(data, asked=2).seen, len(page(data, asked=2).matches)) == (2, 1)


def test_a_playback_address_goes_out_as_it_came() -> None:
    uri = "rtsp://h:80/Streaming/tracks/101/?starttime=a&endtime=b&name=c%20d&size=1048576"
    assert read(download_body(uri)).say("playbackURI") == uri
    assert (size_in(uri), track_in(uri), track_in("http://h/x")) == (1048576, 101, None)


def hdd(status: str, free: int = 0, kind: str = "RW") -> str:
    return (
        f"<hdd><id>1</id><hddName>hdda</hddName><status>{status}</status><capacity>4000</capacity>"
        f"<freeSpace>{free}</freeSpace><property>{kind}</property></hdd>"
    )


@pytest.mark.parametrize(
    ("row", "states"),
    [
        (hdd("ok"), [DiskState.OK]),
        (hdd("notexist"), []),
        (hdd("sleeping"), [DiskState.SLEEPING]),
        (hdd("error"), [DiskState.FAILING]),
        (hdd("unformatted"), [DiskState.UNFORMATTED]),
        (hdd("ok", kind="RO"), [DiskState.READ_ONLY]),
        ("", []),
    ],
)
def test_a_full_disk_is_well_and_an_empty_bay_is_none(row: str, states: list[DiskState]) -> None:
    found = disks(f'<storage><hddList size="4">{row}</hddList><nasList/></storage>'.encode())
    assert [disk.state for disk in found] == states
    assert all((disk.size_bytes, disk.free_bytes) == (4_000_000_000, 0) for disk in found)


def test_a_track_records_when_its_schedule_is_on() -> None:
    row = (
        "<Track><id>{}</id><Enable>false</Enable><CustomExtensionList><CustomExtension>"
        "<enableSchedule>{}</enableSchedule></CustomExtension></CustomExtensionList></Track>"
    )
    data = f"<TrackList>{row.format(101, 'true')}{row.format(201, 'false')}</TrackList>".encode()
    assert recording_tracks(data) == {101: True, 201: False}


def test_events_that_are_detected_and_told_to_nobody() -> None:
    row = (
        "<EventTrigger><eventType>VMD</eventType><videoInputChannelID>{}</videoInputChannelID>"
        "<n><notificationMethod>{}</notificationMethod></n></EventTrigger>"
    )
    data = f"<l>{row.format(1, 'center')}{row.format(2, 'record')}</l>".encode()
    assert silent_triggers(data) == {"VMD": [2]}


@pytest.mark.parametrize(
    ("status", "code", "sub", "trouble"),
    [
        (403, 4, "notSupport", Trouble.ABSENT),
        (403, 4, "lowPrivilege", Trouble.RIGHT),
        (200, 2, "", Trouble.BUSY),
        (200, 1, "ok", None),
        (500, 0, "deviceError", Trouble.FAULT),
        (400, 6, "badXmlContent", Trouble.UNFIT),
        (403, 0, "notActivated", Trouble.ASLEEP),
        (503, 7, "", Trouble.REBOOT),
    ],
)
def test_the_sub_status_says_most(
    status: int, code: int, sub: str, trouble: Trouble | None
) -> None:
    refused = rejection(status, status_xml(code, sub).encode())
    assert (refused and refused.trouble) is trouble


def test_a_refusal_in_json_and_one_without_words() -> None:
    said = b'{"statusCode": 4, "subStatusCode": "notSupport", "errorCode": 1073741825}'
    refused, bare = rejection(403, said), rejection(404, b"<html>")
    assert refused is not None
    assert bare is not None
    assert (refused.trouble, refused.is_vague) == (Trouble.ABSENT, False)
    assert (bare.trouble, bare.is_vague) == (Trouble.ABSENT, True)


def test_a_refused_login_says_how_it_stands() -> None:
    told = user_check(
        b"<userCheck><statusValue>401</statusValue><lockStatus>lock</lockStatus>"
        b"<unlockTime>1800</unlockTime><retryLoginTime>0</retryLoginTime></userCheck>"
    )
    assert told is not None
    assert (told.is_locked, told.unlock_seconds, told.attempts_left) == (True, 1800, 0)
    old = user_check(b"<userCheck><statusValue>401</statusValue></userCheck>")
    assert old is not None
    assert (old.is_locked, old.attempts_left) == (False, None)


ALERT = """<EventNotificationAlert version="1.0" xmlns="urn:psialliance-org">
<channelID>{}</channelID><dateTime>2021-04-06T18:04:2800:00</dateTime><activePostCount/><eventType>{}</eventType>
<eventState>active</eventState></EventNotificationAlert>"""


def test_an_event_with_malformed_members_is_still_an_event() -> None:
    told = packet(ALERT.format(3, "VMD").encode())
    assert told is not None
    assert (told.kind, told.number, told.state) == ("motion", 3, EventState.STARTED)
    device = packet(ALERT.format(1, "diskerror").encode())
    assert device is not None
    assert (device.kind, device.number) == ("disk_error", None)
    assert packet(b"<EventNotificationAlert/>") is None


def test_packets_are_found_by_their_ends_and_a_broken_one_is_left_out() -> None:
    good = ALERT.format(1, "VMD").encode()
    said = b'{"ipAddress": "1.2.3.4", "eventType": "linedetection", "note": "}\\""}'
    stream = (
        b"--other\r\nContent-Type: application/xml\r\nContent-Length: 7\r\n\r\n" + good[:90] +
        b"\r\n--other\r\nContent-Type: application/xml\r\n\r\n" + good +
        b"\r\n--other\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8{{<<\xff\xd9"
        b'\r\n--other\r\nContent-Type: application/json\r\n\r\n{"eventType": "cut off'
        b"\r\n--other\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" + said + good
    )  # fmt: skip
    assert Packets().feed(stream) == [good, said, good]
