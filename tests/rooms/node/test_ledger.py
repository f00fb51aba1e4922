from __future__ import annotations

import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.base.clock import from_us
from sereno.base.errors import Conflict
from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_schema import STEPS
from sereno.node.rows import NOWHERE, AbsenceRow, RunRow, SegmentRow, StreamKey
from sereno.wire.reports import ReasonReport

KEY = StreamKey(uuid4(), "main")
SECOND = 1_000_000
NOW_US = 10**15


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite3")


def segment(start: int, end: int, sequence: int = 1, key: StreamKey = KEY) -> SegmentRow:
    return SegmentRow(
        uuid4(), uuid4(), key, NOWHERE, sequence, start * SECOND, end * SECOND, f"{uuid4()}.mp4",
        700, size_bytes=1000, is_sealed=True, fragments=b"index",
    )  # fmt: skip


def run(start: int, end: int, revision: int = 1, *, is_open: bool = False) -> RunRow:
    return RunRow(
        uuid4(), KEY, start * SECOND, end * SECOND, "avc1.42c00a", 128, 96, is_open,
        None if is_open else ReasonReport(key="stopped"), 1, 1000, revision,
    )  # fmt: skip


def test_what_is_saved_is_read_back_whole(ledger: Ledger) -> None:
    row, coverage = segment(10, 70), run(10, 70)
    ledger.save(Changes(segments=[row], runs=[coverage]))
    assert ledger.segment(row.segment_id) == row
    assert ledger.run(coverage.run_id) == coverage
    assert ledger.coverage(KEY, 69 * SECOND, 80 * SECOND) == [(10 * SECOND, 70 * SECOND)]
    assert ledger.coverage(KEY, 70 * SECOND, 80 * SECOND) == []


def test_a_span_finds_every_segment_that_touches_it_and_no_other(ledger: Ledger) -> None:
    rows = [segment(at, at + 60, number) for number, at in enumerate(range(0, 600, 60))]
    long_one = segment(30, 400, 99)  # a camera whose key frames stayed away
    other = segment(100, 160, key=StreamKey(KEY.camera_id, "sub"))
    ledger.save(Changes(segments=[*rows, long_one, other]))
    found = ledger.segments_overlapping(KEY, 120 * SECOND, 241 * SECOND)
    assert {row.segment_id for row in found} == {
        row.segment_id for row in (rows[2], rows[3], rows[4], long_one)
    }
    assert [row.start_us for row in found] == sorted(row.start_us for row in found)


def test_the_search_for_a_span_uses_the_index(ledger: Ledger) -> None:
    from sereno.node.ledger import _OVERLAPPING

    plan = ledger.db.execute(f"EXPLAIN QUERY PLAN {_OVERLAPPING}", ("c", "main", 1, 2, 1))
    steps = " | ".join(str(tuple(row)) for row in plan)
    assert "segments_by_start (camera_id=? AND stream=? AND start_us>? AND start_us<?)" in steps


def test_news_is_told_once_and_what_changes_meanwhile_again(ledger: Ledger) -> None:
    row = run(0, 10, is_open=True)
    ledger.save(Changes(runs=[row]))
    first = ledger.next_reports(100, NOW_US)
    row.end_us, row.revision = 12 * SECOND, 2
    ledger.save(Changes(runs=[row]))  # before the hub's answer
    ledger.mark_reported(first)
    (again,) = ledger.next_reports(100, NOW_US).runs
    assert (again.revision, again.end) == (2, from_us(12 * SECOND))
    ledger.mark_reported(ledger.next_reports(100, NOW_US))
    assert ledger.next_reports(100, NOW_US).runs == ()
    assert ledger.backlog(NOW_US) == 0


def test_only_the_last_batch_promises_a_horizon(ledger: Ledger) -> None:
    ledger.save(Changes(runs=[run(at, at + 5) for at in range(0, 50, 10)]))
    first = ledger.next_reports(3, NOW_US)
    assert [report.start for report in first.runs] == [from_us(at * SECOND) for at in (0, 10, 20)]
    assert first.horizons == ()
    ledger.mark_reported(first)
    last = ledger.next_reports(3, NOW_US)
    assert len(last.runs) == 2
    (horizon,) = last.horizons
    assert horizon.reported_through == from_us(45 * SECOND)


def test_the_horizon_follows_what_is_open_after_the_clock_was_set_back(ledger: Ledger) -> None:
    ledger.save(Changes(runs=[run(100, 200), run(50, 60, is_open=True)]))
    (horizon,) = ledger.next_reports(100, NOW_US).horizons
    assert horizon.reported_through == from_us(60 * SECOND)


def test_a_stream_of_which_nothing_is_left_has_no_horizon(ledger: Ledger) -> None:
    assert ledger.next_reports(100, NOW_US, {KEY}).horizons == ()


def test_nothing_is_promised_beyond_a_run_whose_files_are_still_to_be_mended(
    ledger: Ledger,
) -> None:
    since_start = AbsenceRow(
        uuid4(), KEY, 90 * SECOND, 95 * SECOND, ReasonReport(key="connecting"), revision=1
    )
    ledger.save(Changes(runs=[run(50, 60, is_open=True)], absences=[since_start]))
    (horizon,) = ledger.next_reports(100, NOW_US).horizons
    assert horizon.reported_through == from_us(60 * SECOND)


def test_a_horizon_comes_from_an_absence_as_well(ledger: Ledger) -> None:
    absence = AbsenceRow(
        uuid4(), KEY, 10 * SECOND, 30 * SECOND, ReasonReport(key="refused"), revision=1
    )
    ledger.save(Changes(runs=[run(0, 10)], absences=[absence]))
    batch = ledger.next_reports(100, NOW_US)
    assert batch.absences[0].reason.key == "refused"
    assert batch.horizons[0].reported_through == from_us(30 * SECOND)
    assert ledger.open_absences() == [absence]


def test_a_failed_save_writes_nothing(ledger: Ledger) -> None:
    good, bad = segment(0, 60), segment(60, 120)
    bad.path = good.path  # two files cannot lie in one place
    with pytest.raises(sqlite3.IntegrityError):
        ledger.save(Changes(segments=[good, bad]))
    assert ledger.segment(good.segment_id) is None


def test_the_newest_segment_is_the_one_with_the_highest_number(ledger: Ledger) -> None:
    ledger.save(Changes(segments=[segment(100, 160, 1), segment(40, 100, 2)]))
    newest = ledger.newest_segment(KEY)
    assert newest is not None
    assert newest.sequence == 2


def test_a_ledger_of_a_newer_sereno_is_refused_with_words(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(Conflict, match="newer Sereno"):
        Ledger(path)


def test_a_ledger_of_the_first_format_is_brought_up_to_date(tmp_path: Path) -> None:
    path, row = tmp_path / "ledger.sqlite3", run(0, 10)
    with sqlite3.connect(path) as db:
        db.executescript(f"{STEPS[0]}; PRAGMA user_version = 1;")
    db.close()
    ledger = Ledger(path)
    ledger.save(Changes(runs=[row]))
    assert ledger.set_aside(row.run_id, NOW_US)
    assert ledger.next_reports(100, NOW_US).runs == ()
    assert len(ledger.next_reports(100, 0).runs) == 1  # the clock was set back
    with sqlite3.connect(tmp_path / "ledger.sqlite3.format-1") as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (1,)
        assert kept.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    kept.close()


def test_only_its_owner_can_read_the_ledger(tmp_path: Path, ledger: Ledger) -> None:
    assert (tmp_path / "ledger.sqlite3").stat().st_mode & 0o777 == 0o600
