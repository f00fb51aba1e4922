"""Pauses, recordings by hand, "enforce now", and what people are told meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.base.errors import Invalid
from sereno.enforcer.actions_moments import enforce, pause_cameras
from sereno.enforcer.models import ManualRecording, Pause
from sereno.enforcer.queries import desired_of
from sereno.enforcer.rules_moments import EndSaid, TooSoon, end_of_pause
from sereno.sites.actions import CameraFields, add_camera
from sereno.sites.models import Camera, Node

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ZONE = "America/Guayaquil"


@pytest.mark.parametrize(
    ("zone", "now", "morning"),
    [
        (ZONE, NOON, datetime(2026, 11, 22, 13, tzinfo=UTC)),
        # 04:30 UTC is still the day before in Guayaquil.
        (ZONE, datetime(2026, 11, 21, 4, 30, tzinfo=UTC), datetime(2026, 11, 21, 13, tzinfo=UTC)),
        # The night in which the clocks of Madrid go forward.
        (
            "Europe/Madrid",
            datetime(2026, 3, 28, 20, tzinfo=UTC),
            datetime(2026, 3, 29, 6, tzinfo=UTC),
        ),
    ],
)
def test_tomorrow_is_eight_by_the_sites_clock(zone: str, now: datetime, morning: datetime) -> None:
    assert end_of_pause(EndSaid(is_until_tomorrow=True), zone, now) == morning


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (EndSaid(), "until"),
        (EndSaid(minutes=0), "minutes"),
        (EndSaid(minutes=-5), "minutes"),
        (EndSaid(minutes=10**30), "minutes"),
        (EndSaid(until=NOON), "until"),
        (EndSaid(until=NOON + timedelta(days=400)), "until"),
        (EndSaid(minutes=5, is_until_tomorrow=True), "until"),
    ],
)
def test_past_and_absurd_ends_are_refused(said: EndSaid, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        end_of_pause(said, ZONE, NOON)
    assert refused.value.field == field


def test_a_pause_beats_all_and_ends_when_asked(
    admin_program: Any, camera: Camera, node: Node
) -> None:
    path = f"cameras/{camera.pk}"
    body = {"minutes": 30, "why": "Reunión de padres"}
    told = admin_program("POST", f"{path}/pause", body).json()
    until = datetime.fromisoformat(told["pause"]["until"])
    assert timedelta(minutes=29) < until - datetime.now(UTC) <= timedelta(minutes=30)
    assert (told["pause"]["by"], told["pause"]["why"]) == ("ana", "Reunión de padres")
    assert told["why"]["key"] == "paused"
    assert "Reunión de padres" in told["why"]["es"]
    (order,) = desired_of(node)
    (pause,) = order.plan.pauses
    assert (pause.by, pause.why) == ("ana", "Reunión de padres")
    assert abs(pause.end - until) < timedelta(milliseconds=1)  # as JSON has it
    why = admin_program("GET", f"{path}/why").json()
    assert (why["recording"]["runs"], why["recording"]["until"]) == (False, told["pause"]["until"])
    assert why["status"]["state"] == "node_offline"
    refused = admin_program("POST", f"{path}/recording", {"minutes": 5})
    assert (refused.status_code, refused.json()["error"]["key"]) == (409, "camera_paused")
    assert admin_program("POST", f"{path}/pause", {"until_tomorrow": True}).status_code == 200
    assert Pause.objects.filter(end__gt=datetime.now(UTC)).count() == 1
    told = admin_program("DELETE", f"{path}/pause").json()
    assert (told["pause"], told["why"]["key"]) == (None, "always")
    assert Entry.objects.latest("number").act == "camera_pause_end"
    (order,) = desired_of(node)
    assert order.plan.pauses == ()
    entries = Entry.objects.count()
    assert admin_program("DELETE", f"{path}/pause").status_code == 200
    assert Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "until"),
        ({"minutes": -1}, "minutes"),
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"until": "2020-01-01T00:00:00"}, "until"),
        ({"minutes": 5, "why": "x" * 301}, "why"),
        ({"minutes": 5, "why": "a\nb"}, "why"),
        ({"minutes": 10**40}, "minutes"),
    ],
)
def test_bad_pauses_are_refused(
    admin_program: Any, camera: Camera, body: dict[str, Any], field: str
) -> None:
    answer = admin_program("POST", f"cameras/{camera.pk}/pause", body)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert not Pause.objects.exists()


def test_a_selection_is_paused_whole_or_not_at_all(
    admin_program: Any, admin: Asker, camera: Camera
) -> None:
    other = add_camera(admin, CameraFields("Otra", "rtsp://192.0.2.8/"))
    ids = [str(camera.pk), str(other.pk)]
    unknown = admin_program("POST", "pauses", {"camera_ids": [*ids, str(uuid4())], "minutes": 5})
    assert unknown.status_code == 404
    assert not Pause.objects.exists()
    assert admin_program("POST", "pauses", {"camera_ids": [], "minutes": 5}).status_code == 422
    told = admin_program("POST", "pauses", {"camera_ids": ids, "minutes": 5}).json()
    assert [each["pause"]["by"] for each in told] == ["ana", "ana"]
    entry = Entry.objects.latest("number")
    assert (entry.act, entry.details["cameras"]) == ("camera_pause", sorted(ids))


def test_recording_by_hand(admin_program: Any, camera: Camera, node: Node) -> None:
    path = f"cameras/{camera.pk}"
    body = {"kind": "once", "once": {"from": "2020-01-01T00:00", "to": "2020-01-02T00:00"}}
    admin_program("POST", "schedules", {"name": "x", "camera_ids": [str(camera.pk)], **body})
    assert admin_program("GET", path).json()["why"]["key"] == "not_scheduled"
    told = admin_program("POST", f"{path}/recording", {}).json()
    assert (told["manual"]["until"], told["manual"]["by"]) == (None, "ana")
    assert told["why"]["key"] == "manual"
    told = admin_program("POST", f"{path}/recording", {"minutes": 10}).json()
    assert told["manual"]["until"] is not None
    (order,) = desired_of(node)
    (manual,) = order.plan.manuals
    assert manual.by == "ana"
    told = admin_program("DELETE", f"{path}/recording").json()
    assert (told["manual"], told["why"]["key"]) == (None, "not_scheduled")
    assert ManualRecording.objects.filter(end=None).count() == 0
    assert admin_program("POST", f"{path}/recording", {"minutes": 0}).status_code == 422


def test_urging_is_limited(admin_program: Any, admin: Asker, camera: Camera, node: Node) -> None:
    assert admin_program("POST", "enforce", {}).json() == {"cameras": 1}
    (order,) = desired_of(node)
    assert order.enforce_number == 1
    again = admin_program("POST", "enforce", {"camera_ids": [str(camera.pk)]})
    assert (again.status_code, again.json()["error"]["key"]) == (429, "enforced_lately")
    other = add_camera(admin, CameraFields("Otra", "rtsp://192.0.2.8/"))
    assert admin_program("POST", "enforce", {}).json() == {"cameras": 1}
    later = datetime.now(UTC) + timedelta(seconds=11)
    assert enforce(admin, None, later) == 2
    with pytest.raises(TooSoon):
        enforce(admin, [other.pk], later + timedelta(seconds=9))
    assert enforce(admin, [uuid4()], later) == 0


def test_viewers_disturb_nothing(viewer_program: Any, stranger: Any, camera: Camera) -> None:
    path = f"cameras/{camera.pk}"
    for method, where, body in (
        ("POST", f"{path}/pause", {"minutes": 5}),
        ("DELETE", f"{path}/pause", None),
        ("POST", "pauses", {"camera_ids": [str(camera.pk)], "minutes": 5}),
        ("POST", f"{path}/recording", {}),
        ("DELETE", f"{path}/recording", None),
        ("POST", "enforce", {}),
    ):
        assert viewer_program(method, where, body).status_code == 403
        assert stranger(method, where, body).status_code == 401
    for where in (f"{path}/why", f"{path}/manner", "runners"):
        assert viewer_program("GET", where).status_code == 200


def test_an_unassigned_camera_says_so(admin_program: Any, camera: Camera) -> None:
    Camera.objects.update(node=None)
    told = admin_program("GET", f"cameras/{camera.pk}/why").json()
    assert (told["recording"]["runs"], told["recording"]["why"]["key"]) == (False, "not_assigned")
    assert told["recording"]["why"]["es"].startswith("Ningún nodo")


def test_runners_are_told_with_all_that_nodes_say(
    admin_program: Any, node_program: Any, camera: Camera
) -> None:
    now = datetime.now(UTC).isoformat()
    profile = admin_program("POST", "profiles", {"name": "Base"}).json()
    admin_program("PUT", f"cameras/{camera.pk}/profile", {"profile_id": profile["id"]})
    error = {"key": "refused", "params": {"host": "cam", "port": "554"}}
    stream = {
        "camera_id": str(camera.pk), "stream": "main", "state": "recording", "since": now,
        "profile": "", "profile_version": "Base v1", "is_pending": True, "restarts": 2,
        "nice": 5, "cpu_affinity": [0], "shared_by": 3, "last_exit": "SIGKILL",
        "last_error": error, "advertised_fps": 25.0,
        "analysis": {"state": "recording", "hwaccel": "none", "fps": 5.0},
    }  # fmt: skip
    beat = {
        "boot_id": str(uuid4()), "version": "1", "sent_at": now, "started_at": now,
        "ntp": {"is_synchronised": True}, "media_address": "unix:/x", "streams": [stream],
    }  # fmt: skip
    assert node_program("POST", "node/heartbeat", beat).status_code == 200
    (runner,) = admin_program("GET", "runners").json()
    assert (runner["camera"], runner["site"], runner["node"]) == (
        "Patio",
        "Escuela Central",
        "nodo",
    )
    assert (runner["profile"], runner["profile_version"]) == ("Base", "Base v1")
    assert runner["last_error"]["es"].startswith("cam responde")
    assert (runner["analysis"]["fps"], runner["analysis"]["reason"]) == (5.0, None)
    status = admin_program("GET", f"cameras/{camera.pk}").json()["status"]
    assert {name: status[name] for name in status} == {name: runner[name] for name in status}


def test_a_pause_ends_by_itself(admin: Asker, camera: Camera, node: Node) -> None:
    now = datetime.now(UTC)
    pause_cameras(admin, [camera.pk], EndSaid(minutes=5), now=now)
    for later, count in ((4, 1), (6, 0)):
        (order,) = desired_of(node, now + timedelta(minutes=later))
        assert len(order.plan.pauses) == count
