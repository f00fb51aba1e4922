"""Schedules, pauses, leases and new manners in a node with real runners."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sereno.node.daemon import Node
from sereno.node.ledger import Ledger
from sereno.policy.knobs import Manner
from sereno.policy.plans import Pause, Plan, Schedule
from sereno.sim import SimServer
from sereno.wire.orders import CameraOrder, MannerOrder, StreamOrder

from .conftest import (
    HubDouble,
    camera_order,
    running,
    serving,
    settings_for,
    tcp_listener,
    until,
)
from .test_runner_lives import is_recording, pid_of, reasons


def planned(cameras: SimServer, number: int, plan: Plan, **more: Any) -> CameraOrder:
    return camera_order(cameras, number, plan=plan, **more)


def with_manner(order: CameraOrder, restart_number: int = 0, **knobs: Any) -> CameraOrder:
    manner = MannerOrder(manner=Manner(**knobs), version="v", restart_number=restart_number)
    return order.model_copy(update={"manners": {"": manner}})


def paused_for(seconds: float, by: str = "Ana", why: str = "maintenance") -> Plan:
    now = datetime.now(UTC)
    return Plan(pauses=(Pause(now, now + timedelta(seconds=seconds), by, why),))


def state(hub: HubDouble, order: CameraOrder) -> str:
    return hub.states().get(order.camera_id, "")


def absences(hub: HubDouble, order: CameraOrder) -> list[str]:
    mine = [each for each in hub.absences.values() if each.camera_id == order.camera_id]
    return [each.reason.key for each in sorted(mine, key=lambda each: each.start)]


async def tell(hub: HubDouble, *orders: CameraOrder) -> None:
    hub.order(*orders)
    await hub.wake()


def runs_well(node: Node, order: CameraOrder) -> bool:
    books = node._recording.books()
    book = next((books[key] for key in books if key.camera_id == order.camera_id), None)
    return book is not None and book.run is not None and book.run.end_us > book.run.start_us


@pytest.mark.provokes("paused")
async def test_a_pause_ends_the_run_says_why_and_ends_by_itself_without_the_hub(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    one, neighbour = camera_order(cameras, 1), camera_order(cameras, 2)
    hub.order(one, neighbour)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with running(settings) as node:
        async with serving(hub.app(), listener):
            await until(lambda: is_recording(node, 2), "both are recorded")
            await until(lambda: hub.sockets, "the wake-up socket")
            pid = pid_of(node, neighbour)
            one = one.model_copy(update={"plan": paused_for(8.0)})
            await tell(hub, one, neighbour)
            await until(lambda: state(hub, one) == "paused", "paused")
            await until(lambda: reasons(hub, one) == ["paused"], "the run's end")
            status = hub.status(one)
            assert status is not None
            assert status.reason is not None
            assert status.reason.params["by"] == "Ana"
            assert status.reason.params["why"] == "maintenance"
            assert (status.pid, status.effective_args, status.shared_by) == (None, "", 0)
            await until(lambda: "paused" in absences(hub, one), "an absence")
        assert cameras.camera(1).viewer_count == 0
        await until(lambda: is_recording(node, 2), "recorded again, and nobody said so")
        assert pid_of(node, neighbour) == pid
    ledger = Ledger(data / "node" / "ledger.sqlite3")
    ids = ledger.db.execute("SELECT camera_id FROM runs").fetchall()
    ledger.close()
    assert [each[0] for each in ids].count(str(neighbour.camera_id)) == 1


async def test_a_node_that_starts_goes_by_its_last_plan(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    order = planned(cameras, 1, paused_for(3600))
    hub.order(order)
    listener = tcp_listener()
    port = listener.getsockname()[1]
    async with serving(hub.app(), listener), running(settings_for(data, port)):
        await until(lambda: state(hub, order) == "paused", "paused")
    async with running(settings_for(data, port, code=None)) as node:  # nobody listens there
        books = node._recording.books()
        await until(lambda: [each.state for each in books.values()] == ["paused"], "still paused")
        assert cameras.camera(1).viewer_count == 0
    async with serving(hub.app(), tcp_listener(port)), running(settings_for(data, port)):
        await until(lambda: absences(hub, order)[-2:] == ["node_down", "paused"], "all told")


async def test_new_manners_wait_for_the_next_start_unless_asked_for_now(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    one, neighbour = (with_manner(camera_order(cameras, number)) for number in (1, 2))
    hub.order(one, neighbour)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: is_recording(node, 2), "both are recorded")
        await until(lambda: hub.sockets, "the wake-up socket")
        pid = pid_of(node, one)
        one = with_manner(one, segment_seconds=30, hb_interval=2.0)
        await tell(hub, one, neighbour)
        await until(lambda: (each := hub.status(one)) and each.is_pending, "pending")
        status = hub.status(one)
        assert status is not None
        assert status.hb_interval == 2.0, "what does not concern the recorder is in force"
        assert "--segment-seconds" not in status.effective_args
        assert (reasons(hub, one), pid_of(node, one)) == ([None], pid)
        one = with_manner(one, 1, segment_seconds=30, hb_interval=2.0)
        await tell(hub, one, neighbour)
        await until(lambda: reasons(hub, one) == ["order_changed", None], "started anew")
        await until(lambda: not getattr(hub.status(one), "is_pending", True), "no longer pending")
        status = hub.status(one)
        assert status is not None
        assert "--segment-seconds 30" in status.effective_args
        assert status.restarts == 1
        assert (reasons(hub, neighbour), pid_of(node, neighbour)) == ([None], pid)
        one = with_manner(one, 1, fragment_ms=400)
        await tell(hub, one, neighbour)
        await until(lambda: (each := hub.status(one)) and each.is_pending, "pending again")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        died = ["order_changed", "runner_died", None]
        await until(lambda: reasons(hub, one) == died, "started by need")
        await until(lambda: not getattr(hub.status(one), "is_pending", True), "with the new manner")
        status = hub.status(one)
        assert status is not None
        assert "--fragment-ms 400" in status.effective_args
        assert status.last_exit == "SIGKILL"


async def test_a_profile_that_the_plan_names_starts_the_stream_anew(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    manners = {"": MannerOrder(manner=Manner()), "9": MannerOrder(manner=Manner(nice=4))}
    order = camera_order(cameras, 1, manners=manners)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: is_recording(node, 1), "recorded")
        await until(lambda: hub.sockets, "the wake-up socket")
        night = Plan(schedules=(Schedule("1", "Always", profile="9"),))
        await tell(hub, order.model_copy(update={"plan": night}))
        await until(lambda: reasons(hub, order) == ["order_changed", None], "started anew")
        await until(lambda: (each := hub.status(order)) and each.profile == "9", "said")
        await until(lambda: (each := hub.status(order)) and each.nice == 4, "read back")


async def test_acting_now_does_not_wait_for_the_next_try(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    cameras.camera(1).offline()
    order = camera_order(cameras, 1)
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings):
        await until(lambda: state(hub, order) == "waiting", "waiting")
        await until(lambda: hub.sockets, "the wake-up socket")
        cameras.camera(1).online()
        await tell(hub, order.model_copy(update={"enforce_number": 1}))
        await until(lambda: state(hub, order) == "recording", "tried at once")
        status = hub.status(order)
        assert status is not None
        assert status.last_error is not None, "it has not been well for long yet"


async def test_a_stream_is_tried_before_its_window(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=4)
    window = Schedule("1", "Soon", "once", once_start=soon.replace(tzinfo=None),
                      once_end=(soon + timedelta(hours=1)).replace(tzinfo=None))  # fmt: skip
    well = planned(cameras, 1, Plan(schedules=(window,)))
    broken = planned(cameras, 2, Plan(schedules=(window,)), password="wrong")
    hub.order(well, broken)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: len(node._probing._tried) == 2, "both are tried")
        await until(lambda: (each := hub.status(broken)) and each.probe, "told before its time")
        status, fine = hub.status(broken), hub.status(well)
        assert status is not None
        assert status.probe is not None
        assert (status.state, status.probe.key) == ("not_scheduled", "unauthorized")
        assert fine is not None
        assert fine.probe is None
        await until(lambda: cameras.camera(1).viewer_count == 0, "and left alone")
    assert list((data / "footage").rglob("*.mp4")) == []


async def test_both_streams_are_recorded_where_the_manner_says_so(
    hub: HubDouble, cameras: SimServer, data: Path
) -> None:
    sub = StreamOrder(stream="sub", address=cameras.address(1, "sub"))
    order = camera_order(cameras, 1)
    order = with_manner(order.model_copy(update={"streams": (*order.streams, sub)}))
    hub.order(order)
    listener = tcp_listener()
    settings = settings_for(data, listener.getsockname()[1])
    async with serving(hub.app(), listener), running(settings) as node:
        await until(lambda: is_recording(node, 1), "the main stream")
        await until(lambda: hub.sockets, "the wake-up socket")
        assert {key for _, key in hub.statuses()} == {"main"}
        await tell(hub, with_manner(order, streams=("main", "sub")))
        await until(lambda: is_recording(node, 2), "both")
        assert reasons(hub, order) == [None, None]
