"""A simulated camera as the server and the tests see it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from sereno.sim.packets import PacketLoop
from sereno.sim.spec import CameraSpec, Picture
from sereno.sim.timing import FrameClock
from sereno.sim.viewers import Outgoing, Viewer


@dataclass(slots=True)
class Phase:
    """The cameras that capture at the same instants, and the next frame they will send.

    `waiting` holds the bursts of the frame before that have yet to leave, in their order.
    """

    clock: FrameClock
    next_number: int
    cameras: list[SimCamera] = field(default_factory=list)
    waiting: deque[Outgoing] = field(default_factory=deque)


@dataclass(slots=True)
class SimStream:
    """One encoding of a camera and who is watching it."""

    kind: str
    picture: Picture
    loop: PacketLoop
    viewers: list[Viewer] = field(default_factory=list)


class SimCamera:
    """One camera. Its methods make it misbehave and behave again, at once."""

    def __init__(
        self, number: int, spec: CameraSpec, streams: list[SimStream], phase: Phase
    ) -> None:
        self.number = number
        self.name = spec.name
        self.phase = phase
        self.streams = {stream.kind: stream for stream in streams}
        self.is_stalled = False
        self.is_silent = False
        self.refusal: int | None = None

    def stall(self) -> None:
        """Packets stop, connections stay, requests are answered: a hung encoder."""
        self.is_stalled = True

    def resume(self) -> None:
        """Packets flow again, at the live position."""
        self.is_stalled = False

    def offline(self, status: int | None = 404) -> None:
        """Clients are cut off and new ones get ``status`` (404 or 453), or with None no answer."""
        self.refusal = status
        self.is_silent = status is None
        for stream in self.streams.values():
            for viewer in stream.viewers:
                viewer.drop()

    def online(self) -> None:
        """The camera answers again."""
        self.refusal = None
        self.is_silent = False

    @property
    def viewer_count(self) -> int:
        """Clients that play any of its streams now."""
        return sum(len(stream.viewers) for stream in self.streams.values())
