"""The list of recordings: what fits, in which order, in pages."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sereno.accounts.queries import Asker
from sereno.base.errors import Invalid
from sereno.footage.actions import take_reports
from sereno.footage.rules_recordings import Order, Place, unpack_place
from sereno.sites.actions import CameraFields, add_camera, remove_camera
from sereno.sites.models import Camera, Node
from sereno.wire.reports import ReasonReport, Reports, RunReport

DAY = datetime(2026, 11, 3, tzinfo=UTC)


def at(minute: float) -> datetime:
    return DAY + timedelta(minutes=minute)


def run(camera: Camera, start: float, end: float, why: str = "refused", **more: Any) -> RunReport:
    values: dict[str, Any] = {
        "run_id": uuid4(),
        "revision": 1,
        "camera_id": camera.pk,
        "stream": "main",
        "start": at(start),
        "end": at(end),
        "is_open": not why,
        "end_reason": ReasonReport(key=why, params={"host": "cam", "port": "554"}) if why else None,
        "segment_count": 1,
        "size_bytes": 1000,
    }
    return RunReport.model_validate(values | more)


@pytest.fixture
def tell(node: Node) -> Callable[..., None]:
    return lambda *runs: take_reports(node, Reports(runs=runs), at(10_000))


@pytest.fixture
def ask(viewer_program: Any) -> Callable[..., Any]:
    def asked(path: str = "recordings", **query: object) -> Any:
        times = {"from": at(0).isoformat(), "to": at(1440).isoformat()}
        return viewer_program("GET", f"{path}?{urlencode(times | query, doseq=True)}")

    return asked


def minutes(answer: Any) -> list[float]:
    """The starts of the recordings in an answer, in minutes of the day."""
    found = [each["from"] for each in answer.json()["recordings"]]
    return [(datetime.fromisoformat(each) - DAY).total_seconds() / 60 for each in found]


def test_a_recording_says_what_it_is(
    camera: Camera, node: Node, tell: Callable[..., None], ask: Any
) -> None:
    ended = run(camera, -30, 60, size_bytes=5 << 32, damaged_seconds=2.5)
    tell(ended, run(camera, 61, 90, why=""))
    growing, told = ask().json()["recordings"]
    assert told == {
        "run_id": str(ended.run_id),
        "camera_id": str(camera.pk),
        "camera": camera.name,
        "site": camera.site.name,
        "stream": "main",
        "from": "2026-11-02T23:30:00Z",
        "to": "2026-11-03T01:00:00Z",
        "is_open": False,
        "seconds": 5400.0,
        "size_bytes": 5 << 32,
        "damaged_seconds": 2.5,
        "end": told["end"],
        "node_id": str(node.pk),
        "node": node.name,
    }
    assert told["end"]["key"] == "refused"
    assert told["end"]["en"] != told["end"]["es"]
    assert (growing["is_open"], growing["end"]) == (True, None)


def test_what_fits_is_found(camera: Camera, tell: Callable[..., None], ask: Any) -> None:
    tell(
        run(camera, 0, 10, size_bytes=10),
        run(camera, 20, 50, why="disk_full", size_bytes=300),
        run(camera, 60, 61, stream="sub"),
        run(camera, 70, 80, why=""),
        run(camera, 100, 100),  # of which nothing is left
        run(camera, 1440, 1500),  # begins with the next day
        run(camera, -20, 0),  # ended with the one before
    )
    assert minutes(ask()) == [70, 60, 20, 0]
    assert minutes(ask(stream="sub")) == [60]
    assert minutes(ask(cause=["disk_full", "unknown_key"])) == [20]
    assert minutes(ask(is_open=True)) == [70]
    assert minutes(ask(is_open=False, stream="main")) == [20, 0]
    assert minutes(ask(least_bytes=11, most_bytes=300)) == [20]
    assert minutes(ask(least_seconds=600)) == [70, 20, 0]
    assert minutes(ask(most_seconds=599.9)) == [60]
    assert minutes(ask(order="oldest")) == [0, 20, 60, 70]
    assert minutes(ask(order="longest"))[0] == 20
    assert minutes(ask(order="largest"))[-1] == 0
    causes = ask("recordings/causes").json()
    assert [(each["key"], each["count"]) for each in causes] == [("refused", 2), ("disk_full", 1)]
    assert "cam" not in causes[0]["en"]
    assert "?" not in causes[0]["en"]
    assert causes[0]["en"] != causes[0]["es"]


def test_only_cameras_that_one_may_see(
    camera: Camera, admin: Asker, tell: Callable[..., None], ask: Any
) -> None:
    gone = add_camera(admin, CameraFields("Old", "rtsp://192.0.2.9/1", "root", "s3cr3t"))
    tell(run(camera, 0, 10), run(gone, 20, 30))
    assert minutes(ask()) == [20, 0]
    assert minutes(ask(camera_id=[str(gone.pk)])) == [20]
    remove_camera(admin, gone.pk)
    assert minutes(ask()) == [0]
    for camera_ids in ([str(gone.pk)], [str(camera.pk), str(UUID(int=7))]):
        answer = ask(camera_id=camera_ids)
        assert (answer.status_code, answer.json()["error"]["key"]) == (404, "no_such_camera")


@pytest.mark.parametrize("order", list(Order))
def test_pages_leave_nothing_out_and_repeat_nothing(
    camera: Camera, tell: Callable[..., None], ask: Any, order: Order
) -> None:
    """Also where many are alike, and with statements that do not grow with the page."""
    dice = random.Random(6)
    for _ in range(57):
        start = dice.randrange(0, 20)
        tell(run(camera, start, start + dice.randrange(1, 4), size_bytes=dice.randrange(3)))
    whole = ask(order=order, limit=200).json()["recordings"]
    assert len(whole) == 57
    paged, after = [], ""
    while after is not None:
        with CaptureQueriesContext(
            connection,
        ) as taken:
            page = ask(order=order, limit=7, after=after).json()
        assert len(taken) <= 4
        paged += page["recordings"]
        after = page["next"]
        tell(run(camera, 25, 26, revision=2))  # meanwhile another comes
    ids = [each["run_id"] for each in whole]
    assert [each["run_id"] for each in paged if each["run_id"] in ids] == ids


@pytest.mark.parametrize(
    ("query", "status", "key"),
    [
        ({"to": at(0).isoformat()}, 422, "window_backwards"),
        ({"from": at(-1440 * 366).isoformat()}, 422, "window_too_long"),
        ({"from": "0001-01-01T00:00:00+14:00", "to": "0001-01-02T00:00:00+14:00"}, 422,
         "window_too_far"),
        ({"from": "yesterday"}, 422, "field_wrong"),
        ({"limit": 201}, 422, "field_wrong"),
        ({"limit": 0}, 422, "field_wrong"),
        ({"order": "best"}, 422, "field_wrong"),
        ({"least_bytes": -1}, 422, "field_wrong"),
        ({"least_bytes": 1 << 63}, 422, "field_wrong"),
        ({"least_seconds": "inf"}, 422, "field_wrong"),
        ({"most_seconds": "1e11"}, 422, "field_wrong"),
        ({"after": "nonsense"}, 422, "no_such_place"),
        ({"after": "€"}, 422, "no_such_place"),
        ({"after": Place(Order.LARGEST, 1, uuid4()).pack()}, 422, "no_such_place"),
        ({"after": Place(Order.NEWEST, (1 << 63) - 1, uuid4()).pack()}, 422, "no_such_place"),
        ({"camera_id": str(UUID(int=7))}, 404, "no_such_camera"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_said_in_words(
    camera: Camera, ask: Any, query: dict[str, Any], status: int, key: str
) -> None:
    answer = ask(**query)
    assert (answer.status_code, answer.json()["error"]["key"]) == (status, key)
    assert answer.json()["error"]["en"] != answer.json()["error"]["es"]


@pytest.mark.parametrize("text", ["bnVsbA==", "WzFd", "WyJuZXdlc3QiLCB0cnVlLCAiMSJd", "=", "Ww"])
def test_a_place_that_nobody_gave_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        unpack_place(text, Order.NEWEST)


def test_thousands_of_recordings_are_found_by_their_time(
    camera: Camera, tell: Callable[..., None], ask: Any
) -> None:
    """The future, a year, and a time before there was anything are answers, not faults."""
    tell(*(run(camera, minute, minute + 0.9) for minute in range(1000)))
    assert len(minutes(ask(limit=200))) == 200
    assert minutes(ask(**{"from": at(900).isoformat(), "limit": 200}))[-1] == 900
    year = {"from": at(-1440 * 364).isoformat()}
    assert len(minutes(ask(limit=200, **year))) == 200
    assert minutes(ask(**{"from": at(2000).isoformat(), "to": at(3000).isoformat()})) == []
