"""When a stream that failed is tried again."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.media.contract import Failed, RunStarted, Start, TrySoon
from sereno.media.rtsp.session import Patience
from sereno.policy import retries
from sereno.policy.reason_entry import Retry
from sereno.policy.retries import Pause
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer

from .camera import CAMERA_ID, PASSWORD, USER, Camera, Told, until
from .recording import recording

SOON = TrySoon(camera_id=CAMERA_ID, stream="main")
PATIENT = Patience()  # who fails here fails for what the test is about


@pytest.fixture(autouse=True)
def nobody_is_patient_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    long = dict.fromkeys(Retry, Pause(600.0, 600.0, "longer than any test"))
    monkeypatch.setattr(retries, "PAUSES", long)


async def test_a_stream_that_waits_for_the_network_is_tried_when_its_host_is_back(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    address = f"rtsp://127.0.0.1:{port}/cam"
    async with recording(camera.task(tmp_path, address=address), told, PATIENT) as runner:
        failed = await told.wait(Failed)
        assert failed.reason.key == "refused"
        server = await asyncio.start_server(camera.serve, "127.0.0.1", port)
        async with server:
            runner.obey(SOON)
            await told.wait(RunStarted)


async def test_a_device_that_asked_to_wait_is_left_alone(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    camera.answers["DESCRIBE"] = "RTSP/1.0 453 Not Enough Bandwidth\r\nCSeq: {cseq}\r\n\r\n"
    async with recording(camera.task(tmp_path), told, PATIENT) as runner:
        await told.wait(Failed)
        runner.obey(SOON)
        await until(lambda: not runner._acts)
        (stream,) = runner._streams.values()
        assert not stream._news.is_set()


async def test_what_broke_off_is_opened_once_more_at_once(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    camera.answers["PLAY"] = "RTSP/1.0 454 Session Not Found\r\nCSeq: {cseq}\r\n\r\n"
    async with recording(camera.task(tmp_path, engine="native"), told, PATIENT):
        await told.wait(Failed, 2)
    first, second = told.all(Failed)[:2]
    assert (first.next_try_us or 0) <= first.at_us
    assert (second.next_try_us or 0) > second.at_us + 500_000_000
    await until(lambda: camera.requests.count("PLAY") == 2)


async def test_a_password_that_is_refused_is_not_tried_again_by_whoever_is_started(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    camera.digest = "MD5"
    task = camera.task(tmp_path, password="wrong", doors_dir=str(tmp_path / "doors"))
    async with recording(task, told, PATIENT):
        first = await told.wait(Failed)
    seen = len(camera.requests)
    async with recording(task, told, PATIENT):
        second = await told.wait(Failed, 2)
    assert first.reason == second.reason
    assert (first.reason.key, second.next_try_us) == ("unauthorized", None)
    assert len(camera.requests) == seen


@pytest.fixture(scope="session")
def recorder_config(tmp_path_factory: pytest.TempPathFactory) -> SimConfig:
    return SimConfig(
        cache_dir=tmp_path_factory.mktemp("recorder"),
        cameras=tuple(CameraSpec(name, "entrance") for name in ("One", "Two", "Three")),
        user=USER,
        password=PASSWORD,
        main=Picture(96, 64, 50_000),
        sub=Picture(96, 64, 50_000),
        fps=5,
        loop_seconds=4,
        key_seconds=0.4,
    )


@pytest.mark.parametrize("engine", ["native", "ffmpeg"])
async def test_all_channels_together_try_a_wrong_password_once(
    recorder_config: SimConfig, camera: Camera, told: Told, tmp_path: Path, engine: str
) -> None:
    doors = str(tmp_path / "doors")
    async with SimServer(recorder_config) as recorder:
        tasks = [
            camera.task(
                tmp_path, camera_id=uuid4(), address=recorder.address(number), engine=engine,
                password="wrong", doors_dir=doors,
            )
            for number in (1, 2, 3)
        ]  # fmt: skip
        async with recording(tasks[0], told, PATIENT) as runner:
            for task in tasks[1:]:
                runner.obey(Start(task=task))
            await told.until(lambda: len(told.all(Failed)) == 3)
        assert {each.reason.key for each in told.all(Failed)} == {"unauthorized"}
        assert recorder.refused_logins == 1


async def test_a_locked_account_is_met_once_and_left_alone_for_as_long_as_it_is_locked(
    recorder_config: SimConfig, camera: Camera, told: Told, tmp_path: Path
) -> None:
    locked = replace(recorder_config, quirks=frozenset({"account-locked=600"}))
    doors = str(tmp_path / "doors")
    async with SimServer(locked) as recorder:
        tasks = [
            camera.task(
                tmp_path, camera_id=uuid4(), address=recorder.address(number), engine="native",
                doors_dir=doors,
            )
            for number in (1, 2, 3)
        ]  # fmt: skip
        async with recording(tasks[0], told, PATIENT) as runner:
            for task in tasks[1:]:
                runner.obey(Start(task=task))
            await told.until(lambda: len(told.all(Failed)) == 3)
        assert recorder.knocks.count == 1
    for failed in told.all(Failed):
        assert failed.reason.key == "account_locked"
        assert failed.next_try_us is not None
        assert 600_000_000 < failed.next_try_us - failed.at_us < 1_000_000_000
