from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sereno.errands.rules import LONGEST, PROGRESS, good_until, seconds_to_wait, state_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("started", "done", "expires", "state"),
    [
        (None, None, AFTER, "waiting"),
        (BEFORE, None, AFTER, "running"),
        (None, None, NOW, "expired"),
        (BEFORE, None, BEFORE, "expired"),
        (BEFORE, NOW, BEFORE, "done"),
    ],
)
def test_what_becomes_of_an_errand(
    started: datetime | None, done: datetime | None, expires: datetime, state: str
) -> None:
    assert state_of(started, done, expires, NOW) == state


def test_a_node_that_tells_has_time_and_not_for_ever() -> None:
    assert good_until(NOW, NOW) == NOW + PROGRESS
    assert good_until(NOW, NOW + LONGEST) == NOW + LONGEST


def test_the_same_is_not_asked_at_once_again() -> None:
    assert seconds_to_wait(NOW, NOW) == 5
    assert seconds_to_wait(NOW, NOW + timedelta(seconds=4.1)) == 1
    assert seconds_to_wait(NOW, NOW + timedelta(seconds=5)) <= 0
