"""What to simulate: cameras, pictures, timing, and the manners of the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sereno.sim.scenes import SCENES

RTP_CLOCK_HZ = 90_000


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
    """One camera: the name people see and the scene it shows (a key of ``scenes.SCENES``)."""

    name: str
    scene: str

    def __post_init__(self) -> None:
        if self.scene not in SCENES:
            raise ValueError(f"no scene is called {self.scene!r}; there are: {', '.join(SCENES)}")


def demo_cameras(count: int) -> tuple[CameraSpec, ...]:
    """``count`` cameras over all scenes in turn: "Entrance", "Yard", … then "Entrance 2", …"""
    scenes = list(SCENES.items())
    cameras = []
    for index in range(count):
        lap, place = divmod(index, len(scenes))
        key, scene = scenes[place]
        cameras.append(CameraSpec(f"{scene.title} {lap + 1}" if lap else scene.title, key))
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

    def __post_init__(self) -> None:
        if not self.cameras:
            raise ValueError("a simulation needs at least one camera")
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
        if self.bursts < 1 or self.phases < 1:
            raise ValueError("bursts and phases start at 1")
        if not 0 <= self.spread_ms < 1000 / self.fps:
            raise ValueError("spread_ms must stay below one frame interval")

    def loop_of(self, camera: CameraSpec) -> LoopSpec:
        """The loop that ``camera`` replays."""
        return LoopSpec(
            camera.scene, self.main, self.sub, self.fps, self.loop_seconds, self.key_seconds
        )
