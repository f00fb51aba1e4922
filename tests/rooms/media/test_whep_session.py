"""One WebRTC viewer: how it begins, falls behind, and is lost; over real UDP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import aioice.ice
import aiortc.codecs
import aiortc.rtcrtpsender
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from sereno.media.whep import session as session_module
from sereno.media.whep.channel import Channel, Picture
from sereno.media.whep.contract import IceSettings, Open
from sereno.media.whep.library import HISTORY_PACKETS, teach_addresses, teach_codecs
from sereno.media.whep.session import CATCH_UP_TICKS, LARGEST_QUEUE, Pictures, Session

WAIT_SECONDS = 90.0
FRAME_TICKS = 3600


def picture(number: int, *, is_key: bool = False) -> Picture:
    return Picture((b"\x65%d" % number,), number * FRAME_TICKS, is_key)


def filled(count: int) -> Channel:
    channel = Channel()
    channel.gop.extend(picture(number, is_key=number == 0) for number in range(count))
    return channel


async def soon(work: Awaitable[tuple[list[bytes], int]]) -> tuple[list[bytes], int]:
    return await asyncio.wait_for(work, WAIT_SECONDS)


async def until(is_true: Callable[[], object]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not is_true():  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.01)


async def test_a_viewer_begins_with_the_cached_pictures_close_together() -> None:
    channel = filled(10)
    pictures = Pictures(channel)
    got = [await soon(pictures.recv())]
    pictures.offer(picture(10))
    got += [await soon(pictures.recv()) for _ in range(10)]
    assert [payloads for payloads, _ in got] == [[b"\x65%d" % number] for number in range(11)]
    times = [ticks for _, ticks in got]
    assert times[9:] == [9 * FRAME_TICKS, 10 * FRAME_TICKS]
    assert [b - a for a, b in pairwise(times[:10])] == [CATCH_UP_TICKS] * 9
    assert channel.watchers == {pictures}
    pictures.stop()
    assert not channel.watchers


async def test_who_joins_between_runs_waits_for_a_key_frame() -> None:
    pictures = Pictures(Channel())
    first = asyncio.ensure_future(pictures.recv())
    await asyncio.sleep(0)
    pictures.offer(picture(1))
    pictures.offer(picture(2, is_key=True))
    assert await soon(first) == ([b"\x652"], 2 * FRAME_TICKS)


async def test_who_takes_nothing_goes_on_at_the_next_key_frame() -> None:
    channel = filled(5)
    pictures = Pictures(channel)
    await soon(pictures.recv())
    for number in range(5, 3 * LARGEST_QUEUE):
        pictures.offer(picture(number))
        assert len(pictures._queue) <= LARGEST_QUEUE + 5
    pictures.offer(picture(5000))
    pictures.offer(picture(5001, is_key=True))
    pictures.offer(picture(5002))
    assert await soon(pictures.recv()) == ([b"\x655001"], 5001 * FRAME_TICKS)
    assert await soon(pictures.recv()) == ([b"\x655002"], 5002 * FRAME_TICKS)


class Meeting:
    """A session of the helper and a player, in one process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # What the library is taught is undone after the test.
        monkeypatch.setitem(aiortc.codecs.CODECS, "video", [*aiortc.codecs.CODECS["video"]])
        monkeypatch.setattr(aiortc.rtcrtpsender, "get_encoder", aiortc.rtcrtpsender.get_encoder)
        monkeypatch.setattr(aiortc.rtcrtpsender, "RTP_HISTORY_SIZE", 0)
        monkeypatch.setattr(aioice.ice, "get_host_addresses", aioice.ice.get_host_addresses)
        teach_codecs()
        teach_addresses(("127.0.0.1",))
        self.ends: list[str] = []
        self.player = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    async def offer(self) -> str:
        self.player.addTransceiver("video", direction="recvonly")
        await self.player.setLocalDescription(await self.player.createOffer())
        return self.player.localDescription.sdp

    def session(self, offer: str) -> Session:
        asked = Open(session="1", stream="a/main", offer=offer, profile="64001f")
        return Session(asked, filled(3), self.ends.append)

    async def connect(self) -> Session:
        session = self.session(await self.offer())
        answer = await session.answer(IceSettings())
        assert "profile-level-id=64001f" in answer
        assert "127.0.0.1" in answer
        await self.player.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await until(lambda: self.player.connectionState == "connected")
        return session

    def vanish(self) -> None:
        """The player's machine is gone, without a word."""
        for protocol in self.player.getTransceivers()[
            0
        ].receiver.transport.transport._connection._protocols:
            protocol.transport.abort()


async def test_a_player_that_vanishes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 0.05)
    monkeypatch.setattr(aioice.ice, "CONSENT_FAILURES", 1000)  # a busy machine is late
    meeting = Meeting(monkeypatch)
    session = await meeting.connect()
    monkeypatch.setattr(aioice.ice, "CONSENT_FAILURES", 1)
    assert aiortc.rtcrtpsender.RTP_HISTORY_SIZE == HISTORY_PACKETS
    meeting.vanish()
    await until(lambda: meeting.ends)
    assert meeting.ends[0] in ("whep_no_connection", "whep_left")
    await session.close()
    await meeting.player.close()


async def test_a_player_that_never_comes_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session_module, "CONNECT_SECONDS", 0.05)
    meeting = Meeting(monkeypatch)
    session = meeting.session(await meeting.offer())
    await session.answer(IceSettings())
    await until(lambda: meeting.ends)
    assert meeting.ends == ["whep_no_connection"]
    await session.close()
    await meeting.player.close()


async def test_a_machine_without_a_network_has_its_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda *_: [])
    teach_addresses(())
    assert aioice.ice.get_host_addresses(True, True) == ["127.0.0.1"]
