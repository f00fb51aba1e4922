from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from sereno.base.errors import Conflict
from sereno.media.fmp4.reader import read_segment
from sereno.node.checkup import check_up, make_anew
from sereno.node.fsck_kinds import REPAIR, WHAT, Depth, Kind
from sereno.node.holding import hold_node
from sereno.node.ledger import Ledger
from sereno.node.stream_book import StreamBook
from sereno.node.unsaved import Unsaved
from sereno.wire.reports import ReasonReport

from .footage import Writer, record
from .world import World

SECOND = 1_000_000


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


def change_ledger(world: World, statement: str, *values: str) -> None:
    ledger = Ledger(world.data.ledger)
    ledger.db.execute(statement, values)
    ledger.close()


def flip_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def missing(world: World, writer: Writer) -> None:
    world.path(writer, 1).unlink()


def shorter(world: World, writer: Writer) -> None:
    os.truncate(world.path(writer, 1), 1000)


def damaged(world: World, writer: Writer) -> None:
    flip_byte(world.path(writer, 1))


def bad_index(world: World, writer: Writer) -> None:
    change_ledger(world, "UPDATE segments SET fragments = x'00' WHERE sequence = 2")


def hole(world: World, writer: Writer) -> None:
    world.path(writer, 1).unlink()
    change_ledger(world, "DELETE FROM segments WHERE sequence = 2")


def forgotten(world: World, writer: Writer) -> None:
    change_ledger(world, "DELETE FROM segments WHERE sequence = 1")


def strange(world: World, writer: Writer) -> None:
    world.path(writer, 1).with_name("notes.txt").write_text("lunch at one")


def strange_at_the_top(world: World, writer: Writer) -> None:
    (world.data.footage / "holiday").mkdir()


def copied(world: World, writer: Writer) -> None:
    copy = world.path(writer, 1).with_name("235959.000000Z-9.mp4")
    copy.write_bytes(world.path(writer, 1).read_bytes())


def run_changed(world: World, writer: Writer) -> None:
    change_ledger(world, "UPDATE runs SET size_bytes = size_bytes + 1")


def run_lost(world: World, writer: Writer) -> None:
    change_ledger(world, "DELETE FROM runs")


def sum_changed(world: World, writer: Writer) -> None:
    change_ledger(world, "UPDATE usage SET size_bytes = size_bytes + 1")


Damage = Callable[[World, Writer], None]
DAMAGES: list[tuple[Damage, set[str], Depth]] = [
    (missing, {"file_missing"}, Depth.PRESENCE),
    (shorter, {"size_differs"}, Depth.SIZE),
    (damaged, {"digest_differs"}, Depth.DIGEST),
    (bad_index, {"index_differs"}, Depth.DIGEST),
    (hole, {"hole_in_run", "run_differs"}, Depth.PRESENCE),
    (forgotten, {"unknown_file", "run_differs"}, Depth.PRESENCE),
    (strange, {"strange"}, Depth.PRESENCE),
    (strange_at_the_top, {"strange"}, Depth.PRESENCE),
    (copied, {"strange"}, Depth.PRESENCE),
    (run_changed, {"run_differs"}, Depth.PRESENCE),
    (run_lost, {"run_differs"}, Depth.PRESENCE),
    (sum_changed, {"sum_differs"}, Depth.PRESENCE),
]


@pytest.mark.parametrize(
    ("damage", "kinds", "depth"), DAMAGES, ids=lambda it: getattr(it, "__name__", "")
)
def test_each_damage_is_found_at_its_depth_and_made_good(
    world: World, damage: Damage, kinds: set[str], depth: Depth
) -> None:
    # Of days ago, and not the newest: nothing that a starting node looks at.
    writer = world.write()
    later = world.write(writer, pause=86_400)
    assert world.kinds() == []
    damage(world, writer)
    for each in Depth:
        found = set(world.kinds(each))
        assert found == (kinds if list(Depth).index(each) >= list(Depth).index(depth) else set())
    report = world.fsck(repairs=True)
    assert report.is_repaired
    assert kinds == {finding.kind.value for finding in report.findings}
    assert world.kinds() == []
    assert [row.path for row in world.segments(later.key)][-3:] == later.paths


@pytest.mark.provokes("footage_missing")
def test_a_missing_file_becomes_a_gap_with_its_cause(world: World) -> None:
    writer = world.write()
    missing(world, writer)
    world.fsck(repairs=True)
    assert world.spans(writer.key) == [(0, 2 * SECOND), (4 * SECOND, 6 * SECOND)]
    assert world.gaps(writer.key, "footage_missing") == [(2 * SECOND, 4 * SECOND)]
    first, second = world.runs(writer.key)
    assert (first.segment_count, second.segment_count) == (1, 1)
    assert first.run_id == writer.run_id != second.run_id


@pytest.mark.provokes("footage_damaged")
def test_a_damaged_file_goes_to_quarantine_with_a_note(world: World) -> None:
    writer = world.write()
    damaged(world, writer)
    content = world.path(writer, 1).read_bytes()
    world.fsck(repairs=True)
    aside = world.data.footage / "quarantine" / writer.paths[1]
    assert aside.read_bytes() == content
    note = aside.with_name(f"{aside.name}.txt").read_text()
    assert writer.paths[1] in note
    assert "Apartado" in note
    assert world.gaps(writer.key, "footage_damaged") == [(2 * SECOND, 4 * SECOND)]


