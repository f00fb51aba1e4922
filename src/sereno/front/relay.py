"""Passes one HTTP call on and its answer back, both in pieces as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from sereno.front.forwarding import RawHeaders, has_body, request_headers, without_hops
from sereno.front.troubles import BODY_TOO_LARGE, BODY_TOO_SLOW, refusal

# Connecting to a socket of this machine takes no time; an answer may, so only silence counts.
TIMEOUT = httpx.Timeout(connect=5.0, read=120.0, write=60.0, pool=30.0)
# A connection at rest is let go before the other side lets go of it (uvicorn: after 5 s), or a call
# could go out on one that is just being closed.
LIMITS = httpx.Limits(max_connections=512, max_keepalive_connections=16, keepalive_expiry=2.0)
# The largest that anybody has to say is a node's batch of reports.
LARGEST_BODY_BYTES = 8 * 1024 * 1024
# A caller that announced more and says nothing for so long holds a place of others.
BODY_SILENCE_SECONDS = 20.0
# Sessions are between people and the hub: a node neither learns of them nor sets them.
SESSION_HEADERS = frozenset((b"cookie", b"set-cookie"))
# The hub's word to front: answer with what is there instead. For nobody else's eyes.
MEDIA_HEADER = b"x-sereno-media"
# What front's own server says, or keeps to itself.
_SERVERS_HEADERS = frozenset((b"date", b"server"))


class _BodyTooLarge(Exception):
    """More than anybody has to say; found out on the way where its length was not told."""


class _BodyTooSlow(Exception):
    """Its rest does not come."""


class Relayed(StreamingResponse):
    """An answer from elsewhere: its bytes as they are, and its connection closed at the end.

    `media` is what it asks front to answer in its place, for those who may believe it.
    """

    def __init__(self, answer: httpx.Response, withheld: frozenset[bytes]) -> None:
        super().__init__(answer.aiter_raw(), answer.status_code)
        withheld |= _SERVERS_HEADERS | {MEDIA_HEADER}
        self.raw_headers = _without(withheld, without_hops(answer.headers.raw))
        self.media: str = answer.headers.get(MEDIA_HEADER.decode(), "")
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.drop()

    async def drop(self) -> None:
        """Let go of the answer; nobody will read the rest."""
        await self._answer.aclose()


async def relay(
    request: Request, client: httpx.AsyncClient, *, is_session_passed: bool
) -> Response:
    """The answer of the other side of `client`. Raises httpx.TransportError when it is away."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    withheld: frozenset[bytes] = frozenset() if is_session_passed else SESSION_HEADERS
    outgoing = client.build_request(
        request.method,
        client.base_url.copy_with(raw_path=path + (b"?" + query if query else b"")),
        headers=_without(withheld, request_headers(request)),
        content=_bounded(request) if has_body(request.headers) else None,
    )
    try:
        answer = await client.send(outgoing, stream=True)
    except _BodyTooLarge:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return refusal(request, status, "body_too_large", BODY_TOO_LARGE)
    except _BodyTooSlow:
        return refusal(request, HTTPStatus.REQUEST_TIMEOUT, "body_too_slow", BODY_TOO_SLOW)
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is there to read it
    return Relayed(answer, withheld)


async def fetch(client: httpx.AsyncClient, place: str) -> Relayed:
    """What the other side of `client` has at `place`, asked for in front's own name.

    Raises httpx.TransportError when it is away.
    """
    address = client.base_url.copy_with(raw_path=place.encode())
    answer = await client.send(client.build_request("GET", address), stream=True)
    return Relayed(answer, SESSION_HEADERS)


async def _bounded(request: Request) -> AsyncIterator[bytes]:
    size_bytes = int(request.headers.get("content-length", "0"))
    if size_bytes > LARGEST_BODY_BYTES:
        raise _BodyTooLarge
    size_bytes = 0
    chunks = request.stream()
    while (chunk := await _next_of(chunks)) is not None:
        size_bytes += len(chunk)
        if size_bytes > LARGEST_BODY_BYTES:
            raise _BodyTooLarge
        yield chunk


async def _next_of(chunks: AsyncGenerator[bytes, None]) -> bytes | None:
    """None: there are no more. Raises _BodyTooSlow."""
    try:
        async with asyncio.timeout(BODY_SILENCE_SECONDS):
            return await anext(chunks, None)
    except TimeoutError:
        raise _BodyTooSlow from None


def _without(names: frozenset[bytes], headers: RawHeaders) -> RawHeaders:
    return [(name, value) for name, value in headers if name.lower() not in names]


def client_of(socket: Path) -> httpx.AsyncClient:
    """A client of whoever listens on a unix socket of this machine; it adds nothing of its own."""
    client = httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(socket), limits=LIMITS),
        base_url="http://localhost",
        timeout=TIMEOUT,
        # All callers share it: a jar that took cookies would hand one caller's session to the next.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )
    client.headers.clear()
    return client
