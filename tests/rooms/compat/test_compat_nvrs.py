"""Clients of older systems find recorders and their footage where they always looked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.rooms.devices.test_device_errands import found, told

from sereno.accounts.queries import SYSTEM
from sereno.devices.models import Device
from sereno.sites.actions import make_site
from sereno.sites.models import Site

Tell = Callable[..., None]
SPAN = {"start_time": "2026-11-21T00:00:00Z", "end_time": "2026-11-21T12:00:00Z"}


def test_a_recorders_life(heard: None, site: Site, admin_program: Any, node_program: Any) -> None:
    said = {"name": "Recorder 1", "ip_address": "192.0.2.20", "username": "admin", "password": "x"}
    made = admin_program("POST", "nvrs", said)
    assert made.status_code == 201
    nvr = made.json()
    assert (nvr["host"], nvr["port"], nvr["location"]) == ("192.0.2.20", 80, site.name)
    assert (nvr["status"], nvr["channel_count"]) == ("offline", 0)
    path = f"nvrs/{nvr['id']}"
    changed = admin_program("PUT", path, {"name": "Recorder 2", "port": 8000}).json()
    assert (changed["name"], changed["port"], changed["username"]) == ("Recorder 2", 8000, "admin")
    assert admin_program("POST", f"{path}/sync").status_code == 202
    assert Device.objects.get().sync_number == 1
    assert admin_program("GET", path).json() == admin_program("GET", "nvrs").json()[0]
    assert admin_program("DELETE", path).status_code == 204
    assert admin_program("GET", "nvrs").json() == []


def test_its_channels_and_how_it_is(
    device: Device, tell: Tell, made: dict[str, Any], viewer_program: Any
) -> None:
    assert viewer_program("GET", f"nvrs/{device.pk}").json()["status"] == "online"
    first, second = viewer_program("GET", f"nvrs/{device.pk}/channels").json()
    assert first == {
        "id": "1", "number": 1, "name": "Entrance", "is_online": True, "camera_id": made["id"],
        "rtsp_url": "rtsp://192.0.2.20:554/Streaming/Channels/101",
    }  # fmt: skip
    assert second["camera_id"] is None


def test_the_addresses_at_the_root_are_the_same_calls(
    device: Device, admin_program: Any, stranger: Any
) -> None:
    client: Client = admin_program.client
    for address in ("/nvrs", "/nvrs/", f"/nvrs/{device.pk}", f"/nvrs/{device.pk}/channels"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.json() == client.get(f"/api/v1{address.rstrip('/')}").json()
    assert client.post(f"/nvrs/{device.pk}/sync").status_code == 202
    assert stranger.client.get("/nvrs").status_code == 401
    assert stranger.client.post("/recordings/search", {}, "application/json").status_code == 401
    assert client.get(f"/nvrs/{uuid4()}").status_code == 404


def test_a_search_is_asked_again_until_it_is_done(
    device: Device, tell: Tell, admin_program: Any, operator_program: Any, node_program: Any,
    made: dict[str, Any],
) -> None:  # fmt: skip
    body = {"nvr_id": str(device.pk), "channel": "1", **SPAN}
    asked = operator_program("POST", "recordings/search", body)
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    errand_id = asked.json()["search_id"]
    again = operator_program("POST", "recordings/search", body).json()
    assert again["search_id"] == errand_id
    report = told(is_done=True, found=[found(3, 4, cause="motion")])
    node_program("POST", f"node/device-errands/{errand_id}", report)
    done = operator_program("POST", "recordings/search", body)
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert done.json()["recordings"] == [
        {
            "from": "2026-11-21T03:00:00Z", "to": "2026-11-21T04:00:00Z", "size_bytes": 1000,
            "cause": "motion", "is_open": False,
        }
    ]  # fmt: skip
    unmade = body | {"channel": "2"}
    assert operator_program("POST", "recordings/search", unmade).status_code == 403
    asked = admin_program("POST", "recordings/search", unmade)
    assert asked.status_code == 202
    report = told(is_done=True, found=[found(3, 4)])
    node_program("POST", f"node/device-errands/{asked.json()['search_id']}", report)
    assert admin_program("POST", "recordings/search", unmade).status_code == 200
    assert operator_program("POST", "recordings/search", unmade).status_code == 403
    unknown = body | {"channel": "77"}
    assert admin_program("POST", "recordings/search", unknown).status_code == 404


@pytest.mark.parametrize(("location", "status"), [(None, 422), ("Nowhere", 404), ("annex", 201)])
def test_of_several_sites_one_is_named(
    heard: None, site: Site, admin_program: Any, location: str | None, status: int
) -> None:
    make_site(SYSTEM, "Annex", "UTC")
    answer = admin_program("POST", "nvrs", {"host": "192.0.2.20", "location": location})
    assert answer.status_code == status
    if status != 201:
        assert "Annex" in answer.json()["error"]["es"]
