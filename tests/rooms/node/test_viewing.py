"""Live view, playback and clips from a node that records a simulated camera."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed

from sereno.base.clock import from_us
from sereno.media.fmp4.boxes import reader_of
from sereno.media.fmp4.boxes import walk as walk_boxes
from sereno.node.daemon import Node
from sereno.node.rows import StreamKey
from sereno.sim import SimConfig, SimServer
from sereno.wire.orders import CameraOrder, StreamOrder

from .conftest import (
    WAIT_SECONDS,
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
MAIN = "/media/v1"


@dataclass
class Place:
    """A node that has recorded at least two GOPs."""

    hub: HubDouble
    node: Node
    cameras: SimServer
    order: CameraOrder
    data: Path
    client: httpx.AsyncClient

    @property
    def book(self) -> Any:
        return self.node._recording.book(StreamKey(self.order.camera_id, "main"))

    def ticket(self, purpose: str, **more: Any) -> str:
        now = datetime.now(UTC)
        span = {"start": now - timedelta(hours=1), "end": now + timedelta(hours=1)}
        return self.hub.ticket(self.order.camera_id, purpose, **(span | more))

    async def change_orders(self, *orders: CameraOrder) -> None:
        self.hub.order(*orders)
        await self.hub.wake()

    async def two_gops(self) -> None:
        await until(
            lambda: (
                self.book.segment is not None
                and sum(each.is_key for each in self.book.segment.fragments) >= 2
            ),
            "two GOPs",
        )

    async def get(self, path: str, ticket: str, **headers: str) -> httpx.Response:
        if ticket:
            headers["Authorization"] = f"Bearer {ticket}"
        return await self.client.get(f"{MAIN}/{path}", headers=headers)

    def live(self) -> Any:
        return unix_connect(str(self.data / "run" / "node.sock"), f"ws://node{MAIN}/live")


@asynccontextmanager
async def made_place(sim: SimConfig, data: Path) -> AsyncIterator[Place]:
    hub = HubDouble()
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with (
        SimServer(sim) as cameras,
        serving(hub.app(), listener),
        running(settings) as node,
        media_client(data) as client,
    ):
        order = camera_order(cameras, 1)
        hub.order(order)
        made = Place(hub, node, cameras, order, data, client)
        await made.two_gops()
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(
    sim_config: SimConfig, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """One for all tests that only look."""
    async with made_place(sim_config, tmp_path_factory.mktemp("place") / "data") as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def own_place(place: Place) -> AsyncIterator[Place]:
    """The same node with one more camera, for a test that changes something."""
    own = replace(place, order=camera_order(place.cameras, 2))
    await place.change_orders(place.order, own.order)
    await own.two_gops()
    yield own
    await place.change_orders(place.order)
    await until(lambda: own.book.run is None, "the camera is stopped")


def kinds(data: bytes) -> list[bytes]:
    return [box.kind for box in walk_boxes(reader_of(data), 0, len(data))]


def is_key(fragment: bytes) -> bool:
    """The first sample's flags in trun (ISO/IEC 14496-12, 8.8.8)."""
    at = fragment.index(b"trun") + 4
    return fragment[at + 12 : at + 16] == b"\x02\x00\x00\x00"


async def first_messages(socket: ClientConnection, count: int) -> list[Any]:
    return [json.loads(m) if isinstance(m := await socket.recv(), str) else m for _ in range(count)]


async def test_a_viewer_gets_state_init_and_a_gop_that_begins_with_a_key_frame(
    place: Place,
) -> None:
    async with place.live() as socket:
        await socket.send(json.dumps({"ticket": place.ticket("live")}))
        state, init, head, first, second = await first_messages(socket, 5)
    assert state == {"type": "state", "state": "recording", "reason": None}
    assert init["type"] == "init"
    assert init["mime"].startswith('video/mp4; codecs="avc1.')
    run = place.book.run
    assert init["run_id"] == str(run.run_id)
    assert init["epoch_ms"] == run.start_us / 1000
    assert kinds(head) == [b"ftyp", b"moov"]
    assert kinds(first) == kinds(second) == [b"prft", b"moof", b"mdat"]
    assert is_key(first)
    assert not is_key(second)


