"""`sereno cameras diagnose`, through a node and from this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sereno.cli import diagnose
from sereno.errands.api import DiagnosisAnswer, StepAnswer

Sereno = Callable[..., Any]
CAMERA_ID = "4a3e8f7c-0000-4000-8000-000000000001"
ERRAND_ID = "4a3e8f7c-0000-4000-8000-000000000002"
DONE: dict[str, Any] = {
    "id": ERRAND_ID,
    "state": "done",
    "verdict": "warning",
    "started_at": None,
    "engine": "native",
    "steps": [
        {
            "step": "key_interval",
            "name": {"en": "Key frame interval", "es": "Intervalo de imágenes clave"},
            "verdict": "warning",
            "ms": 10_001.2,
            "saw": "10.0 s",
            "words": None,
            "advice": [{"key": "key_interval_long", "en": "Set it.", "es": "Cámbielo."}],
            "raw": "",
        },
        {
            "step": "sound", "name": {"en": "Sound", "es": "Sonido"}, "verdict": "skipped",
            "ms": None, "saw": "", "words": None, "advice": [], "raw": "",
        },
    ],
    "summary": {"en": "Key frame interval: Set it.", "es": "Intervalo: Cámbielo."},
}  # fmt: skip
EXPIRED = DONE | {
    "state": "expired", "verdict": None, "steps": [],
    "summary": {"en": "Nobody came.", "es": "No vino nadie."},
}  # fmt: skip


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


def answered(api: Any, answer: dict[str, Any]) -> None:
    api.answers[f"POST /api/v1/cameras/{CAMERA_ID}/diagnoses"] = (202, {"id": ERRAND_ID})
    api.answers["GET /api/v1/sites"] = (200, [{"id": 3, "name": "Escuela", "time_zone": "UTC"}])
    api.answers["GET /api/v1/nodes"] = (200, [{"id": "n", "name": "nodo", "site_id": 3}])
    api.answers["POST /api/v1/sites/3/diagnoses"] = (202, {"id": ERRAND_ID})
    api.answers[f"GET /api/v1/diagnoses/{ERRAND_ID}"] = (200, answer)


def test_a_camera_is_tried_by_its_node(api: Any, sereno: Sereno) -> None:
    answered(api, DONE)
    said = sereno("cameras", "diagnose", "Patio [1]", "--stream", "sub")
    assert said.status == 0
    assert said.out.splitlines() == [
        "! Key frame interval          10001 ms  10.0 s",
        "    Set it.",
        "Key frame interval: Set it.",
    ]
    path = f"/api/v1/cameras/{CAMERA_ID}/diagnoses"
    assert ("POST", path, {"stream": "sub"}) in api.asked


def test_a_step_is_shown_once_it_has_ended_and_again_when_more_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines: list[str] = []
    printer = diagnose.Printer(lines.append)
    (step, _) = DONE["steps"]
    for verdict, advice in (("running", []), ("ok", []), ("ok", []), ("warning", step["advice"])):
        printer.show({"steps": [step | {"verdict": verdict, "advice": advice}]})
    assert [line[0] for line in lines] == ["✓", "!"]


def test_what_nobody_takes_is_a_failure(
    api: Any, sereno: Sereno, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(api, EXPIRED)
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    said = sereno("cameras", "diagnose", CAMERA_ID)
    assert (said.status, said.out) == (1, "No vino nadie.\n")


@pytest.mark.parametrize("where", [("--site", "escuela"), ("--node", "nodo")])
def test_an_address_is_tried_by_a_node_of_a_site(
    api: Any, sereno: Sereno, where: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(api, DONE)
    monkeypatch.setenv("SERENO_CAMERA_PASSWORD", "s3cret")
    said = sereno("cameras", "diagnose", "rtsp://ana@10.0.0.7/main", *where, "--json")
    assert json.loads(said.out) == DONE
    (body,) = (body for method, _, body in api.asked if method == "POST")
    assert body == {
        "address": "rtsp://10.0.0.7/main",
        "username": "ana",
        "password": "s3cret",
        "node_id": "n" if where[0] == "--node" else None,
    }


def test_a_site_that_is_not_there(api: Any, sereno: Sereno) -> None:
    answered(api, DONE)
    said = sereno("cameras", "diagnose", "rtsp://10.0.0.7/main", "--site", "x")
    assert said.status == 1
    assert "There are: Escuela." in said.err


def test_a_cameras_own_user_counts(api: Any, sereno: Sereno) -> None:
    said = sereno("cameras", "diagnose", "Patio [1]", "--user", "ana")
    assert (said.status, said.err[:8]) == (2, "--user: ")


def test_an_address_is_tried_from_here_without_a_hub(
    sereno: Sereno, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERENO_CAMERA_PASSWORD", "s3cret")
    address = f"rtsp://ana@127.0.0.1:{closed_port}/main"
    said = sereno("cameras", "diagnose", address)
    assert said.status == 1
    signs = [line[:2] for line in said.out.splitlines()]
    assert signs == ["✓ ", "✗ ", "  ", "TC"]
    assert f"its video port {closed_port} is closed" in said.out
    as_json = sereno("cameras", "diagnose", address, "--json")
    answer = json.loads(as_json.out)
    assert answer.keys() == DiagnosisAnswer.model_fields.keys()
    assert answer["steps"][0].keys() == StepAnswer.model_fields.keys()
    assert (answer["state"], answer["verdict"]) == ("done", "failed")
    assert "s3cret" not in said.out + said.err + as_json.out


def test_what_is_no_address_is_said_before_anything_is_tried(sereno: Sereno) -> None:
    said = sereno("cameras", "diagnose", "file:///etc/passwd")
    assert (said.status, said.err[:9]) == (2, "address: ")
