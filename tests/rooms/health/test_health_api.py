"""What is wrong, from what nodes told, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sereno.accounts.queries import SYSTEM, Asker
from sereno.box.certificate import ends_at, ensure_certificate
from sereno.box.paths import DataDir
from sereno.box.settings import load_settings
from sereno.coverage.models import BrokenPromise
from sereno.enforcer.actions_running import record_states
from sereno.footage.actions import take_reports
from sereno.health import queries_hub
from sereno.health.actions import notice_problems
from sereno.health.models import Noticed
from sereno.health.queries import problems_now
from sereno.sites.actions import CameraFields, add_camera
from sereno.sites.models import Camera, Node
from sereno.wire.reports import (
    DamagedSpan,
    Horizon,
    ReasonReport,
    Reports,
    RunReport,
    StreamStatus,
)

REFUSED = ReasonReport(key="refused", params={"host": "192.0.2.7", "port": "554"}, raw="errno 111")
VOLUME = {
    **{"volume_id": str(uuid4()), "path": "/mnt/a", "state": "ok", "total_bytes": 10**12},
    **{"free_bytes": 10**11, "footage_bytes": 8 * 10**11, "budget_bytes": None},
}


@pytest.fixture
def heard(node: Node) -> Node:
    """Node and worker are heard of, however slow the test is, and all of it is well."""
    now, later = timezone.now(), timezone.now() + timedelta(minutes=5)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [later])
    well = {"last_seen": later, "started_at": now, "is_clock_synchronised": True}
    Node.objects.filter(pk=node.pk).update(
        clock_offset_seconds=0.1, version="0.1.0", volumes=[VOLUME], **well
    )
    return node


def tell(node: Node, camera: Camera, state: str, reason: ReasonReport | None = None) -> None:
    now = timezone.now()
    basics = {"camera_id": camera.pk, "stream": "main", "state": state, "since": now}
    later = now + timedelta(minutes=5)  # it is not silent, however slow the test is
    record_states(node, [StreamStatus.model_validate({**basics, "reason": reason})], later)


def test_all_is_well(heard: Node, camera: Camera, viewer_program: Any) -> None:
    tell(heard, camera, "recording")
    answer = viewer_program("GET", "health")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["is_well"], found["problems"]) == (True, [])
    assert datetime.fromisoformat(found["checked_at"]).tzinfo is not None


def test_a_failing_camera_is_told_whole(heard: Node, camera: Camera, viewer_program: Any) -> None:
    tell(heard, camera, "waiting", REFUSED)
    found = viewer_program("GET", "health").json()
    assert not found["is_well"]
    (problem,) = found["problems"]
    assert problem["severity"] == "serious"
    assert problem["subject"]["name"] == problem["cameras"][0]["name"] == "Patio"
    assert problem["concerns"] == 1
    assert problem["site"]["name"] == "Escuela Central"
    assert "192.0.2.7 answers" in problem["words"]["en"]
    assert "192.0.2.7 responde" in problem["words"]["es"]
    assert problem["advice"]["en"].startswith("Check the port")
    assert (problem["raw"], problem["link"]) == ("errno 111", f"/cameras/{camera.pk}")


def test_a_stranger_is_told_nothing(stranger: Any) -> None:
    assert stranger("GET", "health").status_code == 401
    assert stranger("GET", "alive").json() == {"version": "0.1.0"}


def test_it_costs_the_same_for_many_cameras(
    heard: Node, camera: Camera, admin: Asker, viewer_program: Any
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert viewer_program("GET", "health").status_code == 200
        return len(queries)

    tell(heard, camera, "waiting", REFUSED)
    before = asked()
    for number in range(5):
        more = add_camera(admin, CameraFields(f"Aula {number}", f"rtsp://192.0.2.{number}/main"))
        tell(heard, more, "waiting", REFUSED)
    assert asked() == before
    assert len(viewer_program("GET", "health").json()["problems"]) == 1, "nobody reaches any"


def test_damage_of_the_last_hour_counts_and_older_does_not(heard: Node, camera: Camera) -> None:
    now = timezone.now()
    damage = tuple(
        DamagedSpan(start=now - timedelta(minutes=start), end=now - timedelta(minutes=end))
        for start, end in ((90, 58), (30, 29))
    )
    run = RunReport(
        run_id=uuid4(), revision=1, camera_id=camera.pk, stream="main", is_open=True,
        start=now - timedelta(hours=2), end=now, segment_count=1, size_bytes=1,
        damaged_seconds=33 * 60.0, damage=damage,
    )  # fmt: skip
    horizon = Horizon(camera_id=camera.pk, stream="main", reported_through=now)
    take_reports(heard, Reports(runs=(run,), horizons=(horizon,)), now)
    tell(heard, camera, "recording")
    (found,) = problems_now(SYSTEM, now)
    assert found.key == "losses"
    assert "5 %" in found.words.en, "two minutes before the hour's end and one in it"


def test_an_alarm_tells_since_when(heard: Node, camera: Camera) -> None:
    began = timezone.now() - timedelta(hours=3)
    BrokenPromise.objects.create(camera=camera, since=began, noticed_at=began, reason_key="refused")
    tell(heard, camera, "waiting", REFUSED)
    (found,) = problems_now(SYSTEM, timezone.now())
    assert found.since == began


def test_since_is_remembered_until_it_is_well_again(heard: Node) -> None:
    now = timezone.now()
    Node.objects.update(clock_offset_seconds=9.0)
    notice_problems(now)
    notice_problems(now + timedelta(seconds=10))
    (found,) = problems_now(SYSTEM, now + timedelta(seconds=15))
    assert found.since == now
    Node.objects.update(clock_offset_seconds=0.0)
    notice_problems(now + timedelta(seconds=15))
    assert not Noticed.objects.exists()


def test_a_worker_that_was_never_heard_gets_its_time(
    heard: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    monkeypatch.setattr(queries_hub, "_STARTED_AT", now - timedelta(seconds=50))
    assert problems_now(SYSTEM, now) == []
    monkeypatch.setattr(queries_hub, "_STARTED_AT", now - timedelta(seconds=70))
    (found,) = problems_now(SYSTEM, now)
    assert found.key == "worker_away"
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [now])
    assert problems_now(SYSTEM, now) == []


def test_secrets_that_others_may_read_are_named(heard: Node) -> None:
    data: DataDir = settings.BOX.data_dir
    modes = {path: path.stat().st_mode for path in (data.root, data.secrets, data.fernet_key)}
    try:
        data.fernet_key.chmod(0o640)
        assert problems_now(SYSTEM, timezone.now()) == [], "the folder keeps them out"
        data.root.chmod(0o750)
        data.secrets.chmod(0o750)
        (found,) = problems_now(SYSTEM, timezone.now())
        assert found.key == "secrets_open"
        assert "fernet.key" in found.words.es
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def test_the_end_of_a_certificate_is_read_from_it(tmp_path: Path) -> None:
    here = load_settings(tmp_path / "none", data=tmp_path, listen="0.0.0.0")  # noqa: S104
    assert ends_at(here) is None
    here.data_dir.prepare()
    now = datetime.now(UTC)
    ensure_certificate(here, now)
    found = ends_at(here)
    assert found is not None
    assert timedelta(days=820) < found - now < timedelta(days=830)
    assert ends_at(load_settings(tmp_path / "none", data=tmp_path)) is None, "no HTTPS"
