from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sereno.base.clock import from_us
from sereno.node.damage import Damage, add_damage, damaged_spans
from sereno.wire.reports import MOST_DAMAGED_SPANS

parts = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=600)


@given(parts)
def test_all_that_is_damaged_is_told_in_few_spans(steps: list[tuple[int, int]]) -> None:
    damage: Damage = []
    added, at = [], 0
    for pause, length in steps:
        at += pause * 10_000
        add_damage(damage, at, at + length)
        added.append((at, at + length))
        at += length

    assert len(damage) <= MOST_DAMAGED_SPANS
    assert all(one[1] < other[0] for one, other in pairwise(damage))
    for start, end in added:
        assert any(one <= start and end <= other for one, other in damage)


def test_what_is_not_many_is_told_exactly_and_within_its_run() -> None:
    damage: Damage = []
    for start in (10_000, 20_000, 30_001, 60_000):
        add_damage(damage, start, start + 10_000)

    told = list(damaged_spans(damage, 25_000, 65_000))

    assert damage == [(10_000, 40_001), (60_000, 70_000)]
    assert [(span.start, span.end) for span in told] == [
        (from_us(25_000), from_us(40_001)),
        (from_us(60_000), from_us(65_000)),
    ]
