"""A small HTTP/1.1 server for simulated devices.

It keeps what a device needs and a web framework hides: the request's target byte for byte, bodies
of GET, answers without a length, and connections that are cut in the middle of anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import parse_qsl, unquote

import h11

from sereno.sim.listening import stop_listening

_READ_BYTES = 64 * 1024
_MOST_BODY_BYTES = 1 << 20


class HangUp(Exception):
    """The connection is cut without an answer, or in the middle of one."""


@dataclass(slots=True)
class HttpRequest:
    """One request. ``target`` is path and query as they came; header names are lower case.

    ``was_authorised`` and ``status`` tell what became of it.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    client: str
    was_authorised: bool = False
    status: int = 0

    @property
    def path(self) -> str:
        """The path without its escapes."""
        return unquote(self.target.partition("?")[0])

    @property
    def raw_query(self) -> str:
        """The query as it came."""
        return self.target.partition("?")[2]

    @property
    def query(self) -> dict[str, str]:
        """The query's fields; of several of one name the last."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))


@dataclass(slots=True)
class HttpAnswer:
    """One answer. A body that is an iterator comes in pieces, chunked where no ``Content-Length``
    is among the headers; its ``aclose`` is called at the end, where it has one."""

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | AsyncIterator[bytes] = b""
    is_closed_after: bool = False


Handler = Callable[[HttpRequest], Awaitable[HttpAnswer]]


class HttpServer:
    """``async with HttpServer(handler, host, port)``: listens until the end.

    More than ``most_connections`` at once are cut (None: no limit). ``log`` holds every request.
    """

    def __init__(
        self,
        handler: Handler,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        most_connections: int | None = None,
    ) -> None:
        self.log: list[HttpRequest] = []
        self.refused_connections = 0
        self.most_open = 0
        """The most connections that were open at once."""
        self.most_connections = most_connections
        self._handler = handler
        self._address = (host, port)
        self._talks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def __aenter__(self) -> HttpServer:
        self._listener = await asyncio.start_server(self._meet, *self._address)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._listener is None:
            return
        await stop_listening(self._listener)
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._listener.wait_closed()

    @property
    def port(self) -> int:
        """The port listened on."""
        if self._listener is None:
            raise RuntimeError("the server is not open")
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.most_connections is not None and len(self._talks) >= self.most_connections:
            self.refused_connections += 1
            writer.transport.abort()
            return
        talk = asyncio.ensure_future(_Talk(self._answer, reader, writer).run())
        self._talks.add(talk)
        self.most_open = max(self.most_open, len(self._talks))
        talk.add_done_callback(self._talks.discard)
        talk.add_done_callback(lambda _: writer.close())  # also if it never began

    async def _answer(self, request: HttpRequest) -> HttpAnswer:
        self.log.append(request)
        answer = await self._handler(request)
        request.status = answer.status
        return answer


class _Talk:
    """One connection."""

    def __init__(
        self, handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._handler = handler
        self._reader = reader
        self._writer = writer
        self._wire = h11.Connection(h11.SERVER)
        peer = writer.get_extra_info("peername")
        self._client = str(peer[0]) if peer else ""

    async def run(self) -> None:
        try:
            while (request := await self._next_request()) is not None:
                await self._serve(request)
                if self._wire.our_state is not h11.DONE or self._wire.their_state is not h11.DONE:
                    break
                self._wire.start_next_cycle()
        except h11.LocalProtocolError:
            return  # a body shorter than promised, on purpose: what was sent still leaves
        except (ConnectionError, HangUp, h11.RemoteProtocolError, TimeoutError):
            self._writer.transport.abort()
        finally:
            self._writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await self._writer.wait_closed()

    async def _next_request(self) -> HttpRequest | None:
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._wire.next_event()
            if event is h11.NEED_DATA:
                if self._wire.they_are_waiting_for_100_continue:
                    self._send(h11.InformationalResponse(status_code=100, headers=[]))
                self._wire.receive_data(await self._reader.read(_READ_BYTES))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > _MOST_BODY_BYTES:
                    raise HangUp
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return self._request(head, bytes(body))
            else:
                return None

    def _request(self, head: h11.Request, body: bytes) -> HttpRequest:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
        method, target = head.method.decode("ascii"), head.target.decode("latin-1")
        return HttpRequest(method, target, headers, body, self._client)

    async def _serve(self, request: HttpRequest) -> None:
        answer = await self._handler(request)
        try:
            await self._reply(answer)
        finally:
            await _close(answer.body)

    async def _reply(self, answer: HttpAnswer) -> None:
        headers = list(answer.headers)
        if isinstance(answer.body, bytes) and not _has(headers, "content-length"):
            headers.append(("Content-Length", str(len(answer.body))))
        if answer.is_closed_after:
            headers.append(("Connection", "close"))
        self._send(h11.Response(status_code=answer.status, headers=headers))
        if isinstance(answer.body, bytes):
            self._send(h11.Data(data=answer.body))
        else:
            await self._stream(answer.body)
        self._send(h11.EndOfMessage())
        await self._writer.drain()

    async def _stream(self, pieces: AsyncIterator[bytes]) -> None:
        """Sends the pieces as they come; a client that leaves ends them."""
        sending = asyncio.ensure_future(self._send_all(pieces))
        leaving = asyncio.ensure_future(self._reader.read(_READ_BYTES))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                if not (early := leaving.result()):
                    raise HangUp
                self._wire.receive_data(early)  # of the next request
            await sending
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send_all(self, pieces: AsyncIterator[bytes]) -> None:
        async for piece in pieces:
            self._send(h11.Data(data=piece))
            await self._writer.drain()

    def _send(self, event: h11.Event) -> None:
        data = self._wire.send(event)
        if data:
            self._writer.write(data)


async def _close(body: bytes | AsyncIterator[bytes]) -> None:
    """Lets a body know that nobody reads it any more, also one that was never begun."""
    close = getattr(body, "aclose", None)
    if close is not None:
        await close()


def _has(headers: list[tuple[str, str]], name: str) -> bool:
    return any(each.lower() == name for each, _ in headers)
