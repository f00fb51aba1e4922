"""One client's session: the tracks it has set up, and what befalls it while it plays."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sereno.sim.cameras import SimCamera, SimStream
from sereno.sim.manners import moved_address
from sereno.sim.marks import SeiStamp
from sereno.sim.outlets import Line, Outlet
from sereno.sim.quirks import Quirks
from sereno.sim.rtsp import reason_of
from sereno.sim.spec import RTP_CLOCK_HZ
from sereno.sim.viewers import Viewer

_FAREWELL_SECONDS = 0.5


@dataclass(slots=True)
class SetUp:
    """One track of a session.

    ``audience`` is the list it joins while it plays (None: nothing is ever sent); a group's
    ``viewer`` is shared and its ``outlet`` stays open when the session ends.
    """

    address: str
    audience: list[Viewer] | None
    viewer: Viewer | None
    outlet: Outlet | None
    is_group: bool = False
    is_playing: bool = False


class Session:
    """Belongs to one connection and ends with it."""

    def __init__(
        self,
        camera: SimCamera,
        stream: SimStream,
        line: Line,
        utc: Callable[[], float],
    ) -> None:
        self.identity = secrets.token_hex(8)
        self.camera = camera
        self.stream = stream
        self.source = stream
        """The camera's own stream, of which a replay plays a copy."""
        self.tracks: dict[int, SetUp] = {}
        self.is_gone = False
        self._line = line
        self._utc = utc
        self._loop = asyncio.get_running_loop()
        self._timers: list[asyncio.TimerHandle] = []
        self._promised: list[SetUp] = []

    @property
    def is_playing(self) -> bool:
        """Whether it gets packets, or would if the camera sent any."""
        return self in self.camera.sessions

    def promise(self, numbers: Iterable[int]) -> str:
        """The tracks that ``play`` shall send; what RTP-Info says of them."""
        self._promised = [self.tracks[number] for number in numbers]
        if "reply-between-frames" in self.camera.quirks:
            self._line.talk_between()
        return ",".join(info for track in self._promised if (info := self._info(track)))

    def play(self) -> None:
        """Begins to send what was promised."""
        if not self.is_playing:
            self.camera.sessions.add(self)
            self._plan(self.camera.quirks)
        for track in self._promised:
            self._start(track)
        self._promised = []

    def report_if_due(self, monotonic: float) -> None:
        """Sends the sender reports that are due."""
        for track in self.tracks.values():
            if track.is_playing and track.viewer is not None:
                track.viewer.report_if_due(monotonic, self._utc)

    def end(self) -> None:
        """Stops sending and gives up what was opened."""
        self._stop()
        for track in self.tracks.values():
            if track.outlet is not None and not track.is_group:
                track.outlet.close()
        self.tracks.clear()
        self.camera.sessions.discard(self)
        for timer in self._timers:
            timer.cancel()

    def drop(self) -> None:
        """Cuts the client off without a word."""
        self._line.drop()

    def _info(self, track: SetUp) -> str:
        if track.viewer is None:
            return ""
        phase, rate = self.camera.phase, track.viewer.clock.rate_hz
        if rate == RTP_CLOCK_HZ:
            shown = self.stream.frame_at(self._first_number)[1]
            ticks = phase.clock.ticks(shown)
        else:
            ticks = round(self._utc() * rate)
        sequence, timestamp = track.viewer.sequence, track.viewer.timestamp(ticks)
        return f"url={track.address};seq={sequence};rtptime={timestamp}"

    def _start(self, track: SetUp) -> None:
        if track.is_playing or track.audience is None or track.viewer is None:
            return
        if "no-media" in self.camera.quirks:
            return
        if track.audience is self.stream.viewers:
            self._send_cached(track.viewer)
        if track.viewer not in track.audience:
            track.audience.append(track.viewer)
        track.is_playing = True

    @property
    def _first_number(self) -> int:
        """The capture number with which a track begins: the next, or one that is kept."""
        next_number = self.camera.phase.next_number
        if "cached-gop" in self.camera.quirks:
            return self.stream.last_key_before(next_number)
        return next_number

    def _stop(self) -> None:
        for number, track in self.tracks.items():
            if track.is_playing and track.audience is not None and track.viewer is not None:
                track.is_playing = False
                if not (track.is_group and self._others_play(number)):
                    track.audience.remove(track.viewer)

    def _others_play(self, number: int) -> bool:
        """Whether another session plays the same track of the stream to the same group."""
        mine = self.tracks[number]
        return any(
            track.is_playing and track.viewer is mine.viewer
            for session in self.camera.sessions
            if isinstance(session, Session) and session is not self
            for track in session.tracks.values()
        )

    def _send_cached(self, viewer: Viewer) -> None:
        stream, phase = self.stream, self.camera.phase
        for number in range(self._first_number, phase.next_number):
            frame, shown = stream.frame_at(number)
            stamped = frame.stamped(SeiStamp(phase.clock.utc_us(shown), shown))
            viewer.send(viewer.address(frame, stamped, phase.clock.ticks(shown))[0])

    def _plan(self, quirks: Quirks) -> None:
        """What befalls the session at a set time after PLAY."""
        plans: dict[str, Callable[[], None]] = {
            "stall-after": self._stop,
            "session-gone-454": self._go,
            "bye": self._say_bye,
            "teardown-by-server": self._tear_down,
            "redirect-later": self._redirect,
        }
        for name, act in plans.items():
            if name in quirks:
                self._timers.append(self._loop.call_later(quirks[name], act))

    def _go(self) -> None:
        self._stop()
        self.is_gone = True

    def _say_bye(self) -> None:
        for track in self.tracks.values():
            if track.is_playing and track.viewer is not None:
                track.viewer.say_bye()
        self._stop()

    def _redirect(self) -> None:
        address = self._address()
        if "/moved/" not in address:
            target = moved_address(address, is_moved=False)
            request = f"REDIRECT {address} RTSP/1.0\r\nCSeq: 1\r\nLocation: {target}\r\n\r\n"
            self._line.say(request.encode())

    def _address(self) -> str:
        return next(iter(self.tracks.values())).address.rpartition("/trackID=")[0]

    def _tear_down(self) -> None:
        self._say_bye()
        address = self._address()
        request = f"TEARDOWN {address} RTSP/1.0\r\nCSeq: 1\r\nSession: {self.identity}\r\n"
        self._line.say(f"{request}Reason: {reason_of(503)}\r\n\r\n".encode())
        self._timers.append(self._loop.call_later(_FAREWELL_SECONDS, self._line.close))
