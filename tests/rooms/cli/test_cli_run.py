"""The command starts quickly, and tells the unexpected without frightening."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sereno.base.errors import Words
from sereno.cli.language import is_spanish, pick


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_help_loads_little() -> None:
    heavy = ["django", "httpx", "psycopg", "pydantic", "rich", "cryptography", "asyncio"]
    done = python(
        "import sys\nsys.argv = ['sereno', '--help']\nfrom sereno.cli.main import app\n"
        "try: app()\nexcept SystemExit: pass\n"
        f"print('loaded', [name for name in {heavy} if name in sys.modules])"
    )
    assert "Usage: sereno" in done.stdout
    assert done.stdout.endswith("loaded []\n"), done.stdout[-300:]


def test_node_and_runner_load_no_django() -> None:
    done = python(
        "import sereno.cli.main, sereno.node.daemon, sereno.media.runner, sys\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'django', 'ninja'}])"
    )
    assert done.stdout == "[]\n", done.stderr


def test_the_unexpected_is_one_sentence_without_secrets(
    sereno: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: object) -> None:
        raise RuntimeError("no rtsp://ana:pa55@10.0.0.1/x")

    monkeypatch.setattr("sereno.box.api.Api.of", fail)
    said = sereno("cameras", "list")
    assert said.status == 1
    assert said.err.startswith("Something unexpected happened (RuntimeError: no rtsp://***@10")
    assert said.err.count("\n") == 1


def test_whoever_stops_reading_hears_no_complaint() -> None:
    pipe = f"{sys.executable} -m sereno.cli settings example | head -n 1"
    done = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["cameras", "add"], "Falta el argumento 'name'. `sereno cameras add"),
        (["nodo"], "No existe la orden 'nodo'. ¿Quiso decir 'node', 'nodes'? `sereno --help`"),
        (["up", "--nope"], "No existe la opción"),
        (["up", "--port", "x"], "Valor no válido para '--port': debe ser un número entero. `"),
        (["up", "--port", "0"], "Valor no válido para '--port': debe ser como mínimo 1. `"),
        (["up", "--port"], "La opción '--port' necesita un valor. `"),
        (["up", "x"], "Sobra (x). `"),
        (["timeline", "x"], "Falta la opción '--from'. `"),
    ],
)
def test_misuse_is_told_in_the_persons_language(
    sereno: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.setenv("LC_ALL", "es_GT.UTF-8")
    said = sereno(*arguments)
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert said.err.startswith(sentence)


def test_a_file_that_cannot_be_used_is_no_mystery(
    api: Any, sereno: Callable[..., Any], tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    said = sereno("stream", "record", "rtsp://127.0.0.1:9/x", "-o", str(taken / "x"))
    assert said.status == 1
    assert said.err == (
        f"{taken / 'x'} cannot be used: a part of the path is no folder. "
        "Check the path and its permissions.\n"
    )


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"LANG": "es_GT.UTF-8"}, True),
        ({"LANG": "es_GT.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "es"}, True),
        ({"LC_ALL": "", "LANG": "es"}, True),
        ({}, False),
    ],
)
def test_the_locale_says_the_language(environ: dict[str, str], expected: bool) -> None:
    assert is_spanish(environ) is expected


def test_words_are_picked_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "es")
    assert pick(Words("yes", "sí")) == "sí"
