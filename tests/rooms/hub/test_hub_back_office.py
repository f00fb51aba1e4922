"""The back office writes through the same actions, and shows no secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sereno.accounts.auth import SlowedBackend
from sereno.accounts.models import ApiToken, User
from sereno.accounts.queries import SYSTEM, Asker, user_of_setup_link
from sereno.audit.models import Entry
from sereno.enforcer.models import Lease
from sereno.errands.models import Errand
from sereno.sites.actions import create_enrolment_code, enrol_node
from sereno.sites.actions_groups import make_group
from sereno.sites.models import Camera, EnrolmentCode, Node, Site
from sereno.sites.secrets import unseal

BACKEND = f"{SlowedBackend.__module__}.{SlowedBackend.__qualname__}"
# How a camera is recorded, as its form shows it while nothing is said of it.
MANNERS = {
    "engine": "",
    "transport": "",
    "records_sound": "unknown",
    "budget_bytes": "",
    "nice": "",
    "cpu_affinity": "",
}


@pytest.fixture
def office(admin: Asker) -> Client:
    client = Client()
    client.force_login(admin.user, backend=BACKEND)
    return client


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def last_act() -> str:
    entry = Entry.objects.order_by("number").last()
    return entry.act if entry else ""


@pytest.mark.parametrize(
    "page",
    ["", "audit/entry/", "accounts/user/", "accounts/apitoken/", "sites/site/", "sites/node/"],
)
def test_pages_open_for_administrators_only(
    office: Client, camera: Camera, make_user: Callable[..., User], page: str
) -> None:
    assert office.get(f"/admin/{page}").status_code == 200
    viewer = Client()
    viewer.force_login(make_user("vera"), backend=BACKEND)
    assert viewer.get(f"/admin/{page}").status_code == 302


def test_a_cameras_life(office: Client, node: Node) -> None:
    address = "rtsp://root:s3cr3t@192.0.2.7/x"
    form = {"name": "Patio", "address": address, "username": "", **MANNERS}
    assert office.get("/admin/sites/camera/add/").status_code == 200
    assert office.post("/admin/sites/camera/add/", form | {"password": ""}).status_code == 302
    camera = Camera.objects.get()
    assert (camera.address, camera.username) == ("rtsp://192.0.2.7/x", "root")
    assert camera.node == node
    assert last_act() == "camera_add"
    page = f"/admin/sites/camera/{camera.pk}/change/"
    assert b"s3cr3t" not in office.get(page).content
    form = {"name": "Entrada", "address": camera.address, "username": "root", "password": ""}
    chosen = {
        "engine": "ffmpeg",
        "transport": "udp",
        "records_sound": "true",
        "budget_bytes": "5",
        "cpu_affinity": "1,0",
    }
    assert office.post(page, form | MANNERS | chosen).status_code == 302
    camera.refresh_from_db()
    assert camera.name == "Entrada"
    assert (camera.engine, camera.transport, camera.records_sound) == ("ffmpeg", "udp", True)
    assert (camera.budget_bytes, camera.cpu_affinity) == (5, [0, 1])
    shown_before = {"initial-cpu_affinity": "0,1"}  # a hidden field of Django's own
    assert office.post(page, form | MANNERS | shown_before).status_code == 302
    camera.refresh_from_db()
    assert (camera.engine, camera.budget_bytes, camera.cpu_affinity) == (None, None, None)
    assert unseal(camera.password_sealed).get_secret_value() == "s3cr3t"
    assert last_act() == "camera_change"
    gone = office.post(f"/admin/sites/camera/{camera.pk}/delete/", {"post": "yes"})
    assert gone.status_code == 302
    camera.refresh_from_db()
    assert camera.removed_at is not None
    assert last_act() == "camera_remove"


def test_a_camera_is_given_to_another_node_and_back(
    office: Client, site: Site, camera: Camera, node: Node
) -> None:
    far, _ = enrol_node(create_enrolment_code(SYSTEM, site), "far", "")
    Node.objects.update(last_seen=timezone.now())
    page = f"/admin/sites/camera/{camera.pk}/change/"
    form = {"name": "Patio", "address": camera.address, "username": "root", "password": ""}
    nodes = {"node": str(far.pk), "standby_node": str(node.pk)}
    assert office.post(page, form | MANNERS | nodes).status_code == 302
    camera.refresh_from_db()
    assert (camera.node, camera.standby_node) == (far, node)
    Lease.objects.update_or_create(
        camera=camera, defaults={"node": node, "number": 1, "granted_at": timezone.now()}
    )
    form = {"action": "give_back_to_own", "_selected_action": [str(camera.pk)]}
    office.post("/admin/sites/camera/", form)
    assert Lease.objects.get().release_id is not None
    assert last_act() == "camera_give_back"


def test_a_refusal_comes_back_with_its_words(office: Client, site: Site) -> None:
    form = {
        "name": "Patio",
        "address": "ftp://192.0.2.7/",
        "username": "",
        "password": "",
        **MANNERS,
    }
    answer = office.post("/admin/sites/camera/add/", form)
    assert answer.status_code == 200
    shown = answer.context["adminform"].form
    assert "rtsp://" in shown.errors["address"][0]
    assert shown["name"].value() == "Patio", "nothing that was typed is lost"
    assert not Camera.objects.exists()


def test_the_first_choice_is_tried_again(office: Client, camera: Camera) -> None:
    form = {"action": "try_again", "_selected_action": [str(camera.pk)]}
    office.post("/admin/sites/camera/", form)
    camera.refresh_from_db()
    assert camera.retry_number == 1


def test_many_cameras_are_removed_at_once(office: Client, camera: Camera) -> None:
    form = {"action": "delete_selected", "_selected_action": [str(camera.pk)], "post": "yes"}
    office.post("/admin/sites/camera/", form)
    camera.refresh_from_db()
    assert camera.removed_at is not None


def test_a_new_person_gets_a_link(office: Client) -> None:
    answer = office.post("/admin/accounts/user/add/", {"username": "bea", "role": "administrator"})
    assert answer.status_code == 302
    token = said(answer).split("/setup#")[1].split()[0]
    assert user_of_setup_link(token).username == "bea"


def test_the_last_administrator_stays(office: Client, admin: Asker) -> None:
    assert admin.user is not None
    page = f"/admin/accounts/user/{admin.user.pk}/change/"
    answer = office.post(page, {"is_active": "on", "role": "viewer"})
    (words,) = answer.context["adminform"].form.non_field_errors()
    assert "administrator" in words
    assert words in answer.content.decode()
    assert User.objects.get(pk=admin.user.pk).is_admin


def test_a_code_is_shown_once(office: Client, site: Site) -> None:
    form = {"action": "make_enrolment_codes", "_selected_action": [str(site.pk)]}
    answer = office.post("/admin/sites/site/", form)
    assert EnrolmentCode.objects.count() == 1
    assert "once, within an hour" in said(answer)


def test_nodes_and_tokens_are_revoked(office: Client, node: Node, admin_program: Any) -> None:
    office.post("/admin/sites/node/", {"action": "revoke", "_selected_action": [str(node.pk)]})
    node.refresh_from_db()
    assert node.revoked_at is not None
    token = ApiToken.objects.get()
    form = {"action": "revoke", "_selected_action": [str(token.pk)]}
    office.post("/admin/accounts/apitoken/", form)
    assert admin_program("GET", "cameras").status_code == 401


def test_diagnoses_are_read_in_ones_language(office: Client, camera: Camera) -> None:
    found = {"step": "tcp", "verdict": "ok", "saw": "192.0.2.7:554"}
    now = timezone.now()
    errand = Errand.objects.create(
        kind="diagnose", node=camera.node, camera=camera, stream="main", asked_by="ana",
        asked_at=now, expires_at=now, done_at=now, steps=[found], password_sealed="sealed",
    )  # fmt: skip
    for page in ("", f"{errand.pk}/change/"):
        shown = office.get(f"/admin/errands/errand/{page}", headers={"accept-language": "es"})
        text = shown.content.decode()
        assert shown.status_code == 200
        assert "iagnóstico" in text
        assert "edido por" in text
        assert "sealed" not in text
    assert "Conexión TCP" in text


def test_groups_cost_the_same_however_many(office: Client, camera: Camera, admin: Asker) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert office.get("/admin/sites/cameragroup/").status_code == 200
        return len(queries)

    make_group(admin, "Patios", [camera.pk])
    before = asked()
    make_group(admin, "Aulas", [camera.pk])
    make_group(admin, "Nadie", [])
    assert asked() == before
    sizes = {group.name: group.size for group in _shown(office)}
    assert sizes == {"Patios": 1, "Aulas": 1, "Nadie": 0}


def _shown(office: Client) -> Any:
    return office.get("/admin/sites/cameragroup/").context["cl"].result_list


def test_hashes_and_sealed_passwords_are_not_shown(
    office: Client, camera: Camera, node: Node, admin_program: Any
) -> None:
    token = ApiToken.objects.get()
    pages = {
        f"sites/node/{node.pk}/change/": node.token_hash,
        f"accounts/apitoken/{token.pk}/change/": token.token_hash,
        f"sites/camera/{camera.pk}/change/": camera.password_sealed,
    }
    for page, secret in pages.items():
        answer = office.get(f"/admin/{page}")
        assert answer.status_code == 200
        assert secret.encode() not in answer.content


def test_the_journal_is_read_only(office: Client, camera: Camera) -> None:
    entry = Entry.objects.first()
    assert entry is not None
    assert office.get(f"/admin/audit/entry/{entry.pk}/change/").status_code == 200
    assert office.post(f"/admin/audit/entry/{entry.pk}/change/", {}).status_code == 403
    assert office.get("/admin/audit/entry/add/").status_code == 403
    assert office.get(f"/admin/audit/entry/{entry.pk}/delete/").status_code == 403


def test_ones_own_password_is_chosen_by_a_link(office: Client, admin: Asker) -> None:
    answer = office.get("/admin/password_change/")
    assert answer.status_code == 302
    assert user_of_setup_link(answer["Location"].removeprefix("/setup#")) == admin.user
    assert last_act() == "setup_link_make"
    assert "/admin/login/" in Client().get("/admin/password_change/")["Location"]


def test_what_means_nothing_here_is_not_offered(office: Client) -> None:
    assert office.get("/admin/auth/group/").status_code == 404
