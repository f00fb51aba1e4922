"""Footage over RTSP: sessions that play what was recorded, at the pace it was recorded in.

A simulated picture is a function of its instant, so footage needs no store: a replay sends frames
of the past with the stamps that they had then. Gaps are skipped; the RTP clock follows the footage
and jumps over them. There are no sender reports, as recorders send none that tell of the footage.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sereno.base.spans import Span
from sereno.sim.cameras import Phase, SimCamera, SimStream
from sereno.sim.outlets import InterleavedOutlet, Line
from sereno.sim.quirks import Quirks
from sereno.sim.replay_pump import Marks, ReplayPump, frames_of
from sereno.sim.rtp_clock import NO_REPORTS
from sereno.sim.seeking import BadRange, PlayOrder, Seeking
from sereno.sim.sessions import Session
from sereno.sim.timing import frame_runs

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
        self._pump: ReplayPump | None = None

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

    def _new_pump(self) -> ReplayPump:
        frames = frames_of(self._runs)
        if self._order.keys_only:
            frames = (each for each in frames if self.source.is_key(each[0]))
        is_tcp = all(isinstance(each.outlet, InterleavedOutlet) for each in self.tracks.values())
        seeking = self._seeking
        marks = Marks(seeking, self._order.cseq) if seeking and seeking.tells_times else None
        line = None if self._order.is_paced or not is_tcp else self._line
        return ReplayPump(self.camera, self.stream, frames, marks, line, self._say_bye)


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
