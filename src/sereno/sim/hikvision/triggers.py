"""Which events are sent to those who listen: the box "Notify Surveillance Center" of each."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.xml import Markup, document, tag
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest


def routes(device: Device) -> Routes:
    """What answers about triggers."""
    return [("GET", "/ISAPI/Event/triggers", _Triggers(device).all)]


def are_ticked(device: Device) -> bool:
    """Whether events are sent at all."""
    return "events-not-ticked" not in device.quirks


@dataclass(slots=True)
class _Triggers:
    device: Device

    async def all(self, _: HttpRequest) -> HttpAnswer:
        rows = [
            self._trigger(channel, kind)
            for channel in self.device.config.channels
            for kind in ("VMD", "videoloss")
        ]
        listed = tag("EventTriggerList", *rows)
        return document("EventNotification", listed)

    def _trigger(self, channel: ChannelSpec, kind: str) -> Markup:
        ways = ["record", "center"] if are_ticked(self.device) else ["record"]
        told = [
            tag(
                "EventTriggerNotification",
                tag("id", f"{way}-{channel.number}"),
                tag("notificationMethod", way),
                tag("notificationRecurrence", "beginning"),
            )
            for way in ways
        ]
        number = "videoInputChannelID" if self.device.is_camera else "dynVideoInputChannelID"
        return tag(
            "EventTrigger",
            tag("id", f"{kind}-{channel.number}"),
            tag("eventType", kind),
            tag(number, channel.number),
            tag("EventTriggerNotificationList", *told),
        )
