"""The configuration that a recorder tells: configManager's tables, all counted from 0."""

from __future__ import annotations

from collections.abc import Callable

from sereno.sim.dahua.answers import (
    Facts,
    Refusal,
    Value,
    bad_request,
    no_authority,
    parameter_error,
    told,
)
from sereno.sim.dahua.device import Device, Routes
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest
from sereno.sim.spec import Picture

PATH = "/cgi-bin/configManager.cgi"
CAMERA_PASSWORD = "kept by the recorder"  # noqa: S105
"""What RemoteDevice gives away of every camera, in plain text, as real recorders do."""
DEVICE_ID = "uuid:System_CONFIG_NETCAMERA_INFO_{}"
_NO_ADDRESS = "192.168.0.0"
_COMPRESSION = {"h264": "H.264", "h265": "H.265"}
_WEEKDAYS, _SECTIONS_A_DAY = 7, 6
_TIMING, _MOTION = 1, 2
_NO_SECTION = "0 00:00:00-23:59:59"


def routes(tables: Tables) -> Routes:
    """What answers with configuration."""
    return {(PATH, "getConfig"): tables.answer}


class Tables:
    """Each is made when it is asked for."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._makers: dict[str, Callable[[], Value]] = {
            "ChannelTitle": self._titles,
            "Encode": self._encode,
            "General": self._general,
            "Locales": device.times.locales,
            "NTP": device.times.ntp,
            "RTSP": self._rtsp,
            "Record": self._record,
            "RecordMode": self._record_mode,
            "RemoteChannel": self._remote_channels,
            "RemoteDevice": self._remote_devices,
            "Web": lambda: {"Enable": True, "Port": device.http_port},
        }

    async def answer(self, _: HttpRequest, fields: dict[str, str]) -> HttpAnswer:
        name = fields.get("name", "")
        return told({"table": {name: self.table(name)}})

    def table(self, name: str) -> Value:
        """A table by its name. Raises Refusal."""
        make = self._makers.get(name)
        if make is None:
            raise self._unknown(name)
        return make()

    def _unknown(self, name: str) -> Refusal:
        if "errors-with-200" in self._device.quirks:
            return parameter_error(name)
        return no_authority()

    def _general(self) -> Facts:
        config = self._device.config
        return {
            "LocalNo": 8,
            "LockLoginEnable": True,
            "LockLoginTimes": config.lock_after,
            "LoginFailLockTime": config.lock_seconds,
            "MachineName": config.name,
        }

    def _rtsp(self) -> Facts:
        return {"Enable": True, "Port": self._device.rtsp_port}

    def _titles(self) -> Value:
        slots = enumerate(self._device.slots, 1)
        return [{"Name": slot.name if slot else f"Channel{place}"} for place, slot in slots]

    def _remote_devices(self) -> Value:
        slots = self._device.slots
        removed = int(self._device.quirks.get("removed-cameras", 0))
        devices: dict[str, Value] = {}
        for place, slot in enumerate(slots):
            is_removed = slot is None and removed > 0
            removed -= is_removed
            devices[DEVICE_ID.format(place)] = _remote_device(place, slot, is_removed=is_removed)
        return devices

    def _remote_channels(self) -> Value:
        if "no-remote-channels" in self._device.quirks:
            raise bad_request()
        return [
            {"Channel": 0, "Device": DEVICE_ID.format(place), "Enable": slot is not None}
            for place, slot in enumerate(self._device.slots)
        ]

    def _encode(self) -> Value:
        config = self._device.config
        encoded: dict[int, Value] = {}
        for channel in config.channels:
            main = _format(channel, config.main, config.fps)
            sub = _format(channel, config.sub, config.fps)
            encoded[channel.number - 1] = {"MainFormat": [main] * 3, "ExtraFormat": [sub]}
        return encoded

    def _record(self) -> Value:
        return {each.number - 1: _schedule(each) for each in self._device.config.channels}

    def _record_mode(self) -> Value:
        channels = self._device.config.channels
        return {each.number - 1: {"Mode": 0, "ModeExtra1": 2} for each in channels}


def _remote_device(place: int, slot: ChannelSpec | None, *, is_removed: bool) -> Facts:
    is_there = slot is not None
    return {
        "Address": f"192.0.2.{place + 1}" if is_there or is_removed else _NO_ADDRESS,
        "DeviceType": "IPC" if is_there else "",
        "Enable": is_there or is_removed,
        "Name": slot.name if slot else "",
        "Password": CAMERA_PASSWORD if is_there or is_removed else "",
        "Port": 37777,
        "ProtocolType": "Dahua3",
        "UserName": "admin" if is_there or is_removed else "",
        "VideoInputChannels": 1,
    }


def _format(channel: ChannelSpec, picture: Picture, fps: int) -> Facts:
    return {
        "Audio": {"Compression": "G.711A", "Frequency": 8000},
        "AudioEnable": channel.sound != "none",
        "Video": {
            "BitRate": picture.bitrate_bps // 1000,
            "BitRateControl": "CBR",
            "Compression": _COMPRESSION[channel.codec],
            "FPS": fps,
            "Height": picture.height,
            "Width": picture.width,
        },
        "VideoEnable": True,
    }


def _schedule(channel: ChannelSpec) -> Facts:
    mask = _MOTION if channel.recording == "motion" else _TIMING
    day = [f"{mask} 00:00:00-23:59:59", *[_NO_SECTION] * (_SECTIONS_A_DAY - 1)]
    return {"PreRecord": 4, "Stream": 0, "TimeSection": [day] * _WEEKDAYS}
