"""What all parts of a simulated recorder share, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sereno.sim.quirks import Quirks
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan, RecordedFile
from sereno.sim.recorders.identity import Serial


@dataclass(slots=True)
class RecorderDevice:
    """``quirks`` are the maker's own. The ports are known once all is open."""

    config: RecorderConfig
    quirks: Quirks
    clock: DeviceClock
    plan: FootagePlan
    serial: Serial
    http_port: int = 0
    rtsp_port: int = 0

    @property
    def host(self) -> str:
        """The address to reach it at."""
        return "127.0.0.1" if self.config.host == "0.0.0.0" else self.config.host  # noqa: S104

    @property
    def is_camera(self) -> bool:
        """A camera with a card rather than a recorder of others' channels."""
        return self.config.kind == "camera"

    def files(self, channel: ChannelSpec, start: datetime, end: datetime) -> list[RecordedFile]:
        """The channel's footage that touches [start, end), in true time."""
        return list(self.plan.files(channel, start, end, self.clock.true_now()))
