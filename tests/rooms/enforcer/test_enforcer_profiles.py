"""Profiles: what they say, what comes of it, whom it concerns, and when it takes effect."""

from __future__ import annotations

from typing import Any

import pytest

from sereno.accounts.queries import SYSTEM, Asker
from sereno.audit.models import Entry
from sereno.enforcer.queries import desired_of
from sereno.sites.actions import CameraFields, add_camera, create_enrolment_code, enrol_node
from sereno.sites.models import Camera, Node


def made(program: Any, name: str, knobs: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = program("POST", "profiles", {"name": name, "knobs": knobs, **more})
    assert answer.status_code == 201, answer.content
    profile: dict[str, Any] = answer.json()
    return profile


def given(program: Any, camera: Camera, profile: dict[str, Any] | None, **more: Any) -> Any:
    body = {"profile_id": profile and profile["id"], **more}
    answer = program("PUT", f"cameras/{camera.pk}/profile", body)
    assert answer.status_code == 200, answer.content
    return answer.json()


def values(answer: Any) -> dict[str, tuple[Any, str, str]]:
    assert answer.status_code == 200, answer.content
    return {
        each["name"]: (each["value"], each["origin"]["kind"], each["origin"]["name"])
        for each in answer.json()["values"]
    }


def order_of(node: Node) -> Any:
    (order,) = desired_of(node)
    return order


def test_every_knob_is_explained(viewer_program: Any) -> None:
    knobs = viewer_program("GET", "knobs").json()
    assert {"engine", "nice", "extra_cli", "snapshot_every"} <= {knob["name"] for knob in knobs}
    (nice,) = (knob for knob in knobs if knob["name"] == "nice")
    assert (nice["kind"], nice["least"], nice["most"], nice["default"]) == ("integer", -20, 19, 0)
    assert all(knob[text][language] for knob in knobs for text in ("label", "what", "why")
               for language in ("en", "es"))  # fmt: skip


def test_the_profile_wins_then_the_camera_then_the_default(
    admin_program: Any, camera: Camera, node: Node
) -> None:
    base = made(admin_program, "Base", {"nice": 5, "segment_seconds": 30})
    night = made(admin_program, "Noche", {"segment_seconds": 20}, based_on=base["id"])
    admin_program("PATCH", f"cameras/{camera.pk}", {"nice": 9, "engine": "native"})
    told = given(admin_program, camera, night)
    assert told["profile"] == {"id": night["id"], "name": "Noche", "version": 1}
    merged = values(admin_program("GET", f"cameras/{camera.pk}/manner"))
    assert merged["segment_seconds"] == (20, "profile", "Noche")
    assert merged["nice"] == (5, "profile", "Base")
    assert merged["engine"] == ("native", "camera", "Patio")
    assert merged["records_sound"] == (True, "default", "")
    manner = order_of(node).manners[""]
    assert (manner.version, manner.manner.nice, manner.manner.engine) == ("Noche v1", 5, "native")
    assert admin_program("GET", "profiles").json()[1]["camera_count"] == 1


def test_a_camera_can_say_nothing_again(admin_program: Any, camera: Camera, node: Node) -> None:
    path = f"cameras/{camera.pk}"
    said = {"engine": "ffmpeg", "nice": 3, "cpu_affinity": [0], "records_sound": False}
    assert admin_program("PATCH", path, said).json()["nice"] == 3
    told = admin_program("PATCH", path, dict.fromkeys(said)).json()
    assert {name: told[name] for name in said} == dict.fromkeys(said)
    assert order_of(node).manners[""].manner.engine == "auto"


def test_restart_numbers_grow_for_now_and_only_then(
    admin_program: Any, camera: Camera, node: Node
) -> None:
    def number() -> int:
        return int(order_of(node).manners[""].restart_number)

    base = made(admin_program, "Base", {"nice": 5})
    busy = made(admin_program, "Ocupado", {})
    for _ in range(3):
        admin_program("PATCH", f"profiles/{busy['id']}", {"knobs": {"nice": 1}, "applies": "now"})
    start = number()
    given(admin_program, camera, base)
    assert number() == start
    admin_program("PATCH", f"profiles/{base['id']}", {"knobs": {"nice": 6}})
    assert number() == start
    admin_program("PATCH", f"profiles/{base['id']}", {"knobs": {"nice": 7}, "applies": "now"})
    assert number() == start + 1
    given(admin_program, camera, busy)
    assert number() == start + 1
    admin_program("PATCH", f"profiles/{base['id']}", {"based_on": busy["id"]})
    given(admin_program, camera, base, applies="now")
    assert number() == start + 2
    admin_program("PATCH", f"profiles/{base['id']}", {"based_on": None})
    given(admin_program, camera, None)
    assert number() == start + 2
    admin_program("PATCH", f"cameras/{camera.pk}", {"nice": 2})
    assert number() == start + 3


def test_versions_are_kept(admin_program: Any, admin: Asker) -> None:
    profile = made(admin_program, "Día", {"hb_interval": 5.5})
    path = f"profiles/{profile['id']}"
    changed = admin_program("PATCH", path, {"knobs": {}, "applies": "now", "note": "x"}).json()
    assert (changed["version"], changed["note"], changed["name"]) == (2, "x", "Día")
    newest, first = admin_program("GET", f"{path}/versions").json()
    assert (newest["version"], newest["knobs"], newest["applies"]) == (2, {}, "now")
    assert (first["version"], first["knobs"], first["changed_by"]) == (
        1,
        {"hb_interval": 5.5},
        "ana",
    )
    assert Entry.objects.latest("number").act == "profile_change"


def test_a_preview_saves_nothing_and_says_whom_it_concerns(
    admin_program: Any, admin: Asker, camera: Camera, node: Node
) -> None:
    other = add_camera(admin, CameraFields("Otra", "rtsp://192.0.2.8/"))
    base = made(admin_program, "Base", {"nice": 5})
    night = made(admin_program, "Noche", {"hb_interval": 5}, based_on=base["id"])
    given(admin_program, camera, night)
    given(admin_program, other, base)
    body = {"id": base["id"], "knobs": {"nice": 6, "extra_cli": "-stimeout 5000000"}}
    seen = admin_program("POST", "profiles/preview", body)
    assert values(seen)["nice"] == (6, "profile", "Base")
    told = seen.json()
    assert [each["name"] for each in told["cameras"]] == ["Otra", "Patio"]
    assert [each["name"] for each in told["restarts"]] == ["Otra", "Patio"]
    assert len(told["notices"]) == 2
    body["knobs"] = {"nice": 5, "hb_interval": 7}
    told = admin_program("POST", "profiles/preview", body).json()
    assert (len(told["cameras"]), told["restarts"]) == (2, [])
    admin_program("POST", f"cameras/{other.pk}/pause", {"minutes": 5})
    body["knobs"] = {"nice": 6}
    told = admin_program("POST", "profiles/preview", body).json()
    assert [each["name"] for each in told["restarts"]] == ["Patio"]
    fresh = {"knobs": {"nice": 1}, "based_on": night["id"], "camera_id": str(camera.pk)}
    new = admin_program("POST", "profiles/preview", fresh)
    assert values(new)["hb_interval"] == (5, "profile", "Noche")
    assert admin_program("GET", f"profiles/{base['id']}").json() == base | {"camera_count": 1}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"knobs": {"colour": 1}}, "knobs.colour"),
        ({"knobs": {"hb_interval": -1}}, "knobs.hb_interval"),
        ({"knobs": {"cpu_affinity": [99999]}}, "knobs.cpu_affinity"),
        ({"knobs": {"extra_cli": "-i /etc/passwd"}}, "knobs.extra_cli"),
        ({"knobs": {"extra_cli": "-stimeout 1", "engine": "native"}}, "knobs.extra_cli"),
        ({"based_on": 10**6}, "based_on"),
        ({"based_on": -1}, "based_on"),
        ({"name": ""}, "name"),
        ({"note": "n" * 301}, "note"),
    ],
)
def test_bad_profiles_are_refused_with_the_field(
    admin_program: Any, body: dict[str, Any], field: str
) -> None:
    good = made(admin_program, "Bueno", {"nice": 1})
    for method, path in (("POST", "profiles"), ("PATCH", f"profiles/{good['id']}")):
        answer = admin_program(method, path, {"name": "Nuevo"} | body)
        assert answer.status_code == 422
        assert answer.json()["error"]["field"] == field
    (only,) = admin_program("GET", "profiles").json()
    assert only == good


