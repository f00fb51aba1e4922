from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sereno.base.spans import Span, subtract, total, union
from sereno.policy.gaps import Absence, Gap, Run, RunEnd, explain_gap, timeline
from sereno.policy.reasons import Reason

START = datetime(2026, 3, 1, tzinfo=UTC)


def span(first: int, last: int) -> Span:
    return Span(START + timedelta(seconds=first), START + timedelta(seconds=last))


CLOSED = Reason("camera_closed")
REFUSED = Reason("refused")
TIMED_OUT = Reason("timed_out")


def test_a_gap_is_cut_by_the_absences_and_the_rest_is_the_runs_end() -> None:
    runs = [Run(span(0, 10), CLOSED), Run(span(40, 50))]
    absences = [Absence(span(12, 20), REFUSED), Absence(span(20, 40), TIMED_OUT)]
    assert explain_gap(span(10, 40), runs, absences) == [
        Gap(span(10, 12), CLOSED),
        Gap(span(12, 20), REFUSED),
        Gap(span(20, 40), TIMED_OUT),
    ]


def test_without_anybody_saying_why_it_is_unexplained() -> None:
    assert explain_gap(span(0, 5), [], []) == [Gap(span(0, 5), Reason("unexplained"))]


def test_what_the_node_has_not_told_yet_is_no_gap() -> None:
    told = timeline([span(0, 60)], [Run(span(0, 20))], [], span(0, 30).end, span(0, 60))
    assert told.covered == [span(0, 20)]
    assert [gap.span for gap in told.gaps] == [span(20, 30)]
    assert told.unreported == [span(30, 60)]


def test_footage_beyond_the_promise_is_covered_and_makes_no_gap() -> None:
    told = timeline([span(10, 20)], [Run(span(0, 30))], [], span(0, 60).end, span(0, 60))
    assert told.covered == [span(0, 30)]
    assert told.gaps == []
    assert told.unreported == []


def test_the_end_of_a_run_that_is_gone_still_explains_what_came_after_it() -> None:
    ends = [RunEnd(span(0, 20).end, REFUSED)]
    runs = [Run(span(0, 5), CLOSED), Run(span(40, 60))]
    absences = [Absence(span(5, 20), TIMED_OUT)]
    told = timeline([span(0, 60)], runs, absences, span(0, 60).end, span(0, 60), ends)
    assert told.gaps == [Gap(span(5, 20), TIMED_OUT), Gap(span(20, 40), REFUSED)]


pieces = st.builds(
    lambda first, length: span(first, first + length), st.integers(0, 80), st.integers(1, 25)
)


@given(
    st.lists(pieces, max_size=4),
    st.lists(pieces, max_size=6),
    st.lists(pieces, max_size=6),
    st.integers(0, 110),
)
def test_every_promised_second_is_bytes_or_a_gap_or_unreported(
    promises: list[Span], recorded: list[Span], absent: list[Span], told_until: int
) -> None:
    window = span(5, 95)
    told = timeline(
        promises,
        [Run(each, CLOSED) for each in recorded],
        [Absence(each, REFUSED) for each in absent],
        START + timedelta(seconds=told_until),
        window,
    )
    gaps = [gap.span for gap in told.gaps]
    assert total([*gaps, *told.unreported]) == sum(
        (each.duration for each in [*gaps, *told.unreported]), timedelta(0)
    ), "gaps and unreported never overlap"
    accounted = union([*told.covered, *gaps, *told.unreported])
    inside = [part for each in promises if (part := each.overlap(window)) is not None]
    assert subtract(inside, accounted) == []
    assert subtract(gaps, subtract(inside, told.covered)) == []
