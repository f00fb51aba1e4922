from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sereno.base.clock import ManualClock, from_us
from sereno.media.contract import RunEnded
from sereno.media.fmp4.reader import read_segment
from sereno.media.index import unpack_index
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.recording import NODE_DOWN, Recording
from sereno.node.repair import mend_file, mend_stream, streams_on_disk
from sereno.node.rows import NOWHERE, RunRow, SegmentRow
from sereno.node.runner_life import RUNNER_DIED
from sereno.wire.reports import ReasonReport

from .conftest import QUICK, WAIT_SECONDS, until
from .footage import START_US, Writer, record

FOR_EVER = (0, 1 << 60)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[LedgerThread]:
    ledger = LedgerThread(tmp_path / "ledger.sqlite3")
    yield ledger
    await ledger.close()


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    return tmp_path / "footage"


def recording_of(ledger: LedgerThread, footage: Path, at_us: int = START_US) -> Recording:
    return Recording(
        ledger, lambda: {NOWHERE: footage}, ManualClock(from_us(at_us)), lambda book: None, QUICK
    )


async def died_while_writing(ledger: LedgerThread, footage: Path, writer: Writer) -> None:
    """A node took all events, committed, and was killed."""
    recording = recording_of(ledger, footage)
    recording.book(writer.key).want()
    for event in writer.events:
        recording.apply(event)
    await recording.commit()


async def mend_all(recording: Recording, writer: Writer) -> None:
    running = asyncio.create_task(recording.run())
    await until(lambda: not recording.is_mending(writer.key), "mended")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await recording.commit()


async def run_of(ledger: LedgerThread, writer: Writer) -> RunRow:
    run = await ledger.call(Ledger.run, writer.run_id)
    assert run is not None
    return run


async def test_a_torn_tail_is_cut_and_the_file_sealed(ledger: LedgerThread, footage: Path) -> None:
    writer = record(Writer(footage), segments=2, fragments=6)
    await died_while_writing(ledger, footage, writer)
    last = footage / writer.paths[-1]
    whole = last.read_bytes()
    last.write_bytes(whole + whole[-300:])  # the fragment in flight

    writer.die()
    mended = await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)

    assert last.read_bytes() == whole
    rows = await ledger.call(Ledger.segments_overlapping, writer.key, *FOR_EVER)
    assert [row.path for row in rows] == writer.paths
    sealed = rows[-1]
    assert sealed.sha256 == hashlib.sha256(whole).hexdigest() == mended.last_sha256
    assert (sealed.end_us, sealed.size_bytes) == (writer.end_us, len(whole))
    assert len(unpack_index(sealed.fragments)) == 6
    run = await run_of(ledger, writer)
    assert (run.end_us, run.is_open, run.end_reason) == (writer.end_us, False, NODE_DOWN)
    assert run.segment_count == 2
    assert run.size_bytes == sum((footage / path).stat().st_size for path in writer.paths)
    assert mended.last_sequence == 2


async def test_damage_that_the_ledger_had_not_heard_of_is_read_from_the_file(
    ledger: LedgerThread, footage: Path
) -> None:
    writer = record(Writer(footage), segments=1)
    writer.fragments(2, is_damaged=True)
    writer.open()
    writer.fragments(3, is_damaged=True)
    await died_while_writing(ledger, footage, writer)
    writer.fragments(2, is_damaged=True)
    writer.die()

    await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)

    run = await run_of(ledger, writer)
    assert run.damage == [(START_US + 2_000_000, START_US + 3_400_000)]
    assert run.damaged_us == 1_400_000


async def test_a_half_written_fragment_costs_only_itself(
    ledger: LedgerThread, footage: Path
) -> None:
    writer = record(Writer(footage), segments=1, fragments=6)
    await died_while_writing(ledger, footage, writer)
    file = footage / writer.paths[0]
    file.write_bytes(file.read_bytes()[:-10])
    writer.die()
    await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    run = await run_of(ledger, writer)
    assert run.end_us == writer.end_us - 200_000
    assert len(read_segment(file).index) == 5


