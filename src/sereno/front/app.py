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
from sereno.front.ears import listen
from sereno.front.far import FarNodes
from sereno.front.hls import hls_route
from sereno.front.media import MediaRelay
from sereno.front.near import NearNode
from sereno.front.openings import WATCHED
from sereno.front.proxy import HubProxy
from sereno.front.relay import client_of
from sereno.front.static import UI_FOLDER, Files, Pages, SafeHeaders
from sereno.front.status import CHANNEL as STATUS_CHANNEL
from sereno.front.status import STATUS_PATH, StatusRoom
from sereno.front.wake import CHANNEL as WAKE_CHANNEL
from sereno.front.wake import WakeRoom

READING = frozenset({"GET", "HEAD"})
MEDIA_METHODS = ("GET", "POST", "DELETE")  # Starlette adds HEAD
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
    relays_per_node: int = 64


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
    wake_room = WakeRoom(hub, clock)
    far = FarNodes(wake_room, places.relays_per_node)
    media = MediaRelay(places.ticket_public_key, NearNode(places.node_socket), far, clock)
    status_room = StatusRoom(hub)

    @asynccontextmanager
    async def open_ears(_: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            url = places.database_url
            ears = tasks.create_task(_hear(url, wake_room, status_room)) if url else None
            yield
            if ears is not None:
                ears.cancel()
        await media.close()
        await hub.aclose()

    return Starlette(
        routes=[
            *(WebSocketRoute(path, media.watch) for path in WATCHED),
            Route("/media/v1/{rest:path}", media.answer, methods=list(MEDIA_METHODS)),
            hls_route(media),
            WebSocketRoute("/api/v1/node/wake", wake_room.hold),
            WebSocketRoute("/api/v1/node/relay/{relay_id}", far.take),
            WebSocketRoute(STATUS_PATH, status_room.hold),
            Mount(HUB_STATIC_PREFIX, _packed(Files(places.hub_static))),
            Mount("", Elsewhere(HubProxy(hub, media), _packed(Pages(places.pages)))),
        ],
        middleware=[Middleware(SafeHeaders, is_https_only=places.has_trusted_certificate)],
        lifespan=open_ears,
    )


async def _hear(database_url: str, wake_room: WakeRoom, status_room: StatusRoom) -> None:
    """Until it is cancelled: what the hub says is new, to the rooms whose sockets want it."""
    hear = {STATUS_CHANNEL: lambda _: status_room.ring(), WAKE_CHANNEL: wake_room.wake}

    def heard_again() -> None:
        wake_room.wake_all()
        status_room.ring()

    await listen(database_url, hear, heard_again)


def _packed(app: ASGIApp) -> ASGIApp:
    """Pages are text, and lines are thin. Media and the hub's answers pass as they are."""
    return GZipMiddleware(app, minimum_size=SHORTEST_PACKED_BYTES)
