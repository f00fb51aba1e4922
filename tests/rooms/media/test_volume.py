from __future__ import annotations

import ctypes
import errno
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from sereno.media import volume as volumes
from sereno.media.contract import Failed, SegmentOpened, SegmentSealed
from sereno.media.disk import disk_fault
from sereno.media.volume import MARKER_NAME, Volume

from .camera import Camera, Told
from .encoded import X264_PLAIN, encode
from .fed_recorder import Player, player
from .recording import first_failure

VOLUME_ID = UUID("99999999-2222-4333-8444-555555555555")


def mark(root: Path, volume_id: object = VOLUME_ID) -> None:
    root.mkdir(exist_ok=True)
    (root / MARKER_NAME).write_text(json.dumps({"version": 1, "volume_id": str(volume_id)}))


def play(played: Player) -> None:
    encoded = encode("libx264", X264_PLAIN)
    played.begin(encoded.video)
    played.play(encoded.frames)


async def test_files_are_made_on_the_volume_that_is_meant(tmp_path: Path) -> None:
    mark(tmp_path)
    async with player(tmp_path, volume_id=VOLUME_ID) as played:
        play(played)
        await played.end()
    assert len(played.told.all(SegmentSealed)) == 1
    assert not played.errors


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


@pytest.mark.parametrize("marker", [None, b"", b"{}", b"[" * 9999, b'{"volume_id": 7}', b"other"])
async def test_nothing_is_written_beside_a_volume_that_is_missing(
    marker: bytes | None, tmp_path: Path
) -> None:
    if marker == b"other":
        mark(tmp_path, uuid4())
    elif marker is not None:
        (tmp_path / MARKER_NAME).write_bytes(marker)
    async with player(tmp_path, volume_id=VOLUME_ID) as played:
        play(played)
        await played.end()
    assert not played.told.all(SegmentOpened)
    assert names_in(tmp_path) == ([MARKER_NAME] if marker is not None else [])
    (error,) = played.errors
    assert isinstance(error, OSError)
    reason = disk_fault(error).reason
    assert (reason.key, reason.params) == ("disk_missing", {"volume": str(tmp_path)})


@pytest.mark.provokes("disk_missing")
async def test_a_missing_volume_is_told_by_name(camera: Camera, told: Told, tmp_path: Path) -> None:
    root = tmp_path / "gone"
    failed: Failed = await first_failure(camera.task(root, volume_id=VOLUME_ID), told)
    assert (failed.reason.key, failed.reason.params) == ("disk_missing", {"volume": str(root)})
    assert not root.exists()


def test_another_folder_in_its_place_is_looked_at_anew(tmp_path: Path) -> None:
    root = tmp_path / "volume"
    mark(root)
    volume = Volume(root)
    volumes.os.close(volume.open_root(VOLUME_ID))
    root.rename(tmp_path / "away")
    root.mkdir()
    with pytest.raises(OSError, match=str(root)) as raised:
        volume.open_root(VOLUME_ID)
    assert raised.value.errno == errno.ENODEV
    mark(root)
    volumes.os.close(volume.open_root(VOLUME_ID))


class FailingSync:
    """A kernel that could not write back what it had taken."""

    def syncfs(self, _: int) -> int:
        ctypes.set_errno(errno.EIO)
        return -1


async def test_what_was_open_when_the_disk_lost_writes_is_never_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with player(tmp_path, segment_seconds=1) as played:
        play(played)
        await played.queue.drain()
        sealed = len(played.told.all(SegmentSealed))
        with monkeypatch.context() as patch:
            patch.setattr(volumes, "_libc", FailingSync())
            played.queue.volume.sync()
        await played.end()
        assert len(played.told.all(SegmentSealed)) == sealed
        assert [key for key, _ in played.ends] == ["stopped"]
        opened = len(played.told.all(SegmentOpened))
        played.newest = 0
        play(played)
        await played.end()

    after = {each.segment_id for each in played.told.all(SegmentOpened)[opened:]}
    assert after == {each.segment_id for each in played.told.all(SegmentSealed)[sealed:]}


async def test_a_volume_that_keeps_its_word_is_not_doubted(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    volume.sync()
    assert volume.failed_sync_count == 0
    Volume(tmp_path / "none").sync()


def words(error: Any) -> str:
    return disk_fault(error).reason.key


def test_errors_of_the_disk_have_their_own_words() -> None:
    assert words(OSError(errno.ENOSPC, "x")) == words(OSError(errno.EDQUOT, "x")) == "disk_full"
    assert words(OSError(errno.EIO, "x")) == words(OSError(errno.EROFS, "x")) == "disk_failed"
