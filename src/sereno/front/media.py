"""Video on its way from a node to a viewer: checked, and passed on untouched.

Front reads from the node only as fast as the viewer takes, so that the node notices a slow viewer
and moves it on; each viewer has a connection of its own, and none can hold up another.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from sereno.base.clock import Clock
from sereno.base.errors import Unauthenticated
from sereno.base.tasks import until_first
from sereno.front.addresses import is_same_origin
from sereno.front.relay import client_of, fetch, relay
from sereno.front.troubles import NO_TICKET, NODE_AWAY, refusal
from sereno.wire.tickets import PLAYBACK_OVERTIME, Purpose, Ticket, verify

log = logging.getLogger(__name__)

LIVE_PATH = "/media/v1/live"
SEGMENTS_PATH = "/media/v1/vod/segments/"
SNAPSHOT_PATH = "/media/v1/snapshot.jpg"
_PURPOSES: dict[str, Purpose] = {"/media/v1/clip.mp4": "clip", SNAPSHOT_PATH: "snapshot"}
TICKET_REFUSED = 4401
NODE_NOT_REACHABLE = 4503
FIRST_OWN_CODE = 4000
TICKET_SECONDS = 10.0
# Messages read ahead of the viewer: enough to fill the line, too few to hide that it is slow.
AHEAD_MESSAGES = 4
# A fragment holds a GOP at most; this bounds what a broken node can make front keep.
LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024


class MediaRelay:
    """Goes to the box's own node, and nowhere else.

    The address inside a ticket is what the node said of itself: followed blindly, it would lead
    front to any service of this machine. Nodes elsewhere need an address that the hub vouches for
    before front may go there.
    """

    def __init__(self, public_key: Path, node_socket: Path, clock: Clock) -> None:
        self._public_key = public_key
        self._node_socket = node_socket
        self._clock = clock
        self._client = client_of(node_socket)

    async def close(self) -> None:
        await self._client.aclose()

    async def answer(self, request: Request) -> Response:
        """A playlist, a file, a clip or a picture."""
        purpose = _PURPOSES.get(request.url.path, "playback")
        # To the files of a playlist that was opened in time the node gives passes of its own.
        is_opened = request.url.path.startswith(SEGMENTS_PATH)
        overtime = PLAYBACK_OVERTIME if is_opened else timedelta(0)
        try:
            ticket = self._admit(_token(request), purpose, overtime)
        except Unauthenticated as error:
            return refusal(request, HTTPStatus.UNAUTHORIZED, error.key, error.words)
        if self._is_own_node(ticket.media_address):
            with suppress(httpx.TransportError):
                return await relay(request, self._client, is_session_passed=False)
        return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, "node_away", NODE_AWAY)

    async def answer_with(self, request: Request, place: str) -> Response:
        """The picture at a place that the hub named for this caller, who may see it."""
        try:
            ticket = self._admit(_token_at(place), "snapshot")
        except Unauthenticated:
            log.error("The hub named media that its own ticket does not open.")  # noqa: TRY400
        else:
            if self._is_own_node(ticket.media_address):
                with suppress(httpx.TransportError):
                    answer = await fetch(self._client, place)
                    if answer.status_code != HTTPStatus.UNAUTHORIZED:
                        return answer
                    await answer.drop()  # a node without orders; nobody is to sign in anew for it
        return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, "node_away", NODE_AWAY)

    async def watch(self, viewer: WebSocket) -> None:
        """A live view, for as long as both sides want it."""
        if not is_same_origin(viewer):
            await viewer.close()  # before it is accepted: 403
            return
        await viewer.accept()
        try:
            first = await _first_message(viewer)
            ticket = self._admit(_token_in(first), "live")
        except Unauthenticated as error:
            await viewer.close(TICKET_REFUSED, error.key)
            return
        except WebSocketDisconnect:
            return
        if not self._is_own_node(ticket.media_address):
            await _close(viewer, NODE_NOT_REACHABLE, "node_away")
            return
        try:
            async with _connect(self._node_socket) as node:
                await node.send(first)
                await _pass_on(node, viewer)
        except (OSError, WebSocketException):
            await _close(viewer, NODE_NOT_REACHABLE, "node_away")

    def _admit(self, token: str, purpose: Purpose, overtime: timedelta = timedelta(0)) -> Ticket:
        # Read each time: it is small, and the hub may make it after front has started.
        try:
            key = self._public_key.read_text()
        except FileNotFoundError:
            raise Unauthenticated("ticket_refused", NO_TICKET) from None
        return verify(token, key, purpose, self._clock.now(), overtime)

    def _is_own_node(self, address: str) -> bool:
        is_own = address == f"unix:{self._node_socket}"
        if not is_own:
            log.warning("A node says that it is at %r; that is not this box's node.", address)
        return is_own


def _token_at(place: str) -> str:
    path, _, query = place.partition("?")
    return parse_qs(query).get("ticket", [""])[0] if path == SNAPSHOT_PATH else ""


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.query_params.get("ticket", "")


async def _first_message(viewer: WebSocket) -> str:
    """The viewer's first words; empty when they do not come in time or are no text."""
    try:
        async with asyncio.timeout(TICKET_SECONDS):
            return await viewer.receive_text()
    except (TimeoutError, KeyError):
        return ""


def _token_in(message: str) -> str:
    try:
        said = json.loads(message)
    except ValueError:
        return ""
    ticket = said.get("ticket") if isinstance(said, dict) else None
    return ticket if isinstance(ticket, str) else ""


def _connect(node_socket: Path) -> connect:
    """A socket to the node; without pings, for a slow viewer holds them up and is no fault."""
    options: dict[str, Any] = {
        "compression": None,
        "max_size": LARGEST_MESSAGE_BYTES,
        "max_queue": AHEAD_MESSAGES,
        "ping_interval": None,
        "open_timeout": 5.0,
        "close_timeout": 1.0,
    }
    return unix_connect(str(node_socket), f"ws://localhost{LIVE_PATH}", **options)


async def _pass_on(node: ClientConnection, viewer: WebSocket) -> None:
    """Until one side leaves. The node's reason to close is passed on too."""
    node_left = 0
    if await until_first(_send(node, viewer), _until_gone(viewer)) != node_left:
        return
    code = node.close_code
    if code is not None and code >= FIRST_OWN_CODE:
        await _close(viewer, code, node.close_reason or "")
    else:
        await _close(viewer, NODE_NOT_REACHABLE, "node_away")


async def _send(node: ClientConnection, viewer: WebSocket) -> None:
    with suppress(ConnectionClosed, WebSocketDisconnect):
        async for message in node:
            if isinstance(message, str):
                await viewer.send_text(message)
            else:
                await viewer.send_bytes(message)


async def _until_gone(viewer: WebSocket) -> None:
    """A viewer has nothing more to say: whatever comes is dropped."""
    while (await viewer.receive())["type"] != "websocket.disconnect":
        pass


async def _close(viewer: WebSocket, code: int, key: str) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # it left by itself
        await viewer.close(code, key)
