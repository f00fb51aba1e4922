from __future__ import annotations

import re
from pathlib import Path

import pytest

from sereno.policy.reason_entry import Retry
from sereno.policy.reason_list import REASONS
from sereno.policy.reasons import Reason
from sereno.policy.retries import OF_THE_LOGIN, PAUSES, Pauses, lock_seconds


def pauses(reason: Reason, count: int = 40, draw: float = 0.9) -> list[float | None]:
    stream = Pauses(lambda: draw)
    return [stream.after(reason) for _ in range(count)]


@pytest.mark.parametrize("key", [key for key in REASONS if REASONS[key].retry in PAUSES])
def test_every_class_stays_within_its_pauses(key: str) -> None:
    pause = PAUSES[REASONS[key].retry]
    first, *found = pauses(Reason(key))
    is_data = REASONS[key].retry is Retry.DATA
    assert first == 0.0 if is_data else first is not None and first >= pause.base_seconds
    assert all(x is not None and pause.base_seconds <= x <= pause.cap_seconds for x in found)


def test_nobody_insists_on_what_only_a_person_can_mend() -> None:
    for key in ("unauthorized", "forbidden", "auth_unsafe"):
        assert set(pauses(Reason(key))) == {None}


def test_a_camera_that_comes_back_is_tried_within_half_a_minute() -> None:
    for key in ("timed_out", "refused", "unreachable", "name_unknown", "no_answer"):
        assert max(each or 0.0 for each in pauses(Reason(key))) <= 30.0


def test_streams_that_failed_together_spread_from_the_first_try_on() -> None:
    first = {Pauses(lambda draw=draw: draw).after(Reason("refused")) for draw in (0.0, 0.5, 0.9)}
    assert len(first) == 3


def test_a_hiccup_is_mended_at_once_and_once_only() -> None:
    stream = Pauses()
    assert stream.after(Reason("camera_closed")) == 0.0
    assert stream.after(Reason("session_ended")) != 0.0
    stream.reset()
    assert stream.after(Reason("camera_closed")) == 0.0


def test_it_begins_anew_after_something_went_well() -> None:
    stream = Pauses(lambda: 1.0)
    grown = [stream.after(Reason("refused")) for _ in range(9)]
    stream.reset()
    assert stream.after(Reason("refused")) == grown[0]


@pytest.mark.parametrize(
    ("said", "seconds"), [("", 2100), ("600", 660), ("0", 2100), ("9" * 9, 2100), ("²", 2100)]
)
def test_a_locked_account_is_left_alone_for_as_long_as_the_device_says(
    said: str, seconds: float
) -> None:
    reason = Reason("account_locked", {"seconds": said} if said else {})
    assert lock_seconds(reason) == seconds
    assert all(each is not None and each >= seconds for each in pauses(reason))


def test_what_is_remembered_of_a_login_is_never_tried_soon() -> None:
    assert {REASONS[key].retry for key in OF_THE_LOGIN} == {Retry.NEVER, Retry.LOCKED}


PAGE = Path(__file__).parents[3] / "docs/design/retries.md"


@pytest.mark.parametrize(
    ("row", "retry"),
    [
        ("network", Retry.NETWORK),
        ("data", Retry.DATA),
        ("busy", Retry.BUSY),
        ("unfit", Retry.UNFIT),
        ("our own machine", Retry.BACKOFF),
    ],
)
def test_the_page_tells_the_pauses(row: str, retry: Retry) -> None:
    line = next(x for x in PAGE.read_text().splitlines() if x.startswith(f"| {row} |"))
    told = [
        int(number) * (60 if unit == "min" else 1)
        for number, unit in re.findall(r"(\d+) (s|min)\b", line)
    ]
    assert told == [PAUSES[retry].base_seconds, PAUSES[retry].cap_seconds]
