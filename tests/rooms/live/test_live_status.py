"""Changes of states: told once each, in order, to who may hear them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from sereno.accounts.queries import Asker
from sereno.base.errors import Forbidden
from sereno.enforcer.actions_running import record_states
from sereno.live import actions_status, queries_status
from sereno.live.actions_status import forget_told, tell_news, tell_states
from sereno.live.models import StatusEvent, ToldState
from sereno.live.queries_status import Everything, News, news_after
from sereno.live.rules_status import Told, events_between, next_told
from sereno.sites.actions import CameraFields, add_camera, change_camera, remove_camera
from sereno.sites.models import Camera, Node
from sereno.wire.reports import StreamStatus

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
REFUSED = {"key": "refused", "params": {"host": "cam", "port": "554"}, "raw": "ECONNREFUSED"}


def story(*states: str, stream: str = "main") -> list[list[str]]:
    """What is told as a stream goes through `states`."""
    before, told = None, []
    for state in states:
        after = next_told(before, stream, state, f"{state} why")
        told.append(list(events_between(before, after)))
        before = after
    return told


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["recording"], [["camera_online", "stream_started"]]),
        (["connecting", "recording"], [[], ["camera_online", "stream_started"]]),
        (["waiting"], [["stream_error", "camera_offline"]]),
        (
            ["recording", "waiting", "connecting", "waiting", "recording"],
            [
                ["camera_online", "stream_started"],
                ["stream_error", "camera_offline"],
                [],
                ["stream_error"],
                ["camera_online", "stream_started"],
            ],
        ),
        (
            ["recording", "paused", "connecting", "recording"],
            [
                ["camera_online", "stream_started"],
                ["stream_stopped"],
                [],
                ["stream_started"],
            ],
        ),
        (
            ["recording", "node_offline", "not_assigned"],
            [
                ["camera_online", "stream_started"],
                ["stream_error", "camera_offline"],
                ["stream_stopped"],
            ],
        ),
        (["paused"], [[]]),
    ],
)
def test_what_is_told_of_a_change(states: list[str], told: list[list[str]]) -> None:
    assert story(*states) == told
    without_camera = [[event for event in each if "camera" not in event] for each in told]
    assert story(*states, stream="sub") == without_camera


def test_the_same_again_is_not_told_again() -> None:
    before = next_told(None, "main", "waiting", "refused")
    assert events_between(before, before) == []
    other = next_told(before, "main", "waiting", "timeout")
    assert events_between(before, other) == ["stream_error"]
    running = Told("recording", "", is_online=True)
    assert events_between(running, Told("recording", "clock_jumped", is_online=True)) == []


def status(camera: Camera, state: str = "recording", **more: object) -> StreamStatus:
    basics = {"camera_id": camera.pk, "stream": "main", "state": state, "since": NOON}
    return StreamStatus.model_validate(basics | more)


@pytest.fixture
def beat(node: Node) -> Callable[..., int]:
    """A heartbeat of the node's with these streams; how many events it made.

    Numbered from one: what other tests took is not given back with their transactions.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('live_statusevent', 'id'), 1, false)")

    def take(*statuses: StreamStatus, at: datetime = NOON) -> int:
        Node.objects.filter(pk=node.pk).update(last_seen=at)
        record_states(node, statuses, at)
        return tell_news(statuses, at)

    return take


def types(news: News) -> list[str]:
    assert news.snapshot is None
    return [event.type for event in news.events]


def test_a_heartbeat_tells_what_changed(
    viewer: Asker, camera: Camera, beat: Callable[..., int]
) -> None:
    assert beat(status(camera, "connecting")) == 0
    start = news_after(viewer, None, NOON)
    assert start.snapshot is not None
    assert [each.shown.state for each in start.snapshot.cameras] == ["connecting"]
    assert beat(status(camera)) == 2
    assert beat(status(camera)) == 0
    assert beat(status(camera, "waiting", reason=REFUSED)) == 2
    news = news_after(viewer, start.newest, NOON)
    assert types(news) == ["camera_online", "stream_started", "stream_error", "camera_offline"]
    error = news.events[2]
    assert (error.camera_id, error.stream, error.state) == (camera.pk, "main", "waiting")
    assert error.reason is not None
    assert "554" in error.reason.words().en
    assert types(news_after(viewer, news.events[1].pk, NOON)) == ["stream_error", "camera_offline"]
    assert types(news_after(viewer, news.newest, NOON)) == []


def test_looking_finds_a_node_that_is_not_heard_any_more(
    viewer: Asker, camera: Camera, beat: Callable[..., int]
) -> None:
    beat(status(camera))
    newest = news_after(viewer, None, NOON).newest
    assert tell_states(NOON + timedelta(seconds=19)) == 0
    later = NOON + timedelta(seconds=21)
    assert tell_states(later) == 2
    assert tell_states(later) == 0
    assert types(news_after(viewer, newest, later)) == ["stream_error", "camera_offline"]
    assert beat(status(camera), at=later) == 2, "it is back"


