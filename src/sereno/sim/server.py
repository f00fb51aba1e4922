"""The server: all cameras on one port, one timer for all frames."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType

from sereno.sim.cameras import Phase, SimCamera, SimStream
from sereno.sim.connection import House, RtspConnection
from sereno.sim.loops import Progress, loop_folder, prepare_loops
from sereno.sim.marks import SeiStamp
from sereno.sim.packets import PacketLoop, packet_loop
from sereno.sim.spec import LoopSpec, SimConfig
from sereno.sim.timing import FrameClock
from sereno.sim.viewers import Outgoing, Viewer

_TEND_SECONDS = 0.5
_TIMER_GRAIN_SECONDS = 0.001
_LATEST_SECONDS = 1.0
"""Frames later than this are left out, as a camera does that could not keep up."""


class SimServer:
    """``async with SimServer(config) as server``: encodes what is not cached, then listens.

    ``clock`` gives UTC in seconds since 1970; ``progress`` follows the encoding (see ``loops``).
    """

    def __init__(
        self,
        config: SimConfig,
        *,
        clock: Callable[[], float] = time.time,
        progress: Progress | None = None,
    ) -> None:
        self.config = config
        self._clock = clock
        self._progress = progress
        self._phases: list[Phase] = []
        self._cameras: list[SimCamera] = []
        self._house = House(config, clock, self._cameras)
        self._listener: asyncio.Server | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}

    async def __aenter__(self) -> SimServer:
        stop = threading.Event()
        try:
            loops = await asyncio.to_thread(self._load, stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        self._furnish(loops)
        self._loop = asyncio.get_running_loop()
        self._listener = await self._loop.create_server(
            lambda: RtspConnection(self._house), self.config.host, self.config.port, backlog=1024
        )
        self._tick()
        self._tend()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for timer in self._timers.values():
            timer.cancel()
        listener = self._open_listener()
        listener.close()
        for connection in list(self._house.connections):
            connection.close()
        await listener.wait_closed()

    @property
    def port(self) -> int:
        """The port listened on, also when 0 was asked for."""
        port: int = self._open_listener().sockets[0].getsockname()[1]
        return port

    @property
    def cameras(self) -> tuple[SimCamera, ...]:
        """All cameras, in order."""
        return tuple(self._cameras)

    def camera(self, number: int) -> SimCamera:
        """Camera ``number``, from 1."""
        if not 1 <= number <= len(self._cameras):
            raise ValueError(f"there is no camera {number}; there are {len(self._cameras)}")
        return self._cameras[number - 1]

    def address(self, number: int, kind: str = "main") -> str:
        """A stream's address, without credentials; a server on all interfaces says 127.0.0.1."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.config.host, self.config.host)  # noqa: S104
        return f"rtsp://{host}:{self.port}/cam/{number}/{kind}"

    def _open_listener(self) -> asyncio.Server:
        if self._listener is None:
            raise RuntimeError("the simulation is not open: use it with 'async with'")
        return self._listener

    def _load(self, stop: threading.Event) -> dict[tuple[LoopSpec, str], PacketLoop]:
        config = self.config
        specs = dict.fromkeys(config.loop_of(camera) for camera in config.cameras)
        prepare_loops(config.cache_dir, specs, self._progress, stop)
        return {
            (spec, kind): packet_loop(
                (loop_folder(config.cache_dir, spec) / f"{kind}.h264").read_bytes(),
                spec.first_key_frame,
            )
            for spec in specs
            for kind in ("main", "sub")
        }

    def _furnish(self, loops: dict[tuple[LoopSpec, str], PacketLoop]) -> None:
        config, now = self.config, self._clock()
        for number in range(config.phases):
            clock = FrameClock(config.fps, number, config.phases)
            self._phases.append(Phase(clock, clock.number_at(now) + 1))
        for number, spec in enumerate(config.cameras, 1):
            loop = config.loop_of(spec)
            streams = [
                SimStream("main", config.main, loops[loop, "main"]),
                SimStream("sub", config.sub, loops[loop, "sub"]),
            ]
            phase = self._phases[(number - 1) % config.phases]
            camera = SimCamera(number, spec, streams, phase)
            phase.cameras.append(camera)
            self._cameras.append(camera)

    def _tick(self) -> None:
        now = self._clock()
        for phase in self._phases:
            newest = phase.clock.number_at(now)
            if abs(newest - phase.next_number) > _LATEST_SECONDS * self.config.fps:
                phase.next_number = newest  # this process was held up, or the clock was set
            while phase.next_number <= newest:
                self._send_frame(phase, phase.next_number)
                phase.next_number += 1
        due_us = min(phase.clock.utc_us(phase.next_number) for phase in self._phases)
        # Timers fire on whole milliseconds; a little late is true to life, early would not be.
        delay = due_us / 1_000_000 - self._clock() + _TIMER_GRAIN_SECONDS / 2
        self._timers["tick"] = self._loop.call_later(max(delay, _TIMER_GRAIN_SECONDS), self._tick)

    def _send_frame(self, phase: Phase, number: int) -> None:
        bursts: list[Outgoing] = [[] for _ in range(self.config.bursts)]
        for wire, starts, viewer in self._addressed(phase, number):
            if len(bursts) == 1:
                bursts[0].append((viewer, wire))
                continue
            cuts = [
                *(starts[len(starts) * i // len(bursts)] for i in range(len(bursts))),
                len(wire),
            ]
            view = memoryview(wire)
            for burst, begin, end in zip(bursts, cuts, cuts[1:], strict=False):
                if begin < end:
                    burst.append((viewer, view[begin:end]))
        # A loop that was held up may reach a frame before the last one's bursts are out: these go
        # first, for a stream over TCP cannot change its order.
        while phase.waiting:
            _send_next(phase.waiting)
        phase.waiting.extend(bursts)
        _send_next(phase.waiting)
        for place in range(1, len(bursts)):
            delay = self.config.spread_ms / 1000 * place / (len(bursts) - 1)
            self._loop.call_later(delay, _send_next, phase.waiting)

    def _addressed(
        self, phase: Phase, number: int
    ) -> list[tuple[bytearray, tuple[int, ...], Viewer]]:
        stamp = SeiStamp(phase.clock.utc_us(number), number)
        ticks = phase.clock.ticks(number)
        stamped: dict[int, bytes] = {}  # cameras that share a loop share the stamped frame
        outgoing = []
        for camera in phase.cameras:
            if camera.is_stalled:
                continue
            for stream in camera.streams.values():
                if not stream.viewers:
                    continue
                frame = stream.loop.frames[number % len(stream.loop.frames)]
                if id(frame) not in stamped:
                    stamped[id(frame)] = frame.stamped(stamp)
                for viewer in stream.viewers:
                    wire = viewer.address(frame, stamped[id(frame)], ticks)
                    outgoing.append((wire, frame.starts, viewer))
        return outgoing

    def _tend(self) -> None:
        monotonic = self._loop.time()
        for connection in list(self._house.connections):
            connection.tend(monotonic)
        self._timers["tend"] = self._loop.call_later(_TEND_SECONDS, self._tend)


def _send_next(waiting: deque[Outgoing]) -> None:
    if not waiting:
        return
    for viewer, wire in waiting.popleft():
        viewer.send(wire)
