"""Every sentence for people is there in both languages, wherever in the program it stands."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

from sereno.base.errors import Words
from sereno.policy.reason_list import REASONS

SOURCE = Path(__file__).resolve().parents[2] / "src" / "sereno"
# What makes a sentence of an English and a Spanish text.
MAKERS = ("Words", "say")
# A sentence of so many words is not the same in both languages by chance.
LONG = 4
MARKS = ".:?!…"
LOWER_NAME = "ffmpeg"


class Pair(NamedTuple):
    """Two texts that stand side by side, and where."""

    where: str
    en: str
    es: str


def pairs() -> list[Pair]:
    """Of the whole program, as far as they are written down whole."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or _name(node.func) not in MAKERS:
                continue
            texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if len(texts) == len(node.args) == 2 and all(isinstance(each, str) for each in texts):
                where = f"{path.relative_to(SOURCE)}, line {node.lineno}"
                found.append(Pair(where, str(texts[0]), str(texts[1])))
    return found


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def places(text: str) -> set[str]:
    """The names of `{places}`; numbered ones stand for a pair of their own."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return {name for name in names if not name.isdecimal()}


def faults(pair: Pair) -> list[str]:
    """What is wrong with it, if anything."""
    _, en, es = pair
    found = []
    if bool(en.strip()) != bool(es.strip()):
        found.append("one is empty")
    if en == es and len(en.split()) >= LONG:
        found.append("was copied, not translated")
    if places(en) != places(es):
        found.append("other places are filled")
    if en.strip() and es.strip() and _ending(en) != _ending(es):
        found.append("they end in another way")
    if any(text != text.strip(" ") or "  " in text for text in (en, es)):
        found.append("has spaces too many")
    return found


def _ending(text: str) -> str:
    """What a sentence ends with; commands and names end with anything."""
    last = text.rstrip("\n")[-1:]
    return last if last in MARKS else ""


def test_every_pair_is_complete() -> None:
    known = pairs()
    assert len(known) > 500, "the search finds them"
    wrong = {f"{pair.where}: {pair.en!r}": found for pair in known if (found := faults(pair))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("en", "es", "fault"),
    [
        ("The disk is full.", "", "one is empty"),
        ("The disk is full.", "The disk is full.", "was copied, not translated"),
        ("{host} is away.", "No responde.", "other places are filled"),
        ("The disk is full.", "El disco está lleno", "they end in another way"),
        ("The disk  is full.", "El disco está lleno.", "has spaces too many"),
    ],
)
def test_a_fault_is_found(en: str, es: str, fault: str) -> None:
    assert faults(Pair("here", en, es)) == [fault]
    assert faults(Pair("here", "All is well.", "Todo está bien.")) == []


@pytest.mark.parametrize("key", REASONS)
def test_every_reason_says_what_happened_in_both_languages(key: str) -> None:
    entry = REASONS[key]
    for words in (entry.what, entry.advice):
        assert faults(Pair(key, *words)) == []
    assert _is_sentence(entry.what), key
    if any(entry.advice):
        assert _is_sentence(entry.advice), key


def _is_sentence(words: Words) -> bool:
    return all(
        text.endswith(".") and (not text[0].islower() or text.startswith(LOWER_NAME))
        for text in words
    )
