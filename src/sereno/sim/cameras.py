"""A simulated camera as the server and the tests see it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from sereno.sim.outlets import Wire
from sereno.sim.packets import FrameTemplate
from sereno.sim.quirks import Quirks
from sereno.sim.rtcp import ReceiverReport
from sereno.sim.sound import SoundLoop
from sereno.sim.spec import CameraSpec, Picture
from sereno.sim.timing import FrameClock
from sereno.sim.video import PacketLoop
from sereno.sim.viewers import Viewer

_KEPT_REPORTS = 100
Outgoing = list[tuple[Viewer, Wire]]
"""What leaves in one burst: whole packets, each with who gets them."""


class Playing(Protocol):
    """A session that gets packets now."""

    def drop(self) -> None:
        """Cuts the client off without a word."""


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
    """One encoding of a camera with its sound, and who is watching and listening.

    Where ``other_loop`` is set, the picture changes to it and back every ``change_frames``.
    """

    kind: str
    picture: Picture
    loop: PacketLoop
    sound: SoundLoop | None = None
    other_loop: PacketLoop | None = None
    change_frames: int = 0
    viewers: list[Viewer] = field(default_factory=list)
    listeners: list[Viewer] = field(default_factory=list)

    def frame_at(self, number: int) -> tuple[FrameTemplate, int]:
        """What leaves at capture ``number``: an access unit and the number it is shown as."""
        loop = self.loop
        place = number - loop.delay
        if self.other_loop is not None and self._shows_other(place):
            loop = self.other_loop
        frame = loop.frames[place % len(loop.frames)]
        return frame, place + frame.shift

    def is_key(self, number: int) -> bool:
        """Whether a key frame leaves at capture ``number``."""
        return self.frame_at(number)[0].is_key

    def last_key_before(self, number: int) -> int:
        """The number at which the last key frame left, before ``number``."""
        return next(n for n in range(number - 1, -1, -1) if self.is_key(n))

    def _shows_other(self, place: int) -> bool:
        """Changes fall on key frames, which stand at the same places in both loops."""
        gops = max(self.change_frames // self.loop.key_interval, 1)
        return (place - self.loop.first_key) // self.loop.key_interval // gops % 2 == 1


class SimCamera:
    """One camera. Its methods make it misbehave and behave again, at once."""

    def __init__(
        self,
        number: int,
        spec: CameraSpec,
        quirks: Quirks,
        streams: list[SimStream],
        phase: Phase,
    ) -> None:
        self.number = number
        self.name = spec.name
        self.quirks = quirks
        self.phase = phase
        self.streams = {stream.kind: stream for stream in streams}
        self.sessions: set[Playing] = set()
        self.receiver_reports: deque[ReceiverReport] = deque(maxlen=_KEPT_REPORTS)
        self.is_stalled = False
        self.is_silent = False
        self.refusal: int | None = None
        self._next_loops: dict[str, PacketLoop] = {}

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
        self._drop_all()

    def online(self) -> None:
        """The camera answers again."""
        self.refusal = None
        self.is_silent = False

    def keep_next_loops(self, loops: dict[str, PacketLoop]) -> None:
        """What ``change_codec`` changes to, by kind of stream."""
        self._next_loops = loops

    def change_codec(self) -> None:
        """The other codec from now on; clients are cut off. Needs the quirk "codec-change"."""
        for kind, loop in self._next_loops.items():
            stream = self.streams[kind]
            self._next_loops[kind], stream.loop = stream.loop, loop
        self._drop_all()

    @property
    def viewer_count(self) -> int:
        """Clients that play any of its streams now."""
        return len(self.sessions)

    def _drop_all(self) -> None:
        for session in list(self.sessions):
            session.drop()
