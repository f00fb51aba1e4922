"""Reports in any order, any number of times, tell the same story."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sereno.accounts.queries import SYSTEM, Asker
from sereno.base.errors import Invalid, NotFound
from sereno.base.spans import Span
from sereno.coverage.queries import timeline_of
from sereno.footage.actions import take_reports
from sereno.footage.models import Absence, CoverageRun
from sereno.footage.models import Horizon as HorizonRow
from sereno.footage.queries import days_with_footage
from sereno.footage.rules import window_of
from sereno.sites import actions
from sereno.sites.models import Camera, Node
from sereno.wire.reports import (
    MOST_DAMAGED_SPANS,
    AbsenceReport,
    DamagedSpan,
    Horizon,
    ReasonReport,
    Reports,
    RunReport,
)

DAY = datetime(2026, 11, 3, tzinfo=UTC)


def at(minute: float) -> datetime:
    return DAY + timedelta(minutes=minute)


def run(
    camera: Camera, start: float, end: float, *, why: str = "", revision: int = 1, run_id: int = 0
) -> RunReport:
    return RunReport(
        run_id=UUID(int=run_id) if run_id else uuid4(),
        revision=revision,
        camera_id=camera.pk,
        stream="main",
        start=at(start),
        end=at(end),
        is_open=not why,
        end_reason=ReasonReport(key=why, params={"host": "cam"}) if why else None,
        segment_count=1,
        size_bytes=1000,
    )


def absence(camera: Camera, start: float, end: float, why: str) -> AbsenceReport:
    return AbsenceReport(
        absence_id=uuid4(),
        revision=1,
        camera_id=camera.pk,
        stream="main",
        start=at(start),
        end=at(end),
        is_open=False,
        reason=ReasonReport(key=why),
    )


def horizon(camera: Camera, minute: float) -> Horizon:
    return Horizon(camera_id=camera.pk, stream="main", reported_through=at(minute))


@pytest.fixture
def promised(camera: Camera) -> Camera:
    """A camera that was promised from the day's tenth minute on."""
    camera.created_at = at(10)
    camera.save()
    return camera


def take(node: Node, *, now: float = 200, **items: object) -> None:
    take_reports(node, Reports.model_validate(items), at(now))


def told(camera: Camera, start: float = 0, end: float = 120, now: float = 200) -> dict[str, object]:
    """A timeline in minutes."""
    found = timeline_of(camera, Span(at(start), at(end)), at(now))

    def minutes(span: Span) -> tuple[float, float]:
        return tuple((moment - DAY).total_seconds() / 60 for moment in (span.start, span.end))

    return {
        "covered": [minutes(span) for span in found.timeline.covered],
        "gaps": [(*minutes(gap.span), gap.reason.key) for gap in found.timeline.gaps],
        "unreported": [minutes(span) for span in found.timeline.unreported],
        "open": [minutes(piece.span)[1] for piece in found.stretches if piece.is_open],
    }


def test_nothing_reported_is_neither_footage_nor_gap(promised: Camera) -> None:
    assert told(promised) == {
        "covered": [],
        "gaps": [],
        "unreported": [(10, 120)],
        "open": [],
    }


@pytest.mark.provokes("order_on_its_way")
def test_until_the_node_first_spoke_of_it_the_order_was_on_its_way(
    node: Node, promised: Camera
) -> None:
    take(
        node,
        runs=[run(promised, 40, 60, why="refused")],
        absences=[absence(promised, 30, 40, "connecting")],
        horizons=[horizon(promised, 90)],
    )
    waiting, connecting = (10, 30, "order_on_its_way"), (30, 40, "connecting")
    assert told(promised)["gaps"] == [waiting, connecting, (60, 90, "refused")]
    later = told(promised, start=70)["gaps"]
    assert later == [(70, 90, "refused")], "also where the first word lies before the window"


