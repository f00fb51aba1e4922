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
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.clock import Clock
from sereno.base.errors import Busy, Unauthenticated, Unavailable
from sereno.base.tasks import until_first
from sereno.front.addresses import is_same_origin
from sereno.front.far import FarNode, FarNodes
from sereno.front.far_socket import FarSocket
from sereno.front.near import NearNode, NearShowing
from sereno.front.openings import WATCHED, opening_of, picture_purpose
from sereno.front.troubles import NO_TICKET, NODE_AWAY, refusal
from sereno.wire.tickets import Purpose, Ticket, verify

log = logging.getLogger(__name__)

TICKET_REFUSED = 4401
NODE_NOT_REACHABLE = 4503
FIRST_OWN_CODE = 4000
TICKET_SECONDS = 10.0


class MediaRelay:
    """Goes to the node that a ticket names: the box's own, or one elsewhere over its own link.

    What a node says of its own address is never followed: it could lead front to any service of
    this machine.
    """

    def __init__(self, public_key: Path, near: NearNode, far: FarNodes, clock: Clock) -> None:
        self._public_key = public_key
        self._near = near
        self._far = far
        self._clock = clock

    async def close(self) -> None:
        await self._near.close()

    async def answer(self, request: Request) -> Response:
        """A playlist, a file, a clip or a picture."""
        opening = opening_of(request.url.path)
        try:
            ticket = self._admit(_token(request), opening.purpose, opening.overtime)
            return await self._way(ticket).answer(request)
        except Unauthenticated as error:
            return refusal(request, HTTPStatus.UNAUTHORIZED, error.key, error.words)
        except (Unavailable, Busy) as error:
            return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, error.key, error.words)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it

    async def answer_with(self, request: Request, place: str) -> Response:
        """The picture at a place that the hub named for this caller, who may see it."""
        try:
            ticket = self._admit_to_picture(place)
            answer = await self._way(ticket).fetch(place)
        except Unauthenticated:
            log.error("The hub named media that its own ticket does not open.")  # noqa: TRY400
        except (Unavailable, Busy) as error:
            return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, error.key, error.words)
        else:
            if answer.status_code != HTTPStatus.UNAUTHORIZED:
                return answer
            await answer.drop()  # a node without orders; nobody is to sign in anew for it
        return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, "node_away", NODE_AWAY)

    async def watch(self, viewer: WebSocket) -> None:
        """A live view, or a recorder's footage, for as long as both sides want it."""
        if not is_same_origin(viewer):
            await viewer.close()  # before it is accepted: 403
            return
        await viewer.accept()
        path = viewer.url.path
        try:
            first = await _first_message(viewer)
            ticket = self._admit(_token_in(first), WATCHED[path])
            async with self._way(ticket).showing(path, first) as node:
                await _pass_on(node, viewer)
        except Unauthenticated as error:
            await _close(viewer, TICKET_REFUSED, error.key)
        except (Unavailable, Busy) as error:
            await _close(viewer, NODE_NOT_REACHABLE, error.key)
        except WebSocketDisconnect:
            return

    def _way(self, ticket: Ticket) -> NearNode | FarNode:
        return self._near if ticket.is_own_node else self._far.node(ticket.node_id)

    def _admit_to_picture(self, place: str) -> Ticket:
        path, _, query = place.partition("?")
        if (purpose := picture_purpose(path)) is None:
            raise Unauthenticated("ticket_refused", NO_TICKET)
        return self._admit(parse_qs(query).get("ticket", [""])[0], purpose)

    def _admit(
        self,
        token: str,
        purpose: Purpose | frozenset[Purpose],
        overtime: timedelta = timedelta(0),
    ) -> Ticket:
        # Read each time: it is small, and the hub may make it after front has started.
        try:
            key = self._public_key.read_text()
        except FileNotFoundError:
            raise Unauthenticated("ticket_refused", NO_TICKET) from None
        return verify(token, key, purpose, self._clock.now(), overtime)


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


async def _pass_on(node: NearShowing | FarSocket, viewer: WebSocket) -> None:
    """Until one side leaves. The node's reason to close is passed on too."""
    node_left = 0
    if await until_first(_send(node, viewer), _until_gone(viewer)) != node_left:
        return
    code = node.close_code
    if code is not None and code >= FIRST_OWN_CODE:
        await _close(viewer, code, node.close_reason)
    else:
        await _close(viewer, NODE_NOT_REACHABLE, "node_away")


async def _send(node: NearShowing | FarSocket, viewer: WebSocket) -> None:
    with suppress(WebSocketDisconnect):
        async for message in node.messages():
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
