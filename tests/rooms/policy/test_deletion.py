from __future__ import annotations

import pytest

from sereno.policy.deletion import Piece, may_delete


@pytest.mark.parametrize(
    ("piece", "key"),
    [
        (Piece(is_being_written=False, is_newest=False), "free"),
        (Piece(is_being_written=True, is_newest=True, hold_count=1), "being_written"),
        (Piece(is_being_written=False, is_newest=True, hold_count=2), "held"),
        (Piece(is_being_written=False, is_newest=False, must_be_archived=True), "not_archived"),
        (Piece(False, False, must_be_archived=True, is_archived=True), "free"),
        (Piece(is_being_written=False, is_newest=True), "newest"),
    ],
)
def test_the_strongest_reason_is_told(piece: Piece, key: str) -> None:
    verdict = may_delete(piece)
    assert verdict.key == key
    assert verdict.may == (key == "free")
    assert verdict.words.en != verdict.words.es


def test_a_hold_says_how_many_there_are() -> None:
    assert "3" in may_delete(Piece(False, False, hold_count=3)).words.en
