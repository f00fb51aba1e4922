"""One call and every address to play at, also where older clients look for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from sereno.sites.models import Camera, Node
from sereno.wire.tickets import verify

HOUR = {"from": "2026-11-20T00:00:00Z", "to": "2026-11-20T01:00:00Z"}


@pytest.fixture
def seen(camera: Camera, node: Node) -> Camera:
    Node.objects.filter(pk=node.pk).update(last_seen=datetime.now(UTC))
    return camera


def test_a_live_stream(viewer_program: Any, seen: Camera) -> None:
    answer = viewer_program("POST", "streams/live", {"camera_id": str(seen.pk)})
    assert answer.status_code == 200
    told = answer.json()
    ticket = verify(told["stream_id"], settings.SERENO_TICKET_PUBLIC_KEY, "live", datetime.now(UTC))
    assert (ticket.camera_id, ticket.stream) == (seen.pk, "main")
    assert told["camera_id"] == str(seen.pk)
    assert told["hls_url"] == f"/hls/{told['stream_id']}/index.m3u8"
    assert told["websocket_url"] == "/media/v1/live"
    assert told["whep_url"] == "/media/v1/whep"
    left = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(minutes=1)


def test_a_recorded_stream(viewer_program: Any, seen: Camera) -> None:
    body = {"camera_id": str(seen.pk), **HOUR}
    told = viewer_program("POST", "streams/playback", body).json()
    now = datetime.now(UTC)
    ticket = verify(told["stream_id"], settings.SERENO_TICKET_PUBLIC_KEY, "playback", now)
    assert (ticket.start, ticket.end) == tuple(map(datetime.fromisoformat, HOUR.values()))
    assert told["hls_url"].startswith("/hls/")
    assert (told["websocket_url"], told["whep_url"]) == (None, None)


@pytest.mark.parametrize(
    ("kind", "change", "status"),
    [
        ("live", {"camera_id": str(uuid4())}, 404),
        ("live", {"camera_id": "x"}, 422),
        ("live", {"stream": "sub"}, 404),
        ("live", {"stream": "third"}, 422),
        ("playback", {"to": None}, 422),
        ("playback", {"to": HOUR["from"]}, 422),
        ("playback", {"to": "2026-11-19T00:00:00Z"}, 422),
        ("playback", {"from": "2025-11-20T00:00:00Z"}, 422),
        ("playback", {"from": "2026-11-20T00:00:00"}, 422),
    ],
)
def test_what_cannot_be_played_is_said_in_words(
    viewer_program: Any, seen: Camera, kind: str, change: dict[str, Any], status: int
) -> None:
    body = {"camera_id": str(seen.pk)} | (HOUR if kind == "playback" else {}) | change
    answer = viewer_program("POST", f"streams/{kind}", body)
    assert answer.status_code == status
    assert answer.json()["error"]["es"]


def test_a_node_that_is_away_is_said_in_words(viewer_program: Any, camera: Camera) -> None:
    answer = viewer_program("POST", "streams/live", {"camera_id": str(camera.pk)})
    assert (answer.status_code, answer.json()["error"]["key"]) == (503, "node_offline")


def older(client: Client, kind: str, body: dict[str, Any]) -> Any:
    return client.post(f"/streams/{kind}", json.dumps(body), content_type="application/json")


def test_older_clients_find_the_same(viewer_program: Any, stranger: Any, seen: Camera) -> None:
    body = {"camera_id": str(seen.pk), **HOUR}
    for kind in ("live", "playback"):
        told = older(viewer_program.client, kind, body).json()
        assert set(told) >= {"stream_id", "hls_url", "camera_id", "expires_at"}
        assert older(stranger.client, kind, body).status_code == 401
        assert viewer_program.client.get(f"/streams/{kind}").status_code == 405
    assert older(viewer_program.client, "other", body).status_code == 404