async def test_live_bytes_are_the_bytes_of_the_file(place: Place) -> None:
    async with place.live() as socket:
        await socket.send(json.dumps({"ticket": place.ticket("live")}))
        messages = await first_messages(socket, 8)
    files = (place.data / "footage" / str(place.order.camera_id)).rglob("*.mp4")
    contents = [file.read_bytes() for file in files]  # there may be a new one each minute
    assert all(any(each in content for content in contents) for each in messages[3:])


async def test_viewers_hear_of_a_change_of_state(own_place: Place) -> None:
    place = own_place
    async with place.live() as socket:
        await socket.send(json.dumps({"ticket": place.ticket("live")}))
        await first_messages(socket, 4)
        wrong = place.order.model_copy(update={"password": SecretStr("wrong")})
        await place.change_orders(*place.hub.cameras[:-1], wrong)
        states = []
        while "failed" not in states:
            message = await socket.recv()
            if isinstance(message, str) and (said := json.loads(message))["type"] == "state":
                states.append(said["state"])
    assert said["reason"]["key"] == "unauthorized"
    assert said["reason"]["es"]


async def refused_with(place: Place, first: str) -> int:
    async with place.live() as socket:
        await socket.send(first)
        with pytest.raises(ConnectionClosed) as caught:
            await socket.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


async def test_live_tickets_that_are_refused(place: Place) -> None:
    late = datetime.now(UTC) - timedelta(seconds=61)
    forger = HubDouble()
    bad = [
        "no json",
        "[]",
        json.dumps({"ticket": 7}),
        json.dumps({"ticket": place.ticket("live", now=late)}),
        json.dumps({"ticket": place.ticket("playback")}),
        json.dumps({"ticket": forger.ticket(place.order.camera_id, "live")}),
    ]
    assert [await refused_with(place, first) for first in bad] == [4401] * len(bad)
    stranger = json.dumps({"ticket": place.hub.ticket(uuid4(), "live")})
    assert await refused_with(place, stranger) == 4404


async def test_a_stream_that_its_profile_does_not_run_is_not_waited_for(place: Place) -> None:
    small = StreamOrder(stream="sub", address=place.cameras.address(1))
    both = place.order.model_copy(update={"streams": (*place.order.streams, small)})
    await place.change_orders(both)
    await until(lambda: place.node.viewing.is_known(StreamKey(place.order.camera_id, "sub")))
    first = json.dumps({"ticket": place.ticket("live", stream="sub")})
    assert await refused_with(place, first) == 4404
    await place.change_orders(place.order)


async def test_playback_tickets_that_are_refused(place: Place) -> None:
    late = datetime.now(UTC) - timedelta(seconds=61)
    forger = HubDouble()
    path = "vod/index.m3u8"
    for ticket in (
        "",
        "garbage",
        place.ticket("playback", now=late),
        place.ticket("live"),
        forger.ticket(place.order.camera_id, "playback"),
    ):
        answer = await place.get(path, ticket)
        assert answer.status_code == 401
        assert answer.json()["error"]["es"]
    stranger = place.hub.ticket(uuid4(), "playback")
    assert (await place.get(path, stranger)).status_code == 404
    spanless = place.hub.ticket(place.order.camera_id, "playback")
    assert (await place.get(path, spanless)).status_code == 422
    assert (await place.get("clip.mp4", place.ticket("playback"))).status_code == 401


async def test_a_playlist_leads_to_whole_gops_in_the_files(place: Place) -> None:
    ticket = place.ticket("playback")
    playlist = await place.client.get(f"{MAIN}/vod/index.m3u8", params={"ticket": ticket})
    assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert playlist.headers["cache-control"] == "private, no-store"
    lines = playlist.text.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("#EXT-X-BYTERANGE"))
    size, offset = map(int, lines[at].partition(":")[2].split("@"))
    assert ticket in lines[at + 1]  # a player that sets no header carries the ticket on
    answer = await place.client.get(
        f"{MAIN}/vod/{lines[at + 1]}", headers={"Range": f"bytes={offset}-{offset + size - 1}"}
    )
    assert answer.status_code == 206
    assert len(answer.content) == size
    assert is_key(answer.content[: answer.content.index(b"mdat")])
    late = place.ticket("playback", now=datetime.now(UTC) - timedelta(seconds=61))
    for query in ({"ticket": late}, {"ticket": late, "token": parse_qs(lines[at + 1])["token"][0]}):
        answer = await place.client.get(f"{MAIN}/vod/{lines[at + 1].split('?')[0]}", params=query)
        assert answer.status_code == 401  # a pass serves the ticket that it was made for
    by_header = await place.get("vod/index.m3u8", ticket)
    assert ticket not in by_header.text


