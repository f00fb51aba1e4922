"""What only ffmpeg can play, from sources that are real: HTTP, HLS, RTMP, USB; and passwords."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import imageio_ffmpeg
import pytest

from sereno.media.contract import Failed, FragmentWritten, Noticed, RunStarted, StreamTask
from sereno.media.rtsp.clear_text import HOSTS_VARIABLE

from .camera import CAMERA_ID, PASSWORD, USER, Told, ffmpeg_says
from .encoded import ffmpeg
from .recording import files_of, let_tries_follow_at_once
from .test_ffmpeg_stream import Recording

JPEG = ("-f", "lavfi", "-i", "testsrc2=size=128x96:rate=25", "-frames:v", "1", "-f", "mjpeg", "-")
FILM = (
    "-f", "lavfi", "-i", "testsrc2=size=128x96:rate=25", "-f", "lavfi", "-i", "sine",
    "-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-bf", "2", "-pix_fmt", "yuv420p",
    "-c:a", "aac",
)  # fmt: skip


def task_of(address: str, footage: Path, **changes: object) -> StreamTask:
    values: dict[str, object] = {
        "camera_id": CAMERA_ID, "stream": "main", "address": address, "footage_dir": str(footage),
    }  # fmt: skip
    return StreamTask.model_validate(values | changes)


class Site:
    """An HTTP server: Motion JPEG at `/video`, files of a folder elsewhere.

    With a `challenge` it wants credentials. `answers` are the schemes by which it was answered.
    """

    def __init__(self, challenge: str = "", folder: Path | None = None) -> None:
        self.picture = ffmpeg(*JPEG)
        self.challenge = challenge
        self.folder = folder
        self.answers: list[str] = []

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if self.challenge and not self._is_authorized(head):
                writer.write(
                    f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {self.challenge}\r\n"
                    "Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
                )
            elif self.folder is not None:
                data = (self.folder / head.split()[1].strip("/")).read_bytes()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(data))
                writer.write(b"Connection: close\r\n\r\n" + data)
            else:
                await self._play(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n"
        )
        while True:
            writer.write(
                b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n"
                % (len(self.picture), self.picture)
            )
            await writer.drain()
            await asyncio.sleep(0.04)

    def _is_authorized(self, head: str) -> bool:
        found = re.search(r"^Authorization: (\w+) (.*)\r$", head, re.MULTILINE)
        if found is None:
            return False
        self.answers.append(found[1])
        if found[1] == "Basic":
            return base64.b64decode(found[2]).decode() == f"{USER}:{PASSWORD}"
        fields = dict(re.findall(r'(\w+)="?([^",]*)"?', found[2]))

        name = "md5"  # what RFC 2617 asks for

        def md5(text: str) -> str:
            return hashlib.new(name, text.encode()).hexdigest()

        key = f"{md5(f'{USER}:cam:{PASSWORD}')}:abc:{fields['nc']}:{fields['cnonce']}:auth"
        return fields["response"] == md5(f"{key}:{md5('GET:' + fields['uri'])}")


@pytest.mark.parametrize(
    ("challenge", "allowed", "scheme"),
    [
        ('Digest realm="cam", nonce="abc", qop="auth"', "", "Digest"),
        ('Basic realm="cam"', "other, 127.0.0.1", "Basic"),
    ],
)
@pytest.mark.provokes("video_converted")
async def test_motion_jpeg_is_converted_and_said_so(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, challenge: str, allowed: str,
    scheme: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(HOSTS_VARIABLE, allowed)
    site = Site(challenge)
    async with site.served() as address:
        task = task_of(f"{address}/video", tmp_path, username=USER, password=PASSWORD)
        async with Recording(task, told):
            await told.wait(FragmentWritten, 4)
    started = told.all(RunStarted)[0]
    assert (started.engine, started.transport, started.width) == ("ffmpeg", "http", 128)
    assert started.codec.startswith("avc1.")
    assert [each.reason.key for each in told.all(Noticed)] == ["video_converted"]
    assert ffmpeg_says(files_of(told, tmp_path)[0])[2] == ""
    assert set(site.answers) == {scheme}


async def test_no_password_in_clear_text_over_http(told: Told, tmp_path: Path) -> None:
    site = Site('Basic realm="cam"')
    async with site.served() as address:
        task = task_of(f"{address}/video", tmp_path, username=USER, password=PASSWORD)
        async with Recording(task, told):
            failed = await told.wait(Failed)
    assert (failed.reason.key, failed.next_try_us) == ("auth_unsafe", None)
    assert site.answers == []


async def test_hls(told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    ffmpeg(*FILM, "-t", "4", "-f", "hls", "-hls_time", "1", str(folder / "film.m3u8"))
    site = Site(folder=folder)
    async with site.served() as at, Recording(task_of(f"{at}/film.m3u8", tmp_path), told):
        failed = await told.wait(Failed)
    assert failed.reason.key == "camera_closed"
    started = told.all(RunStarted)[0]
    assert (started.transport, started.sound) == ("http", "mp4a.40.2")
    frames, seconds, said = ffmpeg_says(files_of(told, tmp_path)[0])
    assert said == ""
    assert frames >= 90
    assert seconds == pytest.approx(frames / 25, abs=0.1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def test_rtmp(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_tries_follow_at_once(monkeypatch)
    address = f"rtmp://127.0.0.1:{free_port()}/live/cam"
    server = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-re", *FILM,
        "-f", "flv", "-listen", "1", address,
        stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with Recording(task_of(address, tmp_path), told):
            await told.wait(FragmentWritten, 4)
    finally:
        server.kill()
        await server.wait()
    started = told.all(RunStarted)[0]
    assert (started.transport, started.sound) == ("rtmp", "mp4a.40.2")
    assert {each.reason.key for each in told.all(Failed)} <= {"refused"}
    assert ffmpeg_says(files_of(told, tmp_path)[0])[2] == ""


@pytest.mark.provokes("device_unopened")
async def test_a_usb_camera_that_is_not_there(told: Told, tmp_path: Path) -> None:
    async with Recording(task_of("v4l2:///dev/video77", tmp_path), told):
        failed = await told.wait(Failed)
    assert failed.reason.key == "device_unopened"
    assert failed.reason.params == {"host": "/dev/video77"}
    assert failed.next_try_us is not None
