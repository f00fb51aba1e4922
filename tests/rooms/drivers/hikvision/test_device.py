"""Who a device is, what it shows and how it does, as models and accounts differ."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.rooms.drivers.hikvision.scripted import (
    ABSENT,
    NOW,
    Answer,
    Reply,
    ScriptedDevice,
    device_info,
    proxied,
    recorder,
    refused,
    time_xml,
)

from sereno.base.clock import ManualClock
from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Convention,
    DeviceKind,
    DiskState,
    Driver,
    Identity,
    Role,
)
from sereno.drivers.errors import Busy, Garbled, Refused, Unsupported
from sereno.drivers.hikvision.driver import HikvisionDriver
from sereno.drivers.hikvision.quirks import QUIRKS, Quirk

RIGHT = refused(403, 4, "lowPrivilege")
PORTS = """<AdminAccessProtocolList><AdminAccessProtocol><protocol>RTSP</protocol>
<portNo>10554</portNo></AdminAccessProtocol></AdminAccessProtocolList>"""
STREAM = """<StreamingChannel><id>{}</id><channelName>Own</channelName><enabled>true</enabled>
<Video><videoCodecType>{}</videoCodecType><maxFrameRate>2500</maxFrameRate>
<GovLength>{}</GovLength></Video></StreamingChannel>"""
STATES = """<InputProxyChannelStatusList><InputProxyChannelStatus><id>1</id><online>true</online>
</InputProxyChannelStatus><InputProxyChannelStatus><id>2</id><online>false</online>
<streamingProxyChannelIdList><streamingProxyChannelId>201</streamingProxyChannelId>
</streamingProxyChannelIdList></InputProxyChannelStatus></InputProxyChannelStatusList>"""
STORAGE = """<storage><hddList size="2"><hdd><id>1</id><hddName>hdda</hddName><status>ok</status>
<capacity>4000</capacity><freeSpace>0</freeSpace></hdd>
<hdd><id>2</id><status>notexist</status></hdd></hddList></storage>"""
TRACKS = """<TrackList><Track><id>101</id><Enable>false</Enable>
<enableSchedule>true</enableSchedule></Track><Track><id>201</id><enableSchedule>true</enableSchedule></Track></TrackList>"""
TRIGGERS = """<EventTriggerList><EventTrigger><eventType>VMD</eventType>
<videoInputChannelID>1</videoInputChannelID><notificationMethod>record</notificationMethod>
</EventTrigger></EventTriggerList>"""
OWN_INPUT = """<VideoInputChannelList><VideoInputChannel><id>1</id><name>Entrance</name>
</VideoInputChannel></VideoInputChannelList>"""
PROXY = "GET /ContentMgmt/InputProxy/channels"


def streams(*rows: str) -> str:
    return f"<StreamingChannelList>{''.join(rows)}</StreamingChannelList>"


def nvr(**more: Answer) -> ScriptedDevice:
    return ScriptedDevice(
        recorder(
            GET_Security_adminAccesses=PORTS,
            GET_ContentMgmt_InputProxy_channels=proxied(1, 2),
            GET_ContentMgmt_InputProxy_channels_status=STATES,
            GET_Streaming_channels=streams(
                STREAM.format(101, "H.265", 50), STREAM.format(102, "H.264", 200)
            ),
            GET_ContentMgmt_Storage=STORAGE,
            GET_ContentMgmt_record_tracks=TRACKS,
            GET_System_status="<DeviceStatus><deviceUpTime>3600</deviceUpTime></DeviceStatus>",
            GET_Event_triggers=TRIGGERS,
        )
        | {name.replace("_", " /", 1).replace("_", "/"): answer for name, answer in more.items()}
    )


class Session:
    """A served device and its driver."""

    def __init__(self, device: ScriptedDevice, clock: ManualClock | None = None) -> None:
        self.device, self.clock = device, clock

    async def __aenter__(self) -> HikvisionDriver:
        self._served = self.device.served()
        await self._served.__aenter__()
        self.driver = self.device.driver(self.clock)
        return self.driver

    async def __aexit__(self, *error: object) -> None:
        await self.driver.close()
        await self._served.__aexit__(None, None, None)


async def test_a_recorder_says_who_it_is() -> None:
    async with Session(nvr()) as driver:
        identity = await driver.identify()
    offset = identity.clock_offset_seconds
    assert identity == Identity(
        "hikvision", "Hikvision", "DS-7616NXI-K2", "K2-001", "V4.62.210 build 230619",
        DeviceKind.RECORDER, "Recorder 1", offset, 10554,
    )  # fmt: skip
    assert offset == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("status", [500, 503])
async def test_who_it_is_survives_what_it_fails_over(status: int) -> None:
    fails = Reply(b"", status)
    device = nvr(
        GET_System_time=fails, GET_Security_adminAccesses=fails, GET_Streaming_channels=fails,
        GET_ContentMgmt_record_tracks=fails, GET_ContentMgmt_search_profile=fails,
    )  # fmt: skip
    async with Session(device) as driver:
        identity = await driver.identify()
        abilities = await driver.capabilities()
    assert (identity.model, identity.rtsp_port) == ("DS-7616NXI-K2", 554)
    assert identity.clock_offset_seconds is None
    assert abilities[Ability.FIND]  # it will say so itself, where it has none


PAGE = Reply(b"<!DOCTYPE html><html><head><meta charset=x></head>", content_type="text/html")


@pytest.mark.parametrize("answer", [PAGE, Reply(b"", 500), Reply(b"")])
async def test_what_a_recorder_need_not_have_hides_no_channel(answer: Reply) -> None:
    device = nvr(
        GET_System_Video_inputs_channels=answer, GET_Security_adminAccesses=answer,
        GET_ContentMgmt_InputProxy_channels_status=answer,
    )  # fmt: skip
    async with Session(device) as driver:
        found = await driver.channels()
    assert [(each.name, each.is_online) for each in found] == [
        ("Camera 1", None),
        ("Camera 2", None),
    ]


@pytest.mark.parametrize("answer", [PAGE, Reply(b"")])
async def test_a_recorder_that_makes_no_sense_is_not_taken_for_one_without_channels(
    answer: Reply,
) -> None:
    device = nvr(GET_ContentMgmt_InputProxy_channels=answer, GET_Streaming_channels=answer)
    async with Session(device) as driver:
        with pytest.raises(Garbled):
            await driver.channels()


async def test_a_recorder_too_busy_to_list_its_channels_is_not_taken_for_one_without() -> None:
    async with Session(nvr(GET_ContentMgmt_InputProxy_channels=Reply(b"", 503))) as driver:
        with pytest.raises(Busy):
            await driver.channels()


async def test_channels_have_the_devices_names_states_and_addresses() -> None:
    async with Session(nvr()) as driver:
        first, second = await driver.channels()
        port = driver._login.port
    assert port != 10554
    assert (first.id, first.number, first.name, first.is_online) == ("1", 1, "Camera 1", True)
    assert [(each.id, each.role, each.codec, each.gop_seconds) for each in first.streams] == [
        ("101", Role.MAIN, "h265", 2.0),
        ("102", Role.SUB, "h264", 8.0),
    ]
    assert first.streams[0].address == "rtsp://127.0.0.1:10554/Streaming/Channels/101"
    assert (second.is_online, [each.id for each in second.streams]) == (False, ["201"])


async def test_a_camera_has_its_own_input_and_a_hybrid_both_sorts() -> None:
    answers = recorder(
        GET_System_deviceInfo=device_info("IPCamera"),
        GET_System_Video_inputs_channels=OWN_INPUT,
        GET_ContentMgmt_InputProxy_channels=ABSENT,
    )
    async with Session(ScriptedDevice(answers)) as driver:
        (channel,) = await driver.channels()
    assert (channel.name, channel.is_online) == ("Entrance", True)
    assert [each.role for each in channel.streams] == [Role.MAIN, Role.SUB]
    hybrid = nvr(GET_System_Video_inputs_channels=OWN_INPUT)
    hybrid.answers[PROXY] = proxied(17)
    async with Session(hybrid) as driver:
        assert [each.number for each in await driver.channels()] == [1, 17]


async def test_a_recorder_without_a_first_channel_and_one_that_lists_only_streams() -> None:
    device = ScriptedDevice(recorder(GET_Streaming_channels=streams(STREAM.format(201, "X", 1))))
    device.answers[PROXY] = ABSENT
    async with Session(device) as driver:
        (channel,) = await driver.channels()
    assert (channel.id, channel.name, channel.is_online) == ("2", "Own", None)


async def test_streams_are_asked_for_one_by_one_where_there_is_no_list_of_them() -> None:
    device = ScriptedDevice(recorder(GET_Streaming_channels_101=STREAM.format(101, "H.264", 50)))
    device.answers["GET /Streaming/channels/104"] = STREAM.format(104, "H.265", 50)
    async with Session(device) as driver:
        (channel,) = await driver.channels()
    assert [(each.id, each.codec) for each in channel.streams] == [("101", "h264"), ("104", "h265")]


async def test_what_a_model_lacks_is_asked_for_once() -> None:
    device = ScriptedDevice(recorder())
    async with Session(device) as driver:
        for _ in range(3):
            await driver.channels()
            await driver.health()
    assert device.count("GET", "/System/Video/inputs/channels") == 1
    assert device.count("GET", "/ContentMgmt/Storage") == 1


async def test_a_recorder_that_still_starts_is_asked_again() -> None:
    clock = ManualClock(NOW)
    device = ScriptedDevice(recorder())
    device.answers[PROXY] = [Reply(b"", 404), proxied(1, 2)]
    async with Session(device, clock) as driver:
        assert await driver.channels() == []
        clock.advance(601)
        assert len(await driver.channels()) == 2


async def test_abilities_are_what_the_device_has() -> None:
    async with Session(nvr()) as driver:
        abilities = await driver.capabilities()
    assert set(abilities) == set(Ability)
    assert {each for each, has in abilities.items() if not has} == {Ability.FETCH_BY_TIME}
    async with Session(ScriptedDevice({"GET /System/deviceInfo": device_info("ACS")})) as driver:
        abilities = await driver.capabilities()
    assert {each for each, has in abilities.items() if has} == {Ability.EVENTS}


async def test_health_tells_of_disks_that_are_there_and_channels_that_record() -> None:
    async with Session(nvr()) as driver:
        health = await driver.health()
    (disk,) = health.disks
    assert (disk.name, disk.state, disk.size_bytes) == ("hdda", DiskState.OK, 4_000_000_000)
    assert [(each.channel, each.is_recording) for each in health.channels] == [
        ("1", True),
        ("2", False),
    ]
    assert health.up_seconds == 3600


async def test_a_recorder_without_a_disk_is_no_fault() -> None:
    async with Session(nvr(GET_ContentMgmt_Storage="<storage><hddList/></storage>")) as driver:
        assert (await driver.health()).disks == ()


@pytest.mark.parametrize("zone", ["CST-2:00:00", ""])
async def test_the_clock_is_compared_and_its_suffix_left_out(zone: str) -> None:
    """Ninety seconds ahead; a device that names no zone is taken for the nearest quarter."""
    device = nvr(GET_System_time=time_xml("2026-06-15T14:01:30-05:00", zone))
    async with Session(device) as driver:
        reading = await driver.clock()
    assert reading.offset_seconds == pytest.approx(90.5, abs=0.1)
    assert (reading.zone, reading.convention) == (zone, Convention.LOCAL)


async def test_a_zone_that_stands_apart_is_read() -> None:
    device = nvr(GET_System_time=time_xml("2026-06-15T20:00:00+08:00", ""))
    device.answers["GET /System/time/timeZone"] = "CST-8:00:00\n"
    async with Session(device) as driver:
        reading = await driver.clock()
    assert (reading.zone, round(reading.offset_seconds)) == ("CST-8:00:00", 0)


async def test_footage_plays_at_the_rtsp_port_by_the_devices_clock() -> None:
    device = nvr(GET_System_time=time_xml("2026-06-15T14:00:00-05:00", "CST-2:00:00"))
    span = Span(NOW - timedelta(hours=1), NOW - timedelta(minutes=59, seconds=0.5))
    async with Session(device) as driver:
        playback = await driver.playback("1", span)
    assert playback.address == (
        "rtsp://127.0.0.1:10554/Streaming/tracks/101"
        "?starttime=20260615T130000Z&endtime=20260615T130100Z"
    )
    assert playback.span == span


async def test_advice_names_the_devices_own_settings() -> None:
    device = nvr(
        GET_Streaming_channels=streams(
            STREAM.format(101, "H.265+", 50), STREAM.format(201, "H.264", 250)
        ),
        GET_System_time=time_xml("2026-06-15T13:00:00+02:00", "CST-2:00:00"),
        GET_System_status=RIGHT,
        POST_ContentMgmt_search=RIGHT,
    )
    async with Session(device) as driver:
        advice = {each.key: each for each in await driver.advice()}
    assert {key: each.channel for key, each in advice.items()} == {
        "h265_plus": "1",
        "gop_long": "2",
        "zone_unset": None,
        "event_unticked": "1",
        "right_missing": None,
    }
    assert advice["gop_long"].setting.endswith("I Frame Interval")
    assert "Motion Detection" in advice["event_unticked"].setting
    assert "Notify Surveillance Center" in advice["event_unticked"].setting
    assert "10" in advice["gop_long"].words.es
    assert "-60" in advice["zone_unset"].words.en


async def test_a_device_that_is_set_well_needs_no_advice() -> None:
    well = TRIGGERS.replace("record", "center")
    row = streams(STREAM.format(101, "H.264", 50))
    async with Session(nvr(GET_Event_triggers=well, GET_Streaming_channels=row)) as driver:
        assert await driver.advice() == []


async def test_a_clock_that_is_off_and_a_zone_that_is_not_set() -> None:
    for local, zone, key in (
        ("2026-06-15T12:00:40Z", "CST+0:00:00", "clock_off"),
        ("2026-06-15T12:00:00Z", "", "zone_unset"),
    ):
        async with Session(nvr(GET_System_time=time_xml(local, zone))) as driver:
            assert key in {each.key for each in await driver.advice()}


async def test_an_account_of_few_rights_still_sees_its_channels() -> None:
    device = nvr(GET_Security_adminAccesses=RIGHT, GET_System_status=RIGHT)
    device.answers["GET /Security/adminAccesses/capabilities"] = RIGHT
    async with Session(device) as driver:
        assert len(await driver.channels()) == 2
        assert (await driver.identify()).rtsp_port == 554
        assert (await driver.health()).up_seconds is None
        device.answers["GET /Streaming/channels"] = "<l><rtspPortNo>33554</rtspPortNo></l>"
        assert (await driver.identify()).rtsp_port == 33554
    async with Session(nvr(GET_ContentMgmt_Storage=RIGHT)) as driver:
        with pytest.raises(Refused) as caught:
            await driver.health()
        assert "Parameters Settings" in caught.value.reason.words().en


async def test_what_is_no_device_of_this_vendor_is_not_taken_for_one() -> None:
    async with Session(ScriptedDevice({})) as driver:
        with pytest.raises(Unsupported):
            await driver.identify()


async def test_another_recorder_at_the_same_address_shows_its_own_serial() -> None:
    infos: list[Answer] = [device_info(), device_info(serial="K2-002")]
    device = ScriptedDevice(recorder() | {"GET /System/deviceInfo": infos})
    async with Session(device) as driver:
        assert [(await driver.identify()).serial for _ in range(2)] == ["K2-001", "K2-002"]


def test_every_quirk_has_its_reason_and_the_driver_is_one() -> None:
    assert set(QUIRKS) == set(Quirk)
    assert all(all(why) for why in QUIRKS.values())
    driver: Driver = ScriptedDevice({}).driver()
    assert driver.vendor == "hikvision"
