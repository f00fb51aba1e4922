"""A recorder that a person added, and what its node tells of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from .told import report

if TYPE_CHECKING:
    from tests.conftest import Program

    from sereno.devices.models import Device
    from sereno.sites.models import Node, Site

NEW = {"host": "192.0.2.20", "username": "admin", "password": "s3cr3t-Pa55", "name": "Recorder 1"}


@pytest.fixture
def heard(node: Node) -> None:
    from sereno.sites.actions import note_heard

    note_heard(node, timezone.now())


@pytest.fixture
def device(heard: None, site: Site, admin_program: Program) -> Device:
    from sereno.devices.models import Device

    answer = admin_program("POST", "devices", NEW | {"site_id": site.pk})
    assert answer.status_code == 201, answer.content
    return Device.objects.get(pk=answer.json()["id"])


@pytest.fixture
def tell(device: Device, node_program: Program) -> Callable[..., None]:
    """The device's node tells of it."""

    def tell(state: str = "online", **more: Any) -> None:
        answer = node_program("POST", f"node/devices/{device.pk}", report(state, **more))
        assert answer.status_code == 204, answer.content
        device.refresh_from_db()

    return tell


@pytest.fixture
def made(tell: Callable[..., None], device: Device, admin_program: Program) -> dict[str, Any]:
    """The camera made of its first channel, as the API tells of it."""
    tell()
    body = {"channels": [{"channel": "1"}]}
    answer = admin_program("POST", f"devices/{device.pk}/cameras", body)
    assert answer.status_code == 201, answer.content
    camera: dict[str, Any] = answer.json()[0]
    return camera
