"""Of two nodes that may run a camera, exactly one does, whatever dies and whatever the clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from sereno.accounts.queries import SYSTEM
from sereno.audit.models import Entry
from sereno.enforcer.leases import lease_cameras, needs_lease, this_moment
from sereno.enforcer.models import Lease, RunnerState
from sereno.enforcer.queries_running import states_of
from sereno.enforcer.rules_leases import LEASE_SECONDS
from sereno.sites.actions import CameraFields, add_camera, create_enrolment_code, enrol_node
from sereno.sites.models import Camera, Node, Site
from sereno.wire.orders import LeaseOrder

from .box import FREE_AFTER, Box, Time


def test_who_asks_first_has_a_new_camera_and_keeps_it(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    assert own.beat() == {str(shared.pk): 1}
    for _ in range(20):
        time.pass_(5)
        assert standby.beat() == {}
        assert own.beat() == {str(shared.pk): 1}


def test_a_dead_nodes_camera_is_taken_over_only_when_its_lease_must_be_over(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER - 0.1)
    assert standby.beat() == {}
    time.pass_(0.2)
    assert standby.beat() == {str(shared.pk): 2}
    assert own.beat() == {}
    moved = Entry.objects.get(act="lease_move")
    assert (moved.object_id, moved.details["node"]) == (str(shared.pk), str(standby.node.pk))
    time.pass_(FREE_AFTER)
    assert own.beat() == {str(shared.pk): 3}, "and back when the other is gone"


def test_a_lapsed_lease_is_granted_anew_to_who_had_it(shared: Camera, own: Box, time: Time) -> None:
    own.beat()
    time.pass_(LEASE_SECONDS - 0.1)
    assert own.beat() == {str(shared.pk): 1}
    time.pass_(LEASE_SECONDS)
    assert own.beat() == {str(shared.pk): 2}


def test_a_node_that_starts_anew_has_its_leases_again(shared: Camera, own: Box, time: Time) -> None:
    own.beat()
    own.held = {}
    time.pass_(3)
    assert own.beat() == {str(shared.pk): 1}


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_setting_the_hubs_clock_ends_no_lease_and_prolongs_none(
    shared: Camera, own: Box, standby: Box, time: Time, seconds: float
) -> None:
    own.beat()
    time.set_clock(seconds)
    time.pass_(FREE_AFTER - 1)
    assert standby.beat() == {}
    time.pass_(1)
    assert standby.beat() == {str(shared.pk): 2}


def test_after_a_reboot_of_the_hub_a_whole_lease_is_waited_for(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.set_clock(3600)
    time.reboot(FREE_AFTER - 1)
    assert standby.beat() == {}
    time.pass_(1)
    assert standby.beat() == {str(shared.pk): 2}


def test_a_camera_that_already_runs_is_not_given_away_before_its_node_knows(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    Node.objects.filter(pk=own.node.pk).update(last_seen=time.moment.now)
    time.pass_(10 * FREE_AFTER)
    assert standby.beat() == {}, "its own node may be running it, and knows of no lease"
    assert own.beat() == {str(shared.pk): 1}
    assert Lease.objects.get().expires_at is None
    time.pass_(10 * FREE_AFTER)
    assert standby.beat() == {}
    own.beat()
    assert Lease.objects.get().expires_at is not None, "it said that it has the lease"
    time.pass_(FREE_AFTER)
    assert standby.beat() == {str(shared.pk): 2}


def test_fetching_orders_counts_as_knowing_the_camera(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    Camera.objects.filter(pk=shared.pk).update(created_at=datetime.now(UTC))
    own.call("GET", "node/orders")
    assert standby.beat() == {}


def test_without_a_standby_no_lease_is_needed_once_nobody_else_runs_it(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    shared.standby_node = None
    shared.save()
    assert needs_lease([shared]) == {shared.pk}
    assert own.beat() == {}, "the other may still be running it"
    assert standby.beat() == {}
    time.pass_(FREE_AFTER)
    assert own.beat() == {}
    assert needs_lease([shared]) == set()
    assert not Lease.objects.exists()


def test_a_camera_of_one_node_has_no_lease(own: Box, site: Site) -> None:
    alone = add_camera(SYSTEM, CameraFields("Sola", "rtsp://192.0.2.8/"))
    assert own.beat() == {}
    assert needs_lease([alone]) == set()
    assert not Lease.objects.exists()


def stream(camera: Camera, **more: Any) -> dict[str, Any]:
    return {
        "camera_id": str(camera.pk),
        "stream": "main",
        "state": "recording",
        "since": "2026-11-21T11:00:00Z",
        **more,
    }


def test_only_the_holder_says_how_the_camera_is(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat(streams=[stream(shared, pid=1)])
    standby.beat(streams=[stream(shared, pid=2, state="standby")])
    assert RunnerState.objects.get().pid == 1
    time.pass_(FREE_AFTER)
    standby.beat(streams=[stream(shared, pid=2)])
    own.beat(streams=[stream(shared, pid=3)])
    assert RunnerState.objects.get().pid == 2
    (found,) = states_of([Camera.objects.get()], time.moment.now)
    assert found.lease is not None
    assert (found.lease.node, found.lease.number) == (standby.node, 2)
    assert found.shown.state == "recording"


def test_a_takeover_before_the_new_nodes_first_word_shows_no_old_word(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat(streams=[stream(shared)])
    time.pass_(FREE_AFTER)
    standby.beat()
    (found,) = states_of([Camera.objects.get()], time.moment.now)
    assert found.shown.state == "connecting"


def run(camera: Camera) -> dict[str, Any]:
    return {
        "run_id": str(uuid4()),
        "revision": 1,
        "camera_id": str(camera.pk),
        "stream": "main",
        "start": "2026-11-21T11:00:00Z",
        "end": "2026-11-21T11:10:00Z",
        "is_open": False,
        "segment_count": 10,
        "size_bytes": 1_000_000,
    }


def test_footage_is_reported_after_the_lease_is_lost(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    for box in (own, standby):
        assert box.call("POST", "node/reports", {"runs": [run(shared)]}).status_code == 204


def test_who_asks_while_another_is_taking_over_holds_nothing(committed: None) -> None:
    from sereno.sites.actions import make_site

    site = make_site(SYSTEM, "Escuela", "UTC")
    own, standby = (
        enrol_node(create_enrolment_code(SYSTEM, site), name, "")[0] for name in ("a", "b")
    )
    camera = add_camera(SYSTEM, CameraFields("Patio", "rtsp://192.0.2.7/main"))
    Camera.objects.update(node=own, standby_node=standby)
    moment = this_moment()
    assert set(lease_cameras(own, {}, moment).leases) == {camera.pk}
    moment = moment.later(FREE_AFTER)

    def ask() -> dict[UUID, LeaseOrder]:
        try:
            return lease_cameras(own, {camera.pk: 1}, moment).leases
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Lease.objects.select_for_update().get(camera=camera)  # as a takeover begins
        assert pool.submit(ask).result() == {}
        assert set(lease_cameras(standby, {}, moment).leases) == {camera.pk}
    assert ask() == {}


COUNT = 20


@pytest.mark.parametrize("is_new", [True, False])
def test_of_two_that_ask_at_the_same_moment_one_wins(committed: None, is_new: bool) -> None:
    from sereno.sites.actions import make_site

    site = make_site(SYSTEM, "Escuela", "UTC")
    nodes = [
        enrol_node(create_enrolment_code(SYSTEM, site), name, "")[0] for name in ("a", "b", "c")
    ]
    cameras = [
        add_camera(SYSTEM, CameraFields(f"Cámara {number}", f"rtsp://192.0.2.{number}/"))
        for number in range(COUNT)
    ]
    Camera.objects.update(node=nodes[0], standby_node=nodes[1])
    moment = this_moment()
    if not is_new:
        Camera.objects.update(standby_node=nodes[2])
        lease_cameras(nodes[2], {}, moment)
        Camera.objects.update(standby_node=nodes[1])
        moment = moment.later(FREE_AFTER)
    start = Barrier(4)

    def ask(node: Node) -> dict[UUID, int]:
        try:
            start.wait()
            held = lease_cameras(node, {}, moment).leases
            return {camera: lease.number for camera, lease in held.items()}
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, [*nodes[:2], *nodes[:2]]))
    first = answers[0] | answers[2]
    second = answers[1] | answers[3]
    assert not set(first) & set(second)
    assert set(first) | set(second) == {camera.pk for camera in cameras}
    assert {*first.values(), *second.values()} == {1 if is_new else 2}
    holders = dict(Lease.objects.values_list("camera", "node"))
    assert holders == dict.fromkeys(first, nodes[0].pk) | dict.fromkeys(second, nodes[1].pk)
