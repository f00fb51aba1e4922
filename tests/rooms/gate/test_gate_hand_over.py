"""A camera that people give from one node to another is never run by both, nor for long by none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from sereno.accounts.queries import SYSTEM, Asker
from sereno.audit.models import Entry
from sereno.base.errors import Conflict, Invalid
from sereno.enforcer.actions_leases import give_back
from sereno.enforcer.leases import Held, lease_cameras, needs_lease, this_moment
from sereno.enforcer.models import Lease
from sereno.enforcer.queries_running import states_of
from sereno.sites.actions import (
    CameraFields,
    add_camera,
    change_camera,
    create_enrolment_code,
    enrol_node,
    make_site,
    revoke_node,
)
from sereno.sites.models import Camera, Node, Site

from .box import FREE_AFTER, Box, Time


@pytest.fixture
def other(standby: Box, box: Callable[[str], Box]) -> Box:
    return box("other")


@pytest.fixture
def alone(site: Site, own: Box, other: Box, time: Time) -> Camera:
    """A camera without a standby node, which its own node runs."""
    camera = add_camera(SYSTEM, CameraFields("Sola", "rtsp://192.0.2.8/"))
    Camera.objects.filter(pk=camera.pk).update(created_at=time.moment.now)
    own.beat()
    assert own.fetch()[str(camera.pk)] is False
    return camera


def give(camera: Camera, box: Box) -> Camera:
    """Make it the camera's own node, as a person does."""
    box.beat()
    return change_camera(SYSTEM, camera.pk, CameraFields(node_id=box.node.pk))


def shown(camera: Camera, time: Time) -> tuple[str, str]:
    """Its state, and the key of the reason."""
    (found,) = states_of([Camera.objects.select_related("node").get(pk=camera.pk)], time.moment.now)
    return found.shown.state, found.shown.reason.key if found.shown.reason else ""


def test_the_new_node_begins_when_the_old_one_has_stopped(
    alone: Camera, own: Box, other: Box, time: Time
) -> None:
    give(alone, other)
    assert other.fetch() == {str(alone.pk): True}, "it may not run it yet"
    other.beat()
    time.pass_(10 * FREE_AFTER)
    other.beat()
    assert other.held == {}
    assert needs_lease([alone]) == {alone.pk}
    own.beat()
    assert own.to_release.keys() == {str(alone.pk)}
    assert own.fetch() == {}
    own.give_up()
    assert own.to_release == {}
    other.beat()
    assert other.fetch() == {str(alone.pk): False}
    assert not Lease.objects.exists()


def test_by_older_orders_nothing_is_given_up(alone: Camera, own: Box, other: Box) -> None:
    """It may be running the camera still, or about to begin."""
    give(alone, other)
    own.beat()
    own.give_up()
    assert Lease.objects.get().node_id == own.node.pk
    own.fetch()
    own.give_up()
    assert Lease.objects.get().node_id == other.node.pk


def test_an_answer_to_an_older_question_gives_nothing_up(
    alone: Camera, own: Box, other: Box, time: Time
) -> None:
    give(alone, other)
    own.beat()
    stale = own.to_release
    give(alone, own)
    own.beat()
    assert own.to_release == {}
    give(alone, other)
    own.fetch()
    own.beat(released=stale)
    assert Lease.objects.get().node_id == own.node.pk


def test_a_camera_that_comes_back_before_it_left_stays(alone: Camera, own: Box, other: Box) -> None:
    give(alone, other)
    give(alone, own)
    own.beat()
    assert own.to_release == {}
    assert own.fetch() == {str(alone.pk): False}
    assert other.fetch() == {}
    assert not Lease.objects.exists()


@pytest.mark.provokes("hand_over_waits", "handing_over")
@pytest.mark.provokes("handing_over", "hand_over_waits")
def test_while_the_old_node_is_not_heard_the_new_one_waits_and_says_so(
    alone: Camera, own: Box, other: Box, time: Time
) -> None:
    give(alone, other)
    assert shown(alone, time) == ("connecting", "handing_over")
    time.pass_(10 * FREE_AFTER)
    other.beat()
    assert shown(alone, time) == ("node_offline", "hand_over_waits")
    assert other.fetch() == {str(alone.pk): True}
    revoke_node(SYSTEM, own.node)
    other.beat()
    assert other.fetch() == {str(alone.pk): False}, "who revokes a node says that it is gone"


def test_what_was_given_to_a_node_that_is_revoked_stays_where_it_is(
    alone: Camera, own: Box, other: Box
) -> None:
    give(alone, other)
    revoke_node(SYSTEM, other.node)
    own.beat()
    assert own.to_release == {}
    assert own.fetch()[str(alone.pk)] is False


