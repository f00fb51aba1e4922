"""Who may see a camera's picture; the picture itself is the node's and front's affair."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from sereno.sites.models import Camera, Node
from sereno.wire.tickets import verify

if TYPE_CHECKING:
    Call = Callable[..., Any]


@pytest.fixture
def picture(camera: Camera, node: Node) -> str:
    Node.objects.filter(pk=node.pk).update(last_seen=timezone.now())
    return f"cameras/{camera.pk}/snapshot.jpg"


def test_front_is_told_where_it_is(
    admin_program: Call, picture: str, camera: Camera, node: Node
) -> None:
    answer = admin_program("GET", picture)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["cache-control"] == "no-store"
    place = urlsplit(answer.headers["x-sereno-media"])
    assert place.path == "/media/v1/snapshot.jpg"
    (token,) = parse_qs(place.query)["ticket"]
    ticket = verify(token, settings.SERENO_TICKET_PUBLIC_KEY, "snapshot", timezone.now())
    assert (ticket.camera_id, ticket.node_id) == (camera.pk, node.pk)


def test_strangers_learn_nothing(stranger: Call, admin_program: Call, picture: str) -> None:
    """Not even whether there is such a camera."""
    unknown = f"cameras/{uuid4()}/snapshot.jpg"
    for path in (picture, unknown):
        answer = stranger("GET", path)
        assert answer.status_code == 401
        assert "x-sereno-media" not in answer.headers
    answer = admin_program("GET", unknown)
    assert (answer.status_code, answer.json()["error"]["key"]) == (404, "no_such_camera")
    assert "x-sereno-media" not in answer.headers


def test_a_node_that_is_away_is_said_in_words(
    admin_program: Call, picture: str, node: Node
) -> None:
    Node.objects.filter(pk=node.pk).update(last_seen=None)
    answer = admin_program("GET", picture)
    assert (answer.status_code, answer.json()["error"]["key"]) == (503, "node_offline")


def test_nobody_gets_such_a_ticket_to_pass_around(
    admin_program: Call, picture: str, camera: Camera
) -> None:
    body = {"camera_id": str(camera.pk), "purpose": "snapshot"}
    assert admin_program("POST", "tickets", body).status_code == 422
