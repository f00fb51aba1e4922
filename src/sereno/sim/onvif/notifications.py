"""What happens, as messages of events.

Source: ONVIF Core Specification, chapter 9 (topics, messages, properties).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sereno.sim.onvif.device import Device, source_configuration, source_token
from sereno.sim.onvif.soap import Markup, tag
from sereno.sim.onvif.times import stamp
from sereno.sim.recorders.config import ChannelSpec

_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_MOTION, _CELL_MOTION = "tns1:VideoSource/MotionAlarm", "tns1:RuleEngine/CellMotionDetector/Motion"
_TOPICS = {
    "motion": (_MOTION, "Source", "State"),
    "video_loss": ("tns1:VideoSource/SignalLoss", "Source", "State"),
    "tamper": ("tns1:VideoSource/GlobalSceneChange/ImagingService", "Source", "State"),
    "input": ("tns1:Device/Trigger/DigitalInput", "InputToken", "LogicalState"),
    "disk_error": ("tns1:Device/HardwareFailure/StorageFailure", "Token", "Failed"),
}
"""By our name the topic, and the names of the items that tell where, and whether."""
_CHANNELS = ("motion", "video_loss", "tamper")


@dataclass(frozen=True, slots=True)
class Happening:
    """``kind`` is one of ``motion video_loss tamper input disk_error``; the first three have a
    channel. ``operation`` is that of a property: Initialized or Changed."""

    kind: str
    channel: ChannelSpec | None
    is_active: bool
    operation: str = "Changed"


class Notifications:
    """Writes messages."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def topic(self, happening: Happening) -> str:
        """Under which topic it is told."""
        is_cell = happening.kind == "motion" and "cell-motion" in self._device.quirks
        return _CELL_MOTION if is_cell else _TOPICS[happening.kind][0]

    def messages(self, happening: Happening) -> list[Markup]:
        """All that is said when it happens."""
        good = self._message(happening, stamp(self._device.now))
        if "bad-notifications" not in self._device.quirks or happening.operation != "Changed":
            return [good]
        topic = self._topic(happening)
        impossible = self._message(happening, "2026-13-45T25:61:00Z")
        return [tag("wsnt:NotificationMessage", topic), impossible, good]

    def topics(self) -> Markup:
        """The set of topics (WS-Topics, 6)."""
        names = [self.topic(Happening(kind, None, False)) for kind in _TOPICS]
        nodes = []
        for name in names:
            node = Markup("")
            for part in reversed(name.split("/")):
                more = {"wstop:topic": True} if not node else {}
                node = tag(part, node, **more)
            nodes.append(node)
        return tag("wstop:TopicSet", *nodes)

    def _topic(self, happening: Happening) -> Markup:
        return tag("wsnt:Topic", self.topic(happening), Dialect=_DIALECT)

    def _message(self, happening: Happening, at: str) -> Markup:
        names, data = self._items(happening)
        message = tag(
            "tt:Message",
            tag("tt:Source", *_items(names)),
            tag("tt:Data", *_items(data)),
            UtcTime=at,
            PropertyOperation=happening.operation,
        )
        told = tag("wsnt:Message", message)
        return tag("wsnt:NotificationMessage", self._topic(happening), told)

    def _items(
        self, happening: Happening
    ) -> tuple[list[tuple[str, object]], list[tuple[str, object]]]:
        """What tells where, and what."""
        channel = happening.channel
        if self.topic(happening) == _CELL_MOTION and channel is not None:
            where: list[tuple[str, object]] = [
                ("VideoSourceConfigurationToken", source_configuration(channel)),
                ("VideoAnalyticsConfigurationToken", f"VideoAnalytics_{channel.number}"),
                ("Rule", "MyMotionDetectorRule"),
            ]
            return where, [("IsMotion", happening.is_active)]
        _, place, state = _TOPICS[happening.kind]
        token = source_token(channel) if channel is not None else f"{place}_1"
        return [(place, token)], [(state, happening.is_active)]


def begun(channels: Iterable[ChannelSpec]) -> list[Happening]:
    """How all properties stand at first."""
    found = []
    for channel in channels:
        found.append(Happening("motion", channel, False, "Initialized"))
        found.append(Happening("video_loss", channel, not channel.is_online, "Initialized"))
    return found


def has_channel(kind: str) -> bool:
    """Whether it happens to a channel, not to the device."""
    return kind in _CHANNELS


def _items(pairs: Iterable[tuple[str, object]]) -> list[Markup]:
    return [tag("tt:SimpleItem", Name=name, Value=value) for name, value in pairs]
