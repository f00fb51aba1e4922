"""A simulated Dahua recorder as it is without any quirk."""

from __future__ import annotations

import asyncio
import io
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import imageio_ffmpeg  # type: ignore[import-untyped]
from PIL import Image

from sereno.base.clock import from_us
from sereno.sim import read_position
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan
from sereno.sim.recorders.motion import Motion

from .dahua_kit import (
    CHANNELS,
    CONFIG,
    FINDER,
    PASSWORD,
    USER,
    Asker,
    HandClock,
    dahua_config,
    dhav_frames,
    said_until,
    served,
)

SECOND = timedelta(seconds=1)
MADRID = ZoneInfo("Europe/Madrid")
MAGIC_BOX = "/cgi-bin/magicBox.cgi?action="


async def test_it_says_who_it_is(cache_dir: Path) -> None:
    async with served(cache_dir, name="Recorder 7") as asker:
        info = await asker.facts(f"{MAGIC_BOX}getSystemInfo")
        assert info["deviceType"] == "31"
        assert info["updateSerial"] == "NVR5232-EI"
        assert info["serialNumber"] == "4A0000BPAZ00001"
        assert await asker.facts(f"{MAGIC_BOX}getSerialNo") == {"sn": info["serialNumber"]}
        assert await asker.facts(f"{MAGIC_BOX}getMachineName") == {"name": "Recorder 7"}
        assert await asker.facts(f"{MAGIC_BOX}getVendor") == {"vendor": "Dahua"}
        version = (await asker.facts(f"{MAGIC_BOX}getSoftwareVersion"))["version"]
        assert version == "5.001.0000000.1.R,build:2026-03-31"
    async with served(cache_dir, kind="camera") as asker:
        assert await asker.facts(f"{MAGIC_BOX}getDeviceType") == {"type": "IPC-HFW2849S"}


