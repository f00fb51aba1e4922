"""Fifty viewers of sixteen cameras: what they do is no business of the recording."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, unix_connect

from sereno.media.fmp4.writer import SEQUENCE_OFFSET
from sereno.node.daemon import Node
from sereno.node.live import LARGEST_LAG_US, Viewer
from sereno.node.live_attention import PROMPT_FRAGMENT_MS
from sereno.node.rows import StreamKey
from sereno.sim import CameraSpec, Picture, SimConfig, SimServer

from .conftest import (
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)

CAMERAS, VIEWERS, LEAVING = 16, 50, 12
FRAGMENTS = 25
PATIENCE_SECONDS = 90.0  # sixteen simulated cameras beside it take their share


@dataclass
class Watcher:
    """One viewer; `breaks` counts where a fragment does not follow the one before."""

    socket: ClientConnection
    fragments: int = 0
    breaks: int = 0
    skips: int = 0
    last: int = 0
    is_head_next: bool = False

    async def watch(self) -> None:
        async for message in self.socket:
            if isinstance(message, str):
                said = json.loads(message)["type"]
                self.is_head_next = said == "init"
                self.skips += said == "skip"
            elif self.is_head_next:
                self.is_head_next = False
            else:
                self._take(int.from_bytes(message[SEQUENCE_OFFSET : SEQUENCE_OFFSET + 4], "big"))

    def _take(self, number: int) -> None:
        """Fragments are numbered in each file from 1."""
        self.breaks += self.fragments > 0 and number not in (self.last + 1, 1)
        self.last = number
        self.fragments += 1


@dataclass
class Site:
    hub: HubDouble
    node: Node
    keys: list[StreamKey]
    data: Path

    def book(self, key: StreamKey) -> Any:
        return self.node._recording.book(key)

    def viewers(self, key: StreamKey) -> set[Viewer]:
        return self.node.viewing.live._channel(key).viewers

    async def watcher(self, key: StreamKey, stack: AsyncExitStack) -> Watcher:
        address = "ws://node/media/v1/live"
        socket = await stack.enter_async_context(
            unix_connect(
                str(self.data / "run" / "node.sock"), address, max_queue=1, compression=None,
                ping_interval=None, close_timeout=0.1,
            )
        )  # fmt: skip
        ticket = self.hub.ticket(key.camera_id, "live")
        await socket.send(json.dumps({"ticket": ticket}))
        return Watcher(socket)


@pytest.fixture
async def site(sim_config: SimConfig, tmp_path: Path) -> AsyncIterator[Site]:
    scenes = [each.scene for each in sim_config.cameras]
    config = replace(
        sim_config,
        cameras=tuple(CameraSpec(f"Camera {n}", scenes[n % 3]) for n in range(CAMERAS)),
        main=Picture(160, 90, 600_000),
        fps=10,
    )
    hub, listener, data = HubDouble(), tcp_listener(), tmp_path / "data"
    async with (
        SimServer(config) as cameras,
        serving(hub.app(), listener),
        running(settings_for(data, listener.getsockname()[1])) as node,
    ):
        orders = [camera_order(cameras, number + 1) for number in range(CAMERAS)]
        hub.order(*orders)
        keys = [StreamKey(each.camera_id, "main") for each in orders]
        made = Site(hub, node, keys, data)
        await until(
            lambda: all(made.book(key).newest_us for key in keys),
            "all are recorded",
            PATIENCE_SECONDS,
        )
        yield made


@pytest.mark.timeout(600)
async def test_viewers_come_go_and_stall_and_the_recording_does_not_notice(site: Site) -> None:
    runs = {key: site.book(key).run.run_id for key in site.keys}
    stalled_key = site.keys[0]
    async with AsyncExitStack() as stack:
        stalled = await site.watcher(stalled_key, stack)
        await until(lambda: site.viewers(stalled_key), "it is let in")
        (slow,) = site.viewers(stalled_key)
        watchers = [
            await site.watcher(site.keys[number % CAMERAS], stack) for number in range(VIEWERS - 1)
        ]
        tasks = [asyncio.create_task(each.watch()) for each in watchers]
        await until(
            lambda: all(each.fragments > 5 for each in watchers),
            "all see something",
            PATIENCE_SECONDS,
        )
        for task, watcher in zip(tasks[:LEAVING], watchers, strict=False):
            task.cancel()
            watcher.socket.transport.abort()  # in the middle of a message, as a closed laptop does
        staying = watchers[LEAVING:]
        await until(
            lambda: site.node.viewing.live.viewer_count() == VIEWERS - LEAVING,
            "they are gone",
            PATIENCE_SECONDS,
        )
        seen = [each.fragments for each in staying]
        await until(
            lambda: all(
                each.fragments > before + FRAGMENTS
                for each, before in zip(staying, seen, strict=True)
            ),
            "those who stay go on",
            PATIENCE_SECONDS,
        )
        await until(lambda: slow.skipped, "who takes nothing is moved on", PATIENCE_SECONDS)
        oldest_us, newest_us = slow.queue[0][1].at_us, slow.queue[-1][1].at_us
        assert newest_us - oldest_us <= LARGEST_LAG_US + 1_000_000
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        stalled.socket.transport.abort()
        watching = site.node._attention.fragment_ms
        assert {watching(key) for key in site.keys} == {PROMPT_FRAGMENT_MS}

    # Whom a busy machine held up for long is moved on as well, and told so.
    assert all(each.breaks <= each.skips for each in staying)
    for key in site.keys:
        book = site.book(key)
        assert (book.run.run_id, book.run.damaged_us) == (runs[key], 0)
        assert (book.measures.lost_packets, book.absence) == (0, None)
    await until(lambda: site.node.viewing.live.viewer_count() == 0, "all have left")
