"""What the node knows of one stream: its open run, open segment, open absence and condition.

Pure: events and times come in, changed rows go into `Unsaved`. While a stream is wanted, exactly
one of run and absence is open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

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
from sereno.node.absences import Absences
from sereno.node.condition import Condition
from sereno.node.damage import add_damage
from sereno.node.measures import Measures
from sereno.node.open_segment import OpenSegment
from sereno.node.rows import NOWHERE, AbsenceRow, MemoryRow, RunRow, SegmentRow, StreamKey
from sereno.node.states import AT_REST, RESTS, Happening
from sereno.node.unsaved import Unsaved
from sereno.wire.reports import ReasonReport, StreamState

CONNECTING = ReasonReport(key="connecting")
DISK_SLOW = ReasonReport(key="disk_slow")
STALLED_AFTER_SECONDS = 3.0
START_US = 1_000_000
_DISK_KEYS = frozenset({"disk_full", "disk_failed", "disk_missing", "disk_slow"})


@dataclass(slots=True)
class StreamBook:
    """Apply events with `apply`; read what follows from the fields."""

    key: StreamKey
    unsaved: Unsaved
    clock: Clock
    is_wanted: bool = False
    condition: Condition = field(init=False)
    measures: Measures = field(default_factory=Measures)
    started: RunStarted | None = None
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
    last_sequence: int = 0
    last_sha256: str = ""
    # Files that are written no more and were not sealed: whoever keeps the book has them mended.
    unsealed: list[SegmentRow] = field(default_factory=list)
    was_down_until_us: int = 0  # when the node began, if it knew the stream by then
    is_disk_still: bool = False  # its runner's disk has done nothing for some seconds
    _absences: Absences = field(init=False)
    _heard_at: float = 0.0  # monotonic: a clock that is set must not stall a stream

    def __post_init__(self) -> None:
        self.condition = Condition(self.key)
        self._absences = Absences(self.key, self.unsaved)

    @property
    def state(self) -> StreamState:
        return self.condition.state

    @property
    def reason(self) -> ReasonReport | None:
        return self.condition.reason

    @property
    def absence(self) -> AbsenceRow | None:
        """That which is open."""
        return self._absences.open_row

    # What is ordered.

    def want(self) -> None:
        """The stream is to be recorded from now on."""
        if not self.is_wanted or self.state in AT_REST:
            self.probe = None
            self._begin(Happening.WANTED, None)

    def rest(self, state: StreamState, reason: ReasonReport) -> None:
        """The stream is ordered and is not recorded now, for this reason.

        On standby the other node tells what becomes of it.
        """
        if state is StreamState.STANDBY:
            self.unwant()
            self.condition.meet(RESTS[state], to_us(self.clock.now()), reason)
        elif not self.is_wanted or self.state is not state or self.reason != reason:
            self._begin(RESTS[state], reason)

    def unwant(self) -> None:
        """Nobody wants the stream any more: what is missing from now on needs no reason."""
        self.is_wanted = False
        self.condition.rest()
        self._absences.end(to_us(self.clock.now()))

    def node_stops(self, reason: ReasonReport) -> None:
        """From now on, until the node's next start, `reason` is why nothing is recorded."""
        self._be_absent(reason, to_us(self.clock.now()))

    def learn(self, row: MemoryRow) -> None:
        """What worked with this stream, now or before the node's start."""
        self.memory, self.retry_number = row.memory, row.retry_number

    def forget_before(self, retry_number: int) -> None:
        """A person asked, by a higher number, to try everything anew."""
        if retry_number > self.retry_number:
            self.memory, self.retry_number = None, retry_number

    def _begin(self, happening: Happening, reason: ReasonReport | None) -> None:
        now_us = to_us(self.clock.now())
        # A node that starts reads its orders at once: that moment is no gap of its own.
        has_just_started = 0 <= now_us - self.was_down_until_us < START_US
        from_us = self.was_down_until_us if has_just_started and not self.is_wanted else now_us
        self.is_wanted = True
        self.condition.meet(happening, now_us, reason)
        if self.state in AT_REST:
            self.condition.rest()
        elif reason is not None:  # no disk
            self.condition.fail(reason, now_us)
        self._be_absent(reason or CONNECTING, from_us)

    # What happens.

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
        self._absences.grow(now_us)
        silent_seconds = self.clock.monotonic() - self._heard_at
        if silent_seconds <= STALLED_AFTER_SECONDS:
            return
        if self.is_disk_still:
            self.condition.meet(Happening.DISK_SILENCE, now_us, DISK_SLOW)
            return
        reason = ReasonReport(key="no_picture", params={"seconds": f"{silent_seconds:.0f}"})
        self.condition.meet(Happening.SILENCE, now_us, reason)

    def end_run(self, reason: ReasonReport, at_us: int) -> None:
        """Coverage broke off at `at_us`."""
        self._leave_segment()
        run, self.run = self.run, None
        if run is not None:
            run.end_us = at_us = max(run.end_us, at_us)
            run.is_open, run.end_reason = False, reason
            if run.end_us > run.start_us:  # a run without a fragment covers nothing
                self.unsaved.touch_run(run)
        self._lose(reason, at_us)

    def break_off(self, reason: ReasonReport, end_us: int) -> None:
        """The writer died and the ledger already says so: footage goes up to `end_us`."""
        end_us = max(end_us, self.run.start_us if self.run else 0)
        self.run, self.segment = None, None
        self._lose(reason, end_us)

    def _lose(self, reason: ReasonReport, at_us: int) -> None:
        """From now on nothing is recorded."""
        self.measures.end()
        self._meet(Happening.BREAKS, at_us, reason)

    def _meet(
        self, happening: Happening, at_us: int, reason: ReasonReport, next_try_us: int | None = None
    ) -> None:
        """Something that leaves the stream without a picture."""
        self.condition.fail(reason, at_us)
        self.condition.meet(happening, at_us, reason, next_try_us)
        self._be_absent(reason, at_us)

    def _be_absent(self, reason: ReasonReport, at_us: int) -> None:
        if self.is_wanted and self.run is None:
            self._absences.go_on(reason, at_us)

    def _connecting(self, event: Connecting) -> None:
        self.notices = ()
        self.condition.meet(Happening.DIALS, event.at_us, event.reason)
        self._be_absent(self.reason or CONNECTING, event.at_us)

    def _failed(self, event: Failed) -> None:
        if self.run is not None:
            self.end_run(event.reason, self.run.end_us)
        happening = Happening.GIVES_UP if event.next_try_us is None else Happening.FAILS
        if event.reason.key in _DISK_KEYS:
            happening = Happening.DISK_FAILS
        self._meet(happening, event.at_us, event.reason, event.next_try_us)

    def _run_started(self, event: RunStarted) -> None:
        self._absences.end(event.at_us)
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
        self.newest_us = None
        self._heard_at = self.clock.monotonic()
        self.measures.begin(self._heard_at)
        self.condition.meet(Happening.PLAYS, event.at_us)

    def _measured(self, event: Measured) -> None:
        self.measures.take(event, self.clock.monotonic())
        run = self.run
        if run is not None and run.end_us > run.start_us and run.drift_us != event.drift_us:
            run.drift_us = event.drift_us
            self.unsaved.touch_run(run)

    def _noticed(self, reason: ReasonReport) -> None:
        others = (each for each in self.notices if each.key != reason.key)
        self.notices = (*others, reason)

    # Files.

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

    def _leave_segment(self) -> None:
        segment, self.segment = self.segment, None
        if segment is not None:
            self.unsealed.append(segment.row)

    def _fragment(self, event: FragmentWritten) -> None:
        run, segment = self.run, self.segment
        if run is None or segment is None or segment.row.segment_id != event.segment_id:
            raise ValueError("a fragment of a segment that is not open")
        end_us = event.at_us + event.duration_ticks * 1_000_000 // TIMESCALE
        segment.add(event, end_us)
        if event.is_damaged:
            run.damaged_us += event.duration_ticks * 1_000_000 // TIMESCALE
            add_damage(run.damage, event.at_us, end_us)
        run.end_us = max(run.end_us, end_us)
        run.size_bytes += event.size_bytes
        self.newest_us = end_us
        self._heard_at = self.clock.monotonic()
        self.measures.count(event)
        self.unsaved.touch_run(run)
        if self.state is not StreamState.RECORDING:
            self.condition.meet(Happening.PICTURE, event.at_us)
        if self.condition.last_error is not None:
            self.condition.go_well(run.start_us, run.end_us)

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
