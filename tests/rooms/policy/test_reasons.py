from __future__ import annotations

import string

import pytest

from sereno.policy.reason_list import REASONS
from sereno.policy.reasons import Reason


@pytest.mark.parametrize("key", sorted(REASONS))
def test_each_reason_speaks_both_languages_with_the_same_parameters(key: str) -> None:
    words = REASONS[key].words
    names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in words]
    assert names[0] == names[1]
    assert words.en != words.es
    assert all(text.endswith(".") for text in words)
    assert "{" not in "".join(Reason(key).words()), "a missing parameter still leaves a sentence"


def test_a_reason_of_a_newer_node_is_unexplained_not_an_error() -> None:
    assert Reason("invented_tomorrow").words() == Reason("unexplained").words()
