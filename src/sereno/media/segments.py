"""Segment files: one stream's files, one after the other, chained by digest.

Everything here blocks on the disk and runs in a disk thread, never on the event loop.
"""

from __future__ import annotations

import errno
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import google_crc32c

from sereno.base.clock import from_us
from sereno.media.contract import RunEnded, RunStarted, SegmentOpened, SegmentSealed, StreamTask
from sereno.media.file_lock import lock_file
from sereno.media.fmp4.header import SegmentHeader
from sereno.media.fmp4.writer import file_head
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.leave import Leave, LeaveOver
from sereno.media.timing import ticks_to_us
from sereno.media.volume import Volume
from sereno.wire.reports import ReasonReport

LEASE_LOST = ReasonReport(key="lease_lost")
_CREATE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
# A link may lead to another disk, whose identity and room nobody has looked at.
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

Lines = list[str]
"""Event lines of the contract, in order, without line ends."""


@dataclass(frozen=True, slots=True)
class FragmentBytes:
    """A fragment on its way to the disk. `wall_us` is its first frame's time.

    `samples` are the pictures, `sounds` the access units of sound.
    """

    head: bytes
    samples: list[bytearray]
    wall_us: int
    start_ticks: int
    duration_ticks: int
    is_key: bool
    is_damaged: bool = False
    has_composition: bool = False
    sounds: list[bytes] = field(default_factory=list)


def relative_path(camera_id: UUID, stream: str, start_us: int, sequence: int) -> Path:
    """Where a segment lies below the footage folder: made of ids and UTC alone."""
    start = from_us(start_us)
    name = f"{start:%H%M%S}.{start.microsecond:06d}Z-{sequence}.mp4"
    return Path(str(camera_id), stream, f"{start:%Y}", f"{start:%m}", f"{start:%d}", name)


def next_cut_us(camera_id: UUID, start_us: int, segment_us: int) -> int:
    """When a segment that begins at `start_us` should end: on the camera's own beat.

    The beat is the segment length, its phase comes from the camera's id, so that files of many
    cameras do not end together. A first segment is half to one and a half beats long.
    """
    phase_us = camera_id.int % segment_us
    soonest_us = start_us + segment_us // 2
    return soonest_us + (phase_us - soonest_us) % segment_us


class SegmentFile:
    """One file, from its head to its seal. Digests run along. All methods raise OSError.

    `root` is the volume's, as `Volume.open_root` gave it: should the mount vanish meanwhile, the
    file is made on the right disk or not at all.
    """

    def __init__(self, volume: Volume, root: int, path: Path, head: bytes) -> None:
        self.size_bytes = 0
        self._volume = volume
        self._failed_syncs = volume.failed_sync_count
        self._sha256 = hashlib.sha256()
        self._crc32c = 0
        self._has_rest = False  # of a write that failed and could not be undone
        self._folder = _open_folder(root, path.parent)
        try:
            self._descriptor = os.open(path.name, _CREATE_FLAGS, 0o600, dir_fd=self._folder)
        except OSError:
            os.close(self._folder)
            raise
        try:
            lock_file(self._descriptor)
            self.append(head)
        except OSError:
            with suppress(OSError):  # the first error tells more
                os.unlink(path.name, dir_fd=self._folder)
            self.close()
            raise

    def append(self, data: bytes) -> None:
        """Write `data` whole, or leave the file as it was and raise OSError."""
        written = 0
        try:
            while written < len(data):
                written += os.write(self._descriptor, memoryview(data)[written:])
        except OSError:
            self._has_rest = True
            os.ftruncate(self._descriptor, self.size_bytes)
            os.lseek(self._descriptor, self.size_bytes, os.SEEK_SET)
            self._has_rest = False
            raise
        self.size_bytes += written
        self._sha256.update(data)
        self._crc32c = google_crc32c.extend(self._crc32c, data)

    def seal(self) -> None:
        """Make the file and its name durable, and close it.

        Raises OSError also where a failed write could not be undone, and where the volume lost
        writes since the file was opened: nobody knows which.
        """
        try:
            os.fsync(self._descriptor)
            os.fsync(self._folder)
            if self._volume.failed_sync_count != self._failed_syncs:
                raise OSError(errno.EIO, "the disk lost writes while the file was open")
            if self._has_rest:
                raise OSError(errno.EIO, "the file ends in a write that failed")
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file as it is."""
        os.close(self._descriptor)
        os.close(self._folder)

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the file so far."""
        return self._sha256.hexdigest()

    @property
    def crc32c(self) -> str:
        """Hexadecimal Castagnoli checksum of the file so far (RFC 3720, B.4)."""
        return f"{self._crc32c:08x}"


def _open_folder(root: int, path: Path) -> int:
    """A descriptor of the folder at `path` below `root`; folders that are missing are made."""
    folder = os.dup(root)
    for part in path.parts:
        parent = folder
        try:
            folder = _open_child(parent, part)
        finally:
            os.close(parent)
    return folder


