"""One run's sound: where each access unit lies on the run's time line.

The first unit is placed by the clock: by the sender's word where there is one, else by its arrival.
From then on the stream's own times and lengths place the rest, for clocks jitter and sample counts
do not. A hole in the sound is a jump of its time; sound never moves the picture.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from sereno.media.contract import TIMESCALE
from sereno.media.fmp4.writer import SoundTable
from sereno.media.formats import SoundFormat
from sereno.media.timing import signed_difference

_MOST_PENDING = 1024  # units, when no picture comes that would take them along
_WINDOW_SECONDS = 10
_OFF_PARTS = 4  # of a second: a quarter is more than anybody's jitter
_LONGEST_HOLE_SECONDS = 60


class SoundUnit(NamedTuple):
    """One access unit. `seen_ticks` is where the clock says it lies, in ticks of the run."""

    data: bytes
    rtp_time: int
    seen_ticks: int


class SoundTrack:
    """Takes access units as they come, gives those that go with a fragment of pictures.

    Positions are in samples from the run's start.
    """

    def __init__(self, sound: SoundFormat) -> None:
        self.sound = sound
        self._pending: deque[tuple[int, bytes]] = deque()
        self._end = 0  # of the last unit taken
        self._rtp_time: int | None = None
        self._position = 0  # as RTP time says
        self._window_start = 0
        self._least_error: int | None = None

    def begin(self, units: Iterable[SoundUnit]) -> None:
        """Take the units that came before the run's start was known: the one that came with the
        least delay tells where all of them lie."""
        listed = list(units)
        if not listed:
            return
        first = listed[0].rtp_time
        start = min(
            self._samples(unit.seen_ticks) - signed_difference(unit.rtp_time, first)
            for unit in listed
        )
        self._anchor(first, start)
        for unit in listed:
            self.add(unit)

    def add(self, unit: SoundUnit) -> None:
        """Take one unit; one that lies before the run's start or over another is dropped."""
        seen = self._samples(unit.seen_ticks)
        self._place(unit.rtp_time, seen)
        hole = self._position - self._end
        length = self.sound.frame_samples
        is_first = not self._end
        if hole <= -length or (is_first and hole < 0) or len(self._pending) >= _MOST_PENDING:
            return
        start = self._position if is_first or hole >= length else self._end
        self._pending.append((start, unit.data))
        self._end = start + length

    def take(self, end_ticks: int) -> tuple[SoundTable, list[bytes]] | None:
        """The units that begin before `end_ticks` and were not taken yet, or None."""
        end = self._samples(end_ticks)
        taken: list[tuple[int, bytes]] = []
        while self._pending and self._pending[0][0] < end:
            taken.append(self._pending.popleft())
        if not taken:
            return None
        starts = [start for start, _ in taken]
        ends = [*starts[1:], starts[-1] + self.sound.frame_samples]
        durations = [later - earlier for earlier, later in zip(starts, ends, strict=True)]
        units = [data for _, data in taken]
        return SoundTable(starts[0], durations, [len(unit) for unit in units]), units

    def _place(self, rtp_time: int, seen: int) -> None:
        """Move `_position` to this unit."""
        last, rate = self._rtp_time, self.sound.rate
        step = 0 if last is None else signed_difference(rtp_time, last)
        if last is None or not -rate // _OFF_PARTS < step < _LONGEST_HOLE_SECONDS * rate:
            self._anchor(rtp_time, seen)
            return
        self._rtp_time = rtp_time
        self._position += step
        error = seen - self._position
        least = self._least_error
        self._least_error = error if least is None else min(least, error)
        if self._position - self._window_start >= _WINDOW_SECONDS * rate:
            if abs(self._least_error) > rate // _OFF_PARTS:
                self._position += self._least_error
            self._window_start, self._least_error = self._position, None

    def _anchor(self, rtp_time: int, position: int) -> None:
        self._rtp_time, self._position = rtp_time, position
        self._window_start, self._least_error = position, None

    def _samples(self, ticks: int) -> int:
        return ticks * self.sound.rate // TIMESCALE
