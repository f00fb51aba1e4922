"""The driver of plain RTSP cameras, before real servers."""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from tests.rooms.media.camera import PASSWORD, USER, Video, make_h264
from tests.rooms.media.odd_camera import OddCamera

from sereno.base.clock import EPOCH, SystemClock
from sereno.base.spans import Span
from sereno.drivers.contract import Ability, DeviceKind, Driver, Login, Role
from sereno.drivers.errors import (
    Busy,
    DeviceError,
    Locked,
    Missing,
    Refused,
    Unreachable,
    Unsupported,
)
from sereno.drivers.gate import Gates
from sereno.drivers.memory import ShortMemory
from sereno.drivers.rtsp.driver import RtspDriver
from sereno.drivers.rtsp.patterns import PATTERNS, fill, likeliest, pattern_of
from sereno.media.diagnosis.gauge import Gauge
from sereno.media.rtsp.dialogue import Patience
from sereno.media.rtsp.session import Session
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer

PATIENCE = Patience(connect_seconds=20, reply_seconds=20, silence_seconds=20)


@pytest.fixture(scope="module")
def video() -> Video:
    return Video.of(make_h264(128, 96))


@dataclass
class MakersCamera(OddCamera):
    """Has video at some paths alone, and says whose it is."""

    paths: tuple[str, ...] = ()
    server: str = "Rtsp Server/3.0"
    statuses: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    _writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        await super().serve(reader, writer)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.changes.append(self._change)

    def _change(self, method: str, head: str, reply: str) -> str:
        path = re.sub(r"^rtsp://[^/]*", "", head.split(" ")[1])
        if method != "DESCRIBE" or " 200 " not in reply:
            return reply.replace("\r\n", f"\r\nServer: {self.server}\r\n", 1)
        if path in self.paths and path not in self.statuses:
            return reply
        status = self.statuses.get(path, "404 Not Found")
        cseq = re.search(r"CSeq: \d+", head)
        assert cseq is not None
        assert self._writer is not None
        if self.hangs_up:
            asyncio.get_running_loop().call_soon(self._writer.close)
        return f"RTSP/1.0 {status}\r\n{cseq[0]}\r\n\r\n"

    @property
    def described(self) -> list[str]:
        """The paths that were asked for, one after another."""
        asked = [head.split(" ")[1] for head in self.heads if head.startswith("DESCRIBE")]
        return list(dict.fromkeys(re.sub(r"^rtsp://[^/]*", "", url) for url in asked))

    @property
    def signed_count(self) -> int:
        return sum("Authorization:" in head for head in self.heads)


def driver_of(camera: OddCamera, template: str = "", count: int = 1, password: str = PASSWORD,
              memory: ShortMemory | None = None) -> RtspDriver:  # fmt: skip
    login = Login("127.0.0.1", username=USER, password=password, rtsp_port=camera.port)
    clock = SystemClock()
    gate = Gates(memory or ShortMemory(), clock).gate(login)
    return RtspDriver(login, gate, clock, template, count, PATIENCE)


async def test_a_camera_is_found_by_the_usual_path_of_its_maker(video: Video) -> None:
    paths = ("/11", "/12", "/live")
    camera = MakersCamera(video, digest="MD5", paths=paths, server="Hipcam RealServer/V1.0")
    async with camera.served():
        driver = driver_of(camera)
        identity = await driver.identify()
        (channel,) = await driver.channels()
    assert (identity.vendor, identity.maker, identity.kind) == (
        "rtsp", "Hipcam", DeviceKind.CAMERA
    )  # fmt: skip
    assert (identity.model, identity.serial) == ("Hipcam RealServer/V1.0", "")
    assert identity.rtsp_port == camera.port
    assert identity.clock_offset_seconds is None
    main, sub = channel.streams
    assert (main.role, main.codec, main.width, main.height) == (Role.MAIN, "h264", 128, 96)
    assert main.address == f"rtsp://127.0.0.1:{camera.port}/11"
    assert sub.address.endswith("/12")
    assert camera.described == ["/", "/11", "/12"]  # greeted at the root, then known