async def test_a_segment_is_shown_only_within_the_tickets_time(place: Place) -> None:
    path = f"vod/segments/{place.book.segment.row.segment_id}.mp4"
    whole = await place.get(path, place.ticket("playback"))
    assert whole.status_code == 200
    assert whole.headers["accept-ranges"] == "bytes"
    long_ago = datetime.now(UTC) - timedelta(days=2)
    earlier = place.ticket("playback", start=long_ago, end=long_ago + timedelta(hours=1))
    assert (await place.get(path, earlier)).status_code == 404
    unknown = await place.get(f"vod/segments/{uuid4()}.mp4", place.ticket("playback"))
    assert unknown.status_code == 404


async def test_a_day_is_the_longest_that_can_be_asked_for(place: Place) -> None:
    now = datetime.now(UTC)
    ticket = place.ticket("playback", start=now - timedelta(days=3), end=now)
    answer = await place.get("vod/index.m3u8", ticket)
    assert (answer.status_code, answer.json()["error"]["key"]) == (422, "span_too_long")


async def test_a_clip_has_a_known_size_a_name_and_ranges(place: Place) -> None:
    end = from_us(place.book.newest_us)  # what comes later belongs to other clips
    ticket = place.ticket("clip", start=end - timedelta(minutes=1), end=end)
    whole = await place.get("clip.mp4", ticket)
    assert whole.status_code == 200
    assert int(whole.headers["content-length"]) == len(whole.content)
    assert str(place.order.camera_id) in whole.headers["content-disposition"]
    assert kinds(whole.content)[:2] == [b"ftyp", b"moov"]
    size = len(whole.content)
    for asked, (start, stop) in {
        "bytes=0-99": (0, 100),
        "bytes=100-": (100, size),
        "bytes=-50": (size - 50, size),
        f"bytes=10-{size + 5}": (10, size),
    }.items():
        part = await place.get("clip.mp4", ticket, Range=asked)
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert part.content == whole.content[start:stop]
    outside = await place.get("clip.mp4", ticket, Range=f"bytes={size}-")
    assert outside.status_code == 416


async def test_a_clip_of_a_time_without_footage_says_so(place: Place) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    ticket = place.ticket("clip", start=long_ago, end=long_ago + timedelta(minutes=1))
    answer = await place.get("clip.mp4", ticket)
    assert (answer.status_code, answer.json()["error"]["key"]) == (404, "no_footage")


async def test_a_sealed_file_is_served_to_the_byte(own_place: Place) -> None:
    place = own_place
    row = place.book.segment.row
    await place.change_orders(*place.hub.cameras[:-1])  # stop the camera: its file is sealed
    await until(lambda: place.book.run is None, "stopped")
    answer = await place.get(f"vod/segments/{row.segment_id}.mp4", place.ticket("playback"))
    stored = await place.node._recording.segment(row.segment_id)
    assert stored is not None
    assert stored.is_sealed
    assert hashlib.sha256(answer.content).hexdigest() == stored.sha256


async def test_footage_is_shown_while_others_wait_for_what_does_not_come(place: Place) -> None:
    """For a disk that hangs, or a name server that is away: each keeps a thread."""
    comes = threading.Event()
    waiting = [asyncio.create_task(asyncio.to_thread(comes.wait, WAIT_SECONDS)) for _ in range(16)]
    try:
        ticket = place.ticket("playback")
        facts = (await place.get("vod/index.json", ticket)).json()
        answer = await place.get(f"vod/{facts[-1]['address']}", ticket, Range="bytes=0-99")
        assert (answer.status_code, len(answer.content)) == (206, 100)
        assert not any(each.done() for each in waiting)
    finally:
        comes.set()
        await asyncio.gather(*waiting)


async def test_health_and_status_are_for_this_machine(place: Place) -> None:
    assert (await place.client.get("/health")).json() == {"ok": True}
    status = (await place.client.get("/status")).json()
    assert [each["state"] for each in status["streams"]] == ["recording"]
    assert (place.data / "run" / "node.sock").stat().st_mode & 0o777 == 0o600
