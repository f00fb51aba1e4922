"""A recorder of each kind, with few channels and small pictures: for demonstrations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sereno.sim.dahua import DahuaRecorder
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.loops import Progress
from sereno.sim.onvif import OnvifRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.recorder import SimRecorder
from sereno.sim.spec import Picture

Ports = tuple[int, int]
"""Of HTTP and of RTSP; 0 is any free one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A recorder that is open, and whose protocol it speaks: hikvision, dahua or onvif."""

    vendor: str
    recorder: SimRecorder


@dataclass(frozen=True, slots=True)
class _Kind:
    vendor: str
    name: str
    serial: str
    channels: tuple[ChannelSpec, ...]
    make: Callable[[RecorderConfig, Progress | None], SimRecorder]


def _hikvision(config: RecorderConfig, progress: Progress | None) -> SimRecorder:
    return HikvisionRecorder(config, progress=progress)


def _dahua(config: RecorderConfig, progress: Progress | None) -> SimRecorder:
    return DahuaRecorder(config, progress=progress)


def _onvif(config: RecorderConfig, progress: Progress | None) -> SimRecorder:
    return OnvifRecorder(config, progress=progress)


_KINDS = (
    _Kind(
        "hikvision", "Recorder 1", "DS-7608NI-K20000000001",
        (
            ChannelSpec(1, "Entrance", "entrance"),
            ChannelSpec(2, "Yard", "yard", gaps_per_day=2),
            ChannelSpec(3, "Corridor", "corridor", recording="motion"),
        ),
        _hikvision,
    ),
    _Kind(
        "dahua", "Recorder 2", "4A0000BPAZ00001",
        (
            ChannelSpec(1, "Entrance", "entrance", gaps_per_day=2),
            ChannelSpec(2, "Yard", "yard"),
            ChannelSpec(3, "Corridor", "corridor", is_online=False),
        ),
        _dahua,
    ),
    _Kind(
        "onvif", "Recorder 3", "ONR-32160000000001",
        (
            ChannelSpec(1, "Entrance", "entrance"),
            ChannelSpec(2, "Corridor", "corridor", recording="motion"),
        ),
        _onvif,
    ),
)  # fmt: skip
COUNT = len(_KINDS)


@asynccontextmanager
async def one_of_each_kind(
    cache_dir: Path,
    user: str,
    password: str,
    *,
    host: str = "127.0.0.1",
    ports: Sequence[Ports] = (),
    progress: Progress | None = None,
) -> AsyncIterator[list[Kept]]:
    """All of them, open; ``ports`` are theirs in turn, any free ones where none are named.

    Raises EncodingError when ffmpeg fails, and OSError when a port is taken.
    """
    async with AsyncExitStack() as opening:
        kept = []
        for place, kind in enumerate(_KINDS):
            port, rtsp_port = ports[place] if place < len(ports) else (0, 0)
            config = RecorderConfig(
                cache_dir=cache_dir,
                channels=kind.channels,
                name=kind.name,
                serial=kind.serial,
                user=user,
                password=password,
                days=2,
                file_seconds=600,
                host=host,
                port=port,
                rtsp_port=rtsp_port,
                main=Picture(640, 360, 400_000),
                sub=Picture(320, 180, 120_000),
                fps=10,
                loop_seconds=12,
            )
            recorder = kind.make(config, progress)
            await opening.enter_async_context(recorder)
            kept.append(Kept(kind.vendor, recorder))
        yield kept
