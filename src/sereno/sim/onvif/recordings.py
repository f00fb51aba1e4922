"""Recordings: what there is of each channel, and since when.

Sources: ONVIF Recording Control and Recording Search Service Specifications. A channel has one
recording; times are UTC by the device's own clock.
"""

from __future__ import annotations

from datetime import datetime

from sereno.sim.onvif.device import (
    Device,
    Operations,
    profile_token,
    recording_token,
    sound_track,
    video_track,
)
from sereno.sim.onvif.soap import Call, Markup, no_such_token, tag
from sereno.sim.onvif.times import stamp
from sereno.sim.recorders.config import ChannelSpec

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
_PROFILE = "http://www.onvif.org/ver10/schema/Profile"


class Recordings:
    """Answers about recordings as such."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def operations(self) -> Operations:
        """What it answers."""
        return {
            ("trc", "GetServiceCapabilities"): self.recording_capabilities,
            ("trc", "GetRecordings"): self.recordings,
            ("trc", "GetRecordingJobs"): self.jobs,
            ("tse", "GetRecordingSummary"): self.summary,
            ("tse", "GetRecordingInformation"): self.information,
        }

    async def recording_capabilities(self, _: Call) -> Markup:
        parts = tag("trc:Capabilities", DynamicRecordings=False, MaxRecordings=64)
        return tag("trc:GetServiceCapabilitiesResponse", parts)

    async def recordings(self, _: Call) -> Markup:
        rows = [
            tag(
                "trc:RecordingItem",
                tag("tt:RecordingToken", recording_token(channel)),
                tag(
                    "tt:Configuration",
                    _source(channel),
                    tag("tt:Content", "RecordContent"),
                    tag("tt:MaximumRetentionTime", "PT0S"),
                ),
                tag("tt:Tracks", *(_track_item(*each) for each in _tracks(channel))),
            )
            for channel in self._device.config.channels
        ]
        return tag("trc:GetRecordingsResponse", *rows)

    async def jobs(self, _: Call) -> Markup:
        config = self._device.config
        rows = []
        for channel in config.channels:
            token = tag("tt:Token", profile_token(config, channel, "main"))
            source = tag("tt:Source", tag("tt:SourceToken", token, Type=_PROFILE))
            configuration = tag(
                "tt:JobConfiguration",
                tag("tt:RecordingToken", recording_token(channel)),
                tag("tt:Mode", "Active"),
                tag("tt:Priority", 1),
                source,
            )
            name = tag("tt:JobToken", f"RecordJob_{channel.number}")
            rows.append(tag("trc:JobItem", name, configuration))
        return tag("trc:GetRecordingJobsResponse", *rows)

    async def summary(self, _: Call) -> Markup:
        ends = [self._ends(channel) for channel in self._device.config.channels]
        return tag(
            "tse:GetRecordingSummaryResponse",
            tag(
                "tse:Summary",
                tag("tt:DataFrom", stamp(min(first for first, _ in ends))),
                tag("tt:DataUntil", stamp(max(last for _, last in ends))),
                tag("tt:NumberRecordings", len(ends)),
            ),
        )

    async def information(self, call: Call) -> Markup:
        channel = self.named(call.text("RecordingToken"))
        return tag("tse:GetRecordingInformationResponse", self.element(channel, "tse"))

    def named(self, token: str) -> ChannelSpec:
        """The channel of a recording. Raises Fault."""
        for channel in self._device.config.channels:
            if recording_token(channel) == token:
                return channel
        raise no_such_token("The recording does not exist")

    def element(self, channel: ChannelSpec, prefix: str = "tt") -> Markup:
        """A recording with what is known of it."""
        first, last = self._ends(channel)
        files = self._device.all_files(channel)
        is_open = bool(files) and files[-1].is_open
        return tag(
            f"{prefix}:RecordingInformation",
            tag("tt:RecordingToken", recording_token(channel)),
            _source(channel),
            tag("tt:EarliestRecording", stamp(first)),
            tag("tt:LatestRecording", stamp(last)),
            tag("tt:Content", "RecordContent"),
            *(
                tag(
                    "tt:Track",
                    tag("tt:TrackToken", token),
                    tag("tt:TrackType", kind),
                    tag("tt:Description", f"{kind}Track"),
                    tag("tt:DataFrom", stamp(first)),
                    tag("tt:DataTo", stamp(last)),
                )
                for token, kind in _tracks(channel)
            ),
            tag("tt:RecordingStatus", "Recording" if is_open else "Stopped"),
        )

    def _ends(self, channel: ChannelSpec) -> tuple[datetime, datetime]:
        """From when to when there is footage, by the device's clock; an empty one ends at once."""
        files, shown = self._device.all_files(channel), self._device.clock.utc_shown
        if not files:
            return self._device.now, self._device.now
        is_odd = "epoch-begin" in self._device.quirks
        return (_EPOCH if is_odd else shown(files[0].start)), shown(files[-1].end)


def _tracks(channel: ChannelSpec) -> list[tuple[str, str]]:
    """The token and type of each track."""
    pictures = (video_track(channel), "Video")
    return [pictures] if channel.sound == "none" else [pictures, (sound_track(channel), "Audio")]


def _track_item(token: str, kind: str) -> Markup:
    configuration = tag("tt:TrackType", kind), tag("tt:Description", f"{kind}Track")
    return tag("tt:Track", tag("tt:TrackToken", token), tag("tt:Configuration", *configuration))


def _source(channel: ChannelSpec) -> Markup:
    return tag(
        "tt:Source",
        tag("tt:SourceId", f"SourceId_{channel.number}"),
        tag("tt:Name", channel.name),
        tag("tt:Location", "Location"),
        tag("tt:Description", "Description of source"),
        tag("tt:Address", _PROFILE),
    )
