"""Who a device is."""

from __future__ import annotations

from dataclasses import dataclass, field

from sereno.drivers.contract import Identity
from sereno.drivers.onvif.asking import Onvif
from sereno.drivers.onvif.parse_device import (
    DeviceInfo,
    device_info,
    hardware_address,
    kind_of,
    rtsp_port,
    scopes,
)
from sereno.drivers.onvif.soap import Operation, Service
from sereno.drivers.onvif.token_login import PROOF
from sereno.drivers.tree import Part

_DEFAULT_RTSP_PORT = 554


@dataclass(slots=True)
class Facts:
    """What one device says of itself; what seldom changes is asked once. Only who it is must be
    answered: the rest may be refused."""

    onvif: Onvif
    info: DeviceInfo | None = None
    _serial: str = ""
    _scopes: dict[str, str] = field(default_factory=dict)
    _port: int | None = None

    async def meet(self) -> bool:
        """Ask who it is; whether that is another than before. Raises DeviceError."""
        info = device_info(await self.onvif.ask(Service.DEVICE, PROOF))
        if info == self.info:
            return False
        self.info, self._port = info, None
        self._scopes = scopes(await self._told("GetScopes"))
        self._serial = info.serial or await self._hardware_address()
        return True

    @property
    def serial(self) -> str:
        """What it is known by: where it tells no serial number, its network card's address."""
        return self._serial

    async def identity(
        self, vendor: str, source_count: int, offset_seconds: float | None
    ) -> Identity:
        """All of it; `meet` comes first."""
        info = self.info
        if info is None:
            raise AssertionError("unreachable")
        return Identity(
            vendor,
            info.maker,
            info.model,
            self._serial,
            info.firmware,
            kind_of(info.model, self._scopes, source_count),
            self._scopes.get("name") or info.model or self.onvif.line.login.host,
            offset_seconds,
            await self._rtsp_port(),
        )

    async def _rtsp_port(self) -> int:
        if (known := self.onvif.line.login.rtsp_port) is not None:
            return known
        if self._port is None:
            told = await self._told("GetNetworkProtocols")
            self._port = rtsp_port(told) or _DEFAULT_RTSP_PORT
        return self._port

    async def _hardware_address(self) -> str:
        return hardware_address(await self._told("GetNetworkInterfaces"))

    async def _told(self, name: str) -> Part:
        """What it says to a question that it may refuse; nothing, where it does."""
        told = await self.onvif.ask_if_allowed(Service.DEVICE, Operation(name, Service.DEVICE))
        return told or Part("")
