"""What the orders come to at a moment, without a node."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from sereno.base.clock import ManualClock
from sereno.node.beats import Beats, Item
from sereno.node.desired import Desired
from sereno.node.leases import MARGIN_SECONDS, Leases
from sereno.node.rows import StreamKey
from sereno.node.wishes import Rest, Step, Wish, step_between
from sereno.policy.knob_list import KNOBS
from sereno.policy.knob_table import Knob
from sereno.policy.knobs import Manner
from sereno.policy.plans import Interval, Pause, Plan, Schedule
from sereno.wire.orders import CameraOrder, LeaseOrder, MannerOrder, Orders, StreamOrder
from sereno.wire.reports import StreamState

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
CAMERA = UUID(int=7)
MAIN, SUB = StreamKey(CAMERA, "main"), StreamKey(CAMERA, "sub")
STREAMS = (
    StreamOrder(stream="main", address="rtsp://camera/main"),
    StreamOrder(stream="sub", address="rtsp://camera/sub"),
)
DAY = Schedule("1", "Day", "daily", intervals=(Interval(8 * 60, 13 * 60, profile="day"),))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def leases(clock: ManualClock) -> Leases:
    return Leases(clock)


@pytest.fixture
def desired(clock: ManualClock, leases: Leases) -> Desired:
    return Desired(clock, leases)


def order(**more: Any) -> CameraOrder:
    values: dict[str, Any] = {"camera_id": CAMERA, "name": "Yard", "streams": STREAMS}
    return CameraOrder.model_validate(values | more)


def orders(*cameras: CameraOrder) -> Orders:
    return Orders(node_id=UUID(int=1), site_name="S", ticket_public_key="", cameras=cameras)


def states(desired: Desired) -> dict[str, str]:
    return {
        key.stream: aim.state.value if isinstance(aim, Rest) else "runs"
        for key, aim in desired.look().items()
        if isinstance(aim, Rest) or aim.is_recorded
    }


def test_without_a_plan_the_usual_streams_are_always_recorded(desired: Desired) -> None:
    desired.take(orders(order()))
    assert states(desired) == {"main": "runs"}
    assert desired.look() is desired.look(), "nothing to do is nothing new"
    desired.take(orders())
    assert desired.look() == {}


@pytest.mark.provokes("not_scheduled")
def test_a_schedule_begins_and_ends_by_itself_with_its_manner(
    desired: Desired, clock: ManualClock
) -> None:
    both = MannerOrder(manner=Manner(streams=("main", "sub"), nice=3), version="Day 4")
    desired.take(
        orders(
            order(
                plan=Plan(schedules=(DAY,)), manners={"": MannerOrder(manner=Manner()), "day": both}
            )
        )
    )
    assert states(desired) == {"main": "runs", "sub": "runs"}
    wish = desired.look()[MAIN]
    assert isinstance(wish, Wish)
    assert (wish.profile, wish.version, wish.manner.nice) == ("day", "Day 4", 3)
    assert desired.seconds_to_change() == 3600
    clock.advance(3600)
    assert states(desired) == {"main": "not_scheduled", "sub": "not_scheduled"}
    rest = desired.look()[MAIN]
    assert isinstance(rest, Rest)
    assert rest.until == NOON + timedelta(hours=20)
    assert rest.reason.key == "not_scheduled"
    clock.advance(19 * 3600)
    assert states(desired) == {"main": "runs", "sub": "runs"}


def test_a_pause_ends_by_itself_and_a_clock_that_is_set_is_followed(
    desired: Desired, clock: ManualClock
) -> None:
    pause = Pause(NOON, NOON + timedelta(minutes=30), by="Ana", why="holiday party")
    desired.take(orders(order(plan=Plan(pauses=(pause,)))))
    rest = desired.look()[MAIN]
    assert isinstance(rest, Rest)
    assert (rest.state, rest.reason.params["by"]) == (StreamState.PAUSED, "Ana")
    assert rest.ends_with == rest.reason
    clock.step_wall(1801)
    assert states(desired) == {"main": "runs"}
    clock.step_wall(-600)
    assert states(desired) == {"main": "paused"}


def test_a_plan_that_cannot_be_followed_loses_nothing(
    desired: Desired, caplog: pytest.LogCaptureFixture
) -> None:
    desired.take(orders(order(plan=Plan(time_zone="Mars/Olympus", schedules=(DAY,)))))
    assert states(desired) == {"main": "runs"}
    assert "cannot be followed" in caplog.text


@pytest.mark.provokes("standby")
def test_a_camera_with_a_standby_runs_with_a_lease_only(
    desired: Desired, leases: Leases, clock: ManualClock
) -> None:
    desired.take(orders(order(needs_lease=True)))
    assert states(desired) == {"main": "standby"}
    assert desired.lacks_leases()
    asked_at = clock.boottime()
    clock.advance(3)  # the answer's way
    leases.take(asked_at, {CAMERA: LeaseOrder(number=1, seconds=30)})
    assert states(desired) == {"main": "runs"}
    assert desired.write_until(MAIN) == asked_at + 30 - MARGIN_SECONDS
    assert leases.held() == {CAMERA: 1}
    clock.advance(22)
    assert states(desired) == {"main": "standby"}
    assert leases.held() == {}
    rest = desired.look()[MAIN]
    assert isinstance(rest, Rest)
    assert rest.ends_with.key == "lease_lost"


def test_a_camera_that_gets_a_standby_runs_on_until_the_hub_was_asked(
    desired: Desired, leases: Leases, clock: ManualClock
) -> None:
    clock.advance(100.0)
    desired.take(orders(order()))
    assert states(desired) == {"main": "runs"}
    asked_before = clock.boottime()
    clock.advance(0.1)
    desired.take(orders(order(needs_lease=True)))
    leases.take(asked_before, {})
    assert states(desired) == {"main": "runs"}
    assert desired.write_until(MAIN) is None
    assert desired.lacks_leases()
    clock.advance(1000.0)
    leases.take(clock.boottime(), {})
    assert states(desired) == {"main": "standby"}
    leases.take(clock.boottime(), {CAMERA: LeaseOrder(number=1, seconds=30)})
    assert states(desired) == {"main": "runs"}
    clock.advance(26.0)
    assert states(desired) == {"main": "standby"}, "no second time"


def test_a_wall_clock_that_is_set_changes_no_lease(
    desired: Desired, leases: Leases, clock: ManualClock
) -> None:
    desired.take(orders(order(needs_lease=True)))
    leases.take(clock.boottime(), {CAMERA: LeaseOrder(number=1, seconds=30)})
    clock.step_wall(-86_400)
    clock.advance(24.9)
    assert states(desired) == {"main": "runs"}
    clock.advance(0.2)
    assert states(desired) == {"main": "standby"}


def test_what_was_asked_later_counts(leases: Leases) -> None:
    """Also with a lower number: of a hub that forgot its leases, or a standby that came back."""
    leases.take(10.0, {CAMERA: LeaseOrder(number=2, seconds=30)})
    leases.take(5.0, {CAMERA: LeaseOrder(number=2, seconds=30)})
    assert leases.write_until(CAMERA) == 10.0 + 30 - MARGIN_SECONDS
    leases.take(20.0, {CAMERA: LeaseOrder(number=1, seconds=30)})
    assert leases.write_until(CAMERA) == 20.0 + 30 - MARGIN_SECONDS
    assert leases.held() == {CAMERA: 1}


@pytest.mark.provokes("handed_over")
def test_what_is_to_be_released_is_over_at_once(
    desired: Desired, leases: Leases, clock: ManualClock
) -> None:
    desired.take(orders(order(needs_lease=True)))
    leases.take(clock.boottime(), {CAMERA: LeaseOrder(number=1, seconds=30)})
    assert states(desired) == {"main": "runs"}
    leases.take(clock.boottime(), {}, {CAMERA: UUID(int=9)})
    assert states(desired) == {"main": "standby"}
    aim = desired.look()[MAIN]
    assert isinstance(aim, Rest)
    assert aim.ends_with.key == "handed_over"
    leases.take(clock.boottime(), {CAMERA: LeaseOrder(number=3, seconds=30)})
    assert states(desired) == {"main": "runs"}


def test_what_ran_without_a_lease_is_given_up_before_it_is_said(
    desired: Desired, leases: Leases, clock: ManualClock
) -> None:
    """The hub's wish was on its way when the camera began to need a lease."""
    desired.take(orders(order()))
    asked_before = clock.boottime()
    clock.advance(1.0)
    desired.take(orders(order(needs_lease=True)))
    assert states(desired) == {"main": "runs"}
    leases.take(asked_before, {}, {CAMERA: UUID(int=9)})
    assert states(desired) == {"main": "standby"}


