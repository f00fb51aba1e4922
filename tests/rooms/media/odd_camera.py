"""A camera that speaks RTSP as its test wants it, by TCP, datagrams or to a group."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from .camera import Camera, RtpSender, interleaved

Change = Callable[[str, str, str], str]


@dataclass
class OddCamera(Camera):
    """`changes` get each reply with the method and head that it answers, and may alter it.

    `transports` are those that SETUP agrees to; `mute` ones send nothing all the same. A
    datagram camera disorders its packets by `disorder`. A TCP one sends its video on `channel`, and
    the bytes of `between` between the frames.
    """

    transports: tuple[str, ...] = ("tcp", "udp", "multicast")
    mute: tuple[str, ...] = ()
    channel: int = 2
    between: list[bytes] = field(default_factory=list)
    group: str = "239.255.77.7"
    group_port: int = 0
    changes: list[Change] = field(default_factory=list)
    disorder: Callable[[list[bytes]], list[bytes]] = list
    agreed: list[str] = field(default_factory=list)
    sent_reports: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    punches: int = 0
    _ports: list[int] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)
    _serving: list[asyncio.Task[object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.script = OddCamera.loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.append(task)
        await self.serve(reader, writer)
        with suppress(OSError):
            await writer.wait_closed()

    @asynccontextmanager
    async def served(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[OddCamera]:
        """Serve on a free port, and let nothing of it outlive the context."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self
        if self._serving:
            await asyncio.wait(self._serving, timeout=5)
        for each in self._sockets:
            each.close()

    def _reply(self, method: str, head: str) -> str:
        reply = super()._reply(method, head)
        if method == "SETUP" and " 200 " in reply:
            reply = self._set_up(reply, head)
        for change in self.changes:
            reply = change(method, head, reply)
        return reply

    def _set_up(self, reply: str, head: str) -> str:
        wish = re.search(r"Transport: (.*)\r\n", head)
        assert wish is not None
        kind = "tcp" if "TCP" in wish[1] else "multicast" if "multicast" in wish[1] else "udp"
        if kind not in self.transports:
            cseq = re.search(r"CSeq: \d+", head)
            assert cseq is not None
            return f"RTSP/1.0 461 Unsupported Transport\r\n{cseq[0]}\r\n\r\n"
        self.agreed.append(kind)
        if kind == "tcp":
            return reply
        if kind == "udp":
            ports = re.search(r"client_port=(\d+)-(\d+)", wish[1])
            assert ports is not None
            self._ports = [int(ports[1]), int(ports[2])]
            said = f"RTP/AVP;unicast;client_port={ports[1]}-{ports[2]};server_port={self._open()}"
        else:
            self._ports = [self.group_port, self.group_port + 1]
            self._open()
            said = (
                f"RTP/AVP;multicast;destination={self.group};"
                f"port={self.group_port}-{self.group_port + 1};ttl=1"
            )
        return re.sub(r"Transport: [^\r]*", f"Transport: {said}", reply)

    def _open(self) -> str:
        self.rtp, self.rtcp = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
        self._sockets += (self.rtp, self.rtcp)
        for each in (self.rtp, self.rtcp):
            each.setblocking(False)
            each.bind(("127.0.0.1", 0))
            each.setsockopt(
                socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1")
            )
        return f"{self.rtp.getsockname()[1]}-{self.rtcp.getsockname()[1]}"

    async def loop(self, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        kind = self.agreed[-1]
        if kind in self.mute:
            await asyncio.Event().wait()
        if kind == "tcp":
            async for data in self._by_tcp():
                yield data
        to = "127.0.0.1" if kind == "udp" else self.group
        sender = RtpSender()
        while True:
            for picture in self.video.pictures:
                await asyncio.sleep(self.frame_seconds)
                for packet in self.disorder(sender.packets(picture)):
                    self.rtp.sendto(packet, (to, self._ports[0]))
                self._exchange_reports(to)
                yield b""

    async def _by_tcp(self) -> AsyncIterator[bytes]:
        sender = RtpSender()
        while True:
            for picture in self.video.pictures:
                await asyncio.sleep(self.frame_seconds)
                packets = sender.packets(picture)
                yield b"".join(interleaved(self.channel, packet) for packet in packets)
                while self.between:
                    yield self.between.pop(0)

    def _exchange_reports(self, to: str) -> None:
        for report in self.sent_reports:
            self.rtcp.sendto(report, (to, self._ports[1]))
        self.sent_reports.clear()
        for each, taken in ((self.rtcp, self.received), (self.rtp, None)):
            try:
                packet = each.recv(2048)
            except BlockingIOError:
                continue
            self.punches += taken is None
            if taken is not None:
                taken.append(packet)
