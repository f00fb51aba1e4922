"""One socket that a node elsewhere dialled, and the answers that come over it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.tasks import until_first
from sereno.front.near import LARGEST_MESSAGE_BYTES
from sereno.wire.relay import ANSWER_HEADERS, FACTS_PREFIX, LAST, RelayCall, RelayHead

# A playlist may be held back until it has news; nothing else takes so long to begin.
HEAD_SECONDS = 30.0
SILENCE_SECONDS = 60.0
# A viewer that takes nothing for so long has let go of what it asked for, or will ask again.
STALL_SECONDS = 120.0
# What a page of this origin may be given by a machine at another site: nothing that runs.
_TYPES = frozenset(
    (
        "application/json", "application/sdp", "application/vnd.apple.mpegurl",
        "audio/mp4", "image/jpeg", "text/plain", "video/mp4",
    )
)  # fmt: skip
_OF_NO_TYPE = "application/octet-stream"
_MEDIA_HEADER = "x-sereno-media"  # the hub's word to front, and nobody else's
_OWN_ADDRESSES = "/media/v1/"
_FACT = re.compile(re.escape(FACTS_PREFIX) + "[a-z0-9-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")  # nothing that could begin another header


class CutShort(Exception):
    """The socket ended, or said what makes no sense, before the answer did."""


class FarSocket:
    """Whoever made it reads from it; it stays open until `drop`."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.dropped = asyncio.Event()
        self.close_code: int | None = None
        self.close_reason = ""

    def drop(self) -> None:
        """Let go of it: it is closed, and the node's side ends."""
        self.dropped.set()

    async def ask(self, call: RelayCall, body: bytes) -> None:
        """Raises CutShort."""
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                await self._socket.send_text(call.model_dump_json())
                await self._socket.send_bytes(body)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            raise CutShort from None

    async def head(self) -> RelayHead:
        """How its answer begins. Raises CutShort."""
        said = await self._next(HEAD_SECONDS)
        try:
            return RelayHead.model_validate_json(said if isinstance(said, str) else b"")
        except ValidationError:
            raise CutShort from None

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body of its answer, to the end. Raises CutShort."""
        while piece := await self._next(SILENCE_SECONDS):
            if isinstance(piece, str):
                raise CutShort
            yield piece

    async def messages(self) -> AsyncIterator[str | bytes]:
        """What its live socket says, until it ends."""
        pieces: list[bytes] = []
        size_bytes = 0
        with suppress(CutShort):
            while True:
                piece = await self._next(None)
                if isinstance(piece, str):
                    yield piece
                    continue
                pieces.append(piece[1:])
                size_bytes += len(piece)
                if size_bytes > LARGEST_MESSAGE_BYTES:
                    return
                if piece[:1] == LAST:
                    yield b"".join(pieces)
                    pieces, size_bytes = [], 0

    async def until_news(self, seconds: float) -> None:
        """Until it ends or says anything, or the time is over."""
        with suppress(CutShort):
            await self._next(seconds)

    async def _next(self, seconds: float | None) -> str | bytes:
        """Raises CutShort where it ended or is silent."""
        try:
            async with asyncio.timeout(seconds):
                message = await self._socket.receive()
        except (TimeoutError, RuntimeError):
            raise CutShort from None
        if message["type"] != "websocket.receive":
            self.close_code, self.close_reason = message["code"], message.get("reason") or ""
            raise CutShort
        text: str | None = message.get("text")
        return text if text is not None else bytes(message["bytes"])


class FarAnswer(Response):
    """An answer from a node elsewhere, passed on in pieces as fast as the viewer takes them.

    Its headers are those that may travel. One that is cut short ends the viewer's connection, so
    that nobody takes it for whole. `let_go` is called once, with whether the socket can be used
    again.
    """

    def __init__(self, socket: FarSocket, head: RelayHead, let_go: Callable[[bool], None]) -> None:
        super().__init__(status_code=_status(head.status))
        self.raw_headers = _safe(head)
        self._socket = socket
        self._let_go = let_go
        self._is_whole = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await until_first(self._pass_on(send), _until_gone(receive))
        finally:
            await self.drop()

    async def drop(self) -> None:
        """Let go of the answer; nobody will read the rest."""
        let_go, self._let_go = self._let_go, _done
        let_go(self._is_whole)

    async def _pass_on(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        with suppress(CutShort, TimeoutError):
            await _patiently(send, start | {"headers": self.raw_headers})
            async for piece in self._socket.pieces():
                more = {"type": "http.response.body", "body": piece, "more_body": True}
                await _patiently(send, more)
            self._is_whole = True
            await _patiently(send, {"type": "http.response.body", "body": b""})


async def _patiently(send: Send, message: Message) -> None:
    async with asyncio.timeout(STALL_SECONDS):
        await send(message)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _done(_: bool) -> None:
    """It was let go of before."""


def _status(told: int) -> int:
    """A node leads nobody elsewhere."""
    is_redirect = 300 <= told < 400 and told != 304
    return 502 if is_redirect else told


def _safe(head: RelayHead) -> list[tuple[bytes, bytes]]:
    """What a node elsewhere may say of its answer to a browser that is signed in here."""
    safe = {name.lower(): value for name, value in head.headers if _may_travel(name, value)}
    kind = safe.get("content-type", "").partition(";")[0].strip().lower()
    if "content-type" in safe and kind not in _TYPES:
        safe["content-type"] = _OF_NO_TYPE
    if not safe.get("location", _OWN_ADDRESSES).startswith(_OWN_ADDRESSES):
        del safe["location"]
    return [(name.encode(), value.encode("latin-1")) for name, value in safe.items()]


def _may_travel(name: str, value: str) -> bool:
    name = name.lower()
    is_fact = _FACT.fullmatch(name) is not None and name != _MEDIA_HEADER
    is_number = value.isascii() and value.isdigit()
    is_sound = is_number if name == "content-length" else _VALUE.fullmatch(value) is not None
    return is_sound and (name in ANSWER_HEADERS or is_fact)
