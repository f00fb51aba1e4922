"""64 cameras go and come back at once: nobody storms a recorder, and soon all is well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from sereno.media.door_files import MOST_AT_ONCE
from sereno.node.daemon import Node
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer
from sereno.wire.orders import CameraOrder
from sereno.wire.reports import StreamState

from .conftest import (
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
)

CAMERAS = 64
GUARD_SECONDS = 240.0
# On a busy machine one may be held up for so long that its camera is dialled once more.
MOST_KNOCKS = CAMERAS * 5 // 4


@pytest.fixture
def config(sim_config: SimConfig) -> SimConfig:
    """Small pictures, and few of them: what matters here is how they are dialled."""
    scenes = [spec.scene for spec in sim_config.cameras]
    return replace(
        sim_config,
        cameras=tuple(CameraSpec(f"{n}", scenes[n % len(scenes)]) for n in range(CAMERAS)),
        main=Picture(64, 64, 20_000),
        sub=Picture(64, 64, 20_000),
        fps=5,
    )


def states(node: Node) -> list[StreamState]:
    return [book.state for book in node._recording.books().values()]


async def until_all(node: Node, is_so: Callable[[StreamState], bool]) -> None:
    async with asyncio.timeout(GUARD_SECONDS):
        while not (len(states(node)) == CAMERAS and all(map(is_so, states(node)))):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def order_of(recorder: SimServer, number: int, *, is_apart: bool) -> CameraOrder:
    """`is_apart`: at an address of loopback that no other camera has."""
    order = camera_order(recorder, number)
    (stream,) = order.streams
    host = f"127.0.1.{number}" if is_apart else "127.0.0.1"
    address = stream.address.replace("127.0.0.1", host)
    return order.model_copy(update={"streams": (stream.model_copy(update={"address": address}),)})


@pytest.mark.timeout(900)
@pytest.mark.parametrize("is_apart", [False, True])
async def test_64_cameras_come_back_in_good_order(
    hub: HubDouble, config: SimConfig, data: Path, is_apart: bool
) -> None:
    """Of one recorder, or each at an address of its own."""
    listener = tcp_listener()
    most = CAMERAS if is_apart else MOST_AT_ONCE
    config = replace(config, host="0.0.0.0")  # noqa: S104
    async with AsyncExitStack() as open_things:
        await open_things.enter_async_context(serving(hub.app(), listener))
        async with SimServer(config) as recorder:
            port = recorder.port
            numbers = range(1, CAMERAS + 1)
            hub.order(*(order_of(recorder, number, is_apart=is_apart) for number in numbers))
            settings = settings_for(data, listener.getsockname()[1])
            node = await open_things.enter_async_context(running(settings))
            await until_all(node, lambda state: state is StreamState.RECORDING)
            assert recorder.knocks.most <= most
        await until_all(node, lambda state: state is not StreamState.RECORDING)
        async with SimServer(replace(config, port=port)) as recorder:
            await until_all(node, lambda state: state is StreamState.RECORDING)
            assert recorder.knocks.most <= most
            assert CAMERAS <= recorder.knocks.count <= MOST_KNOCKS
