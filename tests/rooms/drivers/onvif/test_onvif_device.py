"""Who a device is, what it shows and how its addresses are made into ones that lead to it."""

from __future__ import annotations

import pytest

from sereno.drivers.contract import Ability, DeviceKind, Role
from sereno.drivers.errors import Garbled, Missing, Refused, Unsupported

from .device import INFORMATION, Device, Door, Says, envelope, fault, services

CAPABILITIES = (
    "<Capabilities><tt:Media><tt:XAddr>http://10.9.8.7/onvif/media</tt:XAddr></tt:Media>"
    "</Capabilities>"
)
JPEG = b"\xff\xd8\xff\xe0 picture"


def profile(token: str, source: str, size: tuple[int, int] = (1920, 1080), **more: str) -> str:
    """A profile of media 1; `encoder`, `codec` and `name` where they matter."""
    width, height = size
    return (
        f'<trt:Profiles xmlns:trt="x" token="{token}"><tt:Name>{token}</tt:Name>'
        f'<tt:VideoSourceConfiguration token="c-{source}"><tt:Name>{more.get("name", "")}</tt:Name>'
        f"<tt:SourceToken>{source}</tt:SourceToken></tt:VideoSourceConfiguration>"
        f'<tt:VideoEncoderConfiguration token="{more.get("encoder", token)}">'
        f"<tt:Encoding>{more.get('codec', 'H264')}</tt:Encoding><tt:Resolution>"
        f"<tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
        "<tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit></tt:RateControl>"
        "<tt:H264><tt:GovLength>150</tt:GovLength></tt:H264>"
        "</tt:VideoEncoderConfiguration></trt:Profiles>"
    )


def video_sources(*tokens: str) -> str:
    return "".join(f'<VideoSources token="{token}"/>' for token in tokens)


def stream_uri(address: str) -> str:
    return f"<MediaUri><tt:Uri>{address}</tt:Uri></MediaUri>"


CAMERA: dict[str, Says] = {
    "GetServices": services("device", "media"),
    "GetProfiles": profile("sub", "v", (640, 360)) + profile("main", "v", name="Entrance"),
    "GetVideoSources": video_sources("v"),
    "GetStreamUri": stream_uri("rtsp://10.9.8.7:8554/live?channel=1&amp;subtype=0"),
    "GetSnapshotUri": stream_uri("http://10.9.8.7/snap.jpg?x=1"),
}


async def test_a_device_is_who_it_says() -> None:
    scope = "onvif://www.onvif.org/name/Recorder%201"
    answers: dict[str, Says] = {
        **CAMERA,
        "GetScopes": f"<Scopes><tt:ScopeItem>{scope}</tt:ScopeItem></Scopes>",
        "GetNetworkProtocols": "<NetworkProtocols><tt:Name>RTSP</tt:Name><tt:Enabled>true"
        "</tt:Enabled><tt:Port>8554</tt:Port></NetworkProtocols>",
    }
    async with Device(answers).driver() as driver:
        identity = await driver.identify()
        able = await driver.capabilities()
    assert (identity.name, identity.kind, identity.rtsp_port) == (
        "Recorder 1",
        DeviceKind.RECORDER,
        8554,
    )
    assert {ability for ability, is_able in able.items() if is_able} == {
        Ability.CHANNELS,
        Ability.SNAPSHOT,
        Ability.CLOCK,
    }


@pytest.mark.parametrize("name", ["GetSnapshotUri", "GetServices"])
async def test_what_the_account_may_not_ask_hides_no_ability(name: str) -> None:
    device = Device({**CAMERA, "GetCapabilities": CAPABILITIES}, refuses=(name,))
    async with device.driver() as driver:
        able = await driver.capabilities()
    assert able[Ability.CHANNELS] and able[Ability.SNAPSHOT]


async def test_without_a_serial_number_its_network_card_tells_who_it_is() -> None:
    answers: dict[str, Says] = {
        "GetDeviceInformation": INFORMATION.replace("SN1", ""),
        "GetNetworkInterfaces": "<NetworkInterfaces><tt:Info><tt:HwAddress>00:00:00:00:00:00"
        "</tt:HwAddress></tt:Info></NetworkInterfaces><NetworkInterfaces><tt:Info>"
        "<tt:HwAddress>A4-14-37-0B-0C-0D</tt:HwAddress></tt:Info></NetworkInterfaces>",
    }
    async with Device(answers).driver() as driver:
        assert (await driver.identify()).serial == "a414370b0c0d"