async def test_files_that_the_ledger_never_heard_of_are_adopted(
    ledger: LedgerThread, footage: Path
) -> None:
    writer = Writer(footage)
    record(writer, segments=1)
    await died_while_writing(ledger, footage, writer)
    record(writer, segments=2)  # the runner wrote on, nobody listened
    writer.die()
    await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    rows = await ledger.call(Ledger.segments_overlapping, writer.key, *FOR_EVER)
    assert [row.path for row in rows] == writer.paths
    run = await run_of(ledger, writer)
    assert (run.start_us, run.end_us, run.segment_count) == (START_US, writer.end_us, 3)


async def test_a_lost_ledger_is_built_again_from_the_files(
    ledger: LedgerThread, footage: Path
) -> None:
    first = record(Writer(footage), segments=2)
    first.end()
    second = record(
        Writer(footage, first.key, start_us=first.end_us + 60_000_000, next_sequence=3), segments=1
    )
    assert streams_on_disk({NOWHERE: footage}) == [first.key]
    second.die()
    await mend_stream(ledger, {NOWHERE: footage}, first.key, NODE_DOWN)
    rows = await ledger.call(Ledger.segments_overlapping, first.key, *FOR_EVER)
    assert [row.path for row in rows] == first.paths + second.paths
    runs = [await run_of(ledger, first), await run_of(ledger, second)]
    assert [(run.run_id, run.start_us, run.end_us) for run in runs] == [
        (first.run_id, START_US, first.end_us),
        (second.run_id, second.start_us, second.end_us),
    ]
    assert {(run.codec, run.width, run.height) for run in runs} == {("avc1.42c00a", 128, 96)}


async def test_mending_twice_changes_nothing(ledger: LedgerThread, footage: Path) -> None:
    writer = record(Writer(footage), segments=2)
    await died_while_writing(ledger, footage, writer)
    writer.die()
    first = await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    run = await run_of(ledger, writer)
    assert await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN) == first
    assert await run_of(ledger, writer) == run


async def test_a_head_without_a_picture_leaves_nothing(ledger: LedgerThread, footage: Path) -> None:
    writer = Writer(footage)
    writer.open()
    await died_while_writing(ledger, footage, writer)
    writer.die()
    await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    assert not (footage / writer.paths[0]).exists()
    assert await ledger.call(Ledger.segments_overlapping, writer.key, *FOR_EVER) == []


async def test_a_file_that_makes_no_sense_is_left_alone(
    ledger: LedgerThread, footage: Path
) -> None:
    writer = record(Writer(footage), segments=1)
    stranger = (footage / writer.paths[0]).with_name("999999.000000Z-9.mp4")
    stranger.write_bytes(b"no video at all")
    writer.die()
    await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    assert stranger.read_bytes() == b"no video at all"
    rows = await ledger.call(Ledger.segments_overlapping, writer.key, *FOR_EVER)
    assert [row.path for row in rows] == writer.paths


@pytest.mark.provokes("node_down")
async def test_a_new_start_says_that_the_node_was_down_and_since_when(
    ledger: LedgerThread, footage: Path
) -> None:
    writer = record(Writer(footage), segments=1)
    await died_while_writing(ledger, footage, writer)
    writer.die()
    later_us = writer.end_us + 90_000_000
    recording = recording_of(ledger, footage, later_us)
    await recording.recover()
    assert recording.is_mending(writer.key)
    await mend_all(recording, writer)
    absences = (await ledger.call(Ledger.next_reports, 100, START_US)).absences
    spans = [(each.start, each.end) for each in absences if each.reason.key == "node_down"]
    assert spans == [(from_us(writer.end_us), from_us(later_us))]
    assert recording.book(writer.key).last_sequence == 1


