"""A small simulation and a small, honest RTSP client to watch it with."""

from __future__ import annotations

import asyncio
import re
import ssl
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sereno.sim import CameraSpec, Picture, SeiStamp, SimConfig, SimServer, read_sei
from sereno.sim.auth import digest_response

USER, PASSWORD = "operator", "s3cret word"
WAIT_SECONDS = 90.0  # only guards against hanging


@pytest.fixture(scope="module", autouse=True)
def cameras_leave_nothing_out() -> Iterator[None]:
    """On a busy machine simulated cameras send late; pictures are counted here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sereno.sim.pump._LATEST_SECONDS", 60.0)
        yield


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: str
    challenges: list[str] = field(default_factory=list)
    head: str = ""


@dataclass
class Packet:
    channel: int
    data: bytes
    arrived: float

    @property
    def sequence(self) -> int:
        return int.from_bytes(self.data[2:4], "big")

    @property
    def timestamp(self) -> int:
        return int.from_bytes(self.data[4:8], "big")

    @property
    def ssrc(self) -> int:
        return int.from_bytes(self.data[8:12], "big")

    @property
    def is_last(self) -> bool:
        return bool(self.data[1] & 0x80)

    @property
    def extension(self) -> bytes:
        """The header extension with its head, or nothing."""
        words = int.from_bytes(self.data[14:16], "big") + 1
        return self.data[12 : 12 + 4 * words] if self.data[0] & 0x10 else b""

    @property
    def payload(self) -> bytes:
        return self.data[12 + len(self.extension) :]


@dataclass
class Frame:
    """An access unit put together again, of H.264 or of H.265."""

    packets: list[Packet]
    codec: str = "h264"
    nals: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        put = self._put_h264 if self.codec == "h264" else self._put_h265
        for packet in self.packets:
            put(packet.payload)

    def _put_h264(self, payload: bytes) -> None:
        kind = payload[0] & 0x1F
        if kind == 24:
            self._put_all(payload[1:])
        elif kind != 28:
            self.nals.append(payload)
        elif payload[1] & 0x80:
            self.nals.append(bytes([payload[0] & 0xE0 | payload[1] & 0x1F]) + payload[2:])
        else:
            self.nals[-1] += payload[2:]

    def _put_h265(self, payload: bytes) -> None:
        kind = payload[0] >> 1 & 0x3F
        if kind == 48:
            self._put_all(payload[2:])
        elif kind != 49:
            self.nals.append(payload)
        elif payload[2] & 0x80:
            head = bytes([payload[0] & 0x81 | (payload[2] & 0x3F) << 1, payload[1]])
            self.nals.append(head + payload[3:])
        else:
            self.nals[-1] += payload[3:]

    def _put_all(self, units: bytes) -> None:
        while units:
            size = int.from_bytes(units[:2], "big")
            self.nals.append(units[2 : 2 + size])
            units = units[2 + size :]

    @property
    def kinds(self) -> list[int]:
        is_h264 = self.codec == "h264"
        return [nal[0] & 0x1F if is_h264 else nal[0] >> 1 & 0x3F for nal in self.nals]

    @property
    def is_key(self) -> bool:
        """Whether one can start here: cameras send their parameter sets then."""
        return (7 if self.codec == "h264" else 33) in self.kinds

    @property
    def stamp(self) -> SeiStamp:
        stamps = [stamp for nal in self.nals if (stamp := read_sei(nal)) is not None]
        assert len(stamps) == 1
        return stamps[0]

    @property
    def annexb(self) -> bytes:
        return b"".join(b"\0\0\0\1" + nal for nal in self.nals)


class Client:
    """One RTSP connection. Packets that arrive while it waits for a reply are kept."""

    def __init__(
        self,
        url: str,
        user: str | None = USER,
        password: str = PASSWORD,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.url, self.user, self.password = url, user, password
        self._trust = trust
        self.session = ""
        self.transport = ""
        self.nonce = ""
        self.codec = "h264"
        self.reports: list[Packet] = []
        self._realm = ""
        self._cseq = 0
        self._packets: list[Packet] = []
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def open(self) -> Client:
        match = re.match(r"rtsps?://([^/:]+):(\d+)/", self.url)
        assert match
        self.reader, self.writer = await asyncio.open_connection(
            match[1], int(match[2]), ssl=self._trust
        )
        return self

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return  # the server may have cut the connection before

    def send(self, method: str, suffix: str = "", **headers: str) -> None:
        self._cseq += 1
        uri = self.url + suffix
        lines = [f"{method} {uri} RTSP/1.0", f"CSeq: {self._cseq}"]
        if self.session:
            lines.append(f"Session: {self.session}")
        if self.nonce and self.user is not None:
            answer = digest_response(self.user, self.password, self._realm, self.nonce, method, uri)
            lines.append(
                f'Authorization: Digest username="{self.user}", realm="{self._realm}", '
                f'nonce="{self.nonce}", uri="{uri}", response="{answer}"'
            )
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def ask(self, method: str, suffix: str = "", **headers: str) -> Reply:
        """Sends a request and answers the server's challenge once."""
        self.send(method, suffix, **headers)
        reply = await self.reply()
        if reply.status == 401 and not self.nonce and self.user is not None:
            challenge = next(each for each in reply.challenges if each.startswith("Digest"))
            self._realm, self.nonce = re.findall(r'"([^"]*)"', challenge)
            self.send(method, suffix, **headers)
            reply = await self.reply()
        return reply

    async def reply(self) -> Reply:
        async with asyncio.timeout(WAIT_SECONDS):
            while (packet := await self._packet_or_text()) is not None:
                self._packets.append(packet)
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            pairs = [(k.lower(), v) for k, v in (line.split(": ", 1) for line in lines)]
            headers = dict(pairs)
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
            assert headers.get("cseq", str(self._cseq)) == str(self._cseq)
            challenges = [value for name, value in pairs if name == "www-authenticate"]
            return Reply(int(first.split(" ")[1]), headers, body.decode(), challenges, head)

    async def _packet_or_text(self) -> Packet | None:
        """The next interleaved packet, or None when a reply comes next (it stays unread)."""
        mark = await self.reader.readexactly(1)
        if mark != b"$":
            self._put_back(mark)
            return None
        channel, size = struct.unpack(">BH", await self.reader.readexactly(3))
        return Packet(channel, await self.reader.readexactly(size), time.time())

    def _put_back(self, data: bytes) -> None:
        self.reader._buffer[:0] = data  # type: ignore[attr-defined]

    async def set_up(
        self, track: int = 0, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1"
    ) -> Reply:
        reply = await self.ask("SETUP", f"/trackID={track}", Transport=transport)
        assert reply.status == 200
        self.session = reply.headers["session"].split(";")[0].strip()
        self.transport = reply.headers["transport"]
        return reply

    async def play(self, transport: str = "RTP/AVP/TCP;unicast;interleaved=0-1") -> Reply:
        await self.set_up(0, transport)
        reply = await self.ask("PLAY", Range="npt=now-")
        assert reply.status == 200
        return reply

    async def packet(self) -> Packet:
        """The next packet, RTP or RTCP."""
        if self._packets:
            return self._packets.pop(0)
        async with asyncio.timeout(WAIT_SECONDS):
            packet = await self._packet_or_text()
        assert packet is not None
        return packet

    async def frame(self) -> Frame:
        """The next whole frame; sender reports in between go to ``reports``."""
        packets: list[Packet] = []
        while not packets or not packets[-1].is_last:
            packet = await self.packet()
            if packet.channel % 2:
                self.reports.append(packet)
            else:
                packets.append(packet)
        return Frame(packets, self.codec)

    async def frames(self, count: int) -> list[Frame]:
        return [await self.frame() for _ in range(count)]


