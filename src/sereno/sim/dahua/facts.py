"""Who the recorder is, its time, its disks, and which of its cameras are there."""

from __future__ import annotations

from collections.abc import Mapping

from sereno.sim.dahua.answers import (
    Value,
    bad_request,
    done,
    fields_of,
    not_implemented,
    plain,
    told,
)
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.dahua.tables import DEVICE_ID
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_MAGIC_BOX = "/cgi-bin/magicBox.cgi"
_GLOBAL = "/cgi-bin/global.cgi"
STORAGE = "/cgi-bin/storageDevice.cgi"
_DEVICES = "/cgi-bin/LogicDeviceManager.cgi"
_RECORDER_TYPE = "31"
_DISK_BYTES = 2_000_324_395_008.0


def routes(facts: Facts) -> Routes:
    """What answers with facts."""
    return {
        (_MAGIC_BOX, "getSystemInfo"): facts.system,
        (_MAGIC_BOX, "getDeviceType"): facts.device_type,
        (_MAGIC_BOX, "getSoftwareVersion"): facts.version,
        (_MAGIC_BOX, "getMachineName"): facts.name,
        (_MAGIC_BOX, "getSerialNo"): facts.serial,
        (_MAGIC_BOX, "getVendor"): facts.vendor,
        (_GLOBAL, "getCurrentTime"): facts.time,
        (_GLOBAL, "setCurrentTime"): facts.set_time,
        (STORAGE, "getDeviceAllInfo"): facts.disks,
        (_DEVICES, "getCameraState"): facts.camera_states,
        (_DEVICES, "getCameraAll"): facts.cameras,
        ("/cgi-bin/encode.cgi", "getConfigCaps"): facts.encoder,
        ("/cgi-bin/devVideoInput.cgi", "getCollect"): facts.inputs,
    }


class Facts:
    """Each is told as it is now."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def system_facts(self) -> dict[str, Value]:
        """What getSystemInfo tells, over CGI and RPC."""
        device = self._device
        return {
            "appAutoStart": True,
            "deviceType": device.model if device.is_camera else _RECORDER_TYPE,
            "hardwareVersion": "1.00",
            "processor": "ST7108",
            "serialNumber": device.serial.tell(),
            "updateSerial": device.model,
        }

    async def system(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told(self.system_facts())

    async def device_type(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        device = self._device
        return told({"type": device.model if device.is_camera else _RECORDER_TYPE})

    async def version(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told({"version": self._device.firmware})

    async def name(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told({"name": self._device.config.name})

    async def serial(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told({"sn": self._device.serial.tell()})

    async def vendor(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told({"vendor": "Dahua"})

    async def time(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told({"result": self._device.times.now()})

    async def set_time(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        self._device.times.set(fields.get("time"))
        return done()

    async def disks(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        """Full from the first day on: what was recorded before is overwritten."""
        quirks = self._device.quirks
        if "no-disk" in quirks:
            return plain("")
        has_error = "disk-error" in quirks
        part: dict[str, Value] = {
            "TotalBytes": _DISK_BYTES,
            "UsedBytes": _DISK_BYTES,
            "IsError": has_error,
            "Path": "/dev/sda0",
            "Type": "ReadWrite",
        }
        disk: dict[str, Value] = {
            "Detail": [part],
            "Name": "/dev/sda",
            "State": "Error" if has_error else "Success",
            "HealthDataFlag": int(has_error),
        }
        return told({"list": {"info": [disk]}})

    async def camera_states(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        if "no-camera-state" in self._device.quirks:
            raise not_implemented()
        asked = fields.get("uniqueChannels", "").removeprefix("[").removesuffix("]")
        slots = self._device.slots
        places = [place for place, slot in enumerate(slots) if slot is not None]
        if asked != "-1":
            places = [int(each) for each in asked.split(",") if each.isdecimal()]
        if not places or max(places) >= len(slots):
            raise bad_request()
        return told({"states": [self._state(place, slots[place]) for place in places]})

    async def cameras(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told({"camera": [self._camera(*each) for each in enumerate(self._device.slots)]})

    async def encoder(self, request: HttpRequest, _: dict[str, str]) -> HttpAnswer:
        """The same for every channel."""
        if "channel" not in fields_of(request):
            raise bad_request()
        config = self._device.config
        sizes = {"main": config.main, "sub": config.sub}
        shapes = {name: f"{each.width}x{each.height}" for name, each in sizes.items()}
        return told(
            {
                "caps": [
                    {
                        "MainFormat": [{"Video": {"ResolutionTypes": shapes["main"]}}],
                        "ExtraFormat": [{"Video": {"ResolutionTypes": shapes["sub"]}}],
                    }
                ]
            }
        )

    async def inputs(self, _: HttpRequest, __: dict[str, str]) -> HttpAnswer:
        return told({"result": len(self._device.slots)})

    def _state(self, place: int, slot: ChannelSpec | None) -> Mapping[str, Value]:
        is_online = slot is not None and slot.is_online
        word = "Connected" if is_online else "Unconnect" if slot else "Empty"
        return {"channel": place, "connectionState": word}

    def _camera(self, place: int, slot: ChannelSpec | None) -> Mapping[str, Value]:
        return {
            "DeviceID": DEVICE_ID.format(place),
            "DeviceInfo": {"Enable": slot is not None, "Name": slot.name if slot else ""},
            "Enable": slot is not None,
            "Type": "Remote",
            "UniqueChannel": place,
            "showStatus": "Connected" if slot is not None and slot.is_online else "Unconnect",
        }
