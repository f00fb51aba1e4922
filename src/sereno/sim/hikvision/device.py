"""What all parts of a simulated Hikvision device share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from sereno.sim.recorders.device import RecorderDevice
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.pictures import Pictures

Act = Callable[[HttpRequest], Awaitable[HttpAnswer]]
Routes = list[tuple[str, str, Act]]
"""Method, path, and what answers."""


@dataclass(slots=True)
class Device(RecorderDevice):
    """``pictures`` are the channels' loops by number; ``started`` is in true time."""

    pictures: dict[int, Pictures] = field(default_factory=dict)
    started: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock.true_now()

    @property
    def model(self) -> str:
        return self.config.model or ("DS-2CD2143G2-I" if self.is_camera else "DS-7608NI-K2")

    @property
    def firmware(self) -> str:
        return self.config.firmware or ("V5.7.3" if self.is_camera else "V4.62.210")
