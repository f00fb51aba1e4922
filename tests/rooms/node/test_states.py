"""Every happening in every state, against the table that people read."""

from __future__ import annotations

import itertools
import logging
import re
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest

from sereno.node.condition import STABLE_US, Condition
from sereno.node.rows import StreamKey
from sereno.node.states import HAS_NEXT_TRY, Happening
from sereno.wire.reports import ReasonReport, StreamState

PAGE = Path(__file__).parents[3] / "docs/design/states.md"
KEY = StreamKey(UUID(int=7), "main")
REFUSED, TIMED_OUT = ReasonReport(key="refused"), ReasonReport(key="timed_out")
START_US, MINUTE_US = 1_000_000_000, 60_000_000


class Row(NamedTuple):
    happening: str
    leads_to: str
    reason: str
    only_from: str


def rows() -> dict[str, Row]:
    """The table of the page."""
    cells = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text().splitlines()
        if re.match(r"\| [a-z ]+ \| .* \|.*\|.*\|.*\|$", line)
    )
    found = [Row(name, to, reason, only) for name, _, to, reason, only in cells]
    return {row.happening: row for row in found if row.happening != "happening"}


TABLE = rows()


def condition_in(state: StreamState) -> Condition:
    return Condition(KEY, state, since_us=START_US, reason=REFUSED, next_try_us=5)


def test_the_page_tells_of_every_happening() -> None:
    assert set(TABLE) == {each.value for each in Happening}


@pytest.mark.parametrize(("state", "happening"), list(itertools.product(StreamState, Happening)))
def test_what_follows_is_what_the_page_says(state: StreamState, happening: Happening) -> None:
    row, condition = TABLE[happening.value], condition_in(state)
    condition.meet(happening, START_US + 1, TIMED_OUT, 9)
    if row.only_from and state.value != row.only_from:
        assert condition == condition_in(state)
        return
    assert condition.state.value == row.leads_to
    assert condition.reason == {"new": TIMED_OUT, "kept": REFUSED, "nothing": None}[row.reason]
    has_changed = condition.state is not state
    assert condition.since_us == (START_US + 1 if has_changed else START_US)
    assert condition.next_try_us == (9 if condition.state in HAS_NEXT_TRY else None)


@pytest.mark.parametrize("key", ["paused", "not_scheduled", "holiday", "waits_its_turn"])
def test_what_is_over_by_trying_is_not_why_a_stream_connects(key: str) -> None:
    condition = condition_in(StreamState.CONNECTING)
    condition.reason = ReasonReport(key=key)
    condition.meet(Happening.DIALS, START_US)
    assert condition.reason is None


@pytest.mark.provokes("waits_its_turn")
def test_a_first_attempt_that_waits_says_so() -> None:
    condition, waits = Condition(KEY), ReasonReport(key="waits_its_turn", params={"host": "h"})
    condition.meet(Happening.WANTED, START_US)
    condition.meet(Happening.DIALS, START_US, waits)
    assert (condition.state, condition.reason) == (StreamState.CONNECTING, waits)
    condition.meet(Happening.DIALS, START_US)
    assert condition.reason is None


def test_a_loss_is_said_once_and_its_end_once_with_how_long_it_was(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    condition = Condition(KEY)
    for reason in (REFUSED, TIMED_OUT, REFUSED):
        condition.fail(reason, START_US)
    assert condition.last_error == REFUSED
    back_us = START_US + 3 * MINUTE_US + 12_000_000
    condition.go_well(back_us, back_us + STABLE_US - 1)
    assert condition.last_error == REFUSED
    condition.go_well(back_us, back_us + STABLE_US)
    condition.go_well(back_us, back_us + 2 * STABLE_US)
    assert condition.last_error is None
    lost, back = (each.getMessage() for each in caplog.records)
    assert lost.startswith(f"Stream {KEY} is lost: ")
    assert REFUSED.to_reason().words().en in lost
    assert back == f"Stream {KEY} is back after 3 min 12 s."


def test_what_people_order_is_no_loss(caplog: pytest.LogCaptureFixture) -> None:
    condition = Condition(KEY)
    condition.fail(ReasonReport(key="paused"), START_US)
    assert condition.last_error is None
    condition.fail(REFUSED, START_US)
    condition.rest()
    condition.fail(REFUSED, START_US)
    assert len(caplog.records) == 2, "what is lost again after a pause is told again"
