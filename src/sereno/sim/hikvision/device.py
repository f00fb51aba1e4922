"""What all parts of a simulated Hikvision device share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sereno.sim.quirks import Quirks
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan, RecordedFile
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.identity import Serial
from sereno.sim.recorders.pictures import Pictures

Act = Callable[[HttpRequest], Awaitable[HttpAnswer]]
Routes = list[tuple[str, str, Act]]
"""Method, path, and what answers."""


@dataclass(slots=True)
class Device:
    """``pictures`` are the channels' loops by number; the ports are known once all is open."""

    config: RecorderConfig
    quirks: Quirks
    clock: DeviceClock
    plan: FootagePlan
    serial: Serial
    pictures: dict[int, Pictures] = field(default_factory=dict)
    http_port: int = 0
    rtsp_port: int = 0
    started: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock.true_now()

    @property
    def is_camera(self) -> bool:
        """A camera with a card rather than a recorder of others' channels."""
        return self.config.kind == "camera"

    @property
    def model(self) -> str:
        return self.config.model or ("DS-2CD2143G2-I" if self.is_camera else "DS-7608NI-K2")

    @property
    def firmware(self) -> str:
        return self.config.firmware or ("V5.7.3" if self.is_camera else "V4.62.210")

    def files(self, channel: ChannelSpec, start: datetime, end: datetime) -> list[RecordedFile]:
        """The channel's footage that touches [start, end), in true time."""
        return list(self.plan.files(channel, start, end, self.clock.true_now()))

    def oldest_day(self) -> datetime:
        """When the oldest footage may begin."""
        return self.clock.true_now() - timedelta(days=self.config.days)