def test_a_forgotten_file_is_taken_in_as_it_was(world: World) -> None:
    writer = world.write()
    world.write(writer, pause=86_400)
    before = (world.segments(writer.key), world.spans(writer.key))
    forgotten(world, writer)
    world.fsck(repairs=True)
    assert (world.segments(writer.key), world.spans(writer.key)) == before


def test_what_a_killed_node_left_is_no_finding_and_the_repair_mends_it(world: World) -> None:
    writer = record(Writer(world.data.footage), segments=2)
    asyncio.run(world.take(writer))
    writer.open()  # the ledger never heard of this one
    writer.fragments(3)
    writer.die()
    with world.path(writer, 2).open("ab") as file:
        file.write(b"torn")
    report = world.fsck()
    assert list(report.findings) == []
    assert report.waiting_count == 2
    assert world.fsck(repairs=True).findings == []
    assert world.fsck().waiting_count == 0
    assert len(world.segments(writer.key)) == 3


def test_a_file_that_lost_its_tail_is_told_as_it_is_and_breaks_no_chain(world: World) -> None:
    writer = record(Writer(world.data.footage))
    writer.lose_tail()
    record(writer).end()
    asyncio.run(world.take(writer))
    asyncio.run(world.mend(writer.key))
    rows = world.segments(writer.key)
    assert [row.is_sealed for row in rows] == [True] * 4
    assert rows[1].end_us == rows[0].end_us + 1_800_000  # all fragments but the last
    assert read_segment(world.path(writer, 2)).header.previous_sha256 == ""
    assert world.kinds() == []
    world.data.ledger.unlink()
    make_anew(world.settings, lambda step, whole: None)
    assert world.kinds() == []


def test_the_file_after_an_unsealed_one_names_no_digest(world: World) -> None:
    """Its runner ends in good order, the disk does not answer yet, and another runner goes on."""
    writer = record(Writer(world.data.footage))
    book = StreamBook(writer.key, Unsaved(), world.clock)
    for event in writer.events:
        book.apply(event)
    book.end_run(ReasonReport(key="disk_failed"), writer.end_us)
    assert (book.last_sequence, book.last_sha256) == (2, "")


def test_a_removed_link_of_the_chain_shows(world: World) -> None:
    """Somebody took a whole run out of both, the disk and the ledger."""
    one = world.write(segments=1)
    two = world.write(one, pause=10, segments=1)
    world.write(two, pause=10, segments=1)
    assert world.kinds() == []
    world.path(two, 0).unlink()
    change_ledger(world, "DELETE FROM segments WHERE run_id = ?", str(two.run_id))
    change_ledger(world, "DELETE FROM runs WHERE run_id = ?", str(two.run_id))
    assert world.kinds() == ["chain_broken"]


def test_a_volume_that_is_not_there_is_one_finding_and_not_thousands(world: World) -> None:
    writer = world.write()
    world.data.footage.rename(world.folder / "unplugged")
    world.data.footage.mkdir()
    assert world.kinds() == ["volume_missing"]
    world.fsck(repairs=True)
    (world.data.footage).rmdir()
    (world.folder / "unplugged").rename(world.data.footage)
    assert world.kinds() == []
    assert len(world.segments(writer.key)) == 3


def test_files_that_are_being_written_are_passed_over(world: World) -> None:
    world.write()
    writing = record(Writer(world.data.footage), segments=1)
    with hold_node(world.data):
        assert world.kinds() == []
    writing.die()


def test_no_repair_beside_a_living_node(world: World) -> None:
    world.write()
    with hold_node(world.data), pytest.raises(Conflict) as refusal:
        world.fsck(repairs=True)
    assert refusal.value.key == "node_running"


def test_beside_a_living_node_only_what_is_found_twice_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.node.fsck.SECOND_LOOK_SECONDS", 0.0)
    writer = world.write()
    file = world.path(writer, 1)
    away = file.with_name("away")
    file.rename(away)
    missing_file = world.path(writer, 2)
    missing_file.unlink()

    def between(_: float) -> None:
        away.rename(file)

    monkeypatch.setattr("sereno.node.fsck.time.sleep", between)
    with hold_node(world.data):
        report = world.fsck(Depth.PRESENCE)
    assert [(each.kind, each.path) for each in report.findings] == [
        (Kind.FILE_MISSING, writer.paths[2])
    ]


def test_progress_comes_to_what_was_said_before(world: World) -> None:
    world.write()
    told: list[tuple[int, int | None]] = []
    for depth in Depth:
        told.clear()
        check_up(world.settings, depth, lambda step, whole: told.append((step, whole)))
        whole = next(whole for _, whole in told if whole)
        assert sum(step for step, _ in told) == whole


def test_every_kind_has_words_and_says_what_a_repair_does() -> None:
    assert set(WHAT) == set(REPAIR) == set(Kind)
    assert all(words.en != words.es for words in (*WHAT.values(), *REPAIR.values()))


def test_fsck_leaves_the_ledger_alone(world: World) -> None:
    world.write()
    before = world.data.ledger.read_bytes()
    world.fsck()
    assert world.data.ledger.read_bytes() == before


def test_a_ledger_that_is_none_is_an_error_and_no_finding(world: World) -> None:
    world.data.ledger.write_bytes(b"no ledger at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        world.fsck()


def test_files_say_what_they_are(world: World) -> None:
    writer = world.write()
    contents = read_segment(world.path(writer, 0))
    assert contents.header.segment_id == world.segments(writer.key)[0].segment_id
    assert isinstance(contents.header.run_id, UUID)
