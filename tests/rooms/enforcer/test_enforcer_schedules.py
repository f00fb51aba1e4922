"""Schedules, calendars, groups: what is said, what follows, and what was promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from sereno.accounts.queries import SYSTEM, Asker
from sereno.base.spans import Span
from sereno.enforcer.actions_plans import remember_plans
from sereno.enforcer.models import PlanHistory, Schedule
from sereno.enforcer.queries import desired_of
from sereno.enforcer.queries_plans import promises_of
from sereno.sites.actions import CameraFields, add_camera, change_site
from sereno.sites.models import Camera, Node

# Guayaquil is five hours behind UTC all year.
SCHOOL = {"days": [1, 2, 3, 4, 5], "from": "07:00", "to": "13:00", "profile_id": None}
NIGHT = {"days": [1, 2, 3, 4, 5, 6, 7], "from": "22:00", "to": "06:00", "profile_id": None}
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def made(program: Any, **body: Any) -> dict[str, Any]:
    answer = program("POST", "schedules", {"name": "Clases", "intervals": [SCHOOL], **body})
    assert answer.status_code == 201, answer.content
    schedule: dict[str, Any] = answer.json()
    return schedule


def plan_of(node: Node) -> Any:
    (order,) = desired_of(node)
    return order.plan


def preview(program: Any, query: str) -> Any:
    answer = program("GET", f"preview?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_schedules_life(admin_program: Any, camera: Camera, node: Node) -> None:
    body = {
        "name": "Clases",
        "purpose": "recording",
        "kind": "weekly",
        "is_enabled": True,
        "intervals": [SCHOOL, NIGHT],
        "once": None,
        "cron": "",
        "cron_minutes": 0,
        "exceptions": [{"date": "2026-11-25", "name": "Feria", "intervals": [NIGHT]}],
        "calendar_id": None,
        "holiday_intervals": [],
        "profile_id": None,
        "camera_ids": [str(camera.pk)],
        "group_ids": [],
    }
    schedule = made(admin_program, **body)
    assert body.items() <= schedule.items()
    assert (schedule["version"], schedule["changed_by"]) == (1, "ana")
    path = f"schedules/{schedule['id']}"
    assert admin_program("GET", path).json() == schedule
    (planned,) = plan_of(node).schedules
    assert (planned.name, planned.kind, planned.rank) == ("Clases", "weekly", 2)
    assert [(each.start, each.end) for each in planned.intervals] == [(420, 780), (1320, 360)]
    changed = admin_program("PATCH", path, {"is_enabled": False, "name": "Aulas"})
    wanted = body | {"is_enabled": False, "name": "Aulas", "id": schedule["id"], "version": 2}
    assert wanted.items() <= changed.json().items()
    assert plan_of(node).schedules == ()
    assert admin_program("GET", "schedules").json() == [changed.json()]
    once = {"kind": "once", "once": {"from": "2026-11-25T08:00:00", "to": "2026-11-25T09:00:00"}}
    assert admin_program("PATCH", path, once).json()["once"] == once["once"]
    assert admin_program("DELETE", path).status_code == 204
    assert admin_program("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"intervals": []}, "intervals"),
        ({"intervals": [{**SCHOOL, "to": "07:00"}]}, "intervals.0"),
        ({"intervals": [{**SCHOOL, "from": "7am"}]}, "intervals.0.from"),
        ({"intervals": [SCHOOL, {**SCHOOL, "to": "24:01"}]}, "intervals.1.to"),
        ({"intervals": [{**SCHOOL, "days": [8]}]}, "intervals.0.days"),
        ({"intervals": [{**SCHOOL, "profile_id": 10**6}]}, "profile_id"),
        ({"kind": "cron", "cron": "every day"}, "cron"),
        ({"kind": "cron", "cron": "0 8 * * *", "cron_minutes": 0}, "cron_minutes"),
        ({"kind": "once"}, "once"),
        ({"kind": "once", "once": {"from": "2026-01-02T00:00", "to": "2026-01-01T00:00"}}, "once"),
        ({"kind": "once", "once": {"from": "0001-01-01T00:00", "to": "0001-01-02T00:00"}}, "once"),
        (
            {"kind": "once", "once": {"from": "2026-01-01T00:00Z", "to": "2026-01-02T00:00Z"}},
            "once",
        ),
        ({"exceptions": [{"date": "9999-12-31"}]}, "exceptions.0.date"),
        ({"exceptions": [{"date": "2026-02-03"}, {"date": "2026-02-03"}]}, "exceptions.1"),
        ({"exceptions": [{"date": "2026-02-30"}]}, "date"),
        (
            {"exceptions": [{"date": "2026-02-03", "intervals": [{**SCHOOL, "to": "x"}]}]},
            "exceptions.0.intervals.0.to",
        ),
        ({"holiday_intervals": [{**SCHOOL, "to": "07:00"}]}, "holiday_intervals.0"),
        ({"calendar_id": 10**6}, "calendar_id"),
        ({"profile_id": 10**6}, "profile_id"),
        ({"group_ids": [10**6]}, "group_ids"),
        ({"camera_ids": ["00000000-0000-0000-0000-000000000000"]}, "camera_ids"),
        ({"name": " "}, "name"),
        ({"purpose": "dreaming"}, "purpose"),
    ],
)
def test_bad_schedules_are_refused_with_the_field(
    admin_program: Any, camera: Camera, node: Node, body: dict[str, Any], field: str
) -> None:
    whole = {"name": "Clases", "intervals": [SCHOOL], "camera_ids": [str(camera.pk)], **body}
    answer = admin_program("POST", "schedules", whole)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    if field != "name":
        checked = admin_program("POST", "schedules/check", {"schedule": whole})
        assert checked.json()["error"]["field"] == field
    assert not Schedule.objects.exists()
    assert plan_of(node).schedules == ()


def test_a_check_says_what_would_happen(admin_program: Any, site: Any) -> None:
    schedule = {"name": "", "intervals": [SCHOOL]}
    body = {"schedule": schedule, "time_zone": "Europe/Madrid"}
    told = admin_program("POST", "schedules/check", body).json()
    runs = [each for each in told["pieces"] if each["runs"]]
    assert len(runs) in (10, 11)
    assert {each["from"][11:16] for each in runs[1:]} == {"06:00"}  # UTC, in winter
    assert [notice["key"] for notice in told["notices"]] == ["schedule_for_nobody"]
    unknown = admin_program("POST", "schedules/check", body | {"time_zone": "Europe/Atlantis"})
    assert unknown.json()["error"]["field"] == "time_zone"
    past = {"from": "2020-01-01T00:00", "to": "2020-01-02T00:00"}
    body["schedule"] = {"name": "", "kind": "once", "once": past}
    told = admin_program("POST", "schedules/check", body).json()
    assert told["notices"][0]["key"] == "schedule_idle"
    assert not Schedule.objects.exists()


def test_a_group_brings_its_cameras_under_a_schedule(
    admin_program: Any, camera: Camera, node: Node
) -> None:
    body = {"name": "Aulas", "camera_ids": [str(camera.pk)]}
    group = admin_program("POST", "groups", body).json()
    made(admin_program, group_ids=[group["id"]])
    (planned,) = plan_of(node).schedules
    assert planned.rank == 12
    assert admin_program("GET", f"cameras/{camera.pk}").json()["group_ids"] == [group["id"]]
    path = f"groups/{group['id']}"
    admin_program("PATCH", path, {"camera_ids": []})
    assert plan_of(node).schedules == ()
    admin_program("PATCH", path, {"camera_ids": body["camera_ids"], "name": "Patios"})
    (patios,) = admin_program("GET", "groups").json()
    assert (patios["id"], patios["name"], patios["version"]) == (group["id"], "Patios", 3)
    assert patios["camera_ids"] == body["camera_ids"]
    assert len(plan_of(node).schedules) == 1
    assert admin_program("DELETE", path).status_code == 204
    assert plan_of(node).schedules == ()
    assert PlanHistory.objects.filter(camera=camera).count() == 4


def test_holidays_of_a_calendar(admin_program: Any, camera: Camera, node: Node) -> None:
    days = [{"date": "2026-12-25", "name": "Navidad"}, {"date": "2026-11-25", "name": "Feria"}]
    calendar = admin_program("POST", "calendars", {"name": "Fiestas", "dates": days}).json()
    assert [day["name"] for day in calendar["dates"]] == ["Feria", "Navidad"]
    own = {"date": "2026-11-25", "name": "Nuestra", "intervals": []}
    schedule = made(
        admin_program,
        calendar_id=calendar["id"],
        camera_ids=[str(camera.pk)],
        exceptions=[own],
        holiday_intervals=[NIGHT],
    )
    (planned,) = plan_of(node).schedules
    assert [(each.name, len(each.intervals)) for each in planned.exceptions] == [
        ("Nuestra", 0),
        ("Navidad", 1),
    ]
    path = f"calendars/{calendar['id']}"
    assert admin_program("DELETE", path).json()["error"]["key"] == "calendar_used"
    twice = admin_program("PATCH", path, {"dates": [days[0], days[0]]})
    assert twice.json()["error"]["field"] == "dates"
    admin_program("PATCH", path, {"dates": []})
    (planned,) = plan_of(node).schedules
    assert [each.name for each in planned.exceptions] == ["Nuestra"]
    admin_program("PATCH", f"schedules/{schedule['id']}", {"calendar_id": None})
    assert admin_program("DELETE", path).status_code == 204


def test_the_preview_tells_what_runs_with_what_and_why(
    admin_program: Any, admin: Asker, camera: Camera
) -> None:
    add_camera(admin, CameraFields("Zaguán", "rtsp://192.0.2.8/"))
    night = admin_program("POST", "profiles", {"name": "Noche"}).json()
    made(
        admin_program,
        intervals=[SCHOOL, NIGHT | {"profile_id": night["id"]}],
        camera_ids=[str(camera.pk)],
    )
    told = preview(admin_program, "days=1&from=2026-11-23T05:00:00Z")
    assert (told["from"], told["to"]) == ("2026-11-23T05:00:00Z", "2026-11-24T05:00:00Z")
    patio, zaguan = told["cameras"]
    assert (patio["name"], patio["time_zone"]) == ("Patio", "America/Guayaquil")
    seen = [(each["from"][11:16], each["runs"], each["profile"]) for each in patio["recording"]]
    assert seen == [
        ("05:00", True, "Noche"),
        ("11:00", False, ""),
        ("12:00", True, ""),
        ("18:00", False, ""),
        ("03:00", True, "Noche"),
    ]
    assert [each["why"]["key"] for each in patio["recording"][:2]] == ["scheduled", "not_scheduled"]
    assert patio["recording"][0]["why"]["es"] == "Lo pide el horario Clases."
    (always,) = zaguan["recording"]
    assert (always["why"]["key"], always["to"]) == ("always", told["to"])
    assert [each["runs"] for each in zaguan["analysis"]] == [False]
    group = admin_program("POST", "groups", {"name": "Uno", "camera_ids": [str(camera.pk)]}).json()
    for query in (f"group_id={group['id']}", f"camera_id={camera.pk}"):
        assert [each["name"] for each in preview(admin_program, query)["cameras"]] == ["Patio"]
    for odd in ("days=32", "days=0", "from=9999-12-31T00:00:00Z", "from=2026-01-01T00:00:00"):
        assert admin_program("GET", f"preview?{odd}").status_code == 422


@pytest.mark.parametrize("count", [1, 20])
def test_orders_and_previews_cost_the_same_statements_for_any_number(
    admin_program: Any,
    admin: Asker,
    node: Node,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cameras = [
        add_camera(admin, CameraFields(f"Cámara {number}", f"rtsp://192.0.2.{number}/"))
        for number in range(count)
    ]
    ids = [str(camera.pk) for camera in cameras]
    group = admin_program("POST", "groups", {"name": "Todas", "camera_ids": ids}).json()
    made(admin_program, camera_ids=ids, group_ids=[group["id"]])
    with django_assert_num_queries(9):
        assert len(desired_of(node)) == count
    with django_assert_num_queries(10):  # two of them for who asks
        assert len(preview(admin_program, "days=2")["cameras"]) == count


def test_promises_of_the_past_are_those_of_their_time(
    admin_program: Any, camera: Camera, site: Any
) -> None:
    Camera.objects.update(created_at=MONDAY - timedelta(days=2))
    camera.refresh_from_db()
    window = Span(MONDAY - timedelta(days=7), MONDAY + timedelta(days=2))

    def promised(**more: Any) -> list[tuple[str, str]]:
        (spans,) = promises_of([camera], window, **more).values()
        return [(f"{each.start:%d %H:%M}", f"{each.end:%d %H:%M}") for each in spans]

    assert promised() == [("21 00:00", "25 00:00")]
    schedule = made(admin_program, camera_ids=[str(camera.pk)])
    PlanHistory.objects.update(since=MONDAY)
    assert promised() == [
        ("21 00:00", "23 00:00"),
        ("23 12:00", "23 18:00"),
        ("24 12:00", "24 18:00"),
    ]
    assert promised(schedule_id=schedule["id"]) == promised()[1:]
    PlanHistory.objects.update(since=MONDAY - timedelta(days=365))
    admin_program("DELETE", f"schedules/{schedule['id']}")
    first, last = PlanHistory.objects.order_by("since")
    for row, since in ((first, MONDAY), (last, MONDAY + timedelta(hours=15))):
        PlanHistory.objects.filter(pk=row.pk).update(since=since)
    assert promised()[1:] == [("23 12:00", "25 00:00")]
    assert promised(schedule_id=schedule["id"]) == [("23 12:00", "23 15:00")]
    Camera.objects.update(removed_at=MONDAY + timedelta(hours=16))
    camera.refresh_from_db()
    assert promised()[-1] == ("23 12:00", "23 16:00")


def test_what_is_recorded_by_hand_is_promised(admin_program: Any, camera: Camera) -> None:
    made(admin_program, camera_ids=[str(camera.pk)], intervals=[SCHOOL | {"days": [3]}])
    Camera.objects.update(created_at=MONDAY - timedelta(days=2))
    PlanHistory.objects.update(since=MONDAY - timedelta(days=1))
    camera.refresh_from_db()
    camera.manuals.create(start=MONDAY, end=MONDAY + timedelta(hours=1), by="ana")
    camera.pauses.create(start=MONDAY, end=MONDAY + timedelta(minutes=5), by="ana")
    (spans,) = promises_of([camera], Span(MONDAY, MONDAY + timedelta(days=1))).values()
    assert spans == [Span(MONDAY, MONDAY + timedelta(hours=1))]


def test_plans_are_remembered_when_they_change_and_only_then(
    admin_program: Any, camera: Camera, site: Any
) -> None:
    def rows() -> int:
        return PlanHistory.objects.filter(camera=camera).count()

    remember_plans([camera.pk])
    change_site(SYSTEM, site.pk, site.name, "Europe/Madrid")
    assert rows() == 0
    schedule = made(admin_program, camera_ids=[str(camera.pk)])
    assert rows() == 1
    admin_program("PATCH", f"schedules/{schedule['id']}", {"intervals": [SCHOOL]})
    made(admin_program, name="Otro", purpose="analysis", camera_ids=[str(camera.pk)])
    assert rows() == 1
    change_site(SYSTEM, site.pk, site.name, "America/Guayaquil")
    assert rows() == 2
    assert camera.plans.latest("since").plan.plan["time_zone"] == "America/Guayaquil"


def test_the_newest_plan_counts_though_the_clock_was_set_back(
    admin_program: Any, camera: Camera
) -> None:
    schedule = made(admin_program, camera_ids=[str(camera.pk)])
    ahead = datetime.now(UTC) + timedelta(hours=1)
    PlanHistory.objects.update(since=ahead)
    admin_program("PATCH", f"schedules/{schedule['id']}", {"intervals": [SCHOOL | {"days": [3]}]})
    row = PlanHistory.objects.get()
    assert row.since == ahead
    assert row.plan.plan["schedules"][0]["intervals"][0]["days"] == [3]


def test_promises_of_many_cost_three_statements(
    admin_program: Any,
    admin: Asker,
    camera: Camera,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cameras = [camera, add_camera(admin, CameraFields("Otra", "rtsp://192.0.2.8/"))]
    made(admin_program, camera_ids=[str(each.pk) for each in cameras])
    later = MONDAY + timedelta(days=1)
    with django_assert_num_queries(3):
        one, other = promises_of(cameras, Span(MONDAY, later)).values()
    assert one == other == [Span(MONDAY + timedelta(hours=12), MONDAY + timedelta(hours=18))]


def test_viewers_change_no_schedule(viewer_program: Any, camera: Camera) -> None:
    for method, path, body in (
        ("POST", "schedules", {"name": "x", "intervals": [SCHOOL]}),
        ("PATCH", "schedules/1", {}),
        ("DELETE", "schedules/1", None),
        ("POST", "calendars", {"name": "x"}),
        ("PATCH", "calendars/1", {}),
        ("DELETE", "calendars/1", None),
        ("POST", "groups", {"name": "x"}),
        ("PATCH", "groups/1", {}),
        ("DELETE", "groups/1", None),
    ):
        assert viewer_program(method, path, body).status_code == 403
    for path in ("schedules", "calendars", "groups", "preview"):
        assert viewer_program("GET", path).status_code == 200
