"""Small pictures of recorded moments, from a node that records a simulated camera."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
import pytest_asyncio
from PIL import Image

from sereno.media.index import Fragment
from sereno.node.daemon import Node
from sereno.node.picture_cache import PictureKey
from sereno.node.pictures import AT_HEADER, MOST_WAITING, Pictures
from sereno.node.rows import StreamKey
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer
from sereno.sim.marks import read_position

from .conftest import (
    PASSWORD,
    USER,
    HubDouble,
    camera_order,
    media_client,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
SIZE = (640, 360)
FPS, LOOP_SECONDS, KEY_SECONDS = 25, 4, 0.4


@dataclass
class Place:
    """A node that has recorded a few GOPs of one camera."""

    hub: HubDouble
    node: Node
    key: StreamKey
    client: httpx.AsyncClient

    @property
    def book(self) -> Any:
        return self.node._recording.book(self.key)

    @property
    def pictures(self) -> Pictures:
        return self.node.viewing.pictures

    def key_frames(self) -> list[tuple[Fragment, int]]:
        """Those of the file being written, each with its time in microseconds."""
        segment = self.book.segment
        first = segment.fragments[0].start_ticks
        return [
            (each, segment.row.start_us + (each.start_ticks - first) * 100 // 9)
            for each in segment.fragments
            if each.is_key
        ]

    def ticket(self, purpose: str = "playback", **more: Any) -> str:
        now = datetime.now(UTC)
        span = {"start": now - timedelta(hours=1), "end": now + timedelta(hours=1)}
        return self.hub.ticket(self.key.camera_id, purpose, **(span | more))

    async def ask(self, moment: object, ticket: str = "", **query: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {ticket or self.ticket()}"}
        path = f"/media/v1/pictures/{moment}.jpg"
        asked = {name: str(value) for name, value in query.items()}
        return await self.client.get(path, headers=headers, params=asked)


@pytest_asyncio.fixture(loop_scope="module")
async def place(lasting_place: Place) -> Place:
    """With enough in the file being written, though another is begun each minute."""
    made = lasting_place
    await until(lambda: made.book.segment and len(made.key_frames()) >= 5, "five GOPs")
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting_place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("pictures")
    sim = SimConfig(
        cache_dir=folder / "loops",
        cameras=(CameraSpec("entrance", "entrance"),),
        user=USER,
        password=PASSWORD,
        main=Picture(*SIZE, 400_000),
        sub=Picture(96, 64, 50_000),
        fps=FPS,
        loop_seconds=LOOP_SECONDS,
        key_seconds=KEY_SECONDS,
    )
    hub, listener, data = HubDouble(), tcp_listener(), folder / "data"
    async with (
        SimServer(sim) as cameras,
        serving(hub.app(), listener),
        running(settings_for(data, listener.getsockname()[1])) as node,
        media_client(data) as client,
    ):
        order = camera_order(cameras, 1)
        hub.order(order)
        made = Place(hub, node, StreamKey(order.camera_id, "main"), client)
        yield made


def position(answer: httpx.Response) -> int | None:
    """The number of the picture in the camera's loop, as drawn into it."""
    with Image.open(io.BytesIO(answer.content)) as picture:
        return read_position(picture.convert("L").tobytes(), *picture.size)


async def test_a_moment_has_the_picture_of_the_key_frame_before_it(place: Place) -> None:
    frames = place.key_frames()
    (_, at_us), (_, next_us) = frames[-3:-1]
    before = place.pictures.made_count
    shown = [await place.ask(us, width=640) for us in (at_us, at_us + 1, next_us - 50, next_us)]
    assert [answer.status_code for answer in shown] == [200] * 4
    assert [int(answer.headers[AT_HEADER]) for answer in shown] == [at_us] * 3 + [next_us]
    assert shown[0].headers["content-type"] == "image/jpeg"
    assert shown[0].headers["cache-control"] == "private, no-store"
    assert place.pictures.made_count == before + 2  # what was made once is kept
    first, second = position(shown[0]), position(shown[3])
    assert first is not None
    assert second == (first + KEY_SECONDS * FPS) % (LOOP_SECONDS * FPS)


