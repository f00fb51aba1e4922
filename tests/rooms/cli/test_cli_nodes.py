"""Which node a camera is given to, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from sereno.accounts.queries import SYSTEM
from sereno.enforcer.models import Lease
from sereno.sites.actions import create_enrolment_code, enrol_node
from sereno.sites.models import Camera, Node

if TYPE_CHECKING:
    from .conftest import Said

    Sereno = Callable[..., Said]


@pytest.fixture
def far(camera: Camera, node: Node) -> Node:
    """Another node of the site; both are heard."""
    made, _ = enrol_node(create_enrolment_code(SYSTEM, camera.site), "far", "")
    Node.objects.update(last_seen=timezone.now())
    return made


def test_a_camera_is_given_to_another_node_and_says_so(
    hub: None, sereno: Sereno, camera: Camera, node: Node, far: Node
) -> None:
    Camera.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert sereno("cameras", "change", "Patio", "--node", "far").status == 0
    camera.refresh_from_db()
    assert camera.node == far
    shown = sereno("cameras", "show", "Patio").out
    assert "nodo (gives it to its own node)" in shown
    assert sereno("cameras", "change", "Patio", "--node", "nowhere").status != 0


def test_a_camera_goes_back(
    hub: None, sereno: Sereno, camera: Camera, node: Node, far: Node
) -> None:
    assert "is with its own node" in sereno("cameras", "give-back", "Patio").out
    Lease.objects.create(camera=camera, node=far, number=2, granted_at=timezone.now())
    assert "when far has stopped" in sereno("cameras", "give-back", "Patio").out
    assert json.loads(sereno("cameras", "give-back", "Patio", "--json").out)["lease"]["is_ending"]
    Node.objects.filter(pk=node.pk).update(last_seen=None)
    refused = sereno("cameras", "give-back", "Patio")
    assert refused.status != 0
    assert "is not heard" in refused.err


def test_a_new_camera_is_given_to_the_node_that_is_named(
    hub: None, sereno: Sereno, node: Node, far: Node
) -> None:
    done = sereno(
        *("cameras", "add", "Puerta", "rtsp://192.0.2.9/", "--node", "far", "--standby", "nodo")
    )
    assert done.status == 0, done.err
    added = Camera.objects.get(name="Puerta")
    assert (added.node, added.standby_node) == (far, node)
