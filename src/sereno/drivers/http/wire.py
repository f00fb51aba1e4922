"""One request to a device and what comes back, without any thought of credentials."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx

from sereno.drivers.contract import Login
from sereno.drivers.errors import DeviceError, Garbled, Unreachable
from sereno.drivers.http.coding import Unpacking, coding_of
from sereno.drivers.http.faults import reason_at, timed_out, transport_error
from sereno.drivers.http.wide_reads import WideTransport
from sereno.media.faults import StreamFault
from sereno.media.rtsp.tls import context_for

CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 2.0
"""A connection that devices may be about to close is not used again."""

_STAY_AWAKE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
)
"""A device that is gone while an event stream is silent is noticed after a minute (tcp(7))."""


_MOVED = frozenset({301, 302, 303, 307, 308})
_MOVED_AS_IT_IS = frozenset({307, 308})
"""Where a question that has a body is asked again with it (RFC 9110, "Redirection")."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `target` is path and query as they go on the wire; `seconds` is how long the head
    of the answer may take to come, and then each part of its body; all of it, where `is_brief`.
    `about` is what is asked for, where the target does not tell, as in SOAP.
    """

    method: str
    target: str
    seconds: float
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_brief: bool = False
    about: str = ""

    def __post_init__(self) -> None:
        if not (
            self.target.startswith("/") and self.target.isascii() and self.target.isprintable()
        ):
            raise ValueError("a target begins with / and is percent-encoded")
        if " " in self.target or "#" in self.target:
            raise ValueError("a target is percent-encoded")

    @property
    def key(self) -> str:
        """What is asked for."""
        return f"{self.method} {self.target} {self.about}".rstrip()

    @property
    def is_question(self) -> bool:
        """Whether to ask it again changes nothing on the device."""
        return self.method == "GET" or self.about.startswith("Get")

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


class Reply:
    """An answer whose head has come. Close it."""

    def __init__(self, login: Login, call: Call, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._login = login
        self._call = call
        self._response = response
        self._body: bytes | None = None

    async def read(self, limit_bytes: int) -> bytes:
        """The whole body, within the time of the call; again, if asked again. Raises DeviceError,
        Garbled if it is longer."""
        if self._body is not None:
            return self._body
        parts = bytearray()
        try:
            async with asyncio.timeout(self._call.seconds), aclosing(self.chunks()) as chunks:
                async for chunk in chunks:
                    parts += chunk
                    if len(parts) > limit_bytes:
                        raise self._too_large(limit_bytes)
        except TimeoutError:
            raise timed_out(self._login, self._call.seconds, is_connected=True) from None
        finally:
            await self.close()
        self._body = bytes(parts)
        return self._body

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes, unpacked. Raises DeviceError."""
        if self._body is not None:
            yield self._body
            return
        coding = coding_of(self.headers)
        unpacking = Unpacking(coding) if coding else None
        try:
            async for chunk in self._response.aiter_raw():
                for piece in unpacking.add(chunk) if unpacking is not None else (chunk,):
                    yield piece
            if unpacking is not None:
                unpacking.finish()
        except httpx.HTTPError as error:
            raise transport_error(error, self._login, self._call.seconds) from None
        except zlib.error as error:
            raise Garbled(reason_at(self._login, "api_garbled", f"{coding}: {error}")) from None

    def moved_target(self) -> str | None:
        """Where the same server says that it is, path and query; None where it is here, or with
        another server, to whom nobody goes on."""
        said: str = self.headers.get("location", "").strip()
        kept = _MOVED if self._call.method == "GET" else _MOVED_AS_IT_IS
        if self.status not in kept or not said:
            return None
        here = _url(self._login).join(self._call.target)
        try:
            there = here.join(said)
        except (httpx.InvalidURL, ValueError):
            return None
        target = there.raw_path.decode("ascii")
        is_same = (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
        return target if is_same and target != self._call.target else None

    async def check_moved(self) -> None:
        """Raises Unreachable where the device wants to be asked over an encrypted connection."""
        scheme, _, said = self.headers.get("location", "").partition("://")
        is_told = 300 <= self.status < 400 and scheme.lower() == "https"
        if self._login.is_tls or not is_told:
            return
        await self.close()
        host = re.split(r"[/?#\s]", said, maxsplit=1)[0].rpartition("@")[2]
        raise Unreachable(reason_at(self._login, "api_moved", location=f"https://{host[:100]}"))

    async def close(self) -> None:
        """Let go of the connection; it ends, unless all was read."""
        await self._response.aclose()

    def _too_large(self, limit_bytes: int) -> DeviceError:
        size = f"{limit_bytes / 1e6:.3g} MB"
        return Garbled(reason_at(self._login, "api_too_large", self._call.path, limit=size))


class Wire:
    """Connections to one device. They do not follow redirects, keep no cookies, and know no
    proxies."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._transport: WideTransport | None = None

    async def send(self, call: Call, authorization: str = "") -> Reply:
        """The reply, once its head has come. Raises DeviceError."""
        try:
            request = self._request(call, authorization)
            async with asyncio.timeout(CONNECT_SECONDS + call.seconds):
                response = await self._connections().handle_async_request(request)
        except TimeoutError:  # byte by byte, for ever
            raise timed_out(self._login, call.seconds, is_connected=True) from None
        except httpx.HTTPError as error:
            raise transport_error(error, self._login, call.seconds) from None
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Unreachable(reason_at(self._login, "name_unknown", str(error))) from None
        response.request = request
        return Reply(self._login, call, response)

    async def close(self) -> None:
        """Let go of all connections."""
        if self._transport is not None:
            await self._transport.aclose()

    def _request(self, call: Call, authorization: str) -> httpx.Request:
        login = self._login
        headers = httpx.Headers({"Accept": "*/*", "User-Agent": "Sereno", **call.headers})
        if authorization:  # in UTF-8, as its digest: names of users are not all ASCII
            headers = httpx.Headers([*headers.raw, (b"Authorization", authorization.encode())])
        limits = httpx.Timeout(call.seconds, connect=CONNECT_SECONDS).as_dict()
        return httpx.Request(
            call.method,
            _url(login),
            headers=headers,
            content=call.body or None,
            # The target goes out as it is: digest signs it byte by byte.
            extensions={"timeout": limits, "target": call.target.encode("ascii")},
        )

    def _connections(self) -> WideTransport:
        if self._transport is None:
            self._transport = WideTransport(self._trust(), _STAY_AWAKE, _IDLE_SECONDS)
        return self._transport

    def _trust(self) -> ssl.SSLContext:
        """Whom to believe; nobody, where nothing is encrypted."""
        if not self._login.is_tls:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            return context_for(self._login.host)
        except StreamFault as error:
            raw = error.reason.raw
            raise Unreachable(reason_at(self._login, "api_tls_untrusted", raw)) from None


def _url(login: Login) -> httpx.URL:
    scheme = "https" if login.is_tls else "http"
    return httpx.URL(scheme=scheme, host=login.host, port=login.port, path="/")
