"""A node that runs many cameras, each in its own manner, and what can be seen of that from outside.

A sight looks at a process as the kernel knows it, at what the camera was asked for, or at what came
out: files, pictures, heartbeats. Of what the node says of itself only numbers of processes count.
"""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import psutil

from sereno.base.errors import Garbled
from sereno.media.fmp4.reader import SegmentContents, read_segment
from sereno.node.daemon import Node
from sereno.node.decoding import Picture
from sereno.policy.knob_list import KNOBS, parse_knobs
from sereno.policy.plans import Plan, Schedule
from sereno.policy.profiles import Layer, Origin, merge
from sereno.sim import SimServer
from sereno.sim.cameras import SimCamera
from sereno.sim.outlets import UdpOutlet
from sereno.sim.sessions import Session
from sereno.wire.orders import CameraOrder, MannerOrder, StreamOrder
from sereno.wire.reports import AnalysisStatus

from .conftest import HubDouble, camera_order

ANALYSED = Plan(schedules=(Schedule("1", "Faces", purpose="analysis"),))
ANALYSIS_KNOBS = {knob.name for knob in KNOBS if knob.concerns == "analysis"}
EAGER_SECONDS = (0.4, 1.8)  # between two heartbeats that are to come each second

Knobs = Mapping[str, str]
Sight = Callable[["Place", "Camera"], Awaitable[object]]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """One that is recorded as `knobs` say, and its other end."""

    knobs: Knobs
    order: CameraOrder
    sim: SimCamera
    pictures: set[int] = field(default_factory=set)  # times of the files that were seen

    @property
    def is_analysed(self) -> bool:
        """All are whose knobs tell how, and the one without any, to compare with."""
        return not self.knobs or not ANALYSIS_KNOBS.isdisjoint(self.knobs)


@dataclass(slots=True)
class Place:
    """The node, and the cameras by what is said of them."""

    hub: HubDouble
    data: Path
    sim: SimServer
    cameras: list[Camera] = field(default_factory=list)
    node: Node | None = None
    settled_at: datetime | None = None

    def add(self, knobs: Knobs) -> None:
        number = len(self.cameras) + 1
        sub = StreamOrder(stream="sub", address=self.sim.address(number, "sub"))
        order = camera_order(self.sim, number, manners={"": manner_of(knobs)})
        order = order.model_copy(update={"streams": (*order.streams, sub)})
        camera = Camera(knobs, order, self.sim.camera(number))
        if camera.is_analysed:
            camera = replace(camera, order=order.model_copy(update={"plan": ANALYSED}))
        self.cameras.append(camera)

    def camera(self, knobs: Knobs) -> Camera:
        return next(each for each in self.cameras if each.knobs == knobs)

    def analysis(self, camera: Camera) -> AnalysisStatus | None:
        """What the hub heard last."""
        told = [
            each.analysis
            for each in self.hub.statuses().values()
            if each.camera_id == camera.order.camera_id and each.analysis is not None
        ]
        return told[0] if told else None

    def files(self, camera: Camera) -> list[SegmentContents]:
        """The camera's files so far, the one being written among them, in their order."""
        found = []
        for path in (self.data / "footage" / str(camera.order.camera_id)).rglob("*.mp4"):
            with suppress(Garbled):  # its head is being written
                found.append(read_segment(path))
        return sorted(found, key=lambda each: each.header.sequence)


def manner_of(knobs: Knobs) -> MannerOrder:
    """As a profile that says this, and nothing else, is merged."""
    layer = Layer(parse_knobs(knobs), Origin("profile", "Test"))
    return MannerOrder(manner=merge([layer]).manner)


# The process that has the connection to the camera.


def sessions_of(camera: Camera) -> list[Session]:
    return [each for each in camera.sim.sessions if isinstance(each, Session)]


def recorder_of(camera: Camera) -> psutil.Process | None:
    """Whose socket is the other end of the camera's connection."""
    for session in sessions_of(camera):
        _, port = session._line._transport.get_extra_info("peername")
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if any(each.laddr.port == port for each in process.net_connections("tcp")):
                    return process
    return None


