"""A node elsewhere: what it has comes over sockets that it dials, both sides real."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sereno.front import far as far_module
from sereno.node.hub_client import HubClient
from sereno.node.relaying import Relaying
from sereno.wire.orders import Wake

from .conftest import (
    FRAGMENT,
    NODE_TOKEN,
    WAIT_SECONDS,
    Front,
    ScriptedNode,
    fronted,
    serving,
    unix_listener,
    until,
)

PICTURE = "/media/v1/pictures/1.jpg"
# What a node at another site could try on a browser that is signed in here.
HOSTILE = {
    "Set-Cookie": "sereno_session=stolen",
    "X-Sereno-Media": "/media/v1/snapshot.jpg?ticket=x",
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": "default-src *",
    "Content-Type": "text/html",
    "Location": "https://elsewhere.example/",
    "X-Sereno-At": "2026-11-21T12:00:00Z",
}


@dataclass
class FarNode(ScriptedNode):
    """The media API of a node at another site."""

    url: str = ""
    dials: int = 0
    is_deaf: bool = False
    bodies: list[bytes] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    pause: asyncio.Event = field(default_factory=asyncio.Event)
    relays: set[asyncio.Task[None]] = field(default_factory=set)

    def app(self) -> Starlette:
        usual = super().app().routes
        return Starlette(
            routes=[
                WebSocketRoute("/media/v1/live", self._live),
                Route("/media/v1/whep", self._offer, methods=["POST"]),
                Route("/media/v1/whep/{session}", self._offer, methods=["DELETE"]),
                Route(PICTURE, self._hostile),
                Route("/media/v1/vod/segments/slow.mp4", self._slow),
                *usual,
            ]
        )

    async def _offer(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        headers = {"Location": "/media/v1/whep/1"}
        return Response(b"answer", 201, headers, media_type="application/sdp")

    async def _hostile(self, request: Request) -> Response:
        self.cookies.append(request.headers.get("cookie"))
        self.authorizations.append(request.headers.get("x-forwarded-for"))
        return Response(b"<script>", 201, HOSTILE)

    async def _slow(self, _: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            try:
                yield b"first"
                await self.pause.wait()
                yield b"last"
            finally:
                self.ends.append("slow")

        return StreamingResponse(pieces(), media_type="video/mp4")

    @asynccontextmanager
    async def linked(self, front: Front, folder: Path) -> AsyncIterator[None]:
        """Its control socket, which dials what it is asked to."""
        hub = HubClient(front.url, None)
        hub.use_token(SecretStr(NODE_TOKEN))
        relaying = Relaying(hub, folder / "far.sock")
        async with (
            serving((self.app(), unix_listener(folder / "far.sock"))),
            connect(
                f"{front.ws_url}/api/v1/node/wake",
                additional_headers={"Authorization": hub.authorization},
            ) as wake,
        ):
            listening = asyncio.create_task(self._listen(wake, relaying))
            try:
                yield
            finally:
                listening.cancel()
                for each in self.relays:
                    each.cancel()
                await asyncio.gather(listening, *self.relays, return_exceptions=True)
        await relaying.close()
        await hub.close()

    async def _listen(self, wake: ClientConnection, relaying: Relaying) -> None:
        async for message in wake:
            relay_id = Wake.model_validate_json(message).relay
            if relay_id is not None and not self.is_deaf:
                self.dials += 1
                self.relays.add(asyncio.create_task(relaying.show(relay_id)))

    def running(self) -> int:
        return sum(not each.done() for each in self.relays)


@pytest.fixture
async def far(front: Front) -> AsyncIterator[FarNode]:
    node = FarNode()
    async with node.linked(front, front.folder):
        yield node


def ticket(front: Front, purpose: str = "playback", **more: Any) -> str:
    return front.ticket(purpose, is_own_node=False, **more)


async def get(front: Front, path: str, purpose: str = "playback", **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {ticket(front, purpose)}"} | more.pop("headers", {})
    return await front.client.request(more.pop("method", "GET"), path, headers=headers, **more)


@asynccontextmanager
async def live(
    front: Front, name: str = "viewer", purpose: str = "live", **more: Any
) -> AsyncIterator[ClientConnection]:
    async with connect(f"{front.ws_url}/media/v1/{purpose}", compression=None, **more) as viewer:
        await viewer.send(json.dumps({"ticket": ticket(front, purpose), "name": name}))
        yield viewer


async def closed_with(viewer: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            await viewer.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def test_live_messages_come_through_untouched(front: Front, far: FarNode) -> None:
    async with live(front) as viewer:
        assert json.loads(await viewer.recv()) == {"type": "state", "state": "recording"}
        assert [await viewer.recv() for _ in range(3)] == [FRAGMENT] * 3
    await until(lambda: far.sent.get("viewer left"), "the node heard that the viewer left")
    await until(lambda: not far.running(), "and nothing of it is left")
    assert front.node.sent == {}


async def test_the_nodes_refusal_is_the_viewers(front: Front, far: FarNode) -> None:
    far.close_code = 4404
    async with live(front) as viewer:
        assert await closed_with(viewer) == (4404, "no_such_camera")


async def test_a_recorders_footage_comes_through_and_its_end_is_told(
    front: Front, far: FarNode
) -> None:
    far.close_code = 4204
    async with live(front, purpose="recorder") as viewer:
        assert await closed_with(viewer) == (4204, "no_such_camera")
    assert far.watched == ["/media/v1/recorder"]


async def test_a_viewer_who_takes_nothing_holds_up_its_own_relay_alone(
    front: Front, far: FarNode
) -> None:
    far.limit = 1000  # 60 MB
    async with live(front, "slow", max_queue=1) as slow, live(front, "quick") as quick:
        await slow.recv()
        await quick.recv()
        for _ in range(far.limit):
            assert await asyncio.wait_for(quick.recv(), WAIT_SECONDS) == FRAGMENT
        # The node's sends wait: it sees that this viewer is slow, and nobody keeps much for it.
        assert far.sent["slow"] < far.limit / 2
        slow.transport.abort()


async def test_files_pass_with_their_ranges(front: Front, far: FarNode) -> None:
    path = "/media/v1/vod/segments/x.mp4"
    part = await get(front, path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"0123")
    assert part.headers["content-range"] == "bytes 0-3/10"
    query = {"ticket": ticket(front, "clip"), "a b": "ñ/%"}
    clip = await front.client.get("/media/v1/clip.mp4", params=query)
    assert (clip.content, clip.headers["content-length"]) == (b"0123456789", "10")
    head = await get(front, path, method="HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "10")
    assert [call["path"] for call in far.calls] == [path, "/media/v1/clip.mp4", path]
    assert front.node.calls == []


async def test_offers_pass_with_their_bodies(front: Front, far: FarNode) -> None:
    offer = b"v=0\r\n" * 10_000
    answer = await get(front, "/media/v1/whep", "live", method="POST", content=offer)
    assert (answer.status_code, answer.content) == (201, b"answer")
    assert answer.headers["location"] == "/media/v1/whep/1"
    ended = await get(front, "/media/v1/whep/1", "live", method="DELETE")
    assert ended.status_code == 201
    assert far.bodies == [offer, b""]
    much = await get(front, "/media/v1/whep", "live", method="POST", content=b"x" * 300_000)
    assert (much.status_code, much.json()["error"]["key"]) == (413, "body_too_large")


async def test_it_learns_nothing_of_people_and_rules_no_browser(front: Front, far: FarNode) -> None:
    answer = await get(front, PICTURE, headers={"Cookie": "sereno_session=of-a-person"})
    assert answer.status_code == 201
    assert far.cookies == far.authorizations == [None]
    said = answer.headers
    assert said["content-type"] == "application/octet-stream"
    assert said["x-content-type-options"] == "nosniff"
    assert said["x-sereno-at"] == HOSTILE["X-Sereno-At"]
    kept = {"content-type", "x-sereno-at"}
    assert not ({name.lower() for name in HOSTILE} - kept) & set(said)


async def test_a_picture_at_the_hubs_address_comes_too(front: Front, far: FarNode) -> None:
    front.hub.place = f"/media/v1/snapshot.jpg?ticket={ticket(front, 'snapshot')}"
    answer = await front.client.get("/api/v1/picture", headers={"Cookie": "sessionid=x"})
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert far.cookies == far.authorizations == [None]


async def test_a_socket_serves_the_next_call_without_dialling(front: Front, far: FarNode) -> None:
    for _ in range(5):
        assert (await get(front, "/media/v1/vod/index.m3u8")).status_code == 200
    assert far.dials == 1
    for each in far.relays:
        each.cancel()  # as when its line is cut while nobody looks
    await until(lambda: not far.running())
    assert (await get(front, "/media/v1/vod/index.m3u8")).status_code == 200
    assert far.dials == 2


async def test_a_socket_that_nobody_uses_is_let_go(
    front: Front, far: FarNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_module, "IDLE_SECONDS", 0.05)
    await get(front, "/media/v1/vod/index.m3u8")
    await until(lambda: not far.running(), "the socket was closed")


async def test_who_leaves_in_the_middle_ends_it_there(front: Front, far: FarNode) -> None:
    headers = {"Authorization": f"Bearer {ticket(front)}"}
    path = "/media/v1/vod/segments/slow.mp4"
    async with front.client.stream("GET", path, headers=headers) as answer:
        async for piece in answer.aiter_raw():
            assert piece == b"first"
            break
    await until(lambda: far.ends == ["slow"], "the node heard that the viewer left")
    await until(lambda: not far.running(), "and nothing of it is left")


async def test_what_is_cut_short_is_not_taken_for_whole(front: Front, far: FarNode) -> None:
    headers = {"Authorization": f"Bearer {ticket(front)}"}
    path = "/media/v1/vod/segments/slow.mp4"
    with pytest.raises(httpx.RemoteProtocolError):
        async with front.client.stream("GET", path, headers=headers) as answer:
            async for piece in answer.aiter_raw():
                assert piece == b"first"
                for each in far.relays:
                    each.cancel()


async def is_said(answers: Callable[[], Awaitable[httpx.Response]], key: str) -> httpx.Response:
    answer = await answers()
    assert (answer.status_code, answer.json()["error"]["key"]) == (503, key)
    assert answer.json()["error"]["es"]
    return answer


async def test_a_node_that_does_not_dial_is_said(
    front: Front, far: FarNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_module, "DIAL_SECONDS", 0.1)
    far.is_deaf = True
    await is_said(lambda: get(front, "/media/v1/vod/index.m3u8"), "node_away")
    async with live(front) as viewer:
        assert await closed_with(viewer) == (4503, "node_away")


async def test_a_node_whose_media_api_is_away_is_said(front: Front, far: FarNode) -> None:
    (front.folder / "far.sock").unlink()
    await is_said(lambda: get(front, "/media/v1/vod/index.m3u8"), "node_away")
    async with live(front) as viewer:
        assert await closed_with(viewer) == (4503, "node_away")


async def dial(front: Front, relay_id: str, token: str = NODE_TOKEN) -> int:
    """The status that a dial is answered with."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with connect(
            f"{front.ws_url}/api/v1/node/relay/{relay_id}", additional_headers=headers
        ):
            return 101
    except InvalidStatus as error:
        return error.response.status_code


