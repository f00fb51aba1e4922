"""The two clocks of a run: media time counts what the camera sent, wall time says when it was."""

from __future__ import annotations

from sereno.media.contract import TIMESCALE
from sereno.media.rtsp.rtcp import SenderReport
from sereno.policy.reasons import Reason

LARGEST_JUMP_US = 10_000_000
"""Media time that is further than this from its arrival jumped."""
LARGEST_REPORT_ERROR_US = 2_000_000
"""A camera clock further off than this is not believed."""

LARGEST_OWN_ERROR_US = 1_000_000
"""A run whose wall time is off by more, as the camera itself says, is continued in a new one."""

_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))
_WINDOW_TICKS = 30 * TIMESCALE
_PACE = 1000  # a correction moves wall time by at most a thousandth of the media time passed


def ticks_to_us(ticks: int) -> int:
    """Microseconds, rounded down."""
    return ticks * 100 // 9


def signed_difference(later: int, earlier: int) -> int:
    """`later - earlier` of two 32-bit RTP times that are less than 13 hours apart."""
    return ((later - earlier + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def capture_us(
    report: SenderReport | None, rtp_time: int, arrival_us: int, rate: int = TIMESCALE
) -> int | None:
    """When the camera says it took the picture, or None where it says nothing or nothing sane.

    `rate` is that of RTP times, a second.
    """
    if report is None:
        return None
    since = signed_difference(rtp_time, report.rtp_time)
    said_us = report.wall_us + since * 1_000_000 // rate
    return said_us if abs(said_us - arrival_us) <= LARGEST_REPORT_ERROR_US else None


def clock_fault(ahead_seconds: float) -> Reason | None:
    """What is wrong with a camera's clock that is so far ahead of ours; None: it is believed."""
    if abs(ahead_seconds) * 1_000_000 <= LARGEST_REPORT_ERROR_US:
        return None
    key = "camera_clock_behind" if ahead_seconds < 0 else "camera_clock_ahead"
    return Reason(key, {"time": duration_in_words(abs(ahead_seconds))})


def duration_in_words(seconds: float) -> str:
    """In the largest unit of which there are at least two: `37 s`, `12 min`, `10957 d`."""
    for size, unit in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


class RunClock:
    """Maps RTP times of one run to ticks from its start, and ticks to wall-clock microseconds.

    The camera's crystal drifts against the site's clock by seconds a day. The least lateness seen
    in each half minute tells how far; wall time follows it by a millisecond a second at most, so
    that no moment comes twice and none is missing. `drift_us` is how far it has moved; `ticks` are
    those of the newest picture.
    """

    def __init__(self, rtp_time: int, wall_us: int) -> None:
        self.ticks = 0
        self.drift_us = 0
        self._rtp_time = rtp_time
        self._rtp_ticks = 0
        self._start_us = wall_us
        self._target_us = 0
        self._corrected_at = 0
        self._window_start = 0
        self._least_error_us: int | None = None

    def move_start(self, wall_us: int) -> None:
        """Say anew when tick 0 was, before anything was written."""
        self._start_us = wall_us

    def step_of(self, rtp_time: int) -> int:
        """Ticks from the last picture to this one; negative when it is shown before."""
        return signed_difference(rtp_time, self._rtp_time)

    def advance(self, rtp_time: int) -> int:
        """Go on to this picture; its ticks. Two pictures of the same time come one tick apart."""
        step = self.step_of(rtp_time)
        self._rtp_time = rtp_time
        self._rtp_ticks += step
        self.ticks = self._rtp_ticks if step else self.ticks + 1
        return self.ticks

    def wall_us(self, ticks: int) -> int:
        """The wall-clock time of `ticks`, in microseconds since 1970."""
        return self._start_us + self.drift_us + ticks * 100 // 9

    def correct(self, ticks: int, observed_us: int) -> None:
        """Take an observation of wall time, best at key frames, in ascending order."""
        error_us = observed_us - self._start_us - ticks_to_us(ticks)
        least = self._least_error_us
        self._least_error_us = error_us if least is None else min(least, error_us)
        if ticks - self._window_start >= _WINDOW_TICKS:
            self._target_us = self._least_error_us
            self._least_error_us = None
            self._window_start = ticks
        room = ticks_to_us(ticks - self._corrected_at) // _PACE
        self.drift_us += max(-room, min(room, self._target_us - self.drift_us))
        self._corrected_at = ticks
