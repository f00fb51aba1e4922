"""What all parts of a simulated ONVIF device share."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.sim.onvif.soap import Call, Markup
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device_clock import DeviceClock
from sereno.sim.recorders.footage import FootagePlan, RecordedFile
from sereno.sim.recorders.identity import Serial

Act = Callable[[Call], Awaitable[Markup]]
Operations = dict[tuple[str, str], Act]
"""What answers, by the prefix of the service's namespace and the operation."""


@dataclass(slots=True)
class Device:
    """The ports are known once all is open."""

    config: RecorderConfig
    quirks: Quirks
    clock: DeviceClock
    plan: FootagePlan
    serial: Serial
    http_port: int = 0
    rtsp_port: int = 0

    @property
    def is_camera(self) -> bool:
        """A camera with a card rather than a recorder of others' channels."""
        return self.config.kind == "camera"

    @property
    def maker(self) -> str:
        return "Example"

    @property
    def model(self) -> str:
        return self.config.model or ("OC-4000" if self.is_camera else "ONR-3216")

    @property
    def firmware(self) -> str:
        return self.config.firmware or "3.2.1"

    @property
    def host(self) -> str:
        """The address that it tells of itself."""
        return "127.0.0.1" if self.config.host == "0.0.0.0" else self.config.host  # noqa: S104

    @property
    def endpoint(self) -> str:
        """What it is known by in discovery; it follows from the serial number."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, self.config.serial)}"

    @property
    def now(self) -> datetime:
        """What it holds for UTC now, naive."""
        return self.clock.utc_shown(self.clock.true_now())

    def files(self, channel: ChannelSpec, start: datetime, end: datetime) -> list[RecordedFile]:
        """The channel's footage that touches [start, end), in true time."""
        return list(self.plan.files(channel, start, end, self.clock.true_now()))

    def all_files(self, channel: ChannelSpec) -> list[RecordedFile]:
        """All footage of a channel."""
        now = self.clock.true_now()
        return self.files(channel, now - timedelta(days=self.config.days), now)


def profile_token(config: RecorderConfig, channel: ChannelSpec, kind: str) -> str:
    """The token of the profile of a stream. It tells neither channel nor kind."""
    place = 2 * config.channels.index(channel) + (1 if kind == "main" else 2)
    return f"ProfileToken{place:03d}"


def source_token(channel: ChannelSpec) -> str:
    """The token of a channel's video source."""
    return f"VideoSource_{channel.number}"


def source_configuration(channel: ChannelSpec) -> str:
    """The token of its configuration."""
    return f"VideoSourceConfig_{channel.number}"


def recording_token(channel: ChannelSpec) -> str:
    """The token of what is recorded of a channel."""
    return f"OnvifRecordingToken_{channel.number}"


def video_track(channel: ChannelSpec) -> str:
    """The token of the pictures of that recording."""
    return f"videotracktoken_{channel.number}"


def sound_track(channel: ChannelSpec) -> str:
    """The token of its sound."""
    return f"audiotracktoken_{channel.number}"
