"""The door for nodes, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from sereno.accounts.queries import SYSTEM, Asker
from sereno.enforcer.actions_moments import pause_cameras
from sereno.enforcer.rules_moments import EndSaid
from sereno.footage.models import CoverageRun
from sereno.gate.queries import etag_for, orders_for
from sereno.sites.actions import (
    CameraFields,
    change_camera,
    create_enrolment_code,
    revoke_node,
)
from sereno.sites.models import Camera, Node, Site
from sereno.wire.orders import Enrolment, Orders
from sereno.wire.version import WIRE_VERSION


def heartbeat(**more: object) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "boot_id": str(uuid4()),
        "version": "0.1.0",
        "sent_at": (now + timedelta(seconds=30)).isoformat(),
        "started_at": (now - timedelta(hours=1)).isoformat(),
        "ntp": {"is_synchronised": True},
        "volumes": [
            {
                "volume_id": "5a3a2c3e-8f0e-4f0a-9a51-0c7f1f6f0b11",
                "path": "/footage",
                "total_bytes": 100,
                "free_bytes": 40,
            }
        ],
        "media_address": "unix:/run/node.sock",
        "backlog": 3,
        **more,
    }


def test_a_code_is_traded_for_a_token_once(site: Site, stranger: Any) -> None:
    code = create_enrolment_code(SYSTEM, site)
    answer = stranger("POST", "node/enrol", {"code": code, "node_name": "nodo"})
    assert answer.status_code == 200
    enrolment = Enrolment.model_validate(answer.json())
    token = enrolment.token.get_secret_value()
    bearer = {"authorization": f"Bearer {token}"}
    me = stranger("GET", "node/me", **bearer)
    assert me.json() == {"node_id": str(enrolment.node_id)}
    assert answer["Cache-Control"] == "no-store"
    again = stranger("POST", "node/enrol", {"code": code, "node_name": "nodo"})
    assert again.status_code == 401
    assert again.json()["error"]["key"] == "enrolment_code_refused"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "node/me"),
        ("GET", "node/orders"),
        ("POST", "node/reports"),
        ("POST", "node/heartbeat"),
    ],
)
def test_strangers_people_and_revoked_nodes_meet_the_same_wall(
    method: str,
    path: str,
    stranger: Any,
    admin_program: Any,
    node_program: Any,
    node: Node,
) -> None:
    revoke_node(SYSTEM, node)
    assert stranger(method, path, {}).status_code == 401
    people, revoked = admin_program(method, path, {}), node_program(method, path, {})
    assert people.status_code == revoked.status_code == 401
    assert people.json() == revoked.json()
    assert revoked.json()["error"]["key"] == "node_refused"


def test_a_nodes_token_opens_nothing_of_peoples(node_program: Any) -> None:
    for path in ("cameras", "nodes", "sites"):
        assert node_program("GET", path).status_code == 401


def test_orders_hold_all_that_the_node_needs(node_program: Any, camera: Camera) -> None:
    answer = node_program("GET", "node/orders")
    orders = Orders.model_validate(answer.json())
    (order,) = orders.cameras
    assert order.camera_id == camera.pk
    assert (order.username, order.password.get_secret_value()) == ("root", "s3cr3t-Pa55")
    assert orders.site_name == "Escuela Central"
    assert orders.ticket_public_key.startswith("-----BEGIN PUBLIC KEY-----")
    assert answer["Cache-Control"] == "no-store"


def test_unchanged_orders_are_not_sent_again(
    node_program: Any, camera: Camera, admin: Asker
) -> None:
    first = node_program("GET", "node/orders")
    again = node_program("GET", "node/orders", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    change_camera(admin, camera.pk, CameraFields(password="another"))
    changed = node_program("GET", "node/orders", **{"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def etag_told_to(node_program: Any) -> str:
    return str(node_program("POST", "node/heartbeat", heartbeat()).json()["orders_etag"])


def test_a_heartbeat_costs_the_making_of_no_orders_while_nobody_does_anything(
    node_program: Any,
    camera: Camera,
    admin: Asker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = node_program("GET", "node/orders")["ETag"]
    with monkeypatch.context() as patched:
        patched.setattr("sereno.gate.queries.desired_of", None)
        assert etag_told_to(node_program) == first
        again = node_program("GET", "node/orders", **{"if-none-match": first})
        assert again.status_code == 304
    change_camera(admin, camera.pk, CameraFields(name="Otra"))
    assert etag_told_to(node_program) != first


def test_a_pause_that_is_over_leaves_the_orders_by_itself(
    node: Node, camera: Camera, admin: Asker
) -> None:
    now = datetime.now(UTC)
    before = etag_for(node, now)
    pause_cameras(admin, [camera.pk], EndSaid(minutes=5), now=now)
    paused = etag_for(node, now)
    assert etag_for(node, now + timedelta(minutes=4)) == paused != before
    later = now + timedelta(minutes=5)
    assert etag_for(node, later) == orders_for(node, later).etag == before


def test_a_heartbeat_is_kept_and_answered(
    node_program: Any, node: Node, camera: Camera, admin_program: Any
) -> None:
    stream = {
        "camera_id": str(camera.pk),
        "stream": "main",
        "state": "recording",
        "since": "2026-11-21T11:00:00Z",
        "codec": "avc1.64001f",
        "width": 640,
        "height": 360,
        "pid": 4711,
        "effective_args": "sereno stream record",
    }
    answer = node_program("POST", "node/heartbeat", heartbeat(streams=[stream]))
    assert answer.status_code == 200
    assert answer.json()["orders_etag"] == node_program("GET", "node/orders")["ETag"]
    (told,) = admin_program("GET", "nodes").json()
    assert told["is_online"] is True
    assert told["volumes"] == [
        {
            "volume_id": "5a3a2c3e-8f0e-4f0a-9a51-0c7f1f6f0b11",
            "path": "/footage",
            "state": "ok",
            "total_bytes": 100,
            "free_bytes": 40,
            "footage_bytes": 0,
            "budget_bytes": None,
        }
    ]
    assert told["backlog"] == 3
    assert told["clock"]["is_synchronised"] is True
    assert told["clock"]["offset_seconds"] == pytest.approx(30, abs=5)
    (shown,) = admin_program("GET", "cameras").json()
    assert shown["status"]["state"] == "recording"
    assert shown["status"]["pid"] == 4711
    assert shown["status"]["since"] == "2026-11-21T11:00:00Z"


def run(camera: Camera) -> dict[str, Any]:
    return {
        "run_id": str(uuid4()),
        "revision": 1,
        "camera_id": str(camera.pk),
        "stream": "main",
        "start": "2026-11-21T11:00:00Z",
        "end": "2026-11-21T11:10:00Z",
        "is_open": True,
        "segment_count": 10,
        "size_bytes": 1_000_000,
    }


def test_reports_are_taken(node_program: Any, camera: Camera) -> None:
    batch = {"runs": [run(camera)]}
    for _ in range(2):
        answer = node_program("POST", "node/reports", batch)
        assert (answer.status_code, answer.content) == (204, b"")
    assert CoverageRun.objects.count() == 1


def test_reports_of_a_foreign_camera_are_refused(node_program: Any, camera: Camera) -> None:
    foreign = {**run(camera), "camera_id": str(uuid4())}
    answer = node_program("POST", "node/reports", {"runs": [run(camera), foreign]})
    assert answer.status_code == 404
    assert not CoverageRun.objects.exists()


@pytest.mark.parametrize("path", ["node/enrol", "node/reports", "node/heartbeat"])
def test_a_newer_wire_is_refused_before_its_form_is_looked_at(node_program: Any, path: str) -> None:
    body = {"wire_version": WIRE_VERSION + 1, "unheard_of": True}
    answer = node_program("POST", path, body)
    assert answer.status_code == 426
    assert answer.json()["error"]["key"] == "wire_too_new"
    assert str(WIRE_VERSION + 1) in answer.json()["error"]["es"]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"wire_version": "x"}'])
def test_garbled_bodies_are_refused_in_words(node_program: Any, body: str) -> None:
    answer = node_program("POST", "node/heartbeat", body)
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["es"]


def test_odd_output_of_a_program_stops_no_heartbeat_and_no_report(
    node_program: Any, camera: Camera, admin_program: Any
) -> None:
    odd = {"key": "garbled", "raw": "bytes\x00 from rtsp://root:s3cr3t@h/"}
    stream = {
        "camera_id": str(camera.pk),
        "stream": "main",
        "state": "waiting",
        "since": "2026-11-21T11:00:00Z",
        "reason": odd,
    }
    assert node_program("POST", "node/heartbeat", heartbeat(streams=[stream])).status_code == 200
    (shown,) = admin_program("GET", "cameras").json()
    assert shown["status"]["reason"]["raw"] == "bytes from rtsp://***@h/"
    ended = {**run(camera), "is_open": False, "end_reason": odd}
    assert node_program("POST", "node/reports", {"runs": [ended]}).status_code == 204
    assert CoverageRun.objects.get().end_reason_raw == "bytes from rtsp://***@h/"


@pytest.mark.parametrize("more", [{"version": "v" * 99}, {"backlog": 10**30}, {"backlog": -1}])
def test_what_no_column_holds_is_refused_in_words(
    node_program: Any, more: dict[str, object]
) -> None:
    answer = node_program("POST", "node/heartbeat", heartbeat(**more))
    assert answer.status_code == 422
    assert answer.json()["error"]["key"] == "value_unstorable"


@pytest.mark.parametrize("key", ["engine_reason", "reason", "notices"])
def test_words_of_a_newer_or_lying_node_break_no_page(
    node_program: Any, admin_program: Any, camera: Camera, key: str
) -> None:
    odd = {"key": "quantum_flux", "params": {"self": "x", "key": "{0.__class__}"}, "raw": "?"}
    stream = {
        "camera_id": str(camera.pk),
        "stream": "main",
        "state": "waiting",
        "since": "2026-11-21T11:00:00Z",
        key: [odd, odd | {"key": "no_picture"}] if key == "notices" else odd,
    }
    assert node_program("POST", "node/heartbeat", heartbeat(streams=[stream])).status_code == 200
    status = admin_program("GET", "cameras").json()[0]["status"]
    told = status[key] if key == "notices" else [status[key]]
    assert told[0]["key"] == "quantum_flux"
    assert told[0]["en"].startswith("The node did not say why.")


@pytest.mark.parametrize(
    "absurd",
    [
        {"fps": float("nan")},
        {"fps": float("inf")},
        {"lost_packets": 10**30},
        {"width": -(10**12)},
        {"engine": "x" * 21},
        {"hb_interval": 1e300},
        {"newest_at": "0001-01-01T00:00:00+14:00"},
        {"since": "9999-12-31T23:59:59-14:00"},
        {"reason": {"key": "refused", "params": {"host": "a\0b"}}},
    ],
)
def test_what_a_browser_could_not_read_is_refused_or_mended(
    node_program: Any, admin_program: Any, camera: Camera, absurd: dict[str, Any]
) -> None:
    stream = {
        "camera_id": str(camera.pk),
        "stream": "main",
        "state": "recording",
        "since": "2026-11-21T11:00:00Z",
        **absurd,
    }
    answer = node_program("POST", "node/heartbeat", heartbeat(streams=[stream]))
    assert answer.status_code == (200 if "reason" in absurd else 422)
    assert "NaN" not in admin_program("GET", "cameras").content.decode()
