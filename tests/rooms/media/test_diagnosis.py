"""Each fault of a camera is told at its step, with what to do about it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import Sibling
from sereno.media.diagnosis import native
from sereno.media.diagnosis.diagnose import Scene
from sereno.media.diagnosis.watching import Limits
from sereno.media.doors import Doors
from sereno.media.faults import fault
from sereno.media.rtsp import session
from sereno.media.rtsp.clear_text import HOSTS_VARIABLE
from sereno.media.rtsp.tls import CA_FILE_VARIABLE
from sereno.sim import CameraSpec, SimServer

from .diagnosing import IMPATIENT, PASSWORD, QUICK, Found, config_of, diagnose, task_of
from .odd_camera import OddCamera
from .test_ffmpeg_sources import Site
from .test_session_tls import Private, certificate

QUIRKY = (
    "sr-offset=37", "sr-wrong-decade", "no-rtcp", "udp-only", "options-refused", "loss=15",
    "slow-first-key=30", "teardown-by-server=1", "redirect",
)  # fmt: skip
CAMERAS = (
    CameraSpec("well", "entrance", sound="aac"),
    CameraSpec("old sound", "entrance", sound="pcmu"),
    CameraSpec("odd sound", "entrance", sound="g726"),
    CameraSpec("out of order", "entrance", b_frames=2),
    CameraSpec("newer", "entrance", codec="h265"),
    *(CameraSpec(quirk, "entrance", quirks=frozenset({quirk})) for quirk in QUIRKY),
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("loops")


@pytest.fixture
async def sim(cache: Path) -> AsyncIterator[SimServer]:
    async with SimServer(config_of(cache, *CAMERAS)) as server:
        yield server


async def of(
    sim: SimServer,
    name: str,
    scene: Scene | None = None,
    limits: Limits = QUICK,
    **more: object,
) -> Found:
    names = [camera.name for camera in CAMERAS]
    return await diagnose(task_of(sim.address(names.index(name) + 1), **more), scene, limits)


@pytest.mark.provokes("diagnosis_well")
async def test_a_camera_that_is_well(sim: SimServer) -> None:
    found = await of(sim, "well")
    assert found.verdict == "ok"
    assert found.summary == "All is well: this stream can be recorded as it is set."
    assert list(found.verdicts) == list(native.STEPS)
    assert set(found.verdicts.values()) == {"ok"}
    assert found.step("name").saw == "127.0.0.1"
    assert found.step("tcp").saw.startswith("127.0.0.1:")
    assert found.step("describe").saw == "200 OK, Digest"
    assert found.step("setup").saw == "200 OK, TCP"
    assert found.step("key_interval").saw == "0.4 s"
    assert found.step("codec").saw == "H.264 160×90 25 fps"
    assert found.step("sound").saw == "AAC 16 kHz"
    assert found.last.engine == "native"
    assert found.last.is_done
    measured = [step for step in found.last.steps if step.ms is not None]
    assert [step.step for step in measured][:4] == ["name", "tcp", "options", "describe"]


async def test_steps_are_told_as_they_are_known(sim: SimServer) -> None:
    found = await of(sim, "well")
    counts = [len(report.steps) for report in found.told]
    assert counts == sorted(counts)
    assert counts[0] == 1
    assert [report.is_done for report in found.told].count(True) == 1
    under_way = [
        step.step for report in found.told for step in report.steps if step.verdict == "running"
    ]
    assert list(dict.fromkeys(under_way)) == list(native.STEPS[:9])


async def test_a_wrong_password_is_one_attempt_and_no_secret_is_told(sim: SimServer) -> None:
    found = await of(sim, "well", password="wr0ng s3cret")
    assert found.failed == {"describe": "unauthorized"}
    assert sim.refused_logins == 1
    assert found.verdicts["play"] == "skipped"
    assert "wr0ng" not in found.text()
    assert found.summary.startswith("RTSP DESCRIBE: The camera rejected")


async def test_credentials_that_were_refused_before_are_not_tried_again(
    sim: SimServer, tmp_path: Path
) -> None:
    doors = Doors(tmp_path / "doors", SystemClock())
    task = task_of(sim.address(1), password="wr0ng s3cret")
    first = await diagnose(task, doors=doors)
    again = await diagnose(task, doors=doors)
    doors.close()
    assert sim.refused_logins == 1
    assert first.failed == again.failed == {"describe": "unauthorized"}
    assert (again.verdicts["name"], again.verdicts["tcp"]) == ("ok", "ok")
    assert again.verdicts["options"] == "skipped"


async def test_an_address_that_the_camera_does_not_have(sim: SimServer) -> None:
    found = await diagnose(task_of(f"{sim.address(1)}/nothing"))
    assert found.failed == {"describe": "no_such_stream"}
    assert found.step("describe").saw.startswith("404")


async def test_a_port_where_nothing_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = await diagnose(task_of(f"rtsp://127.0.0.1:{free.getsockname()[1]}/main"))
    assert found.failed == {"tcp": "refused"}
    assert found.verdicts["name"] == "ok"


async def test_a_name_that_nobody_knows() -> None:
    found = await diagnose(task_of("rtsp://camera.invalid/main"))
    assert found.failed == {"name": "name_unknown"}
    assert found.verdicts["tcp"] == "skipped"


async def test_a_black_hole_ends_in_time() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        place = full.getsockname()
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(place)
        task = task_of(f"rtsp://127.0.0.1:{place[1]}/main")
        async with asyncio.timeout(60):  # TCP itself would try for minutes
            found = await diagnose(task, patience=IMPATIENT)
        for caller in callers:
            caller.close()
    assert found.failed == {"tcp": "timed_out"}


@pytest.mark.provokes("diagnosis_too_slow")
async def listen_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.provokes("no_answer", "diagnosis_too_slow")
async def test_a_device_that_takes_calls_and_says_nothing() -> None:
    silent = await asyncio.start_server(listen_only, "127.0.0.1", 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        slow = replace(QUICK, whole=0.4)
        quiet, hurried = await asyncio.gather(
            diagnose(task_of(f"rtsp://127.0.0.1:{port}/main"), patience=IMPATIENT),
            diagnose(task_of(f"rtsp://127.0.0.1:{port}/main"), limits=slow),
        )
    assert quiet.failed == {"options": "no_answer"}
    assert hurried.failed == {"options": "diagnosis_too_slow"}
    assert hurried.last.is_done


async def test_a_web_server_tells_one_line_of_itself(cache: Path) -> None:
    web = config_of(cache, CAMERAS[0], quirks=frozenset({"http-on-port"}))
    async with SimServer(web) as sim:
        found = await diagnose(task_of(sim.address(1), engine="native"))
    assert found.failed == {"options": "garbled"}
    reason = found.step("options").reason
    assert reason is not None
    assert 0 < len(reason.raw) <= 200
    assert "\n" not in reason.raw


async def test_no_media(odd: OddCamera) -> None:
    odd.mute = ("tcp",)
    found = await diagnose(task_of(odd.address, transport="tcp"), patience=IMPATIENT)
    assert found.failed == {"first_packet": "no_picture"}
    assert found.verdicts["play"] == "ok"


@pytest.mark.provokes("no_key_frame")
async def test_video_without_a_key_frame(sim: SimServer) -> None:
    found = await of(sim, "slow-first-key=30", limits=replace(QUICK, first_key=2.0))
    assert found.failed == {"first_key": "no_key_frame"}
    assert found.verdicts["first_packet"] == "ok"


@pytest.mark.parametrize(
    ("quirk", "advice", "saw"),
    [
        ("sr-offset=37", "camera_clock_behind", "−37 s"),
        ("sr-wrong-decade", "camera_clock_behind", "−10958 d"),
        ("no-rtcp", "no_rtcp", "–"),
    ],
)
@pytest.mark.provokes("camera_clock_behind", "no_rtcp")
async def test_the_cameras_clock(sim: SimServer, quirk: str, advice: str, saw: str) -> None:
    limits = replace(QUICK, report=1.5) if quirk == "no-rtcp" else QUICK
    found = await of(sim, quirk, limits=limits)
    assert found.advice == [advice]
    assert found.step("clock").saw == saw
    assert (found.verdict, found.verdicts["clock"]) == ("warning", "warning")


@pytest.mark.parametrize(
    ("name", "saw", "advice"),
    [("old sound", "G.711 µ-law 8 kHz → AAC", []), ("odd sound", "G726-32", ["sound_dropped"])],
)
async def test_sound(sim: SimServer, name: str, saw: str, advice: list[str]) -> None:
    found = await of(sim, name)
    assert found.step("sound").saw == saw
    assert found.advice == advice


async def test_sound_that_is_not_wanted_is_not_judged(sim: SimServer) -> None:
    found = await of(sim, "odd sound", records_sound=False)
    assert found.verdicts["sound"] == "skipped"
    assert found.verdict == "ok"


@pytest.mark.provokes("b_frames")
async def test_pictures_out_of_order(sim: SimServer) -> None:
    found = await of(sim, "out of order")
    assert found.advice == ["b_frames"]


async def test_another_codec(sim: SimServer) -> None:
    found = await of(sim, "newer")
    assert found.step("codec").saw == "H.265 160×90 25 fps"


@pytest.mark.provokes("sub_exceeds_main")
async def test_main_and_sub_exchanged(sim: SimServer) -> None:
    smaller, larger = (
        Scene(sibling=Sibling(width=96, height=64)),
        Scene(sibling=Sibling(width=640, height=360)),
    )
    as_sub, as_main, well = await asyncio.gather(
        of(sim, "well", smaller, stream="sub"),
        of(sim, "well", larger),
        of(sim, "well", smaller),
    )
    assert (as_sub.advice, as_main.advice) == (["sub_exceeds_main"], ["sub_exceeds_main"])
    assert well.advice == []


@pytest.mark.provokes("losses_seen")
async def test_losses(sim: SimServer) -> None:
    found = await of(sim, "loss=15")
    assert "losses_seen" in found.advice, found.failed
    assert found.verdicts["delivery"] == "warning"


async def test_a_camera_that_hangs_up_in_the_middle(sim: SimServer) -> None:
    found = await of(sim, "teardown-by-server=1", limits=replace(QUICK, least=30.0))
    assert found.verdicts["first_key"] == "ok"
    assert (found.verdicts["delivery"], found.reason("delivery")) == ("warning", "session_ended")
    assert found.verdicts["codec"] == "ok"


async def test_a_refused_greeting_and_a_redirect_are_no_faults(sim: SimServer) -> None:
    refused, redirected = await asyncio.gather(of(sim, "options-refused"), of(sim, "redirect"))
    assert (refused.verdict, refused.step("options").saw) == ("ok", "405 Method Not Allowed")
    assert redirected.verdict == "ok"


@pytest.mark.provokes("tcp_refused")
async def test_datagrams_only(sim: SimServer) -> None:
    found = await of(sim, "udp-only")
    assert found.advice == ["tcp_refused"]
    assert found.step("setup").saw == "200 OK, UDP"


@pytest.mark.provokes("udp_blocked")
async def test_datagrams_that_are_blocked(odd: OddCamera) -> None:
    odd.mute = ("udp",)
    found = await diagnose(task_of(odd.address, transport="udp"), patience=IMPATIENT)
    assert found.failed == {"first_packet": "no_picture"}
    assert found.advice == ["udp_blocked"]
    assert "set the transport to automatic or tcp" in found.summary.lower()


@pytest.mark.provokes("recording_uses_it")
async def test_a_session_limit_that_the_recording_has_used_up(cache: Path) -> None:
    one = CameraSpec("one", "entrance", quirks=frozenset({"session-limit-453=1"}))
    async with SimServer(config_of(cache, one)) as sim:
        longer = replace(QUICK, least=4.0)
        first = asyncio.create_task(diagnose(task_of(sim.address(1)), limits=longer))
        while not sim.camera(1).sessions:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        used, foreign = await asyncio.gather(
            diagnose(task_of(sim.address(1)), Scene(is_recorded=True)),
            diagnose(task_of(sim.address(1))),
        )
        assert (await first).verdict == "ok"
    assert (used.verdict, used.advice) == ("warning", ["recording_uses_it"])
    assert list(foreign.failed.values()) == ["session_limit"]


@pytest.mark.provokes("password_in_clear")
async def test_a_password_in_clear_text(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(cache, CAMERAS[0], auth=("basic",))
    async with SimServer(config) as sim:
        refused = await diagnose(task_of(sim.address(1)))
        monkeypatch.setenv(HOSTS_VARIABLE, "127.0.0.1")
        allowed = await diagnose(task_of(sim.address(1)))
    assert refused.failed == {"describe": "auth_unsafe"}
    assert allowed.advice == ["password_in_clear"]
    assert PASSWORD not in refused.text() + allowed.text()


async def test_encryption(video: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    camera = Private(video)  # type: ignore[arg-type]
    async with camera.served(context):
        strange = await diagnose(task_of(camera.address))
        monkeypatch.setenv(CA_FILE_VARIABLE, str(pem))
        trusted = await diagnose(task_of(camera.address))
    assert strange.failed == {"tls": "tls_untrusted"}
    assert trusted.verdicts["tls"] == "ok"
    assert trusted.step("tls").saw.startswith("TLSv1.3, ")
    assert trusted.failed == {}


async def test_by_way_of_ffmpeg() -> None:
    async with Site().served() as url:
        found = await diagnose(task_of(f"{url}/video", username="", password=""))
    assert found.last.engine == "ffmpeg"
    assert found.failed == {}
    assert found.verdicts["tcp"] == found.verdicts["ffmpeg"] == "ok"
    assert found.step("ffmpeg").saw == "HTTP"
    assert found.step("codec").saw.startswith("H.264 ")
    assert "video_converted" in found.advice


@pytest.mark.provokes("needs_ffmpeg")
async def test_what_only_ffmpeg_can_do(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> NoReturn:
        raise fault("codec_unknown", codec="exotic")

    monkeypatch.setattr(session, "choose_video", refuse)
    found = await of(sim, "well")
    assert found.last.engine == "ffmpeg"
    assert (found.verdict, found.failed) == ("warning", {})
    assert (found.reason("describe"), found.advice) == ("codec_unknown", ["needs_ffmpeg"])
    assert found.step("codec").saw.startswith("H.264 160×90")
    assert found.verdicts["play"] == "skipped"


async def test_what_is_no_address_at_all() -> None:
    found = await diagnose(task_of("rtsp://:554"))
    assert found.failed == {"name": "garbled"}
