"""Segment files without a camera: a stream's chain, fed with real pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sereno.media.clips import ClipSegment
from sereno.media.contract import RunStarted, StreamTask
from sereno.media.fmp4.reader import read_segment
from sereno.media.fmp4.writer import fragment_head
from sereno.media.formats import VideoFormat
from sereno.media.h264 import ParameterSets
from sereno.media.segments import FragmentBytes, SegmentChain
from sereno.wire.reports import ReasonReport

from .camera import CAMERA_ID, FRAME_TICKS, Video

START_US = 1_765_000_000_123_456
FRAMES_A_FRAGMENT = 5


def format_of(video: Video) -> VideoFormat:
    sets = ParameterSets()
    sets.put(video.sps)
    sets.put(video.pps)
    found = sets.video_format()
    assert found is not None
    return replace(found, reorder_frames=None)  # files do not tell


@dataclass
class Footage:
    """Writes runs and keeps what the chain said."""

    root: Path
    previous_sha256: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        task = StreamTask(
            camera_id=CAMERA_ID,
            stream="main",
            address="rtsp://192.0.2.1/",
            footage_dir=str(self.root),
            next_sequence=7,
            previous_sha256=self.previous_sha256,
        )
        self.chain = SegmentChain(task)

    def say(self, lines: list[str]) -> None:
        self.lines += map(json.loads, lines)

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["e"] == kind]

    def write_run(
        self, video: Video, start_us: int = START_US, *, files: int = 1, is_ended: bool = True
    ) -> UUID:
        """One run that shows all pictures of `video` once per file."""
        run_id = uuid4()
        made = format_of(video)
        self.say(
            self.chain.begin_run(
                RunStarted(
                    camera_id=CAMERA_ID,
                    stream="main",
                    at_us=start_us,
                    run_id=run_id,
                    codec=made.codec,
                    width=made.width,
                    height=made.height,
                    transport="tcp",
                )
            )
        )
        for number in range(files):
            ticks = number * len(video.pictures) * FRAME_TICKS
            self.say(self.chain.open(run_id, made, start_us + ticks * 100 // 9, ticks, "arrival"))
            self.write_fragments(video, start_us, ticks)
        if is_ended:
            self.say(self.chain.end_run(run_id, ReasonReport(key="stopped")))
        return run_id

    def write_fragments(self, video: Video, start_us: int, ticks: int) -> None:
        for sequence, at in enumerate(range(0, len(video.pictures), FRAMES_A_FRAGMENT), 1):
            samples = [bytearray(video.sample(place)) for place in range(at, at + 5)]
            wall_us = start_us + ticks * 100 // 9
            sizes, durations = [len(sample) for sample in samples], [FRAME_TICKS] * len(samples)
            is_key = video.is_key(at)
            head = fragment_head(sequence, ticks, wall_us, durations, sizes, is_key=is_key)
            length = FRAME_TICKS * len(samples)
            self.say(
                self.chain.append(FragmentBytes(head, samples, wall_us, ticks, length, is_key))
            )
            ticks += length

    def paths(self) -> list[Path]:
        return [self.root / event["path"] for event in self.events("segment_opened")]


def clip_segment(path: Path) -> ClipSegment:
    """What a ledger would know of the file."""
    found = read_segment(path)
    return ClipSegment(
        segment_id=found.header.segment_id,
        run_id=found.header.run_id,
        init_size_bytes=found.head_size_bytes,
        start_us=found.start_us,
        index=found.index,
        path=path,
    )
