"""Turns one stream's pictures and sound into runs, segments and fragments.

Decides on the event loop and lets the disk thread write. A run is unbroken: whatever breaks it
ends it with a reason, and the next key frame begins another. Lost packets do not break it: what
they may have damaged is marked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from sereno.base.clock import Clock, to_us
from sereno.media.contract import TIMESCALE, Noticed, RunStarted, StreamTask
from sereno.media.disk import DiskQueue
from sereno.media.faults import fault
from sereno.media.fmp4.writer import LARGEST_FRAGMENT_FRAMES
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.leave import Leave
from sereno.media.reorder import FIRST_DEPTH, Reorder
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.run import Gathered, Picture, Run
from sereno.media.segments import SegmentChain, next_cut_us
from sereno.media.soundtrack import SoundTrack
from sereno.media.timing import (
    LARGEST_JUMP_US,
    LARGEST_OWN_ERROR_US,
    RunClock,
    capture_us,
    clock_fault,
    ticks_to_us,
)
from sereno.policy.reasons import Reason
from sereno.wire.reports import ReasonReport

QUEUE_LIMIT_BYTES = 8 * 1024 * 1024
"""So much of one stream may wait for a slow disk; then pictures are lost, and the gap says why."""

HOLD_US = 300_000
"""A run is held back so long at most before it is written, to learn when it really began."""

KEY_FRAME_PATIENCE_US = 60_000_000
SILENCE_US = 10_000_000
"""Sound that did not come for so long is left out of the next run: players wait for a track that a
file promises."""

_SITE_STEP_US = 1_000_000
_LARGEST_REORDER_TICKS = 2 * TIMESCALE
_STABLE_TICKS = 10 * TIMESCALE
_LEAST_HOLE_TICKS = 2 * TIMESCALE
_FIRST_HOLE_TICKS = 10 * TIMESCALE
_HOLE_PICTURES = 5
_MOST_OFF_KEYS = 2


class _Break(NamedTuple):
    """Why a run ends. Where it is seamless, it lasts up to the key frame at hand."""

    reason: Reason
    is_seamless: bool = False


class Recorder:
    """The sink of one stream's sessions, for as long as the stream is recorded.

    `frame_count` and `byte_count` only grow; `lost_packets` and `drift_us` are of the last run.
    `is_stable` tells whether the last run went well for some seconds.
    """

    def __init__(
        self, task: StreamTask, queue: DiskQueue, clock: Clock, leave: Leave | None = None
    ) -> None:
        self.frame_count = 0
        self.byte_count = 0
        self.lost_packets = 0
        self.is_stable = False
        self._task = task
        self._queue = queue
        self._clock = clock
        self._chain = SegmentChain(task, queue.volume, leave)
        self._usual_ticks = self._fragment_ticks = task.fragment_ms * TIMESCALE // 1000
        self._segment_us = task.segment_seconds * 1_000_000
        self._hole_ticks = _FIRST_HOLE_TICKS
        self._run: Run | None = None
        self._last_run: Run | None = None
        self.begin_session()

    def begin_session(
        self, engine: str = "native", transport: Callable[[], str] = lambda: "tcp"
    ) -> None:
        """Forget what only held for the connection before. `transport` is asked at each run."""
        self.is_stable = False
        self._engine = engine
        self._transport = transport
        self._video: VideoFormat | None = None
        self._sound: SoundFormat | None = None
        self._report: SenderReport | None = None
        self._sound_report: SenderReport | None = None
        self._sound_heard_us = 0
        self._waiting_since_us = 0
        self._is_damaged = False
        self._noticed: set[str] = set()
        self._wall_offset_us = 0
        self._site_step_us = 0

    def shorten(self, fragment_ms: int | None) -> None:
        """From now on no fragment lasts longer than this; None: than the task says."""
        ticks = self._usual_ticks if fragment_ms is None else fragment_ms * TIMESCALE // 1000
        self._fragment_ticks = min(ticks, self._usual_ticks)

    @property
    def drift_us(self) -> int:
        """How far the run's wall time has been corrected since it began."""
        return self._last_run.clock.drift_us if self._last_run else 0

    # What the session calls.

    def now_us(self) -> int:
        """The wall-clock time, and a look at whether somebody set the machine's clock: wall and
        monotonic time part ways then."""
        now_us = to_us(self._clock.now())
        offset_us = now_us - int(self._clock.monotonic() * 1_000_000)
        step_us = offset_us - self._wall_offset_us
        self._wall_offset_us = offset_us
        if self._run is not None and abs(step_us) > _SITE_STEP_US:
            self._site_step_us += step_us
            self._sound_heard_us += step_us
            self._run.has_stepped = True
        return now_us

    def video_format(self, video: VideoFormat) -> None:
        self._video = video

    def video_report(self, report: SenderReport) -> None:
        self._report = report
        if wrong := clock_fault((report.wall_us - to_us(self._clock.now())) / 1e6):
            self.notice(wrong.key, dict(wrong.params))

    def packets_lost(self, count: int) -> None:
        self.lost_packets += count
        self._is_damaged = True

    def sound_format(self, sound: SoundFormat | None) -> None:
        self._sound = sound

    def sound_report(self, report: SenderReport) -> None:
        self._sound_report = report

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None:
        """Take one access unit of sound; outside a run of its format it is dropped."""
        self._sound_heard_us = arrival_us
        run = self._run
        sound = self._sound
        if run is None or sound is None or (run.is_open and run.sound_format != sound):
            return
        self.byte_count += len(sample)
        run.hear(sample, rtp_time, arrival_us - self._site_step_us, self._sound_report)

    def notice(self, key: str, params: dict[str, str]) -> None:
        """Tell people, once a session."""
        if key in self._noticed:
            return
        self._noticed.add(key)
        told = Noticed(
            camera_id=self._task.camera_id, stream=self._task.stream,
            at_us=to_us(self._clock.now()), reason=ReasonReport(key=key, params=params),
        )  # fmt: skip
        self._queue.say(told.model_dump_json())

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        """Take one access unit. Raises StreamFault where the stream cannot be recorded."""
        self.frame_count += 1
        self.byte_count += len(sample)
        run = self._run
        if run is not None and self._must_break(run, rtp_time, is_key, arrival_us):
            run = None
        is_damaged = self._is_damaged
        if is_key:
            self._is_damaged = False
        if run is None:
            run = self._begin_run(rtp_time, arrival_us) if is_key else None
            if run is None:
                self._wait_for_key(arrival_us)
                return
            ticks, is_damaged = 0, False
        else:
            ticks = run.clock.advance(rtp_time)
            if ticks < 0:
                return  # shown before the run's first key frame, and made from what came before it
        if not run.is_open:
            self._learn_start(run, ticks, arrival_us)
        observed_us = self._observed_us(run, rtp_time, arrival_us) if is_key else None
        picture = Picture(sample, is_key, is_damaged, observed_us)
        if run.order.passes(ticks):
            self._place(run, picture, ticks, 0)
            return
        for each, decode, offset in run.order.push(picture, ticks, is_key=is_key):
            self._place(run, each, decode, offset)

    def end_run(self, reason: Reason) -> None:
        """Write what was gathered and end the run, if there is one, with this reason."""
        run = self._run
        if run is not None:
            self._write_rest(run, None)
        if run is not None and self._run is run:
            self._close_run(run, reason)

    # Decisions.

    def _must_break(self, run: Run, rtp_time: int, is_key: bool, arrival_us: int) -> bool:
        broken = self._break_of(run, rtp_time, is_key, arrival_us)
        if broken is None:
            return False
        if broken.is_seamless:
            self._write_rest(run, run.clock.advance(rtp_time))
        if self._run is run:
            self.end_run(broken.reason)
        return True

    def _break_of(self, run: Run, rtp_time: int, is_key: bool, arrival_us: int) -> _Break | None:
        step = run.clock.step_of(rtp_time)
        shown = run.clock.ticks + step
        if step < 0 and (
            shown < run.order.newest - _LARGEST_REORDER_TICKS
            or run.order.depth_of(shown) > max(run.order.depth, FIRST_DEPTH)
        ):
            return _Break(Reason("camera_clock_stepped"))
        expected_us = run.clock.wall_us(shown)
        seen_us = arrival_us - self._site_step_us
        hole_ticks = shown - run.order.newest
        if hole_ticks > self._hole_ticks:
            # Some cameras send a picture in many seconds: the second such step is none.
            self._hole_ticks = _HOLE_PICTURES * min(hole_ticks, _FIRST_HOLE_TICKS)
            if expected_us - seen_us + run.lateness_us > ticks_to_us(hole_ticks) // 2:
                return _Break(Reason("camera_clock_stepped"))  # so much time did not pass
            if self._is_damaged:
                return _Break(Reason("packets_lost"))
            return _Break(Reason("no_picture", {"seconds": str(hole_ticks // TIMESCALE)}))
        if run.is_open and abs(seen_us - expected_us) > LARGEST_JUMP_US:
            return _Break(Reason("camera_clock_stepped"))
        return self._break_at_key(run, rtp_time, expected_us, arrival_us) if is_key else None

    def _break_at_key(
        self, run: Run, rtp_time: int, expected_us: int, arrival_us: int
    ) -> _Break | None:
        if run.has_stepped:
            return _Break(Reason("clock_stepped"), is_seamless=True)
        has_other_sound = run.is_open and self._audible(arrival_us) != run.sound_format
        if self._video != run.video or has_other_sound:
            return _Break(Reason("format_changed"), is_seamless=True)
        said_us = self._observed_us(run, rtp_time, arrival_us) if run.source == "rtcp" else None
        is_off = said_us is not None and abs(said_us - expected_us) > LARGEST_OWN_ERROR_US
        run.off_keys = run.off_keys + 1 if is_off else 0
        if run.off_keys >= _MOST_OFF_KEYS:
            return _Break(Reason("camera_clock_stepped"), is_seamless=True)
        return None

    def _observed_us(self, run: Run, rtp_time: int, arrival_us: int) -> int | None:
        """When a picture was taken, by the clock that the run goes by."""
        seen_us = arrival_us - self._site_step_us
        return capture_us(self._report, rtp_time, seen_us) if run.source == "rtcp" else seen_us

    def _audible(self, arrival_us: int) -> SoundFormat | None:
        """The sound that a run should have: none where it is announced and does not come."""
        return self._sound if arrival_us - self._sound_heard_us <= SILENCE_US else None

    def _wait_for_key(self, arrival_us: int) -> None:
        if not self._waiting_since_us or self._is_choked():
            self._waiting_since_us = arrival_us
        elif arrival_us - self._waiting_since_us > KEY_FRAME_PATIENCE_US:
            raise fault("no_picture", seconds=KEY_FRAME_PATIENCE_US // 1_000_000)

    def _is_choked(self) -> bool:
        return self._queue.pending_bytes > QUEUE_LIMIT_BYTES // 2

    # Writing.

    def _begin_run(self, rtp_time: int, arrival_us: int) -> Run | None:
        video = self._video
        if video is None or self._is_choked():
            return None
        run = Run(
            video, RunClock(rtp_time, arrival_us), rtp_time, arrival_us,
            Reorder(video.reorder_frames), self._transport(),
        )  # fmt: skip
        loop = asyncio.get_running_loop()
        run.opening = loop.call_later(HOLD_US / 1_000_000, self._open_run, run)
        self._run = self._last_run = run
        self._site_step_us = self._waiting_since_us = self.lost_packets = 0
        return run

    def _learn_start(self, run: Run, ticks: int, arrival_us: int) -> None:
        """A camera that begins with pictures it had kept sends them faster than they were taken:
        then the run began earlier than they came. The least late of them tells when."""
        run.newest_us = arrival_us
        seen_us, media_us = arrival_us - self._site_step_us, ticks_to_us(ticks)
        run.clock.move_start(min(run.clock.wall_us(0), seen_us - media_us))
        elapsed_us = seen_us - run.first_seen_us
        is_steady = ticks >= self._usual_ticks and 2 * elapsed_us >= media_us
        is_heard = self._audible(arrival_us) == self._sound
        if (is_steady and is_heard) or elapsed_us >= HOLD_US:
            self._open_run(run)

    def _open_run(self, run: Run) -> None:
        """Begin to write the run, now that it is known when it began."""
        if run.is_open or self._run is not run:
            return
        sound = self._audible(run.newest_us)
        said_us = capture_us(self._report, run.first_rtp_time, run.clock.wall_us(0))
        run.open(said_us, SoundTrack(sound) if sound else None, self._sound_report)
        started = RunStarted(
            camera_id=self._task.camera_id, stream=self._task.stream,
            at_us=run.clock.wall_us(0), run_id=run.run_id, codec=run.video.codec,
            width=run.video.width, height=run.video.height, transport=run.transport,
            engine=self._engine, clock=run.source,
            sound=sound.codec if sound else "", advertised_fps=run.video.fps,
        )  # fmt: skip
        self._queue.put(partial(self._chain.begin_run, started))
        self._open_segment(run, 0)
        held, run.held = run.held, []
        for each in held:
            self._write(run, each)

    def _place(self, run: Run, picture: Picture, decode: int, offset: int) -> None:
        if self._run is not run:
            return  # the disk was too slow for it
        run.is_damaged |= picture.is_damaged
        if picture.is_key:
            self._reach_key(run, decode, decode + offset, picture.observed_us)
        elif run.ticks and (
            decode - run.ticks[0] >= self._fragment_ticks
            or len(run.ticks) == LARGEST_FRAGMENT_FRAMES
        ):
            self._flush(run, decode)
        run.gather(picture, decode, offset)

    def _reach_key(self, run: Run, decode: int, shown: int, observed_us: int | None) -> None:
        self._flush(run, decode)
        run.is_damaged = False
        if self._run is not run or not run.is_open:
            return
        if observed_us is not None:
            run.clock.correct(shown, observed_us)
        if decode > _STABLE_TICKS:
            self.is_stable = True
        if run.clock.wall_us(decode) >= run.cut_at_us:
            self._open_segment(run, decode)

    def _open_segment(self, run: Run, ticks: int) -> None:
        start_us = run.clock.wall_us(ticks)
        run.cut_at_us = next_cut_us(self._task.camera_id, start_us, self._segment_us)
        run.sequence = 0
        self._queue.put(
            partial(
                self._chain.open, run.run_id, run.video, start_us, ticks, run.source,
                run.sound_format, self._engine,
            )
        )  # fmt: skip

    def _flush(self, run: Run, end_ticks: int) -> None:
        """Make the gathered pictures a fragment that lasts up to `end_ticks`."""
        if not run.ticks:
            return
        usual_ticks = (end_ticks - run.ticks[0]) // len(run.ticks)
        self._hole_ticks = max(_LEAST_HOLE_TICKS, _HOLE_PICTURES * usual_ticks)
        gathered = run.cut(end_ticks)
        if run.is_open:
            self._write(run, gathered)
            return
        run.hold(gathered)
        if run.held_bytes > QUEUE_LIMIT_BYTES // 2:
            self._open_run(run)

    def _write(self, run: Run, gathered: Gathered) -> None:
        if self._run is not run:
            return
        if self._queue.pending_bytes + gathered.size_bytes > QUEUE_LIMIT_BYTES:
            self._close_run(run, Reason("disk_slow"))
            return
        fragment = run.fragment(gathered)
        self._queue.put(partial(self._chain.append, fragment), gathered.size_bytes)

    def _write_rest(self, run: Run, end_ticks: int | None) -> None:
        """Write all that came, up to `end_ticks` or to the end of the last picture."""
        for each, decode, offset in run.order.drain():
            self._place(run, each, decode, offset)
        if run.ticks and self._run is run:
            end = run.usual_end() if end_ticks is None else end_ticks
            self._flush(run, max(end, run.ticks[-1] + 1))
        self._open_run(run)

    def _close_run(self, run: Run, reason: Reason) -> None:
        self._run = None
        self._queue.put(partial(self._chain.end_run, run.run_id, ReasonReport.of(reason)))
