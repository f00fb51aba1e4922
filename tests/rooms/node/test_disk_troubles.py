"""Disks that are full or fail: real runners on real file systems."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from sereno.base.errors import Unavailable
from sereno.box.volumes import VolumeSetting
from sereno.media.fmp4.reader import read_segment
from sereno.node.checkup import check_up
from sereno.node.daemon import Node
from sereno.node.fsck_kinds import Depth
from sereno.node.ledger import Ledger
from sereno.node.rows import StreamKey
from sereno.sim import SimServer
from sereno.wire.orders import CameraOrder

from .conftest import (
    WAIT_SECONDS,
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)

TMPFS_BYTES = 2 << 20
PAGE_BYTES = 4096


def run_as_root(*argv: str) -> None:
    subprocess.run(argv, check=True, capture_output=True)


@pytest.fixture
def tmpfs(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    folder = tmp_path / "small"
    folder.mkdir()
    run_as_root("mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        run_as_root("umount", "--lazy", str(folder))


@pytest.fixture
def xfs(tmp_path: Path) -> Iterator[Path]:
    """An XFS that can be made to fail: once it is shut down, each call gives EIO."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    if shutil.which("mkfs.xfs") is None or not Path("/dev/loop-control").exists():
        pytest.skip("needs xfsprogs (Debian) and loop devices")
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(400 << 20)
    run_as_root("mkfs.xfs", "-q", str(image))
    run_as_root("mount", "-o", "loop", str(image), str(folder))
    try:
        yield folder
    finally:
        run_as_root("umount", "--lazy", str(folder))


def take_all(ballast: Path, *, but_bytes: int = 0) -> None:
    """Fill the file system below ``ballast``, though others write on it meanwhile."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(PAGE_BYTES))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        file.truncate(max(0, file.tell() - but_bytes))


def endings(hub: HubDouble, order: CameraOrder) -> list[str]:
    """Why the camera's runs ended, and how many go on."""
    runs = [run for run in hub.runs.values() if run.camera_id == order.camera_id]
    runs.sort(key=lambda run: run.start)
    return [run.end_reason.key if run.end_reason else "goes on" for run in runs]


def state_of(hub: HubDouble) -> tuple[str, str]:
    """The state of the only stream, and why."""
    status = next(iter(hub.statuses().values()), None)
    if status is None:
        return "", ""
    return status.state.value, status.reason.key if status.reason else ""


def assert_told_as_written(hub: HubDouble, footage: Path) -> None:
    """Each file is whole, and the runs are as long as their files.

    The last words of a node that stops may be told at its next start only.
    """
    ends: dict[UUID, int] = {}
    for file in footage.rglob("*.mp4"):
        contents = read_segment(file)
        assert contents.whole_size_bytes == file.stat().st_size
        run_id = contents.header.run_id
        ends[run_id] = max(contents.end_us, ends.get(run_id, 0))
    assert ends.keys() <= hub.runs.keys()
    for run_id, end_us in ends.items():
        run = hub.runs[run_id]
        told_us = round(run.end.timestamp() * 1e6)
        assert told_us == end_us or (run.is_open and told_us < end_us)


@pytest.mark.provokes("disk_full")
async def test_a_full_disk_costs_what_does_not_fit_and_recording_goes_on_by_itself(
    hub: HubDouble, cameras: SimServer, data: Path, tmpfs: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1]).model_copy(
        update={"volumes": (VolumeSetting(tmpfs),), "volume_reserve": 0}
    )
    async with serving(hub.app(), listener), running(settings):
        await until(lambda: endings(hub, order) == ["goes on"], "recording")
        # All but an odd rest of it is taken by somebody else.
        ballast = tmpfs / "of-somebody-else"
        take_all(ballast, but_bytes=5 * PAGE_BYTES)
        await until(lambda: endings(hub, order)[:1] == ["disk_full"], "full")
        await until(lambda: state_of(hub) == ("no_disk", "disk_full"), "said in words")
        ballast.unlink()
        await until(lambda: endings(hub, order)[-1] == "goes on", "recording again")
    causes = {each.reason.key for each in hub.absences.values()}
    assert causes <= {"connecting", "disk_full", "node_down"}
    assert_told_as_written(hub, tmpfs)


async def unsealed_runs(node: Node, key: StreamKey) -> set[UUID]:
    rows = await node._ledger.call(Ledger.unsealed_segments, key)
    return {row.run_id for row in rows}


def lay_ledger_on(disk: Path, data: Path) -> None:
    data.mkdir()
    (data / "node").symlink_to(disk)


@pytest.mark.provokes("ledger_unwritten")
async def test_a_full_disk_under_the_ledger_costs_no_picture_and_is_said(
    hub: HubDouble, cameras: SimServer, data: Path, tmpfs: Path
) -> None:
    """Footage lies elsewhere. Even a runner that dies meanwhile is replaced."""
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    lay_ledger_on(tmpfs, data)

    def notices() -> list[str]:
        return [notice.key for each in hub.statuses().values() for notice in each.notices]

    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: endings(hub, order) == ["goes on"], "recording")
        (book,) = node._recording.books().values()
        take_all(tmpfs / "ballast")
        await until(lambda: "ledger_unwritten" in notices(), "said")
        first, pid = book.run, node._supervisor.pid_of(book.key)
        assert first is not None
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(
            lambda: book.run and book.run.end_us > book.run.start_us and book.run is not first
        )
        await until(lambda: state_of(hub)[0] == "recording", "recording again")
        (tmpfs / "ballast").unlink()
        await until(lambda: endings(hub, order) == ["runner_died", "goes on"], "told")
        await until(lambda: "ledger_unwritten" not in notices(), "well again")
        async with asyncio.timeout(WAIT_SECONDS):
            unsealed = {first.run_id}
            while first.run_id in unsealed:
                await asyncio.sleep(0.01)
                unsealed = await unsealed_runs(node, book.key)
    report = check_up(settings, Depth.DIGEST, lambda step, whole: None)
    assert (report.findings, report.waiting_count, report.file_count) == ([], 0, 2)
    assert_told_as_written(hub, data / "footage")


def test_a_ledger_on_a_disk_that_is_full_by_then_is_not_opened_and_says_why(tmpfs: Path) -> None:
    path = tmpfs / "ledger.sqlite3"
    Ledger(path).close()
    take_all(tmpfs / "ballast")
    with pytest.raises(Unavailable, match="free some space"):
        Ledger(path)
    (tmpfs / "ballast").unlink()
    Ledger(path).close()


@pytest.mark.provokes("disk_failed")
async def test_a_failing_disk_is_said_and_the_next_volume_takes_over(
    hub: HubDouble, cameras: SimServer, data: Path, tmp_path: Path, xfs: Path
) -> None:
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    other = tmp_path / "other"
    other.mkdir()
    settings = settings_for(data, listener.getsockname()[1]).model_copy(
        update={"volumes": (VolumeSetting(xfs), VolumeSetting(other))}
    )
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: endings(hub, order) == ["goes on"], "recording")
        (book,) = node._recording.books().values()
        run_as_root("xfs_io", "-x", "-c", "shutdown", str(xfs))
        await until(lambda: endings(hub, order)[:1] == ["disk_failed"], "failed")
        await until(lambda: endings(hub, order)[-1] == "goes on", "recording again")
        await until(lambda: book.segment is not None, "a file")
        assert list(other.rglob("*.mp4"))
        (first, _) = hub.heartbeats[-1].volumes
        assert first.state.value in ("failing", "missing")