def test_every_promised_minute_is_footage_gap_or_unreported(node: Node, promised: Camera) -> None:
    take(
        node,
        runs=[run(promised, 15, 30, why="refused"), run(promised, 60, 90)],
        absences=[absence(promised, 10, 15, "connecting"), absence(promised, 40, 50, "timed_out")],
        horizons=[horizon(promised, 90)],
    )
    assert told(promised) == {
        "covered": [(15, 30), (60, 90)],
        "gaps": [
            (10, 15, "connecting"),
            (30, 40, "refused"),
            (40, 50, "timed_out"),
            (50, 60, "refused"),
        ],
        "unreported": [(90, 120)],
        "open": [90],
    }


def test_the_run_before_the_window_explains_the_gap_at_its_start(
    node: Node, promised: Camera
) -> None:
    take(
        node,
        runs=[run(promised, 10, 20, why="no_picture"), run(promised, 25, 30, why="refused")],
        horizons=[horizon(promised, 120)],
    )
    assert told(promised, 40, 60)["gaps"] == [(40, 60, "refused")]


def test_the_future_is_not_told(node: Node, promised: Camera) -> None:
    take(node, runs=[run(promised, 10, 30)], horizons=[horizon(promised, 30)])
    assert told(promised, now=40)["unreported"] == [(30, 40)]
    assert told(promised, 50, 60, now=40)["unreported"] == []


def test_a_removed_camera_is_promised_until_its_removal(node: Node, promised: Camera) -> None:
    actions.remove_camera(SYSTEM, promised.pk, at(50))
    promised.refresh_from_db()
    take(node, runs=[run(promised, 10, 40)], horizons=[horizon(promised, 100)])
    assert told(promised)["gaps"] == [(40, 50, "unexplained")]


def test_a_horizon_never_goes_back_nor_into_the_future(node: Node, promised: Camera) -> None:
    take(node, horizons=[horizon(promised, 60)])
    take(node, horizons=[horizon(promised, 30)])
    assert HorizonRow.objects.get().reported_through == at(60)
    take(node, horizons=[horizon(promised, 9999)], now=70)
    assert HorizonRow.objects.get().reported_through == at(70)


def test_an_older_revision_never_overwrites(node: Node, promised: Camera) -> None:
    newer = run(promised, 10, 40, why="refused", revision=3, run_id=7)
    older = run(promised, 10, 20, revision=2, run_id=7)
    for batch in ([newer], [older], [older, newer], [newer, older]):
        take(node, runs=batch)
        kept = CoverageRun.objects.get()
        assert (kept.revision, kept.covered.end, kept.is_open) == (3, at(40), False)
        assert kept.end_reason is not None
        assert kept.end_reason.params == {"host": "cam"}


def test_what_covers_no_time_is_not_footage(node: Node, promised: Camera) -> None:
    nothing = absence(promised, 30, 30, "refused")
    take(node, runs=[run(promised, 10, 10), run(promised, 20, 15)], absences=[nothing])
    take(node, horizons=[horizon(promised, 120)])
    found = told(promised)
    assert (found["covered"], found["open"]) == ([], [])
    assert days_with_footage(promised, date(2026, 11, 1), date(2026, 11, 30)) == []
    assert not Absence.objects.exists()


def test_oldest_footage_removed_for_space_leaves_a_gap_that_says_so(
    node: Node, promised: Camera
) -> None:
    first = run(promised, 10, 40, why="refused", revision=4, run_id=1)
    second = run(promised, 50, 90, revision=2, run_id=2)
    take(node, runs=[first, second], horizons=[horizon(promised, 90)])
    gone = absence(promised, 10, 25, "removed_for_space")
    later = run(promised, 25, 40, why="refused", revision=5, run_id=1)
    take(node, runs=[later], absences=[gone])
    take(node, runs=[first])
    assert told(promised) == {
        "covered": [(25, 40), (50, 90)],
        "gaps": [(10, 25, "removed_for_space"), (40, 50, "refused")],
        "unreported": [(90, 120)],
        "open": [90],
    }
    all_gone = gone.model_copy(update={"end": at(40), "revision": 2})
    vanished = run(promised, 40, 40, why="refused", revision=6, run_id=1)
    take(node, runs=[vanished], absences=[all_gone])
    take(node, runs=[later, first])
    assert told(promised) == {
        "covered": [(50, 90)],
        "gaps": [(10, 40, "removed_for_space"), (40, 50, "refused")],
        "unreported": [(90, 120)],
        "open": [90],
    }
    assert told(promised, start=45)["gaps"] == [(45, 50, "refused")]


