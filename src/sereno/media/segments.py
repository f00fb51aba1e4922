"""Segment files: one stream's files, one after the other, chained by digest.

Everything here blocks on the disk and runs in a disk thread, never on the event loop.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import google_crc32c

from sereno.base.clock import from_us
from sereno.media.contract import RunEnded, RunStarted, SegmentOpened, SegmentSealed, StreamTask
from sereno.media.file_lock import lock_file
from sereno.media.fmp4.header import SegmentHeader
from sereno.media.fmp4.writer import file_head
from sereno.media.formats import VideoFormat
from sereno.media.timing import ticks_to_us
from sereno.wire.reports import ReasonReport

Lines = list[str]
"""Event lines of the contract, in order, without line ends."""


@dataclass(frozen=True, slots=True)
class FragmentBytes:
    """A fragment on its way to the disk. `wall_us` is its first frame's time."""

    head: bytes
    samples: list[bytearray]
    wall_us: int
    start_ticks: int
    duration_ticks: int
    is_key: bool


def relative_path(camera_id: UUID, stream: str, start_us: int, sequence: int) -> Path:
    """Where a segment lies below the footage folder: made of ids and UTC alone."""
    start = from_us(start_us)
    name = f"{start:%H%M%S}.{start.microsecond:06d}Z-{sequence}.mp4"
    return Path(str(camera_id), stream, f"{start:%Y}", f"{start:%m}", f"{start:%d}", name)


class SegmentFile:
    """One file, from its head to its seal. Digests run along. All methods raise OSError."""

    def __init__(self, path: Path, head: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        self.size_bytes = 0
        self._sha256 = hashlib.sha256()
        self._crc32c = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        try:
            lock_file(self._descriptor)
            self.append(head)
        except OSError:
            os.close(self._descriptor)
            path.unlink(missing_ok=True)
            raise

    def append(self, data: bytes) -> None:
        """Write `data` whole, or leave the file as it was and raise OSError."""
        written = 0
        try:
            while written < len(data):
                written += os.write(self._descriptor, memoryview(data)[written:])
        except OSError:
            os.ftruncate(self._descriptor, self.size_bytes)
            os.lseek(self._descriptor, self.size_bytes, os.SEEK_SET)
            raise
        self.size_bytes += written
        self._sha256.update(data)
        self._crc32c = google_crc32c.extend(self._crc32c, data)

    def seal(self) -> None:
        """Make the file durable and close it."""
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the file so far."""
        return self._sha256.hexdigest()

    @property
    def crc32c(self) -> str:
        """Hexadecimal Castagnoli checksum of the file so far (RFC 3720, B.4)."""
        return f"{self._crc32c:08x}"


class SegmentChain:
    """Writes one stream's runs, segments and fragments, and says so in event lines.

    Each method returns the lines of what it did. After an OSError nothing more of that run is
    written until the next `open`; what was written stays and is sealed by `end_run`.
    """

    def __init__(self, task: StreamTask) -> None:
        self._task = task
        self._root = Path(task.footage_dir)
        self._next_sequence = task.next_sequence
        self._previous_sha256 = task.previous_sha256
        self._file: SegmentFile | None = None
        self._segment_id = uuid4()
        self._is_broken = False
        self._covered_until_us = 0
        self._fragment_line = ""

    def begin_run(self, started: RunStarted) -> Lines:
        """Tell that a run began; no file yet."""
        self._covered_until_us = started.at_us
        return [started.model_dump_json()]

    def open(
        self, run_id: UUID, video: VideoFormat, start_us: int, start_ticks: int, clock: str
    ) -> Lines:
        """Seal the open file, if any, and begin the next at this key frame."""
        lines = self._seal()
        task, sequence, self._segment_id = self._task, self._next_sequence, uuid4()
        header = SegmentHeader(
            task.camera_id, task.stream, run_id, self._segment_id, sequence, start_us, start_ticks,
            clock, self._previous_sha256,
        )  # fmt: skip
        path = relative_path(task.camera_id, task.stream, start_us, sequence)
        head = file_head(header, video)
        self._is_broken = True  # unless the file comes to be
        self._file = SegmentFile(self._root / path, head)
        self._is_broken = False
        self._next_sequence += 1
        opened = SegmentOpened(
            camera_id=task.camera_id, stream=task.stream, at_us=start_us, run_id=run_id,
            segment_id=self._segment_id, sequence=sequence, path=str(path),
            init_size_bytes=len(head),
        )  # fmt: skip
        self._fragment_line = (
            f'{{"e":"fragment","camera_id":"{task.camera_id}","stream":"{task.stream}",'
            f'"segment_id":"{self._segment_id}",'
        )
        return [*lines, opened.model_dump_json()]

    def append(self, fragment: FragmentBytes) -> Lines:
        """Write one fragment into the open file."""
        file = self._file
        if file is None or self._is_broken:
            return []
        offset = file.size_bytes
        try:
            # One buffer for the disk and both digests: the checksum takes nothing but bytes.
            file.append(b"".join((fragment.head, *fragment.samples)))
        except OSError:
            self._is_broken = True
            raise
        self._covered_until_us = fragment.wall_us + ticks_to_us(fragment.duration_ticks)
        return [
            f'{self._fragment_line}"at_us":{fragment.wall_us},"offset_bytes":{offset},'
            f'"size_bytes":{file.size_bytes - offset},"start_ticks":{fragment.start_ticks},'
            f'"duration_ticks":{fragment.duration_ticks},'
            f'"is_key":{"true" if fragment.is_key else "false"}}}'
        ]

    def end_run(self, run_id: UUID, reason: ReasonReport) -> Lines:
        """Seal the open file and tell that coverage broke off where its last frame ends.

        Raises nothing: the node repairs a file that cannot be sealed now.
        """
        task = self._task
        try:
            lines = self._seal()
        except OSError:
            lines = []
        ended = RunEnded(
            camera_id=task.camera_id, stream=task.stream, at_us=self._covered_until_us,
            run_id=run_id, reason=reason,
        )  # fmt: skip
        return [*lines, ended.model_dump_json()]

    def _seal(self) -> Lines:
        file, self._file = self._file, None
        if file is None:
            return []
        self._previous_sha256 = file.sha256
        file.seal()
        sealed = SegmentSealed(
            camera_id=self._task.camera_id, stream=self._task.stream,
            at_us=self._covered_until_us, segment_id=self._segment_id,
            size_bytes=file.size_bytes, sha256=file.sha256, crc32c=file.crc32c,
        )  # fmt: skip
        return [sealed.model_dump_json()]