async def test_a_stop_in_good_order_is_downtime_until_the_next_start(
    ledger: LedgerThread, footage: Path
) -> None:
    writer = record(Writer(footage), segments=1)
    recording = recording_of(ledger, footage)
    recording.book(writer.key).want()
    writer.end(NODE_DOWN)
    for event in writer.events:
        recording.apply(event)
    await recording.close()
    later_us = writer.end_us + 30_000_000
    again = recording_of(ledger, footage, later_us)
    await again.recover()
    await mend_all(again, writer)
    absences = (await ledger.call(Ledger.next_reports, 100, START_US)).absences
    down = [each for each in absences if each.reason.key == "node_down"]
    assert [(each.start, each.end, each.is_open) for each in down] == [
        (from_us(writer.end_us), from_us(later_us), False)
    ]


async def test_a_stream_that_never_had_footage_is_down_until_the_next_start_too(
    ledger: LedgerThread, footage: Path
) -> None:
    key = Writer(footage).key
    recording = recording_of(ledger, footage)
    recording.book(key).want()
    await recording.close()
    later_us = START_US + 30_000_000
    clock = ManualClock(from_us(later_us))
    again = Recording(ledger, lambda: {NOWHERE: footage}, clock, lambda book: None, QUICK)
    await again.recover()
    clock.advance(0.5)  # the orders are read
    again.book(key).want()
    await again.commit()
    absences = (await ledger.call(Ledger.next_reports, 100, START_US)).absences
    (down,) = (each for each in absences if each.reason.key == "node_down")
    (connecting,) = (each for each in absences if each.is_open)
    assert down.end == connecting.start == from_us(later_us)


async def test_the_open_file_can_be_played_while_it_is_written(
    ledger: LedgerThread, footage: Path
) -> None:
    writer = record(Writer(footage), segments=2, fragments=5)
    recording = recording_of(ledger, footage)
    for event in writer.events:
        recording.apply(event)
    rows = await recording.segments(writer.key, START_US, writer.end_us + 1)
    assert [row.path for row in rows] == writer.paths
    assert len(unpack_index(rows[-1].fragments)) == 5
    assert await recording.segments(writer.key, writer.end_us + 1, writer.end_us + 2) == []
    open_row = await recording.segment(rows[-1].segment_id)
    assert open_row == replace(rows[-1])


