from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.spans import Span, intersect, span_or_none, subtract, total, union

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def span(first: int, last: int) -> Span:
    return Span(at(first), at(last))


spans = st.builds(
    lambda first, length: span(first, first + length),
    st.integers(0, 60),
    st.integers(1, 20),
)


def seconds_in(parts: list[Span]) -> set[int]:
    """The model: a span as the set of its whole seconds."""
    return {second for second in range(100) for part in parts if part.contains(at(second))}


def test_a_span_ends_after_it_starts_and_knows_its_zone() -> None:
    with pytest.raises(ValueError, match="end after"):
        span(5, 5)
    with pytest.raises(ValueError, match="zone"):
        Span(datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001
    assert span_or_none(at(3), at(3)) is None


@given(st.lists(spans))
def test_union_covers_the_same_seconds_in_order_without_overlap(parts: list[Span]) -> None:
    merged = union(parts)
    assert seconds_in(merged) == seconds_in(parts)
    assert all(left.end < right.start for left, right in pairwise(merged))


@given(st.lists(spans), st.lists(spans))
def test_subtract_leaves_what_was_not_taken(whole: list[Span], taken: list[Span]) -> None:
    assert seconds_in(subtract(whole, taken)) == seconds_in(whole) - seconds_in(taken)


@given(st.lists(spans), spans)
def test_intersect_keeps_what_lies_in_the_window(parts: list[Span], window: Span) -> None:
    assert seconds_in(intersect(parts, window)) == seconds_in(parts) & seconds_in([window])


@given(st.lists(spans))
def test_total_counts_overlaps_once(parts: list[Span]) -> None:
    assert total(parts) == timedelta(seconds=len(seconds_in(parts)))


def test_neighbours_can_be_joined_over_a_small_step() -> None:
    near = [span(0, 10), span(11, 20)]
    assert union(near, join_within=timedelta(seconds=1)) == [span(0, 20)]
    assert union(near) == near
