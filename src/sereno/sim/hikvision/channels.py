"""The channels: those that a recorder takes in, and a camera's own."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.xml import HIKVISION, Markup, document, not_supported, tag
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_PROXY = "/ISAPI/ContentMgmt/InputProxy/channels"


def routes(device: Device) -> Routes:
    """What answers about channels."""
    channels = _Channels(device)
    return [
        ("GET", _PROXY, channels.inputs),
        ("GET", f"{_PROXY}/status", channels.states),
        ("GET", "/ISAPI/System/Video/inputs/channels", channels.own_inputs),
    ]


@dataclass(slots=True)
class _Channels:
    device: Device

    async def inputs(self, _: HttpRequest) -> HttpAnswer:
        self._require_recorder(is_recorder=True)
        rows = [self._input(channel) for channel in self.device.config.channels]
        rows += [
            tag("InputProxyChannel", tag("id", number), tag("name", f"IPCamera {number:02d}"))
            for number in self._ghosts()
        ]
        return self._list("InputProxyChannelList", rows)

    async def states(self, _: HttpRequest) -> HttpAnswer:
        self._require_recorder(is_recorder=True)
        rows = [self._state(channel) for channel in self.device.config.channels]
        rows += [
            tag(
                "InputProxyChannelStatus",
                tag("id", number),
                tag("online", False),
                tag("chanDetectResult", "notExist"),
            )
            for number in self._ghosts()
        ]
        return self._list("InputProxyChannelStatusList", rows)

    async def own_inputs(self, _: HttpRequest) -> HttpAnswer:
        self._require_recorder(is_recorder=False)
        rows = [
            tag(
                "VideoInputChannel",
                tag("id", channel.number),
                tag("inputPort", channel.number),
                tag("name", channel.name),
                tag("videoFormat", "PAL"),
                tag("resDesc", "1920*1080P25" if channel.is_online else ""),
            )
            for channel in self.device.config.channels
        ]
        return self._list("VideoInputChannelList", rows)

    def _require_recorder(self, *, is_recorder: bool) -> None:
        if self.device.is_camera == is_recorder:
            raise not_supported()

    def _ghosts(self) -> range:
        """The numbers of slots that nothing is connected to."""
        first = max(channel.number for channel in self.device.config.channels) + 1
        return range(first, first + int(self.device.quirks.get("ghost-channels", 0)))

    def _list(self, name: str, rows: list[Markup]) -> HttpAnswer:
        size = 6 if "list-size-lies" in self.device.quirks else len(rows)
        return document(name, *rows, xmlns=HIKVISION, size=size)

    def _input(self, channel: ChannelSpec) -> Markup:
        return tag(
            "InputProxyChannel",
            tag("id", channel.number),
            tag("name", channel.name),
            _source(channel),
        )

    def _state(self, channel: ChannelSpec) -> Markup:
        streams = [tag("streamingProxyChannelId", channel.number * 100 + n) for n in (1, 2)]
        return tag(
            "InputProxyChannelStatus",
            tag("id", channel.number),
            _source(channel),
            tag("online", channel.is_online),
            tag("streamingProxyChannelIdList", *streams),
            tag("chanDetectResult", "connect" if channel.is_online else "netUnreachable"),
        )


def _source(channel: ChannelSpec) -> Markup:
    return tag(
        "sourceInputPortDescriptor",
        tag("proxyProtocol", "HIKVISION"),
        tag("addressingFormatType", "ipaddress"),
        tag("ipAddress", f"192.168.254.{channel.number % 250 + 1}"),
        tag("managePortNo", 8000),
        tag("srcInputPort", 1),
        tag("userName", "admin"),
        tag("streamType", "auto"),
    )