async def test_without_a_word_of_its_maker_all_usual_paths_are_tried(video: Video) -> None:
    camera = MakersCamera(video, paths=("/live",))
    async with camera.served():
        identity = await driver_of(camera).identify()
    assert identity.maker == ""
    assert camera.described[1] == "/Streaming/Channels/101"
    assert camera.described[-1] == "/live"


@pytest.mark.parametrize("digest", ["MD5", ""])
async def test_a_server_that_hangs_up_when_it_has_said_no_is_dialled_again(
    digest: str, video: Video
) -> None:
    camera = MakersCamera(video, paths=("/live/main",), digest=digest, hangs_up=True)
    async with camera.served():
        (channel,) = await driver_of(camera).channels()
    assert [stream.role for stream in channel.streams] == [Role.MAIN]
    assert channel.is_online


@pytest.mark.provokes("rtsp_path_unknown")
async def test_video_at_no_usual_path_is_told(video: Video) -> None:
    async with MakersCamera(video).served() as camera:
        with pytest.raises(Missing) as told:
            await driver_of(camera).identify()
    assert told.value.reason.key == "rtsp_path_unknown"
    assert "127.0.0.1" in told.value.reason.words().es


async def test_an_address_names_the_maker_and_the_other_stream(video: Video) -> None:
    paths = ("/Streaming/Channels/301", "/Streaming/Channels/302")
    async with MakersCamera(video, paths=paths).served() as camera:
        address = f"rtsp://127.0.0.1:{camera.port}/Streaming/Channels/302"
        (channel,) = await driver_of(camera, address).channels()
    assert (channel.id, channel.number, channel.is_online) == ("3", 3, True)
    assert [stream.address[-3:] for stream in channel.streams] == ["301", "302"]


async def test_a_template_stands_for_as_many_channels_as_said(video: Video) -> None:
    paths = ("/ch01/main", "/ch01/sub", "/ch03/main")
    camera = MakersCamera(video, paths=paths, statuses={"/ch02/main": "503 Service Unavailable"})
    async with camera.served():
        driver = driver_of(camera, "/ch{channel:02}/{stream}", 3)
        channels = await driver.channels()
        assert (await driver.identify()).kind is DeviceKind.RECORDER
    assert [channel.is_online for channel in channels] == [True, False, True]
    assert [len(channel.streams) for channel in channels] == [2, 1, 1]
    assert channels[1].streams[0].address.endswith("/ch02/main")


@pytest.mark.parametrize("digest", ["MD5", "SHA-256"])
async def test_a_snapshot_is_the_first_key_frame(video: Video, digest: str) -> None:
    async with MakersCamera(video, digest=digest, paths=("/live",)).served() as camera:
        data = await driver_of(camera, "/live").snapshot("1")
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (128, 96))


async def test_a_wrong_password_is_shown_once_and_never_again(video: Video) -> None:
    memory = ShortMemory()
    async with MakersCamera(video, digest="MD5", paths=("/live",)).served() as camera:
        driver = driver_of(camera, "/live", password="wrong", memory=memory)
        for ask in (driver.channels, driver.channels, driver.identify):
            with pytest.raises(Refused):
                await ask()
        with pytest.raises(Refused):
            await driver.snapshot("1")
        assert camera.signed_count == 1
        await driver_of(camera, "/live", memory=memory).channels()


async def test_a_locked_account_is_left_alone_until_then(video: Video) -> None:
    answer = (
        "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nContent-Length: 55\r\n\r\n"
        "<lockStatus>lock</lockStatus><unlockTime>60</unlockTime"
    )
    async with MakersCamera(video, answers={"DESCRIBE": answer}).served() as camera:
        driver = driver_of(camera, "/live")
        with pytest.raises(Locked) as told:
            await driver.channels()
        assert told.value.not_before is not None
        count = len(camera.heads)
        with pytest.raises(Locked):
            await driver.channels()
    assert len(camera.heads) == count
    assert camera.signed_count == 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("404 Not Found", Missing),
        ("453 Not Enough Bandwidth", Busy),
        ("403 Forbidden", Refused),
    ],
)
async def test_refusals_are_of_the_few_kinds(
    status: str, kind: type[DeviceError], video: Video
) -> None:
    camera = MakersCamera(video, paths=("/live",), answers={
        "SETUP": f"RTSP/1.0 {status}\r\nCSeq: {{cseq}}\r\n\r\n"
    })  # fmt: skip
    async with camera.served():
        with pytest.raises(kind):
            await driver_of(camera, "/live").snapshot("1")


