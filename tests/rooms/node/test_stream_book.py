from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sereno.base.clock import ManualClock, from_us, to_us
from sereno.media.contract import Connecting, Event, Failed, Measured, RunEnded, SegmentSealed
from sereno.media.index import unpack_index
from sereno.node.ledger import Changes
from sereno.node.rows import AbsenceRow, StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.unsaved import Unsaved
from sereno.wire.reports import ReasonReport, StreamState

from .footage import START_US, Writer, record


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(from_us(START_US) - timedelta(seconds=10))


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


@pytest.fixture
def book(writer: Writer, clock: ManualClock) -> StreamBook:
    return StreamBook(writer.key, Unsaved(), clock)


def apply(book: StreamBook, *events: Event) -> Changes:
    for event in events:
        book.apply(event)
    return book.unsaved.take()


def failed(key: StreamKey, reason: str, at_us: int, next_try_us: int | None = None) -> Failed:
    return Failed(
        camera_id=key.camera_id, stream=key.stream, at_us=at_us,
        reason=ReasonReport(key=reason), next_try_us=next_try_us,
    )  # fmt: skip


def connecting(key: StreamKey, at_us: int) -> Connecting:
    return Connecting(camera_id=key.camera_id, stream=key.stream, at_us=at_us)


def spans(rows: object) -> list[tuple[str, int, int, bool]]:
    assert isinstance(rows, list)
    assert all(isinstance(row, AbsenceRow) for row in rows)
    return [(row.reason.key, row.start_us, row.end_us, row.is_open) for row in rows]


@pytest.mark.provokes("connecting")
def test_a_wanted_stream_is_absent_until_its_first_picture(
    book: StreamBook, writer: Writer, clock: ManualClock
) -> None:
    book.want()
    record(writer, segments=1)
    changes = apply(book, *writer.events)
    assert spans(changes.absences) == [("connecting", to_us(clock.now()), START_US, False)]
    (run,) = changes.runs
    assert (run.start_us, run.end_us, run.is_open) == (START_US, writer.end_us, True)
    assert book.state is StreamState.RECORDING


def test_an_open_run_grows_and_gets_a_new_revision_each_time(
    book: StreamBook, writer: Writer
) -> None:
    book.want()
    writer.open()
    writer.fragments(3)
    first = apply(book, *writer.events).runs[0]
    seen = len(writer.events)
    writer.fragments(2)
    second = apply(book, *writer.events[seen:]).runs[0]
    assert second.revision == first.revision + 1
    assert second.end_us - first.end_us == 400_000
    assert second.size_bytes > first.size_bytes


def test_a_sealed_segment_carries_its_index_and_digests(book: StreamBook, writer: Writer) -> None:
    book.want()
    record(writer, segments=2, fragments=7)
    changes = apply(book, *writer.events)
    sealed, still_open = changes.segments
    told = next(event for event in writer.events if isinstance(event, SegmentSealed))
    assert (sealed.sha256, sealed.crc32c, sealed.is_sealed) == (told.sha256, told.crc32c, True)
    assert sealed.end_us == still_open.start_us
    assert len(unpack_index(sealed.fragments)) == 7
    assert not still_open.is_sealed
    assert book.segment is not None
    assert len(book.segment.fragments) == 7


def test_failures_of_one_kind_are_one_absence_however_often_it_is_tried(
    book: StreamBook, writer: Writer, clock: ManualClock
) -> None:
    book.want()
    key, now = writer.key, to_us(clock.now())
    changes = apply(
        book,
        connecting(key, now),
        failed(key, "refused", now + 100, now + 5000),
        connecting(key, now + 5000),
        failed(key, "refused", now + 5100, now + 15_000),
        connecting(key, now + 15_000),
        failed(key, "unauthorized", now + 15_200),
    )
    assert [(each[0], each[3]) for each in spans(changes.absences)] == [
        ("connecting", False), ("refused", False), ("unauthorized", True),
    ]  # fmt: skip
    assert changes.absences[1].end_us == changes.absences[2].start_us
    assert (book.state, book.condition.next_try_us) == (StreamState.FAILED, None)