async def test_tables_list_slots_from_0_and_cameras_where_there_are_some(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        titles = await asker.facts(f"{CONFIG}ChannelTitle")
        assert list(titles.values()) == ["Entrance", "Yard ñ", "Channel3", "Store"]
        remote = await asker.facts(f"{CONFIG}RemoteDevice")
        key = "table.RemoteDevice.uuid:System_CONFIG_NETCAMERA_INFO_"
        assert [remote[f"{key}{n}.Enable"] for n in range(4)] == ["true", "true", "false", "true"]
        assert remote[f"{key}2.Address"] == "192.168.0.0"
        encode = await asker.facts(f"{CONFIG}Encode")
        assert encode["table.Encode[3].MainFormat[0].Video.Width"] == "320"
        assert encode["table.Encode[0].ExtraFormat[0].Video.Compression"] == "H.264"
        assert not any(name.startswith("table.Encode[2]") for name in encode)
        rtsp = await asker.facts(f"{CONFIG}RTSP")
        assert rtsp["table.RTSP.Port"] == str(asker.recorder.rtsp_port)
        record = await asker.facts(f"{CONFIG}Record")
        assert record["table.Record[0].TimeSection[0][0]"] == "1 00:00:00-23:59:59"
        assert record["table.Record[3].TimeSection[6][0]"] == "2 00:00:00-23:59:59"
        assert (await asker.facts(f"{CONFIG}RecordMode"))["table.RecordMode[1].Mode"] == "0"
        general = await asker.facts(f"{CONFIG}General")
        assert general["table.General.LockLoginTimes"] == "5"
        assert general["table.General.LoginFailLockTime"] == "1800"


async def test_cameras_are_online_or_not(cache_dir: Path) -> None:
    path = "/cgi-bin/LogicDeviceManager.cgi?action="
    async with served(cache_dir) as asker:
        states = await asker.facts(f"{path}getCameraState&uniqueChannels=[0,3]")
        assert states["states[0].connectionState"] == "Connected"
        assert states["states[1].channel"] == "3"
        assert states["states[1].connectionState"] == "Unconnect"
        cameras = await asker.facts(f"{path}getCameraAll")
        assert cameras["camera[1].showStatus"] == "Connected"
        assert cameras["camera[2].Enable"] == "false"


async def test_disks_are_full_and_well(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        disk = await asker.facts("/cgi-bin/storageDevice.cgi?action=getDeviceAllInfo")
    assert disk["list.info[0].Detail[0].TotalBytes"] == "2000324395008.000000"
    assert disk["list.info[0].Detail[0].UsedBytes"] == "2000324395008.000000"
    assert disk["list.info[0].State"] == "Success"
    assert disk["list.info[0].Detail[0].IsError"] == "false"


async def test_the_clock_is_told_and_set_as_wall_time(cache_dir: Path) -> None:
    now = "/cgi-bin/global.cgi?action=getCurrentTime"
    async with served(cache_dir, clock_skew_seconds=95) as asker:
        assert await asker.facts(now) == {"result": "2026-07-21 12:02:05"}
        ntp = await asker.facts(f"{CONFIG}NTP")
        assert ntp["table.NTP.TimeZone"] == "1"
        assert ntp["table.NTP.TimeZoneDesc"] == "Madrid"
        locales = await asker.facts(f"{CONFIG}Locales")
        assert locales["table.Locales.DSTEnable"] == "true"
        assert locales["table.Locales.DSTStart.Year"] == "2026"
        assert locales["table.Locales.DSTStart.Month"] == "3"
        assert locales["table.Locales.DSTStart.Day"] == "29"
        assert locales["table.Locales.DSTEnd.Hour"] == "3"
        at = "2026-07-21%2012:00:30"
        done = await asker.get(f"/cgi-bin/global.cgi?action=setCurrentTime&time={at}")
        assert done.text == "OK\r\n"
        assert await asker.facts(now) == {"result": "2026-07-21 12:00:30"}


async def test_errors_have_several_forms(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        for target, status, said in (
            (f"{CONFIG}Nobody", 403, "Authority:check failure."),
            ("/cgi-bin/magicBox.cgi?action=getNothing", 400, "Bad Request!"),
            ("/cgi-bin/nothing.cgi?action=get", 501, "Not Implemented!"),
            (f"{FINDER}close&object=1", 400, "Bad Request!"),
            ("/cgi-bin/snapshot.cgi?channel=3", 400, "Bad Request!"),
            ("/cgi-bin/snapshot.cgi?channel=4", 400, "Bad Request!"),
        ):
            answer = await asker.get(target)
            assert (answer.status_code, answer.text) == (status, f"Error\r\n{said}\r\n"), target


async def test_what_is_asked_of_audio_is_counted(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        answer = await asker.get("/cgi-bin/audio.cgi?action=getAudio&channel=1")
        assert answer.status_code == 501
        # Without credentials, and with them.
        assert asker.recorder.restarts.audio_requests == 2


async def test_channel_0_of_audio_is_stale_for_ever(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        answer = await asker.get("/cgi-bin/audio.cgi?action=getAudio&channel=0")
        assert answer.status_code == 401
        assert "stale=TRUE" in answer.headers["www-authenticate"]


async def test_a_snapshot_shows_now(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        answer = await asker.get("/cgi-bin/snapshot.cgi?channel=1")
        assert answer.headers["content-type"] == "image/jpeg"
        image = Image.open(io.BytesIO(answer.content)).convert("L")
        # The recorder's loop lasts 4 seconds of 25 pictures, and NOW is 2 seconds into it.
        assert read_position(image.tobytes(), *image.size) == 50


# The door.


async def test_each_connection_serves_one_request(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        answer = await asker.get(f"{MAGIC_BOX}getVendor")
        assert answer.headers["connection"] == "close"
        assert [each.was_authorised for each in asker.recorder.log] == [False, True]


async def test_wrong_passwords_lock_the_address_and_then_the_right_one_too(cache_dir: Path) -> None:
    async with served(cache_dir, lock_after=2, typed="guess") as asker:
        first = await asker.get(f"{MAGIC_BOX}getVendor")
        assert first.status_code == 401
        assert "Invalid Authority!" in first.text
        second = await asker.get(f"{MAGIC_BOX}getVendor")
        assert second.status_code == 403
        assert second.json()["RmLock"] == 1800
        asker.clock.seconds += 60
        right = httpx.DigestAuth(USER, PASSWORD)
        locked = await asker.http.get(f"{MAGIC_BOX}getVendor", auth=right)
        assert locked.json() == {"ErrorCode": 268632081, "Error": "Locked", "RmLock": 1740}
        asker.clock.seconds += 1740
        again = await asker.http.get(f"{MAGIC_BOX}getVendor", auth=right)
        assert again.status_code == 200


async def test_wrong_passwords_over_rtsp_count_too(cache_dir: Path, watch: Any) -> None:
    async with served(cache_dir, lock_after=1) as asker:
        url = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/cam/realmonitor?channel=1&subtype=0"
        guest = await watch(url, user=USER, password="guess")
        assert (await guest.ask("DESCRIBE")).status == 401
        assert (await asker.get(f"{MAGIC_BOX}getVendor")).status_code == 403


# Search.


async def test_a_day_of_footage_is_found_page_by_page(cache_dir: Path) -> None:
    async with served(cache_dir, file_seconds=600) as asker:
        handle, answer = await asker.find()
        assert answer.text == "OK\r\n"
        first = await asker.page(handle, 3)
        second = await asker.page(handle, 100)
        assert await asker.page(handle, 100) == []
        await asker.end(handle)
        assert asker.recorder.finding.open_finders == 0
    rows = [*first, *second]
    assert len(first) == 3
    assert [row["Channel"] for row in rows] == ["0"] * len(rows)
    starts = [row["StartTime"] for row in rows]
    assert starts == sorted(starts)
    assert all(one["EndTime"] <= two["StartTime"] for one, two in pairwise(rows))
    assert [row["FileState"] for row in rows][-2:] == ["Normal", "Temporary"]
    assert rows[-1]["EndTime"] == "2026-07-21 12:00:30"
    assert all(row["FilePath"].endswith("[R][0@0][0].dav") for row in rows)
    assert {row["Flags[0]"] for row in rows} == {"Timing"}


async def test_an_hour_that_comes_twice_is_found_by_its_written_times(cache_dir: Path) -> None:
    day = "2026-10-25"
    async with served(cache_dir, now=datetime(2026, 10, 25, 6, tzinfo=UTC)) as asker:
        window = {"StartTime": f"{day}%2002:10:00", "EndTime": f"{day}%2002:20:00"}
        rows = await asker.rows(**window)
        row = next(row for row in rows if row["StartTime"].startswith(f"{day} 02:"))
        path = row["FilePath"].replace("[", "%5B").replace("]", "%5D").replace("@", "%40")
        async with asker.http.stream("GET", f"/cgi-bin/RPC_Loadfile{path}") as answer:
            assert answer.headers["content-length"] == row["Length"]
    # One of summer's hour, one of winter's; at the change itself an end may lie before its start.
    assert len([row for row in rows if row["StartTime"] < row["EndTime"]]) == 2
    assert all(row["EndTime"] > f"{day} 02:10" for row in rows if row["StartTime"] < row["EndTime"])


async def test_motion_is_flagged_and_filtered_by(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        rows = await asker.rows(Channel="4")
        assert {row["Flags[0]"] for row in rows} == {"Event"}
        assert {row["Events[0]"] for row in rows} == {"VideoMotion"}
        handle, none = await asker.find(Channel="4", **{"Flags[0]": "Timing"})
        assert none.status_code == 400
        await asker.end(handle)


REFUSED_CONDITIONS: tuple[dict[str, str], ...] = (
    {"Channel": "0"},
    {"Channel": "3"},
    {"StartTime": "2026-07-21+00:00:00"},
    {"StartTime": "2026-07-21%2000:00:00.000001"},
    {"StartTime": "2026-07-21T00:00:00Z"},
    {"StartTime": "2026-07-22%2000:00:00", "EndTime": "2026-07-21%2000:00:00"},
    {"StartTime": "2027-07-21%2000:00:00", "EndTime": "2027-07-22%2000:00:00"},
    {"Types[0]": "jpg"},
    {"Nonsense": "1"},
)


async def test_row_26_what_the_parser_does_not_like_is_a_bad_request(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        for conditions in REFUSED_CONDITIONS:
            handle, answer = await asker.find(**conditions)
            assert (answer.status_code, answer.text) == (400, "Error\r\nBad Request!\r\n")
            await asker.end(handle)


async def test_row_27_finders_that_are_not_destroyed_run_out(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        for _ in range(8):
            handle, _ = await asker.find()
        await asker.get(f"{FINDER}close&object={handle}")
        assert (await asker.get(f"{FINDER}factory.create")).status_code == 400
        await asker.get(f"{FINDER}destroy&object={handle}")
        assert (await asker.get(f"{FINDER}factory.create")).status_code == 200
        asker.recorder.restarts.restart()
        assert asker.recorder.finding.open_finders == 0


async def test_the_log_tells_of_motion_in_many_lines(cache_dir: Path) -> None:
    path = "/cgi-bin/log.cgi?action="
    times = "condition.StartTime=2026-07-21%2008:00:00&condition.EndTime=2026-07-21%2012:00:00"
    async with served(cache_dir) as asker:
        begun = await asker.facts(f"{path}startFind&{times}")
        page = (await asker.get(f"{path}doFind&token={begun['token']}&count=2")).text
        assert page.startswith("found=2\r\nitems[0].Time=2026-07-21 08:")
        kind = "Event.VideoMotion.Start"
        assert f"items[0].Detail=Event Type:{kind}\r\nChannel:4\r\nStart Time:2026-07-21" in page
        rest = (await asker.get(f"{path}doFind&token={begun['token']}&count=100")).text
        assert rest.startswith(f"found={int(begun['count']) - 2}\r\n")
        assert (await asker.get(f"{path}stopFind&token={begun['token']}")).text == "OK\r\n"
        assert (await asker.get(f"{path}stopFind&token={begun['token']}")).status_code == 400


# Download.


async def test_a_span_is_cut_from_the_key_frame_before_it(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        answer = await asker.load("10:40:10", "10:40:14")
        assert len(answer.content) == int(answer.headers["content-length"])
        frames = dhav_frames(answer.content)
    pictures = [frame for frame in frames if frame.kind != 0xF0]
    assert pictures[0].kind == 0xFD
    assert pictures[0].extensions[:4] == bytes((0x81, 0, 0x08, 25))
    start = datetime(2026, 7, 21, 10, 40, 10, tzinfo=MADRID)
    first = from_us(pictures[0].utc_us)
    assert timedelta(0) <= start - first <= timedelta(seconds=1)
    assert from_us(pictures[-1].utc_us) == start + timedelta(seconds=4, microseconds=-40_000)
    for frame in pictures:
        shown = from_us(frame.utc_us).astimezone(MADRID).replace(tzinfo=None, microsecond=0)
        assert frame.wall == shown
    assert {two.number - one.number for one, two in pairwise(pictures)} == {1}
    steps = {(two.milliseconds - one.milliseconds) & 0xFFFF for one, two in pairwise(pictures)}
    assert steps == {40}
    sounds = [frame for frame in frames if frame.kind == 0xF0]
    assert len(sounds) == len(pictures)
    assert {(each.extensions, len(each.payload)) for each in sounds} == {(b"\x83\x01\x0e\x02", 320)}


async def test_ffmpeg_plays_what_was_cut(cache_dir: Path, tmp_path: Path) -> None:
    async with served(cache_dir) as asker:
        data = (await asker.load("10:40:10", "10:40:12")).content
    path = tmp_path / "clip.dav"
    path.write_bytes(data)
    pictures = [frame for frame in dhav_frames(data) if frame.kind != 0xF0]
    done = await asyncio.to_thread(
        subprocess.run,
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error"),
            *("-f", "dhav", "-i", str(path)),
            *("-map", "0:a", "-f", "s16le", str(tmp_path / "sound")),
            *("-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray", str(tmp_path / "pictures")),
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    raw = (tmp_path / "pictures").read_bytes()
    size = 320 * 180
    shown = [read_position(raw[at : at + size], 320, 180) for at in range(0, len(raw), size)]
    assert shown == [frame.utc_us // 40_000 % 100 for frame in pictures]
    assert (tmp_path / "sound").stat().st_size >= 2 * 320 * (len(pictures) - 1)


async def test_six_hours_are_the_longest(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        assert (await asker.load("01:00:00", "07:00:01")).status_code == 400
        async with asker.http.stream(
            "GET",
            "/cgi-bin/loadfile.cgi?action=startLoad&channel=2&subtype=1"
            "&startTime=2026-07-21%2001:00:00&endTime=2026-07-21%2007:00:00",
        ) as answer:
            assert answer.status_code == 200
            assert int(answer.headers["content-length"]) > 200_000_000


async def test_where_nothing_was_recorded_a_download_is_empty(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        answer = await asker.load("01:00:00", "01:01:00", day="2026-01-21")
        assert (answer.status_code, answer.content) == (200, b"")


async def test_a_file_is_fetched_whole_by_its_name(cache_dir: Path) -> None:
    async with served(cache_dir, file_seconds=20) as asker:
        row = (await asker.rows(StartTime="2026-07-21%2010:00:00"))[0]
        path = row["FilePath"].replace("[", "%5B").replace("]", "%5D").replace("@", "%40")
        answer = await asker.get(f"/cgi-bin/RPC_Loadfile{path}")
        assert len(answer.content) == int(row["Length"])
        frames = [frame for frame in dhav_frames(answer.content) if frame.kind != 0xF0]
        missing = await asker.get("/cgi-bin/RPC_Loadfile/mnt/dvr/nothing.dav")
        assert missing.status_code == 400
    assert len(frames) >= 20 * 25
    assert str(frames[-1].wall) < row["EndTime"]


# Playback.


async def test_live_and_footage_are_played_over_rtsp(cache_dir: Path, watch: Any) -> None:
    async with served(cache_dir) as asker:
        base = f"rtsp://127.0.0.1:{asker.recorder.rtsp_port}/cam"
        times = "starttime=2026_07_21_08_00_10&endtime=2026_07_21_08_01_00"
        live = await watch(f"{base}/realmonitor?channel=2&subtype=1", user=USER, password=PASSWORD)
        assert (await live.ask("DESCRIBE")).status == 200
        past = await watch(
            f"{base}/playback?channel=1&subtype=0&{times}", user=USER, password=PASSWORD
        )
        await past.play()
        shown = from_us((await past.frame()).stamp.utc_us).astimezone(MADRID)
    start = datetime(2026, 7, 21, 8, 0, 10, tzinfo=MADRID)
    assert timedelta(0) <= start - shown <= timedelta(seconds=1)


# Events.

ATTACH = "/cgi-bin/eventManager.cgi?action=attach&codes=[All]&heartbeat=5"


async def test_events_reach_who_listens(cache_dir: Path) -> None:
    async with served(cache_dir) as asker, asker.http.stream("GET", ATTACH) as stream:
        assert stream.headers["content-type"] == "multipart/x-mixed-replace; boundary=myboundary"
        await asker.recorder.events.wait_for_listeners(1)
        asker.recorder.emit("VideoMotion", "Start", 0, {"LocaleTime": "2026-07-21 12:00:30"})
        asker.recorder.emit("StorageFailure", "Pulse", 0)
        said = await said_until(stream, "StorageFailure;action=Pulse;index=0\r\n")
    head, body = said.split("\r\n\r\n", 1)
    assert head.startswith("--myboundary\r\nContent-Type: text/plain\r\nContent-Length: ")
    assert body.startswith('Code=VideoMotion;action=Start;index=0;data={\n   "LocaleTime"')
    assert len(body.split("\r\n--myboundary")[0]) - 2 == int(head.rpartition(" ")[2])


async def test_only_codes_that_were_asked_for_are_told_and_a_heartbeat(cache_dir: Path) -> None:
    attach = ATTACH.replace("[All]", "[VideoLoss,VideoMotion]").replace("=5", "=1")
    async with served(cache_dir) as asker, asker.http.stream("GET", attach) as stream:
        await asker.recorder.events.wait_for_listeners(1)
        asker.recorder.emit("StorageFailure", "Pulse", 0)
        asker.recorder.emit("VideoLoss", "Start", 2)
        said = await said_until(stream, "Heartbeat\r\n")
    assert "StorageFailure" not in said
    assert "Code=VideoLoss;action=Start;index=2" in said


async def test_motion_begins_and_ends_with_its_files(tmp_path: Path) -> None:
    channel = ChannelSpec(5, "Store", "entrance", recording="motion")
    config = dahua_config(tmp_path, channels=(channel, *CHANNELS))
    clock, plan = HandClock(), FootagePlan(config)
    device = DeviceClock(clock, config.zone)
    told: list[tuple[int, bool]] = []
    motion = Motion(config, plan, device, lambda each, begins: told.append((each.number, begins)))
    seen = device.true_now()
    later = seen + timedelta(hours=2)
    clip = next(file for file in plan.files(channel, seen, later, later) if file.start > seen)
    for moment in (clip.start - SECOND, clip.start, clip.start + SECOND, clip.end + SECOND):
        clock.seconds = moment.timestamp()
        seen = motion.look(seen)
    assert told == [(5, True), (5, False)]


# RPC2.


async def test_rpc_logs_in_by_two_steps(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        done = await asker.log_in()
        assert done["result"] is True
        session = done["session"]

        async def call(method: str, **more: Any) -> dict[str, Any]:
            return await asker.rpc({"method": method, "session": session, **more})

        info = await call("magicBox.getSystemInfo")
        assert info["params"]["serialNumber"] == "4A0000BPAZ00001"
        table = await call("configManager.getConfig", params={"name": "RecordMode"})
        assert [bool(each) for each in table["params"]["table"]] == [True, True, False, True]
        assert (await call("magicBox.dance"))["error"]["code"] == 268894210
        assert (await call("global.keepAlive"))["params"] == {"timeout": 60}
        asker.clock.seconds += 61
        assert (await call("global.keepAlive"))["error"]["code"] == 287637505


async def test_rpc_counts_wrong_logins_with_the_others(cache_dir: Path) -> None:
    async with served(cache_dir, lock_after=2) as asker:
        assert (await asker.log_in("guess"))["error"]["code"] == 268632085
        assert (await asker.log_in(user="nobody"))["error"]["code"] == 268632070
        call = {"method": "global.login", "params": {}}
        locked = await asker.rpc(call, "/RPC2_Login")
        assert locked["error"]["code"] == 268632081
        assert (await asker.get(f"{MAGIC_BOX}getVendor")).status_code == 403


async def rpc_search(asker: Asker, session: str, place: int) -> dict[str, Any]:
    async def call(method: str, **more: Any) -> dict[str, Any]:
        return await asker.rpc({"method": f"mediaFileFind.{method}", "session": session, **more})

    handle = (await call("factory.create"))["result"]
    condition = {
        "Channel": place, "StartTime": "2026-07-21 00:00:00", "EndTime": "2026-07-21 23:59:59",
    }  # fmt: skip
    found = await call("findFile", object=handle, params={"condition": condition})
    page = await call("findNextFile", object=handle, params={"count": 3}) if found["result"] else {}
    await call("destroy", object=handle)
    return page


async def test_rpc_counts_channels_from_0(cache_dir: Path) -> None:
    async with served(cache_dir) as asker:
        session = (await asker.log_in())["session"]
        page = await rpc_search(asker, session, 0)
        assert page["params"]["found"] == 3
        assert page["params"]["infos"][0]["Channel"] == 0
        assert asker.recorder.finding.open_finders == 0
        multi = {"method": "system.multicall", "session": session, "params": [{}, {}]}
        calls = (await asker.rpc(multi))["params"]
        assert [each["result"] for each in calls] == [False, False]
