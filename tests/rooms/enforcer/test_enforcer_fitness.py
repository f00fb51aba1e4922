"""A camera comes under a profile that it cannot be run with: refused, by whatever way it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sereno.accounts.queries import SYSTEM
from sereno.enforcer.actions_profiles import ProfileFields, make_profile
from sereno.sites.actions import CameraFields, add_camera
from sereno.sites.models import Camera, Node

NIGHT = {"days": [1, 2, 3, 4, 5, 6, 7], "from": "22:00", "to": "06:00"}
Door = Callable[[Any, Camera, int], Any]


def given_it(program: Any, camera: Camera, profile_id: int) -> Any:
    return program("PUT", f"cameras/{camera.pk}/profile", {"profile_id": profile_id})


def by_a_schedule(program: Any, camera: Camera, profile_id: int) -> Any:
    body = {"name": "Noches", "kind": "continuous", "profile_id": profile_id}
    return program("POST", "schedules", body | {"camera_ids": [str(camera.pk)]})


def by_an_interval(program: Any, camera: Camera, profile_id: int) -> Any:
    body = {"name": "Noches", "intervals": [NIGHT | {"profile_id": profile_id}]}
    return program("POST", "schedules", body | {"camera_ids": [str(camera.pk)]})


def into_a_group(program: Any, camera: Camera, profile_id: int) -> Any:
    group = program("POST", "groups", {"name": "Patios"}).json()
    body = {"name": "Noches", "kind": "continuous", "profile_id": profile_id}
    assert program("POST", "schedules", body | {"group_ids": [group["id"]]}).status_code == 201
    return program("PATCH", f"groups/{group['id']}", {"camera_ids": [str(camera.pk)]})


def with_its_group(program: Any, camera: Camera, profile_id: int) -> Any:
    body = {"name": "Patios", "camera_ids": [str(camera.pk)]}
    group = program("POST", "groups", body).json()
    schedule = program("POST", "schedules", {"name": "Noches", "kind": "continuous"}).json()
    given = {"group_ids": [group["id"]], "profile_id": profile_id}
    return program("PATCH", f"schedules/{schedule['id']}", given)


def by_a_holiday(program: Any, camera: Camera, profile_id: int) -> Any:
    days = program("POST", "calendars", {"name": "Fiestas"}).json()
    body = {"name": "Noches", "intervals": [NIGHT], "calendar_id": days["id"]}
    body |= {"holiday_intervals": [NIGHT | {"profile_id": profile_id}]}
    made = program("POST", "schedules", body | {"camera_ids": [str(camera.pk)]})
    assert made.status_code == 201, "as long as the calendar has no day, nothing comes of it"
    return program("PATCH", f"calendars/{days['id']}", {"dates": [{"date": "2026-12-25"}]})


def by_letting_it_count(program: Any, camera: Camera, profile_id: int) -> Any:
    body = {"name": "Noches", "kind": "continuous", "profile_id": profile_id}
    body |= {"camera_ids": [str(camera.pk)], "is_enabled": False}
    made = program("POST", "schedules", body).json()
    return program("PATCH", f"schedules/{made['id']}", {"is_enabled": True})


DOORS: list[Door] = [
    given_it,
    by_a_schedule,
    by_an_interval,
    into_a_group,
    with_its_group,
    by_a_holiday,
    by_letting_it_count,
]


@pytest.mark.parametrize("come", DOORS)
def test_what_does_not_fit_is_refused_by_every_door(
    admin_program: Any, node: Node, camera: Camera, come: Door
) -> None:
    profile = make_profile(SYSTEM, ProfileFields("Noche", knobs={"engine": "native"}))
    Camera.objects.update(address="http://192.0.2.7/cam")
    refused = come(admin_program, camera, profile.pk)
    assert refused.status_code == 422
    error = refused.json()["error"]
    assert (error["key"], error["field"]) == ("engine_unfit", "knobs.engine")
    assert error["en"].startswith("Patio under the profile Noche: ")
    assert error["es"].startswith("Patio con el perfil Noche: ")
    Camera.objects.update(address="rtsp://192.0.2.7/cam")
    kind = refused.wsgi_request.path.split("/")[3]
    for each in admin_program("GET", "schedules").json():
        admin_program("DELETE", f"schedules/{each['id']}")
    for each in (*admin_program("GET", "groups").json(), *admin_program("GET", kind).json()):
        for place in ("groups", "calendars"):
            admin_program("DELETE", f"{place}/{each['id']}")
    assert come(admin_program, camera, profile.pk).status_code in (200, 201)


def test_who_was_in_a_group_before_keeps_nobody_out(
    admin_program: Any, node: Node, camera: Camera
) -> None:
    profile = make_profile(SYSTEM, ProfileFields("Noche", knobs={"cpu_affinity": [7]}))
    other = add_camera(SYSTEM, CameraFields("Aula", "rtsp://192.0.2.8/"))
    group = admin_program("POST", "groups", {"name": "G", "camera_ids": [str(camera.pk)]}).json()
    body = {"name": "Noches", "kind": "continuous", "profile_id": profile.pk}
    admin_program("POST", "schedules", body | {"group_ids": [group["id"]]})
    Camera.objects.filter(pk=other.pk).update(node=None)
    Node.objects.update(cpu_count=4)  # told only now
    both = {"camera_ids": [str(camera.pk), str(other.pk)]}
    assert admin_program("PATCH", f"groups/{group['id']}", both).status_code == 200
    assert admin_program("PATCH", f"groups/{group['id']}", {"camera_ids": []}).status_code == 200
    again = admin_program("PATCH", f"groups/{group['id']}", both)
    assert again.json()["error"]["key"] == "cpu_missing"


def test_a_camera_without_a_profile_is_named_alone(
    admin_program: Any, node: Node, camera: Camera
) -> None:
    Camera.objects.update(cpu_affinity=[3])
    Node.objects.update(cpu_count=2)
    moved = {"address": "rtsp://192.0.2.8/cam"}
    error = admin_program("PATCH", f"cameras/{camera.pk}", moved).json()["error"]
    assert error["en"].startswith("Patio: A node that is to use CPU 3")
