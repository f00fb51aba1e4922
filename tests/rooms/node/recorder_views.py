"""A simulated recorder whose footage is seen, and what its viewers are told."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed

from sereno.base.clock import SystemClock
from sereno.base.errors import NotFound, SerenoError, Words
from sereno.base.spans import Span
from sereno.drivers.contract import Driver, Login
from sereno.drivers.gate import Gate
from sereno.drivers.memory import ShortMemory
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools
from sereno.node.access import Doorkeeper
from sereno.node.api import error_body, status_of_error
from sereno.node.daemon import RUNNER_ARGV
from sereno.node.recorder_hls import RecorderHls
from sereno.node.recorder_plays import RecorderPlays
from sereno.node.recorder_view import RecorderWatching
from sereno.node.server import unix_listener
from sereno.sim import Picture
from sereno.sim.dahua import DahuaRecorder
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.marks import SEI_UUID
from sereno.sim.onvif import OnvifRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig
from sereno.sim.recorders.footage import FootagePlan
from sereno.wire.orders import DeviceOrder

from .conftest import HubDouble, serving

RECORDERS = {"hikvision": HikvisionRecorder, "dahua": DahuaRecorder, "onvif": OnvifRecorder}
USER, PASSWORD = "operator", "p@ss:w#rd% 1"
GOP_SECONDS = 1
YARD = ChannelSpec(2, "Yard", "entrance", gaps_per_day=2)
CHANNELS = (ChannelSpec(1, "Entrance", "entrance", sound="pcma"), YARD)
STAMP = re.compile(re.escape(SEI_UUID) + rb"([0-9a-f]{16})")


def some_footage(seconds: float = 1.0) -> Span:
    """From the middle of a GOP on, in closed footage."""
    start = datetime.now(UTC).replace(microsecond=500_000) - timedelta(minutes=12)
    return Span(start, start + timedelta(seconds=seconds))


def gap_of(config: RecorderConfig) -> Span:
    """A time of minutes that the yard's recording lacks, with closed footage on both sides."""
    now = datetime.now(UTC) - timedelta(hours=1)
    files = list(FootagePlan(config).files(YARD, now - timedelta(days=1), now, now))
    return next(
        Span(before.end, after.start)
        for before, after in pairwise(files)
        if after.start - before.end > timedelta(minutes=1)
    )


