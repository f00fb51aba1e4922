"""A whole node with devices: orders, reports, errands and pictures as they travel."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.rooms.node.conftest import (
    HubDouble,
    media_client,
    running,
    serving,
    settings_for,
    tcp_listener,
)

from sereno.wire.devices import SEARCH
from sereno.wire.errands import Errand
from sereno.wire.orders import DeviceOrder

from .conftest import NOW, PASSWORD, USER, Recorder, Site, until


@pytest.fixture
async def recorder(site: Site) -> Recorder:
    return await site.recorder()


def order_of(recorder: Recorder) -> DeviceOrder:
    return DeviceOrder.model_validate({
        "device_id": uuid4(), "name": "Recorder 1", "username": USER, "password": PASSWORD,
        "host": recorder.host, "port": recorder.port,
    })  # fmt: skip


def picture(device_id: UUID, channel: str) -> str:
    return f"/media/v1/devices/{device_id}/channels/{channel}/snapshot.jpg"


def snapshots(recorder: Recorder) -> int:
    return sum("/picture" in each.target for each in recorder.log)


async def test_a_node_tells_its_devices_and_shows_their_channels(
    hub: HubDouble, recorder: Recorder, tmp_path: Path
) -> None:
    order = order_of(recorder)
    hub.order_devices(order)
    listener = tcp_listener()
    data = tmp_path / "data"
    settings = settings_for(data, listener.getsockname()[1])

    def is_online() -> bool:
        told = hub.told_devices.get(order.device_id, [])
        return bool(told) and told[-1].state == "online" and told[-1].advice is not None

    async with serving(hub.app(), listener), running(settings), media_client(data) as http:
        await until(is_online, "online")
        ticket = hub.ticket(
            order.device_id, "channel_snapshot", device_id=order.device_id, channel="1"
        )
        for _ in range(3):
            answer = await http.get(picture(order.device_id, "1"), params={"ticket": ticket})
            assert answer.status_code == 200
            assert answer.content.startswith(b"\xff\xd8")
        assert snapshots(recorder) == 1, "one request serves all who look"
        for path, params in (
            (picture(order.device_id, "2"), {"ticket": ticket}),
            (picture(uuid4(), "1"), {"ticket": ticket}),
            (picture(order.device_id, "1"), {}),
        ):
            assert (await http.get(path, params=params)).status_code == 401
        gone = hub.ticket(
            order.device_id, "channel_snapshot", device_id=order.device_id, channel="9"
        )
        answer = await http.get(picture(order.device_id, "9"), params={"ticket": gone})
        assert answer.status_code == 404
        assert answer.json()["error"]["key"] == "channel_missing"
        values = {"device_id": str(order.device_id), "channel": "1", "start": NOW, "end": NOW}
        errand = Errand(errand_id=uuid4(), kind=SEARCH, params=values)
        hub.errands = [errand]
        await hub.wake()
        await until(lambda: not hub.errands, "the errand is done")
        assert hub.told_errands[errand.errand_id][-1].is_done
    memory = data / "node" / "devices.json"
    assert memory.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in memory.read_text()


async def test_a_node_looks_after_its_devices_when_its_hub_is_away(
    hub: HubDouble, site: Site, tmp_path: Path
) -> None:
    recorder = await site.recorder()
    order = order_of(recorder)
    hub.order_devices(order)
    listener = tcp_listener()
    settings = settings_for(tmp_path / "data", listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings):
        await until(lambda: hub.told_devices, "it has orders")
    asked = len(recorder.log)
    async with running(settings):
        await until(lambda: len(recorder.log) > asked, "it is asked again")
    assert recorder.wrong_logins == 0
