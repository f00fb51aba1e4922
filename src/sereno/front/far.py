"""Nodes elsewhere: what they have travels over sockets that they dial themselves.

A site behind a router has no open port. Front tells a node over its wake-up socket that somebody
wants something; the node dials one more socket for it (`sereno.wire.relay`), so media delay neither
control nor each other. A socket whose answer came whole waits a while for the next call, which then
costs no dialling.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.errors import Busy, Unavailable
from sereno.front.far_socket import CutShort, FarAnswer, FarSocket
from sereno.front.troubles import BODY_TOO_LARGE, NODE_AWAY, TOO_MANY_RELAYS, refusal
from sereno.front.wake import WakeRoom
from sereno.wire.relay import CALL_HEADERS, LARGEST_BODY_BYTES, RelayCall, RelayHead

DIAL_SECONDS = 8.0
# A player asks for the next piece of a playlist within this time.
IDLE_SECONDS = 15.0
MOST_IDLE = 4
_ID_BYTES = 32
# Asking again does no harm where nobody knows whether the node heard it.
_HARMLESS = frozenset(("GET", "HEAD"))


@dataclass(eq=False, slots=True)
class _Dial:
    """A socket that a node is waited for."""

    node_id: str
    arrived: asyncio.Future[FarSocket] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class FarNodes:
    """Makes nodes dial, lets in what they dial, and counts what each carries."""

    def __init__(self, wake_room: WakeRoom, most_of_one: int) -> None:
        self._wake_room = wake_room
        self._most_of_one = most_of_one
        self._dials: dict[str, _Dial] = {}
        self._busy: Counter[str] = Counter()
        self._idle: dict[str, dict[FarSocket, asyncio.Task[None]]] = {}

    def node(self, node_id: UUID) -> FarNode:
        return FarNode(self, str(node_id))

    async def take(self, socket: WebSocket) -> None:
        """Keep a socket that a node dialled until it is done with. Who was not asked gets 403."""
        relay_id = socket.path_params["relay_id"]
        dial = self._dials.get(relay_id)
        if dial is None or not self._wake_room.is_of(dial.node_id, socket):
            await socket.close()  # before it is accepted: 403
            return
        del self._dials[relay_id]
        await socket.accept()
        if not dial.arrived.done():
            far = FarSocket(socket)
            dial.arrived.set_result(far)
            await far.dropped.wait()
        with suppress(WebSocketDisconnect, RuntimeError):  # it left by itself
            await socket.close()

    @contextmanager
    def place(self, node_id: str) -> Iterator[None]:
        """One of the relays that a node may carry at a time. Raises Busy."""
        if self._busy[node_id] >= self._most_of_one:
            raise Busy("too_many_relays", TOO_MANY_RELAYS.fill(most=self._most_of_one))
        self._busy[node_id] += 1
        try:
            yield
        finally:
            self._busy[node_id] -= 1

    async def dial(self, node_id: str) -> FarSocket:
        """A new socket of a node. Raises Unavailable where it does not dial in time."""
        relay_id, dial = secrets.token_urlsafe(_ID_BYTES), _Dial(node_id)
        self._dials[relay_id] = dial
        far: FarSocket | None = None
        try:
            if self._wake_room.call(node_id, relay_id):
                with suppress(TimeoutError):
                    async with asyncio.timeout(DIAL_SECONDS):
                        far = await dial.arrived
        finally:
            self._dials.pop(relay_id, None)
            if far is None and not dial.arrived.cancel() and not dial.arrived.cancelled():
                dial.arrived.result().drop()  # it came just when nobody waited any more
        if far is None:
            raise Unavailable("node_away", NODE_AWAY)
        return far

    def rested(self, node_id: str) -> FarSocket | None:
        """A socket that waits for its next call; now it is the caller's."""
        resting = self._idle.get(node_id)
        if not resting:
            return None
        far, task = resting.popitem()
        task.cancel()
        return far

    def rest(self, node_id: str, far: FarSocket) -> None:
        """Keep a socket for the next call, for a while."""
        resting = self._idle.setdefault(node_id, {})
        if len(resting) < MOST_IDLE:
            resting[far] = asyncio.create_task(self._rest(resting, far))
        else:
            far.drop()

    async def _rest(self, resting: dict[FarSocket, asyncio.Task[None]], far: FarSocket) -> None:
        await far.until_news(IDLE_SECONDS)
        resting.pop(far, None)
        far.drop()


@dataclass(frozen=True, slots=True)
class FarNode:
    """One of them. Each call raises Unavailable where it does not answer, Busy beyond its limit."""

    nodes: FarNodes
    node_id: str

    async def answer(self, request: Request) -> Response:
        """Its answer to a viewer's call."""
        body = await _body(request)
        if body is None:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return refusal(request, status, "body_too_large", BODY_TOO_LARGE)
        return await self._answer(_call(request), body)

    async def fetch(self, place: str) -> FarAnswer:
        """What it has at a path with a ticket, asked for in front's own name."""
        return await self._answer(RelayCall(method="GET", path=place), b"")

    @asynccontextmanager
    async def showing(self, path: str, first: str) -> AsyncIterator[FarSocket]:
        """Its socket at this path, to which the viewer's first message is said."""
        with self.nodes.place(self.node_id):
            far = await self.nodes.dial(self.node_id)
            try:
                await far.ask(RelayCall(method="WEBSOCKET", path=path), first.encode())
                yield far
            except CutShort:
                raise Unavailable("node_away", NODE_AWAY) from None
            finally:
                far.drop()

    async def _answer(self, call: RelayCall, body: bytes) -> FarAnswer:
        with ExitStack() as stack:
            stack.enter_context(self.nodes.place(self.node_id))
            far, head = await self._asked(call, body)
            held = stack.pop_all()

        def let_go(is_whole: bool) -> None:
            held.close()
            if is_whole:
                self.nodes.rest(self.node_id, far)
            else:
                far.drop()

        return FarAnswer(far, head, let_go)

    async def _asked(self, call: RelayCall, body: bytes) -> tuple[FarSocket, RelayHead]:
        """A socket on which the node has begun to answer."""
        rested = self.nodes.rested(self.node_id) if call.method in _HARMLESS else None
        if rested is not None:
            with suppress(CutShort):  # it ended while it rested
                return rested, await _begun(rested, call, body)
        far = await self.nodes.dial(self.node_id)
        try:
            return far, await _begun(far, call, body)
        except CutShort:
            raise Unavailable("node_away", NODE_AWAY) from None


async def _begun(far: FarSocket, call: RelayCall, body: bytes) -> RelayHead:
    """Raises CutShort."""
    with ExitStack() as stack:
        stack.callback(far.drop)
        await far.ask(call, body)
        head = await far.head()
        stack.pop_all()
    return head


def _call(request: Request) -> RelayCall:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return RelayCall.model_validate(
        {
            "method": request.method,
            "path": (path + (b"?" + query if query else b"")).decode("latin-1"),
            "headers": [pair for pair in request.headers.items() if pair[0] in CALL_HEADERS],
        }
    )


async def _body(request: Request) -> bytes | None:
    """None: it is more than a call of a viewer has to say."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY_BYTES:
            return None
    return body
