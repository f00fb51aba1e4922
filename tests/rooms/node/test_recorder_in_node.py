"""A whole node plays what a recorder holds, and lets go of it when it ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from websockets.asyncio.client import unix_connect

from sereno.sim.hikvision import HikvisionRecorder

from .conftest import HubDouble, running, serving, settings_for, tcp_listener, until
from .recorder_views import first_picture, order_of, recorder_config


async def test_a_node_plays_and_lets_go(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hub, data, listener = HubDouble(), tmp_path / "data", tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    left = data / "cache" / "recorder" / "of-a-killed-node"
    left.mkdir(parents=True)
    async with HikvisionRecorder(recorder_config(tmp_path_factory.mktemp("loops"))) as recorder:
        order = order_of(recorder, "hikvision")
        hub.order_devices(order)

        def is_online() -> bool:
            told = hub.told_devices.get(order.device_id, [])
            return bool(told) and told[-1].state == "online"

        start = datetime.now(UTC) - timedelta(minutes=12)
        ticket = hub.ticket(
            uuid4(), "recorder", device_id=order.device_id, channel="1",
            start=start, end=start + timedelta(minutes=5),
        )  # fmt: skip
        async with serving(hub.app(), listener), running(settings) as node:
            await until(is_online, "the device is online")
            assert not left.exists()
            path = str(data / "run" / "node.sock")
            async with unix_connect(path, "ws://node/media/v1/recorder", max_size=None) as socket:
                await socket.send(json.dumps({"ticket": ticket}))
                seen = await first_picture(socket)
                assert seen.names == ["connecting", "playing"]
                assert recorder.rtsp.playback.open_sessions == 1
                node.stop()
                await socket.wait_closed()
        assert recorder.rtsp.playback.open_sessions == 0
        assert not (data / "cache" / "recorder").exists()
