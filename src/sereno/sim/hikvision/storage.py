"""Disks, and what is to be recorded."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.sim.hikvision.device import Device, Routes
from sereno.sim.hikvision.xml import PSIA, Markup, document, tag
from sereno.sim.recorders.config import ChannelSpec
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_CAPACITY_MB, _FREE_MB = 1_907_729, 102_400


def routes(device: Device) -> Routes:
    """What answers about storage."""
    storage = _Storage(device)
    return [
        ("GET", "/ISAPI/ContentMgmt/Storage", storage.disks),
        ("GET", "/ISAPI/ContentMgmt/Storage/hdd", storage.disk_list),
        ("GET", "/ISAPI/ContentMgmt/record/tracks", storage.tracks),
    ]


@dataclass(slots=True)
class _Storage:
    device: Device

    async def disks(self, _: HttpRequest) -> HttpAnswer:
        rows = self._disks()
        lists = tag("hddList", *rows, size=len(rows)), tag("nasList", size=8)
        return document("storage", *lists, tag("workMode", "quota"))

    async def disk_list(self, _: HttpRequest) -> HttpAnswer:
        rows = self._disks()
        return document("hddList", *rows, size=len(rows))

    async def tracks(self, _: HttpRequest) -> HttpAnswer:
        rows = [_track(channel) for channel in self.device.config.channels]
        return document("TrackList", *rows, xmlns=PSIA)

    def _disks(self) -> list[Markup]:
        quirks = self.device.quirks
        if "no-disk" in quirks:
            return []
        free_mb = 0 if "overwriting-disk" in quirks else _FREE_MB
        state = "error" if "disk-error" in quirks else "ok"
        rows = [_disk(1, state, _CAPACITY_MB, free_mb)]
        if "ghost-disk" in quirks:
            rows.append(_disk(2, "notexist", 0, 0))
        return rows


def _disk(number: int, state: str, capacity_mb: int, free_mb: int) -> Markup:
    return tag(
        "hdd",
        tag("id", number),
        tag("hddName", f"hdd{'ab'[number - 1]}"),
        tag("hddPath"),
        tag("hddType", "SATA"),
        tag("status", state),
        tag("capacity", capacity_mb),
        tag("freeSpace", free_mb),
        tag("property", "RW"),
    )


def _track(channel: ChannelSpec) -> Markup:
    """``Enable`` is false on tracks that do record; the extension tells the truth."""
    mode = "CMR" if channel.recording == "continuous" else "MOTION"
    extension = tag("CustomExtension", tag("enableSchedule", True))
    return tag(
        "Track",
        tag("id", channel.number * 100 + 1),
        tag("Channel", channel.number * 100 + 1),
        tag("Enable", False),
        tag("Description", f"trackType=standard, trackSourceID={channel.number}"),
        tag("DefaultRecordingMode", mode),
        tag("LoopEnable", True),
        tag("CustomExtensionList", extension),
    )
