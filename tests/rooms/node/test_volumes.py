from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from sereno.base.clock import ManualClock, from_us
from sereno.box.settings import Settings
from sereno.box.volumes import VolumeSetting
from sereno.node.checkup import accept
from sereno.node.ledger_schema import STEPS
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_volumes import known_volumes
from sereno.node.rows import StreamKey
from sereno.node.volume_marker import MARKER_NAME, read_marker
from sereno.node.volumes import Volumes
from sereno.node.wishes import Place
from sereno.sim import SimServer
from sereno.wire.reports import ReasonReport, VolumeState

from .conftest import (
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)
from .footage import START_US, Writer, record

KEY = StreamKey(uuid4(), "main")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[LedgerThread]:
    thread = LedgerThread(tmp_path / "ledger.sqlite3")
    yield thread
    await thread.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_us(START_US))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    return tmp_path / "one", tmp_path / "two"


def volumes_of(
    ledger: LedgerThread, clock: ManualClock, *folders: Path, limit: int | None = None
) -> Volumes:
    settings = [VolumeSetting(folder, limit) for folder in folders]
    return Volumes(ledger, settings, folders[0], clock, reserve_bytes=0)


def states(volumes: Volumes) -> list[str]:
    return [status.state.value for status in volumes.statuses()]


def place(volumes: Volumes) -> Path:
    found = volumes.place_of(KEY)
    assert isinstance(found, Place)
    return found.folder


