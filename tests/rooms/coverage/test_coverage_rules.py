"""Sums of promises, and which broken ones are worth an alarm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sereno.base.spans import Span
from sereno.coverage.rules import Cause, Sums, Verdict, judge, sums_of, together
from sereno.coverage.rules_kinds import kind_of
from sereno.coverage.spreadsheet import spreadsheet
from sereno.footage.rules import Footage, stretches
from sereno.policy.gaps import Absence, Gap, Run, timeline
from sereno.policy.reason_list import SUBJECTS
from sereno.policy.reasons import Reason

DAY = datetime(2026, 11, 3, tzinfo=UTC)
AFTER = timedelta(seconds=30)
REFUSED, PAUSED = Reason("refused", {"host": "cam", "port": "554"}), Reason("paused")
CONNECTING = Reason("connecting")


def at(second: float) -> datetime:
    return DAY + timedelta(seconds=second)


def span(start: float, end: float) -> Span:
    return Span(at(start), at(end))


def gap(start: float, end: float, reason: Reason = REFUSED) -> Gap:
    return Gap(span(start, end), reason)


def look(*gaps: Gap, start: float = 0, end: float = 100, is_open: bool = False) -> Verdict:
    return judge(gaps, span(start, end), AFTER, is_open=is_open)


def test_every_promised_second_is_in_one_sum() -> None:
    found = timeline(
        [span(0, 100)],
        [Run(span(10, 40), REFUSED)],
        [Absence(span(50, 60), PAUSED)],
        at(80),
        span(0, 100),
    )
    sums = sums_of([span(0, 100)], found)
    assert (sums.promised_seconds, sums.covered_seconds, sums.unreported_seconds) == (100, 30, 20)
    assert [(cause.reason.key, cause.seconds) for cause in sums.causes] == [
        ("refused", 30),
        ("paused", 10),
        ("unexplained", 10),
    ]
    assert sums.percent == 37.5


def test_where_nothing_is_known_there_is_no_percentage() -> None:
    assert Sums().percent is None
    assert Sums(100, 0, 100).percent is None


def test_of_a_cause_only_what_all_have_in_common_is_told() -> None:
    other = Reason("refused", {"host": "cam", "port": "80"})
    whole = together([Sums(causes=(Cause(REFUSED, 5),)), Sums(causes=(Cause(other, 7),))])
    assert whole.causes == (Cause(Reason("refused", {"host": "cam"}), 12),)


def test_a_short_gap_is_no_alarm() -> None:
    assert look(gap(10, 39)) == Verdict(at(100))


def test_a_long_gap_that_is_over_is_told_with_its_end() -> None:
    verdict = look(gap(10, 40))
    (found,) = verdict.breaks
    assert (found.since, found.ended_at, found.reason) == (at(10), at(40), REFUSED)


def test_a_gap_that_goes_on_is_open_and_its_cause_is_the_longest() -> None:
    (found,) = look(gap(50, 60, CONNECTING), gap(60, 100)).breaks
    assert (found.since, found.ended_at, found.reason) == (at(50), None, REFUSED)


def test_what_is_short_so_far_is_looked_at_again_from_its_start() -> None:
    assert look(gap(80, 100)) == Verdict(at(80))
    (found,) = look(gap(80, 110), start=80, end=110).breaks
    assert found.since == at(80)


def test_a_pause_breaks_no_promise() -> None:
    assert look(gap(0, 100, PAUSED)) == Verdict(at(100))
    assert look(gap(0, 20), gap(20, 80, PAUSED), gap(80, 100)) == Verdict(at(80))


def test_an_open_alarm_ends_where_footage_comes_back() -> None:
    assert look(gap(0, 12), is_open=True) == Verdict(at(100), at(12), REFUSED)
    assert look(is_open=True) == Verdict(at(100), at(0))
    assert look(gap(0, 100), is_open=True) == Verdict(at(100), None, REFUSED)
    assert look(gap(0, 12, PAUSED), is_open=True) == Verdict(at(100), at(0))


@given(
    st.lists(st.tuples(st.integers(1, 80), st.integers(1, 80)), max_size=12),
    st.lists(st.integers(1, 90), min_size=1, max_size=40),
)
def test_however_often_one_looks_the_alarms_are_the_same(
    told: list[tuple[int, int]], looks: list[int]
) -> None:
    gaps, second = [], 0
    for quiet, broken in told:
        gaps.append(gap(second + quiet, second + quiet + broken))
        second += quiet + broken
    whole = second + 10
    seen: list[tuple[datetime, datetime | None]] = []
    through, now = at(0), 0
    for step in [*looks, whole]:
        now = min(now + step, whole)
        window_end = at(now)
        if window_end <= through:
            continue
        window = Span(through, window_end)
        inside = [Gap(part, each.reason) for each in gaps if (part := each.span.overlap(window))]
        is_open = bool(seen) and seen[-1][1] is None
        verdict = judge(inside, window, AFTER, is_open=is_open)
        if is_open:
            seen[-1] = (seen[-1][0], verdict.open_ended_at)
        seen += [(each.since, each.ended_at) for each in verdict.breaks]
        through = verdict.through
    assert seen == [
        (each.span.start, each.span.end) for each in gaps if each.span.duration >= AFTER
    ]


def test_a_spreadsheet_has_a_column_for_each_cause_in_ones_language() -> None:
    sums = Sums(100, 90, 0, (Cause(PAUSED, 7), Cause(REFUSED, 3)))
    rows = [("Escuela, Central", '=HYPERLINK("x")', sums)]
    text = spreadsheet(span(0, 100), sums, rows, "es")
    header, camera, whole = text.split("\r\n")[:3]
    assert header.startswith("Sitio,Cámara,Desde (UTC)")
    assert header.count("Falta, s: ") == 2
    assert camera.startswith('"Escuela, Central","\'=HYPERLINK(""x"")",2026-11-03T00:00:00')
    assert whole.endswith(",100,90,90.000,0,7,3")


def test_every_reason_for_a_gap_is_of_some_kind() -> None:
    for subject in ("network", "device", "picture", "knob", "disk", "process", "site", "plan"):
        unplaced = {key for key in SUBJECTS[subject] if kind_of(key) == "unexplained"}
        assert unplaced <= {"unexplained"}, subject


def test_what_two_nodes_have_is_two_stretches() -> None:
    here, there = UUID(int=1), UUID(int=2)
    runs = [
        Footage(span(0, 10), False, "rtcp", node_id=here),
        Footage(span(10, 20), False, "rtcp", node_id=here),
        Footage(span(15, 30), False, "rtcp", node_id=there),
    ]
    found = [(piece.span, piece.node_id) for piece in stretches(runs, span(0, 30))]
    assert found == [(span(0, 20), here), (span(20, 30), there)]