def _open_child(parent: int, name: str) -> int:
    try:
        return os.open(name, _FOLDER_FLAGS, dir_fd=parent)
    except FileNotFoundError:
        os.mkdir(name, 0o700, dir_fd=parent)
        os.fsync(parent)
        return os.open(name, _FOLDER_FLAGS, dir_fd=parent)


class SegmentChain:
    """Writes one stream's runs, segments and fragments, and says so in event lines.

    Each method returns the lines of what it did. After an OSError nothing more of that run is
    written until the next `open`; what was written stays and is sealed by `end_run`. Without
    leave nothing is written any more: LeaveOver.
    """

    def __init__(
        self, task: StreamTask, volume: Volume | None = None, leave: Leave | None = None
    ) -> None:
        self._task = task
        self._leave = leave
        self._volume = volume or Volume(Path(task.footage_dir))
        self._next_sequence = task.next_sequence
        self._previous_sha256 = task.previous_sha256
        self._file: SegmentFile | None = None
        self._segment_id = uuid4()
        self._is_broken = False
        self._covered_until_us = 0
        self._fragment_line = ""

    def begin_run(self, started: RunStarted) -> Lines:
        """Tell that a run began; no file yet."""
        self._ask_leave()
        self._covered_until_us = started.at_us
        return [started.model_dump_json()]

    def open(
        self,
        run_id: UUID,
        video: VideoFormat,
        start_us: int,
        start_ticks: int,
        clock: str,
        sound: SoundFormat | None = None,
        engine: str = "native",
    ) -> Lines:
        """Seal the open file, if any, and begin the next at this key frame."""
        lines = self._seal()
        task, sequence, self._segment_id = self._task, self._next_sequence, uuid4()
        header = SegmentHeader(
            task.camera_id, task.stream, run_id, self._segment_id, sequence, start_us, start_ticks,
            clock, self._previous_sha256, engine=engine,
        )  # fmt: skip
        path = relative_path(task.camera_id, task.stream, start_us, sequence)
        head = file_head(header, video, sound=sound)
        self._is_broken = True  # unless the file comes to be
        self._ask_leave()
        root = self._volume.open_root(task.volume_id)
        try:
            self._file = SegmentFile(self._volume, root, path, head)
        finally:
            os.close(root)
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
        self._ask_leave()
        offset = file.size_bytes
        try:
            # One buffer for the disk and both digests: the checksum takes nothing but bytes.
            file.append(b"".join((fragment.head, *fragment.samples, *fragment.sounds)))
        except OSError:
            self._is_broken = True
            raise
        self._covered_until_us = fragment.wall_us + ticks_to_us(fragment.duration_ticks)
        return [
            f'{self._fragment_line}"at_us":{fragment.wall_us},"offset_bytes":{offset},'
            f'"size_bytes":{file.size_bytes - offset},"start_ticks":{fragment.start_ticks},'
            f'"duration_ticks":{fragment.duration_ticks},'
            f'"is_key":{"true" if fragment.is_key else "false"},'
            f'"frame_count":{len(fragment.samples)}'
            + (',"is_damaged":true' if fragment.is_damaged else "")
            + (',"has_composition":true' if fragment.has_composition else "")
            + (',"has_sound":true' if fragment.sounds else "")
            + "}"
        ]

    def end_run(self, run_id: UUID, reason: ReasonReport) -> Lines:
        """Seal the open file and tell that coverage broke off where its last frame ends.

        Raises nothing: the node repairs a file that cannot be sealed now. Where leave had ended,
        that is the reason, whatever else was met by what came too late.
        """
        task = self._task
        if self._leave is not None and self._leave.is_over():
            reason = LEASE_LOST
        try:
            lines = self._seal()
        except OSError:
            lines = []
        ended = RunEnded(
            camera_id=task.camera_id, stream=task.stream, at_us=self._covered_until_us,
            run_id=run_id, reason=reason,
        )  # fmt: skip
        return [*lines, ended.model_dump_json()]

    def _ask_leave(self) -> None:
        if self._leave is not None and self._leave.is_over():
            self._is_broken = True
            raise LeaveOver

    def _seal(self) -> Lines:
        file, self._file = self._file, None
        if file is None:
            return []
        self._previous_sha256 = ""  # what the disk keeps of a file that is not sealed, nobody knows
        file.seal()
        self._previous_sha256 = file.sha256
        sealed = SegmentSealed(
            camera_id=self._task.camera_id, stream=self._task.stream,
            at_us=self._covered_until_us, segment_id=self._segment_id,
            size_bytes=file.size_bytes, sha256=file.sha256, crc32c=file.crc32c,
        )  # fmt: skip
        return [sealed.model_dump_json()]
