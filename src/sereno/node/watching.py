"""The socket of live viewers (`WS /media/v1/live`, see docs/design/seams.md)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.errors import NotFound, Unauthenticated
from sereno.base.tasks import until_first
from sereno.node.access import Doorkeeper, Visit
from sereno.node.live import Live, Viewer, state_text
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey

TICKET_SECONDS = 10.0
TICKET_REFUSED = 4401
NO_SUCH_CAMERA = 4404


@dataclass(frozen=True, slots=True)
class Watching:
    """Lets viewers in and sends them what `Live` has for them.

    Of a stream that is never run, as a small one that its profile does not name, they are told so
    at once: a player then takes the other.
    """

    doorkeeper: Doorkeeper
    recording: Recording
    live: Live
    is_run: Callable[[StreamKey], bool]

    async def watch(self, socket: WebSocket) -> None:
        await socket.accept()
        try:
            visit = self.doorkeeper.admit(await ticket_said(socket), "live")
        except Unauthenticated as error:
            await socket.close(TICKET_REFUSED, error.key)
        except NotFound as error:
            await socket.close(NO_SUCH_CAMERA, error.key)
        except WebSocketDisconnect:
            return
        else:
            if self.is_run(visit.key):
                await self._show(socket, visit)
            else:
                await socket.close(NO_SUCH_CAMERA, "stream_not_run")

    async def _show(self, socket: WebSocket, visit: Visit) -> None:
        book = self.recording.book(visit.key)
        viewer = self.live.join(visit.key, state_text(book.state, book.reason))
        try:
            await until_first(send_all(socket, viewer), until_gone(socket))
        finally:
            self.live.leave(visit.key, viewer)


async def ticket_said(socket: WebSocket) -> str:
    """The ticket in the first message; empty when there is none in time."""
    try:
        async with asyncio.timeout(TICKET_SECONDS):
            said = json.loads(await socket.receive_text())
    except (TimeoutError, ValueError, KeyError):
        return ""
    ticket = said.get("ticket") if isinstance(said, dict) else None
    return ticket if isinstance(ticket, str) else ""


async def send_all(socket: WebSocket, viewer: Viewer) -> None:
    with suppress(WebSocketDisconnect):
        async for message in viewer.messages():
            if isinstance(message, str):
                await socket.send_text(message)
            else:
                await socket.send_bytes(message)


async def until_gone(socket: WebSocket) -> None:
    """A viewer has nothing more to say: whatever comes is dropped."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
