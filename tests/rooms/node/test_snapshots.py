"""Pictures of cameras: made of what is recorded, and shown to who may see them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
from PIL import Image

from sereno.node.daemon import Node
from sereno.node.snapshots import AGE_HEADER
from sereno.policy.knobs import Manner
from sereno.policy.plans import Pause, Plan
from sereno.sim import SimServer
from sereno.wire.orders import CameraOrder, MannerOrder

from .conftest import (
    HubDouble,
    camera_order,
    media_client,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)


def with_picture_every(order: CameraOrder, seconds: float) -> CameraOrder:
    manner = MannerOrder(manner=Manner(snapshot_every=seconds), restart_number=0)
    return order.model_copy(update={"manners": {"": manner}})


async def shown(client: httpx.AsyncClient, ticket: str) -> httpx.Response:
    return await client.get("/media/v1/snapshot.jpg", params={"ticket": ticket})


def picture_time(answer: httpx.Response) -> datetime:
    return parsedate_to_datetime(answer.headers["last-modified"])


async def test_pictures_come_from_the_recording(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    """From the first a few moments after the start to the camera's removal."""
    order, never = camera_order(cameras, 1), with_picture_every(camera_order(cameras, 2), 0)
    hub.order(order, never)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    path = data / "node" / "snapshots" / f"{order.camera_id}.jpg"
    async with (
        serving(hub.app(), listener),
        running(settings) as node,
        media_client(data) as client,
    ):
        await until(path.exists, "a picture")
        ticket = hub.ticket(order.camera_id, "snapshot")
        answers = [await shown(client, ticket) for _ in range(20)]
        answer = answers[-1]
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "private, no-store"
        with Image.open(io.BytesIO(answer.content)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (160, 90))
        assert abs(datetime.now(UTC) - picture_time(answer)) < timedelta(seconds=120)
        assert int(answer.headers[AGE_HEADER]) < 120
        assert path.stat().st_mode & 0o777 == 0o600
        assert {each.content for each in answers} == {answer.content}  # asking makes none
        await until(lambda: count_sessions(cameras) == 2, "both cameras are recorded")
        await refusals(client, hub, order.camera_id, never.camera_id)
        await it_says_how_old_it_is(client, hub, order, never, node)
        hub.order(never)
        await hub.wake()
        await until(lambda: not path.exists(), "it goes with its camera")
        helper = node.viewing.snapshots._stills.pid
        assert helper is not None
    assert not psutil.pid_exists(helper)


def count_sessions(cameras: SimServer) -> int:
    """Connections to cameras, by the system's own count."""
    ports = {int(cameras.address(number).split(":")[2].split("/")[0]) for number in (1, 2, 3)}
    return sum(
        each.status == psutil.CONN_ESTABLISHED and each.raddr.port in ports
        for child in psutil.Process().children(recursive=True)
        for each in connections_of(child)
        if each.raddr
    )


def connections_of(process: psutil.Process) -> list[Any]:
    """None of one that ended just now."""
    try:
        return list(process.net_connections())
    except psutil.NoSuchProcess:
        return []


async def refusals(client: httpx.AsyncClient, hub: HubDouble, known: UUID, without: UUID) -> None:
    late = datetime.now(UTC) - timedelta(seconds=61)
    for ticket in (
        "",
        "garbage",
        hub.ticket(known, "live"),
        hub.ticket(known, "snapshot", now=late),
        HubDouble().ticket(known, "snapshot"),
    ):
        assert (await shown(client, ticket)).status_code == 401
    assert (await shown(client, hub.ticket(uuid4(), "snapshot"))).status_code == 404
    none = await shown(client, hub.ticket(without, "snapshot"))
    assert (none.status_code, none.json()["error"]["key"]) == (404, "no_picture_yet")
    assert none.json()["error"]["es"]


async def it_says_how_old_it_is(
    client: httpx.AsyncClient, hub: HubDouble, order: CameraOrder, never: CameraOrder, node: Node
) -> None:
    """A picture of a paused camera is kept, and nobody can take it for now."""
    now = datetime.now(UTC)
    plan = Plan(pauses=(Pause(now, now + timedelta(hours=1), by="anna"),))
    hub.order(order.model_copy(update={"plan": plan}), never)
    await hub.wake()
    await until(lambda: hub.states()[order.camera_id] == "paused", "paused")
    asked = datetime.now(UTC)
    first = await shown(client, hub.ticket(order.camera_id, "snapshot"))
    path = node.viewing.snapshots.path_of(order.camera_id)
    assert picture_time(first).timestamp() == int(path.stat().st_mtime)
    least, most = (
        (each - picture_time(first)).total_seconds() for each in (asked, datetime.now(UTC))
    )
    assert least - 2 < int(first.headers[AGE_HEADER]) < most + 2


async def test_a_new_picture_comes_when_it_is_time(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = with_picture_every(camera_order(cameras, 1), 0.2)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    path = data / "node" / "snapshots" / f"{order.camera_id}.jpg"
    async with serving(hub.app(), listener), running(settings) as node:
        await until(path.exists, "a picture")
        first = path.stat().st_mtime_ns
        helper = psutil.Process(node.viewing.snapshots._stills.pid)
        helper.kill()
        await until(lambda: path.stat().st_mtime_ns > first, "a newer one, by another helper")
        assert node.viewing.snapshots._stills.pid != helper.pid
