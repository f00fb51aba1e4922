"""The journal tells all, in order, and notices who touches it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError

from sereno.audit.actions import record
from sereno.audit.models import Entry
from sereno.audit.queries import verify_chain
from sereno.audit.rules import FIRST_HASH, Actor, ActorKind

ANA = Actor(ActorKind.USER, "1", "192.0.2.1")


def write_three() -> None:
    for name in ("uno", "dos", "tres"):
        record(ANA, "camera_add", "camera", name, name=name, size=3, tags=["a", {"b": None}])


def tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


def test_an_untouched_chain_is_intact(db: None) -> None:
    write_three()
    found = verify_chain()
    assert found.is_intact
    assert found.entries == 3
    first, second, _ = Entry.objects.order_by("number")
    assert first.previous_hash == FIRST_HASH
    assert second.previous_hash == first.hash


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE audit_entry SET details = '{}' WHERE number = 2", 2),
        ("UPDATE audit_entry SET actor_id = '7' WHERE number = 1", 1),
        ("UPDATE audit_entry SET address = '' WHERE number = 3", 3),
        ("UPDATE audit_entry SET happened_at = happened_at - interval '1 us' WHERE number = 2", 2),
        ("DELETE FROM audit_entry WHERE number = 2", 2),
        ("DELETE FROM audit_entry WHERE number = 1", 1),
    ],
)
def test_tampering_is_found(db: None, statement: str, first_bad: int) -> None:
    write_three()
    tamper(statement)
    found = verify_chain()
    assert not found.is_intact
    assert found.first_bad == first_bad


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
)
def test_the_database_refuses_changes(db: None, statement: str) -> None:
    write_three()
    with (
        pytest.raises(ProgrammingError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify_chain().entries == 3


def test_what_would_not_come_back_the_same_is_refused(db: None) -> None:
    with pytest.raises(TypeError, match="float"):
        record(ANA, "camera_add", seconds=[{"x": 0.1}])


def test_an_act_that_fails_leaves_no_entry(db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        record(ANA, "camera_add")
        raise RuntimeError
    assert verify_chain().entries == 0


def test_many_writers_at_once_make_one_chain(committed: None) -> None:
    def write() -> None:
        try:
            for _ in range(10):
                record(ANA, "camera_add")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verify_chain()
    assert found.is_intact
    assert found.entries == 40
