"""A device whose HTTP does what its test says, on a real socket."""

from __future__ import annotations

import asyncio
import hashlib
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sereno.drivers.contract import Login
from sereno.drivers.http.answers import Refusal

USER, PASSWORD = "operator", 'p@ss:w#rd, 5% "x"'
_FIELDS = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """What `Authorization: Digest` says."""
        said = self.headers.get("authorization", "")
        return {
            name: plain or re.sub(r"\\(.)", r"\1", quoted)
            for name, quoted, plain in _FIELDS.findall(said)
        }

    @property
    def nonce(self) -> str:
        return self.fields.get("nonce", "")


Answering = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Scripted:
    """Serves until the context ends. `asked` is all that was asked, in order."""

    answering: Answering
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    open_now: int = 0
    most_open: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[object]] = field(default_factory=list)

    @property
    def login(self) -> Login:
        return Login("127.0.0.1", self.port, username=USER, password=PASSWORD)

    @property
    def signed(self) -> list[Asked]:
        """The requests that showed credentials."""
        return [each for each in self.asked if "authorization" in each.headers]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until it holds, looking whenever something happens here."""
        async with asyncio.timeout(30):
            while not holds():
                self.changed.clear()
                await self.changed.wait()

    def _tell(self) -> None:
        self.changed.set()

    @asynccontextmanager
    async def served(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Scripted]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            async with server:
                yield self
                server.close()
                for task in self._tasks:
                    task.cancel()
        finally:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.append(task)
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        self._tell()
        try:
            while (asked := await _read(reader)) is not None and not writer.is_closing():
                self.asked.append(asked)
                self._tell()
                await self.answering(asked, writer)
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            self.open_now -= 1
            self._tell()
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode(errors="replace")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body)


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """An answer whose length is told."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def scripted(script: Callable[[Asked], bytes]) -> Scripted:
    """A device that answers at once."""

    async def answering(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(script(asked))

    return Scripted(answering)


@dataclass
class Door:
    """The server's side of digest: what it makes of a signed request.

    `says` are the rest of the challenge's parameters; `uses` is how often it takes a nonce.
    """

    password: str = PASSWORD
    realm: str = "device"
    algorithm: str = "MD5"
    says: Sequence[str] = ('qop="auth"',)
    uses: int = 1_000_000
    wrong: bytes = b"wrong"
    used: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def challenge(self, *more: str) -> str:
        self.count += 1
        realm = re.sub(r'(["\\])', r"\\\1", self.realm)
        parts = [f'realm="{realm}"', f'nonce="n{self.count}"', *self.says, *more]
        return f"WWW-Authenticate: Digest {', '.join(parts)}"

    def is_right(self, asked: Asked) -> bool:
        """Whether the response is that of the password, for the request line as it came."""
        told, hashed = asked.fields, _HASHES[self.algorithm]

        def mix(*parts: str) -> str:
            return hashed(":".join(parts).encode()).hexdigest()

        user = mix(told.get("username", ""), self.realm, self.password)
        what = mix(asked.method, asked.target)
        if told.get("uri") != asked.target:
            return False
        middle = [told["nc"], told["cnonce"], told["qop"]] if "qop" in told else []
        return told.get("response") == mix(user, told["nonce"], *middle, what)

    def __call__(self, asked: Asked, body: bytes = b"well") -> bytes:
        if not asked.nonce:
            return answer(401, b"", self.challenge())
        self.used[asked.nonce] = self.used.get(asked.nonce, 0) + 1
        if self.used[asked.nonce] > self.uses:
            return answer(401, b"", self.challenge())
        return (
            answer(200, body) if self.is_right(asked) else answer(401, self.wrong, self.challenge())
        )


@dataclass
class Mind:
    """A judge that says what its test has it say, by what stands in the body."""

    verdicts: dict[bytes, Refusal] = field(default_factory=dict)

    def refusal(self, status: int, headers: object, body: bytes) -> Refusal | None:
        return self.verdicts.get(body)
