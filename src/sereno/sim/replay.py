"""Footage over RTSP: sessions that play what was recorded, at the pace it was recorded in.

A simulated picture is a function of its instant, so footage needs no store: a replay sends frames
of the past with the stamps that they had then. Gaps are skipped; the RTP clock follows the footage
and jumps over them. There are no sender reports, as recorders send none that tell of the footage.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sereno.base.clock import from_us, to_us
from sereno.base.spans import Span
from sereno.sim.cameras import Phase, SimCamera, SimStream
from sereno.sim.marks import SeiStamp
from sereno.sim.outlets import InterleavedOutlet, Line, Wire
from sereno.sim.quirks import Quirks
from sereno.sim.rtp_clock import NO_REPORTS
from sereno.sim.seeking import BadRange, PlayOrder, Seeking, with_time
from sereno.sim.sessions import Session
from sereno.sim.timing import frame_runs

_TURN_SECONDS = 0.005
_MOST_WAITING_BYTES = 256 * 1024
Tape = Callable[[int, Span], Sequence[Span]]
"""What was recorded of a camera (by its number) within a span: whole files, oldest first."""


class Playback:
    """What a recorder's RTSP port plays; ``clock`` gives UTC in seconds since 1970.

    More than ``most_sessions`` at once are refused (None: no limit). Where it ``runs_on``, the
    asked end is not heeded and play goes on to what was recorded last. With ``seeking`` PLAY says
    what to play of the footage that an address names. ``started`` counts sessions.
    """

    def __init__(
        self,
        tape: Tape,
        clock: Callable[[], float],
        *,
        most_sessions: int | None = None,
        runs_on: bool = False,
        seeking: Seeking | None = None,
    ) -> None:
        self.most_sessions = most_sessions
        self.runs_on = runs_on
        self.started = 0
        self._tape = tape
        self._clock = clock
        self._seeking = seeking
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
        now = self._now()
        if self.runs_on and now > span.end:
            span = Span(span.start, now)
        runs = self._runs(camera, stream, span)
        replay = ReplaySession(camera, stream, line, runs, self._open.discard)
        replay.span = span
        self._open.add(replay)
        self.started += 1
        return replay

    def seek(self, session: Session, headers: Mapping[str, str]) -> str | None:
        """Moves a session to where PLAY asks for.

        What it plays, as a Range header says it; None where PLAY has nothing to say about that.
        Raises BadRange.
        """
        if self._seeking is None or not isinstance(session, ReplaySession):
            return None
        order = self._seeking.order(headers, self._now())
        span = order.span or session.span
        runs = self._runs(session.camera, session.source, span)
        if not runs:
            raise BadRange
        session.follow(runs, order, self._seeking)
        return self._seeking.reach(span)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _runs(self, camera: SimCamera, stream: SimStream, span: Span) -> list[range]:
        files = self._tape(camera.number, span)
        return frame_runs(stream.is_key, camera.phase.clock, span, files)


class ReplaySession(Session):
    """A session with a camera of its own, which stands where the footage is."""

    span: Span
    """What its address names."""

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
        self._runs = runs
        self._order = PlayOrder(None)
        self._seeking: Seeking | None = None
        self._pump: _Pump | None = None

    def follow(self, runs: Sequence[range], order: PlayOrder, seeking: Seeking) -> None:
        """From its next ``play`` on it plays these frames in that way."""
        if self._pump is not None:
            self._pump.stop()
            self._pump = None
        self._runs, self._order, self._seeking = runs, order, seeking
        self.camera.phase.next_number = runs[0].start

    def play(self) -> None:
        super().play()
        if self._pump is None:
            self._pump = self._new_pump()
            self._pump.send_due()

    def end(self) -> None:
        if self._pump is not None:
            self._pump.stop()
        super().end()
        self._on_end(self)

    def _new_pump(self) -> _Pump:
        frames = _frames(self._runs)
        if self._order.keys_only:
            frames = (each for each in frames if self.source.is_key(each[0]))
        is_tcp = all(isinstance(each.outlet, InterleavedOutlet) for each in self.tracks.values())
        seeking = self._seeking
        marks = _Marks(seeking, self._order.cseq) if seeking and seeking.tells_times else None
        line = None if self._order.is_paced or not is_tcp else self._line
        return _Pump(self.camera, self.stream, frames, marks, line, self._say_bye)


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


def _frames(runs: Sequence[range]) -> Iterator[tuple[int, bool]]:
    """The numbers of all frames, and whether a gap or the end follows."""
    next_starts = [*(run.start for run in runs[1:]), None]
    for run, next_start in zip(runs, next_starts, strict=False):
        for number in run:
            yield number, number + 1 == run.stop != next_start


@dataclass(slots=True)
class _Marks:
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


class _Pump:
    """Sends one replay's frames, each when its turn has come since the first.

    With ``line`` they leave as fast as that takes them.
    """

    def __init__(
        self,
        camera: SimCamera,
        stream: SimStream,
        frames: Iterator[tuple[int, bool]],
        marks: _Marks | None,
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
