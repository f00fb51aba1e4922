"""What people ask of cameras at once, and what they are told, on the real hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

Sereno = Callable[..., Any]


def ask(sereno: Sereno, *arguments: str) -> Any:
    """What a command says to programs."""
    said = sereno(*arguments, "--json")
    assert said.status == 0, said.err
    return json.loads(said.out)


def test_the_status_has_the_shape_that_is_promised(hub: None, sereno: Sereno) -> None:
    """docs/ref/status.md; programs of others read it."""
    page = Path(__file__).parents[3] / "docs" / "ref" / "status.md"
    promised = [
        line.split("|")[1].strip().strip("`")
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    (status,) = ask(sereno, "cameras", "status")
    assert list(status) == promised
    assert (status["name"], status["state"]) == ("Patio", "node_offline")
    assert set(status["reason"]) == {"key", "en", "es", "raw"}
    assert status["cpu_affinity"] == []
    table = sereno("cameras", "status").out
    assert "Patio" in table
    assert "node offline" in table


def test_a_pause_has_an_end_and_a_reason(hub: None, sereno: Sereno) -> None:
    (camera,) = ask(sereno, "cameras", "pause", "Patio", "--minutes", "30", "--why", "Mudanza")
    assert (camera["pause"]["by"], camera["pause"]["why"]) == ("ana", "Mudanza")
    why = sereno("cameras", "why", "Patio").out
    assert "Mudanza" in why
    assert why.splitlines()[0].split()[3:5] == ["no,", "until"]
    assert "paused until" in sereno("cameras", "show", "Patio").out
    refused = sereno("cameras", "record", "Patio", "--minutes", "5")
    assert refused.status == 1
    assert sereno("cameras", "unpause", "Patio").out == "“Patio” is not paused any more.\n"
    assert "08:00:00" in sereno("cameras", "pause", "Patio", "--until-tomorrow").out
    both = sereno("cameras", "pause", "Patio", "--minutes", "5", "--until-tomorrow")
    assert (both.status, both.err[:7]) == (2, "until: ")


def test_a_recording_is_started_and_stopped(hub: None, sereno: Sereno) -> None:
    assert "until it is stopped" in sereno("cameras", "record", "Patio").out
    (camera,) = ask(sereno, "cameras", "record", "Patio", "--minutes", "5")
    assert camera["manual"]["by"] == "ana"
    assert "by hand" in sereno("cameras", "why", "Patio").out
    assert sereno("cameras", "record", "Patio", "--stop", "--minutes", "5").status == 2
    assert "schedules count again" in sereno("cameras", "record", "Patio", "--stop").out


def test_nodes_are_urged_once_in_a_while(hub: None, sereno: Sereno) -> None:
    assert sereno("cameras", "enforce").out == "Nodes act now. Cameras: 1.\n"
    again = sereno("cameras", "enforce", "Patio")
    assert again.status == 1
    assert "Try again in" in again.err


def test_a_camera_is_added_and_changed_with_its_manner(hub: None, sereno: Sereno) -> None:
    sereno("profiles", "add", "Night")
    camera = ask(
        sereno, "cameras", "add", "Gate", "rtsp://10.0.0.9/main", "--sub-address",
        "rtsp://10.0.0.9/sub", "--profile", "night", "--nice", "5", "--cpus", "0",
    )  # fmt: skip
    assert (camera["sub_address"], camera["nice"]) == ("rtsp://10.0.0.9/sub", 5)
    assert (camera["cpu_affinity"], camera["profile"]["name"]) == ([0], "Night")
    options = ("--unset", "nice", "--cpus", "", "--profile", "", "--sub-address", "")
    changed = ask(sereno, "cameras", "change", "Gate", *options)
    assert (changed["nice"], changed["cpu_affinity"]) == (None, [])
    assert (changed["profile"], changed["sub_address"]) == (None, "")
    refused = sereno("cameras", "add", "Other", "rtsp://10.0.0.9/x", "--profile", "none")
    assert refused.status == 1
    assert len(ask(sereno, "cameras", "list")) == 2


def test_the_next_days_of_several_cameras_are_a_row_each(hub: None, sereno: Sereno) -> None:
    sereno("cameras", "add", "Gate", "rtsp://10.0.0.9/main")
    sereno("profiles", "add", "Night")
    sereno("schedules", "add", "N", "--daily", "00:00-08:00@Night", "--camera", "Patio")
    sereno("cameras", "pause", "Gate", "--minutes", "100000")
    said = sereno("schedules", "preview", "--days", "3").out.splitlines()
    gate, patio = said[1].split(), said[2].split()
    assert gate[0] == "Gate"
    assert gate[-1] == "=" * 24
    assert patio[-2:] == ["A" * 8 + "·" * 16] * 2
    assert said[3:] == [
        "Aa  Night", "=  paused", "·  nothing asks for it", "One character: 1 h",
    ]  # fmt: skip
    told = ask(sereno, "schedules", "preview", "--camera", "Patio")
    assert [each["name"] for each in told["cameras"]] == ["Patio"]


def test_coverage_and_alarms_are_told(hub: None, sereno: Sereno) -> None:
    span = ("--from", timezone.now().strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"))
    report = ask(sereno, "coverage", *span, "--camera", "Patio")
    assert [each["camera"] for each in report["cameras"]] == ["Patio"]
    table = sereno("coverage", *span).out.splitlines()
    assert table[0].split()[:3] == ["CAMERA", "PROMISED", "RECORDED"]
    assert table[2].split()[0] == "all"
    rows = sereno("coverage", *span, "--csv").out.splitlines()
    assert rows[0].lstrip("\ufeff").startswith("Site,Camera,")
    assert ask(sereno, "alarms") == ask(sereno, "runners") == []
    assert sereno("alarms").out.split()[0] == "CAMERA"
    assert sereno("runners").out.split()[0] == "CAMERA"
