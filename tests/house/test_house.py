"""The rules of the house: imports go down, files and functions stay small."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path for path in (ROOT / "src" / "sereno").rglob("*.py") if "migrations" not in path.parts
)
MOST_LINES_A_FILE = 400
MOST_LINES_A_FUNCTION = 60


def test_imports_go_downward_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES_A_FILE
    too_long = [
        f"{node.name}, line {node.lineno}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or node.lineno) - node.lineno >= MOST_LINES_A_FUNCTION
    ]
    assert not too_long


def test_rules_are_pure() -> None:
    impure = ("django", "ninja", "psycopg", "httpx", "os", "pathlib", "time", "socket")
    for path in SOURCES:
        if path.name != "rules.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        } | {
            (node.module or "").split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        assert names.isdisjoint(impure), path


def test_nothing_needs_what_lies_outside_the_project() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    links = [name for name in tracked if name and (ROOT / os.fsdecode(name)).is_symlink()]
    assert not links


def test_the_interface_knows_the_api_as_it_is() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sereno.hub.openapi"], capture_output=True, text=True, check=True
    )
    known = (ROOT / "ui" / "src" / "api" / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(known) == json.loads(done.stdout), "run `make api`"