async def test_it_is_as_wide_as_one_of_a_few_widths(place: Place) -> None:
    _, at_us = place.key_frames()[0]
    for asked, width in (("", 160), ("1", 160), ("161", 320), ("320", 320), ("9999", 640)):
        answer = await place.ask(at_us, **({"width": asked} if asked else {}))
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert picture.size == (width, width * 9 // 16)


async def test_many_who_ask_for_one_cost_one(place: Place) -> None:
    _, at_us = place.key_frames()[1]
    before = place.pictures.made_count
    answers = await asyncio.gather(*(place.ask(at_us, width=320) for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert place.pictures.made_count == before + 1


async def test_who_asks_for_too_many_gets_the_last_ones(place: Place) -> None:
    """While the helper hangs questions pile up; the oldest are sent away with words."""
    _, at_us = place.key_frames()[2]
    assert (await place.ask(at_us)).status_code == 200
    helper = psutil.Process(place.pictures._stills.pid)
    helper.suspend()
    try:
        frame = await place.pictures._key_frame(place.key, at_us)
        assert frame is not None
        asked = [
            asyncio.create_task(
                place.pictures._made(PictureKey(StreamKey(uuid4(), "main"), at_us, 160), frame)
            )
            for _ in range(MOST_WAITING + 3)
        ]
        await until(lambda: asked[1].done(), "the oldest that nobody had begun with")
        assert "Too many" in str(asked[1].exception())
    finally:
        helper.resume()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, bytes) for answer in answers) >= MOST_WAITING
    assert isinstance(answers[-1], bytes)


async def test_what_cannot_be_had_is_said_in_words(place: Place) -> None:
    frames = place.key_frames()
    _, at_us = frames[0]
    hour_us = 3_600_000_000
    late = datetime.now(UTC) - timedelta(seconds=61)
    past: dict[str, Any] = {"end": datetime.now(UTC) - timedelta(minutes=50)}
    for moment, ticket, status, key in (
        (at_us - hour_us // 2, "", 404, "no_footage_then"),  # a gap
        (at_us + hour_us // 2, "", 404, "no_footage_then"),  # the future
        (
            at_us,
            place.ticket("playback", **past),
            404,
            "no_footage_then",
        ),  # outside of the ticket
        (at_us + 9 * hour_us, "", 404, "no_footage_then"),
        (10**17 - 1, "", 404, "no_footage_then"),
        ("now", "", 422, "no_moment"),
        (-5, "", 422, "no_moment"),
        ("٣", "", 422, "no_moment"),
        ("9" * 40, "", 422, "no_moment"),
        (at_us, place.ticket("live"), 401, "ticket_refused"),
        (at_us, place.ticket(now=late), 401, "ticket_refused"),
        (at_us, place.hub.ticket(place.key.camera_id, "playback"), 422, "ticket_without_span"),
        (at_us, place.hub.ticket(uuid4(), "playback"), 404, "camera_not_here"),
    ):
        answer = await place.ask(moment, ticket)
        error = answer.json()["error"]
        assert (answer.status_code, error["key"]) == (status, key), moment
        assert error["en"] != error["es"]
    answer = await place.ask(at_us, width="wide")
    assert (answer.status_code, answer.json()["error"]["key"]) == (422, "no_moment")


async def test_the_cache_may_be_lost_at_any_time(place: Place, tmp_path: Path) -> None:
    """Its disk fails: pictures are made anew, and told nothing of it."""
    _, at_us = place.key_frames()[3]
    pictures = place.pictures
    (tmp_path / "file").touch()
    kept = pictures._cache, pictures._folder
    pictures._cache, pictures._folder = None, tmp_path / "file"
    try:
        before = pictures.made_count
        assert [(await place.ask(at_us)).status_code for _ in range(2)] == [200, 200]
        assert pictures.made_count == before + 2
    finally:
        pictures._cache, pictures._folder = kept
