"""A player that speaks WHEP and WebRTC, by a library that nobody here wrote, over real UDP.

Pictures are taken as they arrive and not decoded: what was sent stands in them.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiortc.rtcrtpreceiver
import httpx
import pytest
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

from sereno.sim.marks import SeiStamp, read_sei

from .conftest import WAIT_SECONDS, until

WHEP = "/media/v1/whep"


@dataclass(frozen=True)
class Arrived:
    """A picture: when it was here, its RTP time and its NAL units."""

    at: float
    ticks: int
    nals: tuple[bytes, ...]

    @property
    def is_key(self) -> bool:
        return any(nal[0] & 0x1F == 5 for nal in self.nals)

    @property
    def kinds(self) -> list[int]:
        return [nal[0] & 0x1F for nal in self.nals]

    @property
    def stamp(self) -> SeiStamp:
        return next(stamp for nal in self.nals if (stamp := read_sei(nal)) is not None)


class _Collector:
    """In place of a decoder."""

    def __init__(self, pictures: list[Arrived]) -> None:
        self._pictures = pictures

    def decode(self, encoded_frame: Any) -> list[Any]:
        nals = tuple(re.split(rb"\x00?\x00\x00\x01", encoded_frame.data)[1:])
        self._pictures.append(Arrived(time.time(), encoded_frame.timestamp, nals))
        return []


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[Arrived]:
    """The pictures of all viewers of a test."""
    pictures: list[Arrived] = []
    monkeypatch.setattr(aiortc.rtcrtpreceiver, "get_decoder", lambda _: _Collector(pictures))
    return pictures


@dataclass
class WhepViewer:
    """Watches while it is open."""

    client: httpx.AsyncClient
    ticket: str
    answer: httpx.Response | None = None
    connection: RTCPeerConnection = field(
        default_factory=lambda: RTCPeerConnection(RTCConfiguration(iceServers=[]))
    )

    async def offer(self) -> str:
        self.connection.addTransceiver("video", direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def post(self, offer: str, kind: str = "application/sdp") -> httpx.Response:
        headers = {"Content-Type": kind}
        if self.ticket:
            headers["Authorization"] = f"Bearer {self.ticket}"
        return await self.client.post(WHEP, content=offer, headers=headers, timeout=WAIT_SECONDS)

    async def __aenter__(self) -> Self:
        try:
            await self._connect()
        except BaseException:
            await self.connection.close()
            raise
        return self

    async def _connect(self) -> None:
        self.answer = await self.post(await self.offer())
        assert self.answer.status_code == 201, self.answer.text
        answer = RTCSessionDescription(self.answer.text, "answer")
        await self.connection.setRemoteDescription(answer)
        await until(lambda: self.connection.connectionState == "connected", "connected")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.connection.close()

    async def leave(self) -> httpx.Response:
        assert self.answer is not None
        headers = {"Authorization": f"Bearer {self.ticket}"}
        return await self.client.delete(self.answer.headers["Location"], headers=headers)


async def an_offer() -> str:
    """What somebody sends who does not stay."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="recvonly")
    try:
        await connection.setLocalDescription(await connection.createOffer())
        return connection.localDescription.sdp
    finally:
        await connection.close()


async def take(pictures: list[Arrived], count: int) -> list[Arrived]:
    """The first pictures to come."""
    await until(lambda: len(pictures) >= count, f"{count} pictures")
    await asyncio.sleep(0)
    return pictures[:count]
