"""Adding, changing and removing cameras, and what the journal and the node hear of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import import_module
from uuid import uuid4

import psycopg
import pytest
from cryptography.fernet import Fernet, MultiFernet
from django.db import connection, connections, transaction
from pytest_django import Settings
from tests.races import at_the_same_time

from sereno.accounts.queries import SYSTEM, Asker
from sereno.audit.models import Entry
from sereno.audit.queries import verify_chain
from sereno.base.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from sereno.sites import actions, actions_groups, queries, secrets
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


def test_nothing_said_is_something_else_than_the_default(admin: Asker, camera: Camera) -> None:
    assert [getattr(camera, name) for name in actions.MANNERS] == [None] * 5
    said = CameraFields(engine="auto", records_sound=True, nice=0, cpu_affinity=())
    changed = actions.change_camera(admin, camera.pk, said)
    assert (changed.engine, changed.nice, changed.cpu_affinity) == ("auto", 0, [])
    assert changed.restart_number == 1
    changed = actions.change_camera(admin, camera.pk, CameraFields(name="Otro"))
    assert changed.restart_number == 1
    changed = actions.change_camera(
        admin, camera.pk, CameraFields(unsaid=frozenset(actions.MANNERS))
    )
    assert [getattr(changed, name) for name in actions.MANNERS] == [None] * 5
    assert Entry.objects.latest("number").details["engine"] is None


def test_the_address_of_the_smaller_stream(admin: Asker, camera: Camera) -> None:
    changed = actions.change_camera(admin, camera.pk, CameraFields(sub_address=" RTSP://H/sub "))
    assert changed.sub_address == "rtsp://h/sub"
    for address, key in (
        ("rtsp://root:s3cr3t@h/sub", "sub_address_credentials"),
        ("ftp://h/sub", "address_scheme_unknown"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.change_camera(admin, camera.pk, CameraFields(sub_address=address))
        assert (refused.value.key, refused.value.field) == (key, "sub_address")
        assert "s3cr3t" not in str(refused.value)
    with pytest.raises(Invalid) as unfit:
        actions.change_camera(
            admin, camera.pk, CameraFields(sub_address="http://h/sub", engine="native")
        )
    assert unfit.value.field == "engine"
    assert actions.change_camera(admin, camera.pk, CameraFields(sub_address="")).sub_address == ""


def test_a_node_without_that_cpu_is_not_asked_for_it(admin: Asker, camera: Camera) -> None:
    Node.objects.update(cpu_count=4)
    actions.change_camera(admin, camera.pk, CameraFields(cpu_affinity=(3,)))
    with pytest.raises(Invalid) as refused:
        actions.change_camera(admin, camera.pk, CameraFields(cpu_affinity=(0, 4)))
    assert (refused.value.key, refused.value.field) == ("cpu_missing", "cpu_affinity")
    assert "0 to 3" in refused.value.words.en


def test_a_standby_is_another_node_of_the_site(
    admin: Asker, node: Node, camera: Camera, site: Site
) -> None:
    far = actions.make_site(SYSTEM, "Lejos", "UTC")
    other, _ = actions.enrol_node(actions.create_enrolment_code(SYSTEM, site), "otro", "")
    stranger, _ = actions.enrol_node(actions.create_enrolment_code(SYSTEM, far), "lejano", "")
    for unfit in (node.pk, stranger.pk, uuid4()):
        with pytest.raises(Invalid) as refused:
            actions.change_camera(admin, camera.pk, CameraFields(standby_node_id=unfit))
        assert refused.value.field == "standby_node_id"
    actions.change_camera(admin, camera.pk, CameraFields(standby_node_id=other.pk))
    assert [each.pk for each in queries.cameras_of_node(other)] == [camera.pk]
    assert Entry.objects.latest("number").details == {"standby_node_id": str(other.pk)}
    actions.revoke_node(admin, node)
    camera.refresh_from_db()
    assert (camera.node, camera.standby_node) == (other, None)
    third, _ = actions.enrol_node(actions.create_enrolment_code(SYSTEM, site), "tercero", "")
    actions.change_camera(admin, camera.pk, CameraFields(standby_node_id=third.pk))
    actions.revoke_node(admin, third)
    camera.refresh_from_db()
    assert (camera.node, camera.standby_node) == (other, None)


def test_a_group_is_known_by_one_name_and_holds_known_cameras(admin: Asker, camera: Camera) -> None:
    group = actions_groups.make_group(admin, " Aulas ", [camera.pk, camera.pk])
    assert (group.name, list(group.cameras.all())) == ("Aulas", [camera])
    with pytest.raises(Conflict) as taken:
        actions_groups.make_group(admin, "AULAS", [])
    assert taken.value.field == "name"
    with pytest.raises(Invalid) as unknown:
        actions_groups.change_group(admin, group.pk, None, [camera.pk, uuid4()])
    assert unknown.value.field == "camera_ids"
    actions.remove_camera(admin, camera.pk)
    assert queries.members_of([group]) == {group.pk: []}
    with pytest.raises(NotFound):
        actions_groups.remove_group(admin, group.pk + 1)
    actions_groups.remove_group(admin, group.pk)
    assert not queries.groups_of(admin).exists()


def test_each_node_is_woken_once_for_all_its_cameras(
    listener: psycopg.Connection[tuple[object, ...]], admin: Asker, node: Node
) -> None:
    ids = [add(admin, f"Cámara {number}").pk for number in range(3)]
    while heard(listener, 0.2):
        pass
    with transaction.atomic():
        actions_groups.make_group(admin, "Todas", ids)
        actions.wake_nodes_of(ids)
    assert heard(listener, 5) == [str(node.pk)]
    assert heard(listener, 0.2) == []


def test_an_upgrade_takes_what_was_the_default_for_unsaid(admin: Asker, camera: Camera) -> None:
    chosen = add(admin, "Otra")
    usual = {"engine": "auto", "transport": "auto", "records_sound": True, "nice": 0}
    Camera.objects.filter(pk=camera.pk).update(**usual, cpu_affinity=[])
    own = {"engine": "ffmpeg", "transport": "udp", "records_sound": False, "nice": 5}
    Camera.objects.filter(pk=chosen.pk).update(**own, cpu_affinity=[1])
    step = import_module("sereno.sites.migrations.0004_defaults_are_unsaid")
    with connection.cursor() as cursor:
        cursor.execute(step.Migration.operations[0].sql)
    camera.refresh_from_db()
    chosen.refresh_from_db()
    assert [getattr(camera, name) for name in actions.MANNERS] == [None] * 5
    assert {name: getattr(chosen, name) for name in own} == own
    assert chosen.cpu_affinity == [1]