def test_both_streams_are_told_of(viewer: Asker, camera: Camera, beat: Callable[..., int]) -> None:
    Camera.objects.update(sub_address="rtsp://192.0.2.7/sub")
    assert beat(status(camera), status(camera, stream="sub")) == 3
    streams = StatusEvent.objects.order_by("pk").values_list("type", "stream")
    assert list(streams) == [
        ("camera_online", "main"),
        ("stream_started", "main"),
        ("stream_started", "sub"),
    ]


def test_what_is_no_more_is_forgotten(
    admin: Asker, camera: Camera, beat: Callable[..., int]
) -> None:
    Camera.objects.update(sub_address="rtsp://192.0.2.7/sub")
    beat(status(camera), status(camera, stream="sub"))
    forget_told()
    assert ToldState.objects.count() == 2
    change_camera(admin, camera.pk, CameraFields(sub_address=""))
    forget_told()
    assert list(ToldState.objects.values_list("stream", flat=True)) == ["main"]
    newest = news_after(admin, None, NOON).newest
    remove_camera(admin, camera.pk)
    forget_told()
    assert not ToldState.objects.exists()
    assert tell_states(NOON) == 0
    assert types(news_after(admin, newest, NOON)) == []
    assert news_after(admin, None, NOON).snapshot == Everything((), ())


def test_old_events_are_forgotten_and_who_missed_them_gets_a_snapshot(
    viewer: Asker, camera: Camera, beat: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_status, "MOST_EVENTS", 4)
    beat(status(camera))
    first = news_after(viewer, None, NOON).newest
    for _ in range(4):
        beat(status(camera, "waiting", reason=REFUSED))
        beat(status(camera))
    assert StatusEvent.objects.count() == 4
    assert news_after(viewer, first, NOON).snapshot is not None
    oldest = StatusEvent.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert len(news_after(viewer, oldest - 1, NOON).events) == 4
    assert news_after(viewer, oldest - 2, NOON).snapshot is not None
    assert news_after(viewer, oldest + 4, NOON).snapshot is not None, "of another time"
    monkeypatch.setattr(queries_status, "MOST_AT_ONCE", 3)
    assert news_after(viewer, oldest - 1, NOON).snapshot is not None, "too many to tell"


def test_nobody_else_hears(viewer: Asker, camera: Camera, beat: Callable[..., int]) -> None:
    beat(status(camera))
    assert viewer.user is not None
    viewer.user.is_active = False
    for after in (None, 0, StatusEvent.objects.order_by("pk").values_list("pk", flat=True)[0]):
        with pytest.raises(Forbidden):
            news_after(viewer, after, NOON)


def test_over_http(viewer_program: Any, camera: Camera, beat: Callable[..., int]) -> None:
    now = datetime.now(UTC)
    beat(status(camera, "waiting", reason=REFUSED, since=now), at=now)
    told = viewer_program("GET", "status").json()
    assert told["events"] == []
    state = told["snapshot"]["cameras"][0]
    assert (state["camera_id"], state["state"]) == (str(camera.pk), "waiting")
    assert state["reason"]["es"]
    assert told["snapshot"]["id"] == told["id"] > 0
    beat(status(camera, since=now), at=now)
    news = viewer_program("GET", f"status?after={told['id']}").json()
    assert news["snapshot"] is None
    assert [event["type"] for event in news["events"]] == ["camera_online", "stream_started"]
    assert set(news["events"][0]) == {
        "id",
        "type",
        "camera_id",
        "device_id",
        "stream",
        "state",
        "at",
        "reason",
    }
    for odd in ("-1", "99999999999999999999999"):
        assert viewer_program("GET", f"status?after={odd}").json()["snapshot"] is not None
    assert viewer_program("GET", "status?after=x").status_code == 422


@pytest.mark.parametrize("count", [1, 8])
def test_a_heartbeat_without_news_costs_one_statement(
    admin: Asker,
    node: Node,
    beat: Callable[..., int],
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cameras = [
        add_camera(admin, CameraFields(f"Cámara {n}", f"rtsp://192.0.2.{n}/")) for n in range(count)
    ]
    statuses = [status(camera) for camera in cameras]
    beat(*statuses)
    with django_assert_num_queries(1):
        assert tell_news(statuses, NOON) == 0
    with django_assert_num_queries(8):  # two of them are its transaction
        assert tell_states(NOON) == 0


def test_numbers_follow_commits(
    committed: None, admin: Asker, camera: Camera, beat: Callable[..., int]
) -> None:
    """Who writes events holds the lock until they are committed."""
    with transaction.atomic():
        beat(status(camera))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s",
                [actions_status.STATUS_LOCK],
            )
            assert cursor.fetchone()[0] == 1
