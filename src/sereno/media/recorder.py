"""Turns one stream's pictures into runs, segments and fragments.

Decides on the event loop and lets the disk thread write. A run is unbroken: whatever breaks it
ends it with a reason, and the next key frame begins another.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from uuid import UUID, uuid4

from sereno.base.clock import Clock, to_us
from sereno.media.contract import TIMESCALE, RunStarted, StreamTask
from sereno.media.disk import DiskQueue
from sereno.media.faults import StreamFault, fault
from sereno.media.fmp4.writer import LARGEST_FRAGMENT_FRAMES, fragment_head
from sereno.media.formats import VideoFormat
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.segments import FragmentBytes, SegmentChain
from sereno.media.timing import LARGEST_JUMP_US, RunClock, capture_us
from sereno.policy.reasons import Reason
from sereno.wire.reports import ReasonReport

QUEUE_LIMIT_BYTES = 8 * 1024 * 1024
"""So much of one stream may wait for a slow disk; then pictures are lost, and the gap says why."""

KEY_FRAME_PATIENCE_US = 60_000_000
_SITE_STEP_US = 1_000_000
_REORDER_TICKS = TIMESCALE // 2
_MOST_REORDERS = 3
_STABLE_TICKS = 10 * TIMESCALE
_FIRST_DURATION_TICKS = TIMESCALE // 25


@dataclass(slots=True)
class _Run:
    """What is true of the run in progress, and the fragment that is being gathered."""

    run_id: UUID
    video: VideoFormat
    clock: RunClock
    clock_source: str
    cut_at_us: int = 0
    sequence: int = 0
    has_stepped: bool = False
    samples: list[bytearray] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)
    is_key: bool = True
    size_bytes: int = 0
    last_duration: int = _FIRST_DURATION_TICKS


class Recorder:
    """The sink of one stream's sessions, for as long as the stream is recorded.

    `frame_count` and `byte_count` only grow. `is_stable` tells whether the last run went well for
    some seconds.
    """

    def __init__(self, task: StreamTask, queue: DiskQueue, clock: Clock) -> None:
        self.frame_count = 0
        self.byte_count = 0
        self.is_stable = False
        self._task = task
        self._queue = queue
        self._clock = clock
        self._chain = SegmentChain(task)
        self._fragment_ticks = task.fragment_ms * TIMESCALE // 1000
        self._segment_us = task.segment_seconds * 1_000_000
        self._run: _Run | None = None
        self.begin_session()

    def begin_session(self) -> None:
        """Forget what only held for the connection before."""
        self.is_stable = False
        self._video: VideoFormat | None = None
        self._report: SenderReport | None = None
        self._waiting_since_us = 0
        self._reorder_count = 0
        self._wall_offset_us = 0
        self._site_step_us = 0

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
            self._run.has_stepped = True
        return now_us

    def video_format(self, video: VideoFormat) -> None:
        self._video = video

    def video_report(self, report: SenderReport) -> None:
        self._report = report

    def packets_lost(self, count: int) -> None:
        self.end_run(Reason("packets_lost"))

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        """Take one access unit. Raises StreamFault where the stream cannot be recorded."""
        self.frame_count += 1
        self.byte_count += len(sample)
        run = self._run
        if run is not None and self._must_break(run, rtp_time, is_key, arrival_us):
            run = None
        if run is None:
            run = self._begin_run(rtp_time, arrival_us) if is_key else None
            if run is None:
                self._wait_for_key(arrival_us)
                return
            ticks = 0
        else:
            ticks = run.clock.advance(rtp_time)
            if is_key:
                self._reach_key(run, ticks, rtp_time, arrival_us)
            elif run.ticks and (
                ticks - run.ticks[0] >= self._fragment_ticks
                or len(run.ticks) == LARGEST_FRAGMENT_FRAMES
            ):
                self._flush(run, ticks)
        if self._run is run:  # it is not, where the disk was too slow for it
            _gather(run, sample, ticks, is_key)

    def end_run(self, reason: Reason) -> None:
        """Write what was gathered and end the run, if there is one, with this reason."""
        run = self._run
        if run is None:
            return
        if run.ticks:
            self._flush(run, run.ticks[-1] + run.last_duration)
        if self._run is run:
            self._close_run(run, reason)

    # Decisions.

    def _must_break(self, run: _Run, rtp_time: int, is_key: bool, arrival_us: int) -> bool:
        reason = self._break_reason(run, rtp_time, is_key, arrival_us)
        if reason is None:
            return False
        if reason in ("clock_stepped", "format_changed"):
            # The picture at hand is a key frame: the old run lasts up to it and nothing is lost.
            self._flush(run, run.clock.advance(rtp_time))
        if self._run is run:
            self.end_run(Reason(reason))
        return True

    def _break_reason(self, run: _Run, rtp_time: int, is_key: bool, arrival_us: int) -> str | None:
        step = run.clock.step_of(rtp_time)
        if step < 0:
            self._meet_reorder(step)
            return "camera_clock_stepped"
        expected_us = run.clock.wall_us(run.clock.ticks + step)
        if abs(arrival_us - self._site_step_us - expected_us) > LARGEST_JUMP_US:
            return "camera_clock_stepped"
        if is_key and run.has_stepped:
            return "clock_stepped"
        if is_key and self._video != run.video:
            return "format_changed"
        return None

    def _meet_reorder(self, step: int) -> None:
        """Pictures that are shown in another order than sent would end a run each."""
        self._reorder_count += step > -_REORDER_TICKS
        if self._reorder_count >= _MOST_REORDERS:
            raise fault("codec_unknown", codec="H.264 (B-frames)")

    def _wait_for_key(self, arrival_us: int) -> None:
        if not self._waiting_since_us or self._is_choked():
            self._waiting_since_us = arrival_us
        elif arrival_us - self._waiting_since_us > KEY_FRAME_PATIENCE_US:
            raise fault("no_picture", seconds=KEY_FRAME_PATIENCE_US // 1_000_000)

    def _is_choked(self) -> bool:
        return self._queue.pending_bytes > QUEUE_LIMIT_BYTES // 2

    def _begin_run(self, rtp_time: int, arrival_us: int) -> _Run | None:
        video = self._video
        if video is None or self._is_choked():
            return None
        captured_us = capture_us(self._report, rtp_time, arrival_us)
        start_us = arrival_us if captured_us is None else captured_us
        source = "arrival" if captured_us is None else "rtcp"
        run = _Run(uuid4(), video, RunClock(rtp_time, start_us), source)
        self._run = run
        self._site_step_us = self._waiting_since_us = 0
        started = RunStarted(
            camera_id=self._task.camera_id, stream=self._task.stream, at_us=start_us,
            run_id=run.run_id, codec=video.codec, width=video.width, height=video.height,
            transport="tcp",
        )  # fmt: skip
        self._queue.put(partial(self._chain.begin_run, started))
        self._open_segment(run, 0)
        return run

    def _reach_key(self, run: _Run, ticks: int, rtp_time: int, arrival_us: int) -> None:
        self._flush(run, ticks)
        observed_us: int | None = arrival_us - self._site_step_us
        if run.clock_source == "rtcp":
            observed_us = capture_us(self._report, rtp_time, arrival_us)
        if observed_us is not None:
            run.clock.correct(ticks, observed_us)
        if ticks > _STABLE_TICKS:
            self.is_stable = True
            self._reorder_count = 0
        if self._run is run and run.clock.wall_us(ticks) >= run.cut_at_us:
            self._open_segment(run, ticks)

    def _open_segment(self, run: _Run, ticks: int) -> None:
        start_us = run.clock.wall_us(ticks)
        run.cut_at_us = next_cut_us(self._task.camera_id, start_us, self._segment_us)
        run.sequence = 0
        self._queue.put(
            partial(self._chain.open, run.run_id, run.video, start_us, ticks, run.clock_source)
        )

    def _flush(self, run: _Run, end_ticks: int) -> None:
        """Hand the gathered frames to the disk as one fragment that lasts up to `end_ticks`."""
        if not run.ticks:
            return
        samples, ticks, size_bytes = run.samples, run.ticks, run.size_bytes
        run.samples, run.ticks, run.size_bytes = [], [], 0
        if self._queue.pending_bytes + size_bytes > QUEUE_LIMIT_BYTES:
            self._close_run(run, Reason("disk_slow"))
            return
        run.sequence += 1
        durations = [later - earlier for earlier, later in pairwise((*ticks, end_ticks))]
        run.last_duration = durations[-1]
        wall_us = run.clock.wall_us(ticks[0])
        sizes = list(map(len, samples))
        head = fragment_head(run.sequence, ticks[0], wall_us, durations, sizes, is_key=run.is_key)
        fragment = FragmentBytes(head, samples, wall_us, ticks[0], end_ticks - ticks[0], run.is_key)
        self._queue.put(partial(self._chain.append, fragment), size_bytes)

    def _close_run(self, run: _Run, reason: Reason) -> None:
        self._run = None
        self._queue.put(partial(self._chain.end_run, run.run_id, ReasonReport.of(reason)))


def _gather(run: _Run, sample: bytearray, ticks: int, is_key: bool) -> None:
    if not run.ticks:
        run.is_key = is_key
    run.samples.append(sample)
    run.ticks.append(ticks)
    run.size_bytes += len(sample)


def next_cut_us(camera_id: UUID, start_us: int, segment_us: int) -> int:
    """When a segment that begins at `start_us` should end: on the camera's own beat.

    The beat is the segment length, its phase comes from the camera's id, so that files of many
    cameras do not end together. A first segment is half to one and a half beats long.
    """
    phase_us = camera_id.int % segment_us
    soonest_us = start_us + segment_us // 2
    return soonest_us + (phase_us - soonest_us) % segment_us


def disk_fault(error: OSError) -> StreamFault:
    """What a failed write means for people."""
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return fault("disk_full" if is_full else "disk_failed", str(error))
