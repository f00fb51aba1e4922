"""Nodes come with a code, once, and go when revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sereno.accounts.queries import SYSTEM, Asker
from sereno.audit.models import Entry
from sereno.base.errors import Invalid, Unauthenticated
from sereno.sites import actions, queries
from sereno.sites.actions import CameraFields
from sereno.sites.models import Camera, EnrolmentCode, Node, Site
from sereno.sites.rules import is_online

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_code_enrols_one_node(site: Site) -> None:
    code = actions.create_enrolment_code(SYSTEM, site, NOON)
    node, token = actions.enrol_node(code.lower(), "nodo", "192.0.2.9", NOON)
    assert queries.node_with_token(token) == node
    assert node.site == site
    with pytest.raises(Unauthenticated):
        actions.enrol_node(code, "otro", "192.0.2.9", NOON)
    assert Node.objects.count() == 1


@pytest.mark.parametrize("is_invented", [True, False])
def test_late_and_invented_codes_sound_alike(site: Site, is_invented: bool) -> None:
    code = actions.create_enrolment_code(SYSTEM, site, NOON)
    code = "AAAAA-AAAAA" if is_invented else code
    with pytest.raises(Unauthenticated) as refused:
        actions.enrol_node(code, "nodo", "", NOON + timedelta(hours=1))
    assert refused.value.key == "enrolment_code_refused"


def test_a_bad_name_does_not_use_the_code_up(site: Site) -> None:
    code = actions.create_enrolment_code(SYSTEM, site, NOON)
    with pytest.raises(Invalid):
        actions.enrol_node(code, "", "", NOON)
    assert actions.enrol_node(code, "nodo", "", NOON)


def test_a_first_node_takes_the_cameras_that_wait(admin: Asker, site: Site) -> None:
    camera = actions.add_camera(admin, CameraFields("Patio", "rtsp://192.0.2.7/"))
    code = actions.create_enrolment_code(SYSTEM, site)
    node, _ = actions.enrol_node(code, "nodo", "")
    camera.refresh_from_db()
    assert camera.node == node


def test_a_revoked_node_is_a_stranger_and_its_cameras_move(
    admin: Asker, node_and_token: tuple[Node, str], camera: Camera, site: Site
) -> None:
    node, token = node_and_token
    heir, _ = actions.enrol_node(actions.create_enrolment_code(SYSTEM, site), "otro", "")
    actions.revoke_node(admin, node)
    with pytest.raises(Unauthenticated):
        queries.node_with_token(token)
    camera.refresh_from_db()
    assert camera.node == heir
    actions.revoke_node(admin, heir)
    camera.refresh_from_db()
    assert camera.node is None
    assert not queries.nodes_of(admin).exists()


def test_only_hashes_are_kept(site: Site) -> None:
    code = actions.create_enrolment_code(SYSTEM, site)
    _, token = actions.enrol_node(code, "nodo", "")
    kept = [EnrolmentCode, Node, Entry]
    text = str([row for model in kept for row in model.objects.values()])
    assert code not in text
    assert token not in text


def test_old_codes_are_deleted(site: Site) -> None:
    actions.create_enrolment_code(SYSTEM, site, NOON)
    actions.forget_old_codes(NOON + timedelta(hours=2))
    assert EnrolmentCode.objects.count() == 0


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "America"])
def test_unknown_zones_are_refused(admin: Asker, zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.make_site(admin, "x", zone)
    assert refused.value.field == "time_zone"


def test_a_node_is_online_for_twenty_seconds() -> None:
    assert not is_online(None, NOON)
    assert is_online(NOON, NOON + timedelta(seconds=19.9))
    assert not is_online(NOON, NOON + timedelta(seconds=20))
