"""A track's RTP clock and what its sender reports say the time is."""

from __future__ import annotations

import secrets

from sereno.sim.quirks import Quirks

_JUMP_SECONDS = 3600
NO_REPORTS = "no-rtcp"
"""The quirk of those who send no sender reports."""
_THIRTY_YEARS_SECONDS = 30 * 365.25 * 86_400


class RtpClock:
    """Turns instants into one client's RTP timestamps; it begins at random (RFC 3550, 5.1)."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._offset = secrets.randbits(32)

    def timestamp(self, ticks: int) -> int:
        """The RTP timestamp of an instant, given in ticks of this clock since 1970."""
        return (ticks + self._offset) & 0xFFFFFFFF


class OddRtpClock(RtpClock):
    """A clock that wraps soon, runs fast or jumps, counted from the first instant it is asked."""

    def __init__(self, rate_hz: int, quirks: Quirks) -> None:
        super().__init__(rate_hz)
        self._drift = quirks.get("drift", 0.0) / 1_000_000
        self._jump_ticks = round(quirks.get("rtp-jump", 0.0) * rate_hz)
        self._wrap_ticks = round(quirks.get("rtp-wrap", 0.0) * rate_hz)
        self._first: int | None = None

    def timestamp(self, ticks: int) -> int:
        if self._first is None:
            self._first = ticks
            if self._wrap_ticks:
                self._offset = -self._wrap_ticks - ticks
        passed = ticks - self._first
        jumped = bool(self._jump_ticks) and passed // self._jump_ticks % 2 == 1
        ahead = round(passed * self._drift) + jumped * _JUMP_SECONDS * self.rate_hz
        return super().timestamp(ticks + ahead)


def rtp_clock(rate_hz: int, quirks: Quirks) -> RtpClock:
    """The clock of one client's track."""
    is_odd = any(name in quirks for name in ("drift", "rtp-jump", "rtp-wrap"))
    return OddRtpClock(rate_hz, quirks) if is_odd else RtpClock(rate_hz)


def reported_utc(utc_seconds: float, quirks: Quirks) -> float | None:
    """What a sender report says the time is (seconds since 1970), or None where none is sent."""
    if NO_REPORTS in quirks:
        return None
    if "sr-wrong-decade" in quirks:
        return utc_seconds - _THIRTY_YEARS_SECONDS
    return utc_seconds - quirks.get("sr-offset", 0.0)
