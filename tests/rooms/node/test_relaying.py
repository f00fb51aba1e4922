"""A node whose hub is elsewhere shows what it has over sockets that it dials."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.sim import SimServer
from sereno.wire.relay import LAST, RelayCall, RelayHead

from .conftest import (
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)


class Front:
    """The other side of the link: says what it wants on sockets that the node dials."""

    def __init__(self, hub: HubDouble) -> None:
        self.hub = hub
        self.arrived: dict[str, asyncio.Future[WebSocket]] = {}
        self.is_done = asyncio.Event()

    async def take(self, socket: WebSocket) -> None:
        assert self.hub._is_known(socket)
        await socket.accept()
        self.arrived.pop(socket.path_params["relay_id"]).set_result(socket)
        await self.is_done.wait()

    async def dialled(self, relay_id: str) -> WebSocket:
        arrived = self.arrived[relay_id] = asyncio.get_running_loop().create_future()
        said = {"wake": "relay", "relay": relay_id, "sent_at": "2026-11-21T00:00:00Z"}
        for each in self.hub.sockets:
            await each.send_text(json.dumps(said))
        return await asyncio.wait_for(arrived, 30)


@asynccontextmanager
async def linked(hub: HubDouble, data: Path) -> AsyncIterator[Front]:
    front = Front(hub)
    app = hub.app()
    app.routes.append(WebSocketRoute("/api/v1/node/relay/{relay_id}", front.take))
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(app, listener), running(settings):
        await until(lambda: hub.sockets, "the control socket")
        try:
            yield front
        finally:
            front.is_done.set()


async def call(socket: WebSocket, method: str, path: str, body: bytes = b"") -> None:
    said = RelayCall.model_validate({"method": method, "path": path})
    await socket.send_text(said.model_dump_json())
    await socket.send_bytes(body)


async def answer(socket: WebSocket) -> tuple[RelayHead, bytes]:
    head = RelayHead.model_validate_json(await socket.receive_text())
    body = b""
    while piece := await socket.receive_bytes():
        body += piece
    return head, body


async def test_it_answers_calls_one_after_the_other_and_shows_live_view(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    async with linked(hub, data) as front:
        socket = await front.dialled("one")
        for path, status in (("snapshot.jpg", 401), ("vod/index.m3u8?ticket=bad", 401)):
            await call(socket, "GET", f"/media/v1/{path}")
            head, body = await answer(socket)
            assert (head.status, json.loads(body)["error"]["es"] != "") == (status, True)
            assert dict(head.headers)["content-type"] == "application/json"
        asked = len(hub.heartbeats)
        await until(lambda: "recording" in hub.states().values(), "it records")
        assert len(hub.heartbeats) > asked, "control goes on beside"

        live = await front.dialled("two")
        first = json.dumps({"ticket": hub.ticket(order.camera_id)})
        await call(live, "WEBSOCKET", "/media/v1/live", first.encode())
        texts: list[dict[str, str]] = []
        pieces: list[bytes] = []
        while not pieces or pieces[-1][:1] != LAST:
            message = await live.receive()
            texts += [json.loads(message["text"])] if message.get("text") else []
            pieces += [message["bytes"]] if message.get("bytes") else []
        assert {each["type"] for each in texts} >= {"state", "init"}
        assert b"".join(piece[1:] for piece in pieces)[4:8] == b"ftyp"


async def test_it_shows_nothing_but_media(hub: HubDouble, data: Path) -> None:
    async with linked(hub, data) as front:
        for path in ("/status", "/health", "http://127.0.0.1/media/v1/live"):
            socket = await front.dialled("one")
            await call(socket, "GET", path)
            try:
                message = await asyncio.wait_for(socket.receive_text(), 30)
            except WebSocketDisconnect:
                continue
            raise AssertionError(f"{path} was answered: {message}")
