"""Live view by WebRTC from a node that records simulated cameras."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiortc.sdp import SessionDescription
from pydantic import SecretStr

from sereno.box.ice import PortRange
from sereno.node import webrtc
from sereno.node.daemon import Node
from sereno.node.rows import StreamKey
from sereno.sim import CameraSpec, SimConfig, SimServer
from sereno.wire.orders import CameraOrder

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
from .whep_viewer import Arrived, WhepViewer, an_offer, collected, take

__all__ = ["collected"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
PLAIN, B_FRAMES, HEVC = range(3)
MOST_SESSIONS = 3
PORTS = PortRange(42_000, 42_999)
PUBLIC_ADDRESS = "203.0.113.9"


@dataclass
class Place:
    """A node that records three cameras: plain, with B-frames, and in H.265."""

    hub: HubDouble
    node: Node
    orders: list[CameraOrder]
    client: httpx.AsyncClient

    def viewer(self, camera: int = PLAIN, purpose: str = "live") -> WhepViewer:
        ticket = self.hub.ticket(self.orders[camera].camera_id, purpose)
        return WhepViewer(self.client, ticket)

    @property
    def web_rtc(self) -> webrtc.WebRtc:
        return self.node.viewing.web_rtc

    def has_key_frame(self, camera: int) -> bool:
        key = StreamKey(self.orders[camera].camera_id, "main")
        return self.node.viewing.live.newest_key(key) is not None


@pytest.fixture(scope="module", autouse=True)
def cameras_leave_nothing_out() -> Iterator[None]:
    """On a busy machine simulated cameras send late; pictures are counted here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sereno.sim.pump._LATEST_SECONDS", 60.0)
        yield


@pytest_asyncio.fixture(loop_scope="module")
async def place(lasting_place: Place) -> Place:
    """Every camera sends, whatever became of it in the test before."""
    for camera in (PLAIN, B_FRAMES, HEVC):
        await until(lambda camera=camera: lasting_place.has_key_frame(camera), "a key frame")
    return lasting_place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting_place(
    sim_config: SimConfig, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    cameras = (
        CameraSpec("plain", "entrance"),
        CameraSpec("b-frames", "yard", b_frames=2),
        CameraSpec("hevc", "shop", codec="h265"),
    )
    hub, listener = HubDouble(), tcp_listener()
    data = tmp_path_factory.mktemp("whep") / "data"
    settings = settings_for(data, listener.getsockname()[1])
    settings = settings.model_copy(
        update={
            "whep_sessions": MOST_SESSIONS,
            "ice_ports": PORTS,
            "ice_public_address": PUBLIC_ADDRESS,
        }
    )
    async with (
        SimServer(replace(sim_config, cameras=cameras)) as sim,
        serving(hub.app(), listener),
        running(settings) as node,
        media_client(data) as client,
    ):
        orders = [camera_order(sim, number) for number in (1, 2, 3)]
        hub.order(*orders)
        yield Place(hub, node, orders, client)


async def test_a_viewer_begins_with_the_cached_key_frame_and_gets_every_picture(
    place: Place, collected: list[Arrived]
) -> None:
    async with place.viewer():
        pictures = await take(collected, 25)
    assert pictures[0].is_key
    numbers = [picture.stamp.frame_number for picture in pictures]
    assert numbers == list(range(numbers[0], numbers[0] + 25))
    assert all(b.ticks > a.ticks for a, b in pairwise(pictures))
    for picture in pictures:
        assert not picture.is_key or picture.kinds[:2] == [7, 8]


async def test_several_viewers_of_a_stream_are_one_to_the_node(
    place: Place, collected: list[Arrived]
) -> None:
    await until(lambda: place.web_rtc.session_count() == 0, "the test before is over")
    async with AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(place.viewer()) for _ in range(3)]
        await until(lambda: len(collected) >= 60, "pictures")
        assert place.node.viewing.live.viewer_count() == 1
        assert place.web_rtc.session_count() == 3
        refused = await place.viewer().post(await an_offer())
        said = refused.json()["error"]
        assert (refused.status_code, said["key"]) == (503, "whep_full")
        assert "3" in said["en"]
        assert "3" in said["es"]
        for viewer in viewers:
            assert (await viewer.leave()).status_code == 200
            assert (await viewer.leave()).status_code == 404
    assert place.web_rtc.session_count() == 0
    await until(lambda: place.node.viewing.live.viewer_count() == 0, "nobody watches")


async def test_who_leaves_without_a_word_to_the_node_is_let_go(
    place: Place, collected: list[Arrived]
) -> None:
    async with place.viewer():
        await take(collected, 1)
        assert place.web_rtc.session_count() > 0
    await until(lambda: place.web_rtc.session_count() == 0, "the session is over")


