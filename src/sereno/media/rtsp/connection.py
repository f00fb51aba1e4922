"""One TCP connection to a camera: replies and media, interleaved (RFC 2326, 10.12)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from struct import Struct
from typing import cast

from sereno.base.errors import Garbled
from sereno.media.faults import fault, garbled
from sereno.media.rtsp.messages import (
    LARGEST_BODY_BYTES,
    LARGEST_HEAD_BYTES,
    Message,
    format_refusal,
    format_request,
    parse_head,
)

# Room for the largest interleaved frame (65,539 bytes) behind a partly read one.
_BUFFER_BYTES = 192 * 1024
_LEAST_ROOM_BYTES = 32 * 1024
_LARGEST_WAIT_BYTES = 32 * 1024
_DOLLAR = 0x24
_frame_head = Struct(">BBH").unpack_from

PacketHandler = Callable[[bytearray, memoryview, int, int], None]
ReportHandler = Callable[[bytes], None]


class Connection(asyncio.BufferedProtocol):
    """Sends requests, pairs replies with them, and hands RTP to the handler of its channel.

    All reads go into one buffer that lives as long as the connection. `ended` is done when the
    connection is over; its exception says why.
    """

    def __init__(self, host: str, loop: asyncio.AbstractEventLoop) -> None:
        self.ended: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._cseq = 0
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._rtp_channel = self._rtcp_channel = -1
        self._on_packet: PacketHandler | None = None
        self._on_report: ReportHandler | None = None

    def route(
        self, rtp: int, on_packet: PacketHandler, rtcp: int, on_report: ReportHandler
    ) -> None:
        """From now on hand the packets of these two channels to these two handlers."""
        self._rtp_channel, self._on_packet = rtp, on_packet
        self._rtcp_channel, self._on_report = rtcp, on_report

    def wake_at(self, size_bytes: int) -> None:
        """Let the kernel wake us when so much has arrived, not for every segment (socket(7)).

        Each wake-up costs more than what there is to do for it.
        """
        if self._transport is not None and not self._transport.is_closing():
            size_bytes = max(1, min(size_bytes, _LARGEST_WAIT_BYTES))
            carrier = self._transport.get_extra_info("socket")
            carrier.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size_bytes)

    async def request(self, method: str, url: str, headers: Mapping[str, str]) -> Message:
        """Send a request and wait for its reply. Raises what ended the connection."""
        if self._transport is None or self.ended.done():
            raise fault("camera_closed")
        self._cseq += 1
        reply: asyncio.Future[Message] = self._loop.create_future()
        self._waiting[self._cseq] = reply
        try:
            self._transport.write(format_request(method, url, self._cseq, headers))
            return await reply
        finally:
            self._waiting.pop(self._cseq, None)

    def fail(self, error: BaseException) -> None:
        """Give up for this reason. The first one counts."""
        if not self.ended.done():
            self.ended.set_exception(error)
            self.ended.exception()  # seen, whether or not somebody still waits for it
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(error)
        self._on_packet = self._on_report = None
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """End the connection; nothing is handed on afterwards."""
        self.fail(fault("camera_closed"))

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(fault("camera_closed", str(exc) if exc else ""))

    def get_buffer(self, sizehint: int) -> memoryview:
        if self._start == self._end:
            self._start = self._end = 0
        elif _BUFFER_BYTES - self._end < _LEAST_ROOM_BYTES:
            rest = self._end - self._start
            self._view[:rest] = self._view[self._start : self._end]
            self._start, self._end = 0, rest
        return self._view[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        self._end += nbytes
        try:
            self._start = self._take_frames(self._start, self._end)
        except Garbled as error:
            self.fail(fault("garbled", str(error), host=self._host))
        except Exception as error:  # raised again for whoever waits on `ended`
            self.fail(error)

    def _take_frames(self, at: int, end: int) -> int:
        """Handle all whole frames and messages in the buffer; where the unfinished one begins."""
        data, view, rtp = self._buffer, self._view, self._rtp_channel
        while end - at >= 4:
            mark, channel, size = _frame_head(data, at)
            if mark != _DOLLAR:
                taken = self._take_message(at, end)
                if not taken:
                    break
                at += taken
                continue
            stop = at + 4 + size
            if stop > end:
                break
            if channel == rtp:
                if (on_packet := self._on_packet) is not None:
                    on_packet(data, view, at + 4, stop)
            elif channel == self._rtcp_channel and self._on_report is not None:
                self._on_report(bytes(view[at + 4 : stop]))
            at = stop
        return at

    def _take_message(self, at: int, end: int) -> int:
        """Handle one RTSP message; its size in bytes, or 0 while it is not complete."""
        if self._buffer[at] in b"\r\n":
            return 1  # stray line ends between messages
        head_end = self._buffer.find(b"\r\n\r\n", at, min(end, at + LARGEST_HEAD_BYTES))
        if head_end < 0:
            if end - at >= LARGEST_HEAD_BYTES or not self._buffer[at : at + 3].isalpha():
                raise garbled("no RTSP message where one should begin")
            return 0
        message = parse_head(bytes(self._view[at:head_end]))
        body_size = message.number("content-length") or 0
        if body_size > LARGEST_BODY_BYTES:
            raise garbled("RTSP message is too large")
        body_at = head_end + 4
        if body_at + body_size > end:
            return 0
        self._deliver(message, bytes(self._view[body_at : body_at + body_size]))
        return body_at + body_size - at

    def _deliver(self, head: Message, body: bytes) -> None:
        message = Message(head.status, head.phrase, head.headers, body)
        cseq = message.number("cseq")
        if message.status == 0:
            if self._transport is not None:
                self._transport.write(format_refusal(message.header("cseq")))
            return
        # Some servers forget the number; the oldest question is then the one that was answered.
        reply = self._waiting.get(next(iter(self._waiting), 0) if cseq is None else cseq)
        if reply is not None and not reply.done():
            reply.set_result(message)
