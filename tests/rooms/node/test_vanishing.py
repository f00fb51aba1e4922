"""Volumes that go, come or are copied at the worst moment: nothing is lost, nor wrongly deleted."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.base.errors import Conflict
from sereno.box.settings import Settings
from sereno.box.volumes import VolumeSetting
from sereno.node import checkup
from sereno.node.budget import REMOVED
from sereno.node.departing import finish_departures
from sereno.node.fsck import Fsck
from sereno.node.fsck_kinds import Finding
from sereno.node.ledger import Ledger
from sereno.node.ledger_removal import departures
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_volumes import see_volume
from sereno.node.volume_marker import MARKER_NAME, write_marker
from sereno.node.volumes import Volumes

from .footage import Writer
from .test_removal import keep, rows_of, sizes
from .world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


@contextmanager
def unplugged(world: World, folder: Path) -> Iterator[None]:
    """Nothing is mounted there for a while: an empty folder."""
    aside = world.folder / f"{folder.name}.unplugged"
    folder.rename(aside)
    folder.mkdir()
    yield
    shutil.rmtree(folder)
    aside.rename(folder)


def on_second_volume(world: World) -> tuple[Path, Writer]:
    """Another volume, which the settings do not name, with footage of a camera of its own."""
    folder, volume_id, own = world.folder / "second", uuid4(), world.volume_id
    folder.mkdir()
    write_marker(folder, volume_id)
    ledger = Ledger(world.data.ledger)
    see_volume(ledger, volume_id, folder)
    ledger.close()
    world.volume_id = volume_id
    writer = world.write(segments=4)
    world.volume_id = own
    camera = str(writer.key.camera_id)
    (world.data.footage / camera).rename(folder / camera)
    return folder, writer


def test_footage_of_a_missing_volume_does_not_pay_for_a_camera_s_limit(world: World) -> None:
    folder, old = on_second_volume(world)
    new = world.write(old, pause=60, segments=4)
    limit = sum(sizes(world, new)[5:])
    with unplugged(world, folder):
        for _ in range(3):
            keep(world, limits=lambda: {old.key.camera_id: limit})
    assert [row.path for row in world.segments(old.key)] == [*old.paths, *new.paths[1:]]
    assert all((folder / path).exists() for path in old.paths)


def test_nothing_is_deleted_where_the_volume_went_a_moment_ago(world: World) -> None:
    writer = world.write()

    async def remove(left: int) -> None:
        thread = LedgerThread(world.data.ledger)
        await finish_departures(thread, world.roots, world.clock)
        assert len(await thread.call(departures)) == left
        await thread.close()

    async def note() -> None:
        thread = LedgerThread(world.data.ledger)
        await world.recording(thread).take_out(rows_of(world, writer, 0), REMOVED, "remove")
        await thread.close()

    asyncio.run(note())
    marker = world.data.footage / MARKER_NAME
    said = marker.read_text()
    write_marker(world.data.footage, uuid4())  # a copy of the disk with a name of its own
    asyncio.run(remove(1))
    assert world.path(writer, 0).exists()
    with unplugged(world, world.data.footage):
        asyncio.run(remove(1))
    marker.write_text(said)
    asyncio.run(remove(0))
    assert not world.path(writer, 0).exists()


def test_a_volume_that_goes_while_fsck_looks_takes_nothing_out_of_the_ledger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = world.write()
    look = Fsck.run

    def look_without_disk(fsck: Fsck) -> Iterator[Finding]:
        with unplugged(world, world.data.footage):
            yield from look(fsck)

    monkeypatch.setattr(Fsck, "run", look_without_disk)
    world.fsck(repairs=True)  # it is back before the repair
    assert len(world.segments(writer.key)) == 3

    def look_and_lose(fsck: Fsck) -> Iterator[Finding]:
        world.data.footage.rename(world.folder / "gone")
        world.data.footage.mkdir()
        yield from look(fsck)

    monkeypatch.setattr(Fsck, "run", look_and_lose)
    with pytest.raises(OSError, match="volume"):
        world.fsck(repairs=True)
    assert len(world.segments(writer.key)) == 3


def test_a_file_that_was_being_written_is_not_forgotten_while_its_volume_is_away(
    world: World,
) -> None:
    writer = Writer(world.data.footage)
    writer.open()
    writer.fragments(10)
    writer.die()
    asyncio.run(world.take(writer))
    with unplugged(world, world.data.footage):
        asyncio.run(world.mend(writer.key))
    assert [row.path for row in world.segments(writer.key)] == writer.paths
    asyncio.run(world.mend(writer.key))
    assert [row.is_sealed for row in world.segments(writer.key)] == [True]


@pytest.mark.parametrize("has_ledger", [True, False])
def test_an_empty_mount_point_is_no_volume_to_rebuild_from(world: World, has_ledger: bool) -> None:
    writer = world.write()
    if not has_ledger:
        world.data.ledger.rename(world.folder / "lost")
    with unplugged(world, world.data.footage):
        with pytest.raises(Conflict) as refusal:
            checkup.make_anew(world.settings, lambda step, whole: None)
        assert list(world.data.footage.iterdir()) == []
    assert refusal.value.key == "volume_missing"
    checkup.make_anew(world.settings, lambda step, whole: None)
    assert len(world.segments(writer.key)) == 3


def test_a_rebuild_reads_volumes_that_settings_no_longer_name(world: World) -> None:
    folder, writer = on_second_volume(world)
    segments = world.segments(writer.key)
    with unplugged(world, folder), pytest.raises(Conflict):
        checkup.make_anew(world.settings, lambda step, whole: None)
    checkup.make_anew(world.settings, lambda step, whole: None)
    assert world.segments(writer.key) == segments
    assert world.gaps(writer.key, "footage_missing") == []


def with_copy_first(world: World) -> tuple[Path, Settings]:
    """A copy of the disk, an older one, which the settings name before the disk itself."""
    copy = world.folder / "copy"
    copy.mkdir()
    shutil.copy(world.data.footage / MARKER_NAME, copy)
    return copy, Settings(
        _env_file=None, data=world.folder, time_zone="UTC",
        volumes=(VolumeSetting(copy), VolumeSetting(world.data.footage)),
    )  # fmt: skip


def test_of_two_disks_with_one_name_the_one_that_was_there_stays(world: World) -> None:
    _, settings = with_copy_first(world)

    async def roots() -> dict[object, Path]:
        thread = LedgerThread(world.data.ledger)
        volumes = Volumes(thread, settings.volumes, world.data.footage, world.clock, 0)
        await volumes.check()
        await volumes.check()
        await thread.close()
        return dict(volumes.roots)

    assert asyncio.run(roots()) == {world.volume_id: world.data.footage}


def test_neither_fsck_nor_rebuild_takes_a_copy_for_the_disk(world: World) -> None:
    world.write()
    _, world.settings = with_copy_first(world)
    assert world.kinds() == []
    with pytest.raises(Conflict) as refusal:
        checkup.make_anew(world.settings, lambda step, whole: None)
    assert refusal.value.key == "volume_twice"