def test_what_ended_the_run_is_why_nothing_follows_it(book: StreamBook, writer: Writer) -> None:
    book.want()
    record(writer, segments=1)
    writer.end(ReasonReport(key="camera_closed"))
    changes = apply(book, *writer.events)
    (run,) = changes.runs
    assert not run.is_open
    assert run.end_reason == ReasonReport(key="camera_closed")
    gap = changes.absences[-1]
    assert (gap.reason.key, gap.start_us, gap.is_open) == ("camera_closed", run.end_us, True)
    assert book.segment is None


def test_runs_that_follow_each_other_at_once_leave_no_absence(
    book: StreamBook, writer: Writer, tmp_path: Path
) -> None:
    book.want()
    record(writer, segments=1)
    writer.end(ReasonReport(key="format_changed"))
    after = record(Writer(tmp_path, writer.key, start_us=writer.end_us), segments=1)
    changes = apply(book, *writer.events, *after.events)
    assert len(changes.runs) == 2
    assert [row.reason.key for row in changes.absences] == ["connecting"]


def test_an_absence_grows_with_time(book: StreamBook, clock: ManualClock) -> None:
    book.want()
    book.unsaved.take()
    clock.advance(6)
    book.tick()
    (row,) = book.unsaved.take().absences
    assert row.end_us == to_us(clock.now())
    assert row.is_open


def test_silence_is_said_to_be_a_stall_and_ends_with_the_next_picture(
    book: StreamBook, writer: Writer, clock: ManualClock
) -> None:
    book.want()
    writer.open()
    writer.fragments(3)
    apply(book, *writer.events)
    clock.advance(2)
    book.tick()
    assert book.state is StreamState.RECORDING
    clock.advance(2)
    book.tick()
    assert book.state is StreamState.STALLED
    seen = len(writer.events)
    writer.fragments(1)
    apply(book, *writer.events[seen:])
    assert book.state is StreamState.RECORDING


def test_setting_the_clock_stalls_nothing(
    book: StreamBook, writer: Writer, clock: ManualClock
) -> None:
    book.want()
    writer.open()
    writer.fragments(1)
    apply(book, *writer.events)
    clock.step_wall(3600)
    book.tick()
    assert book.state is StreamState.RECORDING


def test_a_full_disk_has_a_state_of_its_own(book: StreamBook, writer: Writer) -> None:
    book.want()
    apply(book, failed(writer.key, "disk_full", START_US, START_US + 5_000_000))
    assert book.state is StreamState.NO_DISK


def test_that_there_is_no_disk_is_the_last_failure_too(book: StreamBook) -> None:
    missing = ReasonReport(key="disk_missing", params={"volume": "/footage"})
    book.rest(StreamState.NO_DISK, missing)
    assert (book.state, book.condition.last_error) == (StreamState.NO_DISK, missing)


def test_nobody_misses_a_stream_that_is_not_wanted(book: StreamBook, writer: Writer) -> None:
    book.want()
    record(writer, segments=1)
    apply(book, *writer.events)
    book.unwant()
    ended = RunEnded(
        camera_id=writer.key.camera_id, stream="main", at_us=writer.end_us,
        run_id=writer.run_id, reason=ReasonReport(key="stopped"),
    )  # fmt: skip
    changes = apply(book, ended)
    assert len(changes.runs) == 1
    assert changes.absences == []


def test_what_could_not_be_written_is_written_later_unless_there_is_newer_news(
    book: StreamBook, writer: Writer
) -> None:
    book.want()
    writer.open()
    writer.fragments(2)
    lost = apply(book, *writer.events)
    seen = len(writer.events)
    writer.fragments(1)
    for event in writer.events[seen:]:
        book.apply(event)
    book.unsaved.put_back(lost)
    again = book.unsaved.take()
    assert [row.segment_id for row in again.segments] == [row.segment_id for row in lost.segments]
    assert again.runs[0].end_us == writer.end_us


PAUSED = ReasonReport(key="paused", params={"by": "Ana", "until": "08:00", "why": "–"})


