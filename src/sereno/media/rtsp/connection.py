"""One TCP connection to a camera: replies and media, interleaved (RFC 2326, 10.12)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from struct import Struct
from typing import cast

from sereno.base.errors import Garbled
from sereno.media.faults import Redirected, fault, garbled
from sereno.media.rtsp.beat import beat_of
from sereno.media.rtsp.flood import FloodGuard
from sereno.media.rtsp.messages import (
    ENDING_METHODS,
    LARGEST_BODY_BYTES,
    LARGEST_HEAD_BYTES,
    Message,
    answer_request,
    format_request,
    parse_head,
)
from sereno.media.rtsp.resync import LARGEST_GARBAGE_BYTES, next_start

_KERNEL_WAIT_BYTES = 128 * 1024
_READS_A_BEAT = 4
_LARGEST_UNREAD_BYTES = 64 * 1024
_DOLLAR = 0x24
_frame_head = Struct(">BBH").unpack_from
_pack_head = Struct(">BBH").pack

PacketHandler = Callable[[bytearray, memoryview, int, int], None]
FramesHandler = Callable[[bytearray, memoryview, int, int, int], tuple[int, int]]
ReportHandler = Callable[[bytes], None]


class Connection(asyncio.BufferedProtocol):
    """Sends requests, pairs replies with them, and hands RTP to the handler of its channel.

    All connections of an event loop read into one buffer, that of their beat: an event loop hands
    on what it has read before it reads anything else. A connection keeps only what was not whole.
    `ended` is done when the connection is over; its exception says why.
    """

    def __init__(self, host: str, loop: asyncio.AbstractEventLoop) -> None:
        self.ended: asyncio.Future[None] = loop.create_future()
        self._loop = loop
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._beat = beat_of(loop)
        self._buffer, self._view = self._beat.buffer, self._beat.view
        self._rest = b""
        self._cseq = 0
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._given_up: set[int] = set()
        self._flood = FloodGuard(loop.time)
        self._descriptor = -1
        self._garbage_bytes = 0
        self._frames: dict[int, FramesHandler] = {}
        self._packets: dict[int, PacketHandler] = {}
        self._reports: dict[int, ReportHandler] = {}

    def route(
        self,
        rtp: int,
        on_packet: PacketHandler,
        rtcp: int,
        on_report: ReportHandler,
        on_frames: FramesHandler | None = None,
    ) -> None:
        """From now on hand the packets of these two channels to these two handlers.

        `on_frames`, if given, takes packets of the first channel instead, many at a time.
        """
        self._packets[rtp] = on_packet
        self._reports[rtcp] = on_report
        if on_frames is not None:
            self._frames[rtp] = on_frames

    def is_routed(self, rtp: int) -> bool:
        """Whether some track's packets come on this channel."""
        return rtp in self._packets

    def ends(self) -> tuple[str, str]:
        """The IP addresses of our end and of the camera's. Raises StreamFault."""
        if self._transport is None or self.ended.done():
            raise fault("camera_closed")
        local, camera = (self._transport.get_extra_info(x) for x in ("sockname", "peername"))
        return local[0], camera[0]

    def send_frame(self, channel: int, packet: bytes) -> None:
        """Send a packet of ours, such as a receiver report, between the messages."""
        if self._transport is not None and not self.ended.done():
            self._send(self._transport, _pack_head(_DOLLAR, channel, len(packet)) + packet)

    def read_at_beat(self) -> None:
        """From now on read what has come at each beat of this event loop, not when it comes.

        Encrypted connections go on as before.
        """
        transport = self._transport
        if self._descriptor >= 0 or transport is None or transport.is_closing():
            return
        if transport.get_extra_info("ssl_object") is not None:
            return
        carrier = transport.get_extra_info("socket")
        self._descriptor = carrier.fileno()
        self._beat.join(self._read)
        # What a fast camera sends between two beats must not wait for more (socket(7)).
        carrier.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, _KERNEL_WAIT_BYTES)

    def read_at_once(self) -> None:
        """The reverse of `read_at_beat`."""
        self._beat.leave(self._read)
        if self._descriptor >= 0 and self._transport is not None and not self.ended.done():
            carrier = self._transport.get_extra_info("socket")
            carrier.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            self._descriptor = -1

    async def request(self, method: str, url: str, headers: Mapping[str, str]) -> Message:
        """Send a request and wait for its reply. Raises what ended the connection."""
        if self._transport is None or self.ended.done():
            raise fault("camera_closed")
        self._cseq += 1
        number = self._cseq
        reply: asyncio.Future[Message] = self._loop.create_future()
        self._waiting[number] = reply
        try:
            self._transport.write(format_request(method, url, number, headers))
            return await reply
        finally:
            del self._waiting[number]
            if reply.cancelled():
                self._given_up.add(number)

    def fail(self, error: BaseException) -> None:
        """Give up for this reason. The first one counts."""
        if not self.ended.done():
            self.ended.set_exception(error)
            self.ended.exception()  # seen, whether or not somebody still waits for it
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(error)
        self._beat.leave(self._read)
        self._frames.clear()
        self._packets.clear()
        self._reports.clear()
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
        size = len(self._rest)
        self._view[:size] = self._rest
        return self._view[size:]

    def buffer_updated(self, nbytes: int) -> None:
        end = len(self._rest) + nbytes
        try:
            start, frame_count = self._take_frames(end)
            self._rest = bytes(self._view[start:end])
            self._flood.meet(nbytes, frame_count)
        except Garbled as error:
            self.fail(fault("garbled", str(error), host=self._host))
        except Exception as error:  # raised again for whoever waits on `ended`
            self.fail(error)

    def _read(self) -> None:
        """At the beat: take what is there. Ends and errors are for asyncio, which sees them too."""
        for _ in range(_READS_A_BEAT):
            room = self.get_buffer(-1)
            try:
                size = os.readv(self._descriptor, (room,))
            except OSError:
                return
            if size:
                self.buffer_updated(size)
            if size < len(room) or self.ended.done():
                return

    def _take_frames(self, end: int) -> tuple[int, int]:
        """Handle all whole frames and messages in the buffer; where the unfinished one begins, and
        how much there was to do."""
        data, view, at, count = self._buffer, self._view, 0, 0
        while end - at >= 4:
            mark, channel, size = _frame_head(data, at)
            stop = at + 4 + size
            if mark != _DOLLAR:
                stop = self._take_other(at, end)
            elif stop > end:
                break
            elif (on_frames := self._frames.get(channel)) is not None:
                stop, frame_count = on_frames(data, view, at, end, channel)
                count += frame_count
            elif (on_packet := self._packets.get(channel)) is not None:
                on_packet(data, view, at + 4, stop)
            elif (on_report := self._reports.get(channel)) is not None:
                on_report(bytes(view[at + 4 : stop]))
            if stop == at:
                break
            at = stop
            count += 1
        return at, count

    def _take_other(self, at: int, end: int) -> int:
        """Handle what is no frame; where it ends, or `at` while it is not complete.

        Before media flow, what is no message ends the connection. Later it is passed over.
        """
        try:
            return at + self._take_message(at, end)
        except Garbled:
            stop = next_start(self._buffer, at, end, {*self._packets, *self._reports})
            self._garbage_bytes += stop - at
            if not self._packets or self._garbage_bytes > LARGEST_GARBAGE_BYTES:
                raise
            return stop

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
            self._answer(message)
            return
        if cseq in self._given_up:
            self._given_up.discard(cseq)
            return
        # Some servers forget the number or get it wrong; the oldest question was answered then.
        oldest = next(iter(self._waiting), 0)
        reply = self._waiting.get(oldest if cseq not in self._waiting else cseq)
        if reply is not None and not reply.done():
            reply.set_result(message)

    def _send(self, transport: asyncio.Transport, data: bytes) -> None:
        """Send what is no question of ours: a camera may ask for it without end and not read it."""
        transport.write(data)
        if transport.get_write_buffer_size() > _LARGEST_UNREAD_BYTES:
            self.fail(fault("garbled", "what we send is never read", host=self._host))

    def _answer(self, request: Message) -> None:
        if self._transport is not None:
            self._send(self._transport, answer_request(request))
        location = request.header("location")
        if request.phrase == "REDIRECT" and location:
            self.fail(Redirected(location))
        elif request.phrase in ENDING_METHODS:
            self.fail(fault("session_ended", status=request.phrase))
