"""A call that waits for others is answered all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.signals import connection_created

from sereno.accounts.queries import SYSTEM
from sereno.audit.actions import JOURNAL_LOCK, record
from sereno.hub import serve


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(serve, "LONGEST_LOCK_SECONDS", 0.05)
    serve.limit_locks()
    yield
    connection_created.disconnect(serve._limit_locks)


def test_nobody_waits_for_the_journal_without_end(committed: None, soon: None) -> None:
    holder = connection.copy()
    connection.close()  # the next is made as the hub's are
    try:
        with transaction.atomic(), holder.cursor() as held:
            held.execute("SELECT pg_advisory_lock(%s)", [JOURNAL_LOCK])
            with pytest.raises(OperationalError, match="lock timeout"):
                record(SYSTEM.actor, "test")
            transaction.set_rollback(True)
    finally:
        holder.close()
        connection.close()
