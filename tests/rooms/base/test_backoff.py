from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sereno.base.backoff import Backoff


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=30))
def test_pauses_stay_between_base_and_cap(draws: list[float]) -> None:
    remaining = iter(draws)
    backoff = Backoff(base_seconds=2, cap_seconds=60, draw=lambda: next(remaining))
    pauses = [backoff.next_seconds() for _ in draws]
    assert all(2 <= pause <= 60 for pause in pauses)


def test_pauses_grow_to_the_cap_and_start_over_after_success() -> None:
    backoff = Backoff(base_seconds=2, cap_seconds=60, draw=lambda: 1.0)
    assert [backoff.next_seconds() for _ in range(5)] == [3, 9, 27, 60, 60]
    backoff.reset()
    assert backoff.next_seconds() == 3
