"""Taking footage out: the ledger's part, and that a kill at any step is made good."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.node import ledger_removal
from sereno.node.budget import REMOVED, Budget
from sereno.node.departing import finish_departures
from sereno.node.ledger import Ledger
from sereno.node.ledger_removal import departures, take_out
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ledger_volumes import usage_of
from sereno.node.rows import SegmentRow
from sereno.node.volumes import Volumes

from .footage import Writer, record
from .world import World

SECOND = 1_000_000
TEN_YEARS = 10 * 365 * 86_400


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


@pytest.fixture
def ledger(world: World) -> Iterator[Ledger]:
    with closing(Ledger(world.data.ledger)) as ledger:
        yield ledger


def rows_of(world: World, writer: Writer, *places: int) -> list[SegmentRow]:
    segments = {row.path: row for row in world.segments(writer.key)}
    return [segments[writer.paths[place]] for place in places]


@pytest.mark.parametrize(
    ("places", "spans", "gaps"),
    [
        ((0,), [(2, 10)], [(0, 2)]),
        ((0, 1), [(4, 10)], [(0, 4)]),
        ((4,), [(0, 8)], [(8, 10)]),
        ((2,), [(0, 4), (6, 10)], [(4, 6)]),
        ((0, 2, 4), [(2, 4), (6, 8)], [(0, 2), (4, 6), (8, 10)]),
        ((1, 3), [(0, 2), (4, 6), (8, 10)], [(2, 4), (6, 8)]),
        ((0, 1, 2, 3, 4), [(10, 10)], [(0, 10)]),
    ],
)
def test_runs_and_absences_follow_what_is_taken_out(
    world: World,
    ledger: Ledger,
    places: tuple[int, ...],
    spans: list[tuple[int, int]],
    gaps: list[tuple[int, int]],
) -> None:
    writer = world.write(segments=5)
    take_out(ledger, rows_of(world, writer, *places), REMOVED, "remove")
    assert world.spans(writer.key) == [(a * SECOND, b * SECOND) for a, b in spans]
    assert world.gaps(writer.key, "removed_for_space") == [
        (a * SECOND, b * SECOND) for a, b in gaps
    ]
    left = world.segments(writer.key)
    runs = {run.run_id: run for run in world.runs(writer.key)}
    assert sum(run.segment_count for run in runs.values()) == len(left) == 5 - len(places)
    assert sum(run.size_bytes for run in runs.values()) == sum(row.size_bytes for row in left)
    assert {row.run_id for row in left} <= runs.keys()
    (usage,) = usage_of(ledger)
    assert (usage.segment_count, usage.size_bytes) == (len(left), sum(r.size_bytes for r in left))


def test_one_absence_grows_with_each_file_that_goes(world: World, ledger: Ledger) -> None:
    writer = world.write(segments=5)
    for place in range(3):
        take_out(ledger, rows_of(world, writer, place), REMOVED, "remove")
    (absence,) = (row for row in world.absences(writer.key) if row.reason == REMOVED)
    assert absence.end_us - absence.start_us == 6 * SECOND
    assert absence.revision == 3
    (report,) = (each for each in ledger.next_reports(9, 10**15).absences if each.reason == REMOVED)
    assert report.revision == 3


def test_a_time_without_footage_is_not_called_removed(world: World, ledger: Ledger) -> None:
    one = world.write()
    two = world.write(one, pause=60)
    take_out(ledger, rows_of(world, one, 0, 1, 2), REMOVED, "remove")
    take_out(ledger, rows_of(world, two, 0), REMOVED, "remove")
    assert world.gaps(one.key, "removed_for_space") == [
        (0, 6 * SECOND), (66 * SECOND, 68 * SECOND),
    ]  # fmt: skip


def test_an_empty_run_is_told_once_and_then_forgotten(world: World, ledger: Ledger) -> None:
    writer = world.write()
    ledger.mark_reported(ledger.next_reports(9, 10**15))
    take_out(ledger, rows_of(world, writer, 0, 1, 2), REMOVED, "remove")
    batch = ledger.next_reports(9, 10**15)
    (report,) = batch.runs
    assert (report.start, report.segment_count) == (report.end, 0)
    ledger.mark_reported(batch)
    assert world.runs(writer.key) == []


def test_an_open_run_begins_later_and_goes_on(world: World) -> None:
    async def scene() -> None:
        thread = LedgerThread(world.data.ledger)
        recording = world.recording(thread)
        writer = record(Writer(world.data.footage), segments=3)
        book = recording.book(writer.key)
        book.volume_id = world.volume_id
        book.want()
        for event in writer.events:
            recording.apply(event)
        await recording.commit()
        await recording.take_out(rows_of(world, writer, 0), REMOVED, "remove")
        heard = len(writer.events)
        writer.fragments(5)
        writer.end()
        for event in writer.events[heard:]:
            recording.apply(event)
        await recording.commit()
        await thread.close()
        (run,) = world.runs(writer.key)
        left = world.segments(writer.key)
        assert run.start_us == left[0].start_us == writer.start_us + 2 * SECOND
        assert (run.segment_count, run.size_bytes) == (2, sum(row.size_bytes for row in left))
        world.path(writer, 0).unlink()
        assert world.kinds() == []

    asyncio.run(scene())


class Killed(BaseException):
    """What a kill -9 is to a test: nothing catches it."""


def kill_before(world: World, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(step, die)


def kill_within_transaction(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_before(world, monkeypatch, "sereno.node.ledger_removal._absence")


def kill_before_unlink(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_before(world, monkeypatch, "sereno.node.departing.depart")


def kill_after_unlink(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_before(world, monkeypatch, "sereno.node.departing.departed")


@pytest.mark.parametrize(
    ("kill", "is_out"),
    [(kill_within_transaction, False), (kill_before_unlink, True), (kill_after_unlink, True)],
)
def test_a_kill_at_any_step_is_made_good(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    kill: Callable[[World, pytest.MonkeyPatch], None],
    is_out: bool,
) -> None:
    writer = world.write(segments=5)

    async def remove() -> None:
        thread = LedgerThread(world.data.ledger)
        try:
            rows = rows_of(world, writer, 0, 1)
            await world.recording(thread).take_out(rows, REMOVED, "remove")
            await finish_departures(thread, world.roots, world.clock)
        finally:
            await thread.close()

    with monkeypatch.context() as patch:
        kill(world, patch)
        with pytest.raises(Killed):
            asyncio.run(remove())
    assert world.kinds() == []  # what is on its way out is no finding

    async def start() -> int:
        thread = LedgerThread(world.data.ledger)
        await finish_departures(thread, world.roots, world.clock)
        left = await thread.call(departures)
        await thread.close()
        return len(left)

    assert asyncio.run(start()) == 0
    assert [world.path(writer, place).exists() for place in range(3)] == [
        not is_out, not is_out, True,
    ]  # fmt: skip
    assert len(world.segments(writer.key)) == (3 if is_out else 5)
    assert world.kinds() == []


def test_days_that_are_past_and_empty_go_and_others_stay(world: World) -> None:
    writer = world.write()
    world.clock.advance(86_400 * 40)
    day = world.path(writer, 0).parent

    async def remove(*places: int) -> None:
        thread = LedgerThread(world.data.ledger)
        rows = rows_of(world, writer, *places)
        await world.recording(thread).take_out(rows, REMOVED, "remove")
        await finish_departures(thread, world.roots, world.clock)
        await thread.close()

    asyncio.run(remove(0, 1))
    assert day.exists()
    asyncio.run(remove(2))
    assert not day.exists()
    stream = world.data.footage / str(writer.key.camera_id) / "main"
    assert stream.exists()
    assert [path.name for path in stream.iterdir()] in ([], ["2026"])


def test_what_went_is_gone_for_good_before_its_note_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is made durable after the last file went from it, then the ledger forgets."""
    writer = world.write(segments=3)
    day = world.path(writer, 0).parent.stat()
    order: list[str] = []
    real_fsync, real_departed = os.fsync, ledger_removal.departed

    def fsync(descriptor: int) -> None:
        if os.path.samestat(os.fstat(descriptor), day):
            order.append(f"folder with {len(list(world.path(writer, 0).parent.iterdir()))} left")
        real_fsync(descriptor)

    def forget(ledger: Ledger, done: list[ledger_removal.Departure]) -> None:
        order.append(f"{len(done)} notes")
        real_departed(ledger, done)

    async def remove() -> None:
        thread = LedgerThread(world.data.ledger)
        await world.recording(thread).take_out(rows_of(world, writer, 0, 1), REMOVED, "remove")
        monkeypatch.setattr("sereno.node.departing.departed", forget)
        monkeypatch.setattr(os, "fsync", fsync)
        await finish_departures(thread, world.roots, world.clock)
        await thread.close()

    asyncio.run(remove())
    assert order == ["folder with 1 left", "2 notes"]


