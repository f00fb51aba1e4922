"""What is wrong with devices, and which of their cameras' failures that explains."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from sereno.health.facts import CameraFact, DeviceFact, DiskFact, Severity
from sereno.policy.reasons import Reason

from .world import NODE, SCHOOL, ago, camera, judged, only, stream

RECORDER = "203.0.113.9"
CAMERAS = tuple(camera(number) for number in (1, 2))


def device(state: str = "online", key: str = "", **more: Any) -> DeviceFact:
    reason = Reason(key, {"host": RECORDER, "port": "80"}) if key else None
    basics = {"cameras": CAMERAS, "since": ago(minutes=4)}
    return DeviceFact(UUID(int=9), "Recorder 1", SCHOOL, NODE.id, state, reason=reason,
                      **(basics | more))  # fmt: skip


def failing(of: CameraFact, key: str) -> Any:
    return stream(of, "waiting", key)


def test_a_device_that_is_well_is_no_problem() -> None:
    disks = (DiskFact("1", "hdd", "ok"), DiskFact("2", "hdd", "sleeping"))
    assert judged(devices=(device(disks=disks, clock_offset_seconds=-29.0),)) == []
    assert judged(devices=(device("connecting"),)) == []


def test_a_recorder_that_is_gone_is_one_line_with_its_cameras() -> None:
    gone = device("offline", "refused")
    streams = [failing(each, "refused") for each in CAMERAS]
    found = only(*streams, devices=(gone,))
    assert (found.key, found.severity, found.cameras) == (
        "device_offline", Severity.SERIOUS, CAMERAS,
    )  # fmt: skip
    assert found.words.en.startswith("Recorder 1: ")
    assert found.advice == Reason("refused", {"host": RECORDER, "port": "80"}).advice()
    assert (found.since, found.link) == (ago(minutes=4), f"/devices/{UUID(int=9)}")


def test_what_has_another_cause_stands_by_itself() -> None:
    streams = [failing(CAMERAS[0], "refused"), failing(CAMERAS[1], "no_such_stream")]
    keys = {each.key for each in judged(*streams, devices=(device("offline", "refused"),))}
    assert keys == {"device_offline", "no_such_stream"}


def test_a_refused_password_is_told_once_for_device_and_cameras() -> None:
    streams = [failing(each, "unauthorized") for each in CAMERAS]
    found = only(*streams, devices=(device("refused", "login_refused"),))
    assert (found.key, found.cameras) == ("device_refused", CAMERAS)


def test_a_network_that_is_down_explains_the_device() -> None:
    hosts = [camera(number, f"203.0.113.{number}") for number in (11, 12)]
    streams = [failing(each, "refused") for each in (*CAMERAS, *hosts)]
    found = only(*streams, devices=(device("offline", "refused"),))
    assert (found.key, len(found.cameras)) == ("site_network", 4)


def test_nothing_is_said_of_a_device_whose_node_is_away() -> None:
    assert judged(devices=(device("node_offline", clock_offset_seconds=99.0),)) == []


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"disks": (DiskFact("2", "hdd2", "failing"),)}, "device_disk_failing"),
        ({"disks": (DiskFact("2", "hdd2", "unformatted"),)}, "device_disk_unformatted"),
        ({"disks": (DiskFact("2", "hdd2", "read_only"),)}, "device_disk_read_only"),
        ({"clock_offset_seconds": -7260.0}, "device_clock"),
        ({"missing_channels": ("Entrance", "Gate")}, "device_channels_missing"),
        ({"state": "locked"}, "device_locked"),
        ({"state": "other_device"}, "device_other"),
        ({"state": "offline"}, "device_offline"),
    ],
)
def test_each_is_told_in_both_languages(facts: dict[str, Any], key: str) -> None:
    found = only(devices=(device(**facts),))
    assert (found.key, found.subject.name, found.site) == (key, "Recorder 1", SCHOOL)
    for text in (*found.words, *found.advice):
        assert text
        assert "{" not in text
    assert "Recorder 1" in found.words.en
    if key == "device_clock":
        assert " 2 h off" in found.words.en
    if key == "device_channels_missing":
        assert "Entrance, Gate" in found.words.es
