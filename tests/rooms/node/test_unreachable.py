"""Thirty cameras that cannot be reached, each in its own way, and two that can."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sereno.node.daemon import Node
from sereno.node.stream_book import StreamBook
from sereno.sim import SimServer
from sereno.sim.marks import SEI_UUID
from sereno.wire.orders import CameraOrder, StreamOrder

from .conftest import HubDouble, camera_order, running, serving, settings_for, tcp_listener

STAMP = re.compile(re.escape(SEI_UUID) + rb"[0-9A-Fa-f]{16}([0-9A-Fa-f]{16})")
A_KIND = 10
GOOD_FRAMES = 15 * 25


@contextmanager
def black_hole(host: str) -> Iterator[int]:
    """A port that takes no connection and refuses none: its queue is full (listen(2))."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind((host, 0))
        full.listen(0)
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        yield full.getsockname()[1]


@asynccontextmanager
async def silent_server(host: str) -> AsyncIterator[int]:
    """It takes every connection and never says a word."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            pass
        writer.close()

    server = await asyncio.start_server(listen, host)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def unreachable(host: str, port: int) -> CameraOrder:
    stream = StreamOrder(stream="main", address=f"rtsp://{host}:{port}/1")
    values: dict[str, Any] = {"camera_id": uuid4(), "name": host, "streams": (stream,)}
    return CameraOrder.model_validate(values | {"username": "a", "password": "b"})


def book_of(node: Node, order: CameraOrder) -> StreamBook | None:
    books = node._recording.books()
    return next((book for key, book in books.items() if key.camera_id == order.camera_id), None)


def frames_of(data: Path, order: CameraOrder) -> list[int]:
    """The numbers of the pictures on the disk, as the camera stamped them, in order."""
    files = sorted((data / "footage" / str(order.camera_id)).rglob("*.mp4"))
    return [int(found[1], 16) for file in files for found in STAMP.finditer(file.read_bytes())]


@pytest.mark.timeout(600)
async def test_those_that_are_there_lose_nothing_by_those_that_are_not(
    hub: HubDouble, cameras: SimServer, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listener = tcp_listener()
    good = [camera_order(cameras, number) for number in (1, 2)]
    with tcp_listener() as closed, black_hole("127.0.2.1") as hole:
        closed_port = closed.getsockname()[1]
        closed.close()
        async with silent_server("0.0.0.0") as silent:  # noqa: S104  addresses of loopback
            bad = [
                *(unreachable(f"127.0.1.{n}", closed_port) for n in range(1, A_KIND + 1)),
                *(unreachable("127.0.2.1", hole) for _ in range(A_KIND)),
                *(unreachable(f"127.0.3.{n}", silent) for n in range(1, A_KIND + 1)),
            ]
            hub.order(*bad, *good)
            settings = settings_for(data, listener.getsockname()[1])
            async with serving(hub.app(), listener), running(settings) as node:
                async with asyncio.timeout(240):
                    while not is_enough(node, data, bad, good):  # noqa: ASYNC110
                        await asyncio.sleep(0.2)
                found = {key_of(node, order) for order in bad}
                lost = [book.measures.lost_packets for x in good if (book := book_of(node, x))]
    assert found == {"refused", "timed_out", "no_answer"}
    assert lost == [0, 0]
    for order in good:
        runs = [run for run in hub.runs.values() if run.camera_id == order.camera_id]
        assert [run.end_reason.key for run in runs if run.end_reason] == ["node_down"]
        assert missing(frames_of(data, order)) <= never_sent(caplog)


def missing(frames: list[int]) -> int:
    assert frames == sorted(set(frames))
    return frames[-1] - frames[0] + 1 - len(frames)


def never_sent(caplog: pytest.LogCaptureFixture) -> int:
    """Pictures that the simulated cameras left out on a machine that has more to do."""
    said = (re.search(r"skip (\d+) frames", each.getMessage()) for each in caplog.records)
    return sum(int(found[1]) for found in said if found)


def is_enough(node: Node, data: Path, bad: list[CameraOrder], good: list[CameraOrder]) -> bool:
    return all(key_of(node, order) for order in bad) and all(
        (book := book_of(node, order)) is not None
        and book.run is not None
        and (book.run.end_us - book.run.start_us) * 25 > GOOD_FRAMES * 1_000_000
        for order in good
    )


def key_of(node: Node, order: CameraOrder) -> str:
    """Why the last attempt failed."""
    book = book_of(node, order)
    error = book.condition.last_error if book is not None else None
    return error.key if error is not None else ""
