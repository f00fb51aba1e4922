"""One RTSP connection: requests in, responses and interleaved packets out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from sereno.base.spans import Span
from sereno.sim.auth import Doorkeeper, Logins
from sereno.sim.cameras import SimCamera, SimStream
from sereno.sim.knocks import Knocks
from sereno.sim.locks import LOCKED_PHRASE, locked_page, locked_seconds
from sereno.sim.manners import LIVE, Manners, moved_address
from sereno.sim.outlets import Line
from sereno.sim.quirks import Quirks
from sereno.sim.replay import Playback
from sereno.sim.rtcp import receiver_reports
from sereno.sim.rtsp import (
    FindPath,
    MalformedRequest,
    Request,
    StreamPath,
    chosen_transport,
    response,
    stream_path,
    take_request,
)
from sereno.sim.seeking import BadRange
from sereno.sim.sessions import Session
from sereno.sim.setup import Groups, Refused, set_up_track
from sereno.sim.spec import SimConfig

_WEB_PAGE = b"<html><body><h1>400 Bad Request</h1></body></html>\r\n"
_WEB_REPLY = (
    b"HTTP/1.1 400 Bad Request\r\nServer: webserver\r\nContent-Type: text/html\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_WEB_PAGE), _WEB_PAGE)
)
_TOO_MANY_VIEWERS = "Too Many Sessions"
_UDP_PORTS = "RTP/AVP;unicast;client_port=50000-50001;server_port=50002-50003"
_Headers = list[tuple[str, str]]
_Answer = tuple[int, _Headers, str]


def _reach(path: StreamPath) -> str:
    """What of a stream can be played, as a Range header says it."""
    return LIVE if path.span is None else f"npt=0-{path.span.duration.total_seconds():.3f}"


@dataclass(slots=True)
class House:
    """What all connections share."""

    config: SimConfig
    clock: Callable[[], float]
    cameras: Sequence[SimCamera]
    groups: Groups
    connections: set[RtspConnection] = field(default_factory=set)
    logins: Logins = field(default_factory=Logins)
    knocks: Knocks = field(default_factory=Knocks)
    find_path: FindPath = stream_path
    playback: Playback | None = None


class RtspConnection(asyncio.Protocol):
    """The server's side of one client; it serves one session at a time."""

    def __init__(self, house: House) -> None:
        config = house.config
        self._house = house
        self._buffer = bytearray()
        self._doorkeeper = Doorkeeper(
            config.user, config.password, config.auth, config.nonce_requests, house.logins
        )
        self._quirks = Quirks.of(config.quirks)
        self._session: Session | None = None
        self._loop = asyncio.get_running_loop()
        self._last_heard = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._doorkeeper.client = str(peer[0]) if peer else ""
        self._line = Line(self._transport, self._house.config.client_buffer_bytes)
        self._house.connections.add(self)
        self._house.knocks.come(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._house.connections.discard(self)
        self._house.knocks.go(self)
        self._end_session()

    def data_received(self, data: bytes) -> None:
        self._last_heard = self._loop.time()
        if "http-on-port" in self._quirks:
            self._transport.write(_WEB_REPLY)
            self._transport.close()
            return
        self._buffer += data
        try:
            while (request := take_request(self._buffer, self._take_packet)) is not None:
                self._answer(request)
        except MalformedRequest:
            self._transport.write(response(400, []))
            self._transport.close()

    def tend(self, monotonic: float) -> None:
        """Due every now and then: sender reports, and the end of clients that went silent."""
        session = self._session
        if monotonic - self._last_heard > self._house.config.session_timeout_seconds:
            self._transport.abort()
        elif session is not None and session.is_playing and not session.camera.is_stalled:
            session.report_if_due(monotonic)

    def close(self) -> None:
        """Cuts the connection."""
        self._transport.abort()

    def _take_packet(self, channel: int, packet: bytes) -> None:
        if channel % 2:
            self._take_report(packet)

    def _take_report(self, packet: bytes) -> None:
        self._last_heard = self._loop.time()
        if self._session is not None:
            self._session.camera.receiver_reports.extend(receiver_reports(packet))

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.end()
        self._session = None

    def _answer(self, request: Request) -> None:
        if request.method.startswith("RTSP/"):
            return  # a reply to a request of ours
        path = self._house.find_path(request.uri)
        camera = self._camera_of(path)
        manners = self._manners(camera)
        if "no-reply" in manners.quirks or (camera is not None and camera.is_silent):
            return
        if "hangs-up" in manners.quirks:
            self._transport.close()
            return
        status, headers, body = self._judge(request, path, camera, manners)
        cseq = request.headers.get("cseq")
        phrase = self._phrase(status, manners.quirks, body)
        self._line.say(response(status, manners.headers(cseq, headers), body, phrase))
        if request.method == "PLAY" and status == 200 and self._session is not None:
            self._session.play()
            self._house.knocks.go(self)
            self._session.report_if_due(self._loop.time())
        if request.method == "TEARDOWN" and self._session is None:
            self._line.close()

    def _phrase(self, status: int, quirks: Quirks, body: str) -> str:
        """Words of a device's own, or none."""
        if status == 503 and "too-many-viewers" in quirks:
            return _TOO_MANY_VIEWERS
        return LOCKED_PHRASE if status == 401 and body else ""

    def _camera_of(self, path: StreamPath | None) -> SimCamera | None:
        if path is None or not 1 <= path.camera <= len(self._house.cameras):
            return None
        return self._house.cameras[path.camera - 1]

    def _manners(self, camera: SimCamera | None) -> Manners:
        config = self._house.config
        quirks = camera.quirks if camera is not None else self._quirks
        return Manners(quirks, config.answers, config.session_timeout_seconds)

    def _judge(
        self,
        request: Request,
        path: StreamPath | None,
        camera: SimCamera | None,
        manners: Manners,
    ) -> _Answer:
        if not request.version.startswith("RTSP/1."):
            return 505, [], ""
        refusal = manners.refusal(request.method)
        if refusal is not None:
            return refusal, [], ""
        if request.method == "OPTIONS":
            return 200, [("Public", manners.methods())], ""
        logins = self._house.logins
        locked = locked_seconds(manners.quirks, logins.refused)
        locked = locked or logins.locked_out_seconds(self._doorkeeper.client)
        if locked is not None:
            return 401, *locked_page(locked)
        challenges = self._doorkeeper.challenges(
            request.method, request.headers.get("authorization", "")
        )
        if challenges is not None:
            return 401, [("WWW-Authenticate", text) for text in challenges], ""
        if request.method in ("GET_PARAMETER", "SET_PARAMETER"):
            return self._keep_alive(request, manners)
        if path is None or camera is None or not manners.knows(path):
            return 404, [], ""
        if camera.refusal is not None and path.span is None:
            return camera.refusal, [], ""
        if path.span is not None and not self._is_recorded(camera, path.span):
            return 404, [], ""
        return self._serve(request, path, camera, manners)

    def _is_recorded(self, camera: SimCamera, span: Span) -> bool:
        playback = self._house.playback
        return playback is not None and playback.holds(camera, span)

    def _serve(
        self, request: Request, path: StreamPath, camera: SimCamera, manners: Manners
    ) -> _Answer:
        stream = camera.streams[path.kind]
        match request.method:
            case "DESCRIBE":
                return self._describe(request, path, camera, stream, manners)
            case "SETUP":
                return self._set_up(request, path, camera, stream, manners)
            case "PLAY":
                return self._play(request, path, manners)
            case "TEARDOWN":
                return self._tear_down(request)
            case _:
                return 405, [("Allow", manners.methods())], ""

    def _has_session(self, request: Request) -> bool:
        session = self._session
        named = request.headers.get("session", "").partition(";")[0].strip()
        return session is not None and not session.is_gone and named == session.identity

    def _session_headers(self, manners: Manners) -> _Headers:
        if self._session is None:
            return []
        return [("Session", manners.session(self._session.identity))]

    def _keep_alive(self, request: Request, manners: Manners) -> _Answer:
        if "session" in request.headers and not self._has_session(request):
            return 454, [], ""
        return 200, self._session_headers(manners), ""

    def _describe(
        self,
        request: Request,
        path: StreamPath,
        camera: SimCamera,
        stream: SimStream,
        manners: Manners,
    ) -> _Answer:
        quirks = camera.quirks
        if "too-many-viewers" in quirks:
            return 503, [], ""
        if "redirect-loop" in quirks or ("redirect" in quirks and not path.is_moved):
            return 302, [("Location", moved_address(request.uri, is_moved=path.is_moved))], ""
        host = self._transport.get_extra_info("sockname")[0]
        fps, reach = self._house.config.fps, _reach(path)
        body = manners.describe(camera, stream, request.uri, host, fps, reach)
        headers = [*manners.content_base(request.uri), ("Content-Type", "application/sdp")]
        return 200, headers, body

    def _set_up(
        self,
        request: Request,
        path: StreamPath,
        camera: SimCamera,
        stream: SimStream,
        manners: Manners,
    ) -> _Answer:
        session = self._session
        number = path.track or 0
        if number not in manners.tracks(camera, stream):
            return 404, [], ""
        if session is not None and (session.source is not stream or number in session.tracks):
            return 455, [], ""
        if session is not None and not self._has_session(request):
            return 454, [], ""
        if session is None and (full := self._full_status(camera, path)) is not None:
            return full, [], ""
        ways = [way for way in manners.ways() if path.span is None or way != "multicast"]
        offer = chosen_transport(request.headers.get("transport", ""), ways)
        if offer is None:
            return 461, [], ""
        if session is None:
            session = self._new_session(camera, stream, path)
        try:
            transport = set_up_track(
                session,
                number,
                request.uri,
                offer,
                self._transport,
                self._line,
                self._house.groups,
                self._take_report,
            )
        except Refused as refused:
            return refused.status, [], ""
        self._session = session
        if "wrong-transport" in camera.quirks and offer.way == "tcp":
            transport = _UDP_PORTS
        return 200, [("Transport", transport), *self._session_headers(manners)], ""

    def _new_session(self, camera: SimCamera, stream: SimStream, path: StreamPath) -> Session:
        playback = self._house.playback
        if path.span is not None and playback is not None:
            return playback.session(camera, stream, path.span, self._line)
        return Session(camera, stream, self._line, self._house.clock)

    def _full_status(self, camera: SimCamera, path: StreamPath) -> int | None:
        """How one session too many is refused; None where it is not."""
        playback = self._house.playback
        if path.span is not None and playback is not None:
            return 453 if playback.is_full else None
        limit = camera.quirks.get("session-limit-453")
        if limit is not None and self._sessions_of(camera) >= limit:
            return 453
        limit = camera.quirks.get("server-limit-500")
        sessions = (connection._session for connection in self._house.connections)
        is_full = limit is not None and sum(each is not None for each in sessions) >= limit
        return 500 if is_full else None

    def _sessions_of(self, camera: SimCamera) -> int:
        sessions = (connection._session for connection in self._house.connections)
        return sum(session is not None and session.camera is camera for session in sessions)

    def _play(self, request: Request, path: StreamPath, manners: Manners) -> _Answer:
        session = self._session
        if session is None or not self._has_session(request):
            return 454, [], ""
        if path.track is None and "aggregate-refused" in session.camera.quirks:
            return 459, [], ""
        if path.track is not None and path.track not in session.tracks:
            return 455, [], ""
        try:
            reach = self._sought(session, request) or _reach(path)
        except BadRange:
            return 457, [], ""
        info = session.promise(session.tracks if path.track is None else [path.track])
        headers = [("Range", reach), *([("RTP-Info", info)] if info else [])]
        return 200, [*headers, *self._session_headers(manners)], ""

    def _sought(self, session: Session, request: Request) -> str | None:
        """What PLAY moved a session of footage to, as a Range header. Raises BadRange."""
        playback = self._house.playback
        return None if playback is None else playback.seek(session, request.headers)

    def _tear_down(self, request: Request) -> _Answer:
        if not self._has_session(request):
            return 454, [], ""
        self._end_session()
        return 200, [], ""