def test_a_stream_that_rests_says_why_for_as_long_as_it_does(
    book: StreamBook, writer: Writer, clock: ManualClock
) -> None:
    book.want()
    record(writer, segments=1)
    apply(book, *writer.events)
    writer.end()
    book.apply(RunEnded(**at(writer, writer.end_us), run_id=writer.run_id, reason=PAUSED))
    book.rest(StreamState.PAUSED, PAUSED)
    clock.advance(3600)
    book.tick()
    book.rest(StreamState.PAUSED, PAUSED)
    (paused,) = book.unsaved.take().absences
    assert (paused.reason, paused.start_us, paused.is_open) == (PAUSED, writer.end_us, True)
    assert (book.state, book.reason) == (StreamState.PAUSED, PAUSED)
    now_us = to_us(clock.now())
    assert paused.end_us == now_us, "the horizon goes on"
    book.want()
    book.want()
    ended, connecting_now = book.unsaved.take().absences
    assert (ended.end_us, ended.is_open) == (now_us, False)
    assert spans([connecting_now]) == [("connecting", now_us, now_us + 1, True)]
    assert (book.state, book.reason) == (StreamState.CONNECTING, None)


def test_a_pause_that_is_lifted_at_once_is_not_why_a_stream_connects(
    book: StreamBook, writer: Writer
) -> None:
    book.want()
    record(writer, segments=1)
    apply(book, *writer.events)
    book.want()  # the pause is lifted before the runner has stopped
    end_us = writer.end_us
    book.apply(RunEnded(**at(writer, end_us), run_id=writer.run_id, reason=PAUSED))
    changes = apply(book, connecting(writer.key, end_us + 1000))
    assert spans(changes.absences) == [
        ("paused", end_us, end_us + 1000, False),
        ("connecting", end_us + 1000, end_us + 1001, True),
    ]
    assert book.reason is None


@pytest.mark.parametrize("state", [StreamState.PAUSED, StreamState.STANDBY])
def test_a_stream_that_rests_or_connects_has_no_next_try(
    book: StreamBook, writer: Writer, clock: ManualClock, state: StreamState
) -> None:
    book.want()
    now_us = to_us(clock.now())
    apply(book, failed(writer.key, "refused", now_us, now_us + 5_000_000))
    assert book.condition.next_try_us is not None
    apply(book, connecting(writer.key, now_us + 5_000_000))
    assert book.condition.next_try_us is None
    apply(book, failed(writer.key, "refused", now_us + 6_000_000, now_us + 9_000_000))
    book.rest(state, PAUSED)
    assert book.condition.next_try_us is None


def test_on_standby_the_other_node_tells(book: StreamBook, clock: ManualClock) -> None:
    book.want()
    clock.advance(5)
    book.rest(StreamState.STANDBY, ReasonReport(key="standby"))
    clock.advance(60)
    book.tick()
    assert [each[3] for each in spans(book.unsaved.take().absences)] == [False]
    assert book.state is StreamState.STANDBY
    book.want()
    assert [each[0] for each in spans(book.unsaved.take().absences)] == ["connecting"]


def test_the_last_failure_is_told_until_the_stream_has_been_well_for_a_while(
    book: StreamBook, writer: Writer, clock: ManualClock
) -> None:
    book.want()
    apply(book, failed(writer.key, "refused", to_us(clock.now()), START_US))
    writer.open()
    writer.fragments(49)  # of 200 ms
    apply(book, *writer.events)
    assert book.condition.last_error is not None
    assert book.condition.last_error.key == "refused"
    seen = len(writer.events)
    writer.fragments(2)
    apply(book, *writer.events[seen:])
    assert book.condition.last_error is None
    book.apply(RunEnded(**at(writer, writer.end_us), run_id=writer.run_id, reason=PAUSED))
    assert book.condition.last_error is None, "to be paused is no failure"


def test_what_is_measured_holds_while_something_comes(
    book: StreamBook, writer: Writer, clock: ManualClock
) -> None:
    book.want()
    record(writer, segments=2, fragments=5)
    apply(book, *writer.events)
    clock.advance(5)
    book.apply(Measured(**at(writer, writer.end_us), bitrate_bps=800, fps=25.0))
    found = book.measures
    assert (found.fps, found.fragments_per_second, found.key_interval_seconds) == (25.0, 2.0, 1.0)
    book.apply(RunEnded(**at(writer, writer.end_us), run_id=writer.run_id, reason=PAUSED))
    assert (found.fps, found.fragments_per_second, found.bitrate_bps) == (0.0, 0.0, 0)
    assert found.key_interval_seconds == 0.0


def at(writer: Writer, at_us: int) -> dict[str, Any]:
    return {"camera_id": writer.key.camera_id, "stream": writer.key.stream, "at_us": at_us}
