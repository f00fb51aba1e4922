"""A device that answers what a test tells it to, over a real socket, to whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sereno.base.clock import ManualClock
from sereno.drivers.contract import Fetched, Login
from sereno.drivers.hikvision.driver import HikvisionDriver
from sereno.drivers.memory import Memory, ShortMemory
from sereno.drivers.tools import Tools

NOW = datetime(2026, 6, 15, 12, 0, 0, tzinfo=UTC)
NAMESPACE = 'xmlns="http://www.hikvision.com/ver20/XMLSchema"'
REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 500: "Error"}


@dataclass
class Reply:
    """One answer. `pause` keeps the connection open after `parts` until it is set."""

    body: bytes | str = b""
    status: int = 200
    content_type: str = "application/xml"
    parts: tuple[bytes, ...] = ()
    pause: asyncio.Event | None = None


@dataclass
class Asked:
    method: str
    path: str
    body: str


Answer = Reply | bytes | str | Callable[[Asked], "Reply | bytes | str"]


def status_xml(code: int, sub: str, text: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><ResponseStatus version="2.0" {NAMESPACE}>'
        f"<requestURL>/x</requestURL><statusCode>{code}</statusCode>"
        f"<statusString>{text}</statusString><subStatusCode>{sub}</subStatusCode></ResponseStatus>"
    )


def refused(status: int, code: int, sub: str) -> Reply:
    return Reply(status_xml(code, sub), status)


ABSENT = refused(403, 4, "notSupport")


@dataclass
class ScriptedDevice:
    """`answers` by method and path under /ISAPI; one of a list after the other, the last for ever.
    What is not among them this model lacks."""

    answers: dict[str, Answer | list[Answer]]
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @asynccontextmanager
    async def served(self) -> AsyncIterator[ScriptedDevice]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read(reader)
            self.asked.append(asked)
            reply = self._reply(asked)
            for part in _written(reply):
                writer.write(part)
                await writer.drain()
            if reply.pause is not None:
                await reply.pause.wait()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away
        finally:
            writer.close()

    def _reply(self, asked: Asked) -> Reply:
        known = self.answers.get(f"{asked.method} {asked.path}", ABSENT)
        if isinstance(known, list):
            known = known.pop(0) if len(known) > 1 else known[0]
        answer = known(asked) if callable(known) else known
        return answer if isinstance(answer, Reply) else Reply(answer)

    def count(self, method: str, path: str) -> int:
        return sum((each.method, each.path) == (method, path) for each in self.asked)

    def driver(
        self, clock: ManualClock | None = None, memory: Memory | None = None
    ) -> HikvisionDriver:
        tools = Tools(memory or ShortMemory(), clock or ManualClock(NOW))
        return HikvisionDriver(Login("127.0.0.1", self.port), tools)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    method, target, _ = head.split(" ", 2)
    length = 0
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            length = int(value)
    body = await reader.readexactly(length)
    return Asked(method, target.removeprefix("/ISAPI"), body.decode())


def _written(reply: Reply) -> Iterator[bytes]:
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    length = "" if reply.parts else f"Content-Length: {len(body)}\r\n"
    yield (
        f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Other')}\r\n"
        f"Content-Type: {reply.content_type}\r\n{length}Connection: close\r\n\r\n"
    ).encode() + body
    yield from reply.parts


@dataclass
class Kept:
    """A sink in memory."""

    data: bytearray = field(default_factory=bytearray)
    told: list[Fetched] = field(default_factory=list)

    async def write(self, data: bytes) -> None:
        self.data += data

    async def restart(self) -> None:
        self.data.clear()


def device_info(kind: str = "NVR", model: str = "DS-7616NXI-K2", serial: str = "K2-001") -> str:
    return (
        f'<?xml version="1.0"?><DeviceInfo version="2.0" {NAMESPACE}>'
        f"<deviceName>Recorder 1</deviceName><model>{model}</model>"
        f"<serialNumber>{serial}</serialNumber><firmwareVersion>V4.62.210</firmwareVersion>"
        f"<firmwareReleasedDate>build 230619</firmwareReleasedDate>"
        f"<deviceType>{kind}</deviceType></DeviceInfo>"
    )


def time_xml(local: str, zone: str = "CST+0:00:00") -> str:
    return f"<Time {NAMESPACE}><localTime>{local}</localTime><timeZone>{zone}</timeZone></Time>"


def proxied(*numbers: int) -> str:
    rows = "".join(
        f"<InputProxyChannel><id>{n}</id><name>Camera {n}</name><sourceInputPortDescriptor>"
        f"<ipAddress>10.0.0.{n}</ipAddress></sourceInputPortDescriptor></InputProxyChannel>"
        for n in numbers
    )
    return f'<InputProxyChannelList {NAMESPACE} size="1">{rows}</InputProxyChannelList>'


def match_xml(start: str, end: str, name: str = "", size: int = 1000) -> str:
    uri = f"rtsp://10.0.0.9/Streaming/tracks/101/?starttime={start}&amp;endtime={end}"
    uri += f"&amp;name={name or start}&amp;size={size}"
    return (
        f"<searchMatchItem><trackID>101</trackID><timeSpan><startTime>{start}</startTime>"
        f"<endTime>{end}</endTime></timeSpan><mediaSegmentDescriptor><playbackURI>{uri}"
        "</playbackURI></mediaSegmentDescriptor><metadataMatches><metadataDescriptor>"
        "recordType.meta.hikvision.com/timing</metadataDescriptor></metadataMatches>"
        "</searchMatchItem>"
    )


def found_xml(*matches: str, status: str = "OK") -> str:
    return (
        f"<CMSearchResult {NAMESPACE}><responseStatus>true</responseStatus>"
        f"<responseStatusStrg>{status}</responseStatusStrg><numOfMatches>4000</numOfMatches>"
        f"<matchList>{''.join(matches)}</matchList></CMSearchResult>"
    )


NOTHING_FOUND = found_xml(status="NO MATCHES")


def recorder(**more: Answer | list[Answer]) -> dict[str, Answer | list[Answer]]:
    """The answers of an NVR in UTC with one channel; `more` by `GET_System_time` and so on."""
    answers: dict[str, Answer | list[Answer]] = {
        "GET /System/deviceInfo": device_info(),
        "GET /System/time": time_xml("2026-06-15T12:00:00+00:00"),
        "GET /ContentMgmt/InputProxy/channels": proxied(1),
        "POST /ContentMgmt/search": NOTHING_FOUND,
    }
    return answers | {name.replace("_", " /", 1).replace("_", "/"): a for name, a in more.items()}
