"""What really comes from an address of RTSP: the instant that its first picture shows.

A client of few lines, so that what a driver says of an address is tried by somebody else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sereno.base.clock import from_us
from sereno.drivers.contract import Login
from sereno.sim import read_sei
from sereno.sim.auth import digest_response

WAIT_SECONDS = 60
_RTP_HEAD_BYTES = 12


async def first_picture(
    address: str, login: Login, headers: Mapping[str, str] | None = None
) -> datetime:
    """When the first picture was taken that plays there."""
    parts = urlsplit(address)
    async with asyncio.timeout(WAIT_SECONDS):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            return await _Talk(reader, writer, address, login, headers or {}).play()
        finally:
            writer.close()


class _Talk:
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        address: str,
        login: Login,
        headers: Mapping[str, str],
    ) -> None:
        self._reader, self._writer = reader, writer
        self._address, self._login, self._headers = address, login, headers
        self._challenge: list[str] = []

    async def play(self) -> datetime:
        assert "401" in await self._ask("DESCRIBE", self._address)
        assert " 200 " in await self._ask("DESCRIBE", self._address)
        ways = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        set_up = await self._ask("SETUP", f"{self._address}/trackID=0", {**self._headers, **ways})
        session = re.search(r"Session: (\w+)", set_up)
        assert session, set_up
        asked = {"Session": session[1], **self._headers}
        assert " 200 " in await self._ask("PLAY", self._address, asked)
        while True:
            for nal in _nals(await self._packet()):
                if (stamp := read_sei(nal)) is not None:
                    return from_us(stamp.utc_us)

    async def _ask(self, method: str, uri: str, headers: Mapping[str, str] | None = None) -> str:
        lines = [f"{method} {uri} RTSP/1.0", "CSeq: 1"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if self._challenge:
            realm, nonce = self._challenge
            user, password = self._login.username, self._login.password
            answer = digest_response(user, password, realm, nonce, method, uri)
            lines.append(
                f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", '
                f'uri="{uri}", response="{answer}"'
            )
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        if length := re.search(r"Content-Length: (\d+)", head):
            await self._reader.readexactly(int(length[1]))
        if challenge := re.search(r'Digest realm="([^"]*)", nonce="([^"]*)"', head):
            self._challenge = list(challenge.groups())
        return head

    async def _packet(self) -> bytes:
        """The payload of the next packet of RTP."""
        while True:
            head = await self._reader.readexactly(4)
            packet = await self._reader.readexactly(int.from_bytes(head[2:], "big"))
            if head[1] == 0:
                return packet[_RTP_HEAD_BYTES + _extension_bytes(packet) :]


def _extension_bytes(packet: bytes) -> int:
    has_extension = packet[0] & 0x10
    return 4 + 4 * int.from_bytes(packet[14:16], "big") if has_extension else 0


def _nals(payload: bytes) -> Iterator[bytes]:
    """The whole NAL units of a packet of H.264 (RFC 6184, 5.6 and 5.7.1)."""
    if payload[0] & 0x1F != 24:
        yield payload
        return
    at = 1
    while at < len(payload):
        size = int.from_bytes(payload[at : at + 2], "big")
        yield payload[at + 2 : at + 2 + size]
        at += 2 + size