async def test_what_speaks_no_onvif_is_unsupported_and_sees_no_password() -> None:
    device = Device({"GetSystemDateAndTime": b"<html>Printer</html>"}, lets="all")
    device.answers["GetDeviceInformation"] = b"<html>Printer</html>"
    async with device.driver() as driver:
        with pytest.raises(Unsupported):
            await driver.identify()
    assert device.served.signed == [] and device.tokens == []


async def test_a_time_that_makes_no_sense_is_none() -> None:
    device = Device({"GetSystemDateAndTime": "<SystemDateAndTime/>"})
    async with device.driver() as driver:
        assert (await driver.identify()).clock_offset_seconds is None
        with pytest.raises(Unsupported):
            await driver.clock()


async def test_row_42_addresses_are_at_the_host_that_answers() -> None:
    async with Device(CAMERA).driver() as driver:
        (channel,) = await driver.channels()
    assert (channel.id, channel.name) == ("1", "Entrance")
    assert [(each.role, each.width) for each in channel.streams] == [
        (Role.MAIN, 1920),
        (Role.SUB, 640),
    ]
    main = channel.streams[0]
    assert main.address == "rtsp://127.0.0.1:8554/live?channel=1&subtype=0"
    assert (main.codec, main.fps, main.gop_seconds) == ("h264", 25.0, 6.0)


@pytest.mark.parametrize(
    "said",
    [
        "\n\t rtsp://10.9.8.7/live/1?a=1&amp;b=2 \n",
        "rtsp://admin:secret@10.9.8.7:554/live/1?a=1&amp;amp;b=2",
        "RTSP://[fe80::1]/live/1?a=1&amp;b=2",
    ],
)
async def test_row_42_addresses_are_mended(said: str) -> None:
    async with Device({**CAMERA, "GetStreamUri": stream_uri(said)}).driver() as driver:
        (channel,) = await driver.channels()
    assert channel.streams[0].address == "rtsp://127.0.0.1:554/live/1?a=1&b=2"


async def test_a_port_that_a_person_knows_counts() -> None:
    async with Device(CAMERA).driver(rtsp_port=10554) as driver:
        (channel,) = await driver.channels()
        assert (await driver.identify()).rtsp_port == 10554
    assert channel.streams[0].address.startswith("rtsp://127.0.0.1:10554/")


async def test_media_2_tells_of_h265_and_media_1_takes_its_place_where_it_is_empty() -> None:
    modern = (
        '<Profiles token="m"><Name>m</Name><Configurations><VideoSource token="c"><SourceToken>v'
        '</SourceToken></VideoSource><VideoEncoder token="e" GovLength="50"><Encoding>H265'
        "</Encoding><Resolution><Width>3840</Width><Height>2160</Height></Resolution><RateControl>"
        "<FrameRateLimit>25</FrameRateLimit></RateControl></VideoEncoder></Configurations>"
        "</Profiles>"
    )
    both: dict[str, Says] = {
        **CAMERA,
        "GetServices": services("media", "media2"),
        "GetProfiles@media2": modern,
        "GetStreamUri@media2": "<Uri>rtsp://10.9.8.7/m</Uri>",
    }
    async with Device(both).driver() as driver:
        (channel,) = await driver.channels()
    assert [(each.codec, each.gop_seconds) for each in channel.streams] == [("h265", 2.0)]
    both["GetProfiles@media2"] = '<Profiles token="m"><Name>m</Name></Profiles>'
    async with Device(both).driver() as driver:
        (channel,) = await driver.channels()
    assert [each.codec for each in channel.streams] == ["h264", "h264"]


async def test_a_channel_is_a_video_input_and_keeps_its_number() -> None:
    answers: dict[str, Says] = {
        **CAMERA,
        "GetVideoSources": video_sources("a", "b", "c"),
        "GetProfiles": profile("1", "a") + profile("2", "c") + profile("again", "c", encoder="2"),
    }
    device = Device(answers)
    async with device.driver() as driver:
        found = {each.id: each.streams[0].id for each in await driver.channels()}
    assert found == {"1": "1", "3": "2"}
    device.answers |= {
        "GetVideoSources": video_sources("c", "b"),
        "GetProfiles": profile("2", "c") + profile("5", "b"),
    }
    async with device.served.served(), device.again() as driver:
        found = {each.id: each.streams[0].id for each in await driver.channels()}
        with pytest.raises(Missing):
            await driver.snapshot("1")
    assert found == {"2": "5", "3": "2"}


