from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sereno.base.errors import Conflict
from sereno.node.checkup import make_anew
from sereno.node.holding import hold_node
from sereno.node.ledger import Ledger
from sereno.node.rebuild import Rebuilt
from sereno.node.rows import RunRow, StreamKey

from .footage import START_US, Writer, record
from .world import World

SECOND = 1_000_000


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


def rebuild(world: World) -> Rebuilt:
    return make_anew(world.settings, lambda step, whole: None)[1]


def told(world: World, key: StreamKey) -> tuple[object, ...]:
    """Everything that the ledger says of a stream."""
    ledger = Ledger(world.data.ledger)
    reports = ledger.next_reports(1000, 10**15)
    streams = ledger.streams()
    ledger.close()
    return (
        world.runs(key), world.segments(key), world.absences(key), sorted(streams),
        sorted(run.run_id for run in reports.runs), len(reports.absences),
    )  # fmt: skip


def without_reason(runs: list[RunRow]) -> list[RunRow]:
    """What files alone tell of runs."""
    return [replace(run, end_reason=None, revision=0) for run in runs]


def test_afterwards_every_answer_is_as_before(world: World) -> None:
    one = world.write()
    two = world.write(one, pause=60)
    other = world.write()
    ledger = Ledger(world.data.ledger)
    ledger.mark_reported(ledger.next_reports(2, 10**15))
    ledger.close()
    before = told(world, one.key), told(world, other.key)
    rebuilt = rebuild(world)
    assert (rebuilt.file_count, rebuilt.left_out, rebuilt.was_readable) == (9, 0, True)
    assert (told(world, one.key), told(world, other.key)) == before
    assert world.kinds() == []
    assert two.run_id in {run.run_id for run in world.runs(one.key)}


def test_without_a_ledger_the_files_tell_all_but_the_reasons(world: World) -> None:
    one = world.write()
    world.write(one, pause=60)
    runs, segments = world.runs(one.key), world.segments(one.key)
    world.data.ledger.unlink()
    assert not rebuild(world).was_readable
    assert world.segments(one.key) == segments
    again = world.runs(one.key)
    assert without_reason(again) == without_reason(runs)
    assert {run.end_reason.key for run in again if run.end_reason} == {"unexplained"}
    # Newer than whatever a hub has heard of them.
    assert all(run.revision > 1_000_000_000 for run in again)


def test_files_tell_where_losses_may_have_damaged_them(world: World) -> None:
    writer = record(Writer(world.data.footage), segments=1)
    writer.fragments(2, is_damaged=True)
    record(writer, segments=1)
    writer.fragments(1, is_damaged=True)
    writer.fragments(5)
    writer.end()
    asyncio.run(world.take(writer))
    (run,) = world.runs(writer.key)
    assert run.damaged_us == 600_000
    assert [(start - START_US, end - START_US) for start, end in run.damage] == [
        (2_000_000, 2_400_000), (4_400_000, 4_600_000),
    ]  # fmt: skip
    rebuild(world)
    assert world.runs(writer.key) == [run]
    world.data.ledger.unlink()
    rebuild(world)
    assert without_reason(world.runs(writer.key)) == without_reason([run])


def test_a_ledger_that_cannot_be_read_is_kept_beside(world: World) -> None:
    writer = world.write()
    world.data.ledger.write_bytes(b"no ledger" * 1000)
    rebuilt = rebuild(world)
    assert rebuilt.kept is not None
    assert rebuilt.kept.read_bytes().startswith(b"no ledger")
    assert world.spans(writer.key) == [(0, 6 * SECOND)]
    assert {path.name for path in world.data.node.iterdir()} - {"lock"} == {
        "ledger.sqlite3", rebuilt.kept.name,
    }  # fmt: skip


def test_what_the_ledger_knew_and_no_file_shows_is_a_gap(world: World) -> None:
    one = world.write()
    two = world.write(one, pause=10)
    for place in (0, 2):
        world.path(one, place).unlink()
    for place in range(3):
        world.path(two, place).unlink()
    rebuild(world)
    assert world.gaps(one.key, "footage_missing") == [
        (0, 2 * SECOND), (4 * SECOND, 6 * SECOND), (16 * SECOND, 22 * SECOND),
    ]  # fmt: skip
    kept, gone = world.runs(one.key)
    assert (kept.segment_count, gone.segment_count) == (1, 0)
    assert gone.start_us == gone.end_us  # for the hub to forget
    assert world.kinds() == []


def test_a_run_that_was_cut_in_two_stays_two(world: World) -> None:
    writer = world.write(segments=5)
    world.path(writer, 2).unlink()
    world.fsck(repairs=True)
    before = told(world, writer.key)
    rebuild(world)
    assert told(world, writer.key) == before
    world.data.ledger.unlink()
    runs = world.runs
    rebuild(world)
    assert [run.run_id for run in runs(writer.key)] == [
        run.run_id
        for run in before[0]  # type: ignore[attr-defined]
    ]


def test_torn_tails_are_cut_and_strangers_left_out(world: World) -> None:
    writer = world.write()
    with world.path(writer, 2).open("ab") as file:
        file.write(b"torn")
    world.path(writer, 0).with_name("010101.000000Z-7.mp4").write_bytes(b"no film")
    before = world.segments(writer.key)
    rebuilt = rebuild(world)
    assert rebuilt.left_out == 1
    assert world.segments(writer.key) == before


def test_killed_at_any_step_one_whole_ledger_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = world.write()
    spans = world.spans(writer.key)
    real_link, real_replace = os.link, Path.replace

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    for name, target, real in (("link", os, real_link), ("replace", Path, real_replace)):
        monkeypatch.setattr(target, name, die)
        with pytest.raises(Killed):
            rebuild(world)
        monkeypatch.setattr(target, name, real)
        assert world.spans(writer.key) == spans
    rebuild(world)
    assert world.spans(writer.key) == spans


@pytest.mark.parametrize("has_ledger", [True, False])
def test_the_order_of_recording_is_kept_over_a_clock_that_was_set_back(
    world: World, has_ledger: bool
) -> None:
    """Of two streams only the old ledger tells it."""
    one, other = world.write(), world.write()
    two = world.write(one, pause=-3600)
    expected = [*one.paths, *other.paths, *two.paths] if has_ledger else [*one.paths, *two.paths]
    if not has_ledger:
        world.data.ledger.unlink()
    rebuild(world)
    ledger = Ledger(world.data.ledger)
    rows = ledger.db.execute("SELECT path FROM segments ORDER BY ordinal")
    found = [row["path"] for row in rows if row["path"] in expected]
    ledger.close()
    assert found == expected


def test_not_beside_a_living_node_nor_without_a_volume(world: World) -> None:
    world.write()
    with hold_node(world.data), pytest.raises(Conflict):
        rebuild(world)
    world.data.footage.rename(world.folder / "unplugged")
    with pytest.raises(Conflict) as refusal:
        rebuild(world)
    assert refusal.value.key == "volume_missing"
