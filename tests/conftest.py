"""One PostgreSQL for the whole run, and what the tests of the hub's rooms lean on.

It is our own, in a temporary folder, unless SERENO_TEST_DATABASE_URL names another.
"""

from __future__ import annotations

import atexit
import json
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from sereno.accounts.passwords import SmallArgon2
from sereno.accounts.rules import Role
from sereno.box.database import find_or_start
from sereno.box.secrets import ensure_secrets

if TYPE_CHECKING:
    from sereno.accounts.models import User
    from sereno.accounts.queries import Asker
    from sereno.sites.models import Camera, Node, Site

PASSWORD = "correct horse battery"


# Read at once, and the environment left as it was: other tests start programs of their own.
with pytest.MonkeyPatch.context() as _patch:
    _patch.setenv("DJANGO_SETTINGS_MODULE", "sereno.hub.scratch_settings")
    assert settings.BOX


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Called by pytest-django before it makes the test database."""
    data = settings.BOX.data_dir
    data.prepare()
    ensure_secrets(data)
    atexit.register(shutil.rmtree, data.root, ignore_errors=True)
    url = find_or_start(settings.BOX)
    connection.settings_dict["PASSWORD"] = unquote(urlsplit(url).password or "")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A server that ended badly fails tests that did nothing wrong: say so, in its own words."""
    log = settings.BOX.data_dir.logs / "postgres.log"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    if bad := [line for line in lines if "terminated by signal" in line or "PANIC" in line]:
        terminalreporter.section("PostgreSQL ended badly")
        terminalreporter.write("\n".join([*bad, *lines[-20:], ""]))


@pytest.fixture
def _journal_closed_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _journal_triggers("ENABLE")


@pytest.fixture
def committed(_journal_closed_again: None, transactional_db: None) -> Iterator[None]:
    """A database whose transactions really commit; emptied after the test, the journal too."""
    yield
    _journal_triggers("DISABLE")


def _journal_triggers(verb: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE audit_entry {verb} TRIGGER USER")


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly every test of the hub makes people; the same hash, made with next to no work."""
    monkeypatch.setattr(SmallArgon2, "time_cost", 1)
    monkeypatch.setattr(SmallArgon2, "memory_cost", 8)


@pytest.fixture
def site(db: None) -> Site:
    from sereno.accounts.queries import SYSTEM
    from sereno.sites.actions import make_site

    return make_site(SYSTEM, "Escuela Central", "America/Guayaquil")


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Makes people who have chosen the password PASSWORD."""
    from sereno.accounts.actions import add_user, make_setup_link, use_setup_link
    from sereno.accounts.queries import SYSTEM

    def make(username: str, role: Role = Role.VIEWER) -> User:
        user = add_user(SYSTEM, username, role)
        return use_setup_link(make_setup_link(SYSTEM, user), PASSWORD, "127.0.0.1")

    return make


@pytest.fixture
def admin(make_user: Callable[..., User]) -> Asker:
    from sereno.accounts.queries import person

    return person(make_user("ana", Role.ADMINISTRATOR), "192.0.2.1")


@pytest.fixture
def operator(make_user: Callable[..., User]) -> Asker:
    from sereno.accounts.queries import person

    return person(make_user("olga", Role.OPERATOR), "192.0.2.3")


@pytest.fixture
def viewer(make_user: Callable[..., User]) -> Asker:
    from sereno.accounts.queries import person

    return person(make_user("vera"), "192.0.2.2")


@pytest.fixture
def node_and_token(site: Site) -> tuple[Node, str]:
    from sereno.accounts.queries import SYSTEM
    from sereno.sites.actions import create_enrolment_code, enrol_node

    return enrol_node(create_enrolment_code(SYSTEM, site), "nodo", "192.0.2.9")


@pytest.fixture
def node(node_and_token: tuple[Node, str]) -> Node:
    return node_and_token[0]


@pytest.fixture
def camera(admin: Asker, site: Site, node: Node) -> Camera:
    from sereno.sites.actions import CameraFields, add_camera

    fields = CameraFields("Patio", "rtsp://192.0.2.7:554/main", "root", "s3cr3t-Pa55")
    return add_camera(admin, fields)


class Program:
    """A program that calls the API with a token; JSON in, JSON out."""

    def __init__(self, token: str | None) -> None:
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        self.client = Client(enforce_csrf_checks=True, headers=headers)

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The response to one call under /api/v1/."""
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            data=body if isinstance(body, str) else "" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )


@pytest.fixture
def stranger(db: None) -> Program:
    return Program(None)


@pytest.fixture
def admin_program(admin: Asker) -> Program:
    from sereno.accounts.actions import make_api_token

    assert admin.user is not None
    return Program(make_api_token(admin, admin.user, "test"))


@pytest.fixture
def viewer_program(viewer: Asker) -> Program:
    from sereno.accounts.actions import make_api_token
    from sereno.accounts.queries import SYSTEM

    assert viewer.user is not None
    return Program(make_api_token(SYSTEM, viewer.user, "test"))


@pytest.fixture
def operator_program(operator: Asker) -> Program:
    from sereno.accounts.actions import make_api_token
    from sereno.accounts.queries import SYSTEM

    assert operator.user is not None
    return Program(make_api_token(SYSTEM, operator.user, "test"))


@pytest.fixture
def node_program(node_and_token: tuple[Node, str]) -> Program:
    return Program(node_and_token[1])
