"""What the node knows of one stream: its open run, open segment, open absence and state.

Pure: events and times come in, changed rows go into `Unsaved`. While a stream is wanted, exactly
one of run and absence is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4

from sereno.base.clock import Clock, to_us
from sereno.media.contract import (
    TIMESCALE,
    Connecting,
    Event,
    Failed,
    FfmpegStarted,
    FragmentWritten,
    Learned,
    Measured,
    Memory,
    Noticed,
    RunEnded,
    RunStarted,
    SegmentOpened,
    SegmentSealed,
)
from sereno.media.index import Fragment, FragmentIndex, pack_index
from sereno.node.damage import add_damage
from sereno.node.rows import NOWHERE, AbsenceRow, MemoryRow, RunRow, SegmentRow, StreamKey
from sereno.node.unsaved import Unsaved
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import entry
from sereno.wire.reports import ReasonReport, StreamState

CONNECTING = ReasonReport(key="connecting")
DISK_SLOW = ReasonReport(key="disk_slow")
STALLED_AFTER_SECONDS = 3.0
ABSENCE_STEP_US = 5_000_000
START_US = 1_000_000
STABLE_US = 10_000_000  # a stream that went well for so long has left its last failure behind
AT_REST = (StreamState.PAUSED, StreamState.NOT_SCHEDULED, StreamState.STANDBY)
# Why a run ended by plan; a stream that connects after it does not rest any more.
_REST_KEYS = frozenset({"paused", "not_scheduled", "holiday"})
_DISK_KEYS = frozenset({"disk_full", "disk_failed", "disk_missing", "disk_slow"})


@dataclass(slots=True)
class OpenSegment:
    """The file being written, and the index of its fragments so far."""

    row: SegmentRow
    fragments: list[Fragment] = field(default_factory=list)

    def add(self, fragment: Fragment) -> None:
        """Raises ValueError for a fragment that does not follow the one before in the file."""
        if fragment.offset_bytes != self.row.size_bytes:
            raise ValueError("a fragment does not follow the one before")
        self.fragments.append(fragment)
        self.row.size_bytes = fragment.end_bytes

    def to_row(self) -> SegmentRow:
        """The row as far as the file has come, with its index."""
        return replace(self.row, fragments=pack_index(FragmentIndex.of(self.fragments)))


@dataclass(slots=True)
class StreamBook:
    """Apply events with `apply`; read what follows from the fields."""

    key: StreamKey
    unsaved: Unsaved
    clock: Clock
    is_wanted: bool = False
    state: StreamState = StreamState.CONNECTING
    since_us: int = 0
    reason: ReasonReport | None = None
    next_try_us: int | None = None
    started: RunStarted | None = None
    bitrate_bps: int = 0
    fps: float = 0.0
    fragments_per_second: float = 0.0
    key_interval_seconds: float = 0.0
    lost_packets: int = 0
    last_error: ReasonReport | None = None
    last_exit: str = ""  # how the process that carried it last ended
    starts: int = 0
    ffmpeg_command: str = ""  # of the engine's last try; empty: another engine has the stream
    probe: ReasonReport | None = None  # what a try before its next window met
    notices: tuple[ReasonReport, ...] = ()  # of the connection that is, or was last
    memory: Memory | None = None
    retry_number: int = 0
    volume_id: UUID = NOWHERE  # that the stream was last started on
    newest_us: int | None = None
    run: RunRow | None = None
    segment: OpenSegment | None = None
    absence: AbsenceRow | None = None
    last_sequence: int = 0
    last_sha256: str = ""
    # Files that are written no more and were not sealed: whoever keeps the book has them mended.
    unsealed: list[SegmentRow] = field(default_factory=list)
    was_down_until_us: int = 0  # when the node began, if it knew the stream by then
    is_disk_still: bool = False  # its runner's disk has done nothing for some seconds
    _heard_at: float = 0.0  # monotonic: a clock that is set must not stall a stream
    _fragments: int = 0  # since it was measured last
    _measured_at: float = 0.0
    _last_key_ticks: int | None = None

    def want(self) -> None:
        """The stream is to be recorded from now on."""
        if not self.is_wanted or self.state in AT_REST:
            self.probe = None
            self._begin(StreamState.CONNECTING, None)

    def rest(self, state: StreamState, reason: ReasonReport) -> None:
        """The stream is ordered and is not recorded now, for this reason.

        On standby the other node tells what becomes of it.
        """
        if state is StreamState.STANDBY:
            self.unwant()
            self.next_try_us = None
            self._set_state(state, reason, to_us(self.clock.now()))
        elif not self.is_wanted or self.state is not state or self.reason != reason:
            self._begin(state, reason)

    def _begin(self, state: StreamState, reason: ReasonReport | None) -> None:
        now_us = to_us(self.clock.now())
        # A node that starts reads its orders at once: that moment is no gap of its own.
        has_just_started = 0 <= now_us - self.was_down_until_us < START_US
        from_us = self.was_down_until_us if has_just_started and not self.is_wanted else now_us
        self.is_wanted = True
        self.next_try_us = None
        self._set_state(state, reason, now_us)
        self._be_absent(reason or CONNECTING, from_us)

    def learn(self, row: MemoryRow) -> None:
        """What worked with this stream, now or before the node's start."""
        self.memory, self.retry_number = row.memory, row.retry_number

    def forget_before(self, retry_number: int) -> None:
        """A person asked, by a higher number, to try everything anew."""
        if retry_number > self.retry_number:
            self.memory, self.retry_number = None, retry_number

    def unwant(self) -> None:
        """Nobody wants the stream any more: what is missing from now on needs no reason."""
        self.is_wanted = False
        if self.absence is not None:
            self._close_absence(to_us(self.clock.now()))

    def node_stops(self, reason: ReasonReport) -> None:
        """From now on, until the node's next start, `reason` is why nothing is recorded."""
        self._be_absent(reason, to_us(self.clock.now()))

    def apply(self, event: Event) -> None:
        """Take what the runner says. Raises ValueError where that makes no sense."""
        match event:
            case FragmentWritten():
                self._fragment(event)
            case Measured():
                self._measured(event)
            case Learned():
                self.memory = event.memory
                self.unsaved.touch_memory(MemoryRow(self.key, event.memory, self.retry_number))
            case FfmpegStarted():
                self.ffmpeg_command = event.command
            case Noticed():
                self._noticed(event.reason)
            case Connecting():
                self._connecting(event)
            case Failed():
                self._failed(event)
            case RunStarted():
                self._run_started(event)
            case SegmentOpened():
                self._segment_opened(event)
            case SegmentSealed():
                self._segment_sealed(event)
            case RunEnded():
                self.end_run(event.reason, event.at_us)

    def tick(self) -> None:
        """Time passes: an absence grows, a silent stream is stalled."""
        now_us = to_us(self.clock.now())
        if self.absence is not None and now_us - self.absence.end_us >= ABSENCE_STEP_US:
            self.absence.end_us = now_us
            self.unsaved.touch_absence(self.absence)
        silent_seconds = self.clock.monotonic() - self._heard_at
        if self.state is StreamState.RECORDING and silent_seconds > STALLED_AFTER_SECONDS:
            if self.is_disk_still:
                self._set_state(StreamState.NO_DISK, DISK_SLOW, now_us)
                return
            reason = ReasonReport(key="no_picture", params={"seconds": f"{silent_seconds:.0f}"})
            self._set_state(StreamState.STALLED, reason, now_us)

    def end_run(self, reason: ReasonReport, at_us: int) -> None:
        """Coverage broke off at `at_us`."""
        self._leave_segment()
        run, self.run = self.run, None
        self._note_error(reason)
        self._forget_measures()
        if run is not None:
            run.end_us = at_us = max(run.end_us, at_us)
            run.is_open, run.end_reason = False, reason
            if run.end_us > run.start_us:  # a run without a fragment covers nothing
                self.unsaved.touch_run(run)
        self._set_state(StreamState.CONNECTING, reason, at_us)
        self._be_absent(reason, at_us)

    def break_off(self, reason: ReasonReport, end_us: int) -> None:
        """The writer died and the ledger already says so: footage goes up to `end_us`."""
        end_us = max(end_us, self.run.start_us if self.run else 0)
        self.run, self.segment = None, None
        self._note_error(reason)
        self._forget_measures()
        self._set_state(StreamState.CONNECTING, reason, end_us)
        self._be_absent(reason, end_us)

    def _connecting(self, event: Connecting) -> None:
        self.notices, self.next_try_us = (), None
        # Why the last try failed tells more than that a new one begins.
        reason = self.reason
        if reason is not None and reason.key in _REST_KEYS:
            reason = None
        self._set_state(StreamState.CONNECTING, reason, event.at_us)
        self._be_absent(reason or CONNECTING, event.at_us)

    def _failed(self, event: Failed) -> None:
        if self.run is not None:
            self.end_run(event.reason, self.run.end_us)
        self.next_try_us = event.next_try_us
        self._note_error(event.reason)
        state = StreamState.FAILED if event.next_try_us is None else StreamState.WAITING
        if event.reason.key in _DISK_KEYS:
            state = StreamState.NO_DISK
        self._set_state(state, event.reason, event.at_us)
        self._be_absent(event.reason, event.at_us)

    def _run_started(self, event: RunStarted) -> None:
        self._close_absence(event.at_us)
        self.started = event
        if event.engine != "ffmpeg":
            self.ffmpeg_command = ""
        self.run = RunRow(
            run_id=event.run_id,
            key=self.key,
            start_us=event.at_us,
            end_us=event.at_us,
            codec=event.codec,
            width=event.width,
            height=event.height,
            engine=event.engine,
            clock=event.clock,
            sound=event.sound,
        )
        self.lost_packets = 0
        self.next_try_us = None
        self.newest_us = None
        self._heard_at = self._measured_at = self.clock.monotonic()
        self._set_state(StreamState.RECORDING, None, event.at_us)

    def _segment_opened(self, event: SegmentOpened) -> None:
        if self.run is None or self.run.run_id != event.run_id:
            raise ValueError("a segment of a run that did not start")
        row = SegmentRow(
            segment_id=event.segment_id,
            run_id=event.run_id,
            key=self.key,
            volume_id=self.volume_id,
            sequence=event.sequence,
            start_us=event.at_us,
            end_us=event.at_us,
            path=event.path,
            init_size=event.init_size_bytes,
            size_bytes=event.init_size_bytes,
        )
        self._leave_segment()
        self.segment = OpenSegment(row)
        self.last_sequence, self.last_sha256 = event.sequence, ""  # until it is sealed
        self.run.segment_count += 1
        self.run.size_bytes += event.init_size_bytes
        self.unsaved.touch_segment(row)

    def _measured(self, event: Measured) -> None:
        self.bitrate_bps, self.fps = event.bitrate_bps, event.fps
        self.lost_packets = event.lost_packets
        now = self.clock.monotonic()
        if now > self._measured_at:
            self.fragments_per_second = round(self._fragments / (now - self._measured_at), 2)
        self._fragments, self._measured_at = 0, now
        run = self.run
        if run is not None and run.end_us > run.start_us and run.drift_us != event.drift_us:
            run.drift_us = event.drift_us
            self.unsaved.touch_run(run)

    def _note_error(self, reason: ReasonReport) -> None:
        if entry(reason.key).retry is not Retry.NONE:
            self.last_error = reason

    def _forget_measures(self) -> None:
        """What was measured holds for a run that goes on, and for no other time."""
        self.bitrate_bps, self.fps, self.fragments_per_second = 0, 0.0, 0.0
        self.key_interval_seconds, self._last_key_ticks, self._fragments = 0.0, None, 0

    def _noticed(self, reason: ReasonReport) -> None:
        others = (each for each in self.notices if each.key != reason.key)
        self.notices = (*others, reason)

    def _leave_segment(self) -> None:
        segment, self.segment = self.segment, None
        if segment is not None:
            self.unsealed.append(segment.row)

    def _fragment(self, event: FragmentWritten) -> None:
        run, segment = self.run, self.segment
        if run is None or segment is None or segment.row.segment_id != event.segment_id:
            raise ValueError("a fragment of a segment that is not open")
        end_us = event.at_us + event.duration_ticks * 1_000_000 // TIMESCALE
        segment.add(
            Fragment(
                event.start_ticks,
                event.duration_ticks,
                event.offset_bytes,
                event.size_bytes,
                event.is_key,
                event.is_damaged,
                event.frame_count,
                event.has_composition,
                event.has_sound,
            )
        )
        if event.is_damaged:
            run.damaged_us += event.duration_ticks * 1_000_000 // TIMESCALE
            add_damage(run.damage, event.at_us, end_us)
        segment.row.end_us = max(segment.row.end_us, end_us)
        run.end_us = max(run.end_us, end_us)
        run.size_bytes += event.size_bytes
        self.newest_us = end_us
        self._heard_at = self.clock.monotonic()
        self._count(event, run)
        self.unsaved.touch_run(run)
        if self.state is not StreamState.RECORDING:
            self._set_state(StreamState.RECORDING, None, event.at_us)

    def _count(self, event: FragmentWritten, run: RunRow) -> None:
        self._fragments += 1
        if event.is_key:
            if self._last_key_ticks is not None:
                ticks = event.start_ticks - self._last_key_ticks
                self.key_interval_seconds = round(ticks / TIMESCALE, 3)
            self._last_key_ticks = event.start_ticks
        if self.last_error is not None and run.end_us - run.start_us >= STABLE_US:
            self.last_error = None

    def _segment_sealed(self, event: SegmentSealed) -> None:
        segment = self.segment
        if segment is None or segment.row.segment_id != event.segment_id:
            return
        row = segment.to_row()
        row.end_us = max(row.end_us, event.at_us)
        row.size_bytes = event.size_bytes
        row.sha256, row.crc32c, row.is_sealed = event.sha256, event.crc32c, True
        self.last_sha256 = event.sha256
        self.segment = None
        self.unsaved.touch_segment(row)

    def _set_state(self, state: StreamState, reason: ReasonReport | None, at_us: int) -> None:
        if state is not self.state or not self.since_us:
            self.since_us = at_us
        self.state, self.reason = state, reason

    def _be_absent(self, reason: ReasonReport, at_us: int) -> None:
        """From `at_us` on the stream is missing for `reason`; the same reason goes on."""
        if not self.is_wanted or self.run is not None:
            return
        now = self.absence
        if now is not None and (now.reason.key, now.reason.params) == (reason.key, reason.params):
            return
        if now is not None:
            at_us = max(at_us, now.start_us)
            self._close_absence(at_us)
        self.absence = AbsenceRow(uuid4(), self.key, at_us, at_us + 1, reason)
        self.unsaved.touch_absence(self.absence)

    def _close_absence(self, at_us: int) -> None:
        row, self.absence = self.absence, None
        if row is None:
            return
        if at_us <= row.start_us and row.revision == 0:
            self.unsaved.forget_absence(row)
            return
        row.end_us = max(at_us, row.start_us + 1)
        row.is_open = False
        self.unsaved.touch_absence(row)