def test_a_profile_that_does_not_fit_its_cameras_is_refused(
    admin_program: Any, camera: Camera, node: Node
) -> None:
    Node.objects.update(cpu_count=2)
    profile = made(admin_program, "Dos", {"cpu_affinity": [2]})
    put = ("PUT", f"cameras/{camera.pk}/profile", {"profile_id": profile["id"]})
    assert admin_program(*put).json()["error"]["key"] == "cpu_missing"
    assert order_of(node).manners[""].manner.cpu_affinity == ()
    path = f"profiles/{profile['id']}"
    admin_program("PATCH", path, {"knobs": {"cpu_affinity": [1]}})
    assert admin_program(*put).status_code == 200
    refused = admin_program("PATCH", path, {"knobs": {"cpu_affinity": [5]}})
    assert refused.json()["error"]["field"] == "knobs.cpu_affinity"
    refused = admin_program("PATCH", f"cameras/{camera.pk}", {"cpu_affinity": [7]})
    assert refused.json()["error"]["field"] == "cpu_affinity"
    extra = {"knobs": {"extra_cli": "-stimeout 5000000"}}
    assert admin_program("PATCH", path, extra).status_code == 200
    refused = admin_program("PATCH", f"cameras/{camera.pk}", {"engine": "native"})
    assert refused.json()["error"]["field"] == "knobs.extra_cli"


