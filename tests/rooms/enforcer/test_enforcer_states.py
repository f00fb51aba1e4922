"""What people are told of a camera, and what it costs to tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from sereno.accounts.queries import Asker
from sereno.enforcer.actions_running import record_states
from sereno.enforcer.models import RunnerState
from sereno.enforcer.queries import desired_of
from sereno.enforcer.queries_running import states_of
from sereno.enforcer.rules import Seen, shown
from sereno.policy.knobs import Manner
from sereno.policy.reasons import Reason
from sereno.sites.actions import (
    CameraFields,
    add_camera,
    change_camera,
    forget_memory,
    remove_camera,
)
from sereno.sites.models import Camera, Node
from sereno.sites.queries import cameras_of
from sereno.wire.orders import StreamOrder
from sereno.wire.reports import ReasonReport, StreamState, StreamStatus

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MADE = NOON - timedelta(hours=1)


def view(seen: Seen | None, *, has_node: bool = True, quiet_seconds: float | None = 1) -> object:
    last_seen = None if quiet_seconds is None else NOON - timedelta(seconds=quiet_seconds)
    return shown(seen, has_node=has_node, last_seen=last_seen, created_at=MADE, now=NOON)


def test_the_nodes_word_counts_while_it_is_heard() -> None:
    seen = Seen("waiting", NOON, Reason("refused"))
    found = view(seen)
    assert (found.state, found.since, found.reason) == ("waiting", NOON, Reason("refused"))


@pytest.mark.provokes("node_offline")
def test_a_silent_node_makes_its_cameras_offline() -> None:
    found = view(Seen("recording", MADE), quiet_seconds=50)
    assert (found.state, found.since) == ("node_offline", NOON - timedelta(seconds=30))
    assert view(None, quiet_seconds=None).since == MADE
    assert found.reason is not None
    assert found.reason.words().es.startswith("No se sabe nada del nodo")


@pytest.mark.provokes("silent")
def test_a_stream_that_its_node_tells_nothing_of_is_silent() -> None:
    due = NOON - timedelta(seconds=1)
    found = view(Seen("recording", MADE, expected_by=due))
    assert (found.state, found.since, found.reason) == ("silent", due, Reason("silent"))
    assert view(Seen("recording", MADE, expected_by=NOON + timedelta(seconds=1))).state != "silent"


@pytest.mark.provokes("not_assigned")
def test_a_camera_without_a_node_says_so() -> None:
    found = view(None, has_node=False)
    assert found.state == "not_assigned"
    assert found.reason is not None
    assert found.reason.words().en.startswith("No node runs this camera")


def test_before_the_nodes_first_word_a_camera_is_being_connected() -> None:
    assert view(None).state == "connecting"


def status(camera_id: object, **more: object) -> StreamStatus:
    basics = {"camera_id": camera_id, "stream": "main", "state": "recording", "since": MADE}
    return StreamStatus.model_validate(basics | more)


def test_states_are_kept_until_others_are_told(node: Node, camera: Camera) -> None:
    record_states(node, [status(camera.pk, pid=7, fps=25.0)], NOON)
    reason = ReasonReport(key="refused", params={"host": "cam", "port": "554"})
    record_states(
        node, [status(camera.pk, state="waiting", reason=reason)], NOON + timedelta(seconds=5)
    )
    kept = RunnerState.objects.get()
    assert (kept.state, kept.pid, kept.fps) == (StreamState.WAITING, None, 0)
    assert kept.reason == Reason("refused", {"host": "cam", "port": "554"})
    record_states(node, [], NOON + timedelta(seconds=10))
    assert RunnerState.objects.get() == kept, "only what changed is told"
    record_states(node, [], NOON + timedelta(seconds=10), is_whole=True)
    assert not RunnerState.objects.exists()


def test_what_a_node_tells_of_engine_and_sound_is_kept(node: Node, camera: Camera) -> None:
    leak = "rtsp://root:s3cr3t@192.0.2.7/x"
    told = status(
        camera.pk,
        engine="ffmpeg",
        engine_reason=ReasonReport(key="codec_unknown", params={"codec": "MJPEG"}, raw=leak),
        sound="mp4a.40.2",
        clock="rtcp",
        lost_packets=12,
        notices=[ReasonReport(key="sound_dropped", params={"codec": "Opus"}, raw=leak)],
    )
    record_states(node, [told], NOON)
    kept = RunnerState.objects.get()
    assert (kept.sound, kept.clock, kept.lost_packets) == ("mp4a.40.2", "rtcp", 12)
    assert kept.engine_reason["params"] == {"codec": "MJPEG"}
    assert [notice["key"] for notice in kept.notices] == ["sound_dropped"]
    assert "s3cr3t" not in str((kept.engine_reason, kept.notices))
    record_states(node, [status(camera.pk)], NOON)
    kept.refresh_from_db()
    assert (kept.engine_reason, kept.notices, kept.lost_packets) == (None, [], 0)


def test_a_node_speaks_of_its_own_cameras_only(admin: Asker, node: Node, camera: Camera) -> None:
    other = add_camera(admin, CameraFields("Otra", "rtsp://192.0.2.8/"))
    Camera.objects.filter(pk=other.pk).update(node=None)
    record_states(node, [status(other.pk), status(uuid4()), status(camera.pk)], NOON)
    assert [state.camera_id for state in RunnerState.objects.all()] == [camera.pk]


def test_secrets_in_what_a_node_says_are_masked(node: Node, camera: Camera) -> None:
    told = "ffmpeg -i rtsp://root:s3cr3t@192.0.2.7/x"
    reason = ReasonReport(key="refused", raw=told)
    record_states(node, [status(camera.pk, effective_args=told, reason=reason)], NOON)
    kept = RunnerState.objects.get()
    assert "s3cr3t" not in kept.effective_args + kept.reason_raw
    assert kept.effective_args == "ffmpeg -i rtsp://***@192.0.2.7/x"


def test_removed_cameras_are_no_longer_desired(admin: Asker, node: Node, camera: Camera) -> None:
    (order,) = desired_of(node)
    assert order.camera_id == camera.pk
    assert order.password.get_secret_value() == "s3cr3t-Pa55"
    (stream,) = order.streams
    assert stream == StreamOrder(stream="main", address="rtsp://192.0.2.7:554/main")
    assert (order.budget_bytes, order.retry_number) == (None, 0)
    remove_camera(admin, camera.pk)
    assert desired_of(node) == ()


def test_how_a_camera_is_recorded_travels_in_the_orders(
    admin: Asker, node: Node, camera: Camera
) -> None:
    manners = CameraFields(
        engine="native", transport="multicast", records_sound=False, budget_bytes=7, nice=-5,
        cpu_affinity=(1, 0),
    )  # fmt: skip
    change_camera(admin, camera.pk, manners)
    forget_memory(admin, camera.pk)
    (order,) = desired_of(node)
    assert (order.budget_bytes, order.retry_number) == (7, 1)
    assert order.manners[""].manner == Manner(
        engine="native", rtsp_transport="multicast", records_sound=False, nice=-5,
        cpu_affinity=(0, 1),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 20])
def test_a_list_of_any_length_costs_three_statements(
    admin: Asker, node: Node, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        add_camera(admin, CameraFields(f"Cámara {number}", f"rtsp://192.0.2.{number}/"))
    record_states(node, [status(each.pk) for each in cameras_of(admin)], NOON)
    with django_assert_num_queries(3):
        found = states_of(cameras_of(admin), NOON)
        assert all(each.camera.site.name and each.runner for each in found)
    assert len(found) == count