def test_a_node_that_never_heard_of_the_camera_need_not_stop(
    site: Site, own: Box, other: Box
) -> None:
    camera = add_camera(SYSTEM, CameraFields("Nueva", "rtsp://192.0.2.9/"))
    give(camera, other)
    assert other.fetch() == {str(camera.pk): False}


def test_a_new_camera_is_its_own_nodes(shared: Camera, own: Box, standby: Box, time: Time) -> None:
    Camera.objects.filter(pk=shared.pk).update(created_at=time.moment.now + timedelta(seconds=60))
    Node.objects.filter(pk=own.node.pk).update(last_seen=time.moment.now)
    assert standby.beat() == {}
    assert own.beat() == {str(shared.pk): 1}


def test_a_camera_is_not_given_to_a_node_that_would_not_record_it(
    alone: Camera, own: Box, other: Box, time: Time
) -> None:
    with pytest.raises(Conflict) as refused:
        change_camera(SYSTEM, alone.pk, CameraFields(node_id=other.node.pk))
    assert refused.value.key == "node_away"
    assert "other" in refused.value.words.en
    elsewhere = make_site(SYSTEM, "Otra", "UTC")
    stranger, _ = enrol_node(create_enrolment_code(SYSTEM, elsewhere), "far", "")
    for node_id in (stranger.pk, uuid4()):
        with pytest.raises(Invalid) as unfit:
            change_camera(SYSTEM, alone.pk, CameraFields(node_id=node_id))
        assert unfit.value.field == "node_id"
    assert own.fetch() == {str(alone.pk): False}


