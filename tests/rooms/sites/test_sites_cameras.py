"""Adding, changing and removing cameras, and what the journal and the node hear of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet, MultiFernet
from django.db import connection, connections, transaction
from pytest_django import Settings

from sereno.accounts.queries import SYSTEM, Asker
from sereno.audit.models import Entry
from sereno.audit.queries import verify_chain
from sereno.base.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from sereno.sites import actions, queries, secrets
from sereno.sites.actions import CameraFields
from sereno.sites.models import Camera, Node, Site

ADDRESS = "rtsp://192.0.2.7/main"


def add(asker: Asker, name: str = "Patio", address: str = ADDRESS, **more: str) -> Camera:
    return actions.add_camera(asker, CameraFields(name, address, **more))


def test_a_camera_goes_to_the_sites_node(admin: Asker, site: Site, node: Node) -> None:
    camera = add(admin, " Patio ", "rtsp://root:p%40ss@192.0.2.7/main")
    assert (camera.name, camera.site, camera.node) == ("Patio", site, node)
    assert camera.address == ADDRESS
    assert camera.username == "root"
    assert secrets.unseal(camera.password_sealed).get_secret_value() == "p@ss"
    assert "p@ss" not in camera.password_sealed


def test_a_camera_waits_for_a_node(admin: Asker, site: Site) -> None:
    assert add(admin).node is None


def test_without_a_site_there_is_no_camera(admin: Asker) -> None:
    with pytest.raises(Conflict) as refused:
        add(admin)
    assert refused.value.key == "no_site"


def test_names_are_taken_in_any_case_until_removed(admin: Asker, camera: Camera) -> None:
    with pytest.raises(Conflict) as refused:
        add(admin, "PATIO")
    assert refused.value.key == "name_taken"
    assert refused.value.field == "name"
    actions.remove_camera(admin, camera.pk)
    assert add(admin, "PATIO").pk != camera.pk


def test_a_change_touches_what_was_given(admin: Asker, camera: Camera) -> None:
    sealed = camera.password_sealed
    changed = actions.change_camera(admin, camera.pk, CameraFields(name="Portón"))
    assert (changed.name, changed.address) == ("Portón", "rtsp://192.0.2.7:554/main")
    assert changed.password_sealed == sealed
    changed = actions.change_camera(
        admin, camera.pk, CameraFields(address="rtsp://u:new@192.0.2.8/x")
    )
    assert (changed.address, changed.username) == ("rtsp://192.0.2.8/x", "u")
    assert secrets.unseal(changed.password_sealed).get_secret_value() == "new"
    changed = actions.change_camera(admin, camera.pk, CameraFields(username="", password=""))
    assert (changed.username, changed.password_sealed) == ("", "")


def test_how_a_camera_is_recorded_can_be_set_and_is_journalled(
    admin: Asker, camera: Camera
) -> None:
    manners = CameraFields(
        engine="ffmpeg",
        transport="udp",
        records_sound=False,
        budget_bytes=5 * 10**9,
        nice=5,
        cpu_affinity=(2, 0, 2),
    )
    changed = actions.change_camera(admin, camera.pk, manners)
    changed.refresh_from_db()
    assert (changed.engine, changed.transport, changed.records_sound) == ("ffmpeg", "udp", False)
    assert (changed.budget_bytes, changed.nice, changed.cpu_affinity) == (5 * 10**9, 5, [0, 2])
    told = Entry.objects.latest("number")
    assert told.details == {
        "engine": "ffmpeg",
        "transport": "udp",
        "records_sound": False,
        "budget_bytes": 5 * 10**9,
        "nice": 5,
        "cpu_affinity": [0, 2],
    }
    changed = actions.change_camera(admin, camera.pk, CameraFields(budget_bytes=0))
    assert (changed.budget_bytes, changed.engine) == (None, "ffmpeg")


def test_trying_again_is_an_act_of_its_own(admin: Asker, camera: Camera) -> None:
    for number in (1, 2):
        assert actions.forget_memory(admin, camera.pk).retry_number == number
    told = Entry.objects.latest("number")
    assert (told.act, told.object_id) == ("camera_forget_memory", str(camera.pk))


def test_a_refused_change_changes_nothing(admin: Asker, camera: Camera) -> None:
    add(admin, "Portón")
    entries = Entry.objects.count()
    for fields, kind in (
        (CameraFields(name="portón", password="x"), Conflict),
        (CameraFields(name="Nuevo", address="ftp://x/"), Invalid),
        (CameraFields(name="Nuevo", address="http://x/", engine="native"), Invalid),
        (CameraFields(name="Nuevo", cpu_affinity=(-1,)), Invalid),
        (CameraFields(address="rtsp://a:b@h/", username="c"), Invalid),
    ):
        with pytest.raises(kind):
            actions.change_camera(admin, camera.pk, fields)
    assert Camera.objects.get(pk=camera.pk) == camera
    assert queries.access_camera(admin, camera.pk).name == "Patio"
    assert Entry.objects.count() == entries


def test_changing_nothing_is_not_an_act(admin: Asker, camera: Camera) -> None:
    entries = Entry.objects.count()
    actions.change_camera(admin, camera.pk, CameraFields(name="Patio"))
    assert Entry.objects.count() == entries


def test_a_removed_camera_is_gone_for_people_and_kept_for_its_footage(
    admin: Asker, camera: Camera
) -> None:
    actions.remove_camera(admin, camera.pk)
    assert not queries.cameras_of(admin).exists()
    for act in (
        lambda: queries.access_camera(admin, camera.pk),
        lambda: actions.remove_camera(admin, camera.pk),
        lambda: actions.change_camera(admin, camera.pk, CameraFields(name="x")),
        lambda: actions.forget_memory(admin, camera.pk),
        lambda: queries.access_camera(admin, uuid4()),
    ):
        with pytest.raises(NotFound) as refused:
            act()
        assert refused.value.key == "no_such_camera"
    assert Camera.objects.filter(pk=camera.pk).exists()


def test_viewers_see_and_change_nothing(viewer: Asker, camera: Camera) -> None:
    assert [each.pk for each in queries.cameras_of(viewer)] == [camera.pk]
    for act in (
        lambda: add(viewer, "x"),
        lambda: actions.change_camera(viewer, camera.pk, CameraFields(name="x")),
        lambda: actions.remove_camera(viewer, camera.pk),
        lambda: actions.forget_memory(viewer, camera.pk),
        lambda: actions.create_enrolment_code(viewer, camera.site),
        lambda: actions.revoke_node(viewer, camera.node),
        lambda: actions.make_site(viewer, "x", "UTC"),
        lambda: actions.change_site(viewer, camera.site_id, "x", "UTC"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_journal_tells_who_and_what_and_no_password(admin: Asker, camera: Camera) -> None:
    actions.change_camera(admin, camera.pk, CameraFields(name="Portón", password="n3w-Pa55"))
    actions.remove_camera(admin, camera.pk)
    told = Entry.objects.filter(object_kind="camera").order_by("number")
    assert [entry.act for entry in told] == ["camera_add", "camera_change", "camera_remove"]
    assert {entry.actor_id for entry in told} == {admin.actor.id}
    assert {entry.address for entry in told} == {"192.0.2.1"}
    assert told[1].details == {"name": "Portón", "password": "set"}
    text = str([entry.__dict__ for entry in Entry.objects.all()])
    assert "n3w-Pa55" not in text
    assert "s3cr3t-Pa55" not in text
    assert verify_chain().is_intact


def test_a_lost_key_is_said_in_words(camera: Camera, settings: Settings) -> None:
    settings.SERENO_FERNET = MultiFernet([Fernet(Fernet.generate_key())])
    with pytest.raises(Unavailable) as refused:
        secrets.unseal(camera.password_sealed)
    assert refused.value.key == "key_lost"


def heard(listener: psycopg.Connection[tuple[object, ...]], seconds: float) -> list[str]:
    return [note.payload for note in listener.notifies(timeout=seconds, stop_after=1)]


@pytest.fixture
def listener(committed: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    connection.ensure_connection()
    own = connection.connection
    listening = psycopg.connect(own.info.dsn, password=own.info.password, autocommit=True)
    listening.execute("LISTEN sereno_wake")
    yield listening
    listening.close()


def test_the_node_is_woken_at_the_commit_and_not_before(
    listener: psycopg.Connection[tuple[object, ...]], admin: Asker, node: Node
) -> None:
    with transaction.atomic():
        camera = add(admin)
        assert heard(listener, 0.2) == []
    assert heard(listener, 5) == [str(node.pk)]
    actions.change_camera(admin, camera.pk, CameraFields(address="rtsp://192.0.2.8/x"))
    assert heard(listener, 5) == [str(node.pk)]
    actions.remove_camera(admin, camera.pk)
    assert heard(listener, 5) == [str(node.pk)]


def test_a_rolled_back_change_wakes_nobody(
    listener: psycopg.Connection[tuple[object, ...]], admin: Asker, node: Node
) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        add(admin)
        raise RuntimeError
    assert heard(listener, 0.2) == []


def test_two_at_once_with_one_name_make_one_camera(
    committed: None, admin: Asker, site: Site
) -> None:
    results: list[str] = []

    def work() -> None:
        try:
            add(admin)
            results.append("made")
        except Conflict as error:
            results.append(error.key)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["made", "name_taken", "name_taken", "name_taken"]


def test_a_camera_added_while_its_node_enrols_has_a_node(
    committed: None, admin: Asker, site: Site
) -> None:
    code = actions.create_enrolment_code(SYSTEM, site)
    other = at_the_same_time(lambda: add(admin), lambda: actions.enrol_node(code, "nodo", ""))
    assert Camera.objects.get().node == other[0]


def test_a_camera_added_while_its_node_is_revoked_has_no_revoked_node(
    committed: None, admin: Asker, node: Node
) -> None:
    at_the_same_time(lambda: add(admin), lambda: actions.revoke_node(admin, node))
    assert Camera.objects.get().node is None


def at_the_same_time(first: Callable[[], object], second: Callable[[], Any]) -> Any:
    """Does `second` while `first` is done and not yet committed; what `second` gave."""
    gave: list[Any] = []

    def work() -> None:
        try:
            gave.append(second())
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not somebody_waits():
            thread.join(0.02)
    thread.join()
    return gave[0]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
