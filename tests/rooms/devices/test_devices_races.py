"""Several people at the same moment: nothing is lost, and nobody waits for who waits for him."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.races import at_the_same_time

from sereno.accounts.queries import Asker
from sereno.base.errors import NotFound
from sereno.devices.actions import DeviceFields, change_device, remove_device
from sereno.devices.actions_cameras import Ticked, make_cameras
from sereno.devices.models import Device
from sereno.sites.models import Camera
from sereno.sites.secrets import unseal

from .told import channel

Tell = Callable[..., None]


def test_a_camera_gets_the_password_that_is_being_set(
    committed: None, admin: Asker, device: Device, tell: Tell
) -> None:
    tell()
    at_the_same_time(
        lambda: change_device(admin, device.pk, DeviceFields(password="of-now-1")),
        lambda: make_cameras(admin, device.pk, [Ticked("1")]),
    )
    camera = Camera.objects.get(device_channel__device=device)
    assert unseal(camera.password_sealed).get_secret_value() == "of-now-1"


def test_no_camera_is_made_of_a_device_that_is_being_removed(
    committed: None, admin: Asker, device: Device, tell: Tell
) -> None:
    tell()
    with pytest.raises(NotFound):
        at_the_same_time(
            lambda: remove_device(admin, device.pk),
            lambda: make_cameras(admin, device.pk, [Ticked("1")]),
        )
    assert not Camera.objects.filter(device_channel__device=device).exists()


@pytest.mark.parametrize("act", ["password", "address", "remove", "tell"])
def test_cameras_are_held_before_the_journal_is(
    admin: Asker, device: Device, tell: Tell, act: str
) -> None:
    tell()
    make_cameras(admin, device.pk, [Ticked("1"), Ticked("2")])
    moved = [channel(1, "Entrance", "192.0.2.21"), channel(2, host="192.0.2.21")]
    acts: dict[str, Callable[[], Any]] = {
        "password": lambda: change_device(admin, device.pk, DeviceFields(password="new-1")),
        "address": lambda: change_device(admin, device.pk, DeviceFields(host="192.0.2.21")),
        "remove": lambda: remove_device(admin, device.pk, "remove"),
        "tell": lambda: tell(channels=moved),
    }
    with CaptureQueriesContext(connection) as said:
        acts[act]()
    assert _held_before_the_journal(said) == 2


def _held_before_the_journal(said: CaptureQueriesContext) -> int:
    """How many cameras are held when the journal's turn comes."""
    statements = [each["sql"] for each in said.captured_queries]
    journal = next(at for at, sql in enumerate(statements) if "pg_advisory_xact_lock" in sql)
    holding = [
        sql for sql in statements[:journal] if "sites_camera" in sql and "FOR NO KEY UPDATE" in sql
    ]
    return max((sql.count("::uuid") for sql in holding), default=0)
