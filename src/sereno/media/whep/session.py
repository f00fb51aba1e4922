"""One viewer in the helper: an ICE and DTLS connection, and the pictures on their way into it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)

from sereno.media.whep.channel import Channel, Picture
from sereno.media.whep.contract import IceSettings, Open
from sereno.media.whep.library import preference
from sereno.media.whep.offer import profile_of, with_public_address, without_local_names

log = logging.getLogger(__name__)

CONNECT_SECONDS = 20.0
LARGEST_QUEUE = 300
"""Pictures, some ten seconds: beyond it a viewer goes on at the next key frame."""
CATCH_UP_TICKS = 90
"""Between two pictures that a viewer gets to begin with: fast enough that none delays the next."""
_SECONDS_PER_PACKET = 0.0001  # while catching up: 100 Mbit/s, which receivers' buffers bear


class Pictures(MediaStreamTrack):
    """What one viewer gets, at its own pace and never slower than the others'."""

    kind = "video"

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel
        self._queue: deque[tuple[Picture, int]] = deque()
        self._news = asyncio.Event()
        self._has_joined = False
        self._waits_for_key = True
        self._behind = 0

    async def recv(self) -> tuple[list[bytes], int]:  # type: ignore[override]
        """The next picture's payloads and RTP time; called first when the viewer is connected."""
        if not self._has_joined:
            self._join()
        while not self._queue:
            self._news.clear()
            await self._news.wait()
        picture, ticks = self._queue.popleft()
        if self._behind:
            self._behind -= 1
            await asyncio.sleep(len(picture.payloads) * _SECONDS_PER_PACKET)
        return list(picture.payloads), ticks & 0xFFFFFFFF

    def offer(self, picture: Picture) -> None:
        """The next picture, from the channel. Where the queue is full, on at the next key frame."""
        if len(self._queue) >= LARGEST_QUEUE + self._behind:
            self._queue.clear()
            self._behind, self._waits_for_key = 0, True
        if self._waits_for_key and not picture.is_key:
            return
        self._waits_for_key = False
        self._queue.append((picture, picture.ticks))
        self._news.set()

    def stop(self) -> None:
        """Called by the library at the end of the connection."""
        self._channel.watchers.discard(self)
        super().stop()

    def _join(self) -> None:
        """All since the newest key frame, as if it had just been taken: else the browser would
        play it at its own pace, and stay behind by as much."""
        self._has_joined = True
        gop = list(self._channel.gop)
        for place, picture in enumerate(gop):
            before = (len(gop) - 1 - place) * CATCH_UP_TICKS
            self._queue.append((picture, gop[-1].ticks - before))
        self._behind = len(gop)
        self._waits_for_key = not gop
        self._channel.watchers.add(self)


class Session:
    """Made by `answer`; calls `on_end` with a key when it is over by itself; needs `close`."""

    def __init__(self, asked: Open, channel: Channel, on_end: Callable[[str], None]) -> None:
        self.stream = asked.stream
        self._asked = asked
        self._on_end = on_end
        self._pictures = Pictures(channel)
        self._connection: RTCPeerConnection | None = None
        self._deadline: asyncio.TimerHandle | None = None

    async def answer(self, ice: IceSettings) -> str:
        """The SDP answer, all candidates in it. Raises whatever the library makes of the offer."""
        self._connection = connection = RTCPeerConnection(_configuration(ice))
        connection.on("connectionstatechange", self._look)
        transceiver = connection.addTransceiver(self._pictures, direction="sendonly")
        profile = profile_of(self._asked.profile)
        if profile is None:
            raise ValueError("a profile that was not offered")
        transceiver.setCodecPreferences(preference(profile))
        offer = RTCSessionDescription(without_local_names(self._asked.offer), "offer")
        await connection.setRemoteDescription(offer)
        await connection.setLocalDescription(await connection.createAnswer())
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(CONNECT_SECONDS, self._on_end, "whep_no_connection")
        sdp = connection.localDescription.sdp
        return with_public_address(sdp, ice.public_address) if ice.public_address else sdp

    async def close(self) -> None:
        """End the connection."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._pictures.stop()
        if self._connection is not None:
            await self._connection.close()

    def _look(self) -> None:
        state = self._connection.connectionState if self._connection is not None else "closed"
        if state == "connected" and self._deadline is not None:
            self._deadline.cancel()
        if state in ("failed", "closed"):
            self._on_end("whep_no_connection" if state == "failed" else "whep_left")


def _configuration(ice: IceSettings) -> RTCConfiguration:
    """One STUN and one TURN server are used, the first of each."""
    servers = [
        RTCIceServer(uri, ice.username or None, ice.credential.get_secret_value() or None)
        for uri in ice.servers
    ]
    return RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
