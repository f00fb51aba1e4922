"""What all parts of a simulated Dahua recorder share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sereno.base.spans import Span
from sereno.sim.dahua.answers import bad_request, number
from sereno.sim.dahua.times import Times
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan, RecordedFile
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.recorders.identity import Serial

Act = Callable[[HttpRequest, dict[str, str]], Awaitable[HttpAnswer]]
Routes = dict[tuple[str, str], Act]
"""What answers, by path and ``action``."""
_SLOTS = (4, 8, 16, 32, 64, 128)


@dataclass(slots=True)
class Device:
    """The ports are known once all is open."""

    config: RecorderConfig
    quirks: Quirks
    clock: DeviceClock
    times: Times
    plan: FootagePlan
    serial: Serial
    http_port: int = 0
    rtsp_port: int = 0

    @property
    def is_camera(self) -> bool:
        """A camera with a card rather than a recorder of others' channels."""
        return self.config.kind == "camera"

    @property
    def model(self) -> str:
        return self.config.model or ("IPC-HFW2849S" if self.is_camera else "NVR5232-EI")

    @property
    def firmware(self) -> str:
        """Version and build."""
        return self.config.firmware or "5.001.0000000.1.R,build:2026-03-31"

    @property
    def slots(self) -> list[ChannelSpec | None]:
        """All places for cameras, also the empty ones; the first is channel 1."""
        highest = max(channel.number for channel in self.config.channels)
        count = next(size for size in _SLOTS if size >= highest)
        return [self.config.channel(place) for place in range(1, count + 1)]

    def channel(self, text: str | None, base: int = 1) -> ChannelSpec:
        """The channel that a request names, counted from ``base``. Raises Refusal."""
        channel = self.config.channel(number(text) + 1 - base)
        if channel is None:
            raise bad_request()
        return channel

    def files(self, channel: ChannelSpec, span: Span) -> list[RecordedFile]:
        """The channel's files that touch a span, in true time."""
        now = self.clock.true_now()
        return list(self.plan.files(channel, span.start, span.end, now))
