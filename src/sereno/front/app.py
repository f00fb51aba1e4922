"""Who answers which address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sereno.base.clock import Clock
from sereno.front.addresses import HUB_STATIC_PREFIX, is_hub_path
from sereno.front.media import LIVE_PATH, MediaRelay
from sereno.front.proxy import HubProxy
from sereno.front.relay import client_of
from sereno.front.static import UI_FOLDER, Files, Pages, SafeHeaders
from sereno.front.wake import WakeRoom

READING = frozenset({"GET", "HEAD"})
SHORTEST_PACKED_BYTES = 1000


@dataclass(frozen=True, slots=True)
class Places:
    """Where front finds what it serves; without a database it hears no wake-ups."""

    hub_socket: Path
    node_socket: Path
    ticket_public_key: Path
    hub_static: Path
    database_url: str | None = field(default=None, repr=False)  # holds a password
    pages: Path = UI_FOLDER
    has_trusted_certificate: bool = False


class Elsewhere:
    """Addresses without a route: the hub's calls go to the hub, all others are pages."""

    def __init__(self, proxy: HubProxy, pages: ASGIApp) -> None:
        self._proxy = proxy
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await WebSocket(scope, receive, send).close()  # no such socket: 403
            return
        if scope["method"] in READING and not is_hub_path(scope["path"]):
            await self._pages(scope, receive, send)
            return
        answer = await self._proxy.answer(Request(scope, receive))
        await answer(scope, receive, send)


def make_app(places: Places, clock: Clock) -> Starlette:
    """Front as one application; it listens for wake-ups while it is served."""
    hub = client_of(places.hub_socket)
    media = MediaRelay(places.ticket_public_key, places.node_socket, clock)
    wake_room = WakeRoom(hub, clock)

    @asynccontextmanager
    async def open_ears(_: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            url = places.database_url
            ears = tasks.create_task(wake_room.listen(url)) if url is not None else None
            yield
            if ears is not None:
                ears.cancel()
        await media.close()
        await hub.aclose()

    return Starlette(
        routes=[
            WebSocketRoute(LIVE_PATH, media.watch),
            Route("/media/v1/{rest:path}", media.answer),
            WebSocketRoute("/api/v1/node/wake", wake_room.hold),
            Mount(HUB_STATIC_PREFIX, _packed(Files(places.hub_static))),
            Mount("", Elsewhere(HubProxy(hub, media), _packed(Pages(places.pages)))),
        ],
        middleware=[Middleware(SafeHeaders, is_https_only=places.has_trusted_certificate)],
        lifespan=open_ears,
    )


def _packed(app: ASGIApp) -> ASGIApp:
    """Pages are text, and lines are thin. Media and the hub's answers pass as they are."""
    return GZipMiddleware(app, minimum_size=SHORTEST_PACKED_BYTES)
