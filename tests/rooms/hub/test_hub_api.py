"""The API as a whole: its forms, its errors, what strangers learn, what never leaves."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sereno.accounts.queries import Asker
from sereno.footage.actions import take_reports
from sereno.hub import api as hub_api
from sereno.sites.actions import CameraFields, add_camera
from sereno.sites.models import Camera, Node
from sereno.wire.reports import Reports

# They change nothing.
SEEING = {"tickets", "tickets/live", "streams/live"}
NEW = {"name": "Portón", "address": "rtsp://192.0.2.8/main"}
# What people make beside cameras.
LISTS = {
    "profiles": {"name": "Noche"},
    "schedules": {"name": "Siempre", "kind": "continuous"},
    "calendars": {"name": "Fiestas"},
    "groups": {"name": "Aulas"},
}


def error_of(answer: Any) -> dict[str, Any]:
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"key", "field", "en", "es"}
    return body["error"]


def calls(camera_id: object) -> list[tuple[str, str, object]]:
    """Every call that needs somebody known."""
    span = "from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z"
    return [
        ("GET", "sites", None),
        ("GET", "nodes", None),
        ("GET", "cameras", None),
        ("POST", "cameras", NEW),
        ("GET", f"cameras/{camera_id}", None),
        ("PATCH", f"cameras/{camera_id}", {"name": "x"}),
        ("DELETE", f"cameras/{camera_id}", None),
        ("POST", f"cameras/{camera_id}/try-again", None),
        ("GET", f"cameras/{camera_id}/timeline?{span}", None),
        ("GET", f"cameras/{camera_id}/days?month=2026-11", None),
        ("POST", "tickets", {"camera_id": str(camera_id), "purpose": "live"}),
        ("POST", "tickets/live", {"wishes": [{"camera_id": str(camera_id)}]}),
        ("POST", "streams/live", {"camera_id": str(camera_id)}),
        ("GET", "status", None),
        ("GET", "layouts", None),
        ("GET", "clips", None),
        ("GET", "devices", None),
        ("PUT", f"cameras/{camera_id}/profile", {"profile_id": None}),
        ("POST", f"cameras/{camera_id}/pause", {"minutes": 5}),
        ("DELETE", f"cameras/{camera_id}/pause", None),
        ("POST", f"cameras/{camera_id}/recording", {}),
        ("DELETE", f"cameras/{camera_id}/recording", None),
        ("GET", f"cameras/{camera_id}/why", None),
        ("GET", f"cameras/{camera_id}/manner", None),
        ("POST", "pauses", {"camera_ids": [str(camera_id)], "minutes": 5}),
        ("POST", "enforce", {}),
        *(("GET", path, None) for path in ("knobs", "runners", "preview")),
        *(
            call
            for name, body in LISTS.items()
            for call in (
                ("GET", name, None),
                ("POST", name, body),
                ("PATCH", f"{name}/1", {}),
                ("DELETE", f"{name}/1", None),
            )
        ),
    ]


def test_a_stranger_learns_nothing(stranger: Any, camera: Camera) -> None:
    answers = [
        stranger(method, path, body).content
        for camera_id in (camera.pk, uuid4())
        for method, path, body in calls(camera_id)
    ]
    assert len(set(answers)) == 1
    assert json.loads(answers[0])["error"]["key"] == "not_signed_in"


def test_a_wrong_token_learns_nothing(stranger: Any, camera: Camera) -> None:
    for method, path, body in calls(camera.pk):
        answer = stranger(method, path, body, authorization="Bearer sereno_wrong")
        assert answer.status_code == 401
        assert error_of(answer)["key"] == "token_refused"


def test_a_viewer_reads_and_changes_nothing(viewer_program: Any, camera: Camera) -> None:
    for method, path, body in calls(camera.pk):
        answer = viewer_program(method, path, body)
        is_change = method in {"PATCH", "PUT", "DELETE"} or (
            method == "POST" and path not in SEEING
        )
        if is_change:
            assert answer.status_code == 403
            assert error_of(answer)["key"] == "not_allowed"
        else:
            assert answer.status_code in {200, 503}  # 503: the camera's node is away


def test_a_cameras_life(admin_program: Any, node: Node) -> None:
    made = admin_program("POST", "cameras", {**NEW, "username": "root", "password": "pw"})
    assert made.status_code == 201
    camera = made.json()
    assert camera["name"] == "Portón"
    assert camera["has_password"] is True
    assert camera["node_id"] == str(node.pk)
    assert camera["status"]["state"] == "node_offline"
    assert camera["status"]["reason"]["es"]
    assert set(camera) == {
        "id",
        "name",
        "site_id",
        "address",
        "username",
        "has_password",
        "engine",
        "transport",
        "records_sound",
        "budget_bytes",
        "nice",
        "cpu_affinity",
        "created_at",
        "node_id",
        "standby_node_id",
        "sub_address",
        "group_ids",
        "profile",
        "pause",
        "manual",
        "why",
        "lease",
        "status",
    }
    path = f"cameras/{camera['id']}"
    changed = admin_program("PATCH", path, {"name": "Entrada"})
    assert changed.json() == {**camera, "name": "Entrada"}
    assert admin_program("GET", path).json() == changed.json()
    assert admin_program("GET", "cameras").json() == [changed.json()]
    manners = {
        "engine": "ffmpeg",
        "transport": "udp",
        "records_sound": False,
        "budget_bytes": 10**12,
        "nice": 5,
        "cpu_affinity": [1],
    }
    told = admin_program("PATCH", path, manners)
    assert told.json() == {**changed.json(), **manners}
    assert admin_program("PATCH", path, {"budget_bytes": 0}).json()["budget_bytes"] is None
    assert admin_program("POST", f"{path}/try-again").json()["id"] == camera["id"]
    assert Camera.objects.get().retry_number == 1
    gone = admin_program("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert admin_program("GET", path).status_code == 404
    assert admin_program("GET", "cameras").json() == []


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({**NEW, "address": "ftp://x/"}, 422, "address"),
        ({**NEW, "address": "http://x/", "engine": "native"}, 422, "engine"),
        ({**NEW, "engine": "vlc"}, 422, "engine"),
        ({**NEW, "transport": "carrier pigeon"}, 422, "transport"),
        ({**NEW, "budget_bytes": -1}, 422, "budget_bytes"),
        ({**NEW, "nice": 20}, 422, "nice"),
        ({**NEW, "cpu_affinity": [4096]}, 422, "cpu_affinity"),
        ({**NEW, "name": ""}, 422, "name"),
        ({"name": "x"}, 422, "address"),
        ({**NEW, "name": 7}, 422, "name"),
        ({**NEW, "address": "rtsp://u:p@h/", "username": "u"}, 422, "username"),
        ({**NEW, "name": "PATIO"}, 409, "name"),
    ],
)
def test_bad_cameras_are_refused_with_the_field(
    admin_program: Any, camera: Camera, body: object, status: int, field: str
) -> None:
    answer = admin_program("POST", "cameras", body)
    assert answer.status_code == status
    assert error_of(answer)["field"] == field


def test_a_bodys_secrets_are_not_repeated(admin_program: Any, camera: Camera) -> None:
    for body in ({**NEW, "password": ["hunter2"]}, {**NEW, "password": "hunter2\n"}):
        answer = admin_program("POST", "cameras", body)
        assert answer.status_code == 422
        assert b"hunter2" not in answer.content


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "cameras/nonsense", 422),
        ("GET", "no/such/thing", 404),
        ("GET", "cameras/{id}/timeline", 422),
        ("GET", "cameras/{id}/timeline?from=2026-11-01T00:00:00&to=2026-11-02T00:00:00Z", 422),
        ("GET", "cameras/{id}/timeline?from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z", 422),
        ("GET", "cameras/{id}/timeline?from=2026-01-01T00:00:00Z&to=2026-11-01T00:00:00Z", 422),
        ("GET", "cameras/{id}/days?month=2026-13", 422),
        ("GET", "cameras/{id}/days?month=2026-1", 422),
    ],
)
def test_every_error_has_the_same_form(
    admin_program: Any, camera: Camera, method: str, path: str, status: int
) -> None:
    answer = admin_program(method, path.format(id=camera.pk))
    assert answer.status_code == status
    error_of(answer)


def test_a_timeline_as_the_contract_says(admin_program: Any, node: Node, camera: Camera) -> None:
    Camera.objects.update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    refused = {"key": "refused", "params": {"host": "cam", "port": "554"}, "raw": "ECONNREFUSED"}
    ends = [("00:00", "01:00", False, refused), ("02:00", "02:30", True, None)]
    runs = [
        {
            "run_id": str(uuid4()),
            "revision": 1,
            "camera_id": str(camera.pk),
            "stream": "main",
            "start": f"2026-11-01T{start}:00Z",
            "end": f"2026-11-01T{end}:00Z",
            "is_open": is_open,
            "end_reason": reason,
            "segment_count": 1,
            "size_bytes": 1,
        }
        for start, end, is_open, reason in ends
    ]
    through = "2026-11-01T02:30:00Z"
    horizons = [{"camera_id": camera.pk, "stream": "main", "reported_through": through}]
    batch = Reports.model_validate({"runs": runs, "horizons": horizons})
    take_reports(node, batch, datetime(2026, 11, 2, tzinfo=UTC))
    span = "from=2026-10-31T21:00:00-05:00&to=2026-11-01T04:00:00Z"
    told = admin_program("GET", f"cameras/{camera.pk}/timeline?{span}").json()
    words = {
        "en": "cam answers, but its video port 554 is closed. "
        "Check the port in the camera's address, and that RTSP is enabled on the camera.",
        "es": "cam responde, pero su puerto de vídeo 554 está cerrado. "
        "Revise el puerto en la dirección de la cámara, y que RTSP esté activado en ella.",
    }

    arrived = {
        "clock": "arrival",
        "damaged_seconds": 0.0,
        "node_id": str(node.pk),
        "node": node.name,
    }

    def span_of(start: str, end: str) -> dict[str, str]:
        return {"from": f"2026-11-01T{start}:00Z", "to": f"2026-11-01T{end}:00Z"}

    assert told == {
        "camera_id": str(camera.pk),
        **span_of("02:00", "04:00"),
        "reported_through": through,
        "covered": [
            {
                **span_of("02:00", "02:30"),
                "is_open": True,
                **arrived,
            }
        ],
        "gaps": [],
        "unreported": [span_of("02:30", "04:00")],
        "manual": [],
        "promised": [span_of("02:00", "04:00")],
        "on_recorder": [],
        "recorder": None,
    }
    span = "from=2026-11-01T00:00:00Z&to=2026-11-01T02:00:00Z"
    told = admin_program("GET", f"cameras/{camera.pk}/timeline?{span}").json()
    assert told["covered"] == [{**span_of("00:00", "01:00"), "is_open": False, **arrived}]
    assert told["gaps"] == [
        {**span_of("01:00", "02:00"), "kind": "network", "reason": {**refused, **words}}
    ]
    days = admin_program("GET", f"cameras/{camera.pk}/days?month=2026-10").json()
    assert days == {"days": ["2026-10-31"]}  # 00:00 UTC is the evening before in Guayaquil


def test_a_ticket_as_the_contract_says(admin_program: Any, node: Node, camera: Camera) -> None:
    ask = {"camera_id": str(camera.pk), "purpose": "clip"}
    away = admin_program("POST", "tickets", {**ask, "purpose": "live"})
    assert away.status_code == 503
    assert error_of(away)["key"] == "node_offline"
    Node.objects.update(last_seen=datetime.now(UTC))
    assert error_of(admin_program("POST", "tickets", ask))["field"] == "from"
    span = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-01T01:00:00Z"}
    answer = admin_program("POST", "tickets", {**ask, **span})
    assert set(answer.json()) == {"ticket", "expires_at", "parts"}
    assert error_of(admin_program("POST", "tickets", {**ask, "purpose": "gossip"}))["field"]


def test_tickets_for_a_wall_are_refused_one_by_one(
    admin_program: Any, node: Node, camera: Camera
) -> None:
    wishes = [{"camera_id": str(camera.pk)}, {"camera_id": str(uuid4()), "stream": "sub"}]
    away = admin_program("POST", "tickets/live", {"wishes": wishes}).json()
    assert [each["refusal"]["status"] for each in away["tickets"]] == [503, 404]
    Node.objects.update(last_seen=datetime.now(UTC))
    found = admin_program("POST", "tickets/live", {"wishes": wishes}).json()
    assert set(found) == {"tickets", "expires_at"}
    good, refused = found["tickets"]
    assert good["ticket"]
    assert good["refusal"] is None
    assert refused["ticket"] is None
    assert set(refused["refusal"]) == {"status", "key", "en", "es"}
    many = admin_program("POST", "tickets/live", {"wishes": wishes[:1] * 65})
    assert many.status_code == 422


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_of_cameras_costs_the_same_statements_for_any_number(
    admin: Asker,
    admin_program: Any,
    node: Node,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        add_camera(admin, CameraFields(f"Cámara {number}", f"rtsp://192.0.2.{number}/"))
    admin_program("GET", "cameras")
    # The token and its use; cameras, groups, states, leases; and six for what should run: with a
    # schedule, one more.
    with django_assert_num_queries(12):
        assert len(admin_program("GET", "cameras").json()) == count


def test_an_accident_gets_a_number_and_no_details(
    admin_program: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("s3cr3t of the house")

    monkeypatch.setattr("sereno.sites.queries.sites_of", fail)
    with caplog.at_level(logging.ERROR):
        answer = admin_program("GET", "sites")
    assert answer.status_code == 500
    error = error_of(answer)
    incident = error["en"].split("Incident ")[1].split()[0]
    assert incident in error["es"]
    assert incident in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert b"s3cr3t" not in answer.content


def test_a_database_that_is_away_is_said_in_words(
    admin_program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("connection refused at 10.0.0.1")

    monkeypatch.setattr("sereno.sites.queries.sites_of", fail)
    answer = admin_program("GET", "sites")
    assert answer.status_code == 503
    assert error_of(answer)["key"] == "database_away"
    assert b"10.0.0.1" not in answer.content


def test_passwords_never_come_out(
    admin_program: Any, camera: Camera, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        said = [
            admin_program(method, path, body).content
            for method, path, body in calls(camera.pk)
            if method != "DELETE"
        ]
    assert not any(b"s3cr3t-Pa55" in answer for answer in said)
    assert "s3cr3t-Pa55" not in caplog.text


def test_that_it_lives_is_told_to_anybody(stranger: Any) -> None:
    assert stranger("GET", "alive").json() == {"version": "0.1.0"}


@pytest.mark.parametrize("path", ["session", "setup/x", "node/enrol"])
@pytest.mark.parametrize("size", [100_000, 4_000_000])
def test_bodies_without_end_are_refused_in_words(stranger: Any, path: str, size: int) -> None:
    stranger("GET", "session")
    csrf = stranger.client.cookies["csrftoken"].value
    answer = stranger("POST", path, "[" * size, **{"x-csrftoken": csrf})
    assert answer.status_code in {400, 413}
    error_of(answer)


def test_what_browsers_may_do_with_an_answer_is_said(stranger: Any) -> None:
    assert "default-src 'none'" in stranger("GET", "session")["Content-Security-Policy"]
    page = stranger.client.get("/admin/login/")
    assert "script-src 'self' 'unsafe-eval';" in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "same-origin"  # without it, forms over HTTPS are refused


def test_answers_are_kept_by_no_cache(admin_program: Any, stranger: Any) -> None:
    for answer in (admin_program("GET", "cameras"), stranger("GET", "session")):
        assert answer["Cache-Control"] == "no-store"


def test_the_contract_names_every_call(client: Client) -> None:
    contract = client.get("/api/v1/openapi.json").json()
    names = {call["operationId"] for path in contract["paths"].values() for call in path.values()}
    assert names == {
        *("get_session", "sign_in", "sign_out", "get_setup", "use_setup"),
        *("list_sites", "list_nodes", "list_cameras", "add_camera", "get_camera"),
        *(
            "change_camera",
            "try_camera_again",
            "remove_camera",
            "get_timeline",
            "list_days",
            "make_ticket",
        ),
        *("add_group", "change_group", "list_groups", "remove_group"),
        *("end_pause", "give_camera_back", "give_camera_profile", "pause_camera", "pause_cameras"),
        *("start_recording", "stop_recording", "why_camera"),
        *("add_profile", "change_profile", "get_manner", "get_profile"),
        *("list_knobs", "list_profile_versions", "list_profiles", "preview_profile"),
        *("remove_profile",),
        *("add_calendar", "add_schedule", "change_calendar", "change_schedule"),
        *("check_schedule", "get_schedule", "list_calendars", "list_schedules"),
        *("remove_calendar", "remove_schedule"),
        *("enforce_now", "list_runners", "preview_plans"),
        *("get_coverage", "get_snapshot", "list_alarms"),
        *("list_recordings", "list_recording_causes"),
        *("diagnose_address", "diagnose_camera", "get_diagnosis"),
        *("add_user", "change_user", "list_users", "make_setup_link"),
        *("add_token", "list_tokens", "revoke_token"),
        *("get_errands", "tell_errand"),
        *("list_clips", "make_clip", "get_clip", "change_clip", "delete_clip"),
        *("make_clip_ticket", "tell_clip"),
        *("list_layouts", "add_layout", "change_layout", "remove_layout", "get_status"),
        *("open_live_stream", "open_playback_stream"),
        *("enrol_node", "get_orders", "send_reports", "send_heartbeat", "get_node_identity"),
        *("get_health", "get_alive"),
        "make_live_tickets",
        *("list_devices", "add_device", "get_device", "change_device", "remove_device"),
        *("sync_device", "try_device_again", "list_clock_readings", "make_device_cameras"),
        *("get_channel_snapshot", "probe_device", "discover_devices", "search_recorder"),
        *("get_device_errand", "tell_device", "tell_device_errand"),
        *("list_nvrs", "add_nvr", "get_nvr", "change_nvr", "remove_nvr", "sync_nvr"),
        *("list_nvr_channels", "search_recordings"),
    }
    schemas = contract["components"]["schemas"]
    assert set(schemas["TimelineAnswer"]["properties"]) >= {"from", "to", "unreported"}
    for path in contract["paths"].values():
        for call in path.values():
            assert "default" in call["responses"]
    assert json.loads(json.dumps(hub_api.api.get_openapi_schema())) == contract


def test_days_of_the_running_month(admin_program: Any, camera: Camera) -> None:
    month = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m")
    assert admin_program("GET", f"cameras/{camera.pk}/days?month={month}").json() == {"days": []}