def test_coverage_tells_clock_and_damage(node: Node, promised: Camera) -> None:
    def detailed(start: float, end: float, **facts: object) -> RunReport:
        return run(promised, start, end, why="format_changed").model_copy(update=facts)

    take(
        node,
        runs=[
            detailed(10, 20, clock="rtcp", sound="mp4a.40.2"),
            detailed(20, 30, clock="rtcp"),
            detailed(25, 40, clock="rtcp", damaged_seconds=2.5, engine="ffmpeg"),
            detailed(40, 50),
            run(promised, 50, 60),
        ],
    )
    found = timeline_of(promised, Span(at(15), at(55)), at(200)).stretches
    kept = [
        ((piece.span.start - DAY).seconds / 60, (piece.span.end - DAY).seconds / 60, piece.clock,
         piece.damaged_seconds, piece.is_open)
        for piece in found
    ]  # fmt: skip
    assert kept == [
        (15, 30, "rtcp", 0, False),
        (30, 40, "rtcp", 2.5, False),
        (40, 55, "arrival", 0, False),
    ]
    stored = CoverageRun.objects.get(damaged_seconds=2.5)
    assert (stored.engine, stored.sound) == ("ffmpeg", "")


def damage(*ends: tuple[float, float]) -> tuple[DamagedSpan, ...]:
    return tuple(DamagedSpan(start=at(start), end=at(end)) for start, end in ends)


def test_damage_stands_where_it_is(node: Node, promised: Camera) -> None:
    told_by_node = damage((30, 31), (12, 13), (30.5, 32), (5, 11), (38, 99), (20, 20), (25, 24))
    hurt = run(promised, 10, 40, revision=1, run_id=1)
    hurt = hurt.model_copy(update={"damage": told_by_node, "damaged_seconds": 300.0})
    take(node, runs=[hurt, run(promised, 35, 50, run_id=2)])

    def damaged(start: float, end: float) -> list[tuple[float, float, float]]:
        found = timeline_of(promised, Span(at(start), at(end)), at(200)).stretches
        return [
            ((piece.span.start - DAY).seconds / 60, (piece.span.end - DAY).seconds / 60,
             piece.damaged_seconds / 60)
            for piece in found
        ]  # fmt: skip

    assert damaged(0, 60) == [
        (10, 11, 1), (11, 12, 0), (12, 13, 1), (13, 30, 0), (30, 32, 2), (32, 38, 0), (38, 40, 2),
        (40, 50, 0),
    ]  # fmt: skip
    assert damaged(31, 33) == [(31, 32, 1), (32, 33, 0)]
    assert told(promised)["open"] == [40, 50]
    later = hurt.model_copy(update={"start": at(31), "revision": 2})
    take(node, runs=[later])
    take(node, runs=[hurt])
    assert damaged(0, 60) == [(31, 32, 1), (32, 38, 0), (38, 40, 2), (40, 50, 0)]
    healed = later.model_copy(update={"damage": (), "damaged_seconds": 0.0, "revision": 3})
    take(node, runs=[healed])
    assert damaged(0, 60) == [(31, 50, 0)]


def test_a_run_tells_its_damage_in_few_parts(promised: Camera) -> None:
    parts = damage(*((minute, minute + 0.5) for minute in range(MOST_DAMAGED_SPANS + 1)))
    with pytest.raises(ValidationError, match="at most 200"):
        RunReport.model_validate({**run(promised, 0, 500).model_dump(), "damage": parts})


