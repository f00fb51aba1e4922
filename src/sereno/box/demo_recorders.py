"""The demonstration's recorders: one of each kind, which the hub knows as devices."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from sereno.box import fleet
from sereno.box.api import Api
from sereno.box.children import Child
from sereno.box.settings import Settings

_KINDS = 3
_HOST = "127.0.0.1"

Told = Mapping[str, Any]
"""What the simulator tells of a recorder: vendor, name, serial, host, port, rtsp_port."""


class DemoRecorders:
    """`child` is to be kept running; `add_all` sees that the hub knows what it serves."""

    def __init__(self, settings: Settings, known: Sequence[Told], credentials: tuple[str, str]):
        self._credentials = credentials
        self._told: asyncio.Future[list[dict[str, Any]]]
        self._told = asyncio.get_running_loop().create_future()
        self.child: Child = fleet.recorders_child(
            settings, _ports(known), credentials, self._on_line, self._told.done
        )

    async def add_all(self, api: Api) -> None:
        """Add the devices that the hub does not know, and say where the others are now."""
        await asyncio.to_thread(self._add_all, api, await self._told)

    def _on_line(self, line: str) -> None:
        if line.startswith('{"recorders"') and not self._told.done():
            self._told.set_result(json.loads(line)["recorders"])

    def _add_all(self, api: Api, recorders: Sequence[Told]) -> None:
        known = api.get("devices")
        site_id = api.get("sites")[0]["id"]
        for recorder in recorders:
            place = {name: recorder[name] for name in ("host", "port", "rtsp_port")}
            device = _same(known, recorder)
            if device is None:
                api.post("devices", self._body(site_id, recorder, place))
            elif any(device[name] != value for name, value in place.items()):
                api.patch(f"devices/{device['id']}", place)

    def _body(self, site_id: int, recorder: Told, place: dict[str, Any]) -> dict[str, Any]:
        username, password = self._credentials
        who = {"username": username, "password": password, "site_id": site_id}
        return {"name": recorder["name"], "serial": recorder["serial"], **place, **who}


def known_recorders(api: Api) -> list[Told]:
    """The devices that an earlier demonstration added, which keep their ports."""
    return [each for each in api.get("devices") if each["host"] == _HOST]


def _same(known: Sequence[Told], recorder: Told) -> Told | None:
    """The device that is this recorder, by its serial number."""
    return next((each for each in known if each["serial"] == recorder["serial"]), None)


def _ports(known: Sequence[Told]) -> list[tuple[int, int]]:
    """Ports of HTTP and RTSP: those of before where they are free, so that addresses stay."""
    before = [(each["port"], each["rtsp_port"] or 0) for each in known]
    if len(before) == _KINDS and all(_is_free(port) for pair in before for port in pair):
        return sorted(before)
    numbers = _free_ports(2 * _KINDS)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _is_free(port: int) -> bool:
    try:
        with socket.create_server((_HOST, port)):
            return port > 0
    except OSError:
        return False


def _free_ports(count: int) -> list[int]:
    """So many, in order."""
    probes = [socket.create_server((_HOST, 0)) for _ in range(count)]
    try:
        return sorted(int(probe.getsockname()[1]) for probe in probes)
    finally:
        for probe in probes:
            probe.close()
