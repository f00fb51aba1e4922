"""A wrong password is tried once: by all channels, all runners, and over every kind of restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from sereno.policy.knobs import Manner
from sereno.sim import CameraSpec, SimConfig, SimServer
from sereno.wire.orders import CameraOrder, MannerOrder

from .conftest import HubDouble, camera_order, serving, tcp_listener, until
from .node_process import node_process

CHANNELS = 16
PASSWORD_GIVEN = "not this one"


@pytest.fixture
async def recorder(sim_config: SimConfig) -> AsyncIterator[SimServer]:
    scenes = [spec.scene for spec in sim_config.cameras]
    channels = tuple(
        CameraSpec(f"Channel {number}", scenes[number % len(scenes)]) for number in range(CHANNELS)
    )
    async with SimServer(replace(sim_config, cameras=channels)) as server:
        yield server


def all_failed(hub: HubDouble) -> bool:
    told = [each for each in hub.statuses().values() if each.state == "failed"]
    return len(told) == CHANNELS and {x.reason.key for x in told if x.reason} == {"unauthorized"}


@pytest.mark.provokes("unauthorized")
async def test_a_recorder_with_a_wrong_password_sees_it_once(
    hub: HubDouble, recorder: SimServer, data: Path
) -> None:
    orders = [
        # Of two kinds of process: those with another priority have a runner of their own.
        camera_order(
            recorder,
            number + 1,
            password=PASSWORD_GIVEN,
            manners={"": MannerOrder(manner=Manner(nice=number % 2))},
        )
        for number in range(CHANNELS)
    ]
    hub.order(*orders)
    listener = tcp_listener()
    port = listener.getsockname()[1]
    async with serving(hub.app(), listener):
        async with node_process(data, port):
            await until(lambda: all_failed(hub), "all know it", 60)
            assert recorder.refused_logins == 1
        hub.heartbeats.clear()
        async with node_process(data, port):  # the one before was killed
            await until(lambda: all_failed(hub), "all know it still", 60)
            assert recorder.refused_logins == 1
            await until(lambda: hub.sockets, "the wake-up socket")
            asked = await ask_again(hub, orders, orders)
            await until(lambda: recorder.refused_logins > 1, "a person asked")
            await until(lambda: all_failed(hub), "and was told")
            assert recorder.refused_logins == 2
            # The password is set on the recorder, and a person asks for one camera.
            recorder._house.config = replace(recorder.config, password=PASSWORD_GIVEN)
            await ask_again(hub, asked, asked[:1])
            await until(lambda: set(hub.states().values()) == {"recording"}, "all are back", 60)
    assert recorder.refused_logins == 2


async def ask_again(
    hub: HubDouble, orders: list[CameraOrder], cameras: list[CameraOrder]
) -> list[CameraOrder]:
    """A person asks for some of the cameras to be tried now."""
    asked = [
        order.model_copy(update={"enforce_number": order.enforce_number + (order in cameras)})
        for order in orders
    ]
    hub.heartbeats.clear()
    hub.order(*asked)
    await hub.wake()
    return asked
