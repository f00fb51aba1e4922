"""The box's own node, over its unix socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import Response
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from sereno.base.errors import Unavailable
from sereno.front.relay import Relayed, client_of, fetch, relay
from sereno.front.troubles import NODE_AWAY

# Messages read ahead of the viewer: enough to fill the line, too few to hide that it is slow.
AHEAD_MESSAGES = 4
# A fragment holds a GOP at most; this bounds what a broken node can make front keep.
LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024


class NearNode:
    """Each call raises Unavailable where the node does not answer."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._client = client_of(socket)

    async def close(self) -> None:
        await self._client.aclose()

    async def answer(self, request: Request) -> Response:
        """Its answer to a viewer's call."""
        try:
            return await relay(request, self._client, is_session_passed=False)
        except httpx.TransportError:
            raise Unavailable("node_away", NODE_AWAY) from None

    async def fetch(self, place: str) -> Relayed:
        """What it has at a path with a ticket, asked for in front's own name."""
        try:
            return await fetch(self._client, place)
        except httpx.TransportError:
            raise Unavailable("node_away", NODE_AWAY) from None

    @asynccontextmanager
    async def showing(self, path: str, first: str) -> AsyncIterator[NearShowing]:
        """Its socket at this path, to which the viewer's first message is said."""
        # Without pings, for a slow viewer holds them up and is no fault.
        connecting = unix_connect(
            str(self._socket),
            f"ws://localhost{path}",
            compression=None,
            max_size=LARGEST_MESSAGE_BYTES,
            max_queue=AHEAD_MESSAGES,
            ping_interval=None,
            open_timeout=5.0,
            close_timeout=1.0,
        )
        try:
            node = await connecting
            await node.send(first)
        except (OSError, WebSocketException):
            raise Unavailable("node_away", NODE_AWAY) from None
        try:
            yield NearShowing(node)
        finally:
            await node.close()


class NearShowing:
    """What the node shows to one viewer, until it ends; then why."""

    def __init__(self, node: ClientConnection) -> None:
        self._node = node

    async def messages(self) -> AsyncIterator[str | bytes]:
        try:
            async for message in self._node:
                yield message
        except ConnectionClosed:
            return

    @property
    def close_code(self) -> int | None:
        return self._node.close_code

    @property
    def close_reason(self) -> str:
        return self._node.close_reason or ""