def test_the_native_engine_is_not_given_what_it_cannot_read(
    admin_program: Any, admin: Asker, node: Node
) -> None:
    web = add_camera(admin, CameraFields("Web", "http://192.0.2.8/v.mjpg"))
    profile = made(admin_program, "Nativo", {"engine": "native"})
    answer = admin_program("PUT", f"cameras/{web.pk}/profile", {"profile_id": profile["id"]})
    assert answer.json()["error"]["field"] == "knobs.engine"
    hours = {"from": "08:00", "to": "09:00", "profile_id": profile["id"]}
    body = {"name": "Clases", "kind": "daily", "intervals": [hours], "camera_ids": [str(web.pk)]}
    answer = admin_program("POST", "schedules", body)
    assert answer.json()["error"]["field"] == "knobs.engine"


def test_what_is_used_stays(admin_program: Any, camera: Camera) -> None:
    base, other = made(admin_program, "Base", {}), made(admin_program, "Otro", {})
    night = made(admin_program, "Noche", {}, based_on=base["id"])
    given(admin_program, camera, night)
    hours = {"days": [1], "from": "08:00", "to": "09:00", "profile_id": other["id"]}
    body = {"name": "Clases", "intervals": [hours], "camera_ids": [str(camera.pk)]}
    schedule = admin_program("POST", "schedules", body).json()
    for profile in (base, night, other):
        refused = admin_program("DELETE", f"profiles/{profile['id']}")
        assert (refused.status_code, refused.json()["error"]["key"]) == (409, "profile_used")
    circle = admin_program("PATCH", f"profiles/{base['id']}", {"based_on": night["id"]})
    assert circle.json()["error"]["key"] == "profile_circle"
    given(admin_program, camera, None)
    admin_program("DELETE", f"schedules/{schedule['id']}")
    for profile in (other, night, base):
        assert admin_program("DELETE", f"profiles/{profile['id']}").status_code == 204


def test_viewers_look_and_strangers_do_not(
    viewer_program: Any, admin_program: Any, stranger: Any, camera: Camera
) -> None:
    profile = made(admin_program, "Base", {})
    assert viewer_program("GET", "profiles").status_code == 200
    for method, path, body in (
        ("POST", "profiles", {"name": "x"}),
        ("PATCH", f"profiles/{profile['id']}", {}),
        ("DELETE", f"profiles/{profile['id']}", None),
        ("PUT", f"cameras/{camera.pk}/profile", {"profile_id": None}),
    ):
        assert viewer_program(method, path, body).status_code == 403
        assert stranger(method, path, body).status_code == 401


def test_names_of_profiles_are_taken_in_any_case(admin_program: Any) -> None:
    made(admin_program, "Base", {})
    refused = admin_program("POST", "profiles", {"name": "BASE"})
    assert (refused.status_code, refused.json()["error"]["field"]) == (409, "name")


def test_sereno_itself_may_give_profiles(camera: Camera, admin_program: Any, node: Node) -> None:
    from sereno.enforcer.actions_profiles import give_profile

    profile = made(admin_program, "Base", {"nice": 4})
    give_profile(SYSTEM, [camera.pk], profile["id"])
    assert order_of(node).manners[""].manner.nice == 4


def test_a_standby_that_lacks_a_cameras_cpus_is_refused(
    admin_program: Any, camera: Camera, node: Node
) -> None:
    small, _ = enrol_node(create_enrolment_code(SYSTEM, camera.site), "chico", "192.0.2.9")
    Node.objects.filter(pk=small.pk).update(cpu_count=2)
    path = f"cameras/{camera.pk}"
    assert admin_program("PATCH", path, {"cpu_affinity": [3]}).status_code == 200
    refused = admin_program("PATCH", path, {"standby_node_id": str(small.pk)})
    assert refused.status_code == 422
    assert refused.json()["error"]["field"] == "knobs.cpu_affinity"


def test_a_smaller_stream_must_be_fit_for_the_profile_too(
    admin_program: Any, camera: Camera
) -> None:
    native = made(admin_program, "Propio", {"engine": "native"})
    given(admin_program, camera, native)
    smaller = {"sub_address": "http://192.0.2.7/mjpeg"}
    refused = admin_program("PATCH", f"cameras/{camera.pk}", smaller)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "knobs.engine")
