"""Questions to an RTSP server and its answers: connection, credentials, redirects, time limits."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
from dataclasses import dataclass

from sereno.media.faults import StreamFault, fault
from sereno.media.refusals import refusal, tells_lock
from sereno.media.rtsp.addresses import Address, redirected
from sereno.media.rtsp.clear_text import may_see_password, unsafe, wants_password
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.digest import Authorizer, Basic, Credentials, choose_challenge
from sereno.media.rtsp.doorway import Doorway, OpenDoorway
from sereno.media.rtsp.messages import Message
from sereno.media.rtsp.tls import context_for, tls_fault

DEFAULT_TIMEOUT_SECONDS = 60
_MOST_REDIRECTS = 3
_TEARDOWN_SECONDS = 0.5
_MOVED = range(300, 400)
_READ_OF_BODY = 2000
_ERROR_NUMBER = re.compile(r"\[Errno (\d+)\]")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what, in seconds."""

    connect_seconds: float = 10.0
    reply_seconds: float = 10.0
    silence_seconds: float = 10.0
    least_timeout_seconds: float = 2.0  # whatever less a server asks for
    datagram_seconds: float = 4.0  # a firewall lets no datagram through, however long one waits


class Dialogue:
    """One server, asked over one connection after another.

    `address` is where we are, which a redirect changes, also one that was met before. Credentials
    that a server accepted are kept over connections. The password goes nowhere but into digests,
    and in Basic to the host that it was given for, in TLS or where somebody allowed clear text.
    Everything raises StreamFault.
    """

    def __init__(
        self,
        address: Address,
        username: str,
        password: str,
        patience: Patience,
        redirect: str = "",
    ) -> None:
        self.address = redirected(address, redirect) if redirect else address
        self.session_id = ""
        self.timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
        self.doorway: Doorway = OpenDoorway()
        self._host = address.host
        self._username = username
        self._password = password
        self._patience = patience
        self._connection: Connection | None = None
        self._failure: Exception | None = None
        self._credentials: Credentials | None = None
        self._redirect_count = 1 if redirect else 0

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            raise fault("camera_closed")
        return self._connection

    async def connect(self) -> None:
        """Dial the server, anew if there was a connection before."""
        self.close()
        self.session_id, self.timeout_seconds = "", DEFAULT_TIMEOUT_SECONDS
        loop, address = asyncio.get_running_loop(), self.address
        host, patience = address.host, self._patience
        seconds = patience.connect_seconds
        context = context_for(host) if address.is_encrypted else None
        if context is not None:
            seconds += patience.reply_seconds
        try:
            async with asyncio.timeout(seconds):
                carrier, self._connection = await self._open(loop, context)
        except OSError as error:
            raise connect_fault(error, address, patience) from None
        except ValueError as error:  # a text that can be no name, such as one with two dots
            raise fault("name_unknown", str(error), host=host) from None
        if self._failure is not None:  # while there was no connection to end
            self.close()
            raise self._failure
        # Media may come by another way; a dead peer must be noticed all the same.
        carrier.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    async def _open(
        self, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext | None
    ) -> tuple[asyncio.Transport, Connection]:
        """A connection to where we are, encrypted where there is a context."""
        host, port = self.address.host, self.address.port
        seconds = self._patience.reply_seconds if context is not None else None
        return await loop.create_connection(
            lambda: Connection(host, loop), host, port, ssl=context, ssl_handshake_timeout=seconds
        )

    def fail(self, error: Exception) -> None:
        """End the connection from outside, for this reason, and let there be no other."""
        self._failure = self._failure or error
        if self._connection is not None:
            self._connection.fail(error)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def describe(self) -> Message:
        """The description of what `address` names, wherever redirects lead."""
        while True:
            reply = await self.ask("DESCRIBE", None, {"Accept": "application/sdp"}, _MOVED)
            if 200 <= reply.status < 300:
                return reply
            location = reply.header("location")
            if not location or self._redirect_count == _MOST_REDIRECTS:
                raise status_fault(reply)
            await self._follow(location)

    async def _follow(self, location: str) -> None:
        self._redirect_count += 1
        before, self.address = self.address, redirected(self.address, location)
        if (before.host, before.port) != (self.address.host, self.address.port):
            self._credentials = None  # the next server has its own challenge
        await self.connect()  # even to the same one: some hang up when they have said it

    async def ask(
        self,
        method: str,
        url: str | None = None,
        headers: dict[str, str] | None = None,
        also: range = range(0),
    ) -> Message:
        """Send a request, with credentials where asked for them, and require a good answer.

        Without `url` it is about `address`. An answer whose status is in `also` is good, too.
        """
        url = url or self.address.url
        was_accepted = self._credentials is not None
        reply = await self.send(method, url, headers)
        if tells_lock(reply.status, said_by(reply)):
            raise status_fault(reply)  # another password would only prolong it
        if reply.status == 401 and (not was_accepted or self._has_news(reply)):
            self._credentials = self._answer_challenge(reply)
            reply = await self.send(method, url, headers)
            if reply.status == 401 and self._is_stale(reply):
                self._credentials = self._answer_challenge(reply)
                reply = await self.send(method, url, headers)
        self._learn_from(reply)
        if not 200 <= reply.status < 300 and reply.status not in also:
            raise status_fault(reply)
        return reply

    async def send(
        self, method: str, url: str | None = None, headers: dict[str, str] | None = None
    ) -> Message:
        """Send a request and wait for its answer, whatever that is."""
        url = url or self.address.url
        seconds = self._patience.reply_seconds
        sent = dict(headers or {})
        if self.session_id:
            sent["Session"] = self.session_id
        if self._credentials is not None:
            sent["Authorization"] = self._credentials.header(method, url)
        try:
            async with asyncio.timeout(seconds):
                return await self.connection.request(method, url, sent)
        except TimeoutError:
            raise no_answer(f"no answer to {method}", self.address.host, seconds) from None

    async def send_unsigned(self, method: str, url: str) -> Message:
        """As `send`, without credentials, which are forgotten."""
        self._credentials = None
        return await self.send(method, url)

    def _learn_from(self, reply: Message) -> None:
        """What another host says of the credentials tells nothing of them here."""
        is_signed = self._credentials is not None and self.address.host == self._host
        if is_signed and 200 <= reply.status < 300:
            self.doorway.accepted()

    def meet_session(self, header: str) -> None:
        """Take a `Session` header: an id, and perhaps after how many seconds of silence it ends."""
        session_id, _, parameters = header.partition(";")
        self.session_id = session_id.strip() or self.session_id
        match = re.search(r"timeout\s*=\s*\"?([0-9]{1,6})", parameters, re.IGNORECASE)
        if match is not None and int(match[1]) > 0:
            self.timeout_seconds = max(int(match[1]), self._patience.least_timeout_seconds)

    async def tear_down(self, url: str) -> None:
        """Say goodbye, if there is a session; whoever does not answer is left all the same."""
        connection = self._connection
        if connection is None or connection.ended.done() or not self.session_id:
            return
        connection.read_at_once()
        if self.doorway.is_doubted:
            self._credentials = None
        try:
            async with asyncio.timeout(_TEARDOWN_SECONDS):
                await self.send("TEARDOWN", url)
        except (TimeoutError, StreamFault):
            return  # the connection is closed next, which ends the session too

    def _has_news(self, reply: Message) -> bool:
        """Whether a server that took our credentials before wants them with another nonce.

        A first refusal is final: each wrong answer brings the account nearer to being locked.
        """
        challenge = choose_challenge(reply.headers_named("www-authenticate"))
        used = self._credentials.nonce if self._credentials is not None else ""
        return challenge is not None and challenge.nonce != used

    def _is_stale(self, reply: Message) -> bool:
        challenge = choose_challenge(reply.headers_named("www-authenticate"))
        return challenge is not None and challenge.is_stale

    def _answer_challenge(self, reply: Message) -> Credentials:
        challenges = reply.headers_named("www-authenticate")
        if not self._username:
            raise fault("unauthorized", f"{reply.line} (no user name is set)")
        if (challenge := choose_challenge(challenges)) is not None:
            return Authorizer(challenge, self._username, self._password)
        may_see = self.address.is_encrypted or may_see_password(self._host)
        if wants_password(challenges) and may_see and self.address.host == self._host:
            return Basic(self._username, self._password)
        raise unsafe(reply.line, challenges)


