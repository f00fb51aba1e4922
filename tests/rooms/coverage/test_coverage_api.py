"""Reports and alarms over HTTP, from what nodes reported."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sereno.accounts.queries import SYSTEM
from sereno.base.spans import Span
from sereno.coverage.actions import judge_promises
from sereno.coverage.models import BrokenPromise
from sereno.coverage.queries import report_of
from sereno.enforcer.actions_schedules import make_schedule
from sereno.enforcer.models import ManualRecording, PlanHistory
from sereno.enforcer.rules_schedules import IntervalSaid, ScheduleSaid
from sereno.footage.actions import take_reports
from sereno.sites.actions import (
    CameraFields,
    add_camera,
    create_enrolment_code,
    enrol_node,
    remove_camera,
)
from sereno.sites.models import Camera, Node
from sereno.wire.reports import AbsenceReport, Horizon, ReasonReport, Reports, RunReport

DAY = datetime(2026, 11, 3, tzinfo=UTC)
AFTER = timedelta(seconds=30)
REFUSED = ReasonReport(key="refused", params={"host": "cam", "port": "554"})


def at(minute: float) -> datetime:
    return DAY + timedelta(minutes=minute)


def run(camera: Camera, start: float, end: float) -> RunReport:
    return RunReport(
        run_id=uuid4(),
        revision=1,
        camera_id=camera.pk,
        stream="main",
        start=at(start),
        end=at(end),
        is_open=False,
        end_reason=REFUSED,
        segment_count=1,
        size_bytes=1000,
    )


def absence(camera: Camera, start: float, end: float, key: str) -> AbsenceReport:
    return AbsenceReport(
        absence_id=uuid4(),
        revision=1,
        camera_id=camera.pk,
        stream="main",
        start=at(start),
        end=at(end),
        is_open=False,
        reason=ReasonReport(key=key),
    )


def tell(node: Node, *items: RunReport | AbsenceReport, camera: Camera, through: float) -> None:
    reports = Reports(
        runs=tuple(item for item in items if isinstance(item, RunReport)),
        absences=tuple(item for item in items if isinstance(item, AbsenceReport)),
        horizons=(Horizon(camera_id=camera.pk, stream="main", reported_through=at(through)),),
    )
    take_reports(node, reports, at(through))


def since_midnight(camera: Camera) -> Camera:
    Camera.objects.filter(pk=camera.pk).update(created_at=DAY)
    return Camera.objects.select_related("site", "node").get(pk=camera.pk)


@pytest.fixture
def patio(camera: Camera) -> Camera:
    return since_midnight(camera)


@pytest.fixture
def aula(patio: Camera) -> Camera:
    return since_midnight(add_camera(SYSTEM, CameraFields("Aula", "rtsp://192.0.2.8/")))


def coverage(program: Any, **more: object) -> Any:
    asked = {"from": at(0).isoformat(), "to": at(60).isoformat(), **more}
    return program("GET", f"coverage?{urlencode(asked, doseq=True)}")


def test_a_report_tells_what_was_recorded_and_why_the_rest_is_missing(
    node: Node, patio: Camera, aula: Camera, viewer_program: Any
) -> None:
    tell(node, run(patio, 0, 45), absence(patio, 45, 51, "paused"), camera=patio, through=60)
    tell(node, run(aula, 0, 30), camera=aula, through=30)
    told = coverage(viewer_program).json()
    assert (told["promised_seconds"], told["covered_seconds"]) == (7200, 4500)
    assert told["unreported_seconds"] == 1800
    assert told["percent"] == pytest.approx(100 * 4500 / 5400)
    assert [(cause["key"], cause["seconds"]) for cause in told["causes"]] == [
        ("refused", 540),
        ("paused", 360),
    ]
    assert told["causes"][0]["es"]
    by_name = {each["camera"]: each for each in told["cameras"]}
    assert list(by_name) == ["Aula", "Patio"]
    assert (by_name["Aula"]["percent"], by_name["Patio"]["percent"]) == (100, 75)
    only = coverage(viewer_program, camera_id=[str(aula.pk)]).json()
    assert (only["percent"], len(only["cameras"])) == (100, 1)


def test_a_report_for_a_spreadsheet_speaks_ones_language(
    node: Node, patio: Camera, viewer_program: Any
) -> None:
    tell(node, run(patio, 0, 45), camera=patio, through=60)
    asked = urlencode({"from": at(0).isoformat(), "to": at(60).isoformat(), "format": "csv"})
    answer = viewer_program("GET", f"coverage?{asked}", **{"accept-language": "es-EC"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    header, row, whole = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert header[:2] == ["Sitio", "Cámara"]
    assert row[:2] == ["Escuela Central", "Patio"]
    assert row[4:] == whole[4:] == ["3600", "2700", "75.000", "0", "900"]
    english = coverage(viewer_program, format="csv").content.decode("utf-8-sig")
    assert english.startswith("Site,Camera,")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"to": at(-1).isoformat()}, "to"),
        ({"to": at(60 * 24 * 40).isoformat()}, "to"),
        ({"format": "pdf"}, "format"),
        ({"from": "yesterday"}, "from"),
        ({"from": "0001-01-01T00:00:00+14:00", "to": "0001-01-02T00:00:00+14:00"}, "from"),
    ],
)
def test_bad_questions_are_refused_by_field(
    viewer_program: Any, patio: Camera, more: dict[str, object], field: str
) -> None:
    answer = coverage(viewer_program, **more)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field


def test_a_camera_that_is_not_there_is_not_found(viewer_program: Any, patio: Camera) -> None:
    assert coverage(viewer_program, camera_id=[str(uuid4())]).status_code == 404
    assert coverage(viewer_program, group_id=7).status_code == 404


def test_strangers_learn_nothing(stranger: Any) -> None:
    assert coverage(stranger).status_code == stranger("GET", "alarms").status_code == 401


@pytest.mark.parametrize("count", [1, 12])
def test_a_report_of_any_number_costs_the_same_statements(node: Node, count: int) -> None:
    for number in range(count):
        add_camera(SYSTEM, CameraFields(f"Cámara {number}", f"rtsp://192.0.2.{number}/"))
    Camera.objects.update(created_at=DAY)
    cameras = list(Camera.objects.select_related("site"))
    for camera in cameras:
        tell(node, run(camera, 0, 45), camera=camera, through=60)
    with CaptureQueriesContext(connection) as asked:
        report = report_of(cameras, Span(at(10), at(60)), at(70))
    assert report.whole.percent == pytest.approx(70)
    assert len(asked) == 6


def test_a_timeline_tells_what_was_promised(node: Node, patio: Camera, viewer_program: Any) -> None:
    tell(node, run(patio, 0, 45), camera=patio, through=60)
    asked = urlencode({"from": at(-60).isoformat(), "to": at(60).isoformat()})
    told = viewer_program("GET", f"cameras/{patio.pk}/timeline?{asked}").json()
    assert told["promised"] == [{"from": "2026-11-03T00:00:00Z", "to": "2026-11-03T01:00:00Z"}]
    assert told["manual"] == []
    assert [gap["from"] for gap in told["gaps"]] == ["2026-11-03T00:45:00Z"]


def test_a_timeline_tells_who_has_each_piece_and_what_each_gap_is_about(
    node: Node, patio: Camera, viewer_program: Any
) -> None:
    code = create_enrolment_code(SYSTEM, patio.site)
    other, _ = enrol_node(code, "Almacén", "")
    paused = absence(patio, 20, 25, "paused")
    gone = absence(patio, 0, 5, "removed_for_space")
    tell(node, gone, run(patio, 5, 10), run(patio, 10, 20), paused, camera=patio, through=25)
    tell(other, run(patio, 25, 40), absence(patio, 45, 50, "of_tomorrow"), camera=patio, through=60)
    asked = urlencode({"from": at(0).isoformat(), "to": at(60).isoformat()})
    told = viewer_program("GET", f"cameras/{patio.pk}/timeline?{asked}").json()
    assert [(piece["node_id"], piece["node"], piece["to"]) for piece in told["covered"]] == [
        (str(node.pk), node.name, "2026-11-03T00:20:00Z"),
        (str(other.pk), "Almacén", "2026-11-03T00:40:00Z"),
    ]
    assert [(gap["kind"], gap["reason"]["key"]) for gap in told["gaps"]] == [
        ("removed", "removed_for_space"),
        ("asked", "paused"),
        ("network", "refused"),
        ("unexplained", "of_tomorrow"),
        ("network", "refused"),
    ]


def alarms(program: Any) -> list[tuple[str, str, str | None]]:
    return [
        (alarm["since"], alarm["reason"]["key"], alarm["ended_at"])
        for alarm in program("GET", "alarms").json()
    ]


def test_an_alarm_comes_from_the_ledger_and_goes_when_footage_is_back(
    node: Node, patio: Camera, viewer_program: Any
) -> None:
    tell(node, run(patio, 0, 10), camera=patio, through=10)
    assert judge_promises(at(10), AFTER)
    tell(node, camera=patio, through=10.4)
    judge_promises(at(10.4), AFTER)
    assert alarms(viewer_program) == []
    tell(node, camera=patio, through=10.6)
    judge_promises(at(10.6), AFTER)
    since = "2026-11-03T00:10:00Z"
    assert alarms(viewer_program) == [(since, "refused", None)]
    tell(node, absence(patio, 11, 12, "auth_refused"), camera=patio, through=12)
    judge_promises(at(12), AFTER)
    judge_promises(at(13), AFTER)
    assert alarms(viewer_program) == [(since, "auth_refused", None)], "what keeps it broken now"
    back = (absence(patio, 12, 14, "auth_refused"), run(patio, 14, 20))
    tell(node, *back, camera=patio, through=20)
    judge_promises(at(20), AFTER)
    assert alarms(viewer_program) == [(since, "auth_refused", "2026-11-03T00:14:00Z")]


def test_what_is_not_reported_is_no_alarm_and_is_judged_when_it_is(
    node: Node, patio: Camera, viewer_program: Any
) -> None:
    tell(node, run(patio, 0, 10), camera=patio, through=10)
    judge_promises(at(10), AFTER)
    judge_promises(at(200), AFTER)
    assert alarms(viewer_program) == []
    tell(node, run(patio, 30, 200), camera=patio, through=200)
    judge_promises(at(200), AFTER)
    told = ("2026-11-03T00:10:00Z", "refused", "2026-11-03T00:30:00Z")
    assert alarms(viewer_program) == [told]


def test_a_pause_and_a_removal_raise_no_alarm(
    node: Node, patio: Camera, aula: Camera, viewer_program: Any
) -> None:
    tell(node, run(patio, 0, 10), absence(patio, 10, 20, "paused"), camera=patio, through=20)
    judge_promises(at(20), AFTER)
    assert alarms(viewer_program) == []
    tell(node, run(aula, 0, 10), camera=aula, through=20)
    judge_promises(at(20), AFTER)
    assert BrokenPromise.objects.get().ended_at is None
    remove_camera(SYSTEM, aula.pk)
    judge_promises(at(21), AFTER)
    assert BrokenPromise.objects.get().ended_at == at(21)
    assert alarms(viewer_program) == []


@pytest.mark.provokes("order_heard_late")
def test_the_moments_before_a_node_heard_of_an_order_have_their_true_cause(
    node: Node, patio: Camera, viewer_program: Any
) -> None:
    nights = IntervalSaid("20:00", "21:00")
    patios = frozenset([patio.pk])
    make_schedule(SYSTEM, ScheduleSaid("Noches", intervals=(nights,), camera_ids=patios))
    PlanHistory.objects.update(since=DAY)
    ManualRecording.objects.create(camera=patio, start=at(30), end=at(50), by="ana")
    items = absence(patio, 0, 31, "not_scheduled"), run(patio, 31, 50)
    tell(node, *items, absence(patio, 50, 60, "not_scheduled"), camera=patio, through=60)
    asked = urlencode({"from": at(0).isoformat(), "to": at(60).isoformat()})
    told = viewer_program("GET", f"cameras/{patio.pk}/timeline?{asked}").json()
    (gap,) = told["gaps"]
    assert (gap["from"], gap["to"]) == ("2026-11-03T00:30:00Z", "2026-11-03T00:31:00Z")
    assert gap["reason"]["key"] == "order_heard_late"
    assert "2026-11-02 19:30:00" in gap["reason"]["en"], "by the site's clock"
    assert "60.0 s" in gap["reason"]["es"]
    (cause,) = coverage(viewer_program).json()["causes"]
    assert (cause["key"], cause["seconds"]) == ("order_heard_late", 60)
    assert judge_promises(at(40), AFTER)
    assert BrokenPromise.objects.get().reason_key == "order_heard_late"
