"""What is true of the run in progress, and the fragment that is being gathered."""

from __future__ import annotations

from asyncio import TimerHandle
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID, uuid4

from sereno.media.contract import TIMESCALE
from sereno.media.fmp4.writer import fragment_head
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.reorder import Reorder
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.segments import FragmentBytes
from sereno.media.soundtrack import SoundTrack, SoundUnit
from sereno.media.timing import RunClock, capture_us

_FIRST_DURATION_TICKS = TIMESCALE // 25


class Picture(NamedTuple):
    """One access unit. `is_damaged`: packets were lost since the last key frame, or right before.

    `observed_us`, of key frames: when it was taken, as the clock that the run goes by says.
    """

    data: bytearray
    is_key: bool
    is_damaged: bool
    observed_us: int | None


class Gathered(NamedTuple):
    """The pictures of one fragment: when each is decoded, and how much later it is shown."""

    pictures: list[bytearray]
    ticks: list[int]
    offsets: list[int]
    end_ticks: int
    size_bytes: int
    is_key: bool
    is_damaged: bool


@dataclass(slots=True)
class Run:
    """A run is not open until it is known when it began and whether there is sound; until then its
    fragments are `held`.

    `lateness_us` is how long after the camera's own time things arrive, where its time is used.
    """

    video: VideoFormat
    clock: RunClock
    first_rtp_time: int
    first_seen_us: int
    order: Reorder[Picture]
    transport: str
    opening: TimerHandle | None = None
    sound: SoundTrack | None = None
    newest_us: int = 0
    run_id: UUID = field(default_factory=uuid4)
    source: str = "arrival"
    is_open: bool = False
    lateness_us: int = 0
    cut_at_us: int = 0
    sequence: int = 0
    has_stepped: bool = False
    off_keys: int = 0
    held: list[Gathered] = field(default_factory=list)
    held_bytes: int = 0
    is_damaged: bool = False
    ticks: list[int] = field(default_factory=list)
    _pictures: list[bytearray] = field(default_factory=list)
    _offsets: list[int] = field(default_factory=list)
    _is_key: bool = True
    _size_bytes: int = 0
    _last_duration: int = _FIRST_DURATION_TICKS
    _unplaced: list[tuple[bytes, int, int]] = field(default_factory=list)

    @property
    def sound_format(self) -> SoundFormat | None:
        return self.sound.sound if self.sound else None

    def open(
        self, said_us: int | None, sound: SoundTrack | None, sound_report: SenderReport | None
    ) -> None:
        """From now on the run's start is fixed: where the camera said when that was, it was then.

        Sound that came meanwhile finds its place.
        """
        self.is_open = True
        self.sound = sound
        if self.opening is not None:
            self.opening.cancel()
        if said_us is not None:
            self.source, self.lateness_us = "rtcp", self.clock.wall_us(0) - said_us
            self.clock.move_start(said_us)
        units, self._unplaced = self._unplaced, []
        if sound is not None:
            rate = sound.sound.rate
            sound.begin(
                SoundUnit(data, rtp_time, self._heard_ticks(rtp_time, seen_us, rate, sound_report))
                for data, rtp_time, seen_us in units
            )

    def hear(self, data: bytes, rtp_time: int, seen_us: int, report: SenderReport | None) -> None:
        """Take one access unit of sound that came at this wall-clock time."""
        if not self.is_open:
            self._unplaced.append((data, rtp_time, seen_us))
        elif self.sound is not None:
            ticks = self._heard_ticks(rtp_time, seen_us, self.sound.sound.rate, report)
            self.sound.add(SoundUnit(data, rtp_time, ticks))

    def _heard_ticks(
        self, rtp_time: int, seen_us: int, rate: int, report: SenderReport | None
    ) -> int:
        """Where sound lies by the clock that the run goes by: pictures and sound wait in different
        places on their way, so only the sender's own word puts them in step."""
        said_us = capture_us(report, rtp_time, seen_us, rate) if self.source == "rtcp" else None
        heard_us = seen_us - self.lateness_us if said_us is None else said_us
        return (heard_us - self.clock.wall_us(0)) * 9 // 100

    def gather(self, picture: Picture, decode: int, offset: int) -> None:
        """Add a picture to the fragment."""
        if not self.ticks:
            self._is_key = picture.is_key
        self._pictures.append(picture.data)
        self.ticks.append(decode)
        self._offsets.append(offset)
        self._size_bytes += len(picture.data)

    def usual_end(self) -> int:
        """Where the last picture that was gathered should end, when no other follows it."""
        ticks, duration = self.ticks, self._last_duration
        if len(ticks) > 1:
            # The first picture's length is a guess, and one of them may have been long for a loss.
            last = ticks[-1] - ticks[-2]
            duration = min(last, duration) if self.sequence or self.held else last
        return ticks[-1] + duration

    def cut(self, end_ticks: int) -> Gathered:
        """The pictures gathered, as a fragment up to `end_ticks`."""
        done = Gathered(
            self._pictures, self.ticks, self._offsets, end_ticks, self._size_bytes,
            self._is_key, self.is_damaged,
        )  # fmt: skip
        self._last_duration = end_ticks - self.ticks[-1]
        self._pictures, self.ticks, self._offsets, self._size_bytes = [], [], [], 0
        return done

    def hold(self, gathered: Gathered) -> None:
        """Keep a fragment until the run is open."""
        self.held.append(gathered)
        self.held_bytes += gathered.size_bytes

    def fragment(self, gathered: Gathered) -> FragmentBytes:
        """The run's next fragment, with the sound that goes with its pictures."""
        self.sequence += 1
        start, end = gathered.ticks[0], gathered.end_ticks
        durations = [later - earlier for earlier, later in pairwise((*gathered.ticks, end))]
        wall_us = self.clock.wall_us(start)
        offsets = gathered.offsets if any(gathered.offsets) else []
        sound = self.sound.take(end) if self.sound is not None else None
        table, units = sound or (None, [])
        head = fragment_head(
            self.sequence, start, wall_us, durations, list(map(len, gathered.pictures)),
            is_key=gathered.is_key, is_damaged=gathered.is_damaged, offsets=offsets, sound=table,
        )  # fmt: skip
        return FragmentBytes(
            head, gathered.pictures, wall_us, start, end - start, gathered.is_key,
            gathered.is_damaged, bool(offsets), units,
        )  # fmt: skip
