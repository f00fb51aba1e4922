"""One client watching one stream: its RTP identity and its way out."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from sereno.sim.packets import FrameTemplate, addressed, sender_report
from sereno.sim.rtsp import InterleavedTransport
from sereno.sim.timing import ticks_at

logger = logging.getLogger(__name__)
REPORT_INTERVAL_SECONDS = 5.0


class Viewer:
    """Sends frames over the client's own RTSP connection.

    Sequence number, timestamp and SSRC begin at random, as RFC 3550 asks.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        channels: InterleavedTransport,
        name: str,
        buffer_limit_bytes: int,
    ) -> None:
        self._transport = transport
        self._channels = channels
        self._name = name
        self._buffer_limit_bytes = buffer_limit_bytes
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self._ticks_offset = secrets.randbits(32)
        self._packets = 0
        self._octets = 0
        self._next_report = 0.0

    def timestamp(self, ticks: int) -> int:
        """This client's RTP timestamp for an instant on the 90 kHz scale."""
        return (ticks + self._ticks_offset) & 0xFFFFFFFF

    def address(self, frame: FrameTemplate, stamped: bytes, ticks: int) -> bytearray:
        """The frame made out to this client; it counts as sent."""
        wire = addressed(
            stamped,
            frame.starts,
            self._channels.rtp_channel,
            self.sequence,
            self.timestamp(ticks),
            self.ssrc,
        )
        self.sequence = (self.sequence + len(frame.starts)) & 0xFFFF
        self._packets += len(frame.starts)
        self._octets += frame.payload_bytes
        return wire

    def send(self, wire: bytearray | memoryview) -> None:
        """Hands whole packets to the network; a client that reads too slowly is dropped."""
        if self._transport.is_closing():
            return
        waiting = self._transport.get_write_buffer_size()
        if waiting > self._buffer_limit_bytes:
            logger.warning(
                "%s: a client reads too slowly (%d bytes wait); it is dropped", self._name, waiting
            )
            self._transport.abort()
            return
        self._transport.write(wire)

    def report_if_due(self, monotonic: float, clock: Callable[[], float]) -> None:
        """Sends an RTCP sender report every five seconds, the first one at once."""
        if monotonic < self._next_report or self._transport.is_closing():
            return
        self._next_report = monotonic + REPORT_INTERVAL_SECONDS
        utc_seconds = clock()
        self._transport.write(
            sender_report(
                self._channels.rtcp_channel,
                self.ssrc,
                utc_seconds,
                self.timestamp(ticks_at(utc_seconds)),
                self._packets,
                self._octets,
                self._name,
            )
        )

    def drop(self) -> None:
        """Cuts the client off without a word."""
        self._transport.abort()


Outgoing = list[tuple[Viewer, bytearray | memoryview]]
"""What leaves in one burst: whole packets, each with who gets them."""
