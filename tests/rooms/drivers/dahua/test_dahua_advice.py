"""What people are told to change, each with the setting's own name."""

# ruff: noqa: DTZ001 wall clocks of devices have no zone
from __future__ import annotations

from datetime import datetime, timedelta

from tests.rooms.drivers.dahua.conftest import OpenBench

from sereno.drivers.dahua.advice import of_clock, of_encoding, of_recording, of_rights
from sereno.drivers.dahua.parse_channels import Encoding
from sereno.drivers.dahua.parse_time import WallReading, Zone

NOW = datetime(2027, 1, 2, 12, 0)
ZONE = Zone(timedelta(hours=1))


def test_key_frames_that_come_seldom_and_smart_codec() -> None:
    slow = Encoding(0, "h265", 1920, 1080, 20.0, 200, is_smart=True)
    brisk = Encoding(0, "h264", 1920, 1080, 25.0, 50, is_smart=False)
    found = list(of_encoding({0: [slow], 1: [brisk], 2: [slow]}, frozenset({1, 2})))
    assert [(each.key, each.channel, each.setting) for each in found] == [
        ("gop_long", "1", "Encode[0].MainFormat[0].Video.GOP"),
        ("h265_plus", "1", "Encode[0].MainFormat[0].Video.SmartCodec"),
    ]
    assert "10 s" in found[0].words.en
    assert "10 s" in found[0].words.es


def test_clocks() -> None:
    ntp = {"table.NTP.TimeZone": "1", "table.NTP.Enable": "false"}
    assert not list(of_clock(WallReading(ZONE, 3), ntp, {}, NOW))
    off = of_clock(WallReading(ZONE, -75), ntp, {}, NOW)
    assert [(each.key, each.setting) for each in off] == [("ntp_off", "NTP.Enable")]
    wrong = of_clock(WallReading(ZONE, 1, is_zone_wrong=True), ntp, {}, NOW)
    assert [each.key for each in wrong] == ["zone_wrong"]
    assert [each.key for each in of_clock(WallReading(ZONE, 1), {}, {}, NOW)] == ["zone_unset"]


def test_row_13_summer_time_of_last_year_is_stale() -> None:
    locales = {"table.Locales.DSTEnable": "true"}
    for change, month in (("DSTStart", "3"), ("DSTEnd", "10")):
        locales |= {
            f"table.Locales.{change}.Year": "2026",
            f"table.Locales.{change}.Month": month,
            f"table.Locales.{change}.Day": "25",
        }
    found = of_clock(WallReading(ZONE, 0), {"table.NTP.TimeZone": "1"}, locales, NOW)
    assert [each.key for each in found] == ["summer_stale"]


def test_what_is_not_recorded_or_reported() -> None:
    modes = {"table.RecordMode[0].Mode": "2", "table.RecordMode[9].Mode": "2"}
    motion = {"table.MotionDetect[1].Enable": "false", "table.MotionDetect[0].Enable": "true"}
    found = list(of_recording(modes, motion, frozenset({1, 2})))
    assert [(each.key, each.channel, each.setting) for each in found] == [
        ("recording_off", "1", "RecordMode[0].Mode"),
        ("event_unticked", "2", "MotionDetect[1].Enable"),
    ]


def test_a_table_that_few_devices_have_is_no_missing_right() -> None:
    assert [each.setting for each in of_rights({"Encode", "RemoteChannel"})] == ["Encode"]


async def test_a_recorder_that_is_well_needs_no_advice(bench: OpenBench) -> None:
    async with bench() as it:
        assert await it.driver.advice() == []
