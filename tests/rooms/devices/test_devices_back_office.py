"""The back office writes through the same actions, and shows no secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sereno.accounts.auth import SlowedBackend
from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.devices.models import Device
from sereno.sites.models import Site
from sereno.sites.secrets import unseal

BACKEND = f"{SlowedBackend.__module__}.{SlowedBackend.__qualname__}"
FORM = {
    "name": "Recorder 2", "host": "192.0.2.21", "port": "8000", "username": "admin",
    "password": "s3cr3t-Pa55", "vendor": "", "node": "", "rtsp_port": "", "serial": "",
    "template": "", "template_sub": "", "template_channels": "",
}  # fmt: skip


@pytest.fixture
def office(admin: Asker) -> Client:
    client = Client()
    client.force_login(admin.user, backend=BACKEND)
    return client


def test_a_devices_life(office: Client, heard: None, site: Site) -> None:
    assert office.get("/admin/devices/device/add/").status_code == 200
    made = office.post("/admin/devices/device/add/", FORM | {"site": site.pk})
    assert made.status_code == 302
    device = Device.objects.get()
    assert (device.host, device.port, device.node is not None) == ("192.0.2.21", 8000, True)
    page = f"/admin/devices/device/{device.pk}/change/"
    assert b"s3cr3t" not in office.get(page).content
    change = FORM | {"password": "", "rtsp_port": "1554", "host": "192.0.2.22"}
    assert office.post(page, change).status_code == 302
    device.refresh_from_db()
    assert (device.host, device.rtsp_port) == ("192.0.2.22", 1554)
    assert unseal(device.password_sealed).get_secret_value() == "s3cr3t-Pa55"
    assert office.post(page, change | {"rtsp_port": ""}).status_code == 302
    device.refresh_from_db()
    assert device.rtsp_port is None
    for act in ("sync", "try_again"):
        form = {"action": act, "_selected_action": [str(device.pk)]}
        office.post("/admin/devices/device/", form)
    device.refresh_from_db()
    assert (device.sync_number, device.lift_number) == (1, 1)
    gone = office.post(f"/admin/devices/device/{device.pk}/delete/", {"post": "yes"})
    assert gone.status_code == 302
    assert Entry.objects.latest("number").act == "device_remove"


def test_a_refusal_stands_at_its_field(office: Client, device: Device, site: Site) -> None:
    form = FORM | {"site": site.pk, "host": "http://x"}
    answer = office.post("/admin/devices/device/add/", form)
    assert answer.status_code == 200
    assert "IP address" in answer.content.decode()
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("en", ["Devices", "Clock ahead"]), ("es", ["Dispositivos", "Reloj"])]
)
def test_the_list_says_how_each_is_in_both_languages(
    office: Client, device: Device, tell: Callable[..., None], language: str, words: list[str]
) -> None:
    at = "2026-11-21T12:00:00Z"
    clock: dict[str, Any] = {"at": at, "offset_seconds": -4.2, "zone": "", "convention": "utc"}
    tell("locked", clock=clock, reason={"key": "login_locked", "params": {"host": "x"}})
    page = office.get("/admin/devices/device/", headers={"accept-language": language})
    text = page.content.decode()
    assert all(word in text for word in [*words, "locked", "-4.2", "Recorder 1"])
    channels = office.get("/admin/devices/devicechannel/").content.decode()
    assert "Entrance" in channels