def test_footage_behind_a_link_is_read_and_removed_but_not_added_to(
    world: World, tmp_path: Path
) -> None:
    writer = world.write(segments=3)
    stream = world.data.footage / str(writer.key.camera_id)
    stream.rename(tmp_path / "elsewhere")
    stream.symlink_to(tmp_path / "elsewhere")
    assert world.kinds() == []
    keep(world, total_bytes=sum(sizes(world, writer)[1:]))
    assert not world.path(writer, 0).exists()
    assert world.kinds() == []
    with pytest.raises(NotADirectoryError):
        world.after(writer, 10).open()


def budget_of(world: World, thread: LedgerThread, **more: object) -> Budget:
    volumes = Volumes(
        thread, world.settings.footage_volumes, world.data.footage, world.clock, reserve_bytes=0
    )
    return Budget(
        thread, world.recording(thread), volumes, world.clock,
        more.pop("limits", dict),  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def sizes(world: World, writer: Writer) -> list[int]:
    return [row.size_bytes for row in world.segments(writer.key)]


def keep(world: World, **more: object) -> None:
    async def act() -> None:
        thread = LedgerThread(world.data.ledger)
        await budget_of(world, thread, **more).keep()
        await thread.close()

    asyncio.run(act())


def test_a_camera_s_budget_is_kept_to_the_byte_oldest_first(world: World) -> None:
    writer, other = world.write(segments=5), world.write(segments=5)
    (one, two, *rest) = sizes(world, writer)
    limit = sum(rest) + two
    keep(world, limits=lambda: {writer.key.camera_id: limit})
    assert sizes(world, writer) == [two, *rest]
    keep(world, limits=lambda: {writer.key.camera_id: limit - 1})
    assert sizes(world, writer) == rest
    assert len(sizes(world, other)) == 5
    assert one > 0
    assert not world.path(writer, 0).exists()
    assert world.gaps(writer.key, "removed_for_space") == [(0, 4 * SECOND)]
    assert world.kinds() == []


def test_the_whole_budget_takes_the_oldest_of_all(world: World) -> None:
    old = world.write(segments=3)
    new = world.write(old, pause=3600, segments=3)
    young = world.write(new, pause=3600, segments=3)
    all_sizes = sizes(world, old)
    keep(world, total_bytes=sum(all_sizes[4:]))
    assert [row.path for row in world.segments(old.key)] == [*new.paths[1:], *young.paths]


def test_the_middle_of_a_run_that_goes_on_stays_while_its_beginning_cannot_go(
    world: World,
) -> None:
    """The beginning lies on a disk that is away."""
    writer = record(Writer(world.data.footage), segments=5)
    asyncio.run(world.take(writer))
    ledger = Ledger(world.data.ledger)
    away = "UPDATE segments SET volume_id = ? WHERE sequence = 1"
    ledger.db.execute(away, (str(uuid4()),))
    other = world.write(segments=3)
    keep(world, total_bytes=0)
    assert [row.sequence for row in world.segments(writer.key)] == [1, 2, 3, 4, 5]
    assert [row.path for row in world.segments(other.key)] == other.paths[2:]
    ledger.db.execute("UPDATE segments SET volume_id = ?", (str(world.volume_id),))
    ledger.close()
    keep(world, total_bytes=0)
    assert [row.sequence for row in world.segments(writer.key)] == [5]


def test_what_was_recorded_last_goes_last_though_the_clock_was_set_back(world: World) -> None:
    one = world.write(segments=3)
    two = world.write(one, pause=-TEN_YEARS, segments=3)
    other = world.write(segments=3, start_us=two.start_us - 3600 * SECOND)  # a new camera
    all_sizes = sizes(world, one)
    keep(world, limits=lambda: {one.key.camera_id: sum(all_sizes[1:])})
    assert [row.path for row in world.segments(one.key)] == [*one.paths[1:], *two.paths]
    keep(world, total_bytes=sum(all_sizes[3:]) + sum(sizes(world, other)))
    assert [row.path for row in world.segments(one.key)] == two.paths
    assert [row.path for row in world.segments(other.key)] == other.paths
    assert world.kinds() == []


def test_a_file_that_is_heard_of_late_is_as_old_as_it_is(world: World) -> None:
    one = world.write(segments=3)
    world.write(segments=3)
    ledger = Ledger(world.data.ledger)
    ledger.forget_segment(world.volume_id, one.paths[0])
    ledger.close()
    world.fsck(repairs=True)
    assert len(world.segments(one.key)) == 3
    keep(world, total_bytes=5 * sizes(world, one)[1])
    assert [row.path for row in world.segments(one.key)] == one.paths[1:]


def test_the_newest_file_stays_whatever_the_budget_says(world: World) -> None:
    writer = world.write(segments=3)
    keep(world, total_bytes=0)
    assert [row.path for row in world.segments(writer.key)] == writer.paths[-1:]
