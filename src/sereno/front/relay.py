"""Passes one HTTP call on and its answer back, both in pieces as they come."""

from __future__ import annotations

import httpx
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sereno.front.forwarding import has_body, request_headers, without_hops

# Connecting to a socket of this machine takes no time; an answer may, so only silence counts.
TIMEOUT = httpx.Timeout(connect=5.0, read=120.0, write=60.0, pool=30.0)
LIMITS = httpx.Limits(max_connections=512, max_keepalive_connections=16)


class Relayed(StreamingResponse):
    """An answer from elsewhere: its bytes as they are, and its connection closed at the end."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(answer.aiter_raw(), answer.status_code)
        self.raw_headers = without_hops(answer.headers.raw)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.aclose()


async def relay(request: Request, client: httpx.AsyncClient) -> Relayed:
    """The answer of the other side of `client`. Raises httpx.TransportError when it is away."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    outgoing = client.build_request(
        request.method,
        client.base_url.copy_with(raw_path=path + (b"?" + query if query else b"")),
        headers=request_headers(request),
        content=request.stream() if has_body(request.headers) else None,
    )
    return Relayed(await client.send(outgoing, stream=True))


def client_of(address: str) -> httpx.AsyncClient:
    """A client for `unix:/path` or `http://host:port`. Raises ValueError for anything else."""
    kind, _, rest = address.partition(":")
    if kind == "unix" and rest.startswith("/"):
        transport = httpx.AsyncHTTPTransport(uds=rest, limits=LIMITS)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=TIMEOUT)
    if kind == "http" and rest.startswith("//"):
        return httpx.AsyncClient(base_url=address, timeout=TIMEOUT, limits=LIMITS, trust_env=False)
    raise ValueError(f"neither unix:/path nor http://host:port: {address}")
