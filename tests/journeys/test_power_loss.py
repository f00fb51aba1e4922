"""Power that fails: footage, ledger and database on a disk that stops between two moments.

The file system is shut down without a last flush (XFS_IOC_GOINGDOWN, which ext4 knows as well):
what it had not written by then is gone, as after a power cut.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sereno.base.clock import to_us
from sereno.media.fmp4.reader import read_segment

from .footage import files_of, recorded, runs_of
from .harness import Box, Cameras, eventually, findings, is_soak

ROUNDS = 10 if is_soak() else 1
DISK_BYTES = 1 << 30
MAKERS = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"]}
# What a power cut may cost, and the fragment that was in flight. The rest is for a machine that is
# busy with other things: less than is recorded before the cut, all of which would be lost if nobody
# saw to it that it is saved.
LONGEST_LOSS_SECONDS = 2.0 + 0.2 + (0 if is_soak() else 6)
RECORDED_SECONDS = 10


class LoopDisk:
    """A file system in a file, mounted below a folder whose path is short enough for a socket."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._image = folder / f"{kind}.img"
        self.mount_point = folder / kind
        self.mount_point.mkdir()
        with self._image.open("wb") as image:
            image.truncate(DISK_BYTES)
        _run(*MAKERS[kind], str(self._image))

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.mount_point))

    def cut_power(self) -> None:
        """Nothing reaches the disk any more, not even the journal."""
        _run("xfs_io", "-x", "-c", "shutdown", str(self.mount_point))

    def unmount(self) -> None:
        def look() -> bool:
            return subprocess.run(["umount", str(self.mount_point)], check=False).returncode == 0

        eventually(look, "nobody holds the disk")


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)


def _missing(kind: str) -> str:
    if os.geteuid() != 0:
        return "mounting needs root"
    programs = [program for program in (MAKERS[kind][0], "xfs_io") if shutil.which(program) is None]
    if programs:
        return f"needs {', '.join(programs)} (Debian: e2fsprogs, xfsprogs)"
    return "" if Path("/dev/loop-control").exists() else "there are no loop devices here"


@pytest.fixture(params=list(MAKERS))
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LoopDisk]:
    if missing := _missing(request.param):
        pytest.skip(missing)
    disk = LoopDisk(tmp_path, request.param)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


def sealed_files(box: Box, camera_id: str) -> dict[Path, str]:
    """All files but the newest, which is being written, with their digests."""
    files = files_of(box.data / "footage", camera_id)[:-1]
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def told_since(box: Box, saved_us: int) -> int | None:
    """How many runs are told, once the one that ended at `saved_us` and a later one are."""
    covered = box.covered("Gate")
    ends = [to_us(span.end) for span in covered]
    as_told = saved_us - saved_us % 1000  # to the millisecond
    return len(covered) if as_told in ends[:-1] else None


@pytest.mark.timeout(3600 if is_soak() else 900)
def test_a_power_cut_costs_two_seconds_at_most(disk: LoopDisk, cameras: Cameras) -> None:
    box = Box(disk.mount_point / "data")
    box.log = disk.mount_point.with_suffix(".log")
    box.start()
    try:
        box.add_camera("Gate", cameras.address(1))
        box.wait_for_state("Gate", "recording")
        for _ in range(ROUNDS):
            _lose_power(box, disk)
        found = box.leaks()
        assert not found, "\n".join(found)
    finally:
        box.kill_all()


def _lose_power(box: Box, disk: LoopDisk) -> None:
    camera_id = str(box.camera("Gate")["id"])
    before = box.covered_seconds("Gate")
    wanted = before + RECORDED_SECONDS
    eventually(lambda: box.covered_seconds("Gate") > wanted, "some seconds are recorded")
    older = sealed_files(box, camera_id)
    cut_us = time.time_ns() // 1000
    disk.cut_power()
    box.kill_all()
    disk.unmount()
    disk.mount()
    saved_us = max(read_segment(file).end_us for file in files_of(box.data / "footage", camera_id))
    print(f"lost: {(cut_us - saved_us) / 1e6:.2f} s")
    assert (cut_us - saved_us) / 1e6 < LONGEST_LOSS_SECONDS
    box.start()
    box.wait_for_state("Gate", "recording")
    assert {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in older} == older

    runs = eventually(lambda: told_since(box, saved_us), "what was saved is told, to the fragment")
    gaps = box.timeline("Gate")["gaps"]
    assert {gap["reason"]["key"] for gap in gaps} <= {
        "order_on_its_way", "connecting", "node_down",
    }  # fmt: skip
    assert findings(box) == []
    # ffmpeg reads everything without a complaint, and only the cuts miss pictures.
    assert len(runs_of(recorded(box.data / "footage", camera_id))) == runs
