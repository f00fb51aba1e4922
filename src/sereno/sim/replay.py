"""Footage over RTSP: sessions that play what was recorded, at the pace it was recorded in.

A simulated picture is a function of its instant, so footage needs no store: a replay sends frames
of the past with the stamps that they had then. Gaps are skipped; the RTP clock follows the footage
and jumps over them. There are no sender reports, as recorders send none that tell of the footage.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from sereno.base.spans import Span
from sereno.sim.cameras import Phase, SimCamera, SimStream
from sereno.sim.marks import SeiStamp
from sereno.sim.outlets import Line
from sereno.sim.quirks import Quirks
from sereno.sim.rtp_clock import NO_REPORTS
from sereno.sim.sessions import Session
from sereno.sim.timing import frame_runs
from sereno.sim.viewers import Viewer

Tape = Callable[[int, Span], Sequence[Span]]
"""What was recorded of a camera (by its number) within a span: whole files, oldest first."""


class Playback:
    """What a recorder's RTSP port plays; ``clock`` gives UTC in seconds since 1970.

    More than ``most_sessions`` at once are refused (None: no limit). Where it ``runs_on``, the
    asked end is not heeded and play goes on to what was recorded last. ``started`` counts sessions.
    """

    def __init__(
        self,
        tape: Tape,
        clock: Callable[[], float],
        *,
        most_sessions: int | None = None,
        runs_on: bool = False,
    ) -> None:
        self.most_sessions = most_sessions
        self.runs_on = runs_on
        self.started = 0
        self._tape = tape
        self._clock = clock
        self._open: set[Session] = set()

    @property
    def open_sessions(self) -> int:
        """Sessions that are set up now."""
        return len(self._open)

    @property
    def is_full(self) -> bool:
        """Whether one more would be too many."""
        return self.most_sessions is not None and len(self._open) >= self.most_sessions

    def holds(self, camera: SimCamera, span: Span) -> bool:
        """Whether anything was recorded in a span."""
        return any(file.overlap(span) for file in self._tape(camera.number, span))

    def session(self, camera: SimCamera, stream: SimStream, span: Span, line: Line) -> Session:
        """A new session that plays a span, from the key frame at or before its start."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        if self.runs_on and now > span.end:
            span = Span(span.start, now)
        files = self._tape(camera.number, span)
        runs = frame_runs(stream.is_key, camera.phase.clock, span, files)
        replay = ReplaySession(camera, stream, line, runs, self._open.discard)
        self._open.add(replay)
        self.started += 1
        return replay


class ReplaySession(Session):
    """A session with a camera of its own, which stands where the footage is."""

    def __init__(
        self,
        camera: SimCamera,
        stream: SimStream,
        line: Line,
        runs: Sequence[range],
        on_end: Callable[[Session], None],
    ) -> None:
        first = runs[0].start if runs else camera.phase.next_number
        past = _camera_at(camera, first)
        clock = past.phase.clock
        super().__init__(
            past,
            past.streams[stream.kind],
            line,
            lambda: clock.utc_us(past.phase.next_number) / 1_000_000,
        )
        self.source = stream
        self._on_end = on_end
        self._frames = (number for run in runs for number in run)
        self._pump: _Pump | None = None

    def play(self) -> None:
        super().play()
        if self._pump is None:
            fps = self.camera.phase.clock.fps
            self._pump = _Pump(self.camera, self.stream, self._frames, fps, self._say_bye)
            self._pump.send_due()

    def end(self) -> None:
        if self._pump is not None:
            self._pump.stop()
        super().end()
        self._on_end(self)


def _camera_at(camera: SimCamera, number: int) -> SimCamera:
    """A camera like this one, whose next frame is ``number``, and that nobody watches yet."""
    past = copy.copy(camera)
    past.phase = Phase(camera.phase.clock, number)
    past.quirks = Quirks({**camera.quirks, NO_REPORTS: 0.0})
    past.sessions = set()
    past.is_stalled = False
    past.streams = {
        stream.kind: SimStream(stream.kind, stream.picture, stream.loop, stream.sound)
        for stream in camera.streams.values()
    }
    return past


class _Pump:
    """Sends one replay's frames, each when its turn has come since the first."""

    def __init__(
        self,
        camera: SimCamera,
        stream: SimStream,
        frames: Iterator[int],
        fps: int,
        on_end: Callable[[], None],
    ) -> None:
        self._camera = camera
        self._stream = stream
        self._frames = frames
        self._seconds_each = 1 / fps
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._next_unit: int | None = None

    def send_due(self) -> None:
        """Sends what is due, and goes on until the end or ``stop``."""
        while self._due <= self._loop.time():
            number = next(self._frames, None)
            if number is None:
                self._on_end()
                return
            self._send(number)
            self._due += self._seconds_each
        self._timer = self._loop.call_at(self._due, self.send_due)

    def stop(self) -> None:
        """Sends nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _send(self, number: int) -> None:
        phase = self._camera.phase
        has_gap = number != phase.next_number
        frame, shown = self._stream.frame_at(number)
        phase.next_number = number + 1
        ticks = phase.clock.ticks(shown)
        stamped = frame.stamped(SeiStamp(phase.clock.utc_us(shown), shown))
        for viewer in self._stream.viewers:
            _send_to(viewer, viewer.address(frame, stamped, ticks))
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
            for viewer in self._stream.listeners:
                ticks = number * sound.kind.unit_samples
                _send_to(viewer, viewer.address(unit, unit.wire, ticks))
        self._next_unit = newest + 1


def _send_to(viewer: Viewer, addressed: tuple[bytearray, tuple[int, ...]]) -> None:
    wire, starts = addressed
    if starts:
        viewer.send(wire)