def wish(knobs: dict[str, Any] | None = None, **more: Any) -> Wish:
    values: dict[str, Any] = {
        "address": "rtsp://camera/main",
        "username": "",
        "password": SecretStr(""),
    }
    return Wish(**(values | more), manner=Manner(**(knobs or {})))


@pytest.mark.parametrize(
    ("new", "is_idle", "step"),
    [
        (wish(), False, Step.NONE),
        (wish({"hb_interval": 1.0, "fps": 2.0, "snapshot_every": 9.0}), False, Step.NONE),
        (wish(version="7", restart_number=9, profile="night"), False, Step.NONE),
        (wish({"nice": 5}), False, Step.LATER),
        (wish({"nice": 5}), True, Step.NOW),
        (wish({"nice": 5}, restart_number=1), False, Step.NOW),
        (wish({"nice": 5}, profile="night"), False, Step.NOW),
        (wish({"nice": 5}, enforce_number=1), False, Step.NOW),
        (wish(enforce_number=1), False, Step.NONE),
        (wish(enforce_number=1), True, Step.NOW),
        (wish(address="rtsp://other/main"), False, Step.NOW),
        (wish(password=SecretStr("new")), False, Step.NOW),
        (wish(retry_number=1), False, Step.NOW),
        (wish(is_recorded=False), False, Step.LATER),
    ],
)  # fmt: skip
def test_only_what_concerns_the_recorder_restarts_it_and_only_when_asked(
    new: Wish, is_idle: bool, step: Step
) -> None:
    assert step_between(wish(), new, is_idle=is_idle) is step


