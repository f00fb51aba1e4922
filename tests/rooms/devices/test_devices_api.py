"""A device's life: added, told of by its node, its channels made cameras, changed and removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.conftest import Program

from sereno.accounts.queries import SYSTEM, Asker
from sereno.audit.models import Entry
from sereno.devices.models import Device
from sereno.sites.actions import create_enrolment_code, enrol_node, revoke_node
from sereno.sites.models import Camera, Node, Site
from sereno.sites.secrets import unseal
from sereno.wire.orders import DeviceOrder, Orders

from .conftest import NEW
from .told import CAN, IDENTITY, NOON, channel, report

Tell = Callable[..., None]
PASSWORD = str(NEW["password"])


def order_of(node_program: Any, device: Device) -> DeviceOrder:
    orders = Orders.model_validate(node_program("GET", "node/orders").json())
    assert orders.devices is not None
    return next(each for each in orders.devices if each.device_id == device.pk)


def get(program: Any, path: str) -> Any:
    answer = program("GET", path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_added_it_is_in_its_nodes_orders_and_no_answer_shows_its_password(
    device: Device, node: Node, admin_program: Any, node_program: Any
) -> None:
    order = order_of(node_program, device)
    assert (order.host, order.port, order.username) == ("192.0.2.20", 80, "admin")
    assert order.password.get_secret_value() == PASSWORD
    assert (order.vendor, order.serial, order.sync_number) == ("", "", 0)
    answer = admin_program("GET", "devices")
    (seen,) = answer.json()
    assert (seen["state"], seen["node_id"], seen["has_password"]) == (
        "connecting", str(node.pk), True,
    )  # fmt: skip
    assert PASSWORD.encode() not in answer.content
    assert PASSWORD not in device.password_sealed
    entry = Entry.objects.get(act="device_add")
    assert entry.details["password"] == "set"
    assert PASSWORD not in str(entry.details)


def test_what_its_node_tells_is_shown(
    device: Device, tell: Tell, admin_program: Any, node_program: Any
) -> None:
    disk = {"id": "1", "name": "hdd", "state": "ok", "size_bytes": 4 << 40, "free_bytes": 0}
    advice = {
        "key": "gop_long", "channel": "1", "setting": "I Frame Interval", "en": "Long.",
        "es": "Largo.",
    }  # fmt: skip
    clock = {
        "at": NOON.isoformat(), "offset_seconds": 3.5, "zone": "+02:00", "convention": "local",
    }  # fmt: skip
    tell(disks=[disk], advice=[advice], clock=clock)
    seen = get(admin_program, f"devices/{device.pk}")
    for name in ("vendor", "maker", "model", "serial", "firmware", "kind"):
        assert seen[name] == IDENTITY[name]
    assert (seen["state"], seen["reason"], seen["channel_count"]) == ("online", None, 2)
    assert (seen["capabilities"], seen["disks"], seen["advice"]) == (CAN, [disk], [advice])
    assert seen["clock"]["offset_seconds"] == 3.5
    first = seen["channels"][0]
    assert (first["id"], first["name"], first["camera_id"]) == ("1", "Entrance", None)
    assert [each["role"] for each in first["streams"]] == ["main", "sub"]
    assert "channels" not in get(admin_program, "devices")[0]
    order = order_of(node_program, device)
    assert (order.serial, order.vendor) == ("SN-1", "hikvision"), "what it must be from now on"


def test_what_a_report_leaves_out_stays_known(device: Device, tell: Tell) -> None:
    tell()
    tell("offline", identity=None, channels=None, capabilities=None,
         reason={"key": "refused", "params": {"host": "192.0.2.20", "port": "80"}})  # fmt: skip
    assert (device.state, device.model, device.capabilities) == ("offline", "DS-7608NI", CAN)
    assert device.channels.filter(missing_since=None).count() == 2


def test_nothing_of_another_device_at_its_address_is_used(device: Device, tell: Tell) -> None:
    tell()
    other = IDENTITY | {"serial": "SN-2", "model": "Other"}
    tell("other_device", identity=other, channels=[], capabilities={"find": False})
    assert (device.state, device.serial, device.model) == ("other_device", "SN-1", "DS-7608NI")
    assert device.capabilities == CAN
    assert device.channels.filter(missing_since=None).count() == 2


def test_how_many_channels_are_online_of_how_many(
    device: Device, tell: Tell, admin_program: Any
) -> None:
    dark, untold = channel(2, is_online=False), channel(3, is_online=None)
    tell(channels=[channel(1), dark, untold, channel(4)])
    tell(channels=[channel(1), dark, untold])
    (seen,) = get(admin_program, "devices")
    counts = ("channel_count", "online_count", "offline_count")
    assert [seen[name] for name in counts] == [3, 1, 1], "one that is gone is not counted"


def test_a_channel_that_goes_is_marked_and_comes_back(
    device: Device, tell: Tell, made: dict[str, Any], admin_program: Any
) -> None:
    tell(channels=[channel(2)])
    gone, there = get(admin_program, f"devices/{device.pk}")["channels"]
    assert (gone["id"], gone["camera_id"]) == ("1", made["id"])
    assert gone["missing_since"]
    assert there["missing_since"] is None
    tell()
    assert get(admin_program, f"devices/{device.pk}")["channels"][0]["missing_since"] is None


def test_a_channel_becomes_a_camera(
    device: Device, made: dict[str, Any], node: Node, admin_program: Any, node_program: Any
) -> None:
    path = "rtsp://192.0.2.20:554/Streaming/Channels/1"
    assert (made["name"], made["address"], made["sub_address"]) == (
        "Entrance", f"{path}01", f"{path}02",
    )  # fmt: skip
    assert (made["username"], made["node_id"]) == ("admin", str(node.pk))
    camera = Camera.objects.get(pk=made["id"])
    assert unseal(camera.password_sealed).get_secret_value() == PASSWORD
    again = admin_program("POST", f"devices/{device.pk}/cameras", {"channels": [{"channel": "1"}]})
    assert (again.status_code, again.json()["error"]["key"]) == (409, "channel_taken")
    unknown = {"channels": [{"channel": "2"}, {"channel": "99"}]}
    missing = admin_program("POST", f"devices/{device.pk}/cameras", unknown)
    assert (missing.status_code, missing.json()["error"]["key"]) == (404, "no_such_channel")
    assert Camera.objects.count() == 1, "all or none"
    seen = get(admin_program, f"devices/{device.pk}")
    assert (seen["camera_count"], seen["channels"][0]["camera_id"]) == (1, made["id"])


def test_a_removed_camera_can_be_made_again(
    device: Device, made: dict[str, Any], admin_program: Any
) -> None:
    admin_program("DELETE", f"cameras/{made['id']}")
    assert get(admin_program, f"devices/{device.pk}")["channels"][0]["camera_id"] is None
    body = {"channels": [{"channel": "1", "name": "Gate"}]}
    (again,) = admin_program("POST", f"devices/{device.pk}/cameras", body).json()
    assert (again["name"], again["id"] != made["id"]) == ("Gate", True)


def test_cameras_of_channels_with_one_name_are_told_apart(
    device: Device, tell: Tell, admin_program: Any
) -> None:
    tell(channels=[channel(number, "IPCamera") for number in (1, 2, 3)])
    body = {"channels": [{"channel": str(number)} for number in (1, 2, 3)]}
    made = admin_program("POST", f"devices/{device.pk}/cameras", body).json()
    assert {each["name"] for each in made} == {"IPCamera", "Recorder 1 IPCamera", "IPCamera 2"}


def test_cameras_follow_what_the_device_tells(
    device: Device, tell: Tell, made: dict[str, Any], admin_program: Any
) -> None:
    moved = channel(1, "Door")
    moved["streams"][0]["address"] = "rtsp://192.0.2.20:5554/Streaming/Channels/101"
    tell(channels=[moved, channel(2)])
    seen = get(admin_program, f"cameras/{made['id']}")
    assert seen["address"] == "rtsp://192.0.2.20:5554/Streaming/Channels/101"
    assert seen["name"] == "Entrance", "a camera's name is what people gave it"
    change = Entry.objects.filter(act="camera_change").latest("number")
    assert change.actor_kind == "node"


def test_what_a_person_changed_on_a_camera_is_left_alone(
    device: Device, tell: Tell, made: dict[str, Any], admin_program: Any
) -> None:
    own = {"address": "rtsp://192.0.2.99/own", "username": "other", "password": "0ther-Pa55"}
    assert admin_program("PATCH", f"cameras/{made['id']}", own).status_code == 200
    tell(channels=[channel(1, host="192.0.2.77"), channel(2)])
    admin_program("PATCH", f"devices/{device.pk}", {"password": "n3w-Pa55"})
    camera = Camera.objects.get(pk=made["id"])
    assert (camera.address, camera.username) == (own["address"], "other")
    assert unseal(camera.password_sealed).get_secret_value() == "0ther-Pa55"
    assert camera.sub_address == "rtsp://192.0.2.77:554/Streaming/Channels/102"


def test_cameras_follow_the_devices_new_address_and_password(
    device: Device, made: dict[str, Any], admin_program: Any, node_program: Any
) -> None:
    change = {"host": "192.0.2.30", "rtsp_port": 1554, "username": "viewer", "password": "n3w-Pa55"}
    answer = admin_program("PATCH", f"devices/{device.pk}", change)
    assert (answer.status_code, answer.json()["rtsp_port"]) == (200, 1554)
    camera = Camera.objects.get(pk=made["id"])
    assert camera.address == "rtsp://192.0.2.30:1554/Streaming/Channels/101"
    assert camera.sub_address == "rtsp://192.0.2.30:1554/Streaming/Channels/102"
    assert camera.username == "viewer"
    assert unseal(camera.password_sealed).get_secret_value() == "n3w-Pa55"
    order = order_of(node_program, device)
    assert (order.host, order.rtsp_port, order.serial) == ("192.0.2.30", 1554, "SN-1")
    longest = admin_program("PATCH", f"devices/{device.pk}", {"serial": "9" * 200})
    assert longest.json()["serial"] == "9" * 200
    cleared = admin_program("PATCH", f"devices/{device.pk}", {"rtsp_port": None, "serial": ""})
    assert (cleared.json()["rtsp_port"], cleared.json()["serial"]) == (None, "")
    kept = admin_program("PATCH", f"devices/{device.pk}", {"name": "Recorder 2"}).json()
    assert (kept["name"], kept["has_password"]) == ("Recorder 2", True)


@pytest.mark.parametrize("choice", ["keep", "remove"])
def test_removed_it_leaves_cameras_or_takes_them_along(
    device: Device, made: dict[str, Any], admin_program: Any, node_program: Any, choice: str
) -> None:
    gone = admin_program("DELETE", f"devices/{device.pk}?cameras={choice}")
    assert gone.status_code == 204
    camera = admin_program("GET", f"cameras/{made['id']}")
    assert camera.status_code == (200 if choice == "keep" else 404)
    assert admin_program("GET", f"devices/{device.pk}").status_code == 404
    assert node_program("GET", "node/orders").json()["devices"] == []
    late = node_program("POST", f"node/devices/{device.pk}", report())
    assert (late.status_code, late.json()["error"]["key"]) == (404, "device_over")
    assert Camera.objects.filter(pk=made["id"]).exists(), "its footage needs it"


def test_sync_and_try_again_reach_the_node(
    device: Device, admin_program: Any, operator_program: Any, node_program: Any
) -> None:
    etag = node_program("GET", "node/orders")["ETag"]
    assert admin_program("POST", f"devices/{device.pk}/sync").status_code == 202
    assert operator_program("POST", f"devices/{device.pk}/sync").status_code == 403
    assert operator_program("POST", f"devices/{device.pk}/try-again").status_code == 200
    orders = node_program("GET", "node/orders")
    assert orders["ETag"] != etag
    order = order_of(node_program, device)
    assert (order.sync_number, order.lift_number) == (1, 1)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"host": ""}, "host"),
        ({"host": "http://192.0.2.1"}, "host"),
        ({"host": "192.0.2.1:8000"}, "host"),
        ({"host": "admin@192.0.2.1"}, "host"),
        ({"host": "192.0.2.1/path"}, "host"),
        ({"template": "rtsp://192.0.2.1/main"}, "template"),
        ({"template": "rtsp://a:b@192.0.2.1/{channel}"}, "template"),
        ({"template_sub": "http://192.0.2.1/{channel}"}, "template_sub"),
        ({"username": "a\nb"}, "username"),
        ({"name": "  "}, "name"),
        ({"serial": "a\0"}, "serial"),
        ({"serial": "9" * 201}, "serial"),
        ({"node_id": str(uuid4())}, "node_id"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    device: Device, site: Site, admin_program: Any, said: dict[str, Any], field: str
) -> None:
    body = {"host": "192.0.2.21", "site_id": site.pk} | said
    answer = admin_program("POST", "devices", body)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert Device.objects.count() == 1


def test_one_name_and_one_address_a_site(device: Device, site: Site, admin_program: Any) -> None:
    for other, key in (({"host": "192.0.2.21"}, "name_taken"), ({"name": "B"}, "device_known")):
        body = {**NEW, "site_id": site.pk, **other}
        answer = admin_program("POST", "devices", body)
        assert (answer.status_code, answer.json()["error"]["key"]) == (409, key)
    named = {"host": "2001:db8::7", "site_id": site.pk, "is_tls": True, "template": "/ch{channel}"}
    made = admin_program("POST", "devices", named).json()
    assert (made["name"], made["host"], made["port"]) == ("2001:db8::7", "2001:db8::7", 443)


@pytest.mark.provokes("device_node_offline", "device_not_assigned")
def test_a_device_whose_node_is_not_heard_is_not_called_online(
    device: Device, tell: Tell, node: Node, site: Site, admin: Asker, admin_program: Any
) -> None:
    tell()
    Node.objects.filter(pk=node.pk).update(last_seen=None)
    seen = get(admin_program, f"devices/{device.pk}")
    assert (seen["state"], seen["reason"]["key"]) == ("node_offline", "device_node_offline")
    assert seen["reason"]["es"]
    revoke_node(admin, node)
    seen = get(admin_program, f"devices/{device.pk}")
    assert (seen["state"], seen["node_id"]) == ("not_assigned", None)
    assert seen["reason"]["key"] == "device_not_assigned"
    heir, _ = enrol_node(create_enrolment_code(SYSTEM, site), "next", "")
    assert get(admin_program, f"devices/{device.pk}")["node_id"] == str(heir.pk)


def test_clock_readings_are_kept_one_an_hour(
    device: Device, tell: Tell, admin_program: Any
) -> None:
    now = timezone.now()
    for minutes, offset in ((-200, 1.0), (-190, 9.0), (-130, 2.0), (-60, 3.0)):
        at = now + timedelta(minutes=minutes)
        clock = {"at": at.isoformat(), "offset_seconds": offset, "zone": "", "convention": "utc"}
        tell(clock=clock)
    readings = get(admin_program, f"devices/{device.pk}/clock?days=1")
    assert [each["offset_seconds"] for each in readings] == [1.0, 2.0, 3.0]
    at = now + timedelta(days=400)  # the node's own clock ran away, and is set right
    for when, offset in ((at, 5.0), (now, 6.0)):
        clock = {"at": when.isoformat(), "offset_seconds": offset, "zone": "", "convention": "utc"}
        tell(clock=clock)
    assert 6.0 in [
        each["offset_seconds"] for each in get(admin_program, f"devices/{device.pk}/clock")
    ]


def test_another_nodes_devices_are_nobodys_business(
    device: Device, site: Site, admin_program: Any
) -> None:
    _, token = enrol_node(create_enrolment_code(SYSTEM, site), "far", "")
    told = Program(token)("POST", f"node/devices/{device.pk}", report())
    assert told.status_code == 404


def test_texts_of_devices_are_made_fit_to_be_kept(device: Device, tell: Tell) -> None:
    bad = channel(1, "A\0B")
    bad["streams"][0]["address"] = "rtsp://admin:pw@192.0.2.20/main"
    bad["streams"][1]["address"] = "what?"
    tell(channels=[bad], identity=IDENTITY | {"name": "N\0VR"})
    (row,) = device.channels.all()
    assert (row.name, device.own_name) == ("AB", "NVR")
    assert [each["address"] for each in row.streams] == ["rtsp://192.0.2.20/main", ""]