async def test_a_file_that_could_not_be_sealed_is_mended_while_the_node_runs(
    ledger: LedgerThread, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.node.repair.WRITER_SECONDS", 0.0)
    writer = record(Writer(footage), segments=1)
    recording = recording_of(ledger, footage)
    for event in writer.events:
        recording.apply(event)
    ended = RunEnded(
        camera_id=writer.key.camera_id, stream="main", at_us=writer.end_us,
        run_id=writer.run_id, reason=ReasonReport(key="disk_failed"),
    )  # fmt: skip
    recording.apply(ended)  # and nobody said that the file is sealed
    running = asyncio.create_task(recording.run())
    await until(lambda: (footage / writer.paths[0]).exists())
    assert await recording.segments(writer.key, *FOR_EVER) == []  # the disk does not let it go
    writer.die()
    async with asyncio.timeout(30):
        while not (rows := await recording.segments(writer.key, *FOR_EVER)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        while (run := await run_of(ledger, writer)).is_open:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [row.path for row in rows] == writer.paths
    assert (run.end_us, run.is_open, run.segment_count) == (writer.end_us, False, 1)
    assert run.end_reason == ReasonReport(key="disk_failed")


async def test_a_file_whose_writer_lives_is_not_touched(
    ledger: LedgerThread, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.node.repair.WRITER_SECONDS", 0.0)
    writer = record(Writer(footage), segments=1)
    mended = await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    assert mended.left == tuple((NOWHERE, path) for path in writer.paths)
    writer.fragments(5)  # a killed node's runner, which has not noticed yet
    writer.die()
    await mend_file(ledger, {NOWHERE: footage}, writer.key, (NOWHERE, writer.paths[0]))
    run = await run_of(ledger, writer)
    assert (run.start_us, run.end_us, run.is_open) == (START_US, writer.end_us, False)


async def test_a_kill_between_adopting_a_file_and_ending_its_run_loses_no_coverage(
    ledger: LedgerThread, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = record(Writer(footage), segments=2)
    writer.die()

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("sereno.node.repair._end_run", killed)
        with pytest.raises(KeyboardInterrupt):
            await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    run = await run_of(ledger, writer)
    assert (run.start_us, run.end_us, run.is_open) == (START_US, writer.end_us, False)
    assert run.revision > 0  # so that the hub hears of it


async def test_a_file_of_another_camera_is_not_taken_for_this_one_s(
    ledger: LedgerThread, footage: Path
) -> None:
    writer, other = record(Writer(footage), segments=1), record(Writer(footage), segments=1)
    writer.die()
    other.die()
    moved = (footage / writer.paths[0]).with_name("moved.mp4")
    (footage / other.paths[0]).rename(moved)
    await mend_stream(ledger, {NOWHERE: footage}, writer.key, NODE_DOWN)
    rows = await ledger.call(Ledger.segments_overlapping, writer.key, *FOR_EVER)
    assert [row.path for row in rows] == writer.paths
    assert moved.exists()


async def test_what_waits_for_a_full_ledger_is_bounded_and_then_read_from_the_files(
    ledger: LedgerThread, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.node.unsaved.MOST_SEGMENTS", 3)
    writer = record(Writer(footage), segments=1)
    recording = recording_of(ledger, footage)
    recording.book(writer.key).want()
    heard = 0

    async def hear() -> None:
        nonlocal heard
        for event in writer.events[heard:]:
            recording.apply(event)
        heard = len(writer.events)
        await recording.commit()

    await hear()
    full = await ledger.call(lambda it: it.db.execute("PRAGMA page_count").fetchone()[0])
    await ledger.call(lambda it: it.db.execute(f"PRAGMA max_page_count = {full}").fetchone())
    while len(recording._unsaved.places()) < 3 or not recording._unsaved.left_out:
        record(writer, segments=1)
        await hear()
    await hear()
    assert len(recording._unsaved.places()) <= 3
    assert [notice.key for notice in recording.notices] == ["ledger_unwritten"]

    await ledger.call(lambda it: it.db.execute("PRAGMA max_page_count = 100000").fetchone())
    writer.end()
    await hear()
    running = asyncio.create_task(recording.run())
    rows: list[SegmentRow] = []
    async with asyncio.timeout(WAIT_SECONDS):
        while len(rows) < len(writer.paths):
            await asyncio.sleep(0.01)
            rows = await ledger.call(Ledger.segments_overlapping, writer.key, *FOR_EVER)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert recording.notices == ()
    assert [row.path for row in rows] == writer.paths
    assert sum(row.size_bytes for row in rows) == (await run_of(ledger, writer)).size_bytes


async def test_one_row_that_cannot_be_written_holds_up_no_other(
    ledger: LedgerThread, footage: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recording = recording_of(ledger, footage)
    good, bad = Writer(footage), Writer(footage)
    for writer in (bad, good):
        record(writer, segments=1)
        for event in writer.events:
            recording.apply(event)
    book = recording.book(bad.key)
    assert book.run is not None
    book.run.end_us = 1 << 70  # more than SQLite holds
    await recording.commit()
    assert (await run_of(ledger, good)).end_us == good.end_us
    assert "left out" in caplog.text


async def test_a_stream_that_cannot_be_mended_starts_all_the_same(
    ledger: LedgerThread, footage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = record(Writer(footage), segments=1)
    recording = recording_of(ledger, footage)
    recording.book(writer.key).want()
    for event in writer.events:
        recording.apply(event)

    async def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("sereno.node.recording.mend_stream", broken)
    recording.mend([writer.key], RUNNER_DIED)
    await mend_all(recording, writer)
    book = recording.book(writer.key)
    assert book.run is None
    assert book.absence is not None
    assert book.absence.reason == RUNNER_DIED
