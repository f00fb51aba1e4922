"""People ask, the node is told, and its findings come back; over HTTP on both sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.base.errors import NotFound
from sereno.enforcer.rules_moments import TooSoon
from sereno.errands.actions import (
    AddressSaid,
    diagnose_address,
    diagnose_camera,
    forget_old_errands,
    take_report,
    wipe_passwords,
)
from sereno.errands.models import Errand
from sereno.errands.queries import has_errands
from sereno.sites.actions import CameraFields, change_camera, note_heard
from sereno.sites.models import Camera, Node, Site
from sereno.wire.errands import LONGEST_SAW, DiagnosisReport, Errands

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SAID = {"address": "rtsp://192.0.2.8/main", "username": "root", "password": "n3w-Pa55"}
FAILED = {
    "step": "describe", "verdict": "failed", "ms": 3.5, "saw": "401 Unauthorized",
    "reason": {"key": "unauthorized", "raw": "RTSP/1.0 401 Unauthorized"}, "advice": [],
}  # fmt: skip
SLOW = {
    "step": "key_interval", "verdict": "warning", "ms": 10_000.0, "saw": "10.0 s",
    "advice": [{"key": "key_interval_long", "params": {"seconds": "10"}}],
}  # fmt: skip


def report(*steps: dict[str, Any], is_done: bool = False) -> dict[str, Any]:
    return {
        "started_at": datetime.now(UTC).isoformat(),
        "is_done": is_done,
        "engine": "native",
        "steps": list(steps),
    }


@pytest.fixture
def heard(node: Node) -> None:
    note_heard(node, timezone.now())


def ask(program: Any, camera: Camera, body: object = None) -> str:
    answer = program("POST", f"cameras/{camera.pk}/diagnoses", body)
    assert answer.status_code == 202, answer.content
    return str(answer.json()["id"])


def test_from_the_question_to_the_answer(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    errand_id = ask(admin_program, camera)
    waiting = admin_program("GET", f"diagnoses/{errand_id}").json()
    assert waiting == {
        "id": errand_id, "state": "waiting", "verdict": None, "started_at": None, "engine": "",
        "steps": [], "summary": None,
    }  # fmt: skip

    told = node_program("GET", "node/errands")
    (errand,) = Errands.model_validate(told.json()).errands
    assert (str(errand.errand_id), errand.kind) == (errand_id, "diagnose")
    assert (errand.camera_id, errand.stream, errand.address) == (camera.pk, "main", "")

    tcp = {"step": "tcp", "verdict": "ok", "ms": 1.0, "saw": "192.0.2.7:554"}
    running = report(tcp, FAILED | {"verdict": "running", "reason": None})
    assert node_program("POST", f"node/errands/{errand_id}", running).status_code == 204
    seen = admin_program("GET", f"diagnoses/{errand_id}").json()
    assert (seen["state"], seen["verdict"], seen["summary"]) == ("running", None, None)
    assert [step["verdict"] for step in seen["steps"]] == ["ok", "running"]

    ended = report(tcp, FAILED, is_done=True)
    assert node_program("POST", f"node/errands/{errand_id}", ended).status_code == 204
    seen = admin_program("GET", f"diagnoses/{errand_id}").json()
    assert (seen["state"], seen["verdict"], seen["engine"]) == ("done", "failed", "native")
    step = seen["steps"][1]
    assert step["name"] == {"en": "RTSP DESCRIBE", "es": "DESCRIBE de RTSP"}
    assert (step["ms"], step["saw"], step["raw"]) == (
        3.5, "401 Unauthorized", "RTSP/1.0 401 Unauthorized",
    )  # fmt: skip
    assert "password" in step["words"]["en"]
    assert "contraseña" in step["words"]["es"]
    assert seen["summary"]["en"].startswith("RTSP DESCRIBE: ")
    assert Errands.model_validate(node_program("GET", "node/errands").json()).errands == ()


def test_advice_is_given_in_both_languages(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    errand_id = ask(admin_program, camera, {})
    node_program("POST", f"node/errands/{errand_id}", report(SLOW, is_done=True))
    seen = admin_program("GET", f"diagnoses/{errand_id}").json()
    (advice,) = seen["steps"][0]["advice"]
    assert advice["key"] == "key_interval_long"
    assert "10 s" in advice["en"]
    assert "10 s" in advice["es"]
    assert seen["verdict"] == "warning"
    assert "2 s" in seen["summary"]["es"]


def test_an_address_before_there_is_a_camera(
    heard: None, site: Site, admin_program: Any, node_program: Any
) -> None:
    asked = admin_program("POST", f"sites/{site.pk}/diagnoses", SAID)
    assert asked.status_code == 202
    errand_id = asked.json()["id"]
    (errand,) = Errands.model_validate(node_program("GET", "node/errands").json()).errands
    assert (errand.camera_id, errand.address) == (None, "rtsp://192.0.2.8/main")
    assert (errand.username, errand.password.get_secret_value()) == ("root", "n3w-Pa55")
    kept = Errand.objects.get(pk=errand_id)
    assert "n3w-Pa55" not in kept.password_sealed
    assert kept.password_sealed
    seen = admin_program("GET", f"diagnoses/{errand_id}")
    assert b"n3w-Pa55" not in seen.content
    assert "n3w-Pa55" not in str([entry.details for entry in Entry.objects.all()])
    node_program("POST", f"node/errands/{errand_id}", report(FAILED, is_done=True))
    assert Errand.objects.get(pk=errand_id).password_sealed == ""


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("file:///etc/passwd", "address_scheme_unknown"),
        ("rtsp://a:b@192.0.2.8/main", "credentials_twice"),
        ("192.0.2.8", "address_no_scheme"),
    ],
)
def test_only_what_a_camera_may_be_is_tried(
    heard: None, site: Site, admin_program: Any, address: str, key: str
) -> None:
    answer = admin_program("POST", f"sites/{site.pk}/diagnoses", SAID | {"address": address})
    assert (answer.status_code, answer.json()["error"]["key"]) == (422, key)


def test_a_node_that_is_away_is_said_at_once(
    camera: Camera, site: Site, node: Node, admin_program: Any
) -> None:
    note_heard(node, timezone.now() - timedelta(minutes=1))
    for path in (f"cameras/{camera.pk}/diagnoses", f"sites/{site.pk}/diagnoses"):
        answer = admin_program("POST", path, SAID)
        assert (answer.status_code, answer.json()["error"]["key"]) == (503, "node_offline")
    assert not Errand.objects.exists()


def test_who_may_ask_and_see(
    heard: None,
    camera: Camera,
    site: Site,
    admin_program: Any,
    operator_program: Any,
    viewer_program: Any,
    stranger: Any,
) -> None:
    path = f"cameras/{camera.pk}/diagnoses"
    assert viewer_program("POST", path, {}).status_code == 403
    assert stranger("POST", path, {}).status_code == 401
    assert viewer_program("POST", f"sites/{site.pk}/diagnoses", SAID).status_code == 403
    assert operator_program("POST", f"sites/{site.pk}/diagnoses", SAID).status_code == 403
    of_camera = ask(operator_program, camera)
    of_address = admin_program("POST", f"sites/{site.pk}/diagnoses", SAID).json()["id"]
    assert viewer_program("GET", f"diagnoses/{of_camera}").status_code == 200
    assert viewer_program("GET", f"diagnoses/{of_address}").status_code == 404
    assert admin_program("GET", f"diagnoses/{uuid4()}").status_code == 404


def test_another_nodes_errands_are_nobodys_business(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    told = node_program("POST", f"node/errands/{uuid4()}", report(is_done=True))
    assert told.status_code == 404
    assert admin_program("GET", "node/errands").status_code == 401


def test_a_camera_is_diagnosed_once_at_a_time(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    errand_id = ask(admin_program, camera)
    path = f"cameras/{camera.pk}/diagnoses"
    again = admin_program("POST", path, {})
    assert (again.status_code, again.json()["error"]["key"]) == (429, "diagnosis_under_way")
    node_program("POST", f"node/errands/{errand_id}", report(FAILED, is_done=True))
    soon = admin_program("POST", path, {})
    assert (soon.status_code, soon.json()["error"]["key"]) == (429, "diagnosed_just_now")


def test_a_node_is_not_swamped(node: Node, site: Site, admin: Asker) -> None:
    note_heard(node, NOW)
    for number in range(4):
        diagnose_address(admin, site.pk, AddressSaid(f"rtsp://192.0.2.{number}/"), now=NOW)
    with pytest.raises(TooSoon):
        diagnose_address(admin, site.pk, AddressSaid("rtsp://192.0.2.9/"), now=NOW)


def test_a_stream_that_is_not_there(heard: None, camera: Camera, admin_program: Any) -> None:
    body = {"stream": "sub"}
    answer = admin_program("POST", f"cameras/{camera.pk}/diagnoses", body)
    assert (answer.status_code, answer.json()["error"]["key"]) == (409, "no_sub_stream")


@pytest.mark.provokes("diagnosis_untaken")
def test_what_an_old_node_never_takes_expires_in_words(
    node: Node, site: Site, admin: Asker, admin_program: Any
) -> None:
    asked_at = timezone.now() - timedelta(seconds=70)
    note_heard(node, asked_at)
    said = AddressSaid("rtsp://192.0.2.8/", "root", "n3w-Pa55")
    errand = diagnose_address(admin, site.pk, said, now=asked_at)
    seen = admin_program("GET", f"diagnoses/{errand.pk}").json()
    assert (seen["state"], seen["verdict"]) == ("expired", None)
    assert "did not take the order" in seen["summary"]["en"]
    assert not has_errands(node, timezone.now())
    assert wipe_passwords(timezone.now()) == 1
    assert Errand.objects.get(pk=errand.pk).password_sealed == ""
    with pytest.raises(NotFound):
        take_report(node, errand.pk, DiagnosisReport(started_at=NOW), timezone.now())


@pytest.mark.provokes("diagnosis_broken_off")
def test_a_node_that_falls_silent_is_not_waited_for(
    node: Node, camera: Camera, admin: Asker, admin_program: Any
) -> None:
    asked_at = timezone.now() - timedelta(minutes=3)
    note_heard(node, asked_at)
    errand = diagnose_camera(admin, camera.pk, now=asked_at)
    later = asked_at + timedelta(seconds=50)
    take_report(node, errand.pk, DiagnosisReport(started_at=later), later)
    assert has_errands(node, asked_at + timedelta(seconds=80)), "it told, so it has more time"
    seen = admin_program("GET", f"diagnoses/{errand.pk}").json()
    assert seen["state"] == "expired"
    assert "said no more" in seen["summary"]["en"]


def test_what_comes_late_or_twice_changes_nothing(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    errand_id = ask(admin_program, camera)
    path = f"node/errands/{errand_id}"
    for body in (report(FAILED, is_done=True), report(FAILED, is_done=True), report()):
        assert node_program("POST", path, body).status_code == 204
    seen = admin_program("GET", f"diagnoses/{errand_id}").json()
    assert (seen["state"], len(seen["steps"])) == ("done", 1)


def test_what_a_device_said_is_kept_without_secrets(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    errand_id = ask(admin_program, camera)
    raw = "see rtsp://root:hunter2@192.0.2.7/\0"
    step = FAILED | {"reason": {"key": "garbled", "params": {"host": "a\0b"}, "raw": raw}}
    told = node_program("POST", f"node/errands/{errand_id}", report(step, is_done=True))
    assert told.status_code == 204
    seen = admin_program("GET", f"diagnoses/{errand_id}")
    assert b"hunter2" not in seen.content
    assert seen.json()["steps"][0]["raw"] == "see rtsp://***@192.0.2.7/"


def test_what_is_hidden_makes_nothing_too_long_to_be_read_again(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    errand_id = ask(admin_program, camera)
    step = FAILED | {"saw": ("rtsp://@ " * 30)[:LONGEST_SAW]}
    path = f"node/errands/{errand_id}"
    assert node_program("POST", path, report(step, is_done=True)).status_code == 204
    seen = admin_program("GET", f"diagnoses/{errand_id}")
    assert seen.status_code == 200
    assert "rtsp://***@" in seen.json()["steps"][0]["saw"]


def test_a_time_that_is_no_number_is_refused(
    heard: None, camera: Camera, admin_program: Any, node_program: Any
) -> None:
    path = f"node/errands/{ask(admin_program, camera)}"
    told = node_program("POST", path, report(FAILED | {"ms": float("inf")}))
    assert (told.status_code, told.json()["error"]["field"]) == (422, "ms")


def test_heartbeats_say_that_there_are_errands(
    heard: None, camera: Camera, admin_program: Any, node: Node
) -> None:
    assert not has_errands(node, timezone.now())
    ask(admin_program, camera)
    assert has_errands(node, timezone.now())


def test_it_is_journalled_who_asked(heard: None, camera: Camera, admin_program: Any) -> None:
    ask(admin_program, camera)
    entry = Entry.objects.order_by("-number")[0]
    assert (entry.act, entry.object_kind, UUID(entry.object_id)) == (
        "camera_diagnose", "camera", camera.pk,
    )  # fmt: skip


def test_they_are_kept_for_a_day(node: Node, camera: Camera, admin: Asker) -> None:
    now = timezone.now()
    note_heard(node, now - timedelta(hours=25))
    diagnose_camera(admin, camera.pk, now=now - timedelta(hours=25))
    note_heard(node, now)
    kept = diagnose_camera(admin, camera.pk, now=now)
    assert forget_old_errands(now) == 1
    assert list(Errand.objects.all()) == [kept]


def test_the_small_stream(
    heard: None, camera: Camera, admin: Asker, admin_program: Any, node_program: Any
) -> None:
    change_camera(admin, camera.pk, CameraFields(sub_address="rtsp://192.0.2.7:554/sub"))
    ask(admin_program, camera, {"stream": "sub"})
    (errand,) = Errands.model_validate(node_program("GET", "node/errands").json()).errands
    assert errand.stream == "sub"
