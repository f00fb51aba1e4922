"""`/ws/status`: who is told, what, and when it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sereno.box.database import connection_url, find_or_start
from sereno.front import status

from .conftest import WAIT_SECONDS, Front, ScriptedHub, fronted, until

COOKIE = "sereno_session=of-ana"


class Hub:
    """What the hub answers at `/api/v1/status`, and what it was asked."""

    def __init__(self) -> None:
        self.newest = 7
        self.status = 200
        self.asked: list[Request] = []

    async def answer(self, request: Request) -> Response:
        self.asked.append(request)
        if self.status != 200:
            return JSONResponse({}, self.status)
        after = request.query_params.get("after")
        if after == "nonsense":
            return JSONResponse({}, 422)
        snapshot = None if after else {"type": "snapshot", "id": self.newest, "cameras": []}
        events = [{"id": n, "type": "stream_started"} for n in self._after(after)]
        return JSONResponse({"id": self.newest, "snapshot": snapshot, "events": events})

    def _after(self, after: str | None) -> range:
        return range(int(after) + 1, self.newest + 1) if after else range(0)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub()
    echo = ScriptedHub._echo

    async def answer(self: ScriptedHub, request: Request) -> Response:
        if request.url.path == "/api/v1/status":
            return await made.answer(request)
        return await echo(self, request)

    monkeypatch.setattr(ScriptedHub, "_echo", answer)
    return made


@pytest.fixture(scope="module")
def database_url() -> str:
    find_or_start(settings.BOX)
    return connection_url(settings.BOX, "postgres")


@pytest.fixture
async def front(tmp_path: Path, pages: Path, database_url: str, hub: Hub) -> AsyncIterator[Front]:
    async with fronted(tmp_path, pages, database_url) as made:
        yield made


def watching(front: Front, query: str = "", **headers: str) -> connect:
    given = {"Cookie": COOKIE} | headers
    # No pings: one that reads nothing would give up by itself on a busy machine.
    url = f"{front.ws_url}/ws/status{query}"
    return connect(url, additional_headers=given, ping_interval=None)


async def heard(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), WAIT_SECONDS))


async def happen(database_url: str, hub: Hub, count: int = 1) -> None:
    hub.newest += count
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("SELECT pg_notify('sereno_status', %s)", (str(hub.newest),))


async def closed(socket: ClientConnection) -> tuple[int | None, str | None]:
    with pytest.raises(ConnectionClosed):
        while True:
            await asyncio.wait_for(socket.recv(), WAIT_SECONDS)
    return socket.close_code, socket.close_reason


async def test_first_all_states_then_each_change(front: Front, hub: Hub, database_url: str) -> None:
    async with watching(front) as socket:
        assert await heard(socket) == {"type": "snapshot", "id": 7, "cameras": []}
        await happen(database_url, hub, 2)
        assert [(await heard(socket))["id"] for _ in range(2)] == [8, 9]
        await happen(database_url, hub)
        assert await heard(socket) == {"id": 10, "type": "stream_started"}
    first, second = hub.asked[0], hub.asked[-1]
    assert first.headers["cookie"] == COOKIE
    assert first.headers["x-forwarded-for"] == "127.0.0.1"
    assert "after" not in first.query_params
    assert second.query_params["after"] in {"9", "10"}


async def test_it_goes_on_after_a_number(front: Front, hub: Hub) -> None:
    async with watching(front, "?after=5") as socket:
        assert [(await heard(socket))["id"] for _ in range(2)] == [6, 7]
    async with watching(front, "?after=nonsense") as socket:
        assert (await heard(socket))["type"] == "snapshot"


async def test_a_programs_token_is_passed_on(front: Front, hub: Hub) -> None:
    async with watching(front, Authorization="Bearer sereno_x") as socket:
        await heard(socket)
    assert hub.asked[0].headers["authorization"] == "Bearer sereno_x"


@pytest.mark.parametrize(
    ("answer", "code", "key"),
    [
        (401, 4401, "not_signed_in"),
        (403, 4403, "not_allowed"),
        (500, 1013, "hub_away"),
        (503, 1013, "hub_away"),
    ],
)
async def test_who_may_not_hear_is_told_why(
    front: Front, hub: Hub, answer: int, code: int, key: str
) -> None:
    hub.status = answer
    async with watching(front) as socket:
        assert await closed(socket) == (code, key)


async def test_a_session_that_ends_ends_the_socket(
    front: Front, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "LOOK_EVERY_SECONDS", 0.05)
    async with watching(front) as socket:
        await heard(socket)
        hub.status = 401
        assert await closed(socket) == (4401, "not_signed_in")


async def test_a_foreign_page_is_not_let_in(front: Front, hub: Hub) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with watching(front, Origin="https://evil.example"):
            pass
    assert caught.value.response.status_code == 403
    assert hub.asked == []


async def test_a_viewer_that_takes_nothing_is_not_asked_for(
    front: Front, hub: Hub, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has not taken lies in the hub's table, not here; others hear meanwhile."""
    monkeypatch.setattr(status, "GATHER_SECONDS", 0.0)
    async with watching(front, "?after=1") as stalled, watching(front) as lively:
        await heard(stalled)
        await heard(lively)
        stalled.transport.pause_reading()
        hub.newest += 100_000
        asked = len(hub.asked)
        await happen(database_url, hub)
        assert (await heard(lively))["id"] == 8
        await until(lambda: len(hub.asked) >= asked + 2, "both were asked for")
        asked = len(hub.asked)
        await happen(database_url, hub)
        while (await heard(lively))["id"] < hub.newest:
            pass
        assert len(hub.asked) <= asked + 2, "nothing is asked for who has not taken the last"


async def test_only_so_many_are_held(
    front: Front, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "MOST_SOCKETS", 1)
    async with watching(front) as first:
        await heard(first)
        async with watching(front) as second:
            assert await closed(second) == (1013, "too_many")
    async with watching(front) as third:
        assert (await heard(third))["type"] == "snapshot"