def test_own_and_standby_node_change_places(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    own.beat()
    camera = give(shared, standby)
    assert (camera.node_id, camera.standby_node_id) == (standby.node.pk, own.node.pk)
    assert standby.beat() == {}
    own.fetch()
    assert own.beat() == {}
    assert own.give_up() == {}
    assert standby.beat() == {str(shared.pk): 2}
    assert own.beat() == {}


def test_a_camera_goes_back_to_its_own_node_without_a_death(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    assert standby.beat() == {str(shared.pk): 2}
    assert own.beat() == {}
    give_back(SYSTEM, shared.pk, time.moment.now)
    assert own.beat() == {}, "not before the other has stopped"
    standby.fetch()
    assert standby.beat() == {}
    assert standby.give_up() == {}
    assert own.beat() == {str(shared.pk): 3}
    assert standby.beat() == {}
    acts = list(Entry.objects.order_by("-number").values_list("act", flat=True)[:2])
    assert acts == ["lease_move", "camera_give_back"]


def test_a_holder_that_does_not_answer_loses_it_when_its_lease_is_over(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    own.beat()
    give_back(SYSTEM, shared.pk, time.moment.now)
    assert shown(shared, time) == ("connecting", "handing_over")
    time.pass_(FREE_AFTER - 1)
    assert own.beat() == {}
    time.pass_(1)
    assert own.beat() == {str(shared.pk): 3}


def test_who_says_nothing_of_giving_up_is_not_renewed(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    """A node of an older version stops when its lease is over, and does not take it again."""
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    own.beat()
    give_back(SYSTEM, shared.pk, time.moment.now)
    for _ in range(int(FREE_AFTER // 5) - 1):
        time.pass_(5)
        assert standby.beat() == {}
        assert own.beat() == {}
    time.pass_(5)
    assert standby.beat() == {}
    assert own.beat() == {str(shared.pk): 3}


def test_it_is_called_off_when_the_own_node_goes_away_meanwhile(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    own.beat()
    give_back(SYSTEM, shared.pk, time.moment.now)
    time.pass_(21)
    assert standby.beat() == {str(shared.pk): 2}, "it goes on, and no second was lost"
    assert Entry.objects.filter(act="lease_keep").count() == 1


def test_a_camera_given_up_to_a_node_that_died_comes_back(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    own.beat()
    give_back(SYSTEM, shared.pk, time.moment.now)
    standby.fetch()
    standby.beat()
    standby.give_up()
    time.pass_(FREE_AFTER - 1)
    assert standby.beat() == {}
    time.pass_(1)
    assert standby.beat() == {str(shared.pk): 4}


def test_giving_back_what_is_there_does_nothing(
    shared: Camera, alone: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    for camera in (shared, alone):
        give_back(SYSTEM, camera.pk, time.moment.now)
    assert not Entry.objects.filter(act="camera_give_back").exists()
    assert own.beat() == {str(shared.pk): 1}


def test_nothing_is_given_back_to_a_node_that_is_not_heard(
    shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    with pytest.raises(Conflict) as refused:
        give_back(SYSTEM, shared.pk, time.moment.now)
    assert refused.value.key == "node_away"
    assert standby.beat() == {str(shared.pk): 2}


def test_a_third_node_takes_it_from_whoever_has_it(
    shared: Camera, own: Box, standby: Box, other: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    assert standby.beat() == {str(shared.pk): 2}
    give(shared, other)
    standby.fetch()
    standby.beat()
    standby.give_up()
    assert other.beat() == {str(shared.pk): 3}
    assert own.beat() == {}
    assert own.fetch() == {}


def test_over_http(
    admin_program: Any, viewer_program: Any, shared: Camera, own: Box, standby: Box, time: Time
) -> None:
    own.beat()
    time.pass_(FREE_AFTER)
    standby.beat()
    own.beat()
    back = f"cameras/{shared.pk}/give-back"
    assert viewer_program("POST", back).status_code == 403
    answer = admin_program("POST", back).json()
    assert (answer["lease"]["node"], answer["lease"]["is_ending"]) == ("standby", True)
    body = {"node_id": str(standby.node.pk)}
    assert viewer_program("PATCH", f"cameras/{shared.pk}", body).status_code == 403
    answer = admin_program("PATCH", f"cameras/{shared.pk}", body).json()
    assert (answer["node_id"], answer["standby_node_id"]) == (body["node_id"], str(own.node.pk))
    assert answer["lease"]["is_ending"] is False
    told = Entry.objects.filter(act="camera_change").latest("number")
    assert told.details == {"node_id": body["node_id"], "standby_node_id": str(own.node.pk)}


def test_only_an_administrator_does(viewer: Asker, shared: Camera) -> None:
    from sereno.base.errors import Forbidden

    with pytest.raises(Forbidden):
        give_back(viewer, shared.pk)


COUNT = 12


def test_while_people_and_nodes_act_at_once_never_do_two_run_a_camera(committed: None) -> None:
    """Three nodes beat, and two people push the cameras about."""
    site = make_site(SYSTEM, "Escuela", "UTC")
    nodes = [enrol_node(create_enrolment_code(SYSTEM, site), name, "")[0] for name in "abc"]
    now = this_moment().now
    Node.objects.update(last_seen=now)
    cameras = [
        add_camera(SYSTEM, CameraFields(f"Cámara {number}", f"rtsp://192.0.2.{number}/"))
        for number in range(COUNT)
    ]
    Camera.objects.update(created_at=now)
    for camera in cameras[: COUNT // 2]:
        Camera.objects.filter(pk=camera.pk).update(standby_node=nodes[1])
    start = Barrier(len(nodes) + 2)

    def beat(node: Node) -> list[Held]:
        answers: list[Held] = [Held({}, {})]
        try:
            start.wait()
            for _ in range(15):
                last = answers[-1]
                confirmed = {camera: lease.number for camera, lease in last.leases.items()}
                answers.append(lease_cameras(node, confirmed, this_moment(), last.to_release))
            return answers
        finally:
            connection.close()

    def push(offset: int) -> list[Held]:
        try:
            start.wait()
            for turn in range(15):
                camera, node = cameras[(turn * 5 + offset) % COUNT], nodes[(turn + offset) % 3]
                change_camera(SYSTEM, camera.pk, CameraFields(node_id=node.pk))
                give_back(SYSTEM, cameras[turn % COUNT].pk)
            return []
        finally:
            connection.close()

    with ThreadPoolExecutor(len(nodes) + 2) as pool:
        beats = [pool.submit(beat, node) for node in nodes]
        pushes = [pool.submit(push, offset) for offset in (0, 1)]
        told = [each.result() for each in beats]
        assert [each.result() for each in pushes] == [[], []]
    owner_of_number: dict[tuple[UUID, int], Node] = {}
    for node, answers in zip(nodes, told, strict=True):
        for held in answers:
            for camera_id, lease in held.leases.items():
                assert owner_of_number.setdefault((camera_id, lease.number), node) == node
    # When all is quiet each camera comes to its own node.
    for _ in range(4):
        for node in nodes:
            held = lease_cameras(node, {}, this_moment())
            lease_cameras(node, {}, this_moment(), held.to_release)
    for camera in Camera.objects.all():
        lease = Lease.objects.filter(camera=camera).first()
        assert lease is None or lease.node_id == camera.node_id
