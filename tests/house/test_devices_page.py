"""The page of devices is true: each failure in the field is shown by a test, or it is said why
not."""

from __future__ import annotations

from pathlib import Path

from sereno.sim.failure_page import PAGE, rewritten, shown_by
from sereno.sim.failures import FAILURES

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"


def test_the_page_is_made_from_the_quirks_and_the_tests() -> None:
    kept = (ROOT / PAGE).read_text(encoding="utf-8")
    assert kept == rewritten(kept, TESTS), "run: python -m sereno.sim.failure_page"


def test_each_failure_is_shown_by_a_test_or_it_is_said_why_not() -> None:
    shown = shown_by(TESTS)
    assert [row for row in FAILURES if bool(shown[row]) == bool(FAILURES[row].exempt)] == []
