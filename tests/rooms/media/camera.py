"""Real pictures, and a camera that does what a test tells it to, over a real socket."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import imageio_ffmpeg

from sereno.media.contract import EVENTS, Event, StreamTask

FPS = 25
GOP = 10
FRAME_TICKS = 90_000 // FPS
USER, PASSWORD = "operator", "s3cret word"
WAIT_SECONDS = 90.0  # only guards against hanging
CAMERA_ID = UUID("11111111-2222-4333-8444-555555555555")


def make_h264(width: int, height: int, frames: int = 40, *options: str) -> bytes:
    """An Annex B stream without B-frames, a key frame every `GOP` frames."""
    source = f"testsrc2=size={width}x{height}:rate={FPS}"
    argv = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-f", "lavfi", "-i", source,
        "-frames:v", str(frames), "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0",
        "-g", str(GOP), "-x264-params", "scenecut=0:threads=1", *options, "-f", "h264", "-",
    ]  # fmt: skip
    return subprocess.run(argv, check=True, capture_output=True).stdout


def nal_units(annexb: bytes) -> list[bytes]:
    return [part for part in re.split(rb"\x00?\x00\x00\x01", annexb) if part]


@dataclass
class Video:
    """Parameter sets and pictures: each a list of NAL units, key frames among them."""

    sps: bytes
    pps: bytes
    pictures: list[list[bytes]]

    @classmethod
    def of(cls, annexb: bytes) -> Video:
        sps = pps = b""
        pictures: list[list[bytes]] = []
        pending: list[bytes] = []
        for nal in nal_units(annexb):
            kind = nal[0] & 0x1F
            if kind == 7:
                sps = nal
            elif kind == 8:
                pps = nal
            elif kind != 9:
                pending.append(nal)
                if kind in (1, 5):
                    pictures.append(pending)
                    pending = []
        return cls(sps, pps, pictures)

    def is_key(self, place: int) -> bool:
        return any(nal[0] & 0x1F == 5 for nal in self.pictures[place])

    def sample(self, place: int) -> bytes:
        """What the file must hold of a picture."""
        return b"".join(len(nal).to_bytes(4, "big") + nal for nal in self.pictures[place])


def rtp_packet(sequence: int, rtp_time: int, payload: bytes, *, marker: bool) -> bytes:
    head = bytes((0x80, 96 | marker << 7)) + (sequence & 0xFFFF).to_bytes(2, "big")
    return head + (rtp_time & 0xFFFFFFFF).to_bytes(4, "big") + b"\0\0\0\7" + payload


def payloads(nal: bytes, limit: int = 300) -> Iterator[bytes]:
    """One NAL unit as RTP payloads: alone, or as FU-A."""
    if len(nal) <= limit:
        yield nal
        return
    body, step = nal[1:], limit - 2
    for at in range(0, len(body), step):
        is_last = at + step >= len(body)
        flags = 0x80 * (at == 0) | 0x40 * is_last | nal[0] & 0x1F
        yield bytes((nal[0] & 0xE0 | 28, flags)) + body[at : at + step]


@dataclass
class RtpSender:
    """Numbers packets as one stream does."""

    sequence: int = 65_500
    rtp_time: int = 0xFFFF0000

    def packets(self, nals: list[bytes]) -> list[bytes]:
        """One access unit; the time goes on by a frame."""
        parts = [part for nal in nals for part in payloads(nal)]
        made = []
        for place, part in enumerate(parts):
            marker = place == len(parts) - 1
            made.append(rtp_packet(self.sequence, self.rtp_time, part, marker=marker))
            self.sequence += 1
        self.rtp_time += FRAME_TICKS
        return made


def interleaved(channel: int, packet: bytes) -> bytes:
    return b"$" + bytes((channel,)) + len(packet).to_bytes(2, "big") + packet


@dataclass
class Camera:
    """A scripted RTSP server.

    `answers` replaces the reply to a method by these bytes (`{cseq}` is filled in). With a
    `digest` algorithm it wants credentials. `script` is played to each client after PLAY: bytes
    are sent as they are; it may close the connection by returning.
    """

    video: Video
    answers: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    qop: str = 'qop="auth", '
    public: str = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
    sdp_codec: str = "H264"
    has_sprop: bool = True
    session_timeout: int = 60
    frame_seconds: float = 0.002
    encoding: str = "utf-8"
    script: Callable[[Camera, asyncio.StreamWriter], AsyncIterator[bytes]] | None = None
    requests: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    reports: list[bytes] = field(default_factory=list)
    sent_bytes: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/cam/1?profile=main"

    def task(self, footage: Path, **changes: object) -> StreamTask:
        values: dict[str, object] = {
            "camera_id": CAMERA_ID, "stream": "main", "address": self.address,
            "username": USER, "password": PASSWORD, "footage_dir": str(footage),
        }  # fmt: skip
        return StreamTask.model_validate(values | changes)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        playing: asyncio.Task[None] | None = None
        try:
            while True:
                if (first := await reader.readexactly(1)) == b"$":
                    size = int.from_bytes((await reader.readexactly(3))[1:], "big")
                    self.reports.append(await reader.readexactly(size))
                    continue
                head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
                if head.startswith("RTSP/"):
                    self.replies.append(head)
                    continue
                method = head.split(" ", 1)[0]
                self.requests.append(method)
                self.heads.append(head)
                writer.write(self._reply(method, head).encode(self.encoding))
                if method == "PLAY" and "PLAY" not in self.answers:
                    playing = asyncio.create_task(self._play(writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if playing is not None:
                playing.cancel()
                await asyncio.wait([playing])
            writer.close()

    def _reply(self, method: str, head: str) -> str:
        found = re.search(r"CSeq: (\d+)", head)
        assert found is not None
        cseq = found[1]
        if method in self.answers:
            return self.answers[method].replace("{cseq}", cseq)
        if self.digest and method != "OPTIONS" and not self._is_authorized(method, head):
            challenge = (
                f'Digest realm="cam \\"1\\"", nonce="abc", {self.qop}algorithm={self.digest}'
            )
            return (
                f"RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\n"
                f'WWW-Authenticate: Basic realm="x"\r\nWWW-Authenticate: {challenge}\r\n\r\n'
            )
        lines, body = [f"CSeq: {cseq}"], ""
        if method == "OPTIONS":
            lines.append(f"Public: {self.public}")
        if method == "DESCRIBE":
            body = self._sdp()
            lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        if method == "SETUP":
            lines += [
                "Transport: RTP/AVP/TCP;unicast;interleaved=2-3",
                f"Session: 77;timeout={self.session_timeout}",
            ]
        return "RTSP/1.0 200 OK\r\n" + "\r\n".join(lines) + "\r\n\r\n" + body

    def _sdp(self) -> str:
        sets = ",".join(base64.b64encode(nal).decode() for nal in (self.video.sps, self.video.pps))
        sprop = f";sprop-parameter-sets={sets}" if self.has_sprop else ""
        return (
            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\na=control:*\r\n"
            "m=audio 0 RTP/AVP 0\r\na=control:trackID=0\r\n"
            "m=video 0 RTP/AVP 96\r\n"
            f"a=rtpmap:96 {self.sdp_codec}/90000\r\n"
            f"a=fmtp:96 packetization-mode=1{sprop}\r\na=control:trackID=1\r\n"
        )

    def _is_authorized(self, method: str, head: str) -> bool:
        line = re.search(r"Authorization: Digest (.*)\r\n", head)
        if line is None:
            return False
        fields = dict(re.findall(r'(\w+)="?((?:[^",\\]|\\.)*)"?', line[1]))
        name = "sha256" if "256" in self.digest else "md5"

        def digest(text: str) -> str:
            return hashlib.new(name, text.encode()).hexdigest()

        user = digest(f'{USER}:cam "1":{PASSWORD}')
        middle = f"{fields['nc']}:{fields['cnonce']}:auth:" if self.qop else ""
        wanted = digest(f"{user}:abc:{middle}{digest(f'{method}:' + fields['uri'])}")
        return fields["response"] == wanted and fields["uri"] == head.split(" ")[1]

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        script = self.script or Camera.loop
        try:
            async for data in script(self, writer):
                writer.write(data)
                self.sent_bytes += len(data)
                await writer.drain()
            writer.close()
        except ConnectionError:
            pass

    async def loop(self, _: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        """All pictures for ever, sent faster than their RTP time says."""
        sender = RtpSender()
        while True:
            for picture in self.video.pictures:
                await asyncio.sleep(self.frame_seconds)
                yield b"".join(interleaved(2, packet) for packet in sender.packets(picture))


E = TypeVar("E")


class Told:
    """Events that came, each checked against the contract, and a way to wait for them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.events.append(EVENTS.validate_json(line))
        self._news.set()

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def wait(self, kind: type[E], count: int = 1) -> E:
        """The event of this kind that is number `count`, as soon as it came."""
        async with asyncio.timeout(WAIT_SECONDS):
            while len(self.all(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return self.all(kind)[count - 1]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that an event brings about."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not is_so():
                self._news.clear()
                await self._news.wait()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that announces itself to nobody."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def ffmpeg_says(path: Path | str) -> tuple[int, float, str]:
    """Frames, seconds and complaints of ffmpeg that decodes a file."""
    argv = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "repeat+warning", "-progress", "pipe:1",
        "-i", str(path), "-fps_mode", "passthrough", "-f", "null", "-",
    ]  # fmt: skip
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    frames = int(re.findall(r"frame=(\d+)", done.stdout)[-1])
    return frames, int(re.findall(r"out_time_us=(\d+)", done.stdout)[-1]) / 1e6, done.stderr