def no_answer(raw: str, host: str, seconds: float) -> StreamFault:
    """Connected, and then silence."""
    return fault("no_answer", raw, host=host, seconds=f"{seconds:g}")


def connect_fault(error: OSError, address: Address, patience: Patience) -> StreamFault:
    """A connection that could not be made, in our words."""
    host = address.host
    if isinstance(error, ssl.SSLError):
        return tls_fault(error, host)
    if isinstance(error, socket.gaierror):
        return fault("name_unknown", str(error), host=host)
    if isinstance(error, TimeoutError):
        return fault("timed_out", host=host, seconds=f"{patience.connect_seconds:g}")
    # A name with several addresses: each failed in its own way, and one answer is an answer.
    numbers = [error.errno, *map(int, _ERROR_NUMBER.findall(str(error)))]
    if errno.ECONNREFUSED in numbers:
        return fault("refused", str(error), host=host, port=address.port)
    if isinstance(error, ConnectionAbortedError):  # what asyncio says of a handshake without end
        return fault("tls_failed", str(error), host=host)
    if isinstance(error, ConnectionError):  # reset within the handshake
        return fault("camera_closed", str(error))
    return fault("unreachable", str(error) or type(error).__name__, host=host)


def said_by(reply: Message) -> str:
    """The words that come with a status."""
    return f"{reply.phrase} {reply.body[:_READ_OF_BODY].decode('utf-8', 'replace')}"


def status_fault(reply: Message) -> StreamFault:
    """A refusal in our words."""
    key, params = refusal(reply.status, said_by(reply), reply.header("retry-after"))
    return fault(key, reply.line, **params)