async def test_ports_and_addresses_are_those_of_the_settings(
    place: Place, collected: list[Arrived]
) -> None:
    async with place.viewer() as viewer:
        assert viewer.answer is not None
        candidates = SessionDescription.parse(viewer.answer.text).media[0].ice_candidates
        await take(collected, 1)
    assert viewer.answer.headers["content-type"] == "application/sdp"
    assert "link" not in viewer.answer.headers
    assert all(PORTS.first <= each.port <= PORTS.last for each in candidates)
    own = {each.port for each in candidates if each.type == "host"}
    public = {each.port for each in candidates if each.ip == PUBLIC_ADDRESS}
    assert own == public != set()


async def said_no(place: Place, camera: int, offer: str, **more: Any) -> tuple[int, str]:
    answer = await place.viewer(camera).post(offer, **more)
    said = answer.json()["error"]
    assert said["en"] != said["es"]
    return answer.status_code, said["key"]


async def test_refusals_name_the_alternative(place: Place) -> None:
    offer = await an_offer()
    assert await said_no(place, B_FRAMES, offer) == (422, "whep_b_frames")
    assert await said_no(place, HEVC, offer) == (422, "whep_codec")
    without = "\r\n".join(line for line in offer.splitlines() if "H264" not in line)
    assert await said_no(place, PLAIN, without) == (422, "whep_no_h264")
    answer = await place.viewer(HEVC).post(offer)
    said = answer.json()["error"]
    assert "H.265" in said["en"]
    assert "ordinary live view" in said["en"]
    assert "vista en vivo normal" in said["es"]
    assert place.web_rtc.session_count() == 0


async def test_offers_that_are_none(place: Place) -> None:
    offer = await an_offer()
    cut = offer[: offer.index("a=ice-ufrag")]
    for wrong in ("", "no sdp", "v=0\r\nm=audio 9 RTP/AVP 0\r\n", "\0" * 70_000):
        assert await said_no(place, PLAIN, wrong) == (422, "whep_offer")
    assert await said_no(place, PLAIN, offer, kind="text/plain") == (422, "whep_offer")
    assert (await said_no(place, PLAIN, cut))[0] == 422
    assert place.web_rtc.session_count() == 0


async def test_tickets_that_are_refused(place: Place) -> None:
    offer = await an_offer()
    camera_id = place.orders[PLAIN].camera_id
    late = datetime.now(UTC) - timedelta(seconds=61)
    tickets = ("", "none", place.hub.ticket(camera_id, now=late), HubDouble().ticket(camera_id))
    for ticket in tickets:
        assert (await WhepViewer(place.client, ticket).post(offer)).status_code == 401
    assert (await place.viewer(purpose="playback").post(offer)).status_code == 401
    foreign = place.hub.ticket(HubDouble().node_id)
    assert (await WhepViewer(place.client, foreign).post(offer)).status_code == 404


async def test_a_camera_that_sends_nothing(place: Place) -> None:
    order = place.orders[PLAIN].model_copy(update={"password": SecretStr("wrong")})
    offer = await an_offer()
    place.hub.order(order, *place.orders[1:])
    await place.hub.wake()
    try:
        await until(lambda: not place.has_key_frame(PLAIN), "the camera is stopped")
        assert await said_no(place, PLAIN, offer) == (503, "camera_not_running")
    finally:
        place.hub.order(*place.orders)
        await place.hub.wake()
        await until(lambda: place.has_key_frame(PLAIN), "the camera is back")


async def test_a_helper_that_dies_is_started_anew(place: Place, collected: list[Arrived]) -> None:
    async with place.viewer():
        await take(collected, 1)
        died = place.web_rtc.helper_pid
        assert died is not None
        os.kill(died, signal.SIGKILL)
        await until(lambda: place.web_rtc.session_count() == 0, "the node has noticed")
    collected.clear()
    async with place.viewer():
        pictures = await take(collected, 5)
    assert pictures[0].is_key
    assert place.web_rtc.helper_pid != died


async def test_the_helper_ends_some_time_after_the_last_viewer(
    place: Place, collected: list[Arrived], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webrtc, "LINGER_SECONDS", 0.0)
    async with place.viewer():
        await take(collected, 1)
        pid = place.web_rtc.helper_pid
        assert pid is not None
    await until(lambda: place.web_rtc.helper_pid is None, "the helper is asked to end")
    await until(lambda: not _is_there(pid), "the helper has ended")


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_recording_goes_on_while_the_helper_hangs(
    place: Place, collected: list[Arrived]
) -> None:
    book = place.node._recording.book(StreamKey(place.orders[PLAIN].camera_id, "main"))
    async with place.viewer():
        await take(collected, 1)
        run_id, pid = book.run.run_id, place.web_rtc.helper_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            end_us = book.run.end_us
            await until(lambda: book.run.end_us > end_us + 2_000_000, "two more seconds")
        finally:
            os.kill(pid, signal.SIGCONT)
        assert book.run.run_id == run_id
        collected.clear()
        await take(collected, 5)
