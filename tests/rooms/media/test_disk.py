from __future__ import annotations

import errno
import threading
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.media import recorder
from sereno.media.contract import (
    Failed,
    FragmentWritten,
    RunEnded,
    RunStarted,
)
from sereno.media.segments import SegmentFile

from .camera import (
    Camera,
    Told,
    ffmpeg_says,
    until,
)
from .recording import files_of, first_failure, let_tries_follow_at_once, recording


async def test_full_disk_is_told_and_recording_goes_on_when_there_is_room(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_tries_follow_at_once(monkeypatch)
    is_full = True
    append = SegmentFile.append

    def append_or_not(file: SegmentFile, data: bytes) -> None:
        if is_full and file.size_bytes > 20_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(file, data)

    monkeypatch.setattr(SegmentFile, "append", append_or_not)
    async with recording(camera.task(tmp_path), told):
        failed = await told.wait(Failed)
        is_full = False
        seen = len(told.all(FragmentWritten))
        await told.wait(FragmentWritten, seen + 4)
    assert failed.reason.key == "disk_full"
    assert told.all(RunEnded)[0].reason.key == "disk_full"
    for path in files_of(told, tmp_path):
        assert ffmpeg_says(path)[2] == ""


async def test_folder_that_cannot_be_made(camera: Camera, told: Told, tmp_path: Path) -> None:
    (tmp_path / "footage").write_text("not a folder")
    failed = await first_failure(camera.task(tmp_path / "footage"), told)
    assert failed.reason.key == "disk_failed"


async def test_slow_disk_costs_pictures_of_its_stream_and_says_so(
    camera: Camera, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "QUEUE_LIMIT_BYTES", 60_000)
    may_write = threading.Event()
    append = SegmentFile.append

    def append_slowly(file: SegmentFile, data: bytes) -> None:
        if file.size_bytes:
            assert may_write.wait(10)
        append(file, data)

    monkeypatch.setattr(SegmentFile, "append", append_slowly)
    fast = Told()
    other = camera.task(tmp_path / "other", camera_id=uuid4())
    async with recording(camera.task(tmp_path / "slow"), told):
        await until(lambda: camera.sent_bytes > 200_000)
        may_write.set()
        ended = await told.wait(RunEnded)
        await told.wait(RunStarted, 2)
    assert ended.reason.key == "disk_slow"
    assert not told.all(Failed)
    async with recording(other, fast):
        await fast.wait(FragmentWritten)
