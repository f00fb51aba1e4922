"""Puts together what a node has for devices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sereno.base.clock import Clock
from sereno.drivers.memory_file import FileMemory
from sereno.drivers.tools import Tools
from sereno.media.doors import Doors
from sereno.node.access import Doorkeeper
from sereno.node.devices.devices import Devices
from sereno.node.devices.errands import SECONDS, DeviceErrands
from sereno.node.devices.pictures import ChannelPictures, ShowingChannels
from sereno.node.devices.refusals import Neighbour
from sereno.node.devices.tending import DevicePace
from sereno.node.errands import Do
from sereno.node.hub_client import HubClient


@dataclass(frozen=True, slots=True)
class DeviceRoom:
    """The devices, and what people ask of them."""

    devices: Devices
    errands: DeviceErrands
    clock: Clock

    @property
    def errand_kinds(self) -> dict[str, Do]:
        """What is done for each kind of errand of devices."""
        return dict.fromkeys(SECONDS, self.errands.do)

    def showing(self, doorkeeper: Doorkeeper) -> ShowingChannels:
        """The route of their pictures."""
        pictures = ChannelPictures(self.devices, self.clock)
        return ShowingChannels(doorkeeper, pictures, self.clock)


def device_room(
    memory: Path, clock: Clock, doors: Doors, hub: HubClient, pace: DevicePace | None = None
) -> DeviceRoom:
    """`memory` is the file of what is remembered of devices, `doors` are those of recording."""
    tools = Tools(FileMemory(memory), clock)
    devices = Devices(tools, Neighbour(tools, doors), hub.tell_device, pace)
    return DeviceRoom(devices, DeviceErrands(devices, hub.tell_device_errand), clock)
