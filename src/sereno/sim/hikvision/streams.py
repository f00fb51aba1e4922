"""The encodings of each channel."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.xml import Markup, document, tag
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.spec import Picture

_CODECS = {"h264": "H.264", "h265": "H.265"}


def routes(device: Device) -> Routes:
    """What answers about streams."""
    return [("GET", "/ISAPI/Streaming/channels", _Streams(device).all)]


@dataclass(slots=True)
class _Streams:
    device: Device

    async def all(self, _: HttpRequest) -> HttpAnswer:
        config = self.device.config
        rows = []
        for channel in config.channels:
            rows += [self._stream(channel, 1, config.main), self._stream(channel, 2, config.sub)]
            if "third-stream" in self.device.quirks:
                rows.append(self._stream(channel, 4, config.sub))
        return document("StreamingChannelList", *rows)

    def _stream(self, channel: ChannelSpec, number: int, picture: Picture) -> Markup:
        return tag(
            "StreamingChannel",
            tag("id", channel.number * 100 + number),
            tag("channelName", channel.name),
            tag("enabled", True),
            tag("Transport", tag("rtspPortNo", self.device.rtsp_port)),
            self._video(channel, picture),
            tag(
                "Audio",
                tag("enabled", channel.sound != "none"),
                tag("audioInputChannelID", channel.number),
                tag("audioCompressionType", "G.711alaw"),
            ),
        )

    def _video(self, channel: ChannelSpec, picture: Picture) -> Markup:
        config = self.device.config
        name = "videoInputChannelID" if self.device.is_camera else "dynVideoInputChannelID"
        is_full = "full-frame-rate" in self.device.quirks
        return tag(
            "Video",
            tag("enabled", True),
            tag(name, channel.number),
            tag("videoCodecType", _CODECS[channel.codec]),
            tag("videoScanType", "progressive"),
            tag("videoResolutionWidth", picture.width),
            tag("videoResolutionHeight", picture.height),
            tag("videoQualityControlType", "CBR"),
            tag("constantBitRate", picture.bitrate_bps // 1000),
            tag("maxFrameRate", 0 if is_full else config.fps * 100),
            tag("keyFrameInterval", round(config.key_seconds * 1000)),
            tag("GovLength", round(config.key_seconds * config.fps)),
            tag("SmartCodec", tag("enabled", "smart-codec" in self.device.quirks)),
        )
