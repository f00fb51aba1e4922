"""Clips fetched from a node that records a simulated camera: ranges, names, who may."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from sereno.node.rows import StreamKey
from sereno.sim import SimConfig, SimServer
from sereno.wire.clips import ClipReport, ClipState
from sereno.wire.orders import ClipOrder

from .conftest import (
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


@dataclass
class Made:
    """A clip that a node made of what it recorded of a camera."""

    hub: HubDouble
    client: httpx.AsyncClient
    order: ClipOrder
    report: ClipReport
    data: Path

    def ticket(self, **more: Any) -> str:
        values = {"clip_id": self.order.clip_id} | more
        return self.hub.ticket(self.order.camera_id, "clip_file", **values)

    async def get(self, ticket: str, path: str = "", **headers: str) -> httpx.Response:
        path = path or f"{self.order.clip_id}.mp4"
        headers["Authorization"] = f"Bearer {ticket}"
        return await self.client.get(f"/media/v1/clips/{path}", headers=headers)

    @property
    def place(self) -> str:
        return f"/media/v1/clips/{self.order.clip_id}.mp4"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(
    sim_config: SimConfig, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Made]:
    data = tmp_path_factory.mktemp("clips") / "data"
    hub, listener = HubDouble(), tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with (
        SimServer(sim_config) as cameras,
        serving(hub.app(), listener),
        running(settings) as node,
        media_client(data) as client,
    ):
        camera = camera_order(cameras, 1)
        hub.order(camera)
        book = node._recording.book(StreamKey(camera.camera_id, "main"))
        await until(lambda: book.segment and len(book.segment.fragments) >= 8, "some video")
        now = datetime.now(UTC)
        order = ClipOrder(
            clip_id=uuid4(),
            camera_id=camera.camera_id,
            camera="Patio",
            start=now - timedelta(minutes=5),
            end=now,
        )
        hub.order_clips(order)
        await hub.wake()

        def told() -> ClipReport | None:
            reports = hub.told_clips.get(order.clip_id)
            return reports[-1] if reports and reports[-1].state is ClipState.READY else None

        await until(told, "the clip is ready")
        report = told()
        assert report is not None
        yield Made(hub, client, order, report, data)


async def test_the_file_is_what_was_told(made: Made) -> None:
    whole = await made.get(made.ticket())
    assert whole.status_code == 200
    assert hashlib.sha256(whole.content).hexdigest() == made.report.sha256
    assert whole.headers["etag"] == f'"{made.report.sha256}"'
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "private, no-store"
    about = (await made.get(made.ticket(), f"{made.order.clip_id}.json")).json()
    assert (about["sha256"], about["size_bytes"]) == (made.report.sha256, len(whole.content))
    assert about["camera"] == "Patio"


async def test_a_download_that_broke_off_goes_on(made: Made) -> None:
    whole = await made.get(made.ticket())
    size, etag = len(whole.content), whole.headers["etag"]
    headers = {"Range": "bytes=100-", "If-Range": etag}
    rest = await made.get(made.ticket(), **headers)
    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
    assert rest.content == whole.content[100:]
    other = await made.get(made.ticket(), **(headers | {"If-Range": '"another"'}))
    assert (other.status_code, len(other.content)) == (200, size)
    outside = await made.get(made.ticket(), Range=f"bytes={size}-")
    assert outside.status_code == 416


async def test_a_file_to_keep_has_its_name(made: Made) -> None:
    query = {"ticket": made.ticket(), "name": "Portón 7"}
    answer = await made.client.get(made.place, params=query)
    assert answer.status_code == 200
    said = answer.headers["content-disposition"]
    assert said == "attachment; filename*=utf-8''Port%C3%B3n%207.mp4"


async def test_a_player_goes_on_when_its_ticket_is_over(made: Made) -> None:
    first = await made.client.get(made.place, params={"ticket": made.ticket()})
    assert first.status_code == 307
    query = parse_qs(urlsplit(first.headers["location"]).query)
    led = f"{made.place}?{urlsplit(first.headers['location']).query}"
    assert (await made.client.get(led, headers={"Range": "bytes=0-9"})).status_code == 206
    late = made.ticket(now=datetime.now(UTC) - timedelta(seconds=61))
    for values in ({"ticket": late}, {"ticket": late, "token": query["token"][0]}):
        assert (await made.client.get(made.place, params=values)).status_code == 401


async def test_a_ticket_opens_its_own_clip_alone(made: Made) -> None:
    for ticket in ("rubbish", made.ticket(clip_id=uuid4()), made.ticket(clip_id=None)):
        answer = await made.get(ticket)
        assert answer.status_code == 401
        assert answer.json()["error"]["es"]
    missing = UUID(int=3)
    answer = await made.get(made.ticket(clip_id=missing), f"{missing}.mp4")
    assert (answer.status_code, answer.json()["error"]["key"]) == (404, "no_clip")
    playback = made.hub.ticket(made.order.camera_id, "playback")
    assert (await made.get(playback)).status_code == 401
