"""One client watching one track: its RTP identity and its way out."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache

from sereno.sim.outlets import Outlet, Wire
from sereno.sim.packets import FrameTemplate, addressed, wired
from sereno.sim.quirks import Quirks
from sereno.sim.rtcp import bye, sender_report
from sereno.sim.rtp_clock import RtpClock, reported_utc, rtp_clock
from sereno.sim.video import PAYLOAD_TYPE

REPORT_INTERVAL_SECONDS = 5.0
_FILLER_BYTES = 1380


class Viewer:
    """Makes frames out to one client (or one group) and sends them.

    Sequence number, timestamp and SSRC begin at random, as RFC 3550 asks.
    """

    def __init__(self, outlet: Outlet, name: str, clock: RtpClock, quirks: Quirks) -> None:
        self.outlet = outlet
        self.clock = clock
        self.timestamp = clock.timestamp
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self._name = name
        self._quirks = quirks
        self._packets = 0
        self._octets = 0
        self._next_report = 0.0

    def address(
        self, frame: FrameTemplate, stamped: bytes, ticks: int
    ) -> tuple[bytearray, tuple[int, ...]]:
        """The frame made out to this client and its packets' offsets; it counts as sent."""
        wire = addressed(
            stamped,
            frame.starts,
            self.outlet.channel,
            self.sequence,
            self.timestamp(ticks),
            self.ssrc,
        )
        self.sequence = (self.sequence + len(frame.starts)) & 0xFFFF
        self._packets += len(frame.starts)
        self._octets += frame.payload_bytes
        return wire, frame.starts

    def send(self, wire: Wire) -> None:
        """Hands whole packets to the network."""
        self.outlet.send(wire)

    def report_if_due(self, monotonic: float, utc: Callable[[], float]) -> None:
        """Sends an RTCP sender report every five seconds, the first one at once."""
        if monotonic < self._next_report:
            return
        self._next_report = monotonic + REPORT_INTERVAL_SECONDS
        now = utc()
        told = reported_utc(now, self._quirks)
        if told is not None:
            at = self.timestamp(round(now * self.clock.rate_hz))
            self.outlet.send_report(
                sender_report(self.ssrc, told, at, self._packets, self._octets, self._name)
            )

    def say_bye(self) -> None:
        """Tells by RTCP that nothing more will come."""
        self.outlet.send_report(bye(self.ssrc))


class LateKeyViewer(Viewer):
    """Gets no key frame before the given time has passed on the RTP clock."""

    def __init__(
        self, outlet: Outlet, name: str, clock: RtpClock, quirks: Quirks, seconds: float
    ) -> None:
        super().__init__(outlet, name, clock, quirks)
        self._wait_ticks = round(seconds * clock.rate_hz)
        self._keys_from: int | None = None

    def address(
        self, frame: FrameTemplate, stamped: bytes, ticks: int
    ) -> tuple[bytearray, tuple[int, ...]]:
        if self._keys_from is None:
            self._keys_from = ticks + self._wait_ticks
        if frame.is_key and ticks < self._keys_from:
            return bytearray(), ()
        return super().address(frame, stamped, ticks)


class FloodedViewer(Viewer):
    """Gets each frame behind so much filler that the stream has at least the given rate."""

    def __init__(
        self, outlet: Outlet, name: str, clock: RtpClock, quirks: Quirks, head: bytes, mbps: float
    ) -> None:
        super().__init__(outlet, name, clock, quirks)
        self._head = head
        self._bytes_per_tick = mbps * 1_000_000 / 8 / clock.rate_hz
        self._last: int | None = None

    def address(
        self, frame: FrameTemplate, stamped: bytes, ticks: int
    ) -> tuple[bytearray, tuple[int, ...]]:
        passed = 0 if self._last is None else min(max(ticks - self._last, 0), self.clock.rate_hz)
        self._last = ticks
        filler = _filler(self._head, round(passed * self._bytes_per_tick / _FILLER_BYTES))
        before, offsets = super().address(filler, filler.wire, ticks)
        wire, starts = super().address(frame, stamped, ticks)
        return before + wire, (*offsets, *(len(before) + start for start in starts))


@lru_cache(maxsize=8)
def _filler(head: bytes, count: int) -> FrameTemplate:
    """``count`` filler NAL units, one a packet."""
    nal = head + b"\xff" * (_FILLER_BYTES - len(head) - 1) + b"\x80"
    wire, starts = wired([(nal, False)] * count, PAYLOAD_TYPE)
    return FrameTemplate(wire, tuple(starts))


def video_viewer(
    outlet: Outlet, name: str, rate_hz: int, quirks: Quirks, filler_head: bytes
) -> Viewer:
    """A client of a video track, treated as the quirks ask."""
    clock = rtp_clock(rate_hz, quirks)
    if "slow-first-key" in quirks:
        return LateKeyViewer(outlet, name, clock, quirks, quirks["slow-first-key"])
    if "flood" in quirks:
        return FloodedViewer(outlet, name, clock, quirks, filler_head, quirks["flood"])
    return Viewer(outlet, name, clock, quirks)


def sound_viewer(outlet: Outlet, name: str, rate_hz: int, quirks: Quirks) -> Viewer:
    """A client of a sound track."""
    return Viewer(outlet, name, rtp_clock(rate_hz, quirks), quirks)