def test_a_batch_with_a_foreign_camera_is_refused_whole(
    node: Node, promised: Camera, admin: Asker
) -> None:
    elsewhere = actions.make_site(SYSTEM, "Otra escuela", "Europe/Madrid")
    stranger, _ = actions.enrol_node(actions.create_enrolment_code(SYSTEM, elsewhere), "otro", "")
    batch = {"runs": [run(promised, 10, 20)]}
    with pytest.raises(NotFound) as refused:
        take(stranger, **batch)
    assert refused.value.key == "not_your_camera"
    own = actions.add_camera(admin, actions.CameraFields("Otra", "rtsp://192.0.2.9/"), elsewhere)
    with pytest.raises(NotFound):
        take(stranger, runs=[run(own, 10, 20), run(promised, 10, 20)])
    assert not CoverageRun.objects.exists()
    take(stranger, runs=[run(own, 10, 20, run_id=5)])
    take(node, runs=[run(promised, 10, 60, run_id=5, revision=9)])
    assert CoverageRun.objects.get().camera == own


def test_a_removed_cameras_last_reports_are_taken(node: Node, promised: Camera) -> None:
    actions.remove_camera(SYSTEM, promised.pk)
    take(node, runs=[run(promised, 10, 20)], absences=[absence(promised, 20, 30, "stopped")])
    assert CoverageRun.objects.count() == Absence.objects.count() == 1


@given(data=st.data())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_order_and_repetition_tells_the_same(
    node: Node, promised: Camera, data: st.DataObject
) -> None:
    growing = [run(promised, 20, 20 + 5 * n, revision=n, run_id=1) for n in range(1, 6)]
    ended = run(promised, 20, 50, why="camera_closed", revision=6, run_id=1)
    others = [run(promised, 55, 70, why="refused", run_id=2), run(promised, 65, 80, run_id=3)]
    missing = [absence(promised, 10, 20, "connecting"), absence(promised, 50, 55, "timed_out")]
    pieces = [
        *({"runs": [item]} for item in (*growing, ended, *others)),
        *({"absences": [item]} for item in missing),
        *({"horizons": [horizon(promised, minute)]} for minute in (30, 60, 90)),
    ]
    CoverageRun.objects.all().delete()
    Absence.objects.all().delete()
    HorizonRow.objects.all().delete()
    shuffled = data.draw(st.permutations(pieces))
    again = data.draw(st.lists(st.sampled_from(pieces), max_size=6))
    for piece in (*shuffled, *again):
        take(node, **piece)
    assert told(promised) == {
        "covered": [(20, 50), (55, 80)],
        "gaps": [(10, 20, "connecting"), (50, 55, "timed_out"), (80, 90, "refused")],
        "unreported": [(90, 120)],
        "open": [80],
    }


def test_days_are_the_sites_days(node: Node, promised: Camera) -> None:
    # 04:30 to 05:30 UTC is the evening of the second and the start of the third in Guayaquil.
    take(node, runs=[run(promised, 270, 330, why="stopped")], now=400)
    found = days_with_footage(promised, date(2026, 11, 1), date(2026, 11, 30))
    assert [day.day for day in found] == [2, 3]


@pytest.mark.parametrize(("hours", "month", "day"), [(23, 3, 29), (25, 10, 25)])
def test_a_day_has_as_many_hours_as_the_site_says(
    node: Node, promised: Camera, hours: int, month: int, day: int
) -> None:
    """On 29 March 2026 Madrid's day lasts 23 hours, on 25 October 25."""
    actions.change_site(SYSTEM, promised.site_id, "Madrid", "Europe/Madrid")
    promised.refresh_from_db()
    midnight = datetime(2026, month, day, tzinfo=ZoneInfo("Europe/Madrid")).astimezone(UTC)
    start = (midnight - DAY).total_seconds() / 60
    take(node, runs=[run(promised, start, start + hours * 60, why="stopped")], now=start + 9999)
    found = days_with_footage(promised, date(2026, month, 1), date(2026, month, 31))
    assert found == [date(2026, month, day)]


def test_windows_are_at_most_31_days() -> None:
    assert window_of(DAY, DAY + timedelta(days=31))
    for end in (DAY, DAY - timedelta(days=1), DAY + timedelta(days=31, microseconds=1)):
        with pytest.raises(Invalid) as refused:
            window_of(DAY, end)
        assert refused.value.field == "to"
