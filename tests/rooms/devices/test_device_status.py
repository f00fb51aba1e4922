"""When devices come and go is told once, to who watches, and shown among the problems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sereno.devices.models import Device
from sereno.live.actions_devices import tell_devices
from sereno.live.queries_sources import is_own
from sereno.sites.models import Node

Tell = Callable[..., None]


def news(program: Any, after: int) -> list[tuple[str, str | None, str]]:
    told = program("GET", f"status?after={after}").json()
    return [(each["type"], each["device_id"], each["state"]) for each in told["events"]]


def test_who_watches_hears_when_a_device_comes_and_goes(
    device: Device, tell: Tell, node: Node, viewer_program: Any
) -> None:
    tell("connecting")
    assert tell_devices(timezone.now()) == 0, "it only begins"
    tell()
    start = viewer_program("GET", "status").json()
    assert start["snapshot"]["devices"] == [
        {"device_id": str(device.pk), "state": "online", "reason": None}
    ]
    tell()
    reason = {"key": "refused", "params": {"host": "192.0.2.20", "port": "80"}}
    tell("offline", reason=reason)
    tell("refused")
    tell()
    own = str(device.pk)
    assert news(viewer_program, start["id"]) == [
        ("nvr_offline", own, "offline"),
        ("nvr_online", own, "online"),
    ]
    gone = viewer_program("GET", f"status?after={start['id']}").json()["events"][0]
    assert (gone["camera_id"], gone["stream"]) == (None, "")
    assert "192.0.2.20" in gone["reason"]["en"]
    newest = viewer_program("GET", "status").json()["id"]
    Node.objects.filter(pk=node.pk).update(last_seen=timezone.now() - timedelta(minutes=1))
    assert tell_devices(timezone.now()) == 1
    assert tell_devices(timezone.now()) == 0
    assert news(viewer_program, newest) == [("nvr_offline", own, "node_offline")]


def test_a_channels_picture_comes_from_its_node(
    device: Device, tell: Tell, node: Node, viewer_program: Any
) -> None:
    tell()
    path = f"devices/{device.pk}/channels/1/snapshot.jpg"
    answer = viewer_program("GET", path)
    place = answer["X-Sereno-Media"]
    assert place.startswith(f"/media/v1/devices/{device.pk}/channels/1/snapshot.jpg?ticket=")
    assert not is_own(node)
    missing = viewer_program("GET", f"devices/{device.pk}/channels/77/snapshot.jpg")
    assert (missing.status_code, missing.json()["error"]["key"]) == (404, "no_such_channel")
    Node.objects.filter(pk=node.pk).update(last_seen=None)
    assert viewer_program("GET", path).status_code == 503


def test_what_is_wrong_with_a_device_is_among_the_problems(
    device: Device, tell: Tell, made: dict[str, Any], viewer_program: Any
) -> None:
    disk = {"id": "2", "name": "hdd2", "state": "failing", "size_bytes": 1, "free_bytes": 0}
    at = timezone.now().isoformat()
    clock = {"at": at, "offset_seconds": 40.0, "zone": "", "convention": "utc"}
    tell(disks=[disk], clock=clock, channels=[])
    problems = viewer_program("GET", "health").json()["problems"]
    own = {each["key"]: each for each in problems if each["subject"]["kind"] == "device"}
    assert own.keys() == {"device_disk_failing", "device_clock", "device_channels_missing"}
    assert "Entrance" in own["device_channels_missing"]["words"]["en"]
    assert own["device_clock"]["link"] == f"/devices/{device.pk}"