async def test_an_empty_folder_becomes_a_volume_once(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    one, _ = folders
    volumes = volumes_of(ledger, clock, one)
    await volumes.check()
    said = json.loads((one / MARKER_NAME).read_text())
    assert said == {"version": 1, "volume_id": str(next(iter(volumes.roots)))}
    assert (one / MARKER_NAME).stat().st_mode & 0o777 == 0o600
    content = (one / MARKER_NAME).read_bytes()
    await volumes_of(ledger, clock, one).check()
    assert (one / MARKER_NAME).read_bytes() == content
    assert states(volumes) == ["ok"]
    assert place(volumes) == one


async def test_a_mount_that_vanished_is_never_written_around(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    one, two = folders
    volumes = volumes_of(ledger, clock, one, two)
    await volumes.check()
    one.rename(tmp_path / "away")
    one.mkdir()  # the empty mount point
    for fresh in (volumes, volumes_of(ledger, clock, one, two)):  # and after a start anew
        await fresh.check()
        assert states(fresh) == ["missing", "ok"]
        assert place(fresh) == two
        assert list(one.iterdir()) == []
    one.rmdir()
    (tmp_path / "away").rename(one)
    await volumes.check()
    assert states(volumes) == ["ok", "ok"]
    assert place(volumes) == one


async def test_without_any_volume_the_reason_names_it(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    one, _ = folders
    volumes = volumes_of(ledger, clock, one)
    await volumes.check()
    shutil.rmtree(one)
    await volumes.check()
    missing = ReasonReport(key="disk_missing", params={"volume": str(one)})
    assert volumes.place_of(KEY) == missing
    assert volumes.for_stream(KEY) is None
    assert str(one) in missing.to_reason().words().es


async def test_another_disk_in_its_place_is_not_taken_for_it(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    one, two = folders
    await volumes_of(ledger, clock, one, two).check()
    for old, new in ((one, tmp_path / "x"), (two, one), (tmp_path / "x", two)):
        old.rename(new)
    volumes = volumes_of(ledger, clock, one, two)
    await volumes.check()
    assert states(volumes) == ["missing", "missing"]


async def test_a_disk_that_was_replaced_on_purpose_is_accepted(
    clock: ManualClock, tmp_path: Path
) -> None:
    settings = Settings(_env_file=None, data=tmp_path, time_zone="UTC")
    (tmp_path / "node").mkdir()
    settings.data_dir.footage.mkdir()
    thread = LedgerThread(settings.data_dir.ledger)
    volumes = volumes_of(thread, clock, settings.data_dir.footage)
    await volumes.check()
    first = set(volumes.roots)
    (settings.data_dir.footage / MARKER_NAME).unlink()
    await volumes.check()
    assert states(volumes) == ["missing"]
    accept(settings, settings.data_dir.footage)
    await volumes.check()
    assert states(volumes) == ["ok"]
    assert set(volumes.roots) != first
    await thread.close()


async def test_a_folder_with_the_files_of_others_is_left_alone(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    one, _ = folders
    (one / "thesis.odt").write_text("…")
    volumes = volumes_of(ledger, clock, one)
    await volumes.check()
    assert states(volumes) == ["missing"]
    assert read_marker(one) is None


async def test_a_folder_that_is_not_there_is_not_made(
    ledger: LedgerThread, clock: ManualClock, tmp_path: Path
) -> None:
    volumes = volumes_of(ledger, clock, tmp_path / "mnt" / "disk")
    await volumes.check()
    assert states(volumes) == ["missing"]
    assert not (tmp_path / "mnt").exists()


async def test_a_volume_that_moved_is_known_by_its_marker(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    one, _ = folders
    volumes = volumes_of(ledger, clock, one)
    await volumes.check()
    (volume_id,) = volumes.roots
    one.rename(tmp_path / "moved")
    volumes = volumes_of(ledger, clock, tmp_path / "moved")
    await volumes.check()
    assert volumes.roots == {volume_id: tmp_path / "moved"}
    assert (await ledger.call(known_volumes))[volume_id] == tmp_path / "moved"


async def test_a_volume_that_settings_no_longer_name_is_still_read(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    one, two = folders
    await volumes_of(ledger, clock, one, two).check()
    volumes = volumes_of(ledger, clock, two)
    await volumes.check()
    assert set(volumes.roots.values()) == {one, two}
    assert place(volumes) == two


async def test_recording_moves_on_from_a_full_volume_and_comes_back(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    one, two = folders
    volumes = volumes_of(ledger, clock, one, two, limit=1_000_000)
    await volumes.check()
    first = next(each for each, root in volumes.roots.items() if root == one)
    await volumes.check({first: 995_000})
    assert states(volumes) == ["full", "ok"]
    assert place(volumes) == two
    await volumes.check({first: 985_000})  # not yet: recordings must not hop about
    assert place(volumes) == two
    await volumes.check({first: 900_000})
    assert place(volumes) == one


async def test_a_failing_disk_rests_and_is_tried_before_it_is_used_again(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    one, two = folders
    volumes = volumes_of(ledger, clock, one, two)
    await volumes.check()
    first = next(each for each, root in volumes.roots.items() if root == one)
    volumes.note(first, "disk_failed")
    await volumes.check()
    assert states(volumes) == ["failing", "ok"]
    assert place(volumes) == two
    clock.advance(31)
    await volumes.check()
    assert states(volumes) == ["ok", "ok"]
    volumes.note(first, "disk_failed")  # again, so soon: a longer rest
    clock.advance(31)
    await volumes.check()
    assert states(volumes) == ["failing", "ok"]
    clock.advance(31)
    await volumes.check()
    assert states(volumes) == ["ok", "ok"]


async def test_a_slow_disk_is_told_of_for_a_minute(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    one, _ = folders
    volumes = volumes_of(ledger, clock, one)
    await volumes.check()
    volumes.note(next(iter(volumes.roots)), "disk_slow")
    assert states(volumes) == ["slow"]
    assert place(volumes) == one
    clock.advance(61)
    assert states(volumes) == ["ok"]


async def test_changes_are_said_once(
    ledger: LedgerThread, clock: ManualClock, folders: tuple[Path, Path]
) -> None:
    changes: list[VolumeState] = []
    volumes = volumes_of(ledger, clock, folders[0])
    volumes._on_change = lambda: changes.append(volumes.statuses()[0].state)
    await volumes.check()
    await volumes.check()
    assert changes == [VolumeState.OK]


def test_a_ledger_without_volumes_is_given_one_for_the_data_folder(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(path) as db:
        db.executescript(f"{STEPS[0]};{STEPS[1]}; PRAGMA user_version = 2;")
        db.execute(
            "INSERT INTO segments VALUES (?, ?, ?, 'main', 1, 1, 2, 'a.mp4', 7, 1000, '', '', 1,"
            " x'')",
            (str(uuid4()), str(uuid4()), str(KEY.camera_id)),
        )
    db.close()

    async def opened() -> tuple[dict[UUID, Path], UUID]:
        thread = LedgerThread(path)
        (tmp_path / "footage").mkdir()
        (tmp_path / "footage" / str(KEY.camera_id)).mkdir()
        volumes = volumes_of(thread, ManualClock(from_us(START_US)), tmp_path / "footage")
        await volumes.check()
        row = await thread.call(lambda ledger: ledger.newest_segment(KEY))
        usage = await thread.call(
            lambda ledger: ledger.db.execute("SELECT * FROM usage").fetchall()
        )
        await thread.close()
        assert row is not None
        assert [tuple(each)[3:] for each in usage] == [(1, 1000)]
        return volumes.roots, row.volume_id

    import asyncio

    roots, volume_id = asyncio.run(opened())
    assert roots == {volume_id: tmp_path / "footage"}


@pytest.mark.provokes("volume_changed")
async def test_a_node_moves_to_the_next_volume_and_comes_back(
    hub: HubDouble, cameras: SimServer, data: Path, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    one, two = folders
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1]).model_copy(
        update={"volumes": (VolumeSetting(one), VolumeSetting(two))}
    )

    def newest_state() -> list[str]:
        return [each.state.value for each in hub.heartbeats[-1].volumes] if hub.heartbeats else []

    async with serving(hub.app(), listener), running(settings):
        await until(lambda: len(list(one.rglob("*.mp4"))) == 1, "on the first")
        await until(lambda: newest_state() == ["ok", "ok"], "told")
        one.rename(tmp_path / "away")
        one.mkdir()
        await until(lambda: list(two.rglob("*.mp4")), "on the second")
        await until(lambda: newest_state() == ["missing", "ok"], "told")
        assert list(one.iterdir()) == []
        two.rename(tmp_path / "away too")
        await until(lambda: hub.states().get(order.camera_id) == "no_disk", "no disk left")
        one.rmdir()
        (tmp_path / "away").rename(one)
        await until(lambda: len(list(one.rglob("*.mp4"))) == 2, "back on the first")
    assert [r.key for run in hub.runs.values() if (r := run.end_reason)].count("node_down") == 1


async def test_what_lies_on_a_volume_that_comes_later_is_taken_in(
    hub: HubDouble, cameras: SimServer, data: Path, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    one, two = folders
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1]).model_copy(
        update={"volumes": (VolumeSetting(one), VolumeSetting(two))}
    )
    async with serving(hub.app(), listener):
        async with running(settings):
            pass
        writer = record(Writer(one), segments=2)  # a runner wrote on when its node was dead
        writer.die()
        hub.order(camera_order(cameras, 1, camera_id=writer.key.camera_id))
        one.rename(tmp_path / "away")
        async with running(settings):
            await until(lambda: hub.runs, "recording elsewhere")
            assert writer.run_id not in hub.runs
            (tmp_path / "away").rename(one)
            await until(
                lambda: writer.run_id in hub.runs and hub.runs[writer.run_id].segment_count == 2,
                "taken in",
            )
    assert hub.runs[writer.run_id].end == from_us(writer.end_us)


@pytest.mark.provokes("removed_for_space")
async def test_a_node_keeps_a_camera_s_budget_while_it_records(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = camera_order(cameras, 1, budget_bytes=60_000)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener):
        for starts in range(1, 5):  # each start makes a new file
            async with running(settings):
                await until(lambda n=starts: len(hub.runs) >= n, "recording")
                await until(lambda: hub.states().get(order.camera_id) == "recording", "seen")
                newest = max((data / "footage").rglob("*.mp4"))
                await until(lambda file=newest: file.stat().st_size > 40_000, "some footage")
        async with running(settings):
            await until(
                lambda: any(e.reason.key == "removed_for_space" for e in hub.absences.values()),
                "the gap is told",
            )
            emptied = [run for run in hub.runs.values() if run.segment_count == 0]
            assert all(run.start == run.end for run in emptied)
            status = hub.heartbeats[-1].volumes[0]
            assert status.footage_bytes <= 120_000
