"""Who leaves, or does not say what he announced, takes nobody's place."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
import uvicorn

from sereno.front import relay
from sereno.hub import serve
from sereno.node import relaying

from .conftest import WAIT_SECONDS, Front, fronted

FEW = httpx.Limits(max_connections=2, max_keepalive_connections=1)


async def _half_said(front: Front, head: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A caller of this very connection: what is said of the call, and the first of its body."""
    address = httpx.URL(front.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(f"{head}\r\nHost: sereno\r\n\r\n".encode())
    await writer.drain()
    return reader, writer


async def test_viewers_who_leave_in_the_middle_give_their_place_back(
    tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LIMITS", FEW)
    async with fronted(tmp_path, pages) as front:
        for _ in range(6):
            reader, writer = await _half_said(front, "GET /api/v1/slow HTTP/1.1")
            async with asyncio.timeout(WAIT_SECONDS):
                await reader.readuntil(b"first")
            writer.transport.abort()
        assert (await front.client.get("/api/v1/echo")).status_code == 200
        front.hub.pause.set()


async def test_a_caller_whose_rest_does_not_come_is_not_waited_for(
    tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LIMITS", FEW)
    monkeypatch.setattr(relay, "BODY_SILENCE_SECONDS", 0.05)
    async with fronted(tmp_path, pages) as front:
        head = "POST /api/v1/session HTTP/1.1\r\nContent-Length: 10"
        callers = [await _half_said(front, head) for _ in range(4)]
        for reader, writer in callers:
            async with asyncio.timeout(WAIT_SECONDS):
                answer = await reader.read()  # and it is closed: what comes would be no new call
            assert answer.startswith(b"HTTP/1.1 408 ")
            said = json.loads(answer.partition(b"\r\n\r\n")[2])
            assert said["error"]["key"] == "body_too_slow"
            writer.close()
        assert (await front.client.get("/api/v1/echo")).status_code == 200


def test_front_opens_no_more_than_the_hub_takes_and_lets_go_first() -> None:
    assert relay.LIMITS.max_connections is not None
    assert relay.LIMITS.max_connections < serve.MOST_CONNECTIONS
    closes_after = uvicorn.Config(lambda: None).timeout_keep_alive
    for limits in (relay.LIMITS, relaying.LIMITS):
        assert limits.keepalive_expiry is not None
        assert limits.keepalive_expiry < closes_after
