"""One RTSP connection: requests in, responses and interleaved packets out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from sereno.sim.cameras import SimCamera, SimStream
from sereno.sim.rtsp import (
    REALM,
    MalformedRequest,
    Request,
    chosen_transport,
    is_authorised,
    response,
    session_description,
    stream_path,
    take_request,
)
from sereno.sim.spec import SimConfig
from sereno.sim.viewers import Viewer

_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


@dataclass(slots=True)
class House:
    """What all connections share."""

    config: SimConfig
    clock: Callable[[], float]
    cameras: Sequence[SimCamera]
    connections: set[RtspConnection] = field(default_factory=set)


@dataclass(slots=True)
class _Session:
    identity: str
    stream: SimStream
    camera: SimCamera
    viewer: Viewer
    track_uri: str


class RtspConnection(asyncio.Protocol):
    """The server's side of one client; it serves one session at a time."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._buffer = bytearray()
        self._nonce = secrets.token_hex(16)
        self._session: _Session | None = None
        self._loop = asyncio.get_running_loop()
        self._last_heard = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._house.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._house.connections.discard(self)
        self._end_session()

    def data_received(self, data: bytes) -> None:
        self._last_heard = self._loop.time()
        self._buffer += data
        try:
            while (request := take_request(self._buffer)) is not None:
                self._answer(request)
        except MalformedRequest:
            self._transport.write(response(400, None, {}))
            self._transport.close()

    def tend(self, monotonic: float) -> None:
        """Due every now and then: sender reports, and the end of clients that went silent."""
        if monotonic - self._last_heard > self._house.config.session_timeout_seconds:
            self._transport.abort()
        elif self._session is not None and self._is_playing and not self._session.camera.is_stalled:
            self._session.viewer.report_if_due(monotonic, self._house.clock)

    def close(self) -> None:
        """Cuts the connection."""
        self._transport.abort()

    @property
    def _is_playing(self) -> bool:
        return self._session is not None and self._session.viewer in self._session.stream.viewers

    def _end_session(self) -> None:
        if self._session is not None and self._is_playing:
            self._session.stream.viewers.remove(self._session.viewer)
        self._session = None

    def _answer(self, request: Request) -> None:
        found = self._find(request.uri)
        if found is not None and found[0].is_silent:
            return
        answer = self._judge(request, found)
        if answer is not None:
            status, headers, body = answer
            self._transport.write(response(status, request, headers, body))
        if request.method == "PLAY" and self._session is not None and self._is_playing:
            self._session.viewer.report_if_due(self._loop.time(), self._house.clock)
        if request.method == "TEARDOWN" and self._session is None:
            self._transport.close()

    def _find(self, uri: str) -> tuple[SimCamera, SimStream] | None:
        path = stream_path(uri)
        if path is None or not 1 <= path.camera <= len(self._house.cameras):
            return None
        camera = self._house.cameras[path.camera - 1]
        return camera, camera.streams[path.kind]

    def _judge(self, request: Request, found: tuple[SimCamera, SimStream] | None) -> _Answer:
        config = self._house.config
        if not request.version.startswith("RTSP/1."):
            return 505, {}, ""
        if request.method == "OPTIONS":
            return 200, {"Public": _METHODS}, ""
        if config.user is not None and not is_authorised(
            request, config.user, config.password, self._nonce
        ):
            return 401, {"WWW-Authenticate": f'Digest realm="{REALM}", nonce="{self._nonce}"'}, ""
        if request.method in ("GET_PARAMETER", "SET_PARAMETER"):
            return self._keep_alive(request)
        if found is None:
            return 404, {}, ""
        camera, stream = found
        if camera.refusal is not None:
            return camera.refusal, {}, ""
        match request.method:
            case "DESCRIBE":
                return self._describe(request, camera, stream)
            case "SETUP":
                return self._set_up(request, camera, stream)
            case "PLAY":
                return self._play(request)
            case "TEARDOWN":
                return self._tear_down(request)
            case _:
                return 405, {"Allow": _METHODS}, ""

    def _has_session(self, request: Request) -> bool:
        named = request.headers.get("session", "").partition(";")[0].strip()
        return self._session is not None and named == self._session.identity

    def _session_headers(self) -> dict[str, str]:
        if self._session is None:
            return {}
        timeout = round(self._house.config.session_timeout_seconds)
        return {"Session": f"{self._session.identity};timeout={timeout}"}

    def _keep_alive(self, request: Request) -> _Answer:
        if "session" in request.headers and not self._has_session(request):
            return 454, {}, ""
        return 200, self._session_headers(), ""

    def _describe(self, request: Request, camera: SimCamera, stream: SimStream) -> _Answer:
        host = self._transport.get_extra_info("sockname")[0]
        body = session_description(
            f"{camera.name} ({stream.kind})",
            host,
            stream.loop.parameters,
            self._house.config.fps,
            stream.picture.bitrate_bps,
            camera.number,
        )
        base = request.uri.rstrip("/") + "/"
        return 200, {"Content-Base": base, "Content-Type": "application/sdp"}, body

    def _set_up(self, request: Request, camera: SimCamera, stream: SimStream) -> _Answer:
        if self._session is not None:
            return 455, {}, ""
        channels = chosen_transport(request.headers.get("transport", ""))
        if channels is None:
            return 461, {}, ""
        limit = self._house.config.client_buffer_bytes
        viewer = Viewer(self._transport, channels, f"{camera.name} ({stream.kind})", limit)
        base = request.uri.rstrip("/").removesuffix("/trackID=0")
        self._session = _Session(secrets.token_hex(8), stream, camera, viewer, f"{base}/trackID=0")
        transport = (
            f"RTP/AVP/TCP;unicast;interleaved={channels.rtp_channel}-{channels.rtcp_channel}"
            f';ssrc={viewer.ssrc:08X};mode="PLAY"'
        )
        return 200, {"Transport": transport, **self._session_headers()}, ""

    def _play(self, request: Request) -> _Answer:
        session = self._session
        if session is None or not self._has_session(request):
            return 454, {}, ""
        phase = session.camera.phase
        rtptime = session.viewer.timestamp(phase.clock.ticks(phase.next_number))
        info = f"url={session.track_uri};seq={session.viewer.sequence};rtptime={rtptime}"
        if not self._is_playing:
            session.stream.viewers.append(session.viewer)
        return 200, {"Range": "npt=now-", "RTP-Info": info, **self._session_headers()}, ""

    def _tear_down(self, request: Request) -> _Answer:
        if not self._has_session(request):
            return 454, {}, ""
        self._end_session()
        return 200, {}, ""


_Answer = tuple[int, dict[str, str], str]
