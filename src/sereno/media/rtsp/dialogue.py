"""Questions to an RTSP server and its answers: connection, credentials, redirects, time limits."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass

from sereno.media.faults import StreamFault, fault
from sereno.media.rtsp.addresses import Address, redirected
from sereno.media.rtsp.clear_text import may_see_password, unsafe, wants_password
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.digest import Authorizer, Basic, Credentials, choose_challenge
from sereno.media.rtsp.messages import Message
from sereno.media.rtsp.tls import context_for, tls_fault

DEFAULT_TIMEOUT_SECONDS = 60
_MOST_REDIRECTS = 3
_TEARDOWN_SECONDS = 0.5
_MOVED = range(300, 400)
_BUSY_STATUSES = {453, 503}
_KEYS_BY_STATUS = {
    401: "unauthorized",
    403: "forbidden",
    404: "no_such_stream",
    461: "transport_refused",
}


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
        host, seconds = address.host, self._patience.connect_seconds
        context = context_for(host) if address.is_encrypted else None
        try:
            async with asyncio.timeout(seconds):
                carrier, self._connection = await loop.create_connection(
                    lambda: Connection(host, loop), host, address.port, ssl=context
                )
        except OSError as error:
            raise _connect_fault(error, host, address.port) from None
        except ValueError as error:  # a text that can be no name, such as one with two dots
            raise fault("name_unknown", str(error), host=host) from None
        if self._failure is not None:  # while there was no connection to end
            self.close()
            raise self._failure
        # Media may come by another way; a dead peer must be noticed all the same.
        carrier.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

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
        if reply.status == 401 and (not was_accepted or self._has_news(reply)):
            self._credentials = self._answer_challenge(reply)
            reply = await self.send(method, url, headers)
            if reply.status == 401 and self._is_stale(reply):
                self._credentials = self._answer_challenge(reply)
                reply = await self.send(method, url, headers)
        if not 200 <= reply.status < 300 and reply.status not in also:
            raise status_fault(reply)
        return reply

    async def send(
        self, method: str, url: str | None = None, headers: dict[str, str] | None = None
    ) -> Message:
        """Send a request and wait for its answer, whatever that is."""
        url = url or self.address.url
        sent = dict(headers or {})
        if self.session_id:
            sent["Session"] = self.session_id
        if self._credentials is not None:
            sent["Authorization"] = self._credentials.header(method, url)
        try:
            async with asyncio.timeout(self._patience.reply_seconds):
                return await self.connection.request(method, url, sent)
        except TimeoutError:
            raise fault("timed_out", f"no answer to {method}", host=self.address.host) from None

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


def _connect_fault(error: OSError, host: str, port: int) -> StreamFault:
    if isinstance(error, ssl.SSLError):
        return tls_fault(error, host)
    if isinstance(error, socket.gaierror):
        return fault("name_unknown", str(error), host=host)
    if isinstance(error, TimeoutError):
        return fault("timed_out", host=host)
    if isinstance(error, ConnectionRefusedError):
        return fault("refused", str(error), host=host, port=port)
    if isinstance(error, ConnectionError):  # reset within the handshake
        return fault("camera_closed", str(error))
    return fault("unreachable", str(error) or type(error).__name__, host=host)


def status_fault(reply: Message) -> StreamFault:
    """A refusal in our words."""
    status = reply.status
    if status in _BUSY_STATUSES:
        return fault("device_busy", reply.line, status=status)
    if status == 454:  # session not found: it has ended on the server
        return fault("session_ended", reply.line, status=status)
    if status in _KEYS_BY_STATUS:
        return fault(_KEYS_BY_STATUS[status], reply.line)
    return fault("device_error", reply.line, status=status)
