"""The page of reasons is true: made from their lists, and each is brought about by a test."""

from __future__ import annotations

from pathlib import Path

from sereno.policy.reason_list import REASONS, SUBJECTS
from sereno.policy.reason_page import UNPROVOKED, page, provoked

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"


def test_the_page_is_made_from_the_lists_and_the_tests() -> None:
    kept = (ROOT / "docs" / "ref" / "reasons.md").read_text(encoding="utf-8")
    assert kept == page(TESTS), "run: python -m sereno.policy.reason_page > docs/ref/reasons.md"


def test_each_reason_is_brought_about_by_a_test_or_it_is_said_why_not() -> None:
    shown = provoked(TESTS)
    assert shown.keys() | UNPROVOKED.keys() == REASONS.keys()
    assert not shown.keys() & UNPROVOKED.keys()


def test_a_key_stands_in_one_list() -> None:
    assert sum(map(len, SUBJECTS.values())) == len(REASONS)
