"""`sereno device`: one device, from this machine, for people and for programs."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.rooms.media.foreign_footage import PREAMBLE, dhav

from sereno.base.errors import Invalid, Words
from sereno.base.spans import Span
from sereno.cli.device_found import MOST_KEPT, Searches
from sereno.cli.device_login import Place, parse_place, read_password
from sereno.drivers import registry
from sereno.drivers.contract import (
    Ability,
    Advice,
    Capabilities,
    Channel,
    ChannelHealth,
    ClockReading,
    Container,
    Convention,
    DeviceEvent,
    DeviceKind,
    Disk,
    DiskState,
    EventState,
    Fetched,
    Found,
    Health,
    Identity,
    Login,
    Playback,
    Progress,
    Role,
    Sink,
    Stream,
)
from sereno.drivers.errors import Locked, Refused, Unsupported
from sereno.drivers.tools import Tools
from sereno.policy.reasons import Reason

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SPAN = Span(START, START + timedelta(seconds=2))
ARGUMENTS = ("10.0.0.7", "--vendor", "plain", "--user", "operator")
Run = Callable[..., Any]


class PlainRecorder:
    """Answers everything from memory, and notes who asked."""

    vendor: ClassVar[str] = "plain"
    logins: ClassVar[list[Login]] = []
    fetched: ClassVar[list[Found]] = []
    error: ClassVar[Exception | None] = None
    footage: ClassVar[bytes] = b""

    def __init__(self, login: Login, tools: Tools) -> None:
        self.logins.append(login)

    async def identify(self) -> Identity:
        if self.error is not None:
            raise self.error
        return Identity(
            "plain",
            "Maker",
            "NVR-4",
            "SERIAL1",
            "4.1",
            DeviceKind.RECORDER,
            "Recorder 1",
            -3.25,
            554,
        )

    async def capabilities(self) -> Capabilities:
        return {ability: ability is not Ability.PLAYBACK for ability in Ability}

    async def channels(self) -> list[Channel]:
        address = "rtsp://10.0.0.7:554/1"
        main = Stream("1", Role.MAIN, "h265", 2560, 1440, 20.0, address, 2.0)
        sub = Stream("2", Role.SUB, "h264", None, None, None, address)
        return [
            Channel("1", 1, "Entrance [1]", True, (main, sub)),
            Channel("2", 2, "Yard", None, ()),
        ]

    async def snapshot(self, channel: str) -> bytes:
        return b"\xff\xd8picture of " + channel.encode()

    async def find(self, channel: str, span: Span) -> AsyncIterator[Found]:
        yield Found(channel, SPAN, len(self.footage), "file:1", "motion", False, -3.25)

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        self.fetched.append(found)
        await sink.write(self.footage)
        progress(Fetched(len(self.footage), len(self.footage)))
        return Container.DHAV

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        raise Unsupported(Reason("rtsp_only"))

    async def playback(self, channel: str, span: Span) -> Playback:
        raise Unsupported(Reason("rtsp_only"))

    async def events(self) -> AsyncIterator[DeviceEvent]:
        yield DeviceEvent("motion", "VMD", "1", EventState.STARTED, START)
        yield DeviceEvent("disk_full", "diskfull", None, EventState.MOMENT, START)
        raise Locked(Reason("account_locked", {"wait": "30 min"}), not_before=START)

    async def health(self) -> Health:
        disk = Disk("1", "", DiskState.FAILING, 4_000_000_000_000, 0)
        return Health((disk,), (ChannelHealth("1", True, None),), 86_400.0)

    async def clock(self) -> ClockReading:
        return ClockReading(START, -3.25, "CST6", Convention.UTC)

    async def advice(self) -> list[Advice]:
        words = Words("Key frames are 10 s apart.", "Las imágenes clave distan 10 s.")
        return [Advice("gop_long", "1", "I Frame Interval", words)]

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(autouse=True)
def recorder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(registry.VENDORS, "plain", PlainRecorder)  # type: ignore[arg-type]
    monkeypatch.setattr(PlainRecorder, "logins", [])
    monkeypatch.setattr(PlainRecorder, "fetched", [])
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("SERENO_DEVICE_PASSWORD", "s3cret word")
    monkeypatch.setenv("SERENO_TIME_ZONE", "America/Guatemala")
    monkeypatch.setenv("SERENO_DATA", str(tmp_path / "nowhere"))


def test_probe_says_who_it_is(sereno: Run) -> None:
    said = sereno("device", "probe", *ARGUMENTS, "--json")
    assert json.loads(said.out) == {
        "vendor": "plain",
        "maker": "Maker",
        "model": "NVR-4",
        "serial": "SERIAL1",
        "firmware": "4.1",
        "kind": "recorder",
        "name": "Recorder 1",
        "clock_offset_seconds": -3.25,
        "rtsp_port": 554,
        "capabilities": {each.value: each is not Ability.PLAYBACK for each in Ability},
    }
    assert PlainRecorder.logins == [Login("10.0.0.7", 80, False, "operator", "s3cret word")]
    assert "s3cret" not in repr(PlainRecorder.logins)


def test_probe_tells_people_in_their_language(sereno: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es_GT.UTF-8")
    said = sereno("device", "probe", *ARGUMENTS)
    assert "Número de serie" in said.out
    assert "grabador" in said.out
    assert "-3.2 s" in said.out
    assert "reproducción" not in said.out


def test_another_serial_number_is_refused_with_both(sereno: Run) -> None:
    said = sereno("device", "channels", *ARGUMENTS, "--serial", "SERIAL2", "--json")
    told = json.loads(said.out)
    assert (said.status, told["kind"], told["key"]) == (1, "missing", "other_device")
    assert "SERIAL1" in told["es"]
    assert "SERIAL2" in told["es"]
    assert sereno("device", "channels", *ARGUMENTS, "--serial", "serial1").status == 0


def test_channels_are_a_list(sereno: Run) -> None:
    first, second = json.loads(sereno("device", "channels", *ARGUMENTS, "--json").out)
    assert second == {"id": "2", "number": 2, "name": "Yard", "online": None, "streams": []}
    assert (first["name"], first["online"]) == ("Entrance [1]", True)
    assert first["streams"][0] == {
        "id": "1",
        "role": "main",
        "codec": "h265",
        "width": 2560,
        "height": 1440,
        "fps": 20.0,
        "gop_seconds": 2.0,
        "address": "rtsp://10.0.0.7:554/1",
    }
    table = sereno("device", "channels", *ARGUMENTS).out
    assert "Entrance [1]" in table
    assert "2560×1440" in table


def search(sereno: Run, *more: str) -> Any:
    return sereno("device", "search", *ARGUMENTS, "--channel", "1", "--from", "2026-11-20T03:00",
                  "--to", "2026-11-20T05:00", *more)  # fmt: skip


def test_search_lists_footage_with_handles(sereno: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlainRecorder, "footage", b"x" * 2_500_000)
    assert json.loads(search(sereno, "--json").out) == [
        {
            "start": "2026-11-20T10:00:03+00:00",
            "end": "2026-11-20T10:00:05+00:00",
            "device_start": "2026-11-20T10:00:00+00:00",
            "device_end": "2026-11-20T10:00:02+00:00",
            "channel": "1",
            "size_bytes": 2_500_000,
            "handle": "file:1",
            "cause": "motion",
            "is_open": False,
            "clock_offset_seconds": -3.25,
        }
    ]
    row = search(sereno).out.splitlines()[1]
    assert row.split() == [
        "2026-11-20", "04:00:03", "2026-11-20", "04:00:05", "2.5", "motion", "file:1",
    ]  # fmt: skip


def test_download_makes_a_movie_and_keeps_the_original(
    sereno: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    footage = PREAMBLE + dhav()
    monkeypatch.setattr(PlainRecorder, "footage", footage)
    search(sereno)
    target = tmp_path / "out.mp4"
    said = sereno(
        "device", "download", ARGUMENTS[0], "file:1", *ARGUMENTS[1:], "-o", str(target),
        "--original", "--json",
    )  # fmt: skip
    done = json.loads(said.out)
    assert done == {
        "path": str(target),
        "original": str(tmp_path / "out.dav"),
        "container": "dhav",
        "received_bytes": len(footage),
        "size_bytes": target.stat().st_size,
        "seconds": pytest.approx(2, abs=0.2),
        "codec": "h264",
        "has_sound": False,
    }
    (found,) = PlainRecorder.fetched
    assert (found.span, found.channel, found.clock_offset_seconds) == (SPAN, "1", -3.25)
    again = sereno(
        "device", "download", ARGUMENTS[0], "file:1", *ARGUMENTS[1:], "-o", str(target), "--json"
    )
    assert (again.status, json.loads(again.out)["key"]) == (1, "file_exists")
    target.unlink()
    only_the_original_is_left = sereno(
        "device", "download", ARGUMENTS[0], "file:1", *ARGUMENTS[1:], "-o", str(target),
        "--original", "--json",
    )  # fmt: skip
    assert json.loads(only_the_original_is_left.out)["key"] == "file_exists"


def test_download_of_what_was_never_searched_goes_by_its_handle(
    sereno: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PlainRecorder, "footage", dhav())
    target = tmp_path / "out.mp4"
    said = sereno("device", "download", ARGUMENTS[0], "file:9", *ARGUMENTS[1:], "-o", str(target))
    assert (said.status, target.exists()) == (0, True)
    assert str(target) in said.out
    assert PlainRecorder.fetched[0].handle == "file:9"


def test_a_snapshot_is_written(sereno: Run, tmp_path: Path) -> None:
    target = tmp_path / "yard.jpg"
    said = sereno("device", "snapshot", *ARGUMENTS, "--channel", "2", "-o", str(target), "--json")
    assert json.loads(said.out) == {"path": str(target), "size_bytes": 14}
    assert target.read_bytes() == b"\xff\xd8picture of 2"


def test_events_come_a_line_each(sereno: Run) -> None:
    said = sereno("device", "events", *ARGUMENTS, "--json", "--count", "2")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert lines[0] == {
        "at": "2026-11-20T10:00:00+00:00",
        "kind": "motion",
        "code": "VMD",
        "channel": "1",
        "state": "started",
    }
    assert lines[1]["channel"] is None
    assert said.status == 0


def test_what_ends_events_is_told_after_them(sereno: Run) -> None:
    said = sereno("device", "events", *ARGUMENTS)
    assert "motion  channel 1  begins" in said.out
    assert "locked" in said.err
    assert said.status == 1


def test_health_tells_of_disks_and_channels(sereno: Run) -> None:
    assert json.loads(sereno("device", "health", *ARGUMENTS, "--json").out) == {
        "disks": [
            {
                "id": "1",
                "name": "",
                "state": "failing",
                "size_bytes": 4_000_000_000_000,
                "free_bytes": 0,
            }
        ],
        "channels": [{"channel": "1", "online": True, "recording": None}],
        "up_seconds": 86_400.0,
    }
    assert "failing" in sereno("device", "health", *ARGUMENTS).out


def test_advice_names_the_setting(sereno: Run) -> None:
    assert json.loads(sereno("device", "advice", *ARGUMENTS, "--json").out) == [
        {
            "key": "gop_long",
            "channel": "1",
            "setting": "I Frame Interval",
            "en": "Key frames are 10 s apart.",
            "es": "Las imágenes clave distan 10 s.",
        }
    ]
    assert "I Frame Interval" in sereno("device", "advice", *ARGUMENTS).out


def test_an_error_is_one_object(sereno: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Refused(Reason("login_refused", {"host": "10.0.0.7"}))
    monkeypatch.setattr(PlainRecorder, "error", refused)
    said = sereno("device", "probe", *ARGUMENTS, "--json")
    error = json.loads(said.out)
    assert (error["kind"], error["key"], said.status) == ("refused", "login_refused", 1)
    assert set(error) == {"kind", "key", "en", "es"}
    assert "10.0.0.7" in error["es"]
    plain = sereno("device", "probe", *ARGUMENTS)
    assert (plain.out, plain.status) == ("", 1)
    assert plain.err.strip() == error["en"]


def test_a_file_that_cannot_be_written_is_an_error_too(sereno: Run, tmp_path: Path) -> None:
    target = tmp_path / "missing" / "yard.jpg"
    snapshot = ("device", "snapshot", *ARGUMENTS, "--channel", "2", "-o", str(target))
    error = json.loads(sereno(*snapshot, "--json").out)
    assert (error["kind"], error["key"]) == ("unavailable", "file_refused")
    assert str(target) in error["es"]
    assert str(target) in sereno(*snapshot).err


@pytest.mark.parametrize("fault", [RuntimeError("s3cret word"), OSError("s3cret word")])
def test_a_fault_of_ours_is_an_object_too(
    fault: Exception, sereno: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PlainRecorder, "error", fault)
    said = sereno("device", "probe", *ARGUMENTS, "--json")
    error = json.loads(said.out)
    assert (error["kind"], said.status) == ("unexpected", 1)
    assert "s3cret" not in said.out
    assert said.err
    assert sereno("device", "probe", *ARGUMENTS).out == ""


def test_a_time_zone_that_is_none_is_an_object_too(
    sereno: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERENO_TIME_ZONE", "Nowhere/Town")
    for arguments in (("events",), ("search", "--channel", "1", "--from", "-2h")):
        said = sereno("device", arguments[0], *ARGUMENTS, *arguments[1:], "--json")
        assert (json.loads(said.out)["kind"], said.status) == ("invalid", 1)


def test_a_lock_says_until_when(sereno: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = Locked(Reason("login_locked", {"host": "h", "wait": "30 min"}), not_before=START)
    monkeypatch.setattr(PlainRecorder, "error", locked)
    error = json.loads(sereno("device", "probe", *ARGUMENTS, "--json").out)
    assert error["not_before"] == "2026-11-20T10:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("probe", "http://admin:hunter2@10.0.0.7"), "password_shown"),
        (("probe", "10.0.0.7:port"), "address_unclear"),
        (("probe", "10.0.0.7", "--vendor", "nobody"), "no_driver"),
        (("search", "10.0.0.7", "--channel", "1", "--from", "noon"), "time_unclear"),
    ],
)
def test_wrong_words_are_errors_of_the_same_shape(
    arguments: tuple[str, ...], key: str, sereno: Run
) -> None:
    said = sereno("device", *arguments, "--json")
    error = json.loads(said.out)
    assert (error["kind"], error["key"], said.status) == ("invalid", key, 1)
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("10.0.0.7", Place("10.0.0.7", 80, False, "")),
        (" recorder.local:8080 ", Place("recorder.local", 8080, False, "")),
        ("https://10.0.0.7/", Place("10.0.0.7", 443, True, "")),
        ("[fd00::7]:81", Place("fd00::7", 81, False, "")),
        ("op%40site@10.0.0.7", Place("10.0.0.7", 80, False, "op@site")),
        (
            "rtsp://op@10.0.0.7:10554/ch{channel:02}/main",
            Place("10.0.0.7", 10554, False, "op", "rtsp://10.0.0.7:10554/ch{channel:02}/main"),
        ),
        ("rtsps://cam/x", Place("cam", 322, False, "", "rtsps://cam/x")),
    ],
)
def test_an_address_is_read_as_typed(text: str, place: Place) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize(
    "text", ["", "http://", "ftp://host", "http://host/path", "ho st", "host:99999", "rtsp:///x"]
)
def test_what_is_no_address_is_said(text: str) -> None:
    with pytest.raises(Invalid) as told:
        parse_place(text)
    assert told.value.key == "address_unclear"


def test_the_password_comes_from_where_nobody_else_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_password("operator", from_stdin=False) == "s3cret word"
    monkeypatch.setattr("sys.stdin", io.StringIO(" p@ss:w#rd% \nsecond\n"))
    assert read_password("operator", from_stdin=True) == " p@ss:w#rd% "
    monkeypatch.delenv("SERENO_DEVICE_PASSWORD")
    assert read_password("", from_stdin=False) == ""
    with pytest.raises(Invalid) as told:
        read_password("operator", from_stdin=False)
    assert told.value.key == "no_password"
    with pytest.raises(Invalid) as told:
        read_password("", from_stdin=True)
    assert told.value.key == "no_user"


def test_searches_are_remembered_by_device_and_forgotten_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.cli.device_found.MOST_KEPT", 3)
    assert MOST_KEPT > 3
    path = tmp_path / "state" / "searches.json"
    searches = Searches(path)
    for number in range(4):
        searches.remember("a:80", [Found("1", SPAN, number, f"file:{number}")])
    searches.remember("b:80", [Found("1", SPAN, 9, "file:3")])
    assert searches.recall("a:80", "file:0") is None
    assert searches.recall("a:80", "file:3") == Found("1", SPAN, 3, "file:3")
    assert searches.recall("b:80", "file:3") == Found("1", SPAN, 9, "file:3")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("[{}]")
    assert searches.recall("b:80", "file:3") is None
