"""From a configuration to cameras with everything they will send."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sereno.sim.cameras import Phase, SimCamera, SimStream
from sereno.sim.loops import Progress, prepare_loops, read_loop
from sereno.sim.quirks import Quirks
from sereno.sim.sound import SoundLoop, sound_loop
from sereno.sim.spec import CameraSpec, LoopSpec, SimConfig
from sereno.sim.timing import FrameClock
from sereno.sim.video import PacketLoop, Packing

_KINDS = ("main", "sub")


def furnish(
    config: SimConfig,
    clock: Callable[[], float],
    progress: Progress | None,
    stop: threading.Event,
) -> tuple[list[Phase], list[SimCamera]]:
    """All cameras and their capture instants; encodes what is not cached yet.

    Raises EncodingError, and EncodingStopped soon after ``stop`` is set.
    """
    specs = dict.fromkeys(loop for camera in config.cameras for loop in config.loops_of(camera))
    prepare_loops(config.cache_dir, specs, progress, stop)
    return _Furnisher(config).furnish(clock())


class _Furnisher:
    """Cameras that send the same share it in memory."""

    def __init__(self, config: SimConfig) -> None:
        self._config = config
        self._loops: dict[tuple[LoopSpec, str, Packing], PacketLoop] = {}
        self._sounds: dict[str, SoundLoop] = {}

    def furnish(self, now: float) -> tuple[list[Phase], list[SimCamera]]:
        config = self._config
        phases = []
        for number in range(config.phases):
            clock = FrameClock(config.fps, number, config.phases)
            phases.append(Phase(clock, clock.number_at(now) + 1))
        cameras = []
        for number, spec in enumerate(config.cameras, 1):
            phase = phases[(number - 1) % config.phases]
            camera = self._camera(number, spec, phase)
            phase.cameras.append(camera)
            cameras.append(camera)
        return phases, cameras

    def _camera(self, number: int, spec: CameraSpec, phase: Phase) -> SimCamera:
        config = self._config
        quirks, packing = config.quirks_of(spec), _packing(config.quirks_of(spec))
        sound = None if spec.sound == "none" else self._sound(spec.sound)
        first, *further = [
            {kind: self._loop(loop, kind, packing) for kind in _KINDS}
            for loop in config.loops_of(spec)
        ]
        streams = [
            SimStream("main", config.main, first["main"], sound),
            SimStream("sub", config.sub, first["sub"], sound),
        ]
        if "sets-change" in quirks:
            for stream, other in zip(streams, reversed(streams), strict=True):
                stream.other_loop = other.loop
                stream.change_frames = round(quirks["sets-change"] * config.fps)
        camera = SimCamera(number, spec, quirks, streams, phase)
        for loops in further:
            camera.keep_next_loops(loops)
        return camera

    def _loop(self, spec: LoopSpec, kind: str, packing: Packing) -> PacketLoop:
        key = (spec, kind, packing)
        if key not in self._loops:
            self._loops[key] = read_loop(self._config.cache_dir, spec, kind, packing)
        return self._loops[key]

    def _sound(self, name: str) -> SoundLoop:
        if name not in self._sounds:
            self._sounds[name] = sound_loop(self._config.cache_dir, name)
        return self._sounds[name]


def _packing(quirks: Quirks) -> Packing:
    return Packing(
        sends_sets="sets-out-of-band-only" not in quirks,
        aggregates="stap-a" in quirks,
        marker=(
            "never"
            if "no-marker" in quirks
            else "every"
            if "marker-every-slice" in quirks
            else "last"
        ),
    )
