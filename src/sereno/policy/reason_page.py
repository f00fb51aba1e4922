"""The reference page of reasons, from their lists and from the tests that bring each about:
`python -m sereno.policy.reason_page`, in the root of the project.

A test says what it brings about by `@pytest.mark.provokes("key", …)`; a row of a table of tests by
`row("what is wrong", "key", …)`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sereno.base.errors import Words
from sereno.policy.reason_entry import LIMIT_SECONDS, Entry, Retry, Wait
from sereno.policy.reason_list import SUBJECTS
from sereno.policy.retries import PAUSES

UNPROVOKED: dict[str, str] = {}
"""Reasons that no test brings about, and why."""

_HEAD = """\
# Reasons

Whatever is not recorded, or not as it should be, is told by one of these: a key for programs, \
sentences for people that say what happened and what to do next, and what the camera or the system \
said itself, without secrets. `?` or a name in braces stands for what differs from case to case.

This page is made from the lists in `policy/*_reasons.py` and from the tests by `python -m \
sereno.policy.reason_page`; a test says when it is out of date.

## When it is told

At once, but for what has to be waited for: {connection:g} s for a connection, {answer:g} s more \
for an answer, {picture:g} s more for a picture, whole pictures (key frames) for a minute. An \
engine that was asked to wait longer, by `-timeout` in `extra_cli`, does.

## What follows by itself

| class | what Sereno does | after | because |
| --- | --- | --- | --- |
"""
_CLASSES = {
    Retry.NEVER: "nothing by itself, until the password is changed or somebody says to try again",
    Retry.LOCKED: "tries once when the lock should be over",
    Retry.NETWORK: "tries again",
    Retry.BUSY: "waits and tries again",
    Retry.UNFIT: "tries another way where there is one, and again",
    Retry.DATA: "connects again at once, and then again",
    Retry.BACKOFF: "tries again",
    Retry.NONE: "goes on: this is no failure",
}
_SUBJECTS = {
    "network": "On the way to the camera",
    "device": "What the camera or recorder says",
    "login": "What a device's own interface says to a password",
    "recorder": "What else it says",
    "picture": "What the camera sends",
    "disk": "Disks and footage",
    "process": "Programs that record",
    "site": "Node, hub and clock",
    "plan": "Plans and orders",
    "knob": "Settings",
    "diagnosis": "What a diagnosis advises",
    "clip": "Clips",
    "footage": "Footage of recorders",
}


def page(tests: Path) -> str:
    """The whole page, Markdown; `tests` is the folder of the tests."""
    limits = {wait.value: LIMIT_SECONDS[wait] for wait in Wait}
    lines = [_HEAD.format(**limits) + "\n".join(map(_class, Retry))]
    shown_by = provoked(tests)
    for subject, entries in SUBJECTS.items():
        lines.append(f"\n## {_SUBJECTS[subject]}")
        lines += [_section(key, entry, shown_by.get(key, [])) for key, entry in entries.items()]
    return "\n".join(lines) + "\n"


def provoked(tests: Path) -> dict[str, list[str]]:
    """By key of a reason, the tests that bring it about, in the order of their files."""
    found: dict[str, list[str]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        module = str(path.relative_to(tests).with_suffix(""))
        for key, test in _marks(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(key, []).append(f"{module}: {test}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = [each for each in node.decorator_list if isinstance(each, ast.Call)]
            for call in calls:
                if isinstance(call.func, ast.Attribute) and call.func.attr == "provokes":
                    name = node.name.removeprefix("test_").replace("_", " ")
                    yield from ((key, name) for key in _texts(call.args))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = _texts(node.args[:2])
            if node.func.id == "row" and len(texts) == 2:
                yield texts[1], texts[0]


def _texts(nodes: list[ast.expr]) -> list[str]:
    return [
        each.value
        for each in nodes
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


def _class(retry: Retry) -> str:
    pause = PAUSES.get(retry)
    span = f"{pause.base_seconds:g} to {pause.cap_seconds:g} s" if pause else ""
    return f"| `{retry}` | {_CLASSES[retry]} | {span} | {pause.why if pause else ''} |"


def _section(key: str, entry: Entry, tests: list[str]) -> str:
    lines = [f"\n### `{key}`\n"]
    lines += [
        f"* {language}: {text}" for language, text in zip(Words._fields, entry.words, strict=True)
    ]
    waits = list(Wait)[: list(Wait).index(entry.wait) + 1]
    lines.append(f"* class: `{entry.retry}`")
    if entry.wait is not Wait.NOTHING:
        lines.append(f"* told within {sum(LIMIT_SECONDS[wait] for wait in waits):g} s")
    if tests:
        lines.append(f"* shown by: {'; '.join(tests)}")
    if key in UNPROVOKED:
        lines.append(f"* not shown by a test: {UNPROVOKED[key]}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(Path("tests")), end="")
