"""A recorder on a real disk, fed by hand: no camera, no network, and a clock that is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sereno.base.clock import ManualClock, from_us
from sereno.media.contract import RunEnded, RunStarted, SegmentOpened, StreamTask
from sereno.media.disk import Disk, DiskQueue
from sereno.media.fmp4.reader import SegmentContents, read_segment
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.recorder import Recorder
from sereno.policy.reasons import Reason

from .camera import CAMERA_ID, Told
from .encoded import Encoded, Frame, ffmpeg

START_US = 1_765_000_000_123_456
STOPPED = Reason("stopped")


@dataclass
class Player:
    """Plays pictures and sound into a recorder, and lets `clock` go on with them."""

    root: Path
    recorder: Recorder
    queue: DiskQueue
    told: Told
    clock: ManualClock
    errors: list[Exception] = field(default_factory=list)
    rtp_base: int = 0xFFFF_F000
    newest: int = 0

    def play(
        self, frames: Sequence[Frame], *, after: int = 0, seconds: float | None = None
    ) -> None:
        """All of them, `after` ticks later than they say.

        Each comes `seconds` after the one before, or as soon as an encoder can give it: when it,
        and all that is decoded before it, was taken.
        """
        for frame in frames:
            passed = max(frame.shown + after - self.newest, 0)
            self.newest += passed
            self.clock.advance(passed / 90_000 if seconds is None else seconds)
            rtp_time = (self.rtp_base + frame.shown + after) & 0xFFFF_FFFF
            now_us = self.recorder.now_us()
            self.recorder.picture(bytearray(frame.sample), rtp_time, frame.is_key, now_us)

    def begin(self, video: VideoFormat, sound: SoundFormat | None = None) -> None:
        self.recorder.begin_session()
        self.recorder.now_us()
        self.recorder.video_format(video)
        self.recorder.sound_format(sound)

    async def end(self, reason: Reason = STOPPED) -> None:
        self.recorder.end_run(reason)
        await self.queue.drain()

    @property
    def paths(self) -> list[Path]:
        return [self.root / event.path for event in self.told.all(SegmentOpened)]

    @property
    def files(self) -> list[SegmentContents]:
        return [read_segment(path) for path in self.paths]

    @property
    def starts(self) -> list[float]:
        """When each run began, in seconds from `START_US`."""
        return [(event.at_us - START_US) / 1e6 for event in self.told.all(RunStarted)]

    @property
    def ends(self) -> list[tuple[str, float]]:
        """Why and when each run ended."""
        return [
            (event.reason.key, (event.at_us - START_US) / 1e6) for event in self.told.all(RunEnded)
        ]


@asynccontextmanager
async def player(root: Path, **changes: object) -> AsyncIterator[Player]:
    values: dict[str, object] = {
        "camera_id": CAMERA_ID, "stream": "main", "address": "rtsp://192.0.2.1/",
        "footage_dir": str(root),
    }  # fmt: skip
    clock = ManualClock(from_us(START_US))
    errors: list[Exception] = []
    told, disk = Told(), Disk(root)
    queue = DiskQueue(disk, told, errors.append)
    recorder = Recorder(StreamTask.model_validate(values | changes), queue, clock)
    made = Player(root, recorder, queue, told, clock, errors)
    try:
        yield made
    finally:
        await made.end()
        await disk.close()


def samples_in(paths: Sequence[Path]) -> list[bytes]:
    """All pictures in the files, in the order in which they are decoded, found by their sizes."""
    found = []
    for path in paths:
        data, index = path.read_bytes(), read_segment(path).index
        for each in index:
            piece = data[each.offset_bytes : each.offset_bytes + each.size_bytes]
            table, row = 124, 12 if each.has_composition else 8
            at = piece.index(b"mdat") + 4
            for number in range(each.picture_count):
                place = table + number * row + 4
                size = int.from_bytes(piece[place : place + 4], "big")
                found.append(piece[at : at + size])
                at += size
    return found


def frames_of(encoded: Encoded) -> list[bytes]:
    return [frame.sample for frame in encoded.frames]


def seconds_of_sound(path: Path) -> float:
    """How much sound ffmpeg decodes."""
    pcm = ffmpeg("-i", str(path), "-map", "0:a", "-f", "s16le", "-ac", "1", "-ar", "16000", "-")
    return len(pcm) / 2 / 16_000
