"""The nodes' control sockets: the hub's notifications, passed on as one word; and front's own.

The hub says `NOTIFY sereno_wake, '<node id>'` inside the transaction that changed something, so a
node is woken for what was committed. One that is lost costs a delay: nodes also ask by themselves,
and all are woken when front hears again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

import httpx
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.clock import Clock
from sereno.base.tasks import until_first
from sereno.front.addresses import is_same_origin
from sereno.wire.orders import Wake

CHANNEL = "sereno_wake"
TRY_AGAIN_LATER = 1013
# Of dials that a line has not been told of; older ones nobody waits for any more.
MOST_CALLS = 1000


@dataclass(eq=False, slots=True)
class _Line:
    """A node's socket: what it showed to be let in, and what it is still to be told."""

    seal: bytes
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    has_orders: bool = False
    relays: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))


class WakeRoom:
    """Holds the sockets of the nodes that are connected, each with its bell."""

    def __init__(self, hub: httpx.AsyncClient, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._lines: dict[str, set[_Line]] = {}

    async def hold(self, socket: WebSocket) -> None:
        """Keep a node's socket until it leaves. Who is no node gets 403."""
        try:
            node_id = await self._node_of(socket) if is_same_origin(socket) else None
        except httpx.TransportError:
            await socket.accept()
            await socket.close(TRY_AGAIN_LATER, "hub_away")
            return
        if node_id is None:
            await socket.close()  # before it is accepted: 403
            return
        line = _Line(_seal(socket))
        lines = self._lines.setdefault(node_id, set())
        lines.add(line)
        try:
            await socket.accept()
            await until_first(self._tell(socket, line), _until_gone(socket))
        finally:
            lines.discard(line)

    def wake(self, node_id: str) -> None:
        """Tell a node to ask for its orders. Several times before it heard are one."""
        for line in self._lines.get(node_id, ()):
            line.has_orders = True
            line.bell.set()

    def wake_all(self) -> None:
        """Something may have been missed."""
        for node_id in self._lines:
            self.wake(node_id)

    def call(self, node_id: str, relay_id: str) -> bool:
        """Tell a node to dial a relay; whether it is connected.

        All its sockets are told, for nobody knows which of them still leads to it; the dial is
        good for one.
        """
        lines = self._lines.get(node_id, ())
        for line in lines:
            line.relays.append(relay_id)
            line.bell.set()
        return bool(lines)

    def is_of(self, node_id: str, socket: WebSocket) -> bool:
        """Whether a call shows the token by which the node was let in here."""
        seal = _seal(socket)
        lines = self._lines.get(node_id, ())
        return any(hmac.compare_digest(seal, line.seal) for line in lines)

    async def _node_of(self, socket: WebSocket) -> str | None:
        """The node whose token the call carries, as the hub says; None for nobody known."""
        authorization = socket.headers.get("authorization")
        if authorization is None:
            return None
        answer = await self._hub.get(
            "/api/v1/node/me", headers=[(b"authorization", authorization.encode("latin-1"))]
        )
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise httpx.RemoteProtocolError("the hub is not well")
        return str(answer.json()["node_id"]) if answer.is_success else None

    async def _tell(self, socket: WebSocket, line: _Line) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                await line.bell.wait()
                line.bell.clear()
                while line.relays:
                    relay_id = line.relays.popleft()
                    await self._say(socket, relay_id)
                if line.has_orders:
                    line.has_orders = False
                    await self._say(socket, None)

    async def _say(self, socket: WebSocket, relay_id: str | None) -> None:
        what: Literal["relay", "orders"] = "relay" if relay_id else "orders"
        wake = Wake(wake=what, relay=relay_id, sent_at=self._clock.now())
        await socket.send_text(wake.model_dump_json(exclude_none=True))


def _seal(socket: WebSocket) -> bytes:
    """Of what it shows, without keeping that itself."""
    return hashlib.sha256(socket.headers.get("authorization", "").encode("latin-1")).digest()


async def _until_gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
