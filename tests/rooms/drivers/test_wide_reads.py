"""What is long comes whole, however it is framed and cut up on the way."""

from __future__ import annotations

import asyncio
import errno
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.drivers.errors import Unreachable
from sereno.drivers.file_sink import FileSink
from sereno.drivers.memory import ShortMemory
from sereno.drivers.tools import Tools

from .scripted import Asked, Mind, Scripted

SENT = random.Random(5).randbytes(3_000_001)
OPENING = b"HTTP/1.1 200 OK\r\n"


def told_length(data: bytes) -> bytes:
    return OPENING + f"Content-Length: {len(data)}\r\n\r\n".encode() + data


def until_closed(data: bytes) -> bytes:
    return OPENING + b"Connection: close\r\n\r\n" + data


def chunked(data: bytes) -> bytes:
    parts = [data[at : at + 9973] for at in range(0, len(data), 9973)]
    framed = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts)
    return OPENING + b"Transfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"


async def received(data: bytes, piece_bytes: int) -> bytes:
    """What comes of these bytes, sent in such pieces."""

    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        for at in range(0, len(data), piece_bytes):
            writer.write(data[at : at + piece_bytes])
            await writer.drain()
        writer.close()

    device = Scripted(answering)
    came = bytearray()
    async with device.served():
        http = Tools(ShortMemory(), SystemClock()).http(device.login, Mind())
        try:
            async with http.stream("GET", "/file", silence_seconds=30) as told:
                async for chunk in told.chunks():
                    came += chunk
        finally:
            await http.close()
    return bytes(came)


@pytest.mark.parametrize("piece_bytes", [50_000, 1 << 20])
@pytest.mark.parametrize("framed", [told_length, until_closed, chunked])
async def test_all_of_it_comes(framed: Callable[[bytes], bytes], piece_bytes: int) -> None:
    assert await received(framed(SENT), piece_bytes) == SENT


async def test_what_breaks_off_late_is_told() -> None:
    with pytest.raises(Unreachable) as caught:
        await received(told_length(SENT)[:-1], 50_000)
    assert caught.value.reason.key == "api_broke_off"


async def test_a_disk_that_fails_is_heard_of_by_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: FileSink, pieces: list[bytes]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSink, "_write", full)
    sink = FileSink(tmp_path / "footage.part")
    await sink.write(bytes(1 << 20))
    with pytest.raises(OSError, match="No space"):
        await sink.flush()
    sink.close()


async def test_bytes_are_written_in_their_order(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "footage.part")
    for at in range(0, len(SENT), 300_007):
        await sink.write(SENT[at : at + 300_007])
    await sink.flush()
    sink.close()
    assert (tmp_path / "footage.part").read_bytes() == SENT
    assert sink.size_bytes == len(SENT)
