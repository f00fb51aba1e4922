"""The demonstration's recorders: the hub learns of each once, and where it is at every start."""

from __future__ import annotations

import json
import re
import socket
from itertools import pairwise
from typing import Any, cast

from sereno.box.api import Api
from sereno.box.demo_recorders import DemoRecorders, known_recorders
from sereno.box.settings import Settings

WHO = ("demo", "s3cret word")


class Hub:
    """What an Api asks for, kept in memory."""

    def __init__(self) -> None:
        self.devices: list[dict[str, Any]] = []
        self.acts: list[str] = []

    @property
    def api(self) -> Api:
        return cast(Api, self)

    def get(self, path: str) -> list[dict[str, Any]]:
        return {"devices": self.devices, "sites": [{"id": 7}]}[path]

    def post(self, path: str, body: dict[str, Any]) -> None:
        self.acts.append(f"POST {path}")
        self.devices.append({"id": f"id-{len(self.devices)}", **body})

    def patch(self, path: str, body: dict[str, Any]) -> None:
        self.acts.append(f"PATCH {path}")
        next(each for each in self.devices if path == f"devices/{each['id']}").update(body)


def ports_of(recorders: DemoRecorders) -> list[int]:
    """In the order of its command line."""
    words = recorders.child.argv
    return [int(word) for before, word in pairwise(words) if before.endswith("port")]


async def started(settings: Settings, hub: Hub) -> list[int]:
    """A demonstration begins; the ports of its recorders."""
    recorders = DemoRecorders(settings, known_recorders(hub.api), WHO)
    ports = ports_of(recorders)
    told = [
        {"vendor": vendor, "name": f"Recorder {n + 1}", "serial": f"S-{n}", "host": "127.0.0.1",
         "port": ports[2 * n], "rtsp_port": ports[2 * n + 1]}
        for n, vendor in enumerate(("hikvision", "dahua", "onvif"))
    ]  # fmt: skip
    assert recorders.child.on_line is not None
    recorders.child.on_line("Encoding, this once: entrance")
    assert not await recorders.child.is_ready()
    recorders.child.on_line(json.dumps({"recorders": told}))
    assert await recorders.child.is_ready()
    await recorders.add_all(hub.api)
    return ports


async def test_recorders_are_added_once_and_keep_their_ports(settings: Settings) -> None:
    hub = Hub()
    ports = await started(settings, hub)
    assert hub.acts == ["POST devices"] * 3
    assert hub.devices[1] == {
        "id": "id-1", "name": "Recorder 2", "serial": "S-1", "host": "127.0.0.1",
        "port": ports[2], "rtsp_port": ports[3], "username": WHO[0], "password": WHO[1],
        "site_id": 7,
    }  # fmt: skip
    assert await started(settings, hub) == ports
    assert hub.acts == ["POST devices"] * 3


async def test_a_port_that_was_taken_meanwhile_is_another(settings: Settings) -> None:
    hub = Hub()
    ports = await started(settings, hub)
    with socket.create_server(("127.0.0.1", ports[4])):
        moved = await started(settings, hub)
    assert ports[4] not in moved
    assert set(hub.acts[3:]) <= {f"PATCH devices/id-{n}" for n in range(3)}
    assert "PATCH devices/id-2" in hub.acts
    assert [each["port"] for each in hub.devices] == moved[::2]


async def test_the_password_is_not_on_the_command_line(settings: Settings) -> None:
    recorders = DemoRecorders(settings, [], WHO)
    assert not re.search(WHO[1], " ".join(recorders.child.argv))
    assert recorders.child.environment["SERENO_SIM_PASSWORD"] == WHO[1]
    assert recorders.child.secrets == (WHO[1],)
