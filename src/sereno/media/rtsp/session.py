"""One RTSP session, from the first connection to the last picture (RFC 2326, 10)."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NoReturn, Self
from urllib.parse import SplitResult, urlsplit

from sereno.base.errors import Garbled
from sereno.media.faults import StreamFault, fault
from sereno.media.h264 import ParameterSets
from sereno.media.rtsp.connection import Connection
from sereno.media.rtsp.depacketiser import LARGEST_UNIT_BYTES, Depacketiser
from sereno.media.rtsp.digest import Authorizer, choose_challenge
from sereno.media.rtsp.messages import Message
from sereno.media.rtsp.rtcp import find_sender_report
from sereno.media.rtsp.sdp import Description, Track, choose_video, parse_sdp
from sereno.media.sink import VideoSink

DEFAULT_PORT = 554
DEFAULT_TIMEOUT_SECONDS = 60
_TEARDOWN_SECONDS = 0.5
_TEND_SECONDS = 1.0
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
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


class Session:
    """Plays one video stream into a sink.

    Use as an asynchronous context manager around `play` and `watch`. All of them raise
    StreamFault. The password goes nowhere but into digests.
    """

    def __init__(
        self,
        address: str,
        username: str,
        password: str,
        *,
        now_us: Callable[[], int],
        patience: Patience | None = None,
    ) -> None:
        self._username = username
        self._password = password
        self._now_us = now_us
        self._patience = patience or Patience()
        self._parts = _split_address(address)
        self._host = self._parts.hostname or ""
        self._port = self._parts.port or DEFAULT_PORT
        self._url = self._control = _without_credentials(self._parts)
        self._connection: Connection | None = None
        self._authorizer: Authorizer | None = None
        self._session_id = ""
        self._timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
        self._keep_alive_method = "OPTIONS"
        self._depacketiser: Depacketiser | None = None

    async def __aenter__(self) -> Self:
        await self._connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._tear_down()
        finally:
            if self._connection is not None:
                self._connection.close()

    async def play(self, sink: VideoSink) -> None:
        """Ask for the stream's video; pictures reach `sink` from now on."""
        # Whatever is wrong, DESCRIBE tells it better; some cameras refuse OPTIONS and play well.
        options = await self._send("OPTIONS", self._url, None)
        if "GET_PARAMETER" in options.header("public").upper():
            self._keep_alive_method = "GET_PARAMETER"
        reply = await self._ask("DESCRIBE", self._url, {"Accept": "application/sdp"})
        base = reply.header("content-base") or reply.header("content-location") or self._url
        description = self._read_description(reply)
        track = choose_video(description)
        self._control = _join(base, description.control)
        await self._set_up(_join(base, track.control), track, sink)
        await self._ask("PLAY", self._control, {"Range": "npt=0.000-"})

    async def watch(self) -> NoReturn:
        """Keep the session alive until it ends, which is always a StreamFault."""
        connection = self._live_connection()
        if self._depacketiser is None:
            raise fault("no_picture", seconds=0)
        keep_alive = asyncio.ensure_future(self._keep_alive())
        tending = asyncio.ensure_future(self._tend(self._depacketiser))
        tasks = {keep_alive, tending, connection.ended}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise fault("camera_closed")
        finally:
            for task in (keep_alive, tending):
                task.cancel()
            await asyncio.gather(keep_alive, tending, return_exceptions=True)

    def fail(self, error: Exception) -> None:
        """End the session from outside; `watch` raises this error."""
        if self._connection is not None:
            self._connection.fail(error)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience.connect_seconds):
                _, self._connection = await loop.create_connection(
                    lambda: Connection(self._host, loop), self._host, self._port
                )
        except OSError as error:
            raise _connect_fault(error, self._host, self._port) from None

    def _live_connection(self) -> Connection:
        if self._connection is None:
            raise fault("camera_closed")
        return self._connection

    def _read_description(self, reply: Message) -> Description:
        try:
            return parse_sdp(reply.body)
        except Garbled as error:
            raise fault("garbled", str(error), host=self._host) from None

    async def _set_up(self, url: str, track: Track, sink: VideoSink) -> None:
        connection = self._live_connection()
        sets = ParameterSets()
        for nal in track.parameter_sets:
            sets.put(nal)
        if (video := sets.video_format()) is not None:
            sink.video_format(video)
        depacketiser = Depacketiser(track.payload_type, sets, sink, self._now_us)

        def on_report(packet: bytes) -> None:
            if (report := find_sender_report(packet)) is not None:
                sink.video_report(report)

        reply = await self._ask("SETUP", url, {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"})
        transport = reply.header("transport")
        if "TCP" not in transport.upper():
            raise fault("transport_refused", transport)
        channels = re.search(r"interleaved=(\d{1,3})(?:-(\d{1,3}))?", transport, re.IGNORECASE)
        rtp = int(channels[1]) if channels else 0
        rtcp = int(channels[2]) if channels and channels[2] else rtp + 1
        connection.route(rtp, depacketiser.packet, rtcp, on_report)
        self._depacketiser = depacketiser
        self._session_id, _, parameters = reply.header("session").partition(";")
        if match := re.search(r"timeout\s*=\s*(\d{1,6})", parameters):
            self._timeout_seconds = max(int(match[1]), self._patience.least_timeout_seconds)

    async def _ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> Message:
        """Send a request, with credentials where asked for them, and require a good answer."""
        was_accepted = self._authorizer is not None
        reply = await self._send(method, url, headers)
        if reply.status == 401 and (not was_accepted or self._has_news(reply)):
            self._authorizer = self._answer_challenge(reply)
            reply = await self._send(method, url, headers)
            if reply.status == 401 and self._is_stale(reply):
                self._authorizer = self._answer_challenge(reply)
                reply = await self._send(method, url, headers)
        if not 200 <= reply.status < 300:
            raise _status_fault(reply)
        return reply

    async def _send(self, method: str, url: str, headers: dict[str, str] | None) -> Message:
        sent = dict(headers or {})
        if self._session_id:
            sent["Session"] = self._session_id
        if self._authorizer is not None:
            sent["Authorization"] = self._authorizer.header(method, url)
        try:
            async with asyncio.timeout(self._patience.reply_seconds):
                return await self._live_connection().request(method, url, sent)
        except TimeoutError:
            raise fault("timed_out", f"no answer to {method}", host=self._host) from None

    def _has_news(self, reply: Message) -> bool:
        """Whether a server that took our credentials before wants them with another nonce.

        A first refusal is final: each wrong answer brings the account nearer to being locked.
        """
        challenge = choose_challenge(reply.headers_named("www-authenticate"))
        used = self._authorizer.challenge.nonce if self._authorizer is not None else ""
        return challenge is not None and challenge.nonce != used

    def _is_stale(self, reply: Message) -> bool:
        challenge = choose_challenge(reply.headers_named("www-authenticate"))
        return challenge is not None and challenge.is_stale

    def _answer_challenge(self, reply: Message) -> Authorizer:
        challenges = reply.headers_named("www-authenticate")
        challenge = choose_challenge(challenges)
        if not self._username:
            raise fault("unauthorized", f"{reply.line} (no user name is set)")
        if challenge is None:
            schemes = ", ".join(text.split(" ", 1)[0] for text in challenges if text)
            raise fault("auth_unsafe", f"{reply.line}: {schemes}")
        return Authorizer(challenge, self._username, self._password)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self._timeout_seconds / 2)
            try:
                await self._ask(self._keep_alive_method, self._control)
            except StreamFault as error:
                self._forgive(error)

    def _forgive(self, error: StreamFault) -> None:
        """A refused or unanswered keep-alive ends nothing while pictures come, except where the
        server says that the session is over."""
        status = error.reason.params.get("status", "")
        if status in ("405", "501", "551"):
            self._keep_alive_method = "OPTIONS"
        elif error.reason.key != "timed_out" and status not in ("400", "451"):
            raise error

    async def _tend(self, depacketiser: Depacketiser) -> NoReturn:
        """Once a second see whether packets still come, and how often to be woken for them.

        To wait for three quarters of the smallest recent picture makes one or two wake-ups of a
        picture that comes in many pieces, and delays no picture beyond the start of the next.
        """
        connection, patience = self._live_connection(), self._patience.silence_seconds
        pause_seconds = min(_TEND_SECONDS, patience)
        seen, silent_seconds = -1, 0.0
        while silent_seconds < patience:
            is_silent = seen == depacketiser.packet_count
            silent_seconds = silent_seconds + pause_seconds if is_silent else 0.0
            seen = depacketiser.packet_count
            smallest = depacketiser.smallest_unit_bytes
            connection.wake_at(smallest * 3 // 4 if smallest < LARGEST_UNIT_BYTES else 0)
            depacketiser.smallest_unit_bytes = LARGEST_UNIT_BYTES
            await asyncio.sleep(pause_seconds)
        raise fault("no_picture", seconds=f"{patience:g}")

    async def _tear_down(self) -> None:
        connection = self._connection
        if connection is None or connection.ended.done() or not self._session_id:
            return
        connection.wake_at(0)
        try:
            async with asyncio.timeout(_TEARDOWN_SECONDS):
                await self._send("TEARDOWN", self._control, None)
        except (TimeoutError, StreamFault):
            return  # the connection is closed next, which ends the session too


def _split_address(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme.lower() == "rtsp" and bool(parts.hostname)
        _ = parts.port  # raises where it is no number
    except ValueError:
        is_usable = False
    if not is_usable:
        raise fault("garbled", "the address is not rtsp://host/…", host="?")
    return parts


def _without_credentials(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _join(base: str, control: str) -> str:
    """A track's address as servers in the field mean it: an absolute one stands, anything else is
    appended to the base, whatever RFC 1808 says about its last part and its query."""
    if control in ("", "*"):
        return base
    if re.match(r"rtsps?://", control, re.IGNORECASE):
        return control
    return f"{base.rstrip('/')}/{control.lstrip('/')}"


def _connect_fault(error: OSError, host: str, port: int) -> StreamFault:
    if isinstance(error, socket.gaierror):
        return fault("name_unknown", str(error), host=host)
    if isinstance(error, TimeoutError):
        return fault("timed_out", host=host)
    if isinstance(error, ConnectionRefusedError):
        return fault("refused", str(error), host=host, port=port)
    if error.errno in _UNREACHABLE:
        return fault("unreachable", str(error), host=host)
    return fault("unreachable", str(error) or type(error).__name__, host=host)


def _status_fault(reply: Message) -> StreamFault:
    status = reply.status
    if status in _BUSY_STATUSES:
        return fault("device_busy", reply.line, status=status)
    if status in _KEYS_BY_STATUS:
        return fault(_KEYS_BY_STATUS[status], reply.line)
    return fault("device_error", reply.line, status=status)