async def program(_place: Place, camera: Camera) -> object:
    """The name of the program that records."""
    process = recorder_of(camera)
    return process and Path(process.exe()).name.partition("-")[0]


async def priority(_place: Place, camera: Camera) -> object:
    process = recorder_of(camera)
    return process and process.nice()


async def cpus(_place: Place, camera: Camera) -> object:
    process = recorder_of(camera)
    return process and process.cpu_affinity()


def argument(name: str) -> Sight:
    """What follows this word in the command line of the recording process."""

    async def look(_place: Place, camera: Camera) -> object:
        process = recorder_of(camera)
        return dict(pairwise(process.cmdline())).get(name) if process else None

    return look


# What the camera was asked for.


async def transport(_place: Place, camera: Camera) -> object:
    """How its packets leave."""
    for session in sessions_of(camera):
        for track in session.tracks.values():
            kind = "udp" if isinstance(track.outlet, UdpOutlet) else "tcp"
            return "multicast" if track.is_group else kind
    return None


async def streams(_place: Place, camera: Camera) -> object:
    return sorted(session.stream.kind for session in sessions_of(camera))


# What was written.


async def sound(place: Place, camera: Camera) -> object:
    """Whether the files have a track of sound; the last one counts."""
    files = place.files(camera)
    return files[-1].sound is not None if files else None


async def file_seconds(place: Place, camera: Camera) -> object:
    """The length of the newest file that is whole; the first one of a run may be half as long or
    half as long again, until it meets its camera's beat."""
    starts = [each.header.start_us for each in place.files(camera)]
    return next((round((b - a) / 1e6) for a, b in pairwise(starts[-2:])), None)


async def fragment_ms(place: Place, camera: Camera) -> object:
    """The usual length of a fragment."""
    files = place.files(camera)
    lengths = [b - a for each in files for a, b in pairwise(each.index.ticks)]
    return round(statistics.median(lengths) / 90) if len(lengths) > 10 else None


# Pictures.


async def hwaccel(place: Place, camera: Camera) -> object:
    """What the process that decodes was told of hardware, by its command line."""
    status = place.analysis(camera)
    if status is None or status.pid is None:
        return None
    with suppress(psutil.NoSuchProcess):
        words = psutil.Process(status.pid).cmdline()
        options = (pair for pair in pairwise(words) if pair[0].startswith("-hwaccel"))
        return " ".join(word for pair in options for word in pair)
    return None


async def pictures_of(place: Place, camera: Camera, count: int) -> list[Picture]:
    """The next so many that a subscriber gets."""
    assert place.node is not None
    got: list[Picture] = []
    async with aclosing(place.node.analysis.subscribe(camera.order.camera_id)) as coming:
        async for picture in coming:
            got.append(picture)
            if len(got) == count:
                break
    return got


async def picture_rate(place: Place, camera: Camera) -> object:
    """Pictures a second, by their own times."""
    got = await pictures_of(place, camera, 5)
    return round(4 / (got[-1].taken_at - got[0].taken_at).total_seconds())


async def picture_size(place: Place, camera: Camera) -> object:
    (picture,) = await pictures_of(place, camera, 1)
    return picture.width, picture.height


async def snapshots(place: Place, camera: Camera) -> object:
    """How many different pictures have lain in the camera's file while we looked, up to three."""
    path = place.data / "node" / "snapshots" / f"{camera.order.camera_id}.jpg"
    with suppress(FileNotFoundError):
        camera.pictures.add(path.stat().st_mtime_ns)
    return min(len(camera.pictures), 3)


# Heartbeats.


async def is_told_each_second(place: Place, camera: Camera) -> object:
    """Whether four heartbeats, each a second after the other, have told of it."""
    assert place.settled_at is not None
    told = [
        heartbeat.sent_at
        for heartbeat in place.hub.heartbeats
        if heartbeat.sent_at > place.settled_at
        and any(each.camera_id == camera.order.camera_id for each in heartbeat.streams)
    ]
    least, most = EAGER_SECONDS
    gaps = [(b - a).total_seconds() for a, b in pairwise(told[-4:])]
    return len(gaps) == 3 and all(least < gap < most for gap in gaps)
