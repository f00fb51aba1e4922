"""Front on a real port, with a scripted hub and a scripted node behind it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.clock import SystemClock
from sereno.front.app import Places, make_app
from sereno.wire.tickets import Ticket, sign

WAIT_SECONDS = 90.0
NODE_ID = str(uuid4())
NODE_TOKEN = "node-token"
FRAGMENT = b"f" * 60_000


async def until(is_true: Callable[[], object], what: str = "condition") -> None:
    """Wait for a condition; the limit only guards against hanging."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"not in time: {what}")
        await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(*apps: tuple[ASGIApp, socket.socket], **more: Any) -> AsyncIterator[None]:
    """Real servers, each app on its listener, for as long as the block lasts."""
    settings = {
        "log_config": None,
        "ws": "websockets-sansio",
        "ws_per_message_deflate": False,
        "ws_ping_interval": None,
        "timeout_graceful_shutdown": 1,
        "server_header": False,
        "proxy_headers": False,
    }
    running = [(await _served(app, listener, settings | more), listener) for app, listener in apps]
    try:
        yield
    finally:
        # Together, for each gives its connections a while; without uvicorn's own loop, which
        # looks only now and then whether to end.
        await asyncio.gather(*(server.shutdown([listener]) for server, listener in running))


async def _served(
    app: ASGIApp, listener: socket.socket, settings: dict[str, Any]
) -> uvicorn.Server:
    config = uvicorn.Config(app, **settings)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener])
    return server


def tcp_listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def unix_listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


@dataclass
class ScriptedHub:
    """Answers `/api/…` with what it was asked, and knows one node."""

    received: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    pause: asyncio.Event = field(default_factory=asyncio.Event)
    place: str = ""  # of a picture, as front alone is told

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/v1/node/me", self._me),
                Route("/api/v1/slow", self._slow),
                Route("/api/v1/cookies", self._cookies),
                Route("/api/v1/picture", self._picture),
                Route("/{path:path}", self._echo, methods=["GET", "POST", "PATCH", "DELETE"]),
            ]
        )

    async def _me(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {NODE_TOKEN}":
            return JSONResponse({}, 401)
        return JSONResponse({"node_id": NODE_ID})

    async def _echo(self, request: Request) -> Response:
        self.received.append(request)
        try:
            self.bodies.append(await request.body())
        except ClientDisconnect:
            return Response()
        return JSONResponse(
            {
                "method": request.method,
                "path": request.scope["raw_path"].decode(),
                "query": request.scope["query_string"].decode(),
                "headers": dict(request.headers),
                "size": len(self.bodies[-1]),
            },
            201 if request.method == "POST" else 200,
        )

    async def _cookies(self, request: Request) -> Response:
        headers = {"Connection": "X-Private", "X-Private": "for the hop", "Server": "hub"}
        answer = Response(headers=headers)
        answer.set_cookie("sessionid", "one")
        answer.set_cookie("csrftoken", "two")
        return answer

    async def _picture(self, request: Request) -> Response:
        return Response(headers={"X-Sereno-Media": self.place})

    async def _slow(self, request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"first"
            await self.pause.wait()
            yield b"last"

        return StreamingResponse(pieces())


@dataclass
class ScriptedNode:
    """A node's media API; counts what it could send to each viewer."""

    sent: dict[str, int] = field(default_factory=dict)
    calls: list[dict[str, str]] = field(default_factory=list)
    cookies: list[str | None] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    status: int = 200
    limit: int = 3
    close_code: int | None = None
    watched: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/media/v1/live", self._live),
                WebSocketRoute("/media/v1/recorder", self._live),
                Route("/media/v1/{path:path}", self._file),
            ]
        )

    async def _live(self, viewer: WebSocket) -> None:
        await viewer.accept()
        self.watched.append(viewer.url.path)
        said = json.loads(await viewer.receive_text())
        name = said.get("name", "viewer")
        if self.close_code is not None:
            await viewer.close(self.close_code, "no_such_camera")
            return
        self.sent[name] = 0
        try:
            await viewer.send_text(json.dumps({"type": "state", "state": "recording"}))
            while self.sent[name] < self.limit:
                await viewer.send_bytes(FRAGMENT)
                self.sent[name] += 1
            await viewer.receive_text()
        except WebSocketDisconnect:
            self.sent[f"{name} left"] = 1

    async def _file(self, request: Request) -> Response:
        self.calls.append({"path": request.url.path, "range": request.headers.get("range", "")})
        self.cookies.append(request.headers.get("cookie"))
        self.authorizations.append(request.headers.get("authorization"))
        if request.headers.get("range"):
            headers = {"Content-Range": "bytes 0-3/10", "Accept-Ranges": "bytes"}
            return Response(b"0123", 206, headers)
        headers = {"Set-Cookie": "sereno_session=of-the-node", "X-Sereno-Media": "/media/v1/x"}
        return Response(b"0123456789", self.status, media_type="video/mp4", headers=headers)


@dataclass
class Front:
    """Front as callers see it."""

    url: str
    folder: Path
    hub: ScriptedHub
    node: ScriptedNode
    private_key: str
    client: httpx.AsyncClient

    def ticket(self, purpose: str = "live", **more: Any) -> str:
        now = more.pop("now", datetime.now(UTC))
        values = {
            "user_id": 1,
            "camera_id": uuid4(),
            "purpose": purpose,
            "node_id": NODE_ID,
            "is_own_node": True,
        }
        return sign(Ticket.model_validate(values | more), self.private_key, now)

    @property
    def ws_url(self) -> str:
        return "ws" + self.url.removeprefix("http")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A built user interface."""
    folder = tmp_path / "pages"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Sereno</title>")
    (folder / "assets" / "index-a1b2c3.js").write_text("console.log('sereno');" * 200)
    return folder


def key_pair() -> tuple[str, str]:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def places(
    folder: Path, pages: Path, database_url: str | None = None, relays_per_node: int = 64
) -> Places:
    return Places(
        hub_socket=folder / "hub.sock",
        node_socket=folder / "node.sock",
        ticket_public_key=folder / "ticket.pub",
        hub_static=folder / "static",
        database_url=database_url,
        pages=pages,
        relays_per_node=relays_per_node,
    )


@asynccontextmanager
async def fronted(
    folder: Path, pages: Path, database_url: str | None = None, relays_per_node: int = 64
) -> AsyncIterator[Front]:
    private, public = key_pair()
    (folder / "ticket.pub").write_text(public)
    listener = tcp_listener()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = make_app(places(folder, pages, database_url, relays_per_node), SystemClock())
    hub, node = ScriptedHub(), ScriptedNode()
    async with (
        serving(
            (hub.app(), unix_listener(folder / "hub.sock")),
            (node.app(), unix_listener(folder / "node.sock")),
        ),
        serving((app, listener)),  # ends first, and so lets go of the others
        httpx.AsyncClient(base_url=url, timeout=WAIT_SECONDS) as client,
    ):
        yield Front(url, folder, hub, node, private, client)


@pytest.fixture
async def front(tmp_path: Path, pages: Path) -> AsyncIterator[Front]:
    async with fronted(tmp_path, pages) as made:
        yield made