async def test_a_channel_that_plays_nowhere_now_has_no_stream() -> None:
    answers = {**CAMERA, "GetStreamUri": fault("ter:IncompleteConfiguration", "no camera")}
    async with Device(answers).driver() as driver:
        (channel,) = await driver.channels()
    assert channel.streams == ()


@pytest.mark.parametrize("lets", ["token", "digest"])
async def test_a_picture_is_taken_at_our_host(lets: str) -> None:
    device = Device(CAMERA, lets=lets, pages={"/snap.jpg?x=1": JPEG})  # type: ignore[arg-type]
    async with device.driver() as driver:
        assert await driver.snapshot("1") == JPEG


@pytest.mark.parametrize("lets", ["token", "digest"])
async def test_a_web_server_with_accounts_of_its_own_halts_nothing(lets: str) -> None:
    """Some makers keep users of ONVIF apart from those of the device."""
    device = Device(CAMERA, lets=lets, pages={"/snap.jpg?x=1": JPEG})  # type: ignore[arg-type]
    device.page_door = Door(password="another")
    async with device.driver() as driver:
        await driver.channels()
        for _ in range(3):
            with pytest.raises(Refused) as told:
                await driver.snapshot("1")
            assert told.value.reason.key == "right_missing"
        assert await driver.identify()
    assert sum(device.page_door.used.values()) <= 2


async def test_a_page_that_is_no_picture_is_garbled() -> None:
    device = Device(CAMERA, pages={"/snap.jpg?x=1": b"<html>"})
    async with device.driver() as driver:
        with pytest.raises(Garbled):
            await driver.snapshot("1")


async def test_a_device_of_old_tells_its_services_as_capabilities() -> None:
    told = (
        "<Capabilities><tt:Media><tt:XAddr>http://10.9.8.7/onvif/media</tt:XAddr></tt:Media>"
        "<tt:Extension><tt:Search><tt:XAddr>http://10.9.8.7/onvif/search</tt:XAddr></tt:Search>"
        "</tt:Extension></Capabilities>"
    )
    answers = {**CAMERA, "GetServices": fault("ter:ActionNotSupported"), "GetCapabilities": told}
    async with Device(answers).driver() as driver:
        assert len(await driver.channels()) == 1
        able = await driver.capabilities()
    assert able[Ability.FIND] and not able[Ability.PLAYBACK] and not able[Ability.EVENTS]


async def test_advice_names_the_setting() -> None:
    answers = {**CAMERA, "GetProfiles": profile("m", "v", codec="JPEG")}
    async with Device(answers, zone="").driver() as driver:
        advice = {each.key: each for each in await driver.advice()}
    assert set(advice) == {"codec_mjpeg", "gop_long", "zone_unset"}
    assert advice["gop_long"].channel == "1"
    assert "50" in advice["gop_long"].words.en and "50" in advice["gop_long"].words.es


async def test_answers_that_no_strict_parser_takes_are_read() -> None:
    broken = (
        b'<?xml version="1.0" encoding="utf-16"?><x:Envelope><x:Body>'
        b"<y:GetDeviceInformationResponse><y:Manufacturer>Maker\x01</y:Manufacturer>"
        b"<y:Model>M</y:Modell><y:SerialNumber>SN1</y:SerialNumber>"
        b"</y:GetDeviceInformationResponse></x:Body></x:Envelope>"
    )
    async with Device({"GetDeviceInformation": broken}, lets="all").driver() as driver:
        assert (await driver.identify()).serial == "SN1"


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + envelope("<GetDeviceInformationResponse/>"),
        envelope("<GetDeviceInformationResponse>" + "<a>" * 500),
        envelope("<GetDeviceInformationResponse><Model>M</Model>")[:-40],
        b"<a>" * 300_000,
    ],
)
async def test_bombs_and_halves_are_refused(body: bytes) -> None:
    async with Device({"GetDeviceInformation": body}, lets="all").driver() as driver:
        with pytest.raises((Garbled, Unsupported)):
            await driver.identify()
