"""What a replay sends: frames and sound of the past, each in its turn or as fast as can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from sereno.base.clock import from_us, to_us
from sereno.sim.cameras import SimCamera, SimStream
from sereno.sim.marks import SeiStamp
from sereno.sim.outlets import Line, Wire
from sereno.sim.seeking import Seeking, with_time

_TURN_SECONDS = 0.005
_MOST_WAITING_BYTES = 256 * 1024


def frames_of(runs: Sequence[range]) -> Iterator[tuple[int, bool]]:
    """The numbers of all frames, and whether a gap or the end follows."""
    next_starts = [*(run.start for run in runs[1:]), None]
    for run, next_start in zip(runs, next_starts, strict=False):
        for number in run:
            yield number, number + 1 == run.stop != next_start


@dataclass(slots=True)
class Marks:
    """When packets were recorded, by the device's clock."""

    seeking: Seeking
    cseq: int

    def put(
        self, wire: Wire, utc_us: int, *, is_clean: bool, is_last: bool, is_first: bool
    ) -> bytes:
        shown_us = to_us(self.seeking.to_shown(from_us(utc_us)).replace(tzinfo=UTC))
        return with_time(
            bytes(wire), shown_us, self.cseq, is_clean=is_clean, is_last=is_last, is_first=is_first
        )


class ReplayPump:
    """Sends one replay's frames, each when its turn has come since the first.

    With ``line`` they leave as fast as that takes them.
    """

    def __init__(
        self,
        camera: SimCamera,
        stream: SimStream,
        frames: Iterator[tuple[int, bool]],
        marks: Marks | None,
        line: Line | None,
        on_end: Callable[[], None],
    ) -> None:
        self._camera = camera
        self._stream = stream
        self._frames = frames
        self._marks = marks
        self._line = line
        self._seconds_each = 1 / camera.phase.clock.fps
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._next_unit: int | None = None
        self._is_first = True

    def send_due(self) -> None:
        """Sends what is due, and goes on until the end or ``stop``."""
        turn_ends = self._loop.time() + _TURN_SECONDS
        while self._may_send(turn_ends):
            number, is_last = next(self._frames, (None, True))
            if number is None:
                self._on_end()
                return
            self._send(number, is_last=is_last)
            self._due += self._seconds_each
        due = self._due if self._line is None else self._loop.time() + _TURN_SECONDS
        self._timer = self._loop.call_at(due, self.send_due)

    def stop(self) -> None:
        """Sends nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _may_send(self, turn_ends: float) -> bool:
        now = self._loop.time()
        if self._line is None:
            return self._due <= now
        return now < turn_ends and self._line.waiting_bytes < _MOST_WAITING_BYTES

    def _send(self, number: int, *, is_last: bool) -> None:
        phase = self._camera.phase
        has_gap = number != phase.next_number
        frame, shown = self._stream.frame_at(number)
        phase.next_number = number + 1
        ticks, utc_us = phase.clock.ticks(shown), phase.clock.utc_us(shown)
        stamped = frame.stamped(SeiStamp(utc_us, shown))
        for viewer in self._stream.viewers:
            wire, starts = viewer.address(frame, stamped, ticks)
            if starts and self._marks is not None:
                viewer.send(
                    self._marks.put(
                        wire, utc_us, is_clean=frame.is_key, is_last=is_last,
                        is_first=has_gap or self._is_first,
                    )
                )  # fmt: skip
            elif starts:
                viewer.send(wire)
        self._is_first = False
        self._send_sound(phase.clock.utc_us(number + 1) / 1_000_000, has_gap=has_gap)

    def _send_sound(self, until_utc: float, *, has_gap: bool) -> None:
        """The units of sound that ended since the last frame."""
        sound = self._stream.sound
        if sound is None:
            return
        newest = sound.newest_unit(until_utc)
        if self._next_unit is None or has_gap:
            self._next_unit = newest
        for number in range(self._next_unit, newest + 1):
            unit = sound.units[number % len(sound.units)]
            begins_us = round(sound.unit_ends_at(number - 1) * 1_000_000)
            for viewer in self._stream.listeners:
                ticks = number * sound.kind.unit_samples
                wire, starts = viewer.address(unit, unit.wire, ticks)
                if starts and self._marks is not None:
                    viewer.send(
                        self._marks.put(
                            wire, begins_us, is_clean=True, is_last=False, is_first=has_gap
                        )
                    )
                elif starts:
                    viewer.send(wire)
        self._next_unit = newest + 1
