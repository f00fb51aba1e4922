from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sereno.media import stream
from sereno.media.contract import (
    Connecting,
    Failed,
    FragmentWritten,
    Learned,
    Noticed,
    RunEnded,
    RunStarted,
    SegmentOpened,
    SegmentSealed,
)
from sereno.wire.reports import ReasonReport

from .camera import (
    Camera,
    RtpSender,
    Told,
    ffmpeg_says,
    interleaved,
)
from .recording import files_of, first_failure, recording, samples_of


@pytest.mark.parametrize(
    ("method", "status", "key", "params", "is_tried_again"),
    [
        ("DESCRIBE", "403 Forbidden", "forbidden", {}, False),
        ("DESCRIBE", "404 Not Found", "no_such_stream", {}, True),
        ("SETUP", "461 Unsupported Transport", "transport_refused", {}, True),
        ("PLAY", "453 Not Enough Bandwidth", "device_busy", {"status": "453"}, True),
        ("DESCRIBE", "503 Service Unavailable", "device_busy", {"status": "503"}, True),
        ("SETUP", "500 Internal Error", "device_error", {"status": "500"}, True),
        ("DESCRIBE", "302 Moved", "device_error", {"status": "302"}, True),
    ],
)
async def test_a_refusal_is_told_in_our_words(
    camera: Camera, told: Told, tmp_path: Path, method: str, status: str, key: str,
    params: dict[str, str], is_tried_again: bool,
) -> None:  # fmt: skip
    camera.answers[method] = f"RTSP/1.0 {status}\r\nCSeq: {{cseq}}\r\n\r\n"

    failed = await first_failure(camera.task(tmp_path, engine="native"), told)

    assert failed.reason == ReasonReport(key=key, params=params, raw=f"RTSP/1.0 {status}")
    assert (failed.next_try_us is not None) is is_tried_again
    assert [type(each) for each in told.events] == [Connecting, Failed]


async def test_wrong_password_is_tried_once_and_never_again(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    camera.digest = "MD5"
    failed = await first_failure(camera.task(tmp_path, password="wrong"), told)
    assert (failed.reason.key, failed.next_try_us) == ("unauthorized", None)
    assert sum("Authorization:" in head for head in camera.heads) == 1


async def test_no_password_is_said_so(camera: Camera, told: Told, tmp_path: Path) -> None:
    camera.digest = "MD5"
    failed = await first_failure(camera.task(tmp_path, username="", password=""), told)
    assert (failed.reason.key, failed.next_try_us) == ("unauthorized", None)


async def test_a_password_never_leaves_in_clear_text(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    camera.answers["DESCRIBE"] = (
        'RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'
    )
    failed = await first_failure(camera.task(tmp_path), told)
    assert (failed.reason.key, failed.next_try_us) == ("auth_unsafe", None)
    assert not any("Authorization:" in head for head in camera.heads)


async def test_unknown_name(told: Told, tmp_path: Path, camera: Camera) -> None:
    task = camera.task(tmp_path, address="rtsp://no-such-camera.invalid/1")
    failed = await first_failure(task, told)
    assert (failed.reason.key, failed.reason.params) == (
        "name_unknown",
        {"host": "no-such-camera.invalid"},
    )


async def test_closed_port(told: Told, tmp_path: Path, camera: Camera) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        task = camera.task(tmp_path, address=f"rtsp://127.0.0.1:{port}/1")
        failed = await first_failure(task, told)
    assert failed.reason.key == "refused"
    assert failed.reason.params == {"host": "127.0.0.1", "port": str(port)}


async def test_silent_device(told: Told, tmp_path: Path, camera: Camera) -> None:
    camera.answers["OPTIONS"] = ""
    failed = await first_failure(camera.task(tmp_path), told)
    assert (failed.reason.key, failed.reason.params) == ("timed_out", {"host": "127.0.0.1"})


async def test_address_that_is_none(told: Told, tmp_path: Path, camera: Camera) -> None:
    failed = await first_failure(camera.task(tmp_path, address="gopher://192.0.2.1/"), told)
    assert failed.reason.key == "garbled"


async def test_web_server(told: Told, tmp_path: Path, camera: Camera) -> None:
    camera.answers["OPTIONS"] = "HTTP/1.0 400 Bad Request\r\n\r\n<html>"
    failed = await first_failure(camera.task(tmp_path), told)
    assert failed.reason.key == "garbled"
    assert "HTTP/1.0 400" in failed.reason.raw


async def test_codec_we_cannot_record(told: Told, tmp_path: Path, camera: Camera) -> None:
    camera.sdp_codec = "VP8"
    failed = await first_failure(camera.task(tmp_path), told)
    assert (failed.reason.key, failed.reason.params) == ("codec_unknown", {"codec": "VP8"})


async def test_no_picture(told: Told, tmp_path: Path, camera: Camera) -> None:
    async def nothing(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    camera.script = nothing
    failed = await first_failure(camera.task(tmp_path), told)
    assert (failed.reason.key, failed.reason.params) == ("no_picture", {"seconds": "0.3"})


async def test_camera_that_hangs_up_is_dialled_again(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BACKOFF_SECONDS", (0.01, 0.02))

    async def one_lap(camera: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        for picture in camera.video.pictures:
            yield b"".join(interleaved(2, packet) for packet in sender.packets(picture))

    camera.script = one_lap
    async with recording(camera.task(tmp_path), told):
        await told.wait(RunStarted, 3)
    passing = (FragmentWritten, Learned, Noticed)
    kinds = [type(each) for each in told.events if not isinstance(each, passing)]
    assert kinds[:7] == [
        Connecting, RunStarted, SegmentOpened, SegmentSealed, RunEnded, Failed, Connecting,
    ]  # fmt: skip
    assert told.all(RunEnded)[0].reason.key == "camera_closed"
    assert told.all(Failed)[0].reason.key == "camera_closed"
    first = files_of(told, tmp_path)[0]
    assert samples_of(first) == [camera.video.sample(n) for n in range(40)]
    assert ffmpeg_says(first) == (40, pytest.approx(1.6), "")
