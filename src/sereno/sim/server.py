"""The server: all cameras on one port."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sereno.sim.auth import Logins
from sereno.sim.cameras import SimCamera
from sereno.sim.connection import House, RtspConnection
from sereno.sim.furnish import furnish
from sereno.sim.knocks import Knocks
from sereno.sim.listening import stop_listening
from sereno.sim.loops import Progress
from sereno.sim.pump import SoundPump, VideoPump
from sereno.sim.replay import Playback
from sereno.sim.rtsp import FindPath, stream_path
from sereno.sim.setup import Groups
from sereno.sim.spec import SimConfig
from sereno.sim.tls import make_certificate

_TEND_SECONDS = 0.5


class SimServer:
    """``async with SimServer(config) as server``: encodes what is not cached, then listens.

    ``clock`` gives UTC in seconds since 1970; ``progress`` follows the encoding (see ``loops``).
    A recorder reads addresses in its own way (``find_path``), plays footage (``playback``) and may
    count wrong logins over several doors (``logins``).
    """

    def __init__(
        self,
        config: SimConfig,
        *,
        clock: Callable[[], float] = time.time,
        progress: Progress | None = None,
        find_path: FindPath = stream_path,
        playback: Playback | None = None,
        logins: Logins | None = None,
    ) -> None:
        self.config = config
        self._clock = clock
        self._progress = progress
        self._cameras: list[SimCamera] = []
        self._house = House(
            config,
            clock,
            self._cameras,
            Groups(),
            logins=logins or Logins(),
            find_path=find_path,
            playback=playback,
        )
        self._listeners: dict[str, asyncio.Server] = {}
        self._pumps: list[VideoPump | SoundPump] = []
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._secrets: tempfile.TemporaryDirectory[str] | None = None
        self._certificate: Path | None = None

    async def __aenter__(self) -> SimServer:
        stop = threading.Event()
        try:
            phases, cameras = await asyncio.to_thread(
                furnish, self.config, self._clock, self._progress, stop
            )
        except asyncio.CancelledError:
            stop.set()
            raise
        self._cameras.extend(cameras)
        self._loop = asyncio.get_running_loop()
        await self._listen()
        sounds = dict.fromkeys(
            stream.sound for camera in cameras for stream in camera.streams.values() if stream.sound
        )
        self._pumps = [
            VideoPump(self.config, phases, self._clock),
            *(SoundPump(sound, cameras, self._clock) for sound in sounds),
        ]
        for pump in self._pumps:
            pump.start()
        self._tend()
        for camera in cameras:
            self._change_codec_later(camera)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for timer in self._timers.values():
            timer.cancel()
        for pump in self._pumps:
            pump.stop()
        await stop_listening(*self._listeners.values())
        for connection in list(self._house.connections):
            connection.close()
        self._house.groups.close()
        for listener in self._listeners.values():
            await listener.wait_closed()
        if self._secrets is not None:
            self._secrets.cleanup()

    @property
    def port(self) -> int:
        """The port listened on, also when 0 was asked for."""
        return self._port_of("rtsp")

    @property
    def tls_port(self) -> int:
        """The port for RTSP over TLS."""
        return self._port_of("rtsps")

    @property
    def certificate_path(self) -> Path:
        """The certificate that clients of the TLS port have to trust (PEM); gone after the end."""
        if self._certificate is None:
            raise RuntimeError("the simulation has no TLS port: ask for one with has_tls")
        return self._certificate

    @property
    def cameras(self) -> tuple[SimCamera, ...]:
        """All cameras, in order."""
        return tuple(self._cameras)

    @property
    def refused_logins(self) -> int:
        """How often somebody came with wrong credentials, over all connections."""
        return self._house.logins.refused

    @property
    def knocks(self) -> Knocks:
        """How many clients dialled, and how many at once had not been let in yet."""
        return self._house.knocks

    def camera(self, number: int) -> SimCamera:
        """Camera ``number``, from 1."""
        if not 1 <= number <= len(self._cameras):
            raise ValueError(f"there is no camera {number}; there are {len(self._cameras)}")
        return self._cameras[number - 1]

    def address(self, number: int, kind: str = "main", scheme: str = "rtsp") -> str:
        """A stream's address, without credentials; a server on all interfaces says 127.0.0.1.

        ``scheme`` is ``rtsp`` or ``rtsps``.
        """
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.config.host, self.config.host)  # noqa: S104
        return f"{scheme}://{host}:{self._port_of(scheme)}/cam/{number}/{kind}"

    async def _listen(self) -> None:
        config = self.config
        self._listeners["rtsp"] = await self._loop.create_server(
            lambda: RtspConnection(self._house), config.host, config.port, backlog=1024
        )
        if not config.has_tls:
            return
        self._secrets = tempfile.TemporaryDirectory(prefix="sereno-sim-")
        self._certificate, context = make_certificate(Path(self._secrets.name), config.host)
        self._listeners["rtsps"] = await self._loop.create_server(
            lambda: RtspConnection(self._house), config.host, config.tls_port, ssl=context
        )

    def _port_of(self, scheme: str) -> int:
        if scheme not in self._listeners:
            raise RuntimeError(f"nothing listens for {scheme}: open the simulation, with TLS or so")
        port: int = self._listeners[scheme].sockets[0].getsockname()[1]
        return port

    def _tend(self) -> None:
        monotonic = self._loop.time()
        for connection in list(self._house.connections):
            connection.tend(monotonic)
        self._timers["tend"] = self._loop.call_later(_TEND_SECONDS, self._tend)

    def _change_codec_later(self, camera: SimCamera) -> None:
        seconds = camera.quirks.get("codec-change")
        if seconds is not None:
            key = f"codec {camera.number}"
            self._timers[key] = self._loop.call_later(seconds, self._change_codec, camera)

    def _change_codec(self, camera: SimCamera) -> None:
        camera.change_codec()
        self._change_codec_later(camera)