Watch = Callable[..., Awaitable[Client]]


@pytest.fixture
async def watch() -> AsyncIterator[Watch]:
    """Opens clients (address, and credentials when they differ) and closes them at the end."""
    clients: list[Client] = []

    async def open_client(url: str, **options: Any) -> Client:
        clients.append(await Client(url, **options).open())
        return clients[-1]

    yield open_client
    for client in clients:
        await client.close()


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests, so that each small loop is encoded once."""
    return tmp_path_factory.mktemp("loops")


def small_config(cache_dir: Path, **changes: Any) -> SimConfig:
    settings: dict[str, Any] = {
        "cameras": (CameraSpec("Door", "entrance"), CameraSpec("Door 2", "entrance")),
        "user": USER,
        "password": PASSWORD,
        "main": Picture(320, 180, 300_000),
        "sub": Picture(160, 90, 100_000),
        "loop_seconds": 4,
        "key_seconds": 1,
    }
    return SimConfig(cache_dir, **{**settings, **changes})


@pytest.fixture(scope="session")
def configured(cache_dir: Path) -> Callable[..., SimConfig]:
    """Makes a small, quick configuration; keyword arguments change it."""
    return lambda **changes: small_config(cache_dir, **changes)


@pytest.fixture
async def server(configured: Callable[..., SimConfig]) -> AsyncIterator[SimServer]:
    async with SimServer(configured()) as running:
        yield running
