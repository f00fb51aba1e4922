"""What a device has: asks for all tables that say something about its channels."""

from __future__ import annotations

from dataclasses import dataclass, field

from sereno.drivers.contract import Channel
from sereno.drivers.dahua.addresses import cgi, query
from sereno.drivers.dahua.cgi import Cgi
from sereno.drivers.dahua.parse import Table, as_int
from sereno.drivers.dahua.parse_channels import (
    UNTOLD,
    Encoding,
    Inventory,
    read_cameras,
    read_encodings,
    read_online,
    read_slot_of_channel,
    read_slots,
    read_titles,
    streams_of,
)
from sereno.drivers.errors import Busy, Missing, Refused
from sereno.policy.reasons import Reason

DEFAULT_RTSP_PORT = 554
_LARGEST_PORT = 65535
_STATES = "LogicDeviceManager"


@dataclass(slots=True)
class Channels:
    """The channels of one device, asked for anew each time; `numbers` are those seen last."""

    cgi: Cgi
    rtsp_port: int | None = None
    encodings: dict[int, list[Encoding]] = field(default_factory=dict)
    numbers: frozenset[int] = frozenset()
    is_recorder: bool | None = None

    async def all(self) -> list[Channel]:
        """Those that exist, with their streams. Raises DeviceError."""
        inventory = await self._inventory()
        titles = read_titles(await self.cgi.config_or_empty("ChannelTitle"))
        host, port = self.cgi.http.login.host, await self.port()
        found = self._found(inventory)
        if not found and self.cgi.denied:
            raise Refused(Reason("right_missing", {"right": min(self.cgi.denied)}))
        return [
            Channel(
                id=str(channel + 1),
                number=channel + 1,
                name=titles.get(channel) or f"Channel {channel + 1}",
                is_online=inventory.online.get(channel),
                streams=streams_of(channel, self.encodings.get(channel) or UNTOLD, host, port),
            )
            for channel in found
        ]

    async def online(self) -> dict[int, bool | None]:
        """By channel from 1, of those that exist. Raises DeviceError."""
        inventory = await self._inventory()
        found = self._found(inventory)
        return {channel + 1: inventory.online.get(channel) for channel in found}

    async def number(self, channel: str) -> int:
        """The number of a channel that exists, from 1. Raises Missing, DeviceError."""
        number = as_int(channel) if channel.isdecimal() else None
        if number is not None and number in self.numbers:
            return number
        await self.online()
        if number is None or (self.numbers and number not in self.numbers):
            raise Missing(Reason("channel_missing", {"channel": channel}))
        return number

    async def port(self) -> int:
        """Where RTSP is served: as a person says, as the device says, as everywhere."""
        given = self.cgi.http.login.rtsp_port or self.rtsp_port
        if given is None:
            told = as_int((await self._settings_of_rtsp()).get("table.RTSP.Port"))
            given = told if told and 0 < told <= _LARGEST_PORT else DEFAULT_RTSP_PORT
            self.rtsp_port = given
        return given

    async def _settings_of_rtsp(self) -> Table:
        """A device that fails over them serves video all the same."""
        try:
            return await self.cgi.config_or_empty("RTSP")
        except Busy:
            return {}

    def _found(self, inventory: Inventory) -> list[int]:
        found = inventory.channels()
        self.numbers = frozenset(channel + 1 for channel in found)
        return found

    async def _inventory(self) -> Inventory:
        self.encodings = read_encodings(await self.cgi.config_or_empty("Encode"))
        slots = read_slots(await self.cgi.config_or_empty("RemoteDevice"))
        self.is_recorder = bool(slots) or len(self.encodings) > 1
        if not slots and not self.encodings:
            return await self._by_titles()
        if not self.is_recorder:
            return Inventory(bound=frozenset(self.encodings))  # a camera
        mapped = read_slot_of_channel(await self.cgi.config_or_empty("RemoteChannel"))
        online = await self._online(sorted(set(self.encodings) | set(slots)))
        cameras = {} if online else read_cameras(await self._cameras())
        return Inventory(slots, mapped, frozenset(self.encodings), cameras, online)

    async def _by_titles(self) -> Inventory:
        """What is left where a device tells neither cameras nor encodings: the names of its inputs,
        or that it surely has one."""
        titles = read_titles(await self.cgi.config_or_empty("ChannelTitle"))
        named = frozenset(channel for channel, name in titles.items() if name)
        cameras = {} if named else read_cameras(await self._cameras())
        is_bare = not named and not cameras and not self.cgi.denied
        return Inventory(bound=frozenset({0}) if is_bare else named, cameras=cameras)

    async def _online(self, channels: list[int]) -> dict[int, bool | None]:
        """In the way of all at once, else by naming each: firmware knows one or the other."""
        for params in (
            {"uniqueChannels[0]": "-1"},
            {"uniqueChannels": f"[{','.join(map(str, channels))}]"},
        ):
            table = await self.cgi.table_or_none(query(_STATES, "getCameraState", params))
            if table and (online := read_online(table)):
                return online
        return {}

    async def _cameras(self) -> Table:
        return await self.cgi.table_or_none(cgi(_STATES, "getCameraAll")) or {}