CHANGED = Manner(
    engine="ffmpeg", rtsp_transport="udp", records_sound=False, segment_seconds=10, fragment_ms=500,
    extra_cli="-an", nice=3, cpu_affinity=(0,), hwaccel="cuda", device="/dev/x", gpu_index=1, fps=1,
    det_set="640x360", hb_interval=1, snapshot_every=9,
)  # fmt: skip


@pytest.mark.parametrize("knob", [knob for knob in KNOBS if knob.name != "streams"])
def test_the_recorder_is_concerned_by_what_the_table_of_knobs_says(knob: Knob) -> None:
    value = getattr(CHANGED, knob.name)
    assert value != getattr(Manner(), knob.name)
    is_concerned = wish({knob.name: value}).recorder != wish().recorder
    assert is_concerned == (knob.concerns == "recording")


def test_a_heartbeat_tells_of_what_changed_and_of_what_is_due() -> None:
    beats = Beats()
    items = {MAIN: Item(("recording",), 10.0), SUB: Item(("recording",), 60.0)}
    assert beats.due(items, 0.0, 0.5) == {MAIN, SUB}
    assert beats.due(items, 1.0, 0.5) == {MAIN, SUB}, "nobody has taken it"
    beats.took(items, 1.0)
    assert beats.due(items, 10.0, 0.5) == set()
    assert beats.due(items, 10.6, 0.5) == {MAIN}
    items[SUB] = Item(("failed",), 60.0)
    assert beats.due(items, 2.0, 0.5) == {SUB}
    beats.forget()
    assert beats.due(items, 2.0, 0.5) == {MAIN, SUB}
    beats.took(items, 2.0)
    del items[SUB]
    assert beats.due(items, 3.0, 0.5) == {MAIN}, "all that there is, so that the hub drops the rest"
