"""Who may do what: every act, asked for by every role, over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sereno.enforcer.models import ManualRecording, Pause
from sereno.sites.models import Camera, Node

VIEW, OPERATE, MANAGE = 0, 1, 2
ROLES = ("viewer", "operator", "administrator")

# What each needs at least. Those of a camera have its id in place of {camera}.
ACTS: list[tuple[int, str, str, object]] = [
    (VIEW, "GET", "cameras", None),
    (VIEW, "GET", "cameras/{camera}/why", None),
    (VIEW, "GET", "cameras/{camera}/manner", None),
    (VIEW, "GET", "cameras/{camera}/timeline?from=2026-11-20T00:00Z&to=2026-11-21T00:00Z", None),
    (VIEW, "GET", "profiles", None),
    (VIEW, "GET", "schedules", None),
    (VIEW, "GET", "groups", None),
    (VIEW, "GET", "calendars", None),
    (VIEW, "GET", "runners", None),
    (VIEW, "GET", "preview", None),
    (VIEW, "GET", "alarms", None),
    (VIEW, "POST", "profiles/preview", {}),
    (VIEW, "POST", "schedules/check", {"schedule": {"name": "x", "kind": "continuous"}}),
    (OPERATE, "POST", "cameras/{camera}/pause", {"minutes": 5}),
    (OPERATE, "DELETE", "cameras/{camera}/pause", None),
    (OPERATE, "POST", "pauses", {"camera_ids": ["{camera}"], "minutes": 5}),
    (OPERATE, "POST", "cameras/{camera}/recording", {}),
    (OPERATE, "DELETE", "cameras/{camera}/recording", None),
    (OPERATE, "POST", "cameras/{camera}/try-again", None),
    (OPERATE, "POST", "enforce", {}),
    (OPERATE, "POST", "cameras/{camera}/diagnoses", None),
    (MANAGE, "PATCH", "cameras/{camera}", {"name": "Puerta"}),
    (MANAGE, "PUT", "cameras/{camera}/profile", {"profile_id": None}),
    (MANAGE, "POST", "cameras", {"name": "Aula", "address": "rtsp://192.0.2.8/"}),
    (MANAGE, "POST", "profiles", {"name": "Noche"}),
    (MANAGE, "POST", "schedules", {"name": "Noches", "kind": "continuous"}),
    (MANAGE, "POST", "groups", {"name": "Patios"}),
    (MANAGE, "POST", "calendars", {"name": "Fiestas"}),
    (MANAGE, "GET", "users", None),
    (MANAGE, "POST", "users", {"username": "nueva"}),
    (MANAGE, "DELETE", "cameras/{camera}", None),
]


def ask(program: Any, camera: Camera, method: str, path: str, body: Any) -> Any:
    if isinstance(body, dict) and "camera_ids" in body:
        body = body | {"camera_ids": [str(camera.pk)]}
    return program(method, path.format(camera=camera.pk), body)


@pytest.mark.parametrize("role", range(len(ROLES)), ids=ROLES)
def test_each_role_may_do_its_acts_and_no_others(
    role: int,
    camera: Camera,
    viewer_program: Any,
    operator_program: Any,
    admin_program: Any,
) -> None:
    program = (viewer_program, operator_program, admin_program)[role]
    Node.objects.update(last_seen=timezone.now() + timedelta(hours=1))  # heard all the while
    for needed, method, path, body in ACTS:
        answer = ask(program, camera, method, path, body)
        if role >= needed:
            assert answer.status_code < 300, (path, answer.content)
        else:
            assert answer.status_code == 403, (path, answer.content)
            error = answer.json()["error"]
            assert error["key"] == "not_allowed"
            assert ("operators" in error["en"]) is (needed == OPERATE)
        Pause.objects.all().delete()
        ManualRecording.objects.all().delete()


def test_what_an_operator_did_names_them(operator_program: Any, camera: Camera) -> None:
    paused = ask(operator_program, camera, "POST", "cameras/{camera}/pause", {"minutes": 5})
    assert paused.json()["pause"]["by"] == "olga"


def test_why_names_the_node_that_runs_it(viewer_program: Any, camera: Camera) -> None:
    told = ask(viewer_program, camera, "GET", "cameras/{camera}/why", None).json()
    assert told["node"] == {
        "node_id": str(camera.node_id),
        "node": "nodo",
        "number": None,
        "expires_at": None,
    }
    Camera.objects.update(node=None)
    assert ask(viewer_program, camera, "GET", "cameras/{camera}/why", None).json()["node"] is None
