# ruff: noqa: DTZ001 wall clocks of devices have no zone
"""Whatever bytes come, parsers give a value or one of our errors, and give the same in pieces."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
from hypothesis import given
from hypothesis import strategies as st

from sereno.drivers.dahua.footage import handle_of, read_handle
from sereno.drivers.dahua.judge import DahuaJudge
from sereno.drivers.dahua.loadfile import Piece, hours
from sereno.drivers.dahua.parse import read_table
from sereno.drivers.dahua.parse_channels import (
    Inventory,
    read_cameras,
    read_encodings,
    read_online,
    read_slot_of_channel,
    read_slots,
    read_titles,
    streams_of,
)
from sereno.drivers.dahua.parse_events import EventReader
from sereno.drivers.dahua.parse_footage import read_rows
from sereno.drivers.dahua.parse_health import read_disks, read_record_modes
from sereno.drivers.dahua.parse_identity import read_self
from sereno.drivers.dahua.parse_time import Zone, judge_clock, read_wall, read_zone
from sereno.drivers.dahua.stretch import NoFootage, Stretch
from sereno.drivers.errors import DeviceError

NOW = datetime(2026, 9, 13, 9, 0)
_KEYS = st.sampled_from(
    [
        "table.Encode[0].MainFormat[0].Video.FPS",
        "table.Encode[99999].MainFormat[0].Video.GOP",
        "table.Encode[-1].ExtraFormat[1].Video.resolution",
        "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_0.Address",
        "table.RemoteChannel[0].Device",
        "table.ChannelTitle[0].Name",
        "states[0].channel",
        "states[0].connectionState",
        "camera[0].UniqueChannel",
        "items[0].StartTime",
        "items[0].EndTime",
        "items[0].FilePath",
        "items[0].Length",
        "items[0].Flags[0]",
        "list.info[0].Detail[0].TotalBytes",
        "list.info[0].State",
        "table.NTP.TimeZone",
        "table.NTP.TimeZoneDesc",
        "table.Locales.DSTEnable",
        "table.Locales.DSTStart.Year",
        "table.Locales.DSTStart.Month",
        "table.Locales.DSTStart.Week",
        "table.Locales.DSTStart.Day",
        "table.Locales.DSTEnd.Year",
        "table.Locales.DSTEnd.Month",
        "table.Locales.DSTEnd.Day",
        "table.RecordMode[0].Mode",
        "result",
        "found",
        "deviceType",
    ]
)
_VALUES = st.one_of(
    st.text(max_size=20),
    st.integers().map(str),
    st.floats().map(str),
    st.datetimes().map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S")),
    st.sampled_from(["true", "-1", "1e400", "nan", "inf", "0", "5", "GMT+99:99", "Connected"]),
)
_LINES = st.lists(st.tuples(_KEYS, _VALUES).map("=".join), max_size=30).map(
    lambda lines: "\r\n".join(lines).encode("utf-8", "surrogatepass")
)


@given(st.one_of(_LINES, st.binary(max_size=400)))
def test_any_answer_is_parsed_or_refused_in_our_words(body: bytes) -> None:
    DahuaJudge().refusal(403, httpx.Headers(), body)
    try:
        table = read_table(body)
    except DeviceError:
        return
    read_self(table, table)
    inventory = Inventory(
        read_slots(table),
        read_slot_of_channel(table),
        frozenset(read_encodings(table)),
        read_cameras(table),
        read_online(table),
    )
    for channel in inventory.channels():
        streams_of(channel, read_encodings(table).get(channel, []), "host", 554)
    read_titles(table)
    for row in read_rows(table, NOW):
        end = max(row.end, row.start + timedelta(seconds=1))
        assert read_handle(handle_of(Piece(1, row.start, end))).start == row.start
    assert all(disk.size_bytes >= disk.free_bytes >= 0 for disk in read_disks(table))
    read_record_modes(table)
    zone, wall = read_zone(table, table), read_wall(table)
    if wall is not None and datetime(1971, 1, 1) < wall < datetime(9000, 1, 1):
        judge_clock(wall, datetime(2026, 9, 13, 9, 0, tzinfo=UTC), zone)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_stream_is_read_for_events(chunks: list[bytes]) -> None:
    reader = EventReader()
    for chunk in chunks:
        list(reader.feed(chunk))


_EVENTS = [
    b"--myboundary\r\nContent-Type: text/plain\r\nContent-Length:9\r\n\r\nHeartbeat\r\n",
    b"--myboundary\r\nContent-Type: text/plain\r\nContent-Length:36\r\n\r\n"
    b"Code=VideoMotion;action=Start;index=0\r\n\r\n",
    b"--myboundary\r\nX: 1\r\nContent-Type: text/plain\r\nContent-Length:3\r\n\r\n"
    b'Code=VideoMotion;action=Stop;index=3;data={\n "A" : "}\\"{", "B" : { "C" : 1 }\n}\r\n\r\n',
    b"--myboundary\r\n\r\nCode=StorageFailure;action=Pulse;index=0\r\n",
    b"--myboundary\r\n\r\nCode=;action=Start;index=0\r\n",
]


@given(st.lists(st.sampled_from(_EVENTS), max_size=8), st.data())
def test_events_are_the_same_wherever_the_network_cuts(
    parts: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(parts)
    whole = list(EventReader().feed(stream))
    assert len(whole) == sum(part in _EVENTS[1:4] for part in parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    reader, found = EventReader(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += list(reader.feed(stream[start:end]))
    assert found == whole


@given(st.lists(st.one_of(st.binary(max_size=60), st.just(b"DHAV\xfd\0\0\0")), max_size=20))
def test_any_download_is_read_for_footage(chunks: list[bytes]) -> None:
    stretch = Stretch(NOW)
    with suppress(NoFootage):
        for chunk in chunks:
            stretch.feed(chunk)
        stretch.finish()


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.integers(-720, 840),
    st.booleans(),
)
def test_every_moment_is_one_of_those_that_its_wall_time_means(
    at: datetime, minutes: int, has_summer: bool
) -> None:
    summer = (datetime(2026, 3, 29, 2), datetime(2026, 10, 25, 3)) if has_summer else None
    zone = Zone(timedelta(minutes=minutes), summer)
    moment = at.replace(tzinfo=UTC)
    assert moment in zone.to_utc(zone.to_wall(moment))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(1, 200_000))
def test_windows_cover_all_and_none_is_over_a_full_hour(start: datetime, seconds: int) -> None:
    end = start + timedelta(seconds=seconds)
    windows = hours(start, end)
    assert windows[0][0] == start
    assert windows[-1][1] == end
    assert all(a[1] == b[0] for a, b in pairwise(windows))
    for first, last in windows:
        assert first < last <= first.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
