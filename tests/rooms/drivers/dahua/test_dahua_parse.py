# ruff: noqa: DTZ001 wall clocks of devices have no zone
"""Answers of Dahua devices to plain types: the forms that were met in the field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from sereno.drivers.contract import DeviceKind, DiskState, Role
from sereno.drivers.dahua.clock import to_span
from sereno.drivers.dahua.judge import DahuaJudge, fault_of
from sereno.drivers.dahua.parse import as_wall, read_table
from sereno.drivers.dahua.parse_channels import (
    Inventory,
    codec_of,
    read_cameras,
    read_encodings,
    read_online,
    read_slot_of_channel,
    read_slots,
    streams_of,
)
from sereno.drivers.dahua.parse_footage import read_rows
from sereno.drivers.dahua.parse_health import read_disks, read_record_modes
from sereno.drivers.dahua.parse_identity import read_self
from sereno.drivers.dahua.parse_time import Zone, judge_clock, read_zone
from sereno.drivers.errors import Busy, Garbled, Refused, Unsupported
from sereno.drivers.http.answers import Answer, Verdict

SLOT = "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_"


def table(text: str) -> dict[str, str]:
    return read_table(text.replace("\n", "\r\n").encode())


def test_details_over_several_lines_belong_to_their_key() -> None:
    found = table(
        "items[0].Detail=Event Type:IPC Offline Alarm\nChannel:10\nStart Time:2026-09-13 01:38:20\n"
        "items[1].Detail=IP Address: 192.0.2.2"
    )
    assert found["items[0].Detail"].endswith("Channel:10\nStart Time:2026-09-13 01:38:20")
    assert found["items[1].Detail"] == "IP Address: 192.0.2.2"


def test_of_a_key_told_twice_the_first_counts() -> None:
    assert table("type=IPC-HDW5831R-ZE\ntype=IP Camera") == {"type": "IPC-HDW5831R-ZE"}


def test_a_page_is_no_table() -> None:
    with pytest.raises(Garbled):
        read_table(b"<html><body>Sign in</body></html>")


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("2026-7-1 8:05:3", datetime(2026, 7, 1, 8, 5, 3)),
        ("2026-07-01 08:05:03", datetime(2026, 7, 1, 8, 5, 3)),
        ("2026-02-30 08:05:03", None),
        ("", None),
    ],
)
def test_times_need_no_padding(text: str, wall: datetime | None) -> None:
    assert as_wall(text) == wall


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"Error: Error -1 getting param in name=Lighting[0][0]", Unsupported),
        (400, b"Error\r\nBad Request!\r\n", Unsupported),
        (501, b"Error\r\nNot Implemented!\r\n", Unsupported),
        (403, b'{"error":{"code":403,"message":"Authority:check failure."}}', Refused),
        (503, b"", Busy),
        (302, b"", Garbled),
    ],
)
def test_errors_come_in_many_forms(status: int, body: bytes, kind: type[Exception]) -> None:
    assert isinstance(fault_of(Answer(status, httpx.Headers(), body), "Live"), kind)
    assert fault_of(Answer(200, httpx.Headers(), b"OK"), "Live") is None


def test_a_lock_is_told_from_a_wrong_password_and_from_a_missing_right() -> None:
    judge, headers = DahuaJudge(), httpx.Headers()
    locked = judge.refusal(403, headers, b'{"ErrorCode":268632081,"RmLock":1800}')
    assert locked is not None
    assert (locked.verdict, locked.seconds) == (Verdict.LOCKED, 1800)
    wrong = judge.refusal(401, headers, b"Error\r\nInvalid Authority!\r\n")
    assert wrong is not None
    assert wrong.verdict is Verdict.WRONG
    right = b'{"error":{"code":403,"message":"Authority:check failure."},"result":false}'
    assert judge.refusal(403, headers, right) is None


@pytest.mark.parametrize(
    ("system", "model", "kind"),
    [
        ("deviceType=31\nupdateSerial=DHI-NVR5232-EI", "DHI-NVR5232-EI", DeviceKind.RECORDER),
        ("deviceType=IPC-HDW5831R-ZE\nupdateSerial=x", "IPC-HDW5831R-ZE", DeviceKind.CAMERA),
        ("deviceType=VTO2311R-WP", "VTO2311R-WP", DeviceKind.DOORBELL),
        ("deviceType=NV4116-HS", "NV4116-HS", DeviceKind.RECORDER),
        ("deviceType=31", "31", DeviceKind.RECORDER),
    ],
)
def test_models_tell_what_sort_of_device_it_is(system: str, model: str, kind: DeviceKind) -> None:
    found = read_self(table(system), {"vendor": "Private", "version": "4.0,build:2026-03-31"})
    assert (found.model, found.kind, found.maker) == (model, kind, "Dahua")
    assert found.firmware == "4.0,build:2026-03-31"


def test_rebadged_devices_name_who_sells_them() -> None:
    assert read_self({}, {"vendor": "Intelbras"}).maker == "Intelbras"


def test_empty_and_removed_slots_are_no_channels() -> None:
    slots = read_slots(
        table(
            f"{SLOT}0.Address=192.0.2.10\n{SLOT}0.Enable=true\n"
            f"{SLOT}1.Address=192.168.0.0\n{SLOT}1.Enable=false\n"
            f"{SLOT}2.Address=192.0.2.12\n{SLOT}2.Enable=true\n"
            f"{SLOT}3.Address=192.0.2.13\n{SLOT}3.Enable=true"
        )
    )
    bound = frozenset({0, 3})  # the camera of slot 2 was taken away and is still enabled
    assert Inventory(slots, bound=bound).channels() == [0, 3]
    assert Inventory(slots, bound=bound, online={2: True}).channels() == [0, 2, 3]
    assert Inventory(slots, bound=bound, online={3: None}).channels() == [0]


def test_slots_are_shown_where_the_map_says() -> None:
    slots = read_slots(
        table(f"{SLOT}0.Address=192.0.2.10\n{SLOT}0.Enable=true\n{SLOT}1.Enable=false")
    )
    mapped = read_slot_of_channel(
        table(
            "table.RemoteChannel[0].Device=uuid:System_CONFIG_NETCAMERA_INFO_1\n"
            "table.RemoteChannel[0].Enable=true\n"
            "table.RemoteChannel[1].Device=uuid:System_CONFIG_NETCAMERA_INFO_0\n"
            "table.RemoteChannel[1].Enable=true"
        )
    )
    assert Inventory(slots, mapped, frozenset({0, 1})).channels() == [1]


def test_passwords_of_cameras_never_leave_the_parser() -> None:
    slots = read_slots(
        table(f"{SLOT}0.Address=192.0.2.10\n{SLOT}0.Password=s3cret\n{SLOT}0.UserName=somebody")
    )
    assert "s3cret" not in repr(slots)
    assert "somebody" not in repr(slots)


def test_states_of_cameras() -> None:
    online = read_online(
        table(
            "states[0].channel=0\nstates[0].connectionState=Connected\n"
            "states[1].channel=1\nstates[1].connectionState=Unconnect\n"
            "states[2].Channel=5\nstates[2].ConnectionState=Empty"
        )
    )
    assert online == {0: True, 1: False, 5: None}
    cameras = read_cameras(
        table(
            "camera[0].UniqueChannel=0\ncamera[0].Enable=true\n"
            "camera[0].DeviceInfo.Address=192.0.2.10\n"
            "camera[1].UniqueChannel=1\ncamera[1].DeviceInfo.Enable=true\n"
            "camera[1].DeviceInfo.Address=192.168.0.0"
        )
    )
    assert cameras == {0: True, 1: False}


@pytest.mark.parametrize(
    ("said", "codec"),
    [("H.264H", "h264"), ("H.265", "h265"), ("MJPG", "mjpeg"), ("SVAC", "svac"), ("", "")],
)
def test_codecs_have_our_names(said: str, codec: str) -> None:
    assert codec_of(said) == codec


def test_streams_of_a_channel() -> None:
    encodings = read_encodings(
        table(
            "table.Encode[2].MainFormat[0].Video.Compression=H.265\n"
            "table.Encode[2].MainFormat[0].Video.Width=3840\n"
            "table.Encode[2].MainFormat[0].Video.Height=2160\n"
            "table.Encode[2].MainFormat[0].Video.FPS=20\n"
            "table.Encode[2].MainFormat[0].Video.GOP=100\n"
            "table.Encode[2].MainFormat[0].Video.SmartCodec=Off\n"
            "table.Encode[2].ExtraFormat[0].Video.Compression=H.264\n"
            "table.Encode[2].ExtraFormat[0].Video.resolution=704x576\n"
            "table.Encode[2].ExtraFormat[1].VideoEnable=false\n"
            "table.Encode[2].ExtraFormat[1].Video.Compression=H.264"
        )
    )
    main, sub = streams_of(2, encodings[2], "2001:db8::1", 10554)
    assert (main.role, main.codec, main.width, main.fps) == (Role.MAIN, "h265", 3840, 20)
    assert main.gop_seconds == 5
    assert main.address == "rtsp://[2001:db8::1]:10554/cam/realmonitor?channel=3&subtype=0"
    assert (sub.role, sub.width, sub.height, sub.fps) == (Role.SUB, 704, 576, None)


def test_files_that_a_search_finds() -> None:
    now = datetime(2026, 9, 13, 9, 0)
    rows = read_rows(
        table(
            "found=4\n"
            "items[0].Channel=0\nitems[0].StartTime=2026-09-13 08:20:31\n"
            "items[0].EndTime=2026-09-13 08:49:43\n"
            "items[0].FilePath=/mnt/dvr/2026-09-13/000/dav/08/08.20.31-08.49.43[R][0@0][0].dav\n"
            "items[0].Length=104857600\nitems[0].Flags[0]=Timing\n"
            "items[1].StartTime=2026-9-13 0:44:33\n"
            "items[1].FilePath=/mnt/dvr/2026-09-13/002/dav/00/00.44.33-00.44.57[M][0@0][0].dav\n"
            "items[2].StartTime=2026-09-13 08:49:43\nitems[2].FileState=Temporary\n"
            "items[2].Flags[0]=Event\nitems[2].Events[0]=VideoMotion\n"
            "items[3].StartTime=never"
        ),
        now,
    )
    assert [(row.start, row.end) for row in rows] == [
        (datetime(2026, 9, 13, 8, 20, 31), datetime(2026, 9, 13, 8, 49, 43)),
        (datetime(2026, 9, 13, 0, 44, 33), datetime(2026, 9, 13, 0, 44, 57)),
        (datetime(2026, 9, 13, 8, 49, 43), now),
    ]
    assert [row.cause for row in rows] == ["schedule", "motion", "motion"]
    assert [row.is_open for row in rows] == [False, False, True]
    assert [row.size_bytes for row in rows] == [104857600, None, None]


def test_row_10_a_full_disk_is_well_and_one_with_an_error_is_not() -> None:
    disks = read_disks(
        table(
            "list.info[0].Name=/dev/sda\nlist.info[0].State=Success\n"
            "list.info[0].Detail[0].TotalBytes=2000324395008.000000\n"
            "list.info[0].Detail[0].UsedBytes=2000324395008.000000\n"
            "list.info[0].Detail[0].IsError=false\n"
            "list.info[0].Detail[1].TotalBytes=1920311754752.000000\n"
            "list.info[0].Detail[1].UsedBytes=1920311754752.000000\n"
            "list.info[1].Name=/dev/sdb\nlist.info[1].State=Success\n"
            "list.info[1].Detail[0].TotalBytes=10.0\nlist.info[1].Detail[0].IsError=true\n"
            "list.info[2].Name=/dev/sdc\nlist.info[2].State=NotExist"
        )
    )
    assert [(disk.id, disk.state) for disk in disks] == [
        ("/dev/sda", DiskState.OK),
        ("/dev/sdb", DiskState.FAILING),
    ]
    assert (disks[0].size_bytes, disks[0].free_bytes) == (3920636149760, 0)
    assert read_disks({}) == ()


def test_modes_of_recording() -> None:
    modes = table(
        "table.RecordMode[0].Mode=0\ntable.RecordMode[1].Mode=1\ntable.RecordMode[2].Mode=2"
    )
    assert read_record_modes(modes) == {0: True, 1: True, 2: False}


NTP = {"table.NTP.TimeZone": "25", "table.NTP.TimeZoneDesc": "Easterntime"}
LOCALES = table(
    "table.Locales.DSTEnable=true\n"
    "table.Locales.DSTStart.Year=2026\ntable.Locales.DSTStart.Month=3\n"
    "table.Locales.DSTStart.Week=2\ntable.Locales.DSTStart.Day=0\ntable.Locales.DSTStart.Hour=2\n"
    "table.Locales.DSTEnd.Year=2026\ntable.Locales.DSTEnd.Month=11\n"
    "table.Locales.DSTEnd.Week=1\ntable.Locales.DSTEnd.Day=0\ntable.Locales.DSTEnd.Hour=2"
)


def test_the_zone_is_an_index_and_summer_two_dates() -> None:
    zone = read_zone(NTP, LOCALES)
    assert zone is not None
    assert zone.standard == timedelta(hours=-5)
    assert zone.summer == (datetime(2026, 3, 8, 2), datetime(2026, 11, 1, 2))
    assert zone.to_wall(datetime(2026, 7, 1, 12, tzinfo=UTC)) == datetime(2026, 7, 1, 8)
    assert zone.to_wall(datetime(2027, 7, 1, 12, tzinfo=UTC)) == datetime(2027, 7, 1, 7)


def test_the_hour_that_comes_twice_is_two_moments() -> None:
    zone = read_zone(NTP, LOCALES)
    assert zone is not None
    twice = zone.to_utc(datetime(2026, 11, 1, 1, 30))
    assert twice == (
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    )
    first = to_span(zone, datetime(2026, 11, 1, 1, 0), datetime(2026, 11, 1, 1, 30), None)
    assert first is not None
    assert first.start == datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
    over = to_span(zone, datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 1, 0), first.start)
    assert over is not None
    assert over.duration == timedelta(minutes=30)
    second = to_span(zone, datetime(2026, 11, 1, 1, 0), datetime(2026, 11, 1, 1, 30), over.start)
    assert second is not None
    assert second.start == datetime(2026, 11, 1, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["GMT+08:00", "(GMT+8) Beijing", "UTC +08:00"])
def test_a_zone_written_out_counts_before_its_index(text: str) -> None:
    zone = read_zone({"table.NTP.TimeZone": "0", "table.NTP.TimeZoneDesc": text}, {})
    assert zone is not None
    assert zone.standard == timedelta(hours=8)


NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
MINUS_FIVE = Zone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("wall", "told", "hours", "offset_seconds", "is_wrong"),
    [
        (datetime(2026, 7, 1, 7, 0, 40), MINUS_FIVE, -5, 40, False),
        (datetime(2026, 7, 1, 8, 0, 40), MINUS_FIVE, -4, 40, True),  # summer time is not set
        (datetime(2026, 7, 1, 7, 10), MINUS_FIVE, -5, 600, False),
        (datetime(2026, 7, 1, 14, 0, 5), None, 2, 5, False),
        (datetime(2000, 1, 1), MINUS_FIVE, -5, -836204400, False),
    ],
)
def test_the_clock_shows_in_which_zone_it_is(
    wall: datetime, told: Zone | None, hours: int, offset_seconds: float, is_wrong: bool
) -> None:
    reading = judge_clock(wall, NOON, told)
    assert reading.zone.standard == timedelta(hours=hours)
    assert reading.offset_seconds == offset_seconds
    assert reading.is_zone_wrong == is_wrong
