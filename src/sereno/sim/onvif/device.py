"""What all parts of a simulated ONVIF device share."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.sim.onvif.soap import Call, Markup
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.device import RecorderDevice
from sereno.sim.recorders.footage import RecordedFile

Act = Callable[[Call], Awaitable[Markup]]
Operations = dict[tuple[str, str], Act]
"""What answers, by the prefix of the service's namespace and the operation."""


@dataclass(slots=True)
class Device(RecorderDevice):
    """With what an ONVIF device tells of itself."""

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
    def endpoint(self) -> str:
        """What it is known by in discovery; it follows from the serial number."""
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, self.config.serial)}"

    @property
    def now(self) -> datetime:
        """What it holds for UTC now, naive."""
        return self.clock.utc_shown(self.clock.true_now())

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
