"""What this node has, shown to somebody who cannot reach it: over a socket that it dials itself.

Front asks for it by the wake-up socket; each relay is a socket of its own, so that media delay
neither control nor each other (`sereno.wire.relay`). What is asked for there goes to the node's own
media API, tickets and all, as if front stood beside it. Nothing is kept on the way: a viewer that
takes slowly holds up its own relay, and the live view notices.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from pathlib import Path

import httpx
from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from sereno.base.tasks import until_first
from sereno.node.hub_client import HubClient
from sereno.wire.relay import (
    ANSWER_HEADERS,
    CALL_HEADERS,
    FACTS_PREFIX,
    LARGEST_BODY_BYTES,
    PIECE_BYTES,
    Headers,
    RelayCall,
    RelayHead,
    pieces_of,
)

log = logging.getLogger(__name__)

# More than a hub asks for that keeps to its own limit.
MOST_RELAYS = 1000
# A socket that nothing was asked of for so long is let go; front lets go of it sooner.
IDLE_SECONDS = 30.0
# As front: a viewer on a thin line may be this late with its sign of life.
PING_SECONDS = 20.0
PONG_SECONDS = 60.0
OPEN_SECONDS = 8.0
FIRST_OWN_CODE = 4000
WENT_WRONG = 1011
MEDIA_PREFIX = "/media/v1/"
WATCHED_PATHS = frozenset(("/media/v1/live", "/media/v1/recorder"))
# Messages read ahead of the line: enough to fill it, too few to hide that it is slow.
AHEAD_MESSAGES = 4
LARGEST_FRAGMENT_BYTES = 64 * 1024 * 1024
# What may wait in the kernel for a slow line: the older it is, the later the viewer sees it.
WAITING_BYTES = 128 * 1024
TIMEOUT = httpx.Timeout(connect=5.0, read=120.0, write=60.0, pool=30.0)
# A connection at rest is let go before the media API lets go of it (uvicorn: after 5 s).
LIMITS = httpx.Limits(
    max_connections=MOST_RELAYS, max_keepalive_connections=8, keepalive_expiry=2.0
)


class Relaying:
    """Dials for those who want to see what this node has."""

    def __init__(self, hub: HubClient, node_socket: Path) -> None:
        self._hub = hub
        self._node_socket = node_socket
        self._count = 0
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(node_socket), limits=LIMITS),
            base_url="http://localhost",
            timeout=TIMEOUT,
            trust_env=False,
        )
        self._http.headers.clear()

    async def close(self) -> None:
        await self._http.aclose()

    async def show(self, relay_id: str) -> None:
        """Dial, and answer what is asked there until either side has enough."""
        if self._count >= MOST_RELAYS:
            log.warning("The hub asks for more than %d relays at once.", MOST_RELAYS)
            return
        self._count += 1
        try:
            async with self._dialled(relay_id) as link:
                await until_first(self._answer_all(link), link.wait_closed())
        except (OSError, WebSocketException, httpx.HTTPError, ValidationError) as error:
            # The viewer is told by front; here nothing is wrong that its own loop does not tell.
            log.debug("A relay ended (%s).", type(error).__name__)
        finally:
            self._count -= 1

    def _dialled(self, relay_id: str) -> connect:
        return connect(
            f"ws{self._hub.url.removeprefix('http')}/api/v1/node/relay/{relay_id}",
            ssl=self._hub.tls,
            additional_headers={"Authorization": self._hub.authorization},
            compression=None,
            proxy=None,
            max_size=LARGEST_BODY_BYTES,
            open_timeout=OPEN_SECONDS,
            close_timeout=1.0,
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
        )

    async def _answer_all(self, link: ClientConnection) -> None:
        _keep_little(link)
        with suppress(TimeoutError, ConnectionClosed):
            while True:
                async with asyncio.timeout(IDLE_SECONDS):
                    call = RelayCall.model_validate_json(await link.recv())
                    body = await link.recv(decode=False)
                if not call.path.startswith(MEDIA_PREFIX):
                    return
                if call.method == "WEBSOCKET":
                    if call.path in WATCHED_PATHS:
                        await self._show_socket(link, call.path, body.decode())
                    return
                await self._answer(link, call, body)

    async def _answer(self, link: ClientConnection, call: RelayCall, body: bytes) -> None:
        address = self._http.base_url.copy_with(raw_path=call.path.encode("latin-1"))
        told = [pair for pair in call.headers if pair[0].lower() in CALL_HEADERS]
        asked = self._http.build_request(call.method, address, headers=told, content=body or None)
        answer = await self._http.send(asked, stream=True)
        try:
            head = RelayHead(status=answer.status_code, headers=_told(answer.headers))
            await link.send(head.model_dump_json())
            async for read in answer.aiter_raw():  # as it comes: nothing waits to fill a piece
                for start in range(0, len(read), PIECE_BYTES):
                    await link.send(read[start : start + PIECE_BYTES])
            await link.send(b"")
        finally:
            await answer.aclose()

    async def _show_socket(self, link: ClientConnection, path: str, first: str) -> None:
        """What the socket at this path says, until it ends or the viewer has left."""
        opening = unix_connect(
            str(self._node_socket),
            f"ws://localhost{path}",
            compression=None,
            max_size=LARGEST_FRAGMENT_BYTES,
            max_queue=AHEAD_MESSAGES,
            ping_interval=None,
            close_timeout=1.0,
        )
        async with opening as live:
            await live.send(first)
            with suppress(ConnectionClosed):
                async for message in live:
                    await _pass_on(message, link)
            code = live.close_code or WENT_WRONG
            is_own = code >= FIRST_OWN_CODE
            await link.close(code if is_own else WENT_WRONG, live.close_reason or "")


async def _pass_on(message: str | bytes, link: ClientConnection) -> None:
    if isinstance(message, str):
        await link.send(message)
        return
    for piece in pieces_of(message):
        await link.send(piece)


def _keep_little(link: ClientConnection) -> None:
    """A slow line is to be noticed at once, not when megabytes wait for it."""
    sock = link.transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, WAITING_BYTES)


def _told(headers: httpx.Headers) -> Headers:
    return tuple(
        (name, value)
        for name, value in headers.items()
        if name in ANSWER_HEADERS or name.startswith(FACTS_PREFIX)
    )
