"""The nodes' control sockets: the hub's notifications, passed on as one word.

The hub says `NOTIFY sereno_wake, '<node id>'` inside the transaction that changed something, so a
node is woken for what was committed. One that is lost costs a delay: nodes also ask by themselves,
and all are woken when front hears again.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from http import HTTPStatus

import httpx
import psycopg
from psycopg import AsyncConnection
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.base.tasks import until_first
from sereno.front.addresses import is_same_origin
from sereno.wire.orders import Wake

log = logging.getLogger(__name__)

CHANNEL = "sereno_wake"
AGAIN_BASE_SECONDS = 0.2
AGAIN_CAP_SECONDS = 5.0
TRY_AGAIN_LATER = 1013


class WakeRoom:
    """Holds the sockets of the nodes that are connected, each with its bell."""

    def __init__(self, hub: httpx.AsyncClient, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._bells: dict[str, set[asyncio.Event]] = {}

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
        bell = asyncio.Event()
        bells = self._bells.setdefault(node_id, set())
        bells.add(bell)
        try:
            await socket.accept()
            await until_first(self._ring(socket, bell), _until_gone(socket))
        finally:
            bells.discard(bell)

    def wake(self, node_id: str) -> None:
        """Tell a node to ask for its orders. Several times before it heard are one."""
        for bell in self._bells.get(node_id, ()):
            bell.set()

    def wake_all(self) -> None:
        """Something may have been missed."""
        for node_id in self._bells:
            self.wake(node_id)

    async def listen(self, database_url: str) -> None:
        """Hear the hub's notifications for as long as it runs; connect again when cut off."""
        backoff = Backoff(AGAIN_BASE_SECONDS, AGAIN_CAP_SECONDS)
        is_deaf = False
        while True:
            try:
                connection = await AsyncConnection.connect(
                    database_url, autocommit=True, connect_timeout=5
                )
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if is_deaf:
                        log.info("The database answers again; all nodes are woken.")
                    is_deaf = False
                    backoff.reset()
                    self.wake_all()
                    async for notification in connection.notifies():
                        self.wake(notification.payload)
            except psycopg.Error as error:
                if not is_deaf:
                    log.warning("The database does not answer, nodes are woken later: %s", error)
                is_deaf = True
            await asyncio.sleep(backoff.next_seconds())

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

    async def _ring(self, socket: WebSocket, bell: asyncio.Event) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                await bell.wait()
                bell.clear()
                await socket.send_text(Wake(sent_at=self._clock.now()).model_dump_json())


async def _until_gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
