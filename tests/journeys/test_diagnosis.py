"""A person asks what is wrong with a camera; its node looks, through all processes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .harness import PASSWORD, USER, Box, Cameras
from .leaks import Secret

WRONG = Secret("not the lantern/keys@12%+", USER)


@pytest.fixture(scope="module")
def gate(box: Box, cameras: Cameras) -> str:
    box.add_camera("Gate", cameras.address(1))
    box.wait_for_state("Gate", "recording")
    return "Gate"


def verdicts(answer: dict[str, Any]) -> dict[str, str]:
    return {step["step"]: step["verdict"] for step in answer["steps"]}


def test_a_camera_is_tried_while_it_is_recorded(box: Box, gate: str) -> None:
    restarts = box.state_of(gate)["restarts"]
    answer = box.ask("cameras", "diagnose", gate)
    assert (answer["state"], answer["verdict"]) == ("done", "ok")
    assert set(verdicts(answer).values()) <= {"ok"}
    assert answer["summary"]["es"].startswith("Todo está bien")
    status = box.state_of(gate)
    assert (status["state"], status["restarts"]) == ("recording", restarts)


def test_a_wrong_password_is_found_before_there_is_a_camera(
    box: Box, gate: str, cameras: Cameras
) -> None:
    box.secrets.add(WRONG)
    (site,) = box.get("sites")
    asked = ("cameras", "diagnose", cameras.address(2), "--user", USER, "--json")
    for where in (("--site", site["name"]), ()):
        done = box.cli(*asked, *where, SERENO_CAMERA_PASSWORD=WRONG.password)
        assert done.returncode == 1, done.stderr
        answer = json.loads(done.stdout)
        assert verdicts(answer)["tcp"] == "ok"
        assert verdicts(answer)["describe"] == "failed"
    assert cameras.server is not None
    assert cameras.server.refused_logins == 1, "asked twice, tried once"


def test_a_good_password_for_a_new_address(box: Box, gate: str, cameras: Cameras) -> None:
    (site,) = box.get("sites")
    answer = box.ask(
        "cameras", "diagnose", cameras.address(2), "--user", USER, "--site", site["name"],
        SERENO_CAMERA_PASSWORD=PASSWORD,
    )  # fmt: skip
    assert answer["verdict"] == "ok"
