from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from .conftest import FRAGMENT, WAIT_SECONDS, Front, key_pair, until


def live(front: Front, **more: Any) -> connect:
    return connect(f"{front.ws_url}/media/v1/live", compression=None, **more)


def first(front: Front, name: str = "viewer", **more: Any) -> str:
    return json.dumps({"ticket": front.ticket(**more), "name": name})


async def test_live_messages_come_through_untouched(front: Front) -> None:
    async with live(front) as viewer:
        await viewer.send(first(front))
        assert json.loads(await viewer.recv()) == {"type": "state", "state": "recording"}
        assert [await viewer.recv() for _ in range(3)] == [FRAGMENT] * 3
    await until(lambda: front.node.sent.get("viewer left"), "the node heard that the viewer left")


async def test_a_viewer_who_takes_nothing_holds_up_the_node_and_nobody_else(front: Front) -> None:
    front.node.limit = 2000  # 120 MB
    async with live(front, max_queue=1) as slow, live(front) as quick:
        await slow.send(first(front, "slow"))
        await slow.recv()
        await quick.send(first(front, "quick"))
        await quick.recv()
        got = 0
        while got < front.node.limit:
            assert await asyncio.wait_for(quick.recv(), WAIT_SECONDS) == FRAGMENT
            got += 1
        # The node's sends wait: it sees that this viewer is slow, and front keeps next to nothing.
        assert front.node.sent["slow"] < 400
        slow.transport.abort()


async def refused_with(front: Front, message: str) -> int:
    async with live(front) as viewer:
        await viewer.send(message)
        with pytest.raises(ConnectionClosed) as caught:
            await viewer.recv()
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code


async def test_bad_tickets_never_reach_the_node(front: Front) -> None:
    forged = front.ticket()
    front.private_key, good_key = key_pair()[0], front.private_key
    forged = front.ticket()
    front.private_key = good_key
    late = datetime.now(UTC) - timedelta(seconds=61)
    for message in (
        "no json",
        "[1]",
        json.dumps({"ticket": None}),
        json.dumps({"ticket": forged}),
        first(front, purpose="playback"),
        first(front, now=late),
    ):
        assert await refused_with(front, message) == 4401
    assert front.node.sent == {}


async def test_a_recorders_footage_has_a_socket_and_tickets_of_its_own(front: Front) -> None:
    path = f"{front.ws_url}/media/v1/recorder"
    async with connect(path, compression=None) as viewer:
        await viewer.send(first(front, purpose="recorder"))
        assert json.loads(await viewer.recv()) == {"type": "state", "state": "recording"}
        assert await viewer.recv() == FRAGMENT
    assert front.node.watched == ["/media/v1/recorder"]
    assert await refused_with(front, first(front, purpose="recorder")) == 4401
    async with connect(path) as viewer:
        await viewer.send(first(front))
        with pytest.raises(ConnectionClosed) as caught:
            await viewer.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 4401


async def test_the_nodes_refusal_is_the_viewers(front: Front) -> None:
    front.node.close_code = 4404
    assert await refused_with(front, first(front)) == 4404


async def is_said_to_be_away(front: Front, **more: Any) -> bool:
    ticket = front.ticket("playback", **more)
    answer = await front.client.get("/media/v1/vod/index.m3u8", params={"ticket": ticket})
    is_away = (answer.status_code, answer.json()["error"]["key"]) == (503, "node_away")
    return is_away and await refused_with(front, first(front, **more)) == 4503


async def test_a_node_that_is_away_is_said(front: Front) -> None:
    (front.folder / "node.sock").unlink()
    assert await is_said_to_be_away(front)


async def test_a_node_elsewhere_that_is_not_connected_is_said(front: Front) -> None:
    """It is not looked for at this box's own socket either."""
    assert await is_said_to_be_away(front, is_own_node=False)
    assert front.node.calls == []
    assert front.hub.received == []


async def test_a_node_neither_learns_of_sessions_nor_sets_them(front: Front) -> None:
    headers = {"Cookie": "sereno_session=of-a-person"}
    answer = await front.client.get(
        "/media/v1/clip.mp4", params={"ticket": front.ticket("clip")}, headers=headers
    )
    assert answer.status_code == 200
    assert front.node.cookies == [None]
    assert "set-cookie" not in answer.headers


async def test_pages_of_other_sites_cannot_open_sockets(front: Front) -> None:
    for origin in ("https://evil.example", "null", "http://[", ""):
        with pytest.raises(InvalidStatus) as caught:
            async with live(front, origin=origin):
                pass
        assert caught.value.response.status_code == 403
    async with live(front, origin=front.url) as viewer:
        await viewer.send(first(front))
        assert await viewer.recv()


async def test_files_pass_with_their_ranges(front: Front) -> None:
    headers = {"Authorization": f"Bearer {front.ticket('playback')}", "Range": "bytes=0-3"}
    path = "/media/v1/vod/segments/x.mp4"
    part = await front.client.get(path, headers=headers)
    assert (part.status_code, part.content) == (206, b"0123")
    assert part.headers["content-range"] == "bytes 0-3/10"
    assert front.node.calls == [{"path": path, "range": "bytes=0-3"}]
    clip = await front.client.get("/media/v1/clip.mp4", params={"ticket": front.ticket("clip")})
    assert clip.content == b"0123456789"
    assert clip.headers["content-length"] == "10"


async def test_files_need_a_ticket_for_that_purpose(front: Front) -> None:
    late = datetime.now(UTC) - timedelta(seconds=61)
    refused = [
        ("vod/index.m3u8", ""),
        ("vod/index.m3u8", front.ticket("live")),
        ("vod/index.m3u8", front.ticket("playback", now=late)),
        ("clip.mp4", front.ticket("playback")),
        ("vod/segments/x.mp4", front.ticket("clip")),
    ]
    for path, ticket in refused:
        answer = await front.client.get(f"/media/v1/{path}", params={"ticket": ticket})
        assert answer.status_code == 401, path
        assert answer.json()["error"]["es"]
    assert front.node.calls == []


async def test_the_files_of_a_playlist_can_be_asked_for_after_the_tickets_minute(
    front: Front,
) -> None:
    path = "/media/v1/vod/segments/x.mp4"
    for age_seconds, status in ((3600, 200), (27 * 3600, 401)):  # the node checks its own pass
        then = datetime.now(UTC) - timedelta(seconds=age_seconds)
        query = {"ticket": front.ticket("playback", now=then), "token": "pass"}
        answer = await front.client.get(path, params=query)
        assert answer.status_code == status
    assert len(front.node.calls) == 1


async def test_a_socket_that_says_nothing_does_not_stay(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.front.media.TICKET_SECONDS", 0.1)
    async with live(front) as viewer:
        with pytest.raises(ConnectionClosed):
            await viewer.recv()
