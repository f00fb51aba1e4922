"""What a simulated recorder holds and how it stands in the world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sereno.sim.scenes import SCENES
from sereno.sim.spec import CameraSpec, LoopSpec, Picture, SimConfig

Convention = Literal["local", "utc"]
"""How a device writes the times of footage: its wall clock, or UTC."""
Recording = Literal["continuous", "motion"]
_MAIN, _SUB = Picture(1280, 720, 1_500_000), Picture(640, 360, 400_000)


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """One channel of a recorder: its number there, its name, and what its camera shows.

    ``recording`` is how it records; ``gaps_per_day`` are outages of some minutes each.
    """

    number: int
    name: str
    scene: str
    is_online: bool = True
    codec: Literal["h264", "h265"] = "h264"
    sound: Literal["none", "pcma"] = "none"
    recording: Recording = "continuous"
    gaps_per_day: int = 0

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError("channels are numbered from 1")
        if self.scene not in SCENES:
            raise ValueError(f"no scene is called {self.scene!r}; there are: {', '.join(SCENES)}")


def demo_channels(count: int = 4) -> tuple[ChannelSpec, ...]:
    """Channels of all kinds: the first records without a gap, the next with some, the third on
    motion, and each fourth camera is offline."""
    scenes = list(SCENES.items())
    channels = []
    for index in range(count):
        lap, place = divmod(index, len(scenes))
        key, scene = scenes[place]
        channels.append(
            ChannelSpec(
                number=index + 1,
                name=f"{scene.title} {lap + 1}" if lap else scene.title,
                scene=key,
                is_online=index % 4 != 3,
                recording="motion" if index % 4 == 2 else "continuous",
                gaps_per_day=2 if index % 4 == 1 else 0,
            )
        )
    return tuple(channels)


@dataclass(frozen=True, slots=True)
class RecorderConfig:
    """A recorder: its channels, footage, clock, doors and oddities.

    ``cache_dir`` keeps encoded loops. ``model`` and ``firmware`` are None for one of the maker's.
    Footage of ``days`` days is held, in files of at most ``file_seconds``, and follows from
    ``seed`` and the clock alone. The device's clock is
    ``clock_skew_seconds`` ahead of true time, in ``zone`` (IANA); ``convention`` says how it
    writes the times of footage, None as its maker's recorders do. ``lock_after`` wrong logins lock
    a client's address out for ``lock_seconds``. Ports of 0 are any free ones. ``quirks`` are
    ``name`` or ``name=number``, of the maker's own list.
    """

    cache_dir: Path
    channels: tuple[ChannelSpec, ...] = field(default_factory=demo_channels)
    name: str = "Recorder 1"
    kind: Literal["recorder", "camera"] = "recorder"
    model: str | None = None
    firmware: str | None = None
    serial: str = "0000000001"
    user: str = "admin"
    password: str = field(default="", repr=False)
    days: float = 3
    file_seconds: int = 1800
    seed: int = 1
    zone: str = "Europe/Madrid"
    clock_skew_seconds: float = 0
    convention: Convention | None = None
    lock_after: int = 5
    lock_seconds: int = 1800
    host: str = "127.0.0.1"
    port: int = 0
    rtsp_port: int = 0
    main: Picture = _MAIN
    sub: Picture = _SUB
    fps: int = 25
    loop_seconds: int = 60
    key_seconds: float = 2
    quirks: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        numbers = [channel.number for channel in self.channels]
        if not numbers or len(set(numbers)) < len(numbers):
            raise ValueError("a recorder has at least one channel, each with its own number")
        if self.days <= 0 or self.file_seconds < 2:
            raise ValueError("footage needs days above zero and files of at least 2 seconds")
        self.cameras_config()

    def channel(self, number: int) -> ChannelSpec | None:
        """The channel with that number."""
        return next((each for each in self.channels if each.number == number), None)

    def cameras_config(
        self, quirks: Iterable[str] = (), auth: tuple[str, ...] = ("digest",)
    ) -> SimConfig:
        """Its channels as cameras of the simulated RTSP server, in the order of ``channels``.

        ``quirks`` are those of that server (``sim.quirks``), ``auth`` its ways to ask for
        credentials.
        """
        return SimConfig(
            cache_dir=self.cache_dir,
            cameras=tuple(
                CameraSpec(each.name, each.scene, codec=each.codec, sound=each.sound)
                for each in self.channels
            ),
            host=self.host,
            port=self.rtsp_port,
            user=self.user,
            password=self.password,
            auth=auth,
            main=self.main,
            sub=self.sub,
            fps=self.fps,
            loop_seconds=self.loop_seconds,
            key_seconds=self.key_seconds,
            quirks=frozenset(quirks),
        )

    def loop_of(self, channel: ChannelSpec) -> LoopSpec:
        """The encoded loop that a channel shows and records."""
        cameras = self.cameras_config()
        return cameras.loop_of(cameras.cameras[self.channels.index(channel)])
