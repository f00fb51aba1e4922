"""Sends frames and sounds when they are due: one timer for all pictures, one for all sound."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from sereno.sim.cameras import Outgoing, Phase, SimCamera
from sereno.sim.marks import SeiStamp
from sereno.sim.sound import SoundLoop
from sereno.sim.spec import SimConfig
from sereno.sim.viewers import Viewer

logger = logging.getLogger(__name__)
_TIMER_GRAIN_SECONDS = 0.001
_LATEST_SECONDS = 1.0
"""Frames later than this are left out, as a camera does that could not keep up."""


class _Pump:
    """Calls ``_send_due`` again and again, each time when it asked to be called."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Sends what is due, and goes on until ``stop``."""
        due = self._send_due(self._clock())
        # Timers fire on whole milliseconds; a little late is true to life, early would not be.
        delay = due - self._clock() + _TIMER_GRAIN_SECONDS / 2
        self._timer = self._loop.call_later(max(delay, _TIMER_GRAIN_SECONDS), self.start)

    def stop(self) -> None:
        """Sends nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _send_due(self, now: float) -> float:
        """Sends what is due at ``now``; when the next is (both UTC in seconds)."""
        raise NotImplementedError


class VideoPump(_Pump):
    """Sends the pictures of all cameras."""

    def __init__(
        self, config: SimConfig, phases: Sequence[Phase], clock: Callable[[], float]
    ) -> None:
        super().__init__(clock)
        self._config = config
        self._phases = phases

    def _send_due(self, now: float) -> float:
        for phase in self._phases:
            newest = phase.clock.number_at(now)
            skipped = newest - phase.next_number
            if abs(skipped) > _LATEST_SECONDS * self._config.fps:
                phase.next_number = newest
                if watched := sum(bool(camera.sessions) for camera in phase.cameras):
                    # Who counts frames must know that these were never sent.
                    words = "held up, or the clock was set: %d cameras skip %d frames each"
                    logger.warning(words, watched, skipped)
            while phase.next_number <= newest:
                self._send_frame(phase, phase.next_number)
                phase.next_number += 1
        return min(phase.clock.utc_us(phase.next_number) for phase in self._phases) / 1_000_000

    def _send_frame(self, phase: Phase, number: int) -> None:
        count = self._config.bursts
        bursts: list[Outgoing] = [[] for _ in range(count)]
        for wire, starts, viewer in self._addressed(phase, number):
            if count == 1:
                bursts[0].append((viewer, wire))
                continue
            cuts = [*(starts[len(starts) * i // count] for i in range(count)), len(wire)]
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
        for place in range(1, count):
            delay = self._config.spread_ms / 1000 * place / (count - 1)
            self._loop.call_later(delay, _send_next, phase.waiting)

    def _addressed(
        self, phase: Phase, number: int
    ) -> list[tuple[bytearray, tuple[int, ...], Viewer]]:
        stamped: dict[int, tuple[bytes, int]] = {}  # cameras share loops, and so stamped frames
        outgoing = []
        for camera in phase.cameras:
            if camera.is_stalled:
                continue
            for stream in camera.streams.values():
                if not stream.viewers:
                    continue
                frame, shown = stream.frame_at(number)
                if id(frame) not in stamped:
                    stamp = SeiStamp(phase.clock.utc_us(shown), shown)
                    stamped[id(frame)] = frame.stamped(stamp), phase.clock.ticks(shown)
                for viewer in stream.viewers:
                    wire, starts = viewer.address(frame, *stamped[id(frame)])
                    if starts:
                        outgoing.append((wire, starts, viewer))
        return outgoing


def _send_next(waiting: deque[Outgoing]) -> None:
    if not waiting:
        return
    for viewer, wire in waiting.popleft():
        viewer.send(wire)


class SoundPump(_Pump):
    """Sends one kind of sound to those who listen, each unit when its last sample was heard."""

    def __init__(
        self, sound: SoundLoop, cameras: Sequence[SimCamera], clock: Callable[[], float]
    ) -> None:
        super().__init__(clock)
        self._sound = sound
        self._cameras = [
            camera
            for camera in cameras
            if any(stream.sound is sound for stream in camera.streams.values())
        ]
        self._next = sound.newest_unit(clock()) + 1

    def _send_due(self, now: float) -> float:
        newest = self._sound.newest_unit(now)
        latest = _LATEST_SECONDS * self._sound.kind.rate / self._sound.kind.unit_samples
        if abs(newest - self._next) > latest:
            self._next = newest
        while self._next <= newest:
            self._send_unit(self._next)
            self._next += 1
        return self._sound.unit_ends_at(self._next)

    def _send_unit(self, number: int) -> None:
        unit = self._sound.units[number % len(self._sound.units)]
        ticks = number * self._sound.kind.unit_samples
        for camera in self._cameras:
            if camera.is_stalled:
                continue
            for stream in camera.streams.values():
                for listener in stream.listeners:
                    listener.send(listener.address(unit, unit.wire, ticks)[0])
