"""Segment files as a runner writes them, from the runner's own parts; pictures are noise."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from sereno.media.contract import (
    EVENTS,
    TIMESCALE,
    Event,
    RunStarted,
    SegmentOpened,
    StreamTask,
)
from sereno.media.fmp4.writer import fragment_head
from sereno.media.formats import VideoFormat
from sereno.media.segments import FragmentBytes, SegmentChain
from sereno.node.rows import StreamKey
from sereno.wire.reports import ReasonReport

VIDEO = VideoFormat(
    "avc1.42c00a",
    128,
    96,
    b"avc1",
    bytes.fromhex("0142c00affe100176742c00ada0836c044000003000400000300c83c489a8001000468ce0fc8"),
)
FRAGMENT_TICKS = TIMESCALE // 5
START_US = 1_795_000_000_000_000
STOPPED = ReasonReport(key="stopped")


@dataclass
class Writer:
    """Writes one stream; `events` is what its runner would have said so far."""

    footage: Path
    key: StreamKey = field(default_factory=lambda: StreamKey(uuid4(), "main"))
    start_us: int = START_US
    next_sequence: int = 1
    previous_sha256: str = ""
    run_id: UUID = field(default_factory=uuid4)
    ticks: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chain = SegmentChain(
            StreamTask(
                camera_id=self.key.camera_id,
                stream=self.key.stream,
                address="rtsp://192.0.2.1/",
                footage_dir=str(self.footage),
                next_sequence=self.next_sequence,
                previous_sha256=self.previous_sha256,
            )
        )
        self._begin_run()

    def _begin_run(self) -> None:
        self.events.append(
            RunStarted(
                camera_id=self.key.camera_id,
                stream=self.key.stream,
                at_us=self.start_us,
                run_id=self.run_id,
                codec=VIDEO.codec,
                width=VIDEO.width,
                height=VIDEO.height,
                transport="tcp",
            )
        )

    @property
    def now_us(self) -> int:
        return self.start_us + self.ticks * 100 // 9

    @property
    def paths(self) -> list[str]:
        return [event.path for event in self.events if isinstance(event, SegmentOpened)]

    @property
    def end_us(self) -> int:
        return self.now_us

    def open(self) -> None:
        self._tell(self._chain.open(self.run_id, VIDEO, self.now_us, self.ticks, "arrival"))

    def fragments(
        self, count: int, *, gop: int = 5, size: int = 500, is_damaged: bool = False
    ) -> None:
        """`count` fragments of a fifth of a second, every `gop`th with a key frame."""
        for place in range(count):
            is_key = place % gop == 0
            head = fragment_head(
                1, self.ticks, self.now_us, [FRAGMENT_TICKS], [size],
                is_key=is_key, is_damaged=is_damaged,
            )  # fmt: skip
            sample = bytearray(os.urandom(size))
            self._tell(
                self._chain.append(
                    FragmentBytes(
                        head, [sample], self.now_us, self.ticks, FRAGMENT_TICKS, is_key, is_damaged
                    )
                )
            )
            self.ticks += FRAGMENT_TICKS

    def end(self, reason: ReasonReport = STOPPED) -> None:
        self._tell(self._chain.end_run(self.run_id, reason))

    def lose_tail(self) -> None:
        """The disk cannot keep the end of the file, says so when it is sealed, and is well again;
        the same writer begins another run."""
        file = self._chain._file
        assert file is not None
        file._volume.failed_sync_count += 1
        os.truncate(self.footage / self.paths[-1], file.size_bytes - 300)
        self.end(ReasonReport(key="disk_failed"))
        self.run_id, self.start_us, self.ticks = uuid4(), self.now_us + 1_000_000, 0
        self._begin_run()

    def die(self) -> None:
        """As if the process had been killed: the file stays as it is, and nobody holds it."""
        file, self._chain._file = self._chain._file, None
        if file is not None:
            os.close(file._descriptor)

    def _tell(self, lines: list[str]) -> None:
        self.events.extend(EVENTS.validate_json(line) for line in lines)


def record(writer: Writer, *, segments: int = 2, fragments: int = 10, size: int = 500) -> Writer:
    """Whole segments, the last one left open."""
    for _ in range(segments):
        writer.open()
        writer.fragments(fragments, size=size)
    return writer
