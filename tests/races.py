"""Two acts at the same moment, on two connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction


def at_the_same_time(first: Callable[[], object], second: Callable[[], Any]) -> Any:
    """Does `second` while `first` is done and not yet committed; what `second` gave.

    What it raised is raised here.
    """
    gave: list[Any] = []
    raised: list[Exception] = []

    def work() -> None:
        try:
            gave.append(second())
        except Exception as error:  # handed on below
            raised.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not _somebody_waits():
            thread.join(0.02)
    thread.join()
    if raised:
        raise raised[0]
    return gave[0]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
