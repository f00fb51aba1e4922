"""`sereno health`: for people a table, for monitoring its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Sereno = Callable[..., Any]

PROBLEM = {
    "severity": "critical",
    "since": "2026-11-21T12:00:00Z",
    "subject": {"kind": "node", "id": "1", "name": "box"},
    "words": {"en": "Nothing is heard of box.", "es": "No hay noticias de box."},
    "advice": {"en": "Check its power.", "es": "Revise su corriente."},
}
MINOR = {**PROBLEM, "severity": "minor"}


def answer(api: Any, *problems: dict[str, Any], is_well: bool) -> None:
    api.answers["GET /api/v1/health"] = (200, {"is_well": is_well, "problems": list(problems)})


def test_all_is_well_is_said_and_is_zero(api: Any, sereno: Sereno) -> None:
    answer(api, is_well=True)
    said = sereno("health")
    assert (said.status, said.out) == (0, "All is well.\n")


def test_what_is_wrong_is_a_table_and_is_one(api: Any, sereno: Sereno) -> None:
    answer(api, PROBLEM, is_well=False)
    said = sereno("health")
    assert said.status == 1
    for part in ("critical", "2026-11-21 06:00:00", "box", "Nothing is heard", "Check its power."):
        assert part in said.out
    assert said.err == ""


def test_what_is_good_to_know_is_shown_and_is_zero(
    api: Any, sereno: Sereno, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    answer(api, MINOR, is_well=True)
    said = sereno("health")
    assert said.status == 0
    assert said.out.startswith("Todo está bien; esto solo conviene saberlo:\n")
    assert "Revise su corriente." in said.out


def test_programs_get_what_the_api_said_and_the_same_status(api: Any, sereno: Sereno) -> None:
    answer(api, PROBLEM, is_well=False)
    said = sereno("health", "--json")
    assert said.status == 1
    assert json.loads(said.out)["problems"] == [PROBLEM]


def test_a_hub_that_cannot_tell_is_one(api: Any, sereno: Sereno) -> None:
    error = {"key": "database_away", "en": "The database does not answer.", "es": "x"}
    api.answers["GET /api/v1/health"] = (503, {"error": error})
    assert sereno("health").status == 1