@dataclass
class Seen:
    """What a viewer was told and shown."""

    states: list[dict[str, Any]] = field(default_factory=list)
    inits: list[dict[str, Any]] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)

    def take(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.pieces.append(message)
            return
        said = json.loads(message)
        (self.states if said["type"] == "state" else self.inits).append(said)

    @property
    def names(self) -> list[str]:
        return [each["state"] for each in self.states]

    @property
    def taken_us(self) -> list[int]:
        """When its pictures were taken, as they say themselves."""
        return [int(found, 16) for found in STAMP.findall(b"".join(self.pieces))]


@dataclass
class House:
    """A node's socket, and the recorder behind it."""

    recorder: Any
    hub: HubDouble
    plays: RecorderPlays
    folder: Path
    device_id: UUID
    client: httpx.AsyncClient

    def ticket(self, span: Span, purpose: str = "recorder", **more: Any) -> str:
        values = {
            "start": span.start,
            "end": span.end,
            "device_id": self.device_id,
            "channel": "1",
        }
        return self.hub.ticket(uuid4(), purpose, **(values | more))

    @asynccontextmanager
    async def viewer(self, ticket: str) -> AsyncIterator[ClientConnection]:
        path = str(self.folder / "node.sock")
        async with unix_connect(path, "ws://node/media/v1/recorder", max_size=None) as socket:
            await socket.send(json.dumps({"ticket": ticket}))
            yield socket

    @property
    def playing(self) -> int:
        return int(self.recorder.rtsp.playback.open_sessions)

    @property
    def is_clean(self) -> bool:
        folder = self.plays.folder
        return not folder.exists() or not list(folder.iterdir())


@dataclass
class Recorders:
    """The one device of the orders."""

    driver: Driver
    gate: Gate
    order: DeviceOrder
    offset_seconds: float | None = None

    def offset_of(self, device_id: UUID) -> float | None:
        self.order_of(device_id)
        return self.offset_seconds

    def driver_of(self, device_id: UUID) -> Driver:
        self.order_of(device_id)
        return self.driver

    def gate_of(self, device_id: UUID) -> Gate:
        self.order_of(device_id)
        return self.gate

    def order_of(self, device_id: UUID) -> DeviceOrder:
        if device_id != self.order.device_id:
            raise NotFound("device_not_here", Words("Not here.", "No está."))
        return self.order


def recorder_config(loops: Path, *quirks: str, skew_seconds: float = 0) -> RecorderConfig:
    return RecorderConfig(
        loops, CHANNELS, user=USER, password=PASSWORD, days=2, file_seconds=1800,
        main=Picture(320, 180, 300_000), sub=Picture(160, 90, 100_000), loop_seconds=4,
        key_seconds=GOP_SECONDS, quirks=frozenset(quirks), clock_skew_seconds=skew_seconds,
    )  # fmt: skip


def order_of(recorder: Any, vendor: str, password: str = PASSWORD) -> DeviceOrder:
    return DeviceOrder(
        device_id=uuid4(), name="Recorder 1", vendor=vendor, host=recorder.host,
        port=recorder.port, username=USER, password=SecretStr(password),
    )  # fmt: skip


@asynccontextmanager
async def house(
    loops: Path,
    folder: Path,
    vendor: str,
    *quirks: str,
    password: str = PASSWORD,
    idle_seconds: float = 30,
    skew_seconds: float = 0,
    offset_seconds: float | None = None,
) -> AsyncIterator[House]:
    """`skew_seconds`: how far the recorder's clock is off; `offset_seconds`: how far the node says
    that it is."""
    config = recorder_config(loops, *quirks, skew_seconds=skew_seconds)
    async with RECORDERS[vendor](config) as recorder:
        order = order_of(recorder, vendor, password)
        login = Login(order.host, order.port, username=USER, password=password)
        tools = Tools(ShortMemory(), SystemClock())
        driver = VENDORS[vendor](login, tools)
        devices = Recorders(driver, tools.gate(login), order, offset_seconds)
        hub = HubDouble()
        plays = RecorderPlays(RUNNER_ARGV, devices, folder / "recorder", folder / "doors")
        await plays.prepare()
        orders = hub.orders.model_copy(update={"devices": (order,)})
        doorkeeper = Doorkeeper(lambda: orders, lambda _: False, SystemClock())
        watching = RecorderWatching(doorkeeper, plays)
        hls = RecorderHls(doorkeeper, plays, SystemClock(), idle_seconds)
        app = FastAPI(routes=[WebSocketRoute("/media/v1/recorder", watching.watch)])
        app.include_router(hls.router(), prefix="/media/v1")
        app.get("/media/v1/hls/index.m3u8")(hls.index)
        app.exception_handler(SerenoError)(refuse)
        async with (
            serving(app, unix_listener(folder / "node.sock")),
            httpx.AsyncClient(
                transport=httpx.AsyncHTTPTransport(uds=str(folder / "node.sock")),
                base_url="http://node/media/v1/hls/",
                timeout=60,
            ) as client,
        ):
            yield House(recorder, hub, plays, folder, order.device_id, client)
            await plays.close()
        await driver.close()


def refuse(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SerenoError)
    return JSONResponse(error_body(error), status_of_error(error))


async def all_of(socket: ClientConnection) -> Seen:
    """Up to the end."""
    seen = Seen()
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            seen.take(await socket.recv())
    assert ended.value.rcvd is not None
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (4204, "over")
    return seen


async def first_picture(socket: ClientConnection) -> Seen:
    seen = Seen()
    while len(seen.pieces) < 2:  # the head of the file comes first
        seen.take(await socket.recv())
    return seen


@dataclass(frozen=True)
class Child:
    pid: int
    argv: str


def children() -> list[Child]:
    """The processes that this one has started and that still run."""
    found = []
    for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        argv = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        if "sereno.media.runner" in argv:
            found.append(Child(int(pid), argv))
    return found
