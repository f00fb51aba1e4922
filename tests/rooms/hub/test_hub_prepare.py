"""A first start makes what is missing, once; a newer database is left alone."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from sereno.accounts.actions import (
    add_user,
    change_user,
    make_setup_link,
    use_setup_link,
)
from sereno.accounts.models import ApiToken, SetupLink, User
from sereno.accounts.queries import SYSTEM, asker_with_token, user_of_setup_link
from sereno.accounts.rules import Role
from sereno.audit.queries import verify_chain
from sereno.base.errors import Conflict, NotFound
from sereno.box.secrets import read_secret
from sereno.hub.first_start import administrator_link
from sereno.hub.prepare import prepare, refuse_newer
from sereno.hub.tasks import forget_old
from sereno.sites.actions import enrol_node
from sereno.sites.models import Node, Site

BOX = settings.BOX


@pytest.fixture(autouse=True)
def _no_leftovers(db: None) -> Iterator[None]:
    yield
    BOX.data_dir.cli_token.unlink(missing_ok=True)
    BOX.data_dir.node_token.unlink(missing_ok=True)


def test_a_first_start_hands_over_a_link_and_a_code() -> None:
    prepared = prepare(BOX)
    assert prepared["username"] == "admin"
    assert prepared["setup_token"] is not None
    assert user_of_setup_link(prepared["setup_token"]).is_admin
    assert not User.objects.get().has_usable_password()
    site = Site.objects.get()
    assert site.time_zone == BOX.time_zone
    assert prepared["enrolment_code"] is not None
    node, _ = enrol_node(prepared["enrolment_code"], "nodo", "")
    assert node.site == site
    assert (settings.STATIC_ROOT / "admin").is_dir()
    assert verify_chain().is_intact


def test_the_commands_token_lies_in_its_file() -> None:
    prepare(BOX)
    path = BOX.data_dir.cli_token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert asker_with_token(read_secret(path), "").user == User.objects.get()
    before = read_secret(path)
    prepare(BOX)
    assert read_secret(path) == before
    ApiToken.objects.all().delete()  # as after restoring another database
    prepare(BOX)
    assert asker_with_token(read_secret(path), "")


def test_the_commands_token_stays_an_administrators() -> None:
    prepare(BOX)
    first = User.objects.get()
    change_user(SYSTEM, add_user(SYSTEM, "maria"), role=Role.ADMINISTRATOR)
    for change in ({"role": Role.VIEWER}, {"is_active": False}):
        change_user(SYSTEM, first, **change)
        prepare(BOX)
        assert whose_token() == "maria"
    change_user(SYSTEM, first, role=Role.ADMINISTRATOR, is_active=True)
    change_user(SYSTEM, User.objects.get(username="maria"), is_active=False)
    administrator_link(BOX.data_dir)
    assert whose_token() == "admin", "without a start, too"


def whose_token() -> str:
    return asker_with_token(read_secret(BOX.data_dir.cli_token), "").name


def test_a_later_start_hands_nothing_over() -> None:
    first = prepare(BOX)
    assert first["setup_token"]
    assert first["enrolment_code"]
    use_setup_link(first["setup_token"], "correct horse battery", "")
    enrol_node(first["enrolment_code"], "nodo", "")
    BOX.data_dir.node.mkdir(exist_ok=True)
    BOX.data_dir.node_token.write_text("node_x")
    later = prepare(BOX)
    assert later == {"setup_token": None, "enrolment_code": None, "username": None}
    assert (User.objects.count(), Site.objects.count(), Node.objects.count()) == (1, 1, 1)


def test_a_start_without_a_password_ends_the_earlier_link() -> None:
    first, second = prepare(BOX), prepare(BOX)
    assert first["setup_token"]
    assert second["setup_token"]
    with pytest.raises(NotFound):
        user_of_setup_link(first["setup_token"])
    assert user_of_setup_link(second["setup_token"])


def test_a_lost_password_is_replaced_by_a_link() -> None:
    prepare(BOX)
    found = administrator_link(BOX.data_dir, "ADMIN")
    assert found["username"] == "admin"
    assert found["setup_token"]
    assert user_of_setup_link(found["setup_token"])
    with pytest.raises(NotFound):
        administrator_link(BOX.data_dir, "nobody")


@pytest.mark.parametrize("step", [("sites", "9999_later"), ("evidence", "0001_initial")])
def test_a_newer_database_is_refused(step: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", step
        )
    with pytest.raises(Conflict) as refused:
        prepare(BOX)
    assert refused.value.key == "database_newer"
    assert ".".join(step) in refused.value.words.es
    assert not User.objects.exists()


def test_this_programs_database_is_not_refused() -> None:
    refuse_newer()


def test_the_chores_delete_what_no_longer_matters() -> None:
    prepare(BOX)
    old = datetime.now(UTC) - timedelta(days=2)
    make_setup_link(SYSTEM, User.objects.get(), old)
    Session.objects.create(session_key="x", session_data="", expire_date=old)
    forget_old(0)
    assert not SetupLink.objects.exists()
    assert not Session.objects.exists()
