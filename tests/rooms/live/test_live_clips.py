"""Clips: asked for, told to the node, told back, fetched, expired; by whom, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from sereno.audit.models import Entry
from sereno.footage.models import CoverageRun
from sereno.live.actions_clips import expire_clips
from sereno.live.models import Clip
from sereno.live.rules_clips import MOST_CLIPS, check_count, default_name, file_name
from sereno.sites.actions import note_heard, remove_camera
from sereno.sites.models import Camera, Node
from sereno.wire.orders import Orders
from sereno.wire.tickets import verify

NOW = timezone.now().replace(microsecond=0)
HOUR_AGO = NOW - timedelta(hours=1)
SHA = "ab" * 32


def told(camera: Camera, node: Node, start: datetime, minutes: float, size: int = 6_000) -> None:
    CoverageRun.objects.create(
        run_id=uuid4(),
        camera=camera,
        node=node,
        stream="main",
        span=(start, start + timedelta(minutes=minutes)),
        is_open=False,
        revision=1,
        segment_count=1,
        size_bytes=size,
    )


@pytest.fixture
def footage(camera: Camera, node: Node) -> Camera:
    note_heard(node, timezone.now())
    told(camera, node, HOUR_AGO, 30)
    return camera


def body(camera: Camera, **more: Any) -> dict[str, Any]:
    span = {"from": HOUR_AGO.isoformat(), "to": (HOUR_AGO + timedelta(minutes=10)).isoformat()}
    return {"camera_id": str(camera.pk)} | span | more


def orders(node_program: Any) -> Orders:
    return Orders.model_validate(node_program("GET", "node/orders").json())


def ready(**more: Any) -> dict[str, Any]:
    shown = {"start": HOUR_AGO.isoformat(), "end": (HOUR_AGO + timedelta(minutes=10)).isoformat()}
    return {
        "state": "ready", "done_bytes": 2_100, "size_bytes": 2_100, "sha256": SHA,
        "duration_seconds": 600.0, "shown": shown,
    } | more  # fmt: skip


def test_from_the_wish_to_the_file(
    footage: Camera, node: Node, operator_program: Any, viewer_program: Any, node_program: Any
) -> None:
    etag = node_program("GET", "node/orders")["ETag"]
    asked = operator_program("POST", "clips", body(footage, name="Portón abierto"))
    assert asked.status_code == 202, asked.content
    clip = asked.json()
    assert (clip["state"], clip["name"], clip["made_by"]) == ("waiting", "Portón abierto", "olga")
    assert (clip["expected_bytes"], clip["size_bytes"], clip["reason"]) == (2_000, None, None)

    again = node_program("GET", "node/orders", **{"If-None-Match": etag})
    assert again.status_code == 200
    (order,) = orders(node_program).clips or ()
    assert (str(order.clip_id), order.camera_id, order.camera) == (clip["id"], footage.pk, "Patio")
    assert (order.start, order.stream) == (HOUR_AGO, "main")

    place = f"node/clips/{clip['id']}"
    making = {"state": "making", "done_bytes": 500, "size_bytes": 2_100}
    assert node_program("POST", place, making).status_code == 204
    assert viewer_program("POST", f"clips/{clip['id']}/ticket").status_code == 409
    seen = viewer_program("GET", f"clips/{clip['id']}").json()
    assert (seen["state"], seen["done_bytes"], seen["size_bytes"]) == ("making", 500, 2_100)
    gap = {"start": (HOUR_AGO + timedelta(minutes=1)).isoformat(),
           "end": (HOUR_AGO + timedelta(minutes=2)).isoformat()}  # fmt: skip
    for _ in range(2):
        assert node_program("POST", place, ready(gaps=[gap])).status_code == 204
    (seen,) = viewer_program("GET", f"clips?camera_id={footage.pk}").json()
    assert (seen["state"], seen["sha256"], seen["duration_seconds"]) == ("ready", SHA, 600.0)
    assert datetime.fromisoformat(seen["from"]) == HOUR_AGO
    assert [datetime.fromisoformat(each["from"]) for each in seen["gaps"]] == [
        HOUR_AGO + timedelta(minutes=1)
    ]
    acts = [entry.act for entry in Entry.objects.filter(object_kind="clip").order_by("number")]
    assert acts == ["clip_make", "clip_ready"]

    leave = viewer_program("POST", f"clips/{clip['id']}/ticket").json()
    public = settings.SERENO_TICKET_PUBLIC_KEY
    ticket = verify(leave["ticket"], public, "clip_file", timezone.now())
    assert (str(ticket.clip_id), ticket.node_id) == (clip["id"], node.pk)
    assert leave["download_url"].startswith(f"/media/v1/clips/{clip['id']}.mp4?ticket=")
    assert leave["download_url"].endswith("&name=Port%C3%B3n+abierto")


def test_a_clip_is_renamed_kept_and_deleted(
    footage: Camera, operator_program: Any, node_program: Any
) -> None:
    clip_id = operator_program("POST", "clips", body(footage)).json()["id"]
    place = f"clips/{clip_id}"
    later = (timezone.now() + timedelta(days=2)).isoformat()
    changed = operator_program("PATCH", place, {"name": "Robo", "expires_at": later}).json()
    assert (changed["name"], changed["expires_at"] is None) == ("Robo", False)
    assert operator_program("PATCH", place, {"name": "Hurto"}).json()["expires_at"] is not None
    assert operator_program("PATCH", place, {"expires_at": None}).json()["expires_at"] is None
    assert operator_program("PATCH", place, {"name": "  "}).status_code == 422
    past = (timezone.now() - timedelta(days=2)).isoformat()
    assert operator_program("PATCH", place, {"expires_at": past}).status_code == 422
    assert operator_program("DELETE", place).status_code == 204
    assert operator_program("DELETE", place).status_code == 404
    assert orders(node_program).clips == ()
    assert node_program("POST", f"node/clips/{clip_id}", ready()).status_code == 404


def test_clips_expire_by_themselves(
    footage: Camera, operator_program: Any, node_program: Any
) -> None:
    soon = (timezone.now() + timedelta(minutes=1)).isoformat()
    operator_program("POST", "clips", body(footage, expires_at=soon))
    operator_program("POST", "clips", body(footage))
    assert expire_clips(timezone.now()) == 0
    etag = node_program("GET", "node/orders")["ETag"]
    assert expire_clips(timezone.now() + timedelta(minutes=2)) == 1
    assert node_program("GET", "node/orders")["ETag"] != etag
    assert Clip.objects.count() == 1
    last = Entry.objects.order_by("number").last()
    assert last is not None
    assert (last.act, last.actor_kind) == ("clip_expire", "system")


@pytest.mark.parametrize(
    ("change", "status", "key"),
    [
        ({"to": HOUR_AGO.isoformat()}, 422, "span_backwards"),
        ({"from": None}, 422, "span_missing"),
        ({"to": (NOW + timedelta(hours=2)).isoformat()}, 422, "span_in_future"),
        ({"from": (NOW - timedelta(days=365)).isoformat()}, 422, "span_too_long"),
        ({"camera_id": str(uuid4())}, 404, "no_such_camera"),
        ({"stream": "sub"}, 404, "no_sub_stream"),
        ({"stream": "side"}, 422, "field_wrong"),
        ({"name": "a\nb"}, 422, "name_bad"),
        ({"expires_at": HOUR_AGO.isoformat()}, 422, "expiry_past"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T01:00:00Z"}, 404, "no_footage"),
    ],
)
def test_what_cannot_be_is_said(
    footage: Camera, operator_program: Any, change: dict[str, Any], status: int, key: str
) -> None:
    answer = operator_program("POST", "clips", body(footage) | change)
    error = answer.json()["error"]
    assert (answer.status_code, error["key"]) == (status, key)
    assert error["es"] != error["en"]
    assert Clip.objects.count() == 0


def test_footage_of_two_nodes_is_no_one_clip(
    footage: Camera, node: Node, operator_program: Any
) -> None:
    far = Node.objects.create(site=footage.site, name="far", token_hash="far")
    told(footage, far, HOUR_AGO + timedelta(minutes=5), 20)
    answer = operator_program("POST", "clips", body(footage))
    assert (answer.status_code, answer.json()["error"]["key"]) == (409, "footage_parted")


def test_a_clip_waits_for_a_node_that_is_away(
    footage: Camera, node: Node, operator_program: Any, node_program: Any
) -> None:
    Node.objects.filter(pk=node.pk).update(last_seen=NOW - timedelta(hours=1))
    clip = operator_program("POST", "clips", body(footage)).json()
    assert (clip["state"], clip["reason"]["key"]) == ("waiting", "node_offline")
    note_heard(node, timezone.now())
    no_room = {"key": "clip_no_room", "params": {"needed": "9.0 GB", "free": "200 MB"}}
    node_program("POST", f"node/clips/{clip['id']}", {"state": "waiting", "reason": no_room})
    seen = operator_program("GET", f"clips/{clip['id']}").json()
    assert "9.0 GB" in seen["reason"]["es"]
    assert "200 MB" in seen["reason"]["en"]


@pytest.mark.provokes("clip_cut_short")
def test_a_clip_that_ends_early_says_when(
    footage: Camera, operator_program: Any, node_program: Any
) -> None:
    clip_id = operator_program("POST", "clips", body(footage)).json()["id"]
    node_program("POST", f"node/clips/{clip_id}", ready(is_cut_short=True))
    seen = operator_program("GET", f"clips/{clip_id}").json()
    at = (HOUR_AGO + timedelta(minutes=10)).astimezone(UTC)
    assert f"{at:%Y-%m-%dT%H:%M:%SZ}" in seen["reason"]["en"]


def test_clips_outlive_their_camera(
    footage: Camera, admin: Any, operator_program: Any, node_program: Any
) -> None:
    clip_id = operator_program("POST", "clips", body(footage)).json()["id"]
    remove_camera(admin, footage.pk)
    assert operator_program("GET", f"clips/{clip_id}").status_code == 200
    assert len(orders(node_program).clips or ()) == 1


def test_a_node_tells_only_of_its_own_clips(
    footage: Camera, node: Node, operator_program: Any, node_program: Any
) -> None:
    clip_id = operator_program("POST", "clips", body(footage)).json()["id"]
    far = Node.objects.create(site=footage.site, name="far", token_hash="far")
    Clip.objects.update(node=far)
    assert node_program("POST", f"node/clips/{clip_id}", ready()).status_code == 404
    assert orders(node_program).clips == ()


def test_names() -> None:
    start = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)
    assert default_name("Patio", start, "America/Guayaquil") == "Patio 2026-11-21 07.00.05"
    assert len(default_name("x" * 80, start, "UTC")) <= 80
    assert file_name('a/b\\c:"d"\x00\n') == "a_b_c__d___"
    assert file_name("..") == "clip"


def test_there_may_be_so_many() -> None:
    check_count(MOST_CLIPS - 1)
    with pytest.raises(Exception, match=str(MOST_CLIPS)):
        check_count(MOST_CLIPS)
