"""httpx with connections that are read in large pieces.

Through all layers of HTTP a piece costs as much whatever its size, and httpcore asks for 64 KiB: at
the speed of a local network a core would have little left but that. Here it gets what the socket
has, and a body that fills the link is left to gather for a moment. What is asked in brief, and what
trickles, is read as it comes.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

PIECE_BYTES = 1 << 20
"""More than an event loop reads at once (256 KiB of asyncio)."""

_BULK_BYTES, _SMALL_BYTES = 1 << 20, 128 << 10
_GATHERING_SECONDS = 0.002
"""A link of 1 Gbit/s brings twice `_SMALL_BYTES` in it."""

_FAULTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


class WideTransport(httpx.AsyncBaseTransport):
    """As `httpx.AsyncHTTPTransport`, for HTTP/1.1 without proxies."""

    def __init__(
        self,
        trust: ssl.SSLContext,
        socket_options: Iterable[httpcore.SOCKET_OPTION],
        idle_seconds: float,
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=None,
            max_keepalive_connections=1,
            keepalive_expiry=idle_seconds,
            network_backend=_WideBackend(),
            socket_options=socket_options,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError."""
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _told_as_httpx():
            response = await self._pool.handle_async_request(asked)
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Let go of all connections."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _told_as_httpx():
            async for chunk in self._response.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


@contextmanager
def _told_as_httpx() -> Iterator[None]:
    """Both libraries have the same names for what goes wrong."""
    try:
        yield
    except _FAULTS as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error


class _WideBackend(httpcore.AnyIOBackend):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _WideStream(stream)


class _WideStream(httpcore.AsyncNetworkStream):
    """A connection. `_came_bytes` since something was last asked; `_is_small`: the last piece."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._came_bytes = 0
        self._is_small = False

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
    ) -> bytes:
        """What is there, up to `PIECE_BYTES`: whoever asks for less takes more as well."""
        if self._is_small and self._came_bytes > _BULK_BYTES:
            await asyncio.sleep(_GATHERING_SECONDS)
        data = await self._stream.read(max(max_bytes, PIECE_BYTES), timeout)
        self._came_bytes += len(data)
        self._is_small = len(data) < _SMALL_BYTES
        return data

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
    ) -> None:
        self._came_bytes = 0
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own
    ) -> httpcore.AsyncNetworkStream:
        """What is encrypted comes in records of 16 KiB: nothing is gained there."""
        return await self._stream.start_tls(ssl_context, server_hostname, timeout)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
