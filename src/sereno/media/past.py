"""Footage that a device plays: when its pictures were taken, which is not when they come.

A device plays at the pace of time, but it begins with a burst, waits for its disks, and skips what
it has not. ONVIF devices say of each picture when it was recorded. The others say it by nothing but
the RTP clock, which went on as it was recorded: then the first key frame is that of the time asked
for, and each picture's time follows by its RTP time. To the recorder it looks as if each picture
came just when it was taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from sereno.base.clock import to_us
from sereno.media.contract import TIMESCALE, Past
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.sink import MediaSink
from sereno.media.timing import signed_difference, ticks_to_us

MOST_BEYOND_US = 60_000_000
"""Pictures of so long after the end are none of what was asked for: the RTP clock began anew."""

MOST_BEFORE_US = 60_000_000
"""So much earlier the key frame before the start may be."""

_MOST_BACK_TICKS = 2 * TIMESCALE  # further than pictures come before others that are shown later
_NEAR_TICKS = 10 * TIMESCALE
# RFC 2326, 3.7
_CLOCK_RANGE = re.compile(r"clock\s*=\s*(\d{8}T\d{6})(\.\d{1,6})?Z")


class PastTimes:
    """A sink in front of another, of one session; `now_us` is the machine's own wall clock."""

    def __init__(self, sink: MediaSink, past: Past, now_us: Callable[[], int]) -> None:
        self._sink = sink
        self._past = past
        self._machine_us = now_us
        self._ahead_us = _ahead_us(past)
        self._said: SenderReport | None = None
        self._has_begun = False
        self._rtp_time = 0
        self._start_us = past.starts_at_us
        self._ticks = 0  # since the start
        self._arrival_us = 0

    def said(self, report: SenderReport) -> None:
        """The device tells when the picture of an RTP time was recorded, by its own clock."""
        self._said = report

    def now_us(self) -> int:
        """When something comes, which tells nothing of when it was taken."""
        return self._machine_us()

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        if not self._has_begun:
            if not is_key:  # shown to nobody: the sink waits for a key frame
                self._sink.picture(sample, rtp_time, is_key, arrival_us)
                return
            self._has_begun = True
        else:
            self._go_on(rtp_time, arrival_us)
        self._believe(rtp_time)
        self._rtp_time, self._arrival_us = rtp_time, arrival_us
        self._sink.picture(sample, rtp_time, is_key, self._taken_us())

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None:
        """Sound comes with its pictures, and is of their time."""
        if self._has_begun:
            self._sink.sound(sample, rtp_time, self._taken_us() + arrival_us - self._arrival_us)

    def video_format(self, video: VideoFormat) -> None:
        self._sink.video_format(video)

    def packets_lost(self, count: int) -> None:
        self._sink.packets_lost(count)

    def sound_format(self, sound: SoundFormat | None) -> None:
        self._sink.sound_format(sound)

    def video_report(self, report: SenderReport) -> None:
        """What it says is of now, where anything is said."""

    def sound_report(self, report: SenderReport) -> None:
        """As `video_report`."""

    def notice(self, key: str, params: dict[str, str]) -> None:
        self._sink.notice(key, params)

    def _taken_us(self) -> int:
        return self._start_us + ticks_to_us(self._ticks)

    def _believe(self, rtp_time: int) -> None:
        """What the device says of this picture, unless it makes no sense."""
        said = self._said
        if said is None or abs(since := signed_difference(rtp_time, said.rtp_time)) > _NEAR_TICKS:
            return
        start_us = said.wall_us - self._ahead_us
        past = self._past
        if past.starts_at_us - MOST_BEFORE_US <= start_us <= past.ends_at_us + MOST_BEYOND_US:
            self._start_us, self._ticks = start_us, since

    def _go_on(self, rtp_time: int, arrival_us: int) -> None:
        """To the next picture. Where the RTP clock makes no sense, footage went on meanwhile."""
        step = signed_difference(rtp_time, self._rtp_time)
        most_us = self._past.ends_at_us + MOST_BEYOND_US
        is_sane = self._taken_us() + ticks_to_us(step) <= most_us
        if step < -_MOST_BACK_TICKS or not is_sane:
            step = max(arrival_us - self._arrival_us, 0) * TIMESCALE // 1_000_000
        self._ticks += step


def _ahead_us(past: Past) -> int:
    """How far the clock is ahead of ours by which the device was asked."""
    found = _CLOCK_RANGE.match(past.headers.get("Range", ""))
    if found is None:
        return 0
    fraction = (found[2] or ".")[1:].ljust(6, "0")
    asked = datetime.fromisoformat(f"{found[1]}.{fraction}+00:00")
    return to_us(asked) - past.starts_at_us