async def test_row_29_no_further_stream_is_busy_and_told(tmp_path: Path) -> None:
    config = SimConfig(
        cache_dir=tmp_path, cameras=(CameraSpec("Entrance", "entrance"),), loop_seconds=4,
        key_seconds=1, main=Picture(160, 90, 100_000), sub=Picture(160, 90, 100_000),
        quirks=frozenset({"server-limit-500=1"}),
    )  # fmt: skip
    async with SimServer(config) as server:
        login, clock = Login("127.0.0.1", rtsp_port=server.port), SystemClock()
        gate, viewer = Gates(ShortMemory(), clock).gate(login), Gauge(clock, clock.monotonic)
        driver = RtspDriver(login, gate, clock, "/cam/1/main", 1, PATIENCE)
        async with Session(
            server.address(1), "", "", now_us=viewer.now_us, patience=PATIENCE
        ) as session:
            await session.play(viewer)
            with pytest.raises(Busy) as told:
                await driver.snapshot("1")
        assert await driver.snapshot("1")
    assert told.value.reason.params == {"status": "500"}


async def test_nobody_there_is_unreachable(video: Video) -> None:
    async with MakersCamera(video).served() as camera:
        pass
    with pytest.raises(Unreachable) as told:
        await driver_of(camera, "/live").channels()
    assert told.value.reason.key == "refused"


@pytest.mark.provokes("channel_missing")
async def test_a_channel_that_is_not_there_is_missing(video: Video) -> None:
    async with MakersCamera(video, paths=("/live",)).served() as camera:
        with pytest.raises(Missing) as told:
            await driver_of(camera, "/live").snapshot("2")
    assert told.value.reason.key == "channel_missing"


@pytest.mark.provokes("rtsp_only")
async def test_what_rtsp_cannot_tell_is_an_answer(video: Video) -> None:
    driver: Driver = driver_of(OddCamera(video))
    able = await driver.capabilities()
    assert set(able) == set(Ability)
    assert {each for each in able if able[each]} == {Ability.CHANNELS, Ability.SNAPSHOT}
    assert await driver.advice() == []
    span = Span(EPOCH, EPOCH + timedelta(hours=1))
    for ask in (driver.health, driver.clock):
        with pytest.raises(Unsupported) as told:
            await ask()
        assert told.value.reason.key == "rtsp_only"
    with pytest.raises(Unsupported):
        await driver.playback("1", span)
    with pytest.raises(Unsupported):
        driver.find("1", span)
    with pytest.raises(Unsupported):
        driver.events()
    await driver.close()


def test_every_pattern_knows_its_own_paths() -> None:
    for pattern in PATTERNS:
        for role in (Role.MAIN, Role.SUB):
            path = pattern.path(role, 7)
            if path:
                assert pattern.channel_of(path) == (7 if "{" in pattern.main else 1)
    assert pattern_of("/nobody/knows") is None


def test_places_are_filled_and_no_others() -> None:
    assert fill("/{channel:02}/{index}/{stream}/{x}", Role.SUB, 3) == "/03/2/sub/{x}"
    assert fill("/{channel}", Role.THIRD, 3) == ""


@pytest.mark.parametrize(
    ("said", "maker"),
    [
        ("Login to 3F01C9PAZ00B4D1", "Dahua"),
        ("IP Camera(C2345)", "Hikvision"),
        ("AXIS_ACCC8E000000", "Axis"),
        ("something else", "Hikvision"),
    ],
)
def test_the_servers_own_words_say_what_is_likeliest(said: str, maker: str) -> None:
    found = likeliest([said])
    assert found[0].maker == maker
    assert len(found) == len(PATTERNS)
