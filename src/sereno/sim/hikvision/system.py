"""Identity, health, ports and users."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.xml import ISAPI, Markup, document, tag
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_TYPES = {"recorder": "NVR", "camera": "IPCamera"}
_DEVICES = uuid.UUID("5e7e2024-7369-6d2d-8869-6b7669736e31")


def routes(device: Device) -> Routes:
    """What answers about the device itself."""
    system = _System(device)
    return [
        ("GET", "/ISAPI/System/deviceInfo", system.info),
        ("GET", "/ISAPI/System/status", system.status),
        ("GET", "/ISAPI/Security/adminAccesses", system.ports),
        ("GET", "/ISAPI/Security/adminAccesses/capabilities", system.port_limits),
        ("GET", "/ISAPI/Security/users", system.users),
        ("GET", "/ISAPI/Security/userCheck", system.user_check),
    ]


@dataclass(slots=True)
class _System:
    device: Device

    async def info(self, _: HttpRequest) -> HttpAnswer:
        device = self.device
        serial = device.serial.tell()
        return document(
            "DeviceInfo",
            tag("deviceName", device.config.name),
            tag("deviceID", uuid.uuid5(_DEVICES, serial)),
            tag("model", device.model),
            tag("serialNumber", serial),
            tag("macAddress", "02:00:00:00:00:01"),
            tag("firmwareVersion", device.firmware),
            tag("firmwareReleasedDate", "build 230619"),
            tag("encoderVersion", "V5.0"),
            tag("encoderReleasedDate", "build 230410"),
            tag("deviceType", _TYPES[device.config.kind]),
            tag("telecontrolID", 255),
        )

    async def status(self, _: HttpRequest) -> HttpAnswer:
        now = self.device.clock.true_now()
        up_seconds = int((now - self.device.started).total_seconds())
        processor = tag("CPU", tag("cpuDescription", "ARM"), tag("cpuUtilization", 23))
        memory = tag(
            "Memory",
            tag("memoryDescription", "DDR"),
            tag("memoryUsage", "512.00"),
            tag("memoryAvailable", "488.50"),
        )
        return document(
            "DeviceStatus",
            tag("currentDeviceTime", f"{self.device.clock.wall(now):%Y-%m-%dT%H:%M:%S}"),
            tag("deviceUpTime", up_seconds),
            tag("CPUList", processor),
            tag("MemoryList", memory),
        )

    async def ports(self, _: HttpRequest) -> HttpAnswer:
        rows = [_port(number, name, port) for number, (name, port) in enumerate(self._ports(), 1)]
        return document("AdminAccessProtocolList", *rows)

    async def port_limits(self, _: HttpRequest) -> HttpAnswer:
        rows = [
            tag(
                "AdminAccessProtocol",
                tag("protocol", name),
                tag("portNo", port, min=1, max=65_535, **{"def": port}),
            )
            for name, port in self._ports()
        ]
        return document("AdminAccessProtocolList", *rows)

    def _ports(self) -> list[tuple[str, int]]:
        device = self.device
        return [
            ("HTTP", device.http_port),
            ("RTSP", device.rtsp_port),
            ("HTTPS", 443),
            ("DEV_MANAGE", 8000),
        ]

    async def users(self, _: HttpRequest) -> HttpAnswer:
        user = tag(
            "User",
            tag("id", 1),
            tag("userName", self.device.config.user),
            tag("userLevel", "Administrator"),
        )
        return document("UserList", user, size=1)

    async def user_check(self, _: HttpRequest) -> HttpAnswer:
        facts = tag("statusValue", 200), tag("statusString", "OK")
        return document("userCheck", *facts, xmlns=ISAPI)


def _port(number: int, name: str, port: int) -> Markup:
    return tag(
        "AdminAccessProtocol",
        tag("id", number),
        tag("enabled", True),
        tag("protocol", name),
        tag("portNo", port),
    )