async def test_only_the_node_that_was_asked_may_dial_and_once(front: Front) -> None:
    headers = {"Authorization": f"Bearer {NODE_TOKEN}"}
    async with connect(f"{front.ws_url}/api/v1/node/wake", additional_headers=headers) as wake:
        asking = asyncio.create_task(get(front, "/media/v1/vod/index.m3u8"))
        relay_id = Wake.model_validate_json(await wake.recv()).relay
        assert relay_id is not None
        assert len(relay_id) > 40
        assert await dial(front, relay_id, "of-another-node") == 403
        assert await dial(front, relay_id[:-1] + "_") == 403
        assert await dial(front, relay_id) == 101
        assert await dial(front, relay_id) == 403
        assert (await asking).status_code == 503


async def test_a_node_carries_so_many_at_once_and_no_more(tmp_path: Path, pages: Path) -> None:
    far = FarNode()
    async with AsyncExitStack() as stack:
        front = await stack.enter_async_context(fronted(tmp_path, pages, relays_per_node=2))
        await stack.enter_async_context(far.linked(front, tmp_path))
        async with live(front, "one") as one, live(front, "two") as two:
            await one.recv()
            await two.recv()
            said = await is_said(lambda: get(front, "/media/v1/vod/index.m3u8"), "too_many_relays")
            assert "(2)" in said.json()["error"]["en"]
            async with live(front, "three") as three:
                assert await closed_with(three) == (4503, "too_many_relays")
        await until(lambda: not far.running())
        assert (await get(front, "/media/v1/vod/index.m3u8")).status_code == 200


async def test_nothing_is_left_at_the_node_when_front_ends(tmp_path: Path, pages: Path) -> None:
    far = FarNode()
    async with AsyncExitStack() as stack:
        async with AsyncExitStack() as inner:
            front = await inner.enter_async_context(fronted(tmp_path, pages))
            await stack.enter_async_context(far.linked(front, tmp_path))
            viewer = await inner.enter_async_context(live(front))
            await viewer.recv()
            await get(front, "/media/v1/vod/index.m3u8")
            assert far.running() == 2
        await until(lambda: not far.running(), "all relays ended")
