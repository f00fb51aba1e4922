"""What to simulate: cameras, pictures, timing, and the manners of the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sereno.sim.auth import SCHEMES
from sereno.sim.quirks import Quirks
from sereno.sim.scenes import SCENES
from sereno.sim.sound import SOUNDS
from sereno.sim.video import CODECS

RTP_CLOCK_HZ = 90_000
MOST_B_FRAMES = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """One encoding of a scene: size in pixels (both even) and constant bit rate."""

    width: int
    height: int
    bitrate_bps: int

    def __post_init__(self) -> None:
        if self.width % 2 or self.height % 2 or min(self.width, self.height) < 64:
            raise ValueError("a picture needs an even width and height of at least 64 pixels")
        if self.bitrate_bps <= 0:
            raise ValueError("a picture needs a bit rate above zero")


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """One camera: the name people see and the scene it shows (a key of ``scenes.SCENES``).

    ``codec`` is a key of ``video.CODECS``, ``sound`` one of ``sound.SOUNDS`` or "none".
    ``has_open_gops`` lets B-frames before a key frame refer to the pictures before it. ``quirks``
    come on top of those of the whole simulation (see ``quirks.QUIRKS``).
    """

    name: str
    scene: str
    codec: str = "h264"
    sound: str = "none"
    b_frames: int = 0
    has_open_gops: bool = False
    quirks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _require("scene", self.scene, SCENES)
        _require("codec", self.codec, CODECS)
        _require("sound", self.sound, ("none", *SOUNDS))
        if not 0 <= self.b_frames <= MOST_B_FRAMES:
            raise ValueError(f"b_frames lies between 0 and {MOST_B_FRAMES}")
        Quirks.of(self.quirks)


def _require(what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise ValueError(f"no {what} is called {name!r}; there are: {', '.join(known)}")


def demo_cameras(count: int, **changes: Any) -> tuple[CameraSpec, ...]:
    """``count`` cameras over all scenes in turn: "Entrance", "Yard", … then "Entrance 2", …

    ``changes`` are further fields of each CameraSpec.
    """
    scenes = list(SCENES.items())
    cameras = []
    for index in range(count):
        lap, place = divmod(index, len(scenes))
        key, scene = scenes[place]
        name = f"{scene.title} {lap + 1}" if lap else scene.title
        cameras.append(CameraSpec(name, key, **changes))
    return tuple(cameras)


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """Everything that decides the bytes of one scene's encoded loop."""

    scene: str
    main: Picture
    sub: Picture
    fps: int
    loop_seconds: int
    key_seconds: float
    codec: str = "h264"
    b_frames: int = 0
    has_open_gops: bool = False

    @property
    def frame_count(self) -> int:
        return self.fps * self.loop_seconds

    @property
    def key_interval(self) -> int:
        """Frames from one key frame to the next."""
        return round(self.fps * self.key_seconds)

    @property
    def first_key_frame(self) -> int:
        """Loop position of the first key frame.

        It differs from scene to scene, so that the cameras of a wall do not all send their big
        frames at the same instant, which no real site does.
        """
        return list(SCENES).index(self.scene) * self.key_interval // len(SCENES)


@dataclass(frozen=True, slots=True)
class SimConfig:
    """What a ``SimServer`` serves and how.

    ``loop_seconds`` divides a minute or is a multiple of one, so that "UTC mod loop" is easy to
    follow by eye. Each frame leaves in ``bursts`` pieces spread over ``spread_ms``; the cameras
    share ``phases`` capture instants within a frame interval. A client that lets more than
    ``client_buffer_bytes`` pile up is dropped.

    ``auth`` names the challenges offered, in order (``auth.SCHEMES``); a nonce is stale after
    ``nonce_requests`` requests. ``has_tls`` opens a second port for RTSP over TLS (``tls_port``, 0
    for any). ``answers`` gives the status that every request of a method gets. ``quirks`` are
    those of all cameras and of the server (``quirks.QUIRKS``), as ``name`` or ``name=number``.
    """

    cache_dir: Path
    cameras: tuple[CameraSpec, ...] = field(default_factory=lambda: demo_cameras(8))
    host: str = "127.0.0.1"
    port: int = 0
    user: str | None = None
    password: str = field(default="", repr=False)
    main: Picture = Picture(1280, 720, 1_500_000)
    sub: Picture = Picture(640, 360, 400_000)
    fps: int = 25
    loop_seconds: int = 60
    key_seconds: float = 2
    bursts: int = 1
    spread_ms: float = 8.0
    phases: int = 1
    session_timeout_seconds: float = 60.0
    client_buffer_bytes: int = 4 * 1024 * 1024
    auth: tuple[str, ...] = ("digest",)
    nonce_requests: int | None = None
    has_tls: bool = False
    tls_port: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    quirks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.cameras:
            raise ValueError("a simulation needs at least one camera")
        if self.bursts < 1 or self.phases < 1:
            raise ValueError("bursts and phases start at 1")
        if not 0 <= self.spread_ms < 1000 / self.fps:
            raise ValueError("spread_ms must stay below one frame interval")
        for scheme in self.auth:
            _require("way to authenticate", scheme, SCHEMES)
        if not all(100 <= status < 600 for status in self.answers.values()):
            raise ValueError("answers are statuses between 100 and 599")
        Quirks.of(self.quirks)
        self._check_loop()

    def _check_loop(self) -> None:
        if RTP_CLOCK_HZ % self.fps:
            raise ValueError("frames per second must divide 90000")
        key_interval = round(self.fps * self.key_seconds)
        if (
            key_interval < 1
            or self.fps * self.loop_seconds % key_interval
            or (60 % self.loop_seconds and self.loop_seconds % 60)
        ):
            raise ValueError("loop_seconds must fit a minute and hold whole key frame intervals")
        if self.fps * self.loop_seconds > 65_536:
            raise ValueError("a loop holds at most 65536 frames, which is what its marks can count")

    def quirks_of(self, camera: CameraSpec) -> Quirks:
        """The quirks of the simulation and the camera's own, which win."""
        return Quirks.of(self.quirks, camera.quirks)

    def loop_of(self, camera: CameraSpec) -> LoopSpec:
        """The loop that ``camera`` replays."""
        return LoopSpec(
            scene=camera.scene,
            main=self.main,
            sub=self.sub,
            fps=self.fps,
            loop_seconds=self.loop_seconds,
            key_seconds=self.key_seconds,
            codec=camera.codec,
            b_frames=camera.b_frames,
            has_open_gops=camera.has_open_gops,
        )

    def loops_of(self, camera: CameraSpec) -> tuple[LoopSpec, ...]:
        """The loop that ``camera`` begins with, and the one it changes to where it does."""
        loop = self.loop_of(camera)
        if "codec-change" not in self.quirks_of(camera):
            return (loop,)
        return (loop, replace(loop, codec="h265" if loop.codec == "h264" else "h264"))
